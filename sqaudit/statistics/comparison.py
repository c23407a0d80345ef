"""Whether two periods differ by more than chance: one test for each kind of value.

Differences are the later value less the earlier one. A probability is two-sided, and never 0: what is too small for a
number is the smallest there is. ``None`` stands where nothing varies, so that chance could not have moved anything.
"""

from __future__ import annotations

import sys
from math import erfc, sqrt

from msgspec import Struct

from sqaudit.model.spread import EventRate, Promotion, Proportion
from sqaudit.statistics.exact_tests import exact_binomial, fisher_exact
from sqaudit.statistics.intervals import clopper_pearson, promotion_variance
from sqaudit.statistics.quantiles import CONFIDENCE, special_functions, student_quantile
from sqaudit.statistics.ratios import net_promoter_score

POOLED_Z, FISHER, CONDITIONAL, WELCH, UNPOOLED_Z = "pooled_z", "fisher_exact", "exact_conditional", "welch_t", "z"
# Below so many expected of a kind, the normal distribution no longer stands for the binomial (Cochran 1954).
_FEWEST_EXPECTED = 5


class Difference(Struct, frozen=True, kw_only=True):
    """How many standard errors apart two values are (``z``, positive for a rise), and the two-sided probability."""

    z: float
    p: float


class Tested(Struct, frozen=True, kw_only=True):
    """A test's name and the two-sided probability that it gives."""

    name: str
    p: float


class WelchTest(Struct, frozen=True, kw_only=True):
    """Welch's t (positive for a rise), its degrees of freedom, the probability, and the difference's interval."""

    t: float
    degrees: float
    p: float
    low: float
    high: float


class Mean(Struct, frozen=True, kw_only=True):
    """A mean, its own variance (that of the values by their number) with the degrees of freedom of that."""

    mean: float
    variance: float
    degrees: float


def nps_difference(before: Promotion, after: Promotion) -> Difference | None:
    """The unpooled z of two net promoter scores; ``None`` without answers, or when all agree in both periods.

    Raises:
        ValueError: Promoters and detractors are not parts of the answers.
    """
    was, became = (net_promoter_score(period.promoters, period.detractors, period.n) for period in (before, after))
    if was is None or became is None:
        return None
    error = 100 * sqrt(sum(_variance(period) / float(period.n) for period in (before, after)))
    if not error:
        return None
    z = float(became - was) / error
    return Difference(z=z, p=two_sided(z))


def proportions_z(before: Proportion, after: Proportion) -> Difference | None:
    """The pooled z of two proportions, without continuity correction: their difference in standard errors.

    K. Pearson 1900, as chi-square of the two by two table; z is its root. ``None`` if nothing, or everything, succeeded
    in both, or there is nothing in one.

    Raises:
        ValueError: The successes are not parts of their wholes.
    """
    _require_parts(before, after)
    if not before.n or not after.n:
        return None
    pooled = float((before.successes + after.successes) / (before.n + after.n))
    if not 0 < pooled < 1:
        return None
    error = sqrt(pooled * (1 - pooled) * float(1 / before.n + 1 / after.n))
    z = float(after.successes / after.n - before.successes / before.n) / error
    return Difference(z=z, p=two_sided(z))


def proportions_test(before: Proportion, after: Proportion) -> Tested | None:
    """Pooled z; where fewer than 5 are expected of a kind, Fisher's exact test.

    ``None`` where there is nothing to test, or where the exact test is due and the counts are not whole.

    Raises:
        ValueError: The successes are not parts of their wholes.
    """
    found = proportions_z(before, after)
    if found is None:
        return None
    if fewest_expected(before, after) >= _FEWEST_EXPECTED:
        return Tested(name=POOLED_Z, p=found.p)
    counts = (before.successes, before.n, after.successes, after.n)
    whole = [int(count) for count in counts]
    if any(count != exact for count, exact in zip(whole, counts, strict=True)):
        return None
    return Tested(name=FISHER, p=_never_nothing(fisher_exact(*whole)))


def fewest_expected(before: Proportion, after: Proportion) -> float:
    """The smallest number that would be expected of a kind if both proportions were one."""
    successes, n = before.successes + after.successes, before.n + after.n
    return float(min(before.n, after.n) * min(successes, n - successes) / n) if n else 0.0


def rates_test(before: EventRate, after: EventRate) -> Tested | None:
    """The exact conditional test of two Poisson rates: given all events, how many would fall into the later period.

    J. Przyborowski, H. Wilenski, Homogeneity of results in testing samples from Poisson series, *Biometrika* 31 (1940)
    313-323. ``None`` without events, or where they are not whole.

    Raises:
        ValueError: Events are below 0, or an exposure is not above 0.
    """
    _require_rates(before, after)
    events, total = int(after.events), int(before.events) + int(after.events)
    if not total or events != after.events or int(before.events) != before.events:
        return None
    p = exact_binomial(events, total, float(after.exposure / (before.exposure + after.exposure)))
    return Tested(name=CONDITIONAL, p=_never_nothing(p))


def rate_ratio(
    before: EventRate, after: EventRate, confidence: float = CONFIDENCE
) -> tuple[float, float | None] | None:
    """The interval of the later rate over the earlier one, from Clopper and Pearson's limits of the conditional share.

    The upper end is ``None`` where there is none; ``None`` alone stands without events.

    Raises:
        ValueError: As for ``rates_test``.
    """
    _require_rates(before, after)
    total = before.events + after.events
    if not total:
        return None
    low, high = clopper_pearson(float(after.events), float(total), confidence)
    scale = float(before.exposure / after.exposure)
    return low / (1 - low) * scale, high / (1 - high) * scale if high < 1 else None


def welch(before: Mean, after: Mean, confidence: float = CONFIDENCE) -> WelchTest | None:
    """Welch's t of two means whose values need not vary alike; ``None`` where they vary in neither period.

    B. L. Welch, The generalization of "Student's" problem when several different population variances are involved,
    *Biometrika* 34 (1947) 28-35.

    Raises:
        ValueError: A variance is below 0, or its degrees of freedom are not above 0.
    """
    if min(before.variance, after.variance) < 0 or min(before.degrees, after.degrees) <= 0:
        raise ValueError(f"{before} or {after} is impossible")
    variance = before.variance + after.variance
    if not variance:
        return None
    # Parts of the whole, whose squares neither vanish nor overflow.
    parts = [(one.variance / variance) ** 2 / one.degrees for one in (before, after)]
    degrees = 1 / sum(parts)
    error = sqrt(variance)
    difference = after.mean - before.mean
    t = difference / error
    margin = student_quantile(degrees, confidence) * error
    return WelchTest(
        t=t,
        degrees=degrees,
        p=_never_nothing(2 * float(special_functions().stdtr(degrees, -abs(t)))),
        low=difference - margin,
        high=difference + margin,
    )


def two_sided(z: float) -> float:
    """The probability that a standard normal number lies as far from 0 as ``z``, or farther."""
    return _never_nothing(erfc(abs(z) / sqrt(2)))


def _never_nothing(p: float) -> float:
    return min(1.0, max(p, sys.float_info.min))


def _variance(period: Promotion) -> float:
    return promotion_variance(float(period.promoters), float(period.detractors), float(period.n))


def _require_parts(*proportions: Proportion) -> None:
    for one in proportions:
        if not 0 <= one.successes <= one.n:
            raise ValueError(f"{one.successes} of {one.n} is no proportion")


def _require_rates(*rates: EventRate) -> None:
    for one in rates:
        if one.events < 0 or one.exposure <= 0:
            raise ValueError(f"a rate of {one.events} events on {one.exposure} is impossible")
