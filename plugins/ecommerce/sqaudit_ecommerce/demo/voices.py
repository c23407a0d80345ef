"""What customers answer in the survey, and what mystery shoppers find."""

from __future__ import annotations

from datetime import timedelta

from sqaudit.plugin.draws import at_random, chance, pick, whole

from sqaudit_ecommerce.demo.shops import BOT_SINCE, MONTHS, SHOPS, Row, dice, first_day, some, written

_ANSWERS = 22
_NO_SURVEY = ("silk-lane", 7)
_NOT_ANSWERED = ("brick-oven", 5)
_EXPIRED = ("lychee-garden", 6)


def surveys() -> list[Row]:
    """Customers are a little more content from September on."""
    rows: list[Row] = []
    for shop in SHOPS:
        for month in MONTHS:
            if (shop, month) == _NO_SURVEY:
                continue
            random = dice(4, shop, month)
            number = whole(random, _ANSWERS - 3, _ANSWERS + 3)
            better = 7 if first_day(month) >= BOT_SINCE else 0
            content = some(random, (number * (whole(random, 68, 78) + better) + 50) // 100, number)
            for is_content in content:
                at = at_random(random, first_day(month), first_day(month + 1), first_hour=7, last_hour=23)
                rows.append((
                    written(at),
                    shop,
                    _mark(pick(random, (5, 5, 4, 4) if is_content else (3, 3, 2, 1)), skipped=chance(random, 3)),
                    _mark(pick(random, (5, 5, 4, 4, 3)), skipped=chance(random, 8)),
                    _mark(pick(random, (7, 7, 6, 6, 5, 4) if is_content else (5, 4, 3, 2)), skipped=chance(random, 5)),
                    _mark(pick(random, (10, 10, 9, 9, 8, 7) if is_content else (8, 7, 6, 5, 3)), skipped=chance(random, 5)),
                ))
    return sorted(rows)


def _mark(mark: int, *, skipped: bool) -> str:
    return "" if skipped else str(mark)


def mystery_orders() -> tuple[list[Row], list[Row]]:
    """One order a month and shop: the register, and the answers in one row each."""
    register: list[Row] = []
    answers: list[Row] = []
    for shop in SHOPS:
        for month in MONTHS:
            random = dice(5, shop, month)
            order = (f"M{month:02}-{shop}", shop, f"{first_day(month) + timedelta(days=whole(random, 7, 24)):%Y-%m-%d}")
            register.append(order)
            given = {
                "Q1": "no" if (shop, month) == _EXPIRED else "yes",
                "Q2": pick(random, ("all", "all", "all", "mostly")),
                "Q3": "no" if chance(random, 4) else "yes",
                "Q4": pick(random, ("whole", "whole", "whole", "box")),
                "Q5": str(pick(random, (3, 4, 4) if month > 8 else (2, 3, 4, 3))),  # noqa: PLR2004 - since September
                "Q6": str(pick(random, (3, 3, 4, 4, 2))),
                "Q7": "yes" if chance(random, 90) else "no",
            }
            if (shop, month) != _NOT_ANSWERED:
                answers += [(*order, question, answer) for question, answer in given.items()]
    return register, answers
