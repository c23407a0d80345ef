"""Sites placed by one value each. Pure functions over values that were read."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from math import isinf

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.model.score import Value
from sqaudit.model.spread import Average, EventRate, Promotion, Proportion
from sqaudit.model.target import Direction
from sqaudit.statistics.contrasts import Sampled, contrast
from sqaudit.statistics.funnels import binomial_limits, limits_around_mean, poisson_limits, tail_of
from sqaudit.statistics.quantiles import normal_quantile
from sqaudit.statistics.ranking import Probability, groups_alike, probability_by_errors, rank_intervals
from sqaudit.statistics.weighted_sums import chances_not_above, quantile_of

# With two sites the one is above the mean of both because the other is below it.
_FEWEST_IN_FUNNEL = 3


class Outlying(StrEnum):
    """On which side of the funnel a site lies."""

    ABOVE = "above"
    BELOW = "below"


class SiteValue(Struct, frozen=True, kw_only=True):
    """A site's value with its standard error, or the ``reason`` for which the site cannot be ranked.

    ``likely`` is the distribution of a score (``statistics.weighted_sums``). ``weight`` is what the site counts in the
    value of all. ``items`` are those that the reason is due to.
    """

    site: str
    value: Value
    n: int | None
    error: float | None
    likely: tuple[float, ...] | None = None
    weight: float = 1.0
    reason: str | None = None
    items: tuple[str, ...] = ()


class RankedSite(Struct, frozen=True, kw_only=True):
    """A site with its value, and where it may stand.

    ``low`` and ``high`` are the value's own interval. ``best`` and ``worst`` are the ranks that it may have among the
    sites that can be ranked, 1 being the best. Beyond ``funnel_low`` and ``funnel_high`` it is ``outlying``;
    ``is_good`` says whether on the better side, where one is. With a ``reason`` there are no ranks.
    """

    site: str
    value: float | None
    n: int | None
    low: float | None = None
    high: float | None = None
    best: int | None = None
    worst: int | None = None
    funnel_low: float | None = None
    funnel_high: float | None = None
    outlying: Outlying | None = None
    is_good: bool | None = None
    reason: str | None = None
    items: tuple[str, ...] = ()


class Placed(Struct, frozen=True, kw_only=True):
    """Sites in the order of their values, the best first, then those that cannot be ranked.

    ``groups`` are stretches of that order in which no two sites can be told apart. ``overall`` is the value of all
    that are ranked.
    """

    sites: tuple[RankedSite, ...]
    groups: tuple[tuple[str, ...], ...]
    overall: float | None

    @property
    def ranked(self) -> tuple[RankedSite, ...]:
        """The sites that have ranks."""
        return tuple(one for one in self.sites if one.best is not None)


def place_sites(values: Sequence[SiteValue], direction: Direction | None) -> Placed:
    """Where sites may stand; the same in whatever order they come. Without a direction more stands above less."""
    values = sorted(values, key=lambda one: one.site)
    able = [one for one in values if _can_be_ranked(one)]
    without = [_site(one) for one in values if not _can_be_ranked(one)]
    if len(able) < 2:  # noqa: PLR2004 - one site has no rank
        return Placed(sites=(*map(_site, able), *without), groups=(), overall=None)
    sign = -1 if direction is Direction.LOWER else 1
    numbers = [sign * float(one.value.value or 0) for one in able]
    standings = rank_intervals(numbers, _probability(able))
    funnel = _funnel(able) if len(able) >= _FEWEST_IN_FUNNEL else None
    placed = []
    for number, one in enumerate(able):
        site = replace(_site(one), best=standings[number].best, worst=standings[number].worst)
        placed.append(site if funnel is None else _in_funnel(site, funnel[1][number], direction))
    order = sorted(range(len(able)), key=lambda place: -numbers[place])
    return Placed(
        sites=(*(placed[place] for place in order), *without),
        groups=tuple(tuple(able[place].site for place in group) for group in groups_alike(numbers, standings)),
        overall=None if funnel is None else funnel[0],
    )


def _can_be_ranked(one: SiteValue) -> bool:
    return one.reason is None and one.value.value is not None and one.error is not None


def _site(one: SiteValue) -> RankedSite:
    value = one.value
    return RankedSite(
        site=one.site,
        value=value.value,
        n=one.n,
        low=value.low,
        high=value.high,
        reason=one.reason,
        items=one.items,
    )


def _probability(able: Sequence[SiteValue]) -> Probability:
    """By the test that two cycles would be compared with; where nothing is known but limits, by these."""
    numbers, likely = [float(one.value.value or 0) for one in able], [one.likely for one in able if one.likely]
    if len(likely) == len(able):
        return _by_distributions(numbers, likely)
    by_errors = probability_by_errors(numbers, [one.error or 0.0 for one in able])
    kinds = {type(one.value.spread) for one in able}
    if len(kinds) > 1 or kinds == {type(None)}:
        return by_errors

    def probability(one: int, other: int) -> float | None:
        first, second = _sampled(able[one].value), _sampled(able[other].value)
        return None if first is None or second is None else contrast(first, second).p

    return probability


def _by_distributions(numbers: Sequence[float], likely: Sequence[tuple[float, ...]]) -> Probability:
    chances = chances_not_above(likely)

    def probability(one: int, other: int) -> float | None:
        if numbers[one] == numbers[other]:
            return None
        higher, lower = (one, other) if numbers[one] > numbers[other] else (other, one)
        return min(1.0, 2 * float(chances[higher, lower]))

    return probability


def _sampled(value: Value) -> Sampled | None:
    return None if value.spread is None else Sampled(spread=value.spread, worth=value.worth)


def _funnel(able: Sequence[SiteValue]) -> tuple[float, list[tuple[float, float]]]:
    """The value of all, and each site's limits around it."""
    tail = tail_of(len(able))
    spreads = [(one.value.spread, float(one.value.worth)) for one in able]
    shares = [(one, worth) for one, worth in spreads if isinstance(one, Proportion)]
    if len(shares) == len(able):
        overall = float(sum(one.successes for one, _ in shares) / sum(one.n for one, _ in shares))
        return overall, [binomial_limits(overall, float(one.n) * worth, tail) for one, worth in shares]
    rates = [(one, worth) for one, worth in spreads if isinstance(one, EventRate)]
    if len(rates) == len(able):
        mean, per = float(sum(one.events for one, _ in rates) / sum(one.exposure for one, _ in rates)), rates[0][0].per
        limits = [poisson_limits(mean, float(one.exposure) * worth, tail) for one, worth in rates]
        return per * mean, [(per * low, per * high) for low, high in limits]
    numbers, weights = [float(one.value.value or 0) for one in able], [_weight(one) for one in able]
    overall = sum(weight * number for weight, number in zip(weights, numbers, strict=True)) / sum(weights)
    reaches = [_reach(one, tail) for one in able]
    return overall, limits_around_mean([one.error or 0.0 for one in able], reaches, weights, overall, tail)


def _reach(one: SiteValue, tail: float) -> tuple[float, float]:
    """How far below and above its value a site may really be, but for the tail on either side."""
    number, error = float(one.value.value or 0), one.error or 0.0
    if one.likely is None:
        return normal_quantile(1 - 2 * tail) * error, normal_quantile(1 - 2 * tail) * error
    return max(0.0, number - quantile_of(one.likely, tail)), max(0.0, quantile_of(one.likely, 1 - tail) - number)


def _weight(one: SiteValue) -> float:
    spread = one.value.spread
    return float(spread.n) if isinstance(spread, Average | Promotion) else one.weight


def _in_funnel(site: RankedSite, limits: tuple[float, float], direction: Direction | None) -> RankedSite:
    low, high = limits
    value = float(site.value or 0)
    outlying = Outlying.BELOW if value < low else Outlying.ABOVE if value > high else None
    is_good = None
    if outlying is not None and direction is not None:
        is_good = (outlying is Outlying.ABOVE) is (direction is Direction.HIGHER)
    return replace(site, funnel_low=low, funnel_high=high, outlying=outlying, is_good=is_good)


def is_census(value: Value) -> bool:
    """Whether all there are were counted, so that no interval says how another cycle would come out."""
    return isinf(value.worth)
