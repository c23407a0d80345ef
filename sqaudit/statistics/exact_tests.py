"""Exact tests of counts, two-sided: all outcomes that are no likelier than the one found count against chance.

Both walk from the likeliest outcome outwards, by the ratio of each probability to the one before: no factorials, and
no library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import floor, fsum

# Equally likely outcomes may differ in a last digit; R and scipy allow as much.
_AS_LIKELY = 1 + 1e-7


def fisher_exact(part: int, whole: int, other_part: int, other_whole: int) -> float:
    """The probability by Fisher's exact test that two proportions differ as much or more by chance.

    R. A. Fisher, *Statistical Methods for Research Workers*, 5th ed. 1934, section 21.02.

    Raises:
        ValueError: A part is not from 0 to its whole.
    """
    if not 0 <= part <= whole or not 0 <= other_part <= other_whole:
        raise ValueError(f"{part} of {whole} and {other_part} of {other_whole} are no proportions")
    drawn, everything = part + other_part, whole + other_whole
    lowest, highest = max(0, drawn - other_whole), min(drawn, whole)
    likeliest = min(highest, (whole + 1) * (drawn + 1) // (everything + 2))

    def ratio(count: int) -> float:
        """How much likelier one more is."""
        return (drawn - count) * (whole - count) / ((count + 1) * (other_whole - drawn + count + 1))

    return _no_likelier(part, likeliest, lowest, highest, ratio)


def exact_binomial(part: int, whole: int, chance: float) -> float:
    """The probability by the exact binomial test of a ``part`` as unlikely or more, each having this ``chance``.

    Raises:
        ValueError: ``part`` is not from 0 to ``whole``, or ``chance`` not between 0 and 1.
    """
    if not 0 <= part <= whole or not 0 < chance < 1:
        raise ValueError(f"{part} of {whole} with a chance of {chance} is impossible")
    odds = chance / (1 - chance)
    likeliest = min(whole, floor((whole + 1) * chance))
    return _no_likelier(part, likeliest, 0, whole, lambda count: (whole - count) / (count + 1) * odds)


def _no_likelier(found: int, likeliest: int, lowest: int, highest: int, ratio: Callable[[int], float]) -> float:
    weights = {likeliest: 1.0}
    weights.update(_upwards(likeliest, highest, ratio))
    weights.update(_downwards(likeliest, lowest, ratio))
    own = weights.get(found, 0.0)  # so far out that no number is small enough
    return min(1.0, fsum(one for one in weights.values() if one <= own * _AS_LIKELY) / fsum(weights.values()))


def _upwards(count: int, highest: int, ratio: Callable[[int], float]) -> Iterator[tuple[int, float]]:
    weight = 1.0
    while count < highest and weight:
        weight *= ratio(count)
        count += 1
        yield count, weight


def _downwards(count: int, lowest: int, ratio: Callable[[int], float]) -> Iterator[tuple[int, float]]:
    weight = 1.0
    while count > lowest and weight:
        count -= 1
        weight /= ratio(count)
        yield count, weight
