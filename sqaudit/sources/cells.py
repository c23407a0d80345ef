"""Typed values of workbooks, JSON and collectors, written as text that reads back as the same value."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from decimal import Decimal
from numbers import Integral, Real

EXCEL_DIGITS = 15


def text_of(value: object, decimal: str = ".", *, digits: int | None = None) -> str:  # noqa: PLR0911  by its type
    """One value as text: ISO 8601 moments and days, ``true``/``false``, plain decimals, seconds of durations.

    Args:
        value: Any value; ``None`` becomes the empty text, lists and mappings become JSON.
        decimal: The decimal mark the source declares, so that numbers and texts are read alike.
        digits: Significant digits of a float; ``None`` keeps all that are needed to read it back.
    """
    if value is None or isinstance(value, str):
        return value or ""
    match value:
        case bool() | int():
            return str(value).lower()
        case float() | Decimal():
            return _plain(value, digits).replace(".", decimal)
        case timedelta():
            return _plain(value.total_seconds(), digits).replace(".", decimal)
        case date() | time():
            return value.isoformat().replace("T", " ")
        case Integral():  # a whole number of another library
            return str(int(value))
        case Real():
            return _plain(float(value), digits).replace(".", decimal)
        case _:
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _plain(value: float | Decimal, digits: int | None) -> str:
    """A number without exponent; whole numbers without decimals."""
    exact = Decimal(f"{value:.{digits}g}") if digits and isinstance(value, float) else Decimal(str(value))
    if not exact.is_finite():
        return str(value)
    if exact == exact.to_integral_value():
        return f"{exact:.0f}" if exact else "0"
    return f"{exact.normalize():f}"
