"""Where values lie on a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

_STEPS = (1, 2, 2.5, 5, 10)


class Scale(Struct, frozen=True, kw_only=True):
    """Maps values from ``low`` to ``high`` evenly to units from ``start`` to ``end``, which may be the smaller."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: Decimal | float) -> float:
        """The unit at which ``value`` lies."""
        return self.start + (float(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, most: int = 5) -> list[float]:
        """Round values between low and high, as many as ``most`` intervals need at most."""
        step = nice_step(self.high - self.low, most)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(number * step, 12) + 0.0 for number in range(first, last + 1)]


def nice_step(span: float, most: int) -> float:
    """The least of 1, 2, 2.5, 5 times a power of ten that divides ``span``, above 0, into at most ``most`` steps."""
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    return next((step * power for step in _STEPS if step * power >= rough * (1 - 1e-9)), 10 * power)


def known(values: Iterable[Decimal | float | None]) -> list[float]:
    """The values that are numbers; neither what is missing nor infinities."""
    return [float(value) for value in values if value is not None and math.isfinite(value)]


def units(number: float) -> str:
    """A coordinate with one decimal at most: finer than a screen shows, and short."""
    text = f"{number:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def ranged(values: list[float], most: float) -> tuple[float, float]:
    """Where an axis begins and ends on which places count, not lengths: round, from just below the lowest value."""
    high = max([most, *values])
    low = min([*values, high])
    step = nice_step(max(high - low, abs(high) / 10, 1e-9), 5)
    return math.floor(low / step - 1e-9) * step, high
