"""Control charts: where a value is expected to lie as long as nothing but chance moves it.

Limits are three standard errors on either side of the centre. W. A. Shewhart, *Economic Control of Quality of
Manufactured Product*, 1931; the constants are those of the NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite, sqrt
from statistics import fmean

from msgspec import Struct

from sqaudit.model.spread import EventRate, Proportion

# The mean range of two normal values in standard deviations (d2).
RANGE_IN_SIGMAS = 1.128
SIGMAS = 3.0


class Limits(Struct, frozen=True, kw_only=True):
    """What is expected of one point, in the value's unit: its centre, standard error and limits."""

    centre: float
    sigma: float
    low: float
    high: float


class Expected(Struct, frozen=True, kw_only=True):
    """What a baseline lets expect of every point.

    ``sigma`` is that of a point whose base is 1: of counted things that of one unit of exposure or one case, else of
    every point. ``dispersion`` is by how much the points of the baseline varied more than counting explains, 1 if no
    more. No value is below ``least`` or above ``most``, where these are known, and no limit either.
    """

    centre: float
    sigma: float
    least: float | None = None
    most: float | None = None
    dispersion: float = 1.0

    def sigma_at(self, base: float = 1.0) -> float:
        """The standard error of a point that rests on so many cases, or on so much exposure."""
        return self.sigma * self.dispersion / sqrt(base)

    def limits(self, base: float = 1.0) -> Limits:
        """The limits of a point that rests on so many cases, or on so much exposure."""
        sigma = self.sigma_at(base)
        low, high = self.centre - SIGMAS * sigma, self.centre + SIGMAS * sigma
        return Limits(
            centre=self.centre,
            sigma=sigma,
            low=low if self.least is None else max(self.least, low),
            high=high if self.most is None else min(self.most, high),
        )

    def deviation(self, value: float, base: float = 1.0) -> float:
        """How many of its standard errors a value lies above the centre."""
        return (value - self.centre) / self.sigma_at(base)


def expected_of_individuals(
    values: Sequence[float | None], least: float | None = None, most: float | None = None
) -> Expected | None:
    """Of single values (the XmR chart): sigma is their mean moving range by 1.128.

    A moving range needs two neighbours; one beside an unknown value is none. ``None`` where there is no range, or
    nothing varied.

    Raises:
        ValueError: A value is not finite.
    """
    known = [value for value in values if value is not None]
    if not all(map(isfinite, known)):
        raise ValueError(f"values must be finite, got {known}")
    moving = mean_moving_range(values)
    if not moving:
        return None
    return Expected(centre=fmean(known), sigma=moving / RANGE_IN_SIGMAS, least=least, most=most)


def expected_of_proportions(counts: Sequence[Proportion]) -> Expected | None:
    """Of shares (the p chart): the share of all together, with binomial errors; a point's base is its n.

    ``None`` without cases, or where nothing or everything succeeded.

    Raises:
        ValueError: The successes are not parts of their wholes.
    """
    for one in counts:
        if not 0 <= one.successes <= one.n:
            raise ValueError(f"{one.successes} of {one.n} is no proportion")
    n = sum(one.n for one in counts)
    centre = float(sum(one.successes for one in counts) / n) if n else 0.0
    if not 0 < centre < 1:
        return None
    return Expected(centre=centre, sigma=sqrt(centre * (1 - centre)), least=0.0, most=1.0)


def expected_of_rates(counts: Sequence[EventRate]) -> Expected | None:
    """Of rates (the u chart; with exposures of 1, the c chart): Poisson errors; a point's base is its exposure.

    Centre and sigma are for ``per`` units of exposure, which is the same for all. ``None`` without events.

    Raises:
        ValueError: Events are below 0, or an exposure is not above 0.
    """
    for one in counts:
        if one.events < 0 or one.exposure <= 0:
            raise ValueError(f"a rate of {one.events} events on {one.exposure} is impossible")
    exposure = sum(one.exposure for one in counts)
    mean = float(sum(one.events for one in counts) / exposure) if exposure else 0.0
    if not mean:
        return None
    return Expected(centre=counts[0].per * mean, sigma=counts[0].per * sqrt(mean), least=0.0)


def dispersion_of(deviations: Sequence[float | None]) -> float | None:
    """Laney's sigma_z: how much standardised points vary from one to the next, 1 if counting alone explains it.

    D. B. Laney, Improved control charts for attributes, *Quality Engineering* 14 (2002) 531-537. ``None`` where no two
    neighbours are known.
    """
    moving = mean_moving_range(deviations)
    return None if moving is None else moving / RANGE_IN_SIGMAS


def mean_moving_range(values: Sequence[float | None]) -> float | None:
    """The mean of the distances between neighbours that are both known; ``None`` where there are none."""
    ranges = [abs(after - before) for before, after in pairwise(values) if before is not None and after is not None]
    return fmean(ranges) if ranges else None


def moving_average(values: Sequence[float | None], weight: float, start: float) -> list[float | None]:
    """Exponentially weighted: each value counts ``weight`` (above 0, to 1), what was before it the rest.

    S. W. Roberts, Control chart tests based on geometric moving averages, *Technometrics* 1 (1959) 239-250. An unknown
    value has no average, and the next one goes on from the last.
    """
    averages: list[float | None] = []
    last = start
    for value in values:
        if value is not None:
            last = weight * value + (1 - weight) * last
        averages.append(None if value is None else last)
    return averages


def moving_average_sigma(sigma: float, weight: float, number: int | None = None) -> float:
    """The standard error of a moving average after ``number`` values, from 1; ``None``: after very many."""
    share = 1.0 if number is None else 1 - (1 - weight) ** (2 * number)
    return sigma * sqrt(weight / (2 - weight) * share)
