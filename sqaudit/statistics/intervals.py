"""Confidence intervals, by closed formulas over counts."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

CONFIDENCE = 0.95


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(successes: float, n: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Wilson's score interval of a proportion, without continuity correction; both ends 0 to 1, ``n`` above 0."""
    z = _z(confidence)
    p = successes / n
    centre = p + z * z / (2 * n)
    margin = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if successes == 0 else max(0.0, (centre - margin) / scale)
    high = 1.0 if successes == n else min(1.0, (centre + margin) / scale)
    return low, high


def adjusted_wald_nps(promoters: int, detractors: int, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The adjusted Wald interval of a net promoter score, in points from -100 to 100.

    Three answers are added, 3/4 of one to promoters and to detractors each, so that a unanimous sample keeps a width
    (Rocks 2016).
    """
    total = n + 3
    p, d = (promoters + 0.75) / total, (detractors + 0.75) / total
    margin = _z(confidence) * sqrt((p + d - (p - d) ** 2) / total)
    return max(-100.0, 100 * (p - d - margin)), min(100.0, 100 * (p - d + margin))
