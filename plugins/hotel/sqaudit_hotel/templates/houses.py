"""The invented hotels of the template, its months, and how records of a month are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

from msgspec import Struct

Row: TypeAlias = tuple[str, ...]

MONTHS = tuple(datetime(2026, month, 1) for month in range(5, 12))  # noqa: DTZ001 - by the clocks of the hotels
MAY, JUNE, JULY, AUGUST, SEPTEMBER, OCTOBER = range(6)
_SEED = 7100


class House(Struct, frozen=True):
    """A hotel: its id, how many rooms it has, and whether its rooms got dirty in summer."""

    id: str
    rooms: int
    troubled: bool = False


HOUSES = (
    House("cedar-court", 42, troubled=True),
    House("granite-inn", 36, troubled=True),
    House("ivory-gate", 48, troubled=True),
    House("north-star", 40, troubled=True),
    House("heron-bay", 44),
    House("lotus-pond", 38),
    House("orchid-garden", 46),
    House("juniper-lodge", 34),
    House("mill-race", 32),
    House("plum-hill", 40),
)
TROUBLED = tuple(house.id for house in HOUSES if house.troubled)
BY_THE_LAKE = ("heron-bay", "lotus-pond")
OVERBOOKED = "orchid-garden"
OLD_HOUSE = "mill-race"
BLOCKED_STAIRS = "heron-bay"
FIRST_DIRTY = "cedar-court"


def random_for(subject: int, place: int, month: int) -> Random:
    """The draws of one kind of record of a hotel in a month: others do not change when one kind does."""
    return Random(_SEED + 1000 * subject + 10 * place + month)  # noqa: S311 - a story, not a secret


def length_of(month: int) -> int:
    """How many days a month has."""
    return (MONTHS[month + 1] - MONTHS[month]).days


def written(at: datetime) -> str:
    """A moment as it stands in a file."""
    return at.strftime("%Y-%m-%d %H:%M")


def after(at: datetime, minutes: int) -> str:
    """So many minutes later, as it stands in a file."""
    return written(at + timedelta(minutes=minutes))


def csv(header: Row, rows: Sequence[Row]) -> str:
    """Plain lines: no cell holds a comma, a quote or a line break."""
    return "".join(",".join(row) + "\n" for row in (header, *rows))
