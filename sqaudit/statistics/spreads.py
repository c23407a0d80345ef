"""The interval of a measured value, from the counts its measure kept."""

from __future__ import annotations

from fractions import Fraction
from math import isinf

from sqaudit.model.spread import Average, EventRate, Exact, Promotion, Proportion, Spread
from sqaudit.statistics.intervals import adjusted_wald_nps, garwood, t_margin, wilson
from sqaudit.statistics.quantiles import CONFIDENCE

WILSON = "wilson"
STUDENT = "t"
GARWOOD = "garwood"
ADJUSTED_WALD = "adjusted_wald"

_WHOLE = Fraction(1)


def interval_of(
    spread: Spread, factor: Fraction | float = _WHOLE, confidence: float = CONFIDENCE
) -> tuple[float, float, str] | None:
    """The interval of what was counted: low, high, and the method's name; ``None`` where there is too little for one.

    Args:
        spread: What was counted.
        factor: How many independent answers one answer is worth, above 0: effective over actual sample size. Counts
            are multiplied by it, the estimate stays. Infinity is a census, whose interval has no width.
        confidence: Between 0 and 1.

    Raises:
        ValueError: ``factor`` is not above 0, or the counts contradict each other.
    """
    if factor is not _WHOLE and not factor > 0:
        raise ValueError(f"a sample cannot be worth {factor} of its size")
    match spread:
        case Proportion():
            return _proportion(spread, factor, confidence)
        case Average():
            return _average(spread, factor, confidence)
        case EventRate():
            return _event_rate(spread, factor, confidence)
        case Promotion():
            return _promotion(spread, factor, confidence)


def bounds_of(spread: Spread) -> tuple[Exact | None, Exact | None]:
    """The least and the most that a value with this spread can be; ``None`` where it has no end."""
    match spread:
        case Proportion():
            return 0, 1
        case Average():
            return spread.least, spread.most
        case EventRate():
            return 0, None
        case Promotion():
            return -100, 100


def _proportion(spread: Proportion, factor: Fraction | float, confidence: float) -> tuple[float, float, str] | None:
    if spread.n <= 0:
        return None
    if factor is not _WHOLE and isinf(factor):
        return _census(Fraction(spread.successes) / spread.n, WILSON)
    low, high = wilson(_times(spread.successes, factor), _times(spread.n, factor), confidence)
    return low, high, WILSON


def _average(spread: Average, factor: Fraction | float, confidence: float) -> tuple[float, float, str] | None:
    if spread.n <= 0:
        return None
    if factor is not _WHOLE and isinf(factor):
        return _census(spread.mean, STUDENT)
    # A small population makes the mean surer, but not the variance, which is still known from n values only.
    degrees = _times(spread.n, factor if factor is _WHOLE else min(factor, _WHOLE)) - 1
    if spread.variance is None or degrees < 1:
        return None
    margin = t_margin(float(spread.variance), _times(spread.n, factor), degrees, confidence)
    mean = float(spread.mean)
    # Only rounding could put the estimate outside.
    low = mean - margin if spread.least is None else min(mean, max(float(spread.least), mean - margin))
    high = mean + margin if spread.most is None else max(mean, min(float(spread.most), mean + margin))
    return low, high, STUDENT


def _event_rate(spread: EventRate, factor: Fraction | float, confidence: float) -> tuple[float, float, str] | None:
    if spread.exposure <= 0:
        return None
    if factor is not _WHOLE and isinf(factor):
        return _census(Fraction(spread.events) * spread.per / spread.exposure, GARWOOD)
    events, exposure = _times(spread.events, factor), _times(spread.exposure, factor)
    low, high = garwood(events, exposure, spread.per, confidence)
    return low, high, GARWOOD


def _promotion(spread: Promotion, factor: Fraction | float, confidence: float) -> tuple[float, float, str] | None:
    if spread.n <= 0:
        return None
    if factor is not _WHOLE and isinf(factor):
        return _census(Fraction(100 * (spread.promoters - spread.detractors)) / spread.n, ADJUSTED_WALD)
    promoters, detractors = _times(spread.promoters, factor), _times(spread.detractors, factor)
    low, high = adjusted_wald_nps(promoters, detractors, _times(spread.n, factor), confidence)
    return low, high, ADJUSTED_WALD


def _times(count: Exact, factor: Fraction | float) -> float:
    """A count times the worth of one; the whole worth is by far the most frequent."""
    return float(count if factor is _WHOLE else count * factor)


def _census(estimate: Exact | float, method: str) -> tuple[float, float, str]:
    return float(estimate), float(estimate), method
