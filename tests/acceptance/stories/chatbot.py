"""CASE-ECOM2: a shop answers its chats late, and its old customers with what everybody gets.

A chatbot answers at once what it can; old customers get offers of their own and somebody who knows them. The median of
the first reply falls from 195 to 13.5 seconds, content customers rise from 60 to 78 %, complaints fall from 7.0 to 3.7
per 1000 orders. As many requests are solved as before: a quick answer that solves nothing would be none.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from .story import (
    EVERYWHERE,
    TEAM,
    Found,
    Shown,
    Story,
    days_of,
    exactly,
    moments,
    project_file,
    records,
    scattered,
    site_list,
    totalling,
)

DESKS = {
    "clothes": ("Clothes desk", "服装客服组"),
    "kitchen": ("Kitchen desk", "厨具客服组"),
    "garden": ("Garden desk", "园艺客服组"),
    "books": ("Books desk", "图书客服组"),
}
PERIODS = ("2026-01", "2026-02", "2026-03")
CHATS, ANSWERS, ORDERS = 150, 75, 2500  # of a desk in a month
# How many chats in all are answered by a person or by the bot after so many seconds, from and to.
WAITS = {
    "2026-01": (("person", 299, 40, 194), ("person", 2, 195, 195), ("person", 299, 196, 900)),
    "2026-02": (("bot", 160, 3, 30), ("person", 440, 40, 700)),
    "2026-03": (
        *(("bot", 299, 3, 12), ("bot", 1, 13, 13), ("bot", 1, 14, 14), ("bot", 119, 15, 30)),
        ("person", 180, 60, 200),
    ),
}
# Of the old and of the new customers of a desk who rate their chat, 35 and 40, so many are content.
OLD, NEW = 35, 40
CONTENT = {
    "2026-01": ((11, 31), (12, 32), (13, 33), (14, 34)),
    "2026-02": ((15, 32), (16, 33), (17, 33), (17, 34)),
    "2026-03": ((25, 32), (26, 32), (26, 33), (27, 33)),
}
SOLVED = {"2026-01": (134, 135, 135, 136), "2026-02": (133, 135, 134, 136), "2026-03": (135, 137, 136, 138)}
COMPLAINTS = {"2026-01": (16, 17, 18, 19), "2026-02": (13, 14, 15, 14), "2026-03": (8, 9, 10, 10)}

STANDARD = """\
kind: standard
id: chats
version: "1.0.0"
title: {en: Service by chat, zh: 在线客服标准}
dimensions:
  speed: {title: {en: Speed, zh: 速度}}
  customers: {title: {en: Content customers, zh: 客户满意}}
datasets:
  chats:
    columns:
      chat: text
      opened_at: timestamp
      first_reply_at: timestamp
      replied_by: {type: text, values: [person, bot]}
      customer: {type: text, values: [old, new]}
      solved: boolean
      rating: {type: integer, min: 1, max: 5, optional: true}
  days: {columns: {day: date, orders: {type: integer, min: 0}, complaints: {type: integer, min: 0}}}
criteria:
  - id: first-reply
    dimension: speed
    title: {en: A chat is answered within a minute, zh: 一分钟内首次回应}
    severity: major
    target: "<= PT1M"
    remedies: [{en: Let a program answer what it surely can, zh: 由智能客服回答其能准确回答的问题}]
  - id: content
    dimension: customers
    title: {en: Customers are content with the answer, zh: 客户对答复满意}
    severity: major
    target: ">= 0.75"
    remedies:
      - {en: "Give old customers somebody who knows them, and their own offers", zh: 为老客户配备专属客服与专属优惠}
  - id: complaint-rate
    dimension: customers
    title: {en: Few complaints, zh: 投诉少}
    target: "<= 5"
    remedies: [{en: Ask everybody who complained what would have kept them from it, zh: 逐一询问投诉客户}]
  - {id: solved, dimension: customers, title: {en: Requests are solved, zh: 问题得到解决}, target: ">= 0.85"}
"""
CHECKLIST = """\
kind: checklist
id: desk
standard: chats@1
title: {en: Chat desk, zh: 在线客服组}
dataset: chats
items:
  - {criterion: first-reply, measure: "median(elapsed(opened_at, first_reply_at))", by: [replied_by]}
  - {criterion: content, measure: "top_box(rating, 2)", by: [customer]}
  - {criterion: solved, measure: resolution_rate(solved)}
  - {criterion: complaint-rate, dataset: days, measure: "complaint_rate(complaints, orders)"}
"""
PROGRAMME = f"""\
kind: programme
id: shop-chats
standard: chats@1
checklists: [desk]
{site_list(DESKS)}period: month
levels: [programme]
{TEAM}
sources:
  chats: {{path: chats.csv, site: desk, time: opened_at, key: [chat]}}
  days: {{path: days.csv, site: desk, time: day}}
"""


def chatbot() -> Story:
    """Four desks of a shop from January to March."""
    random = Random("one moment please")
    chats, days = [], []
    for period in PERIODS:
        waits = [(by, random.randint(low, high)) for by, times, low, high in WAITS[period] for _ in range(times)]
        random.shuffle(waits)
        month = days_of(period)
        for place, desk in enumerate(DESKS):
            solved = exactly(random, SOLVED[period][place], CHATS)
            customers = _customers(random, *CONTENT[period][place])
            for at, moment in enumerate(moments(random, period, CHATS)):
                by, seconds = waits[place * CHATS + at]
                reply = moment + timedelta(seconds=seconds)
                customer, rating = customers[at]
                chats.append((desk, f"{desk}-{period}-{at:03}", moment, reply, by, customer, solved[at], rating))
            orders = totalling(random, ORDERS, len(month), 50, 120)
            complaints = scattered(random, COMPLAINTS[period][place], len(month))
            days += [(desk, day, orders[at], complaints[at]) for at, day in enumerate(month)]
    return Story(
        name="chatbot",
        files={
            "sqaudit.yaml": project_file("shop"),
            "standards/chats/standard.yaml": STANDARD,
            "standards/chats/checklists/desk.yaml": CHECKLIST,
            "audits/shop-chats/programme.yaml": PROGRAMME,
            "audits/shop-chats/chats.csv": records(
                "desk,chat,opened_at,first_reply_at,replied_by,customer,solved,rating", chats
            ),
            "audits/shop-chats/days.csv": records("desk,day,orders,complaints", days),
        },
        programme="shop-chats",
        periods=PERIODS,
        found=(
            Found(criterion="first-reply", severity="major", sites=tuple(DESKS), items=("first-reply",)),
            Found(criterion="content", severity="major", sites=tuple(DESKS), items=("content",)),
            Found(criterion="complaint-rate", severity="minor", sites=tuple(DESKS), items=("complaint-rate",)),
        ),
        shown={
            # Nobody has a test for medians of two periods.
            "first-reply": Shown(before=195, after=13.5, digits=6, verdict="not_tested"),
            "content": Shown(before=0.60, after=0.78, digits=6),
            "complaint-rate": Shown(before=7.0, after=3.7, digits=6),
        },
        effect={
            "criterion": "content",
            "site": EVERYWHERE,
            "indicator": "content",
            "baseline": "2026-01",
            "target": ">= 0.75",
            "improve": 0.05,
            "guards": ("solved",),
            "implemented_on": "2026-02-28",
            "verdict": "effective",
        },
    )


def _customers(random: Random, old: int, new: int) -> list[tuple[str, int | None]]:
    """The customers of a desk's chats: those who rate it, so many of whom are content, and as many who do not."""
    made: list[tuple[str, int | None]] = []
    for customer, content, number in (("old", old, OLD), ("new", new, NEW)):
        for is_content in exactly(random, content, number):
            made.append((customer, random.choice((4, 5)) if is_content else random.choice((1, 2, 3))))
            made.append((customer, None))
    random.shuffle(made)
    return made
