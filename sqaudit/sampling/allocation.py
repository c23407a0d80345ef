"""How many of a sample fall to each stratum."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from heapq import heapify, heapreplace
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


def whole_neyman(total: int, strata: Mapping[Name, tuple[int, Fraction | None]]) -> dict[Name, int]:
    """Neyman's shares in whole units, the best there are (Wright 2012): each unit goes where it helps most.

    Every stratum gets a unit before any gets a second one, and none more than it has. A stratum whose spread is not
    known counts as if it varied as the others do within themselves. Where no spread is known, or nothing varies, the
    shares are proportional.

    Args:
        total: How many are drawn in all.
        strata: The size and the variance of each stratum, ``None`` where it is not known.

    Raises:
        ValueError: ``total`` is below 0 or above all there are, or a number is below 0.
    """
    sizes = {name: size for name, (size, _) in strata.items()}
    known = [(size - 1, variance) for size, variance in strata.values() if size > 1 and variance is not None]
    if any(variance < 0 for _, variance in known):
        raise ValueError("variances cannot be below 0")
    shares = proportional(total, sizes)
    if not any(variance for _, variance in known):
        return shares
    pooled = sum((degrees * variance for degrees, variance in known), Fraction(0)) / sum(
        degrees for degrees, _ in known
    )
    gains = {
        name: (size**2 * (pooled if variance is None else variance), size**2)
        for name, (size, variance) in strata.items()
        if size
    }
    shares = dict.fromkeys(sizes, 0)
    waiting = [(_turn(gain, 0), name) for name, gain in gains.items()]
    heapify(waiting)
    for _ in range(total):
        _, name = waiting[0]
        shares[name] += 1
        is_full = shares[name] == sizes[name]
        heapreplace(waiting, (_LAST if is_full else _turn(gains[name], shares[name]), name))
    return shares


_LAST = (2, Fraction(0), Fraction(0))


def _turn(gain: tuple[Fraction, int], drawn: int) -> tuple[int, Fraction, Fraction]:
    """When the next unit of a stratum comes: the least first. Where nothing varies, by size."""
    steps = drawn * (drawn + 1) or 1
    return (int(drawn > 0), -gain[0] / steps, Fraction(-gain[1], steps))
