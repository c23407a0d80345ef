"""Small pieces that named measures are made of: statistics by kind, and values with what their interval rests on."""

from __future__ import annotations

from fractions import Fraction

from sqaudit.measures.finishing import (
    NO_VALID_ROWS,
    ZERO_DENOMINATOR,
    AnyNumber,
    count_of,
    exact_ratio,
    no_value,
    value_of,
)
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument
from sqaudit.model.score import Value
from sqaudit.model.spread import Average, EventRate, Exact, Proportion

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
    if type(part) is int and type(whole) is int and n and whole:
        # The quotient of two int is rounded correctly, and takes a tenth of the time of fractions.
        return Value(value=part / whole, unit="share", formula=formula, spread=Proportion(successes=part, n=whole))
    if not count_of(n):
        return no_value(NO_VALID_ROWS, "share", formula)
    top, bottom = count_of(part), count_of(whole)
    if bottom == 0:
        return no_value(ZERO_DENOMINATOR, "share", formula)
    return value_of(top, "share", formula, Proportion(successes=top, n=bottom), of=bottom)


def mean_value(  # noqa: PLR0913  the parts of one value
    total: AnyNumber | None,
    statistics: Statistics,
    unit: str,
    formula: str,
    *,
    origin: Fraction = Fraction(0),
    scale: Fraction = Fraction(1),
    most: Exact | None = None,
) -> Value:
    """The mean of ``total`` over ``n`` rows, as ``scale`` times its distance from ``origin``.

    It lies from 0 to ``most``, if that is given. The statistics hold ``n`` and ``squares``.
    """
    n = count_of(statistics["n"])
    if total is None or n == 0:
        return no_value(NO_VALID_ROWS, unit, formula)
    squares = statistics.get("squares")
    mean, variance = _moments(total, squares, n, unit)
    if origin or scale != 1:
        mean = scale * (mean - origin)
        variance = None if variance is None else scale**2 * variance
    if squares is None:
        return value_of(mean, unit, formula)
    least = None if most is None else 0
    return value_of(mean, unit, formula, Average(mean=mean, variance=variance, n=n, least=least, most=most))


def _moments(total: AnyNumber, squares: AnyNumber | None, n: Exact, unit: str) -> tuple[Fraction, Fraction | None]:
    """The mean of ``n`` values and their sample variance, from their sum and that of their squares."""
    top, bottom = exact_ratio(total, unit)
    of, parts = n.numerator, n.denominator
    mean = Fraction(top * parts, bottom * of)
    if squares is None or n < _PAIR:
        return mean, None
    # (squares - total² / n) / (n - 1), reduced once. Rows are squared one by one, some rounded: never below 0.
    over, under = exact_ratio(squares, unit, power=2)
    above = over * bottom**2 * of - top**2 * parts * under
    return mean, Fraction(max(0, above) * parts, under * bottom**2 * of * (of - parts))


def rate_value(events: AnyNumber | None, exposure: AnyNumber | None, per: int, unit: str, formula: str) -> Value:
    """``per`` times ``events / exposure``."""
    happened, looked_at = count_of(events), count_of(exposure)
    if looked_at == 0:
        return no_value(ZERO_DENOMINATOR, unit, formula)
    spread = EventRate(events=happened, exposure=looked_at, per=per)
    return value_of(per * happened, unit, formula, spread, of=looked_at)
