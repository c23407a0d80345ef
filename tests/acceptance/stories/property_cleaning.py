"""CASE-PROP1: of the services of a property company, owners are least content with cleaning.

A higher standard of cleaning and regular training follow; 46 % of content owners become 67 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from .story import EVERYWHERE, TEAM, Found, Shown, Story, days_of, exactly, project_file, records, site_list

COMMUNITIES = {
    "plum-court": ("Plum Court", "梅苑"),
    "river-steps": ("River Steps", "江阶花园"),
    "south-garden": ("South Garden", "南苑"),
    "stone-lane": ("Stone Lane", "石巷小区"),
    "willow-rise": ("Willow Rise", "柳岗家园"),
}
PERIODS = ("2025-Q4", "2026-Q1", "2026-Q2")
SERVICES = {
    "cleaning": ("Cleaning", "保洁"),
    "security": ("Security", "安保"),
    "repairs": ("Repairs", "维修"),
    "greenery": ("Greenery", "绿化"),
}
ANSWERS = (60, 60, 60, 60, 60)
CONTENT = {"2025-Q4": (24, 26, 28, 29, 31), "2026-Q1": (30, 31, 31, 32, 33), "2026-Q2": (39, 40, 40, 41, 41)}
# Of sixty owners, so many are content with the other services, and a few more or less.
OTHERWISE = {"security": 48, "repairs": 42, "greenery": 45}


def standard(target: str) -> str:
    """The text of the standard, which asks for the same share of owners content with each service."""
    criteria = "".join(
        f"""\
  - id: {service}
    dimension: services
    title: {{en: "{english}: owners are content", zh: {chinese}：业主满意}}
    severity: {"major" if service == "cleaning" else "minor"}
    target: "{target}"
    remedies:
      - en: Say in writing what is done, where and how often, and train it every month
        zh: 书面写明内容、地点与频次，每月培训
"""
        for service, (english, chinese) in SERVICES.items()
    )
    columns = "".join(f"      {service}: {{type: integer, min: 1, max: 5}}\n" for service in SERVICES)
    return f"""\
kind: standard
id: homes
version: "1.0.0"
title: {{en: Service for homes, zh: 物业服务标准}}
ratings: [{{rating: A, from: 85}}, {{rating: B, from: 60}}, {{rating: C, from: 0}}]
dimensions: {{services: {{title: {{en: Services, zh: 服务项目}}}}}}
datasets:
  answers:
    about: persons
    columns:
      day: date
{columns}criteria:
{criteria}"""


CHECKLIST = """\
kind: checklist
id: owners
standard: homes@1
title: {en: Survey of owners, zh: 业主调查}
dataset: answers
items:
""" + "".join(f'  - {{criterion: {service}, measure: "top_box({service}, 2)"}}\n' for service in SERVICES)


def programme(sites: Sequence[str]) -> str:
    """The text of the programme for some of the communities."""
    return f"""\
kind: programme
id: homes
standard: homes@1
checklists: [owners]
{site_list({site: COMMUNITIES[site] for site in sites})}period: quarter
{TEAM}
sources:
  answers: {{path: answers.csv, site: community, time: day}}
"""


def property_cleaning() -> Story:
    """Five communities in three quarters."""
    return Story(
        name="property-cleaning",
        files=survey("swept stairs", tuple(COMMUNITIES), dict.fromkeys(PERIODS, ANSWERS), CONTENT, ">= 0.60"),
        programme="homes",
        periods=PERIODS,
        found=(Found(criterion="cleaning", severity="major", sites=tuple(COMMUNITIES), items=("cleaning",)),),
        shown={"cleaning": Shown(before=0.46, after=0.67, digits=6)},
        effect={
            "criterion": "cleaning",
            "site": EVERYWHERE,
            "indicator": "cleaning",
            "baseline": "2025-Q4",
            "target": ">= 0.60",
            "improve": 0.05,
            "guards": ("security", "repairs", "greenery"),
            "implemented_on": "2026-03-31",
            "verdict": "effective",
        },
    )


def survey(
    seed: str,
    sites: Sequence[str],
    answers: Mapping[str, Sequence[int]],
    content: Mapping[str, Sequence[int]],
    target: str,
) -> dict[str, str]:
    """A project whose owners are asked in each period: so many answer in each place, so many like its cleaning."""
    random = Random(seed)
    rows = []
    for period, numbers in answers.items():
        for place, (site, number) in enumerate(zip(sites, numbers, strict=True)):
            happy = {"cleaning": exactly(random, content[period][place], number)}
            for service, of_sixty in OTHERWISE.items():
                happy[service] = exactly(random, round(of_sixty * number / 60) + random.randint(-1, 1), number)
            for at in range(number):
                marks = [random.choice((4, 5) if happy[service][at] else (1, 2, 3)) for service in SERVICES]
                rows.append((site, random.choice(days_of(period)), *marks))
    return {
        "sqaudit.yaml": project_file("homes"),
        "standards/homes/standard.yaml": standard(target),
        "standards/homes/checklists/owners.yaml": CHECKLIST,
        "audits/homes/programme.yaml": programme(sites),
        "audits/homes/answers.csv": records(f"community,day,{','.join(SERVICES)}", rows),
    }
