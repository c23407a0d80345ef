"""The repair book: urgent and ordinary repairs by open hours, planned ones by the day that was agreed.

Dove Hill is short of technicians from June to August. At Cherry Lane old lifts break down again and again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqaudit.plugin.draws import chance, pick, whole

from sqaudit_property.templates.estates import (
    ESTATES,
    HOUSEHOLDS,
    MONTHS,
    Row,
    first_of,
    later,
    open_later,
    random_for,
    sometime,
    table,
    written,
)

_HEADER = "reported_at,repair,estate,address,kind,priority,arrived_at,due_at,done_at,confirmed"
_LEAD_IN = (1, 2)  # months whose repairs may still be open, or come back, when the story begins
_SHORT_OF_STAFF = {"dove-hill": (6, 7, 8)}
_OLD_LIFTS = "cherry-lane"
_HOUSEHOLDS_PER_REPAIR = 25
_KINDS = ("water", "water", "power", "doors", "doors", "heating", "walls", "other")
_PRIORITIES = (
    "emergency",
    "urgent",
    "urgent",
    "urgent",
    "ordinary",
    "ordinary",
    "ordinary",
    "planned",
    "planned",
    "planned",
)
_DAY = 24 * 60


def repair_book() -> str:
    """The book of all estates as CSV."""
    rows: list[Row] = []
    for place, estate in enumerate(ESTATES):
        for month in (*_LEAD_IN, *MONTHS):
            random = random_for(1, place, month)
            number = HOUSEHOLDS[estate] // _HOUSEHOLDS_PER_REPAIR + whole(random, -2, 2)
            for _ in range(number):
                rows += _with_repeat(random, estate, month, len(rows))
    return table(_HEADER, _dirty(rows))


def _with_repeat(random: Random, estate: str, month: int, number: int) -> list[Row]:
    """A repair, and the next one of its kind at the same address where the first did not hold."""
    lifts = estate == _OLD_LIFTS and chance(random, 35)
    kind = "lift" if lifts else pick(random, _KINDS)
    building = whole(random, 1, 14)
    address = f"{building} lift" if lifts else f"{building}-{whole(random, 1, 18)}{whole(random, 0, 3):02}"
    reported = sometime(random, month, first_hour=7, last_hour=22)
    row, done = _repair(random, estate, (address, kind), reported, number)
    if done is None or not chance(random, 60 if lifts else 2):
        return [row]
    again = done + timedelta(days=whole(random, 3, 26), minutes=whole(random, 0, 300))
    if again >= first_of(MONTHS[-1] + 1):
        return [row]
    return [row, _repair(random, estate, (address, kind), again, number + 1)[0]]


def _repair(
    random: Random, estate: str, what: tuple[str, str], reported: datetime, number: int
) -> tuple[Row, datetime | None]:
    priority = "urgent" if what[1] == "lift" else pick(random, _PRIORITIES)
    short = reported.month in _SHORT_OF_STAFF.get(estate, ())
    late = chance(random, 45 if short else 2)
    never = late and short and chance(random, 40)
    arrived = later(reported, whole(random, 6, 28)) if priority == "emergency" else None
    if priority == "emergency":
        if short and chance(random, 30):
            arrived = later(reported, whole(random, 35, 90))
        due = later(reported, 6 * 60)
        done = later(reported, whole(random, 400, 1500) if late else whole(random, 40, 350))
    elif priority == "urgent":
        due = open_later(reported, 8 * 60)
        done = open_later(reported, whole(random, 500, 1400) if late else whole(random, 30, 450))
    elif priority == "ordinary":
        due = open_later(reported, 24 * 60)
        done = open_later(reported, whole(random, 1500, 3600) if late else whole(random, 90, 1400))
    else:
        due = later(reported.replace(hour=17, minute=0), whole(random, 12, 25) * _DAY)
        late = late and short
        done = later(due, whole(random, 1, 12) * _DAY) if late else later(due, -whole(random, 60, 6 * _DAY))
    confirmed = "" if never else "yes" if chance(random, 92) else "no"
    row = (
        written(reported),
        f"r-{number + 1:05}",
        estate,
        *what,
        priority,
        written(arrived) if arrived else "",
        written(due),
        "" if never else written(done),
        confirmed,
    )
    return row, None if never else done


def _dirty(rows: list[Row]) -> list[Row]:
    """A repair done before it was reported, one with a day that June does not have, and one of a strange estate."""
    rows = list(rows)
    reported, *middle, _, confirmed = rows[300]
    rows[300] = (reported, *middle, f"{reported[:8]}01 00:05", confirmed)
    _, *rest = rows[900]
    rows[900] = ("2026-06-31 10:00", *rest)
    reported, number, _, *rest = rows[1200]
    rows[1200] = (reported, number, "old-mill", *rest)
    return rows
