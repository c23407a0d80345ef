"""Random draws that are the same on every version of Python: they use only ``Random.random()``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

_T = TypeVar("_T")


def whole(random: Random, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    return low + int(random.random() * (high - low + 1))


def chance(random: Random, percent: int) -> bool:
    """True in ``percent`` of 100 draws."""
    return whole(random, 1, 100) <= percent


def pick(random: Random, things: Sequence[_T]) -> _T:
    """One of the things, each as likely as the other."""
    return things[whole(random, 0, len(things) - 1)]


def shuffled(random: Random, things: Sequence[_T]) -> list[_T]:
    """The things in a new order."""
    mixed = list(things)
    for last in range(len(mixed) - 1, 0, -1):
        other = whole(random, 0, last)
        mixed[last], mixed[other] = mixed[other], mixed[last]
    return mixed


def rounded_share(random: Random, percent: int, total: int, *, give: int) -> int:
    """``percent`` of ``total``, give or take a few percent, rounded; at most ``total``."""
    return min(total, ((percent + whole(random, -give, give)) * total + 50) // 100)


def at_random(random: Random, start: datetime, end: datetime, *, first_hour: int, last_hour: int) -> datetime:
    """A minute of some day from ``start`` to before ``end``, between two hours of the day (the last not included)."""
    day = start + timedelta(days=whole(random, 0, (end - start).days - 1))
    return day + timedelta(minutes=whole(random, first_hour * 60, last_hour * 60 - 1))
