"""Whether answers on an ordered scale differ by more than chance: only their order counts, not how far apart they are.

Differences are the later values against the earlier ones, as in ``comparison``.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import comb, copysign, isfinite, sqrt

from msgspec import Struct

from sqaudit.model.spread import Real
from sqaudit.statistics.comparison import two_sided

MANN_WHITNEY, MANN_WHITNEY_EXACT = "mann_whitney", "mann_whitney_exact"
# Beyond so many values in a period the normal distribution is close enough.
_MOST_EXACT = 20


class RankTest(Struct, frozen=True, kw_only=True):
    """Mann and Whitney's test.

    ``u`` is in how many of all pairs the later value is the larger one, ties counting half: 0 to the number of pairs.
    ``z`` is how many standard errors that is above half of the pairs, less the correction for continuity. ``p`` is
    two-sided, and that of the test ``name``.
    """

    name: str
    u: float
    z: float
    p: float


def mann_whitney(before: Mapping[Real, int], after: Mapping[Real, int]) -> RankTest | None:
    """Mann and Whitney's U of the values of two periods, given how often there was each.

    H. B. Mann, D. R. Whitney, On a test of whether one of two random variables is stochastically larger than the other,
    *Annals of Mathematical Statistics* 18 (1947) 50-60. The probability is exact where no value is there twice and no
    period has more than 20; otherwise it is of the normal distribution, whose variance is corrected for ties, with a
    correction for continuity of half a pair towards no difference.

    Args:
        before: The number of answers for each value of the earlier period; 0 is allowed.
        after: The same of the later one.

    Returns:
        ``None`` where a period is empty, or all values are one: nothing varied.

    Raises:
        ValueError: A value is not finite, or a number of answers is not whole or below 0.
    """
    _require_counts(before)
    _require_counts(after)
    earlier, later = sum(before.values()), sum(after.values())
    pairs, both = earlier * later, earlier + later
    tied = [before.get(value, 0) + after.get(value, 0) for value in {*before, *after}]
    # Twelve times the variance, and times all pairs of values: whole as long as it can be.
    spread = both**3 - both - sum(count**3 - count for count in tied)
    if not pairs or not spread:
        return None
    doubled = _doubled_u(before, after)
    beyond = max(0, abs(doubled - pairs) - 1) / 2
    z = copysign(beyond / sqrt(pairs * spread / (12 * both * (both - 1))), doubled - pairs)
    if max(tied) == 1 and max(earlier, later) <= _MOST_EXACT:
        return RankTest(name=MANN_WHITNEY_EXACT, u=doubled / 2, z=z, p=_exact(doubled // 2, earlier, later))
    return RankTest(name=MANN_WHITNEY, u=doubled / 2, z=z, p=two_sided(z))


def _doubled_u(before: Mapping[Real, int], after: Mapping[Real, int]) -> int:
    """Twice the U of the later values: whole, since ties count half."""
    doubled = smaller = 0
    for value in sorted({*before, *after}):
        same = before.get(value, 0)
        doubled += after.get(value, 0) * (2 * smaller + same)
        smaller += same
    return doubled


def _exact(u: int, earlier: int, later: int) -> float:
    """How likely a U as far from half of the pairs is, among all equally likely orders of different values."""
    ways = _orders(earlier, later)
    farthest = max(u, earlier * later - u)
    return min(1.0, 2 * sum(ways[farthest:]) / comb(earlier + later, later))


def _orders(earlier: int, later: int) -> list[int]:
    """In how many orders U is 0, 1, 2 ...: the coefficients of Gauss's binomial, made factor by factor."""
    ways = [1] + [0] * (earlier * later)
    for part in range(1, later + 1):
        for u in range(len(ways) - 1, earlier + part - 1, -1):
            ways[u] -= ways[u - earlier - part]
        for u in range(part, len(ways)):
            ways[u] += ways[u - part]
    return ways


def _require_counts(counts: Mapping[Real, int]) -> None:
    for value, count in counts.items():
        if not isfinite(value) or count < 0 or count != int(count):
            raise ValueError(f"{count} answers of {value} are impossible")
