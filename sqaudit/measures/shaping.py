"""Small pieces that named measures are made of: statistics by kind, and values with what their interval rests on."""

from __future__ import annotations

from fractions import Fraction

from sqaudit.expressions.terms import moment_name
from sqaudit.measures.finishing import (
    NO_VALID_ROWS,
    ZERO_DENOMINATOR,
    AnyNumber,
    count_of,
    exact_number,
    exact_square,
    no_value,
    value_of,
)
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument
from sqaudit.model.score import Value
from sqaudit.model.spread import Average, EventRate, Proportion

AS_OF = moment_name("as_of")
PERIOD_START = moment_name("period_start")
PERIOD_END = moment_name("period_end")
_PAIR = 2


def rows_where(condition: str) -> Statistic:
    """The number of rows where a condition is true."""
    return Statistic(kind=StatisticKind.COUNT, expression=condition)


def total_of(expression: str) -> Statistic:
    """The exact sum of a number or duration."""
    return Statistic(kind=StatisticKind.SUM, expression=expression)


def squares_of(expression: str) -> Statistic:
    """The sum of the squares of a number or duration."""
    return Statistic(kind=StatisticKind.SQUARES, expression=expression)


def known(expression: str) -> str:
    """A condition: the expression has a value."""
    return f"({expression} IS NOT NULL)"


def holds(condition: str) -> str:
    """A condition: it is true, not merely unknown."""
    return f"coalesce({condition}, FALSE)"


def fails(condition: str) -> str:
    """A condition: it is false, not merely unknown."""
    if condition == "TRUE":
        return "FALSE"
    return f"(NOT coalesce({condition}, TRUE))"


def where(condition: str, expression: str) -> str:
    """An expression that is unknown wherever a condition does not hold."""
    return f"(CASE WHEN {condition} THEN {expression} END)"


def finite(number: Argument) -> str:
    """A condition: a number is neither infinite nor NaN, as columns and durations never are; unknown if it is."""
    if number.column is not None or number.constant is not None or number.is_duration:
        return "TRUE"
    return f"(({number.sql} - {number.sql}) = 0)"


def unbounded(*moments: Argument) -> str:
    """A condition: one of the moments is infinite. Columns never are."""
    computed = [moment.sql for moment in moments if moment.column is None]
    return any_of(*(f"({known(sql)} AND {_microseconds(sql)} IS NULL)" for sql in computed))


def all_of(*conditions: str) -> str:
    """A condition: all of these are true."""
    needed = [condition for condition in conditions if condition != "TRUE"]
    return f"({' AND '.join(needed)})" if needed else "TRUE"


def any_of(*conditions: str) -> str:
    """A condition: one of these is true."""
    needed = [condition for condition in conditions if condition != "FALSE"]
    return f"({' OR '.join(needed)})" if needed else "FALSE"


def not_negative(number: Argument) -> str:
    """A condition: a number or duration is finite and at least 0."""
    return all_of(finite(number), f"{number.sql} >= {zero_of(number)}")


def zero_of(number: Argument) -> str:
    """0 of the same kind: durations are not compared with numbers."""
    return "INTERVAL '0' SECOND" if number.is_duration else "0"


def elapsed(start: str, end: str) -> str:
    """The time between two moments, whatever the clocks did in between; infinite moments are unknown."""
    return f"to_microseconds({_microseconds(end)} - {_microseconds(start)})"


def _microseconds(moment: str) -> str:
    return f"epoch_us(CAST({moment} AS TIMESTAMPTZ))"


def share_value(part: AnyNumber | None, whole: AnyNumber | None, n: AnyNumber | None, formula: str) -> Value:
    """``part / whole`` as a share from 0 to 1; ``n`` is the number of valid rows."""
    if not count_of(n):
        return no_value(NO_VALID_ROWS, "share", formula)
    top, bottom = count_of(part), count_of(whole)
    if bottom == 0:
        return no_value(ZERO_DENOMINATOR, "share", formula)
    return value_of(top / bottom, "share", formula, Proportion(successes=top, n=bottom))


def mean_value(  # noqa: PLR0913  the parts of one value
    total: AnyNumber | None,
    statistics: Statistics,
    unit: str,
    formula: str,
    *,
    origin: Fraction = Fraction(0),
    scale: Fraction = Fraction(1),
) -> Value:
    """The mean of ``total`` over ``n`` rows, as ``scale`` times its distance from ``origin``.

    The statistics hold ``n`` and ``squares``.
    """
    n = count_of(statistics["n"])
    if total is None or n == 0:
        return no_value(NO_VALID_ROWS, unit, formula)
    exact = exact_number(total, unit)
    mean = scale * (exact / n - origin)
    squares = statistics.get("squares")
    if squares is None:
        return value_of(mean, unit, formula)
    variance = None
    if n >= _PAIR:  # rows are squared one by one, some of them rounded: never below 0
        variance = scale**2 * max(Fraction(0), (exact_square(squares, unit) - exact**2 / n) / (n - 1))
    return value_of(mean, unit, formula, Average(mean=mean, variance=variance, n=n))


def rate_value(events: AnyNumber | None, exposure: AnyNumber | None, per: int, unit: str, formula: str) -> Value:
    """``per`` times ``events / exposure``."""
    happened, looked_at = count_of(events), count_of(exposure)
    if looked_at == 0:
        return no_value(ZERO_DENOMINATOR, unit, formula)
    spread = EventRate(events=happened, exposure=looked_at, per=per)
    return value_of(per * happened / looked_at, unit, formula, spread)
