"""Percentiles by named methods, and the ranks between which a percentile lies whatever the distribution."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import floor, isfinite, sqrt
from statistics import NormalDist

from sqaudit.statistics.quantiles import CONFIDENCE, special_functions

TYPE_6 = "type_6"
TYPE_7 = "type_7"

# A tail that equals its share exactly must not be refused for the last digit of a float.
_ROUNDING = 1e-12


def percentile(values: Sequence[float], p: float, method: str = TYPE_7) -> float | None:
    """The ``p`` percentile (0 to 1) of ``values``; ``None`` if there are none.

    Args:
        values: In any order.
        p: Which percentile; 0.5 is the median.
        method: ``type_7`` (numpy calls it linear) or ``type_6`` (weibull), as numbered by Hyndman and Fan (1996).

    Raises:
        ValueError: A value is not finite, ``p`` not from 0 to 1, or ``method`` unknown.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"a percentile is from 0 to 1, got {p}")
    if method not in {TYPE_6, TYPE_7}:
        raise ValueError(f"no percentile method is called '{method}'")
    ordered = sorted(values)
    if not all(map(isfinite, ordered)):
        raise ValueError("values must be finite")
    if not ordered:
        return None
    last = len(ordered) - 1
    position = last * p if method == TYPE_7 else min(max((len(ordered) + 1) * p - 1, 0), last)
    before = floor(position)
    low, high = float(ordered[before]), float(ordered[min(before + 1, last)])
    part = position - before
    # Measured from the nearer end, so that rounding never leaves the two values.
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1 - part)  # noqa: PLR2004


@lru_cache(maxsize=65_536)
def ranks_around(n: int, p: float, confidence: float = CONFIDENCE) -> tuple[int, int] | None:
    """The 1-based ranks of the two ordered values between which the ``p`` quantile lies, or ``None`` if ``n`` is small.

    No distribution is assumed: the number B of values below the quantile is binomial, and the ranks r < s have
    P(r <= B < s) of at least ``confidence``. Each tail gets half of the rest; where one side has no value so far
    out, the outermost is taken and the other tail gets what is left.

    Args:
        n: How many values there are.
        p: Which quantile, between 0 and 1.
        confidence: Between 0 and 1.

    Raises:
        ValueError: A number is out of its range.
    """
    if n < 0 or not 0 < p < 1 or not 0 < confidence < 1:
        raise ValueError(f"no ranks among {n} values around {p} at a confidence of {confidence}")
    outside = 1 - confidence
    lower = _lower_rank(n, p, outside / 2)
    upper = n + 1 - _lower_rank(n, 1 - p, outside / 2)
    if lower < 1:
        lower, upper = 1, n + 1 - _lower_rank(n, 1 - p, outside - _fewer_than(1, n, p))
    elif upper > n:
        lower, upper = _lower_rank(n, p, outside - _fewer_than(1, n, 1 - p)), n
    return (lower, upper) if 1 <= lower < upper <= n else None


def _lower_rank(n: int, p: float, tail: float) -> int:
    """The highest rank r with P(B < r) <= ``tail``; 0 if there is none."""
    if tail <= 0:
        return 0
    allowed = tail * (1 + _ROUNDING)
    guess = floor(n * p + NormalDist().inv_cdf(tail) * sqrt(n * p * (1 - p)))
    rank = min(max(guess, 0), n)
    while rank < n and _fewer_than(rank + 1, n, p) <= allowed:
        rank += 1
    while rank > 0 and _fewer_than(rank, n, p) > allowed:
        rank -= 1
    return rank


def _fewer_than(rank: int, n: int, p: float) -> float:
    """P(B < rank) of a binomial B, for ranks from 1 to n."""
    return float(special_functions().betainc(n - rank + 1, rank, 1 - p))
