"""Statistics to values: exact until the last step, and never a number where nothing could be measured."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from sqaudit.model.evidence import Number
from sqaudit.model.score import Value
from sqaudit.model.spread import Spread

NO_ROWS = "no_rows"
NO_VALID_ROWS = "no_valid_rows"
ZERO_DENOMINATOR = "zero_denominator"
NOT_FINITE = "not_finite"

SECONDS = "s"
_MICROSECONDS = 10**6

AnyNumber: TypeAlias = Number | Fraction


def exact_number(number: AnyNumber, unit: str = "") -> Fraction:
    """A statistic as an exact number; in the unit ``s`` statistics are microseconds and become seconds."""
    value = Fraction(Decimal(repr(number)) if isinstance(number, float) else number)
    return value / _MICROSECONDS if unit == SECONDS else value


def exact_square(number: AnyNumber, unit: str = "") -> Fraction:
    """A sum of squares as an exact number; in the unit ``s`` square microseconds become square seconds."""
    value = exact_number(number)
    return value / _MICROSECONDS**2 if unit == SECONDS else value


def count_of(number: AnyNumber | None) -> Fraction:
    """A counting statistic; nothing counted is 0. Weighted counts need not be whole."""
    return exact_number(number or 0)


def no_value(reason: str, unit: str, formula: str) -> Value:
    """Nothing could be measured, and why."""
    return Value(value=None, unit=unit, formula=formula, reason=reason)


def value_of(number: Fraction, unit: str, formula: str, spread: Spread | None = None) -> Value:
    """The value: the double nearest to the exact number."""
    try:
        return Value(value=float(number), unit=unit, formula=formula, spread=spread)
    except OverflowError:
        return no_value(NOT_FINITE, unit, formula)
