"""The shops, the months, and what is different where and when.

Only ``Random.random()`` and whole numbers are used, so that every version of Python makes the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

from sqaudit.plugin.draws import shuffled

Row: TypeAlias = tuple[str, ...]

SHOPS = (
    "blue-kite",
    "brick-oven",
    "coral-cup",
    "lychee-garden",
    "paper-crane",
    "river-loom",
    "silk-lane",
    "snow-pine",
    "stone-bridge",
    "tea-terrace",
)
# How large each shop is: of 4000 orders so many are its own.
SIZES = dict(zip(SHOPS, (400, 280, 340, 440, 360, 420, 520, 400, 420, 420), strict=True))
CLOTHES = frozenset({"silk-lane", "river-loom", "snow-pine"})
SLOW_PARCELS = "snow-pine"
SLOW_REFUNDS = "brick-oven"
SMALL_SIZES = "silk-lane"
SLOW_AGENTS = "blue-kite"
HARD_RETURNS = "lychee-garden"

MONTHS = tuple(range(3, 11))
# 2026 in China, with the weekend days that belong to each holiday.
HOLIDAYS = {
    4: (4, 5, 6),
    5: (1, 2, 3, 4, 5),
    6: (19, 20, 21),
    9: (25, 26, 27),
    10: (1, 2, 3, 4, 5, 6, 7),
}
# When holidays have more agents, other promises and a second warehouse; when the bot answers first.
NEW_HOLIDAY_FLOW = datetime(2026, 9, 18)  # noqa: DTZ001 - local time of the shops
BOT_SINCE = datetime(2026, 8, 24)  # noqa: DTZ001 - local time of the shops


def dice(kind: int, shop: str, month: int) -> Random:
    """Draws of their own for each kind of records, shop and month: one more record changes no other."""
    return Random(2026_0000 + 10_000 * kind + 100 * SHOPS.index(shop) + month)  # noqa: S311 - a story, not a secret


def first_day(month: int) -> datetime:
    """The first moment of a month of 2026."""
    return datetime(2026, month, 1)  # noqa: DTZ001 - local time of the shops


def days_of(month: int) -> list[datetime]:
    """The days of a month of 2026."""
    begin, end = first_day(month), first_day(month + 1)
    return [begin + timedelta(days=day) for day in range((end - begin).days)]


def is_holiday(moment: datetime) -> bool:
    """Whether a moment lies on a holiday."""
    return moment.day in HOLIDAYS.get(moment.month, ())


def written(moment: datetime | None) -> str:
    """A moment as it stands in the files, to the second; nothing where there is none."""
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S")


def shared(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` things shared by weight, as evenly as whole things go (largest remainder)."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_rest[: total - sum(parts)]:
        parts[place] += 1
    return parts


def scattered(random: Random, total: int, weights: Sequence[int]) -> list[int]:
    """``total`` things that fall where chance puts them, the heavier places more often."""
    parts = [0] * len(weights)
    whole = sum(weights)
    for _ in range(total):
        left = random.random() * whole
        place = 0
        while left >= weights[place] and place < len(weights) - 1:
            left -= weights[place]
            place += 1
        parts[place] += 1
    return parts


def some(random: Random, part: int, whole: int) -> list[bool]:
    """Exactly ``part`` of ``whole`` are true, in an order of chance."""
    return shuffled(random, [place < part for place in range(whole)])
