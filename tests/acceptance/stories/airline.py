"""CASE-AIR: of the steps of a journey, passengers like boarding least, and it matters to them.

Boarding gets another order, signs, and trained people; a mean of 2.95 becomes 4.00.
"""

from __future__ import annotations

from random import Random

from .story import EVERYWHERE, TEAM, Found, Shown, Story, days_of, project_file, records, site_list, totalling

AIRPORTS = {
    "grey-field": ("Grey Field", "灰原机场"),
    "salt-bay": ("Salt Bay", "盐湾机场"),
    "high-moor": ("High Moor", "高沼机场"),
    "two-rivers": ("Two Rivers", "双河机场"),
}
PERIODS = ("2026-04", "2026-05", "2026-06")
ANSWERS = 50  # of an airport in a month
STEPS = {
    "check-in": ("Check-in", "值机"),
    "security": ("Security", "安检"),
    "boarding": ("Boarding", "登机"),
    "cabin": ("Cabin", "客舱"),
    "baggage": ("Baggage", "行李"),
}
# Sums of the fifty answers, 1 to 5: 195 are a mean of 3.9. Those of other steps than boarding differ by a few.
LIKED = {"check-in": 205, "security": 190, "cabin": 210, "baggage": 195}
BOARDING = {"2026-04": (143, 146, 149, 152), "2026-05": (155, 160, 162, 165), "2026-06": (198, 199, 201, 202)}
IMPORTANT = {"check-in": 170, "security": 205, "boarding": 225, "cabin": 215, "baggage": 185}


def _column(step: str) -> str:
    return step.replace("-", "_")


STANDARD = f"""\
kind: standard
id: journey
version: "1.0.0"
title: {{en: The passenger's journey, zh: 旅客出行服务标准}}
dimensions: {{steps: {{title: {{en: Steps of the journey, zh: 出行环节}}}}}}
datasets:
  answers:
    about: persons
    columns:
      day: date
{
    "".join(
        f'''      {_column(step)}: {{type: integer, min: 1, max: 5}}
      {_column(step)}_matters: {{type: integer, min: 1, max: 5}}
'''
        for step in STEPS
    )
}criteria:
{
    "".join(
        f'''  - id: {step}
    dimension: steps
    title: {{en: "{english}: passengers like it", zh: {chinese}环节旅客满意}}
    severity: {"major" if step == "boarding" else "minor"}
    target: ">= 3.5"
    remedies:
      - en: Walk the step as a passenger, and change what makes one wait or ask
        zh: 以旅客身份走一遍该环节，改掉让人等待或询问之处
'''
        for step, (english, chinese) in STEPS.items()
    )
}"""
CHECKLIST = f"""\
kind: checklist
id: steps
standard: journey@1
title: {{en: Survey of the steps, zh: 环节调查}}
dataset: answers
items:
{
    "".join(
        f'''  - {{criterion: {step}, measure: mean({_column(step)})}}
  - id: {step}-matters
    title: {{en: "{english}: how much it matters", zh: {chinese}重要程度}}
    measure: mean({_column(step)}_matters)
'''
        for step, (english, chinese) in STEPS.items()
    )
}"""
PROGRAMME = f"""\
kind: programme
id: journeys
standard: journey@1
checklists: [steps]
{site_list(AIRPORTS)}period: month
{TEAM}
sources:
  answers: {{path: answers.csv, site: airport, time: day}}
"""


def airline() -> Story:
    """Four airports from April to June."""
    random = Random("a queue at the gate")
    rows = []
    for period in PERIODS:
        for place, airport in enumerate(AIRPORTS):
            sums = {step: total + random.randint(-4, 4) for step, total in LIKED.items()}
            sums["boarding"] = BOARDING[period][place]
            liked = {step: totalling(random, sums[step], ANSWERS, 1, 5) for step in STEPS}
            matters = {
                step: totalling(random, IMPORTANT[step] + random.randint(-4, 4), ANSWERS, 1, 5) for step in STEPS
            }
            for at in range(ANSWERS):
                cells = [cell for step in STEPS for cell in (liked[step][at], matters[step][at])]
                rows.append((airport, random.choice(days_of(period)), *cells))
    header = ",".join(f"{_column(step)},{_column(step)}_matters" for step in STEPS)
    return Story(
        name="airline",
        files={
            "sqaudit.yaml": project_file("airline"),
            "standards/journey/standard.yaml": STANDARD,
            "standards/journey/checklists/steps.yaml": CHECKLIST,
            "audits/journeys/programme.yaml": PROGRAMME,
            "audits/journeys/answers.csv": records(f"airport,day,{header}", rows),
        },
        programme="journeys",
        periods=PERIODS,
        found=(Found(criterion="boarding", severity="major", sites=tuple(AIRPORTS), items=("boarding",)),),
        shown={"boarding": Shown(before=2.95, after=4.00, digits=6, p="< 0.001")},
        effect={
            "criterion": "boarding",
            "site": EVERYWHERE,
            "indicator": "boarding",
            "baseline": "2026-04",
            "target": ">= 3.5",
            "improve": 0.5,
            "guards": ("security", "cabin"),
            "implemented_on": "2026-05-31",
            "verdict": "effective",
        },
    )
