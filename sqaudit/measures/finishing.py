"""Statistics to values: exact until the last step, and never a number where nothing could be measured."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from sqaudit.model.evidence import Number
from sqaudit.model.score import Value
from sqaudit.model.spread import Exact, Spread

NO_ROWS = "no_rows"
NO_VALID_ROWS = "no_valid_rows"
ZERO_DENOMINATOR = "zero_denominator"
NOT_FINITE = "not_finite"

SECONDS = "s"
_MICROSECONDS = 10**6

AnyNumber: TypeAlias = Number | Fraction


def exact_number(number: AnyNumber, unit: str = "") -> Fraction:
    """A statistic as an exact number; in the unit ``s`` statistics are microseconds and become seconds."""
    return Fraction(*exact_ratio(number, unit))


def exact_square(number: AnyNumber, unit: str = "") -> Fraction:
    """A sum of squares as an exact number; in the unit ``s`` square microseconds become square seconds."""
    return Fraction(*exact_ratio(number, unit, power=2))


def exact_ratio(number: AnyNumber, unit: str = "", power: int = 1) -> tuple[int, int]:
    """A statistic, or one of its ``power``, as one int over another; a float counts as its shortest decimal."""
    top, bottom = (Decimal(repr(number)) if isinstance(number, float) else number).as_integer_ratio()
    return top, bottom * _MICROSECONDS**power if unit == SECONDS else bottom


def count_of(number: AnyNumber | None) -> Exact:
    """A counting statistic; nothing counted is 0. Weighted counts need not be whole."""
    return number if type(number) is int else exact_number(number or 0)


def no_value(reason: str, unit: str, formula: str) -> Value:
    """Nothing could be measured, and why."""
    return Value(value=None, unit=unit, formula=formula, reason=reason)


def value_of(number: Exact, unit: str, formula: str, spread: Spread | None = None, of: Exact = 1) -> Value:
    """The value: the double nearest to the exact number, divided by ``of``.

    Python divides whole numbers to the nearest double too, which is much faster than reducing a fraction first.
    """
    try:
        value = (number.numerator * of.denominator) / (number.denominator * of.numerator)
        return Value(value=value, unit=unit, formula=formula, spread=spread)
    except OverflowError:
        return no_value(NOT_FINITE, unit, formula)
