"""An extract of the orders, 26 a month and shop from January on, with their things and reviews."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqaudit.plugin.draws import at_random, chance, pick, whole

from sqaudit_ecommerce.demo.shops import (
    CLOTHES,
    NEW_HOLIDAY_FLOW,
    SHOPS,
    SLOW_PARCELS,
    SLOW_REFUNDS,
    SMALL_SIZES,
    Row,
    dice,
    first_day,
    is_holiday,
    written,
)

_PER_MONTH = 26
_CUSTOMERS = 115
_HOUR = 60
_DAY = 24 * _HOUR
_REASONS = ("unwanted", "unwanted", "not_as_shown", "damaged", "wrong_item", "late")
_END = datetime(2026, 11, 1)  # noqa: DTZ001 - local time of the shops


def orders_with_things() -> tuple[list[Row], list[Row], list[Row]]:
    """Orders, order items and reviews, as they stood when October was over."""
    orders: list[Row] = []
    items: list[Row] = []
    reviews: list[Row] = []
    for shop in SHOPS:
        for month in range(1, 11):
            random = dice(2, shop, month)
            for number in range(_PER_MONTH):
                order = f"{shop[:2].upper()}{month:02}{number:03}"
                one = _order(random, shop, month)
                customer = f"{shop[:2]}-{whole(random, 1, _CUSTOMERS):03}"
                orders.append((order, shop, customer, *(written(moment) for moment in one[:2]), one[2], *one[3]))
                delivered, promised = one[4], one[2]
                items += _items(random, shop, order, delivered)
                if delivered is not None and delivered < _END:
                    is_late = f"{delivered:%Y-%m-%d}" > promised
                    reviews += _reviews(random, order, delivered, is_late=is_late)
    return sorted(orders), sorted(items), sorted(reviews)


_Order = tuple[datetime, datetime | None, str, tuple[str, str], datetime | None]


def _order(random: Random, shop: str, month: int) -> _Order:
    """When it was placed, sent, promised, delivered and cancelled; delivered once more as a moment."""
    ordered = at_random(random, first_day(month), first_day(month + 1), first_hour=7, last_hour=24)
    in_bad_holiday = is_holiday(ordered) and ordered < NEW_HOLIDAY_FLOW
    packing = whole(random, 50 * _HOUR, 70 * _HOUR) if chance(random, 1) else whole(random, 2 * _HOUR, 40 * _HOUR)
    sent = ordered + timedelta(minutes=packing)
    promised = (ordered + timedelta(days=4 if shop in {"coral-cup", "lychee-garden"} else 5)).strftime("%Y-%m-%d")
    is_late = chance(random, 45 if in_bad_holiday else 18 if shop == SLOW_PARCELS else 2)
    under_way = whole(random, 5 * _DAY, 8 * _DAY) if is_late else whole(random, _DAY, 2 * _DAY + 4 * _HOUR)
    delivered: datetime | None = sent + timedelta(minutes=under_way)
    fate = whole(random, 1, 100)
    cancelled = None
    if fate <= 2:  # noqa: PLR2004 - two in a hundred think again before it is sent
        return ordered, None, promised, ("", written(ordered + timedelta(minutes=whole(random, 10, 100)))), None
    if fate == 3:  # noqa: PLR2004 - one in a hundred is lost, and given up a week after the promise
        delivered, cancelled = None, ordered + timedelta(days=12)
    return ordered, sent, promised, (written(delivered), written(cancelled)), delivered


def _items(random: Random, shop: str, order: str, delivered: datetime | None) -> list[Row]:
    rows: list[Row] = []
    for item in range(1, whole(random, 1, 3) + 1):
        category = pick(random, ("clothes", "clothes", "home") if shop in CLOTHES else ("home", "food", "toys"))
        often = 26 if shop == SMALL_SIZES else 7 if category == "clothes" else 4
        comes_back = delivered is not None and chance(random, often)
        if delivered is None or not comes_back:
            rows.append((order, str(item), category, "", "", "", ""))
            continue
        asked = delivered + timedelta(minutes=whole(random, 3 * _HOUR, 6 * _DAY))
        back = asked + timedelta(minutes=whole(random, _DAY, 4 * _DAY))
        is_slow = chance(random, 50 if shop == SLOW_REFUNDS else 1)
        wait = whole(random, 50 * _HOUR, 5 * _DAY) if is_slow else whole(random, _HOUR, 40 * _HOUR)
        reason = "size" if category == "clothes" and chance(random, 60) else pick(random, _REASONS)
        kept, paid = "" if chance(random, 2) else reason, back + timedelta(minutes=wait)
        rows.append((order, str(item), category, written(asked), kept, written(back), written(paid)))
    return rows


def _reviews(random: Random, order: str, delivered: datetime, *, is_late: bool) -> list[Row]:
    """Who waited is cross; of the cross some change their mind when the shop puts things right."""
    if not chance(random, 65):
        return []
    is_low = chance(random, 55 if is_late else 4)
    score = pick(random, (1, 1, 2)) if is_low else pick(random, (3, 4, 4, 5, 5, 5))
    at = delivered + timedelta(minutes=whole(random, 2 * _HOUR, 5 * _DAY))
    rows: list[Row] = [(f"R{order}-1", order, written(at), str(score))]
    if is_low and chance(random, 25):
        later = at + timedelta(minutes=whole(random, _DAY, 6 * _DAY))
        rows.append((f"R{order}-2", order, written(later), str(min(5, score + 2))))
    return rows
