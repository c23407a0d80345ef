"""How many of a sample fall to each stratum."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import TypeVar

Name = TypeVar("Name", str, tuple[str, ...])


def proportional(total: int, sizes: Mapping[Name, int]) -> dict[Name, int]:
    """Shares of ``total`` in proportion to the strata's sizes, by largest remainders (Hamilton's method).

    Equal remainders go to the stratum whose name sorts first; no stratum gets more than it has.

    Raises:
        ValueError: ``total`` is below 0 or above all there are, or a size is below 0.
    """
    whole = sum(sizes.values())
    if not 0 <= total <= whole or any(size < 0 for size in sizes.values()):
        raise ValueError(f"{total} cannot be drawn from strata of {list(sizes.values())}")
    if not whole:
        return dict.fromkeys(sizes, 0)
    quotas = {name: Fraction(total * size, whole) for name, size in sizes.items()}
    shares = {name: floor(quota) for name, quota in quotas.items()}
    rest = total - sum(shares.values())
    for name in sorted(quotas, key=lambda one: (shares[one] - quotas[one], one))[:rest]:
        shares[name] += 1
    return shares


def neyman(total: float, strata: Mapping[Name, tuple[int, float]]) -> dict[Name, float] | None:
    """Neyman's optimal shares of ``total``, not rounded, in proportion to size times standard deviation (Neyman 1934).

    Args:
        total: How many are drawn in all.
        strata: The size and the standard deviation of each stratum.

    Returns:
        ``None`` if nothing varies anywhere: then any share is as good.

    Raises:
        ValueError: A number is below 0.
    """
    if total < 0 or any(size < 0 or deviation < 0 for size, deviation in strata.values()):
        raise ValueError("sizes and standard deviations cannot be below 0")
    products = {name: size * deviation for name, (size, deviation) in strata.items()}
    whole = sum(products.values())
    return {name: total * product / whole for name, product in products.items()} if whole else None
