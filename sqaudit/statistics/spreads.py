"""The interval of a measured value, from the counts its measure kept."""

from __future__ import annotations

from fractions import Fraction
from math import isinf

from sqaudit.model.spread import Average, EventRate, Promotion, Proportion, Spread
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
    if not factor > 0:
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


def _proportion(spread: Proportion, factor: Fraction | float, confidence: float) -> tuple[float, float, str] | None:
    if spread.n <= 0:
        return None
    if isinf(factor):
        return _census(spread.successes / spread.n, WILSON)
    low, high = wilson(float(spread.successes * factor), float(spread.n * factor), confidence)
    return low, high, WILSON


def _average(spread: Average, factor: Fraction | float, confidence: float) -> tuple[float, float, str] | None:
    if spread.n <= 0:
        return None
    if isinf(factor):
        return _census(spread.mean, STUDENT)
    # A small population makes the mean surer, but not the variance, which is still known from n values only.
    degrees = float(spread.n * min(factor, 1)) - 1
    if spread.variance is None or degrees < 1:
        return None
    margin = t_margin(float(spread.variance), float(spread.n * factor), degrees, confidence)
    mean = float(spread.mean)
    return mean - margin, mean + margin, STUDENT


def _event_rate(spread: EventRate, factor: Fraction | float, confidence: float) -> tuple[float, float, str] | None:
    if spread.exposure <= 0:
        return None
    if isinf(factor):
        return _census(spread.events * spread.per / spread.exposure, GARWOOD)
    low, high = garwood(float(spread.events * factor), float(spread.exposure * factor), spread.per, confidence)
    return low, high, GARWOOD


def _promotion(spread: Promotion, factor: Fraction | float, confidence: float) -> tuple[float, float, str] | None:
    if spread.n <= 0:
        return None
    if isinf(factor):
        return _census(100 * (spread.promoters - spread.detractors) / spread.n, ADJUSTED_WALD)
    promoters, detractors = float(spread.promoters * factor), float(spread.detractors * factor)
    low, high = adjusted_wald_nps(promoters, detractors, float(spread.n * factor), confidence)
    return low, high, ADJUSTED_WALD


def _census(estimate: Fraction, method: str) -> tuple[float, float, str]:
    return float(estimate), float(estimate), method
