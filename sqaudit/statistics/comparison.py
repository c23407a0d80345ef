"""Whether two periods differ by more than chance."""

from __future__ import annotations

from math import erfc, sqrt

from msgspec import Struct

from sqaudit.model.spread import Promotion
from sqaudit.statistics.intervals import promotion_variance
from sqaudit.statistics.ratios import net_promoter_score


class Difference(Struct, frozen=True, kw_only=True):
    """How many standard errors apart two values are (``z``, positive for a rise), and the two-sided probability."""

    z: float
    p: float


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
    return Difference(z=z, p=erfc(abs(z) / sqrt(2)))


def _variance(period: Promotion) -> float:
    return promotion_variance(float(period.promoters), float(period.detractors), float(period.n))
