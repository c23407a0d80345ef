"""How large a simple random sample must be (Cochran, *Sampling Techniques*, 3rd edition 1977, chapter 4).

Numbers are taken as they are written, 0.1 as one tenth, so that no rounding error adds a unit.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TypeAlias

Number: TypeAlias = int | float | Fraction | Decimal


def size_for_proportion(margin: Number, z: Number, p: Number = Fraction(1, 2)) -> Fraction:
    """The size at which a proportion ``p`` is known to within ``margin`` on either side, without end to draw from.

    Args:
        margin: Half the width of the interval, above 0 and below 1.
        z: How many standard errors that is: 1.96 at 95 %.
        p: What the proportion is thought to be, 0 to 1; one half needs most.

    Raises:
        ValueError: A number is out of its range.
    """
    error, part = _above_0(margin), Fraction(str(p))
    if error >= 1 or not 0 <= part <= 1:
        raise ValueError(f"a proportion of {p} within {margin} is impossible")
    return _above_0(z) ** 2 * part * (1 - part) / error**2


def size_for_mean(margin: Number, z: Number, deviation: Number) -> Fraction:
    """The size at which a mean is known to within ``margin``, of values with that standard deviation in the same unit.

    Raises:
        ValueError: A number is not above 0.
    """
    return (_above_0(z) * _above_0(deviation) / _above_0(margin)) ** 2


def of_population(size: Number, population: int) -> Fraction:
    """The size that does as well when there are only ``population`` units to draw from; not rounded.

    Raises:
        ValueError: There is no population, or ``size`` is below 0.
    """
    without_end = Fraction(str(size))
    if population < 1 or without_end < 0:
        raise ValueError(f"{size} of a population of {population} is impossible")
    return without_end * population / (population - 1 + without_end) if without_end else Fraction(0)


def whole_size(size: Number) -> int:
    """A size rounded up, as fewer would not reach the precision; printed tables may round to the nearest."""
    return ceil(Fraction(str(size)))


def _above_0(number: Number) -> Fraction:
    exact = Fraction(str(number))
    if exact <= 0:
        raise ValueError(f"numbers must be above 0, got {number}")
    return exact
