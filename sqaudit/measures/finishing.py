"""Statistics to values: exact until the last step, and never a number where nothing could be measured."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sqaudit.model.evidence import Number
from sqaudit.model.score import Value

NO_ROWS = "no_rows"
NO_VALID_ROWS = "no_valid_rows"
ZERO_DENOMINATOR = "zero_denominator"
NOT_FINITE = "not_finite"

SECONDS = "s"
_MICROSECONDS = 10**6


def exact_number(number: Number, unit: str = "") -> Fraction:
    """A statistic as an exact number; in the unit ``s`` statistics are microseconds and become seconds."""
    value = Fraction(Decimal(repr(number)) if isinstance(number, float) else number)
    return value / _MICROSECONDS if unit == SECONDS else value


def count_of(number: Number | None) -> int:
    """A counting statistic; nothing counted is 0."""
    return int(number or 0)


def no_value(reason: str, unit: str, formula: str) -> Value:
    """Nothing could be measured, and why."""
    return Value(value=None, unit=unit, formula=formula, reason=reason)


def value_of(number: Fraction, unit: str, formula: str) -> Value:
    """The value: the double nearest to the exact number."""
    try:
        return Value(value=float(number), unit=unit, formula=formula)
    except OverflowError:
        return no_value(NOT_FINITE, unit, formula)
