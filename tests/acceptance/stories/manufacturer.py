"""CASE-MFG: a manufacturer of machines answers late, and leaves without having finished.

A team answers at once, and what belongs to a visit is written down and trained; 55 % of the requests answered within 24
hours become 92 %.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from .story import EVERYWHERE, TEAM, Found, Shown, Story, days_of, exactly, moments, project_file, records, site_list

CENTRES = {
    "iron-bridge": ("Iron Bridge", "铁桥服务站"),
    "kiln-street": ("Kiln Street", "窑街服务站"),
    "loom-yard": ("Loom Yard", "织机场服务站"),
    "wheel-gate": ("Wheel Gate", "轮门服务站"),
}
PERIODS = ("2026-04", "2026-05", "2026-06")
REQUESTS, VISITS = 50, 40  # of a centre in a month
ANSWERED = {"2026-04": (26, 27, 28, 29), "2026-05": (31, 33, 35, 37), "2026-06": (45, 46, 46, 47)}
COMPLETE = {"2026-04": (22, 23, 24, 25), "2026-05": (27, 28, 29, 30), "2026-06": (36, 37, 37, 38)}
SOLVED = {"2026-04": (33, 34, 34, 35), "2026-05": (33, 34, 33, 35), "2026-06": (34, 34, 33, 36)}

STANDARD = """\
kind: standard
id: machine-service
version: "1.0.0"
title: {en: Service for machines, zh: 设备售后服务标准}
dimensions:
  speed: {title: {en: Speed, zh: 速度}}
  care: {title: {en: After-sales service, zh: 售后服务}}
datasets:
  requests: {columns: {received_at: timestamp, answered_at: {type: timestamp, optional: true}}}
  visits: {about: persons, columns: {day: date, complete: boolean, solved: boolean}}
criteria:
  - id: answered
    dimension: speed
    title: {en: A request is answered within 24 hours, zh: 服务请求24小时内答复}
    severity: major
    target: ">= 0.90"
    remedies: [{en: A team that does nothing but answer first, zh: 设立快速响应小组}]
  - id: complete
    dimension: care
    title: {en: "A visit is complete: mended, explained, tidied, signed", zh: 上门服务完整：修复、讲解、清理、签字}
    severity: major
    target: ">= 0.85"
    remedies: [{en: Write down what belongs to a visit and train it, zh: 写明上门服务内容并培训}]
  - {id: solved, dimension: care, title: {en: Solved at the first visit, zh: 首次上门解决}, target: ">= 0.80"}
"""
CHECKLIST = """\
kind: checklist
id: centre
standard: machine-service@1
title: {en: Service centre, zh: 服务站}
items:
  - {criterion: answered, dataset: requests, measure: "within_24h(received_at, answered_at)"}
  - id: open-time
    title: {en: Open hours to the answer, zh: 答复所用工作时间}
    dataset: requests
    measure: mean(business(received_at, answered_at))
  - {criterion: complete, dataset: visits, measure: share(complete)}
  - {criterion: solved, dataset: visits, measure: share(solved)}
"""
PROGRAMME = f"""\
kind: programme
id: machines
standard: machine-service@1
checklists: [centre]
{site_list(CENTRES)}period: month
calendar: {{open: "Mon-Fri 09:00-18:00", holidays: CN}}
{TEAM}
sources:
  requests: {{path: requests.csv, site: centre, time: received_at}}
  visits: {{path: visits.csv, site: centre, time: day}}
"""


def manufacturer() -> Story:
    """Four service centres from April to June."""
    random = Random("the line stands still")
    requests, visits = [], []
    for period in PERIODS:
        for place, centre in enumerate(CENTRES):
            in_time = exactly(random, ANSWERED[period][place], REQUESTS)
            for at, moment in enumerate(moments(random, period, REQUESTS)):
                low, high = (20, 24 * 60) if in_time[at] else (24 * 60 + 1, 96 * 60)
                requests.append((centre, moment, moment + timedelta(minutes=random.randint(low, high))))
            complete = exactly(random, COMPLETE[period][place], VISITS)
            solved = exactly(random, SOLVED[period][place], VISITS)
            visits += [(centre, random.choice(days_of(period)), complete[at], solved[at]) for at in range(VISITS)]
    return Story(
        name="manufacturer",
        files={
            "sqaudit.yaml": project_file("machines"),
            "standards/machine-service/standard.yaml": STANDARD,
            "standards/machine-service/checklists/centre.yaml": CHECKLIST,
            "audits/machines/programme.yaml": PROGRAMME,
            "audits/machines/requests.csv": records("centre,received_at,answered_at", requests),
            "audits/machines/visits.csv": records("centre,day,complete,solved", visits),
        },
        programme="machines",
        periods=PERIODS,
        found=(
            Found(criterion="answered", severity="major", sites=tuple(CENTRES), items=("answered",)),
            Found(criterion="complete", severity="major", sites=tuple(CENTRES), items=("complete",)),
        ),
        shown={"answered": Shown(before=0.55, after=0.92, digits=6)},
        effect={
            "criterion": "answered",
            "site": EVERYWHERE,
            "indicator": "answered",
            "baseline": "2026-04",
            "target": ">= 0.90",
            "improve": 0.10,
            "guards": ("solved",),
            "implemented_on": "2026-05-31",
            "verdict": "effective",
        },
    )
