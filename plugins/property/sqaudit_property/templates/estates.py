"""The twelve invented estates, their months, and how records are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

from sqaudit.plugin.draws import at_random

Row: TypeAlias = tuple[str, ...]

# Households of each estate. Ginkgo Park is the large one, Kite Field the old one that was just taken over.
HOUSEHOLDS = {
    "alder-court": 620,
    "brook-side": 540,
    "cherry-lane": 480,
    "dove-hill": 560,
    "elm-square": 700,
    "fern-gate": 590,
    "ginkgo-park": 1900,
    "heron-bay": 700,
    "iris-garden": 610,
    "jasmine-row": 520,
    "kite-field": 980,
    "lotus-bank": 640,
}
ESTATES = tuple(HOUSEHOLDS)
CLEANED_ANEW = "ginkgo-park"
TAKEN_OVER = "kite-field"

MONTHS = (3, 4, 5, 6, 7, 8, 9, 10)
YEAR = 2026
PERIODS = tuple(f"{YEAR}-{month:02}" for month in MONTHS)
SEED = 2026
FOLDER = "audits/estate-months/data"


def first_of(month: int) -> datetime:
    """The first moment of a month of the story's year, by the estates' clocks; 0 and less lie in the year before."""
    return datetime(YEAR + (month - 1) // 12, (month - 1) % 12 + 1, 1)  # noqa: DTZ001 - local time of the estates


def random_for(kind: int, place: int, month: int) -> Random:
    """A generator of its own for each kind of record, estate and month, so that a change stays where it is made."""
    return Random(SEED + 100_000 * kind + 100 * place + month)


def sometime(random: Random, month: int, *, first_hour: int = 8, last_hour: int = 21) -> datetime:
    """A minute of the month, between two hours of the day."""
    return at_random(random, first_of(month), first_of(month + 1), first_hour=first_hour, last_hour=last_hour)


def later(at: datetime, minutes: int) -> datetime:
    """So many minutes later, by night and day."""
    return at + timedelta(minutes=minutes)


def open_later(at: datetime, minutes: int) -> datetime:
    """So many minutes later by the service desk's hours; public holidays are left out, which only makes it earlier."""
    left = minutes
    while True:
        weekend = at.weekday() >= 5  # noqa: PLR2004 - Saturday
        opens = at.replace(hour=9 if weekend else 8, minute=0 if weekend else 30)
        closes = at.replace(hour=17 if weekend else 18, minute=0)
        begins = max(at, opens)
        room = int((closes - begins).total_seconds()) // 60
        if room > 0 and left <= room:
            return begins + timedelta(minutes=left)
        left -= max(0, room)
        at = (at + timedelta(days=1)).replace(hour=0, minute=0)


def written(at: datetime) -> str:
    """A moment as the records write it."""
    return at.strftime("%Y-%m-%d %H:%M")


def day_of(at: datetime) -> str:
    """Its day."""
    return at.date().isoformat()


def table(header: str, rows: Sequence[Row]) -> str:
    """Plain lines in the order of their text: no cell holds a comma, a quote or a line break."""
    return "".join(f"{line}\n" for line in (header, *sorted(",".join(row) for row in rows)))
