"""Funnel limits: how far a site may lie from the value of all without being another kind of site.

D. J. Spiegelhalter, Funnel plots for comparing institutional performance, *Statistics in Medicine* 24 (2005) 1185-1202.
Limits of counts are exact, and joined between whole counts by the continuous form of the same distribution. The tail is
shared among all sites (Bonferroni), so that where all are alike, any of them lies outside with at most ``alpha``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, sqrt

from sqaudit.statistics.quantiles import normal_quantile, special_functions
from sqaudit.statistics.ranking import ALPHA

Limits = tuple[float, float]


def tail_of(sites: int, alpha: float = ALPHA) -> float:
    """The chance on either side that each of so many sites is given."""
    return alpha / (2 * sites)


def binomial_limits(overall: float, n: float, tail: float) -> Limits:
    """The least and the most share of ``n`` cases that is no surprise where the share of all is ``overall``.

    Raises:
        ValueError: ``overall`` is not from 0 to 1, or ``n`` not above 0.
    """
    if not 0 <= overall <= 1 or n <= 0:
        raise ValueError(f"no limits for {n} cases around {overall}")
    return _fewest_of(overall, n, tail) / n, 1 - _fewest_of(1 - overall, n, tail) / n


def poisson_limits(overall: float, exposure: float, tail: float) -> Limits:
    """The same of events for one unit of ``exposure``, where ``overall`` are expected for one.

    Raises:
        ValueError: ``overall`` is below 0, or ``exposure`` not above 0.
    """
    if overall < 0 or exposure <= 0:
        raise ValueError(f"no limits for an exposure of {exposure} around {overall}")
    mean, special = overall * exposure, special_functions()
    if not mean:
        return 0.0, 0.0
    fewest = float(special.pdtrik(tail, mean)) if special.pdtr(0, mean) <= tail else 0.0
    # So many or more happen with the tail's chance, which is to say: one less or fewer with all the rest.
    most = 1 + float(special.pdtrik(1 - tail, mean)) if special.pdtr(0, mean) < 1 - tail else 0.0
    return fewest / exposure, most / exposure


def limits_around_mean(
    errors: Sequence[float], reaches: Sequence[Limits], weights: Sequence[float], mean: float, tail: float
) -> list[Limits]:
    """The same of values with known errors, around their weighted ``mean``, of each site.

    What is uncertain is the distance from the mean, which is uncertain itself: a sure site among unsure ones has wide
    limits too. Both are squared and added.

    Args:
        errors: The standard error of each value.
        reaches: How far below its value, and how far above, each site may really be, but for the tail.
        weights: What each counts in the mean.
        mean: The mean of the values.
        tail: The chance on either side.

    Raises:
        ValueError: The weights sum to nothing.
    """
    total = sum(weights)
    if total <= 0:
        raise ValueError("nothing weighs anything")
    parts = [weight / total for weight in weights]
    whole = sum((part * error) ** 2 for part, error in zip(parts, errors, strict=True))
    z = normal_quantile(1 - 2 * tail)
    limits = []
    for part, error, (below, above) in zip(parts, errors, reaches, strict=True):
        others = z * sqrt(max(0.0, whole - (part * error) ** 2))
        limits.append((mean - hypot((1 - part) * above, others), mean + hypot((1 - part) * below, others)))
    return limits


def _fewest_of(overall: float, n: float, tail: float) -> float:
    """The number of successes that is reached, or not even reached, with the tail's chance."""
    if overall <= 0:
        return 0.0
    if overall >= 1:
        return n
    special = special_functions()
    if special.betainc(n, 1, 1 - overall) > tail:  # already none at all is no surprise
        return 0.0
    return float(special.bdtrik(tail, n, overall))
