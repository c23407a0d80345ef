"""Krippendorff's alpha: agreement of any number of raters, with gaps, on any scale.

Krippendorff, *Computing Krippendorff's Alpha-Reliability* (2011): 1 less observed over expected disagreement. The
formulas are computed in fractions, so that the order of raters, things and gaps changes no digit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, combinations
from typing import Any, Literal, TypeAlias

from sqaudit.statistics.agreement import NO_PAIRS, NO_VARIATION, Agreement

Rating: TypeAlias = Any  # hashable; a number on all scales but the nominal one
Scale: TypeAlias = Literal["nominal", "ordinal", "interval", "ratio"]
_Difference: TypeAlias = Callable[[Rating, Rating], Fraction]


def krippendorff_alpha(ratings: Sequence[Sequence[Rating | None]], scale: Scale = "nominal") -> Agreement:
    """Alpha of what was rated twice or more; it has no interval here.

    Its plain agreement is the share of equal pairs, where each rating counts as much as any other.

    Args:
        ratings: A row for each thing with the ratings it got, in any order; ``None`` is a gap. Numbers, but on the
            nominal scale.
        scale: What a difference of ratings means: none but being different (``nominal``), how many ratings lie
            between (``ordinal``), the difference itself (``interval``), or in proportion to the sum (``ratio``).

    Raises:
        ValueError: A rating on the ratio scale is below 0.
    """
    rows = [[rating for rating in row if rating is not None] for row in ratings]
    counts = [Counter(row) for row in rows if len(row) > 1]
    whole = sum(counts, Counter())
    n = whole.total()
    if not n:
        return Agreement(coefficient=None, agreement=None, reason=NO_PAIRS)
    agreement = 1 - _observed(counts, _nominal) / n
    difference = _difference(scale, whole)
    expected = _pairs(whole, difference) / (n - 1)
    if not expected:
        return Agreement(coefficient=None, agreement=agreement, reason=NO_VARIATION)
    return Agreement(coefficient=1 - _observed(counts, difference) / expected, agreement=agreement)


def _observed(counts: Sequence[Mapping[Rating, int]], difference: _Difference) -> Fraction:
    """The squared differences of the ratings from the others of the same thing, each rating's as a mean."""
    return sum((_pairs(row, difference) / (sum(row.values()) - 1) for row in counts), Fraction(0))


def _pairs(counts: Mapping[Rating, int], difference: _Difference) -> Fraction:
    """The sum of squared differences over all pairs, each in both orders."""
    pairs = combinations(counts.items(), 2)
    return 2 * sum((n * m * difference(one, other) ** 2 for (one, n), (other, m) in pairs), Fraction(0))


def _difference(scale: Scale, counts: Mapping[Rating, int]) -> _Difference:
    match scale:
        case "nominal":
            return _nominal
        case "ordinal":
            return _ordinal(counts)
        case "interval":
            return lambda one, other: Fraction(one) - Fraction(other)
        case "ratio":
            if min(counts) < 0:
                raise ValueError(f"a ratio scale has no rating below 0, got {min(counts)}")
            # Of two different ratings one is above 0.
            return lambda one, other: (Fraction(one) - Fraction(other)) / (Fraction(one) + Fraction(other))


def _nominal(one: Rating, other: Rating) -> Fraction:
    return Fraction(one != other)


def _ordinal(counts: Mapping[Rating, int]) -> _Difference:
    """From the middle of one rating's block to the middle of the other's, when all ratings stand in a row."""
    order = sorted(counts)
    ends = accumulate(counts[rating] for rating in order)
    middle = {rating: end - Fraction(counts[rating], 2) for rating, end in zip(order, ends, strict=True)}
    return lambda one, other: middle[one] - middle[other]
