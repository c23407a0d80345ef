"""What the measures are made of: conditions over one row, as SQL, and exact numbers."""

from __future__ import annotations

from fractions import Fraction

from sqaudit.model.evidence import Number
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument


def rows_where(condition: str) -> Statistic:
    """The number of rows where a condition is true."""
    return Statistic(kind=StatisticKind.COUNT, expression=condition)


def holds(condition: str) -> str:
    """A condition: it is true, not merely unknown."""
    return f"coalesce({condition}, FALSE)"


def absent(argument: Argument) -> str:
    """A condition: nothing is there. A cell that is there and cannot be used is not nothing."""
    return f"({argument.sql} IS NULL AND NOT {argument.unusable})"


def endless(*moments: Argument) -> str:
    """A condition: one of the moments is infinite. Columns never are, expressions may be."""
    computed = [one.sql for one in moments if one.column is None]
    found = [f"({sql} IS NOT NULL AND epoch_us(CAST({sql} AS TIMESTAMPTZ)) IS NULL)" for sql in computed]
    return f"({' OR '.join(found)})" if found else "FALSE"


def exact(number: Number) -> int | Fraction:
    """A statistic as an exact number; those of weighted samples need not be whole."""
    if isinstance(number, int):
        return number
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)
