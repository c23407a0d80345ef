"""Confidence intervals, by closed formulas over counts. Counts need not be whole: a weighted sample has parts."""

from __future__ import annotations

from math import inf, isfinite, sqrt

from sqaudit.statistics.quantiles import CONFIDENCE, normal_quantile, special_functions, student_quantile

_POINTS = 100.0


def wilson(successes: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's score interval of a proportion, without continuity correction; both ends 0 to 1.

    Raises:
        ValueError: ``n`` is not above 0, or ``successes`` not from 0 to ``n``.
    """
    if not 0 <= successes <= n < inf or n == 0:
        raise ValueError(f"{successes} of {n} is no proportion")
    z = normal_quantile(confidence)
    p = successes / n
    centre = p + z * z / (2 * n)
    margin = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # The estimate always lies inside; only rounding could put it out.
    low = 0.0 if successes == 0 else min(p, max(0.0, (centre - margin) / scale))
    high = 1.0 if successes == n else max(p, min(1.0, (centre + margin) / scale))
    return low, high


def clopper_pearson(successes: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Clopper and Pearson's exact interval of a proportion; both ends 0 to 1. It is wider than Wilson's.

    Raises:
        ValueError: ``n`` is not above 0, or ``successes`` not from 0 to ``n``.
    """
    _require_part(successes, n)
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, got {confidence}")
    tail, failures, beta = (1 - confidence) / 2, n - successes, special_functions().betaincinv
    low = float(beta(successes, failures + 1, tail)) if successes else 0.0
    high = float(beta(successes + 1, failures, 1 - tail)) if failures else 1.0
    return low, high


def newcombe(
    successes: float, n: float, other_successes: float, other_n: float, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Newcombe's hybrid score interval of the difference of two proportions, the first less the other; -1 to 1.

    Raises:
        ValueError: As for ``wilson``.
    """
    low, high = wilson(successes, n, confidence)
    other_low, other_high = wilson(other_successes, other_n, confidence)
    p, other_p = successes / n, other_successes / other_n
    difference = p - other_p
    below = sqrt((p - low) ** 2 + (other_high - other_p) ** 2)
    above = sqrt((high - p) ** 2 + (other_p - other_low) ** 2)
    return max(-1.0, difference - below), min(1.0, difference + above)


def t_interval(
    mean: float, variance: float | None, n: float, confidence: float = CONFIDENCE
) -> tuple[float, float] | None:
    """Student's t interval of a mean of ``n`` values with their sample ``variance``; ``None`` below two values.

    Raises:
        ValueError: A number is not finite, or ``variance`` is below 0.
    """
    if variance is None or n < 2:  # noqa: PLR2004 - one value has no variance
        return None
    margin = t_margin(variance, n, n - 1, confidence)
    if not isfinite(mean):
        raise ValueError(f"a mean must be finite, got {mean}")
    return mean - margin, mean + margin


def t_margin(variance: float, n: float, degrees: float, confidence: float = CONFIDENCE) -> float:
    """Half the width of a t interval whose variance has ``degrees`` of freedom and whose mean is of ``n`` values.

    Raises:
        ValueError: A number is not finite, ``variance`` is below 0, or ``n`` or ``degrees`` not above 0.
    """
    _require_finite(variance, n)
    if variance < 0 or n <= 0:
        raise ValueError(f"a variance of {variance} among {n} values is impossible")
    return student_quantile(degrees, confidence) * sqrt(variance / n)


def garwood(events: float, exposure: float, per: float = 1, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Garwood's exact Poisson limits of ``events`` on an ``exposure``, for every ``per`` units of it.

    Raises:
        ValueError: A number is not finite, ``events`` is below 0, or ``exposure`` or ``per`` not above 0.
    """
    _require_finite(events, exposure, per)
    if events < 0 or exposure <= 0 or per <= 0:
        raise ValueError(f"a rate of {events} events on {exposure} is impossible")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, got {confidence}")
    tail = (1 - confidence) / 2
    # Half a chi-square quantile of 2k degrees of freedom is a gamma quantile of shape k.
    low = 0.0 if events == 0 else float(special_functions().gammaincinv(events, tail))
    high = float(special_functions().gammainccinv(events + 1, tail))
    scale = per / exposure
    return low * scale, high * scale


def promotion_variance(promoters: float, detractors: float, n: float) -> float:
    """The variance of one answer counted as 1 (promoter), 0 or -1 (detractor); 0 to 1.

    Raises:
        ValueError: ``n`` is not above 0, or promoters and detractors are not parts of it.
    """
    _require_promotion(promoters, detractors, n)
    p, d = promoters / n, detractors / n
    return max(0.0, p + d - (p - d) ** 2)


def wald_nps(promoters: float, detractors: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The plain Wald interval of a net promoter score, in points; it has no width when all agree.

    Raises:
        ValueError: ``n`` is not above 0, or promoters and detractors are not parts of it.
    """
    margin = normal_quantile(confidence) * sqrt(promotion_variance(promoters, detractors, n) / n)
    return _in_points((promoters - detractors) / n, margin)


def adjusted_nps(promoters: float, detractors: float, n: float) -> float:
    """The centre of the adjusted Wald interval, in points; never shown as the score itself."""
    return _POINTS * (promoters - detractors) / (n + 3)


def adjusted_wald_nps(
    promoters: float, detractors: float, n: float, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """The adjusted Wald interval of a net promoter score, in points from -100 to 100.

    Three answers are added, 3/4 of one to promoters and to detractors each, so that a unanimous sample keeps a width
    (Rocks 2016). The interval of a single answer does not reach a score of 100 or -100.

    Raises:
        ValueError: ``n`` is not above 0, or promoters and detractors are not parts of it.
    """
    _require_promotion(promoters, detractors, n)
    variance = promotion_variance(promoters + 0.75, detractors + 0.75, n + 3)
    margin = normal_quantile(confidence) * sqrt(variance / (n + 3))
    return _in_points((promoters - detractors) / (n + 3), margin)


def _in_points(centre: float, margin: float) -> tuple[float, float]:
    return max(-_POINTS, _POINTS * (centre - margin)), min(_POINTS, _POINTS * (centre + margin))


def _require_part(part: float, whole: float) -> None:
    _require_finite(part, whole)
    if whole <= 0 or not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no proportion")


def _require_promotion(promoters: float, detractors: float, n: float) -> None:
    _require_part(promoters, n)
    _require_part(detractors, n)
    # Parts of answers are rounded one by one, so that their sum may be a last digit too large.
    _require_part(promoters + detractors, n * (1 + 1e-12))


def _require_finite(*numbers: float) -> None:
    if not all(map(isfinite, numbers)):
        raise ValueError(f"numbers must be finite, got {numbers}")
