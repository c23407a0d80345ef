"""Small pieces of row conditions, and exact numbers of statistics."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from sqaudit.errors import told
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument, UnfitArgument

Number: TypeAlias = int | float | Decimal
NO_VALID_ROWS = "no_valid_rows"


def rows_where(condition: str) -> Statistic:
    """The number of rows for which a condition is true."""
    return Statistic(kind=StatisticKind.COUNT, expression=condition)


def holds(condition: str) -> str:
    """A condition: it is true, not merely unknown."""
    return f"coalesce({condition}, FALSE)"


def is_over(moment: Argument, now: Argument) -> str:
    """A condition: the moment has come by ``now``; a day is over when the next one has begun."""
    if moment.is_day:
        return holds(f"({moment.sql} < CAST({now.sql} AS DATE))")
    return holds(f"({moment.sql} <= {now.sql})")


def is_infinite(*moments: Argument) -> str:
    """A condition: one of the moments is infinite, as computed ones may be and columns never are."""
    computed = [
        f"({moment.sql} IS NOT NULL AND epoch_us(CAST({moment.sql} AS TIMESTAMPTZ)) IS NULL)"
        for moment in moments
        if moment.column is None
    ]
    return f"({' OR '.join(computed)})" if computed else "FALSE"


def is_before(earlier: Argument, later: Argument) -> str:
    """A condition: one moment is before another; where one of them is a day, its whole day is meant."""
    if earlier.is_day == later.is_day:
        return holds(f"({earlier.sql} < {later.sql})")
    return holds(f"(CAST({earlier.sql} AS DATE) < CAST({later.sql} AS DATE))")


def refuse_day(arguments: Sequence[Argument], index: int) -> None:
    """See that an argument is a moment.

    Raises:
        UnfitArgument: If it is a day, which does not say when it is over.
    """
    if arguments[index].is_day:
        message = told({"en": "a moment belongs here, not a date", "zh": "此处应为时刻，而不是日期"})
        raise UnfitArgument(index, message, told({"en": "write as_of or period_end", "zh": "请写 as_of 或 period_end"}))


def exact(number: Number | None) -> int | Fraction:
    """A counting statistic as an exact number; of weighted samples it need not be whole."""
    return number if isinstance(number, int) else Fraction(number or 0)
