"""CASE-PROP2: owners who complain wait long for an answer, and some of them leave.

A platform with a rule of 24 hours and a monthly review of what hurts most follow; 62 % of complaints answered within 24
hours become 95 %, and of the households that are customers when a year begins 5.0 instead of 8.0 % leave during it.
Who leaves does so when a contract ends: it takes a full year to see, so that a cycle is a year.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from .story import EVERYWHERE, TEAM, Found, Shown, Story, days_of, exactly, moments, project_file, records, site_list

ESTATES = {
    "amber-hill": ("Amber Hill", "琥珀山庄"),
    "cedar-park": ("Cedar Park", "雪松园"),
    "fern-bank": ("Fern Bank", "蕨岸小区"),
    "lotus-pond": ("Lotus Pond", "荷塘小区"),
    "pine-ridge": ("Pine Ridge", "松岭家园"),
}
PERIODS = ("2023", "2024", "2025")
COMPLAINTS, HOUSEHOLDS = 80, 240  # of an estate in a year, and when it begins
ANSWERED = {"2023": (44, 47, 50, 52, 55), "2024": (58, 60, 61, 62, 63), "2025": (74, 75, 76, 77, 78)}
LEFT = {"2023": (17, 18, 19, 20, 22), "2024": (15, 16, 16, 16, 17), "2025": (11, 12, 12, 12, 13)}
# What the complaints of an estate in a year are about.
ABOUT = {"lifts": 28, "parking": 20, "noise": 16, "water": 10, "fees": 6}

STANDARD = """\
kind: standard
id: estates
version: "1.0.0"
title: {en: Answers to owners, zh: 业主诉求响应标准}
dimensions:
  complaints: {title: {en: Complaints, zh: 投诉}}
  loyalty: {title: {en: Loyalty, zh: 忠诚度}}
datasets:
  complaints: {columns: {received_at: timestamp, answered_at: {type: timestamp, optional: true}, about: text}}
  households: {columns: {household: text, since: date, until: {type: date, optional: true}}}
criteria:
  - id: answered
    dimension: complaints
    title: {en: A complaint is answered within 24 hours, zh: 投诉24小时内答复}
    severity: major
    target: ">= 0.90"
    remedies:
      - {en: "One place for all complaints, with the hour by which each is due", zh: 统一投诉平台，逐条显示答复时限}
      - {en: Once a month look at what most complaints are about, zh: 每月分析投诉热点}
  - id: churn
    dimension: loyalty
    title: {en: Few households leave, zh: 客户流失少}
    target: "<= 0.06"
    remedies: [{en: Ask everybody who leaves why, zh: 逐户询问离开原因}]
"""
CHECKLIST = """\
kind: checklist
id: platform
standard: estates@1
title: {en: Complaints and households, zh: 投诉与住户}
items:
  - {criterion: answered, dataset: complaints, measure: "within_24h(received_at, answered_at)", by: [about]}
  - {id: complaints, dataset: complaints, measure: count(*), by: [about]}
  - {criterion: churn, dataset: households, measure: "churn(since, until)"}
"""
PROGRAMME = f"""\
kind: programme
id: estates
standard: estates@1
checklists: [platform]
{site_list(ESTATES)}period: year
{TEAM}
sources:
  complaints: {{path: complaints.csv, site: estate, time: received_at}}
  households: {{path: households.csv, site: estate, key: [household]}}
"""


def property_platform() -> Story:
    """Five estates in three years."""
    random = Random("who answers the lift")
    complaints, households = [], []
    for place, estate in enumerate(ESTATES):
        built = days_of(str(random.randint(2008, 2020)))
        homes = [[random.choice(built), None] for _ in range(HOUSEHOLDS)]
        for period in PERIODS:
            days = days_of(period)
            in_time = exactly(random, ANSWERED[period][place], COMPLAINTS)
            about = [topic for topic, times in ABOUT.items() for _ in range(times)]
            random.shuffle(about)
            for at, moment in enumerate(moments(random, period, COMPLAINTS)):
                low, high = (10, 24 * 60) if in_time[at] else (24 * 60 + 1, 240 * 60)
                complaints.append((estate, moment, moment + timedelta(minutes=random.randint(low, high)), about[at]))
            staying = [home for home in homes if home[1] is None]
            for home in random.sample(staying, LEFT[period][place]):
                home[1] = random.choice(days)
                homes.append([random.choice(days), None])  # the next one moves in
        households += [(estate, f"{estate}-{number:03}", *home) for number, home in enumerate(homes, 1)]
    return Story(
        name="property-platform",
        files={
            "sqaudit.yaml": project_file("estates"),
            "standards/estates/standard.yaml": STANDARD,
            "standards/estates/checklists/platform.yaml": CHECKLIST,
            "audits/estates/programme.yaml": PROGRAMME,
            "audits/estates/complaints.csv": records("estate,received_at,answered_at,about", complaints),
            "audits/estates/households.csv": records("estate,household,since,until", households),
        },
        programme="estates",
        periods=PERIODS,
        found=(
            Found(criterion="answered", severity="major", sites=tuple(ESTATES), items=("answered",)),
            Found(criterion="churn", severity="minor", sites=tuple(ESTATES), items=("churn",)),
        ),
        shown={
            "answered": Shown(before=0.62, after=0.95, digits=6),
            "churn": Shown(before=0.08, after=0.05, digits=6, p="0.003"),
        },
        effect={
            "criterion": "answered",
            "site": EVERYWHERE,
            "indicator": "answered",
            "baseline": "2023",
            "target": ">= 0.90",
            "improve": 0.10,
            "guards": ("churn",),
            "implemented_on": "2024-12-31",
            "verdict": "effective",
        },
    )
