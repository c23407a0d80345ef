"""Two values of one measure: the interval of their difference and the test that belongs to it, by what was counted."""

from __future__ import annotations

from fractions import Fraction
from math import hypot, isinf, sqrt

from msgspec import Struct

from sqaudit.model.spread import Average, EventRate, Exact, Promotion, Proportion, Spread
from sqaudit.statistics.comparison import (
    UNPOOLED_Z,
    WELCH,
    Mean,
    fewest_expected,
    nps_difference,
    proportions_test,
    rate_ratio,
    rates_test,
    welch,
)
from sqaudit.statistics.intervals import garwood, newcombe, promotion_variance
from sqaudit.statistics.quantiles import CONFIDENCE, normal_quantile
from sqaudit.statistics.ranks import mann_whitney

NEWCOMBE, SQUARE_AND_ADD, ADJUSTED_WALD = "newcombe", "square_and_add", "adjusted_wald"
# Why there is no test.
CENSUS, NO_VARIATION, TOO_FEW, NOT_WHOLE = "census", "nothing_varied", "too_few", "counts_not_whole"

_POINTS = 100.0
Limits = tuple[float, float]


class Contrast(Struct, frozen=True, kw_only=True):
    """The later value less the earlier one: its interval by a named method, and the probability by a named test.

    ``reason`` says why there is no test. Of rates there is the ratio of the later over the earlier one too, with its
    interval; the ratio and the upper end are ``None`` where there were no events before. ``p_ranks`` is that of Mann
    and Whitney beside the test of two means, where every value is known: answers on a scale have an order, and how far
    they lie apart is a convention.
    """

    low: float | None = None
    high: float | None = None
    interval: str | None = None
    p: float | None = None
    test: str | None = None
    reason: str | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    p_ranks: float | None = None


class Sampled(Struct, frozen=True, kw_only=True):
    """What was counted, and how many independent answers one is worth (infinity: all there are were counted)."""

    spread: Spread
    worth: Fraction | float = Fraction(1)


def contrast(before: Sampled, after: Sampled) -> Contrast:
    """Compare two values of one measure.

    Raises:
        ValueError: They are not of one kind, or their counts contradict each other.
    """
    if isinf(before.worth) or isinf(after.worth):
        return Contrast(reason=CENSUS)
    worths = before.worth, after.worth
    match before.spread, after.spread:
        case Proportion() as was, Proportion() as became:
            return _proportions(*(_of_proportion(one, worth) for one, worth in zip((was, became), worths, strict=True)))
        case EventRate() as was, EventRate() as became:
            return _rates(*(_of_rate(one, worth) for one, worth in zip((was, became), worths, strict=True)))
        case Promotion() as was, Promotion() as became:
            return _promotions(*(_of_promotion(one, worth) for one, worth in zip((was, became), worths, strict=True)))
        case Average() as was, Average() as became:
            return _averages(was, became, worths)
    raise ValueError(f"{before.spread} and {after.spread} are no values of one measure")


def square_and_add(value: float, limits: Limits, later: float, later_limits: Limits) -> Limits:
    """The interval of the later value less the other, from the limits that both have by themselves.

    R. G. Newcombe 1998; for values of every kind G. Y. Zou, A. Donner, Construction of confidence limits about effect
    measures, *Statistics in Medicine* 27 (2008) 1693-1702. Limits that leave their value out count as the value.
    """
    difference = later - value
    below = hypot(max(0.0, later - later_limits[0]), max(0.0, limits[1] - value))
    above = hypot(max(0.0, later_limits[1] - later), max(0.0, value - limits[0]))
    return difference - below, difference + above


def _of_proportion(spread: Proportion, worth: Fraction | float) -> Proportion:
    return Proportion(successes=_times(spread.successes, worth), n=_times(spread.n, worth))


def _of_rate(spread: EventRate, worth: Fraction | float) -> EventRate:
    return EventRate(events=_times(spread.events, worth), exposure=_times(spread.exposure, worth), per=spread.per)


def _of_promotion(spread: Promotion, worth: Fraction | float) -> Promotion:
    return Promotion(
        promoters=_times(spread.promoters, worth),
        detractors=_times(spread.detractors, worth),
        n=_times(spread.n, worth),
    )


def _times(count: Exact, worth: Fraction | float) -> Exact:
    return count * Fraction(worth)


def _proportions(before: Proportion, after: Proportion) -> Contrast:
    if before.n <= 0 or after.n <= 0:
        return Contrast(reason=TOO_FEW)
    low, high = newcombe(float(after.successes), float(after.n), float(before.successes), float(before.n))
    test = proportions_test(before, after)
    reason = None if test is not None else NOT_WHOLE if fewest_expected(before, after) else NO_VARIATION
    return Contrast(
        low=low,
        high=high,
        interval=NEWCOMBE,
        p=None if test is None else test.p,
        test=None if test is None else test.name,
        reason=reason,
    )


def _rates(before: EventRate, after: EventRate) -> Contrast:
    if before.exposure <= 0 or after.exposure <= 0:
        return Contrast(reason=TOO_FEW)
    values = [float(one.events * one.per / one.exposure) for one in (before, after)]
    limits = [garwood(float(one.events), float(one.exposure), one.per) for one in (before, after)]
    low, high = square_and_add(values[0], limits[0], values[1], limits[1])
    test, ratio = rates_test(before, after), rate_ratio(before, after)
    return Contrast(
        low=low,
        high=high,
        interval=SQUARE_AND_ADD,
        p=None if test is None else test.p,
        test=None if test is None else test.name,
        reason=None if test is not None else NO_VARIATION if ratio is None else NOT_WHOLE,
        ratio=values[1] / values[0] if values[0] else None,
        ratio_low=ratio and ratio[0],
        ratio_high=ratio and ratio[1],
    )


def _averages(before: Average, after: Average, worths: tuple[Fraction | float, Fraction | float]) -> Contrast:
    was, became = mean_of(before, worths[0]), mean_of(after, worths[1])
    if was is None or became is None:
        return Contrast(reason=TOO_FEW)
    found = welch(was, became)
    if found is None:
        return Contrast(reason=NO_VARIATION)
    low, high = found.low, found.high
    if after.least is not None and before.most is not None:
        low = max(low, float(after.least - before.most))
    if after.most is not None and before.least is not None:
        high = min(high, float(after.most - before.least))
    ranks = None
    if before.counts is not None and after.counts is not None and worths == (1, 1):
        ranks = mann_whitney(before.counts, after.counts)
    p_ranks = None if ranks is None else ranks.p
    return Contrast(low=low, high=high, interval=WELCH, p=found.p, test=WELCH, p_ranks=p_ranks)


def mean_of(spread: Average, worth: Fraction | float) -> Mean | None:
    """The mean, as sure as it is: a small population makes it surer, but not the variance that its values have.

    ``None`` where there are too few values; ``worth`` is finite.
    """
    worth = Fraction(worth)
    degrees = float(spread.n * min(worth, Fraction(1)) - 1)
    if spread.variance is None or degrees < 1:
        return None
    return Mean(mean=float(spread.mean), variance=float(spread.variance / (spread.n * worth)), degrees=degrees)


def _promotions(before: Promotion, after: Promotion) -> Contrast:
    if before.n <= 0 or after.n <= 0:
        return Contrast(reason=TOO_FEW)
    found = nps_difference(before, after)
    centres, variances = [], []
    for one in (before, after):
        promoters, detractors, n = (float(count) for count in (one.promoters, one.detractors, one.n))
        centres.append((promoters - detractors) / (n + 3))
        variances.append(promotion_variance(promoters + 0.75, detractors + 0.75, n + 3) / (n + 3))
    difference, margin = centres[1] - centres[0], normal_quantile(CONFIDENCE) * sqrt(sum(variances))
    return Contrast(
        low=max(-2 * _POINTS, _POINTS * (difference - margin)),
        high=min(2 * _POINTS, _POINTS * (difference + margin)),
        interval=ADJUSTED_WALD,
        p=None if found is None else found.p,
        test=UNPOOLED_Z if found is not None else None,
        reason=None if found is not None else NO_VARIATION,
    )
