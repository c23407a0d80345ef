"""Small pieces that named measures are made of: statistics by kind, and shares with their interval."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from sqaudit.expressions.terms import moment_name
from sqaudit.measures.finishing import NO_VALID_ROWS, ZERO_DENOMINATOR, count_of, exact_number, no_value, value_of
from sqaudit.model.evidence import Number
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.score import Value
from sqaudit.statistics.intervals import wilson

AS_OF = moment_name("as_of")


def rows_where(condition: str) -> Statistic:
    """The number of rows where a condition is true."""
    return Statistic(kind=StatisticKind.COUNT, expression=condition)


def total_of(expression: str) -> Statistic:
    """The exact sum of a number or duration."""
    return Statistic(kind=StatisticKind.SUM, expression=expression)


def known(expression: str) -> str:
    """A condition: the expression has a value."""
    return f"({expression} IS NOT NULL)"


def holds(condition: str) -> str:
    """A condition: it is true, not merely unknown."""
    return f"coalesce({condition}, FALSE)"


def share_value(part: Number | None, whole: Number | None, n: Number | None, formula: str) -> Value:
    """``part / whole`` as a share from 0 to 1 with Wilson's interval; ``n`` is the number of valid rows."""
    if not count_of(n):
        return no_value(NO_VALID_ROWS, "share", formula)
    top, bottom = exact_number(part or 0), exact_number(whole or 0)
    if bottom == 0:
        return no_value(ZERO_DENOMINATOR, "share", formula)
    low, high = wilson(float(top), float(bottom))
    return replace(value_of(Fraction(top, bottom), "share", formula), low=low, high=high, interval="wilson")
