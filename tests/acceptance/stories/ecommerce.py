"""CASE-ECOM: complaints about deliveries rise in the weeks of the great holidays.

More people answer in those weeks and deliveries take another way; 9.0 complaints per 1000 orders become 5.0, still more
than the 4.0 of ordinary days. In months without a holiday there is nothing to measure, and no value.
"""

from __future__ import annotations

from datetime import date
from random import Random

from .story import EVERYWHERE, TEAM, Found, Shown, Story, days_of, project_file, records, scattered, shared, site_list

DEPOTS = {
    "north": ("North depot", "北区仓"),
    "east": ("East depot", "东区仓"),
    "south": ("South depot", "南区仓"),
    "west": ("West depot", "西区仓"),
}
PERIODS = ("2026-05", "2026-07", "2026-10")
# Labour Day and National Day, as the State Council set them for 2026.
HOLIDAYS = {date(2026, 5, day) for day in range(1, 6)} | {date(2026, 10, day) for day in range(1, 8)}
ORDINARY_ORDERS = 250  # of a depot in a day; every 250th of them is complained of
HOLIDAY_ORDERS = {"2026-05": 2250, "2026-07": 0, "2026-10": 3000}  # of a depot in all holidays of the month
HOLIDAY_COMPLAINTS = {"2026-05": (18, 20, 21, 22), "2026-07": (0, 0, 0, 0), "2026-10": (14, 15, 15, 16)}

STANDARD = """\
kind: standard
id: delivery
version: "1.0.0"
title: {en: Delivery, zh: 配送服务标准}
dimensions: {complaints: {title: {en: Few complaints, zh: 投诉少}}}
datasets:
  days:
    columns:
      day: date
      opens_at: timestamp
      closes_at: timestamp
      holiday: boolean
      orders: {type: integer, min: 0}
      complaints: {type: integer, min: 0}
criteria:
  - id: holiday-complaints
    dimension: complaints
    title: {en: Few complaints on holidays, zh: 节假日投诉少}
    severity: major
    target: "<= 6"
    remedies:
      - {en: Plan the people who answer by the orders of the last holiday, zh: 按上次节假日订单量安排客服}
      - {en: Give parcels a second way past the full depot, zh: 为爆仓网点设置备用线路}
  - id: ordinary-complaints
    dimension: complaints
    title: {en: Few complaints on ordinary days, zh: 平日投诉少}
    target: "<= 6"
"""
CHECKLIST = """\
kind: checklist
id: complaints
standard: delivery@1
title: {en: Complaints by day, zh: 每日投诉}
dataset: days
items:
  - {criterion: holiday-complaints, measure: "complaint_rate(complaints, orders)", where: holiday}
  - {criterion: ordinary-complaints, measure: "complaint_rate(complaints, orders)", where: NOT holiday}
  - id: holidays-off
    title: {en: Days marked as holidays that the calendar has off, zh: 标记为节假日且日历休息的日子}
    measure: share(business(opens_at, closes_at) = INTERVAL 0 HOUR)
    where: holiday
"""
PROGRAMME = f"""\
kind: programme
id: deliveries
standard: delivery@1
checklists: [complaints]
{site_list(DEPOTS)}period: month
calendar: {{open: "Mon-Fri 09:00-18:00", holidays: CN}}
{TEAM}
sources:
  days:
    path: days.csv
    site: depot
    time: day
    columns:
      opens_at: CAST(day AS TIMESTAMP) + INTERVAL 9 HOUR
      closes_at: CAST(day AS TIMESTAMP) + INTERVAL 18 HOUR
"""


def ecommerce() -> Story:
    """Four depots in a month with Labour Day, one without holidays, and one with National Day."""
    random = Random("full depots")
    rows = []
    for period in PERIODS:
        days = days_of(period)
        for place, depot in enumerate(DEPOTS):
            off = [day for day in days if day in HOLIDAYS]
            orders = dict(zip(off, shared(HOLIDAY_ORDERS[period], len(off)), strict=True))
            complaints = dict(zip(off, scattered(random, HOLIDAY_COMPLAINTS[period][place], len(off)), strict=True))
            ordinary = [day for day in days if day not in HOLIDAYS]
            orders |= dict.fromkeys(ordinary, ORDINARY_ORDERS)
            complaints |= dict(zip(ordinary, scattered(random, len(ordinary), len(ordinary)), strict=True))
            rows += [(depot, day, day in HOLIDAYS, orders[day], complaints[day]) for day in days]
    return Story(
        name="ecommerce",
        files={
            "sqaudit.yaml": project_file("deliveries"),
            "standards/delivery/standard.yaml": STANDARD,
            "standards/delivery/checklists/complaints.yaml": CHECKLIST,
            "audits/deliveries/programme.yaml": PROGRAMME,
            "audits/deliveries/days.csv": records("depot,day,holiday,orders,complaints", rows),
        },
        programme="deliveries",
        periods=PERIODS,
        found=(
            Found(criterion="holiday-complaints", severity="major", sites=tuple(DEPOTS), items=("holiday-complaints",)),
        ),
        shown={
            "holiday-complaints": Shown(before=9.0, after=5.0, digits=6, p="0.0006"),
            "ordinary-complaints": Shown(before=4.0, after=4.0, digits=6, verdict="no_change"),
        },
        effect={
            "criterion": "holiday-complaints",
            "site": EVERYWHERE,
            "indicator": "holiday-complaints",
            "baseline": "2026-05",
            "target": "<= 6",
            "improve": 1.5,
            "guards": ("ordinary-complaints",),
            "implemented_on": "2026-07-31",
            "verdict": "effective",
        },
    )
