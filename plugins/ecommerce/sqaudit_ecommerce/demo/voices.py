"""What customers answer in the survey, and what mystery shoppers find."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from sqaudit.plugin.draws import at_random, chance, pick, whole

from sqaudit_ecommerce.demo.shops import (
    BOT_SINCE,
    HARD_RETURNS,
    MONTHS,
    SHOPS,
    SLOW_PARCELS,
    Row,
    dice,
    first_day,
    some,
    written,
)

_ANSWERS = 22
# Overall, packaging, ease, recommending: marks of the content, of the others, and how many of 100 leave it blank.
_MARKS = (
    ((5, 5, 4, 4), (3, 3, 2, 1), 3),
    ((5, 5, 4, 4, 4, 3), (5, 5, 4, 4, 4, 3), 8),
    ((7, 7, 6, 6, 5, 5), (5, 4, 3, 3), 5),
    ((10, 10, 9, 9, 9, 8), (8, 7, 7, 6, 5), 5),
)
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
            better = 8 if first_day(month) >= BOT_SINCE else 0
            content = some(random, (number * (whole(random, 70, 77) + better) + 50) // 100, number)
            for is_content in content:
                at = at_random(random, first_day(month), first_day(month + 1), first_hour=7, last_hour=23)
                marks = (_mark(random, good if is_content else bad, skipped) for good, bad, skipped in _MARKS)
                rows.append((written(at), shop, *marks))
    return sorted(rows)


def _mark(random: Random, marks: Sequence[int], skipped: int) -> str:
    mark = pick(random, marks)
    return "" if chance(random, skipped) else str(mark)


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
                "Q3": "no" if chance(random, 2) else "yes",
                "Q4": pick(random, ("whole", "whole", "whole", "box")),
                "Q5": str(pick(random, (3, 3, 4) if shop != SLOW_PARCELS else (1, 2, 3))),
                "Q6": str(pick(random, (3, 3, 4) if shop != HARD_RETURNS else (1, 2, 2))),
                "Q7": "yes" if chance(random, 90) else "no",
            }
            if (shop, month) != _NOT_ANSWERED:
                answers += [(*order, question, answer) for question, answer in given.items()]
    return register, answers
