"""Orders of each day, and the complaints: 4 per 1000 orders on ordinary days, 9 and later 5 on holidays."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqaudit.plugin.draws import chance, pick, whole

from sqaudit_ecommerce.demo.shops import (
    HOLIDAYS,
    MONTHS,
    NEW_HOLIDAY_FLOW,
    SHOPS,
    SIZES,
    Row,
    days_of,
    dice,
    is_holiday,
    scattered,
    shared,
    written,
)

_ALL = sum(SIZES.values())
# Orders and complaints of all shops on the holidays of a month.
_ON_HOLIDAYS = {4: (3000, 27), 5: (9000, 81), 6: (5000, 45), 9: (5000, 25), 10: (12000, 60)}
_PER_THOUSAND = 4
_TOPICS = ("delivery", "damage", "wrong_item", "quality", "refund", "service")
_HOLIDAY_TOPICS = ("delivery", "delivery", "delivery", "service", "refund", "wrong_item", "damage")
_CHANNELS = ("chat", "chat", "platform", "phone", "app")
_DAY = 24 * 60


def order_days() -> list[tuple[datetime, str, int]]:
    """One row per shop and day: its orders."""
    return [
        (day, shop, orders)
        for shop in SHOPS
        for month in MONTHS
        for day, orders in zip(days_of(month), _orders(shop, month), strict=True)
    ]


def _orders(shop: str, month: int) -> list[int]:
    random = dice(1, shop, month)
    days = days_of(month)
    usual = [SIZES[shop] * whole(random, 108, 142) // 1000 for _ in days]
    if month not in HOLIDAYS:
        return usual
    sales = _ON_HOLIDAYS[month][0] * SIZES[shop] // _ALL
    on_holidays = iter(shared(sales, [whole(random, 85, 115) for _ in HOLIDAYS[month]]))
    return [next(on_holidays) if is_holiday(day) else orders for day, orders in zip(days, usual, strict=True)]


def complaints(days: list[tuple[datetime, str, int]]) -> list[Row]:
    """One row per contact: some cases come in a second time by another channel."""
    rows: list[Row] = []
    number = 0
    for month in MONTHS:
        random = Random(2026_9000 + month)  # noqa: S311 - a story, not a secret
        for on_holidays in (False, True):
            chosen = [row for row in days if row[0].month == month and is_holiday(row[0]) is on_holidays]
            counts = _counts(random, chosen, month, on_holidays=on_holidays)
            for (day, shop, _), count in zip(chosen, counts, strict=True):
                for _ in range(count):
                    number += 1
                    rows += _case(random, f"K{number:05}", shop, day, on_holidays=on_holidays)
    return sorted(rows, key=lambda row: (row[3], row[0]))


def _counts(random: Random, chosen: list[tuple[datetime, str, int]], month: int, *, on_holidays: bool) -> list[int]:
    """How many complaints each of the days gets; bad holidays hit some shops harder, all else is shared by orders."""
    if not chosen:
        return []
    by_shop = [sum(orders for _, shop, orders in chosen if shop == one) for one in SHOPS]
    total = _ON_HOLIDAYS[month][1] if on_holidays else (sum(by_shop) * _PER_THOUSAND + 500) // 1000
    is_bad = on_holidays and chosen[0][0] < NEW_HOLIDAY_FLOW
    per_shop = scattered(random, total, by_shop) if is_bad else shared(total, by_shop)
    counts: dict[tuple[str, datetime], int] = {}
    for shop, count in zip(SHOPS, per_shop, strict=True):
        own = [row for row in chosen if row[1] == shop]
        parts = scattered(random, count, [orders for _, _, orders in own])
        counts |= {(shop, day): part for (day, _, _), part in zip(own, parts, strict=True)}
    return [counts[shop, day] for day, shop, _ in chosen]


def _case(random: Random, case: str, shop: str, day: datetime, *, on_holidays: bool) -> list[Row]:
    received = day + timedelta(minutes=whole(random, 8 * 60, 22 * 60))
    is_slow = chance(random, 22 if on_holidays and day < NEW_HOLIDAY_FLOW else 1)
    replied = received + timedelta(minutes=whole(random, _DAY + 60, 2 * _DAY) if is_slow else whole(random, 5, 600))
    is_late = chance(random, 35 if is_slow else 4)
    solved = replied + timedelta(minutes=whole(random, 3 * _DAY, 6 * _DAY) if is_late else whole(random, 60, _DAY))
    topic = pick(random, _HOLIDAY_TOPICS if on_holidays else _TOPICS)
    first = (case, shop, "", written(received), pick(random, _CHANNELS), topic, written(replied), written(solved))
    if not chance(random, 6):
        return [first]
    again = received + timedelta(minutes=whole(random, 20, 90))
    return [first, (case, shop, "", written(again), "phone", topic, written(max(again, replied)), written(solved))]
