"""What a sample does to the interval of a value: weights, clusters, and the population it was drawn from.

The value itself never changes. The name of the interval's method says what was applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction
from math import inf

from msgspec.structs import replace

from sqaudit.measures.compiled import CompiledMeasure, finish_observation
from sqaudit.measures.finishing import exact_number
from sqaudit.measures.requests import CLUSTERS, HIGH, LOW, NOT_ROWS, WEIGHTS, WEIGHTS_SQUARED
from sqaudit.model.checklist import Sample
from sqaudit.model.evidence import Number, Observation, Statistics
from sqaudit.model.measuring import StatisticKind
from sqaudit.model.programme import Site
from sqaudit.model.score import Value
from sqaudit.model.spread import Average, Spread
from sqaudit.statistics.design import design_effect, effective_size, finite_population
from sqaudit.statistics.spreads import interval_of

CENSUS = "census"
ORDER_STATISTICS = "order_statistics"
WEIGHTED, CLUSTERED, FINITE = "weighted", "clustered", "finite_population"
MORE_THAN_POPULATION = "more_than_population"

_WEIGHED = frozenset({StatisticKind.COUNT, StatisticKind.SUM, StatisticKind.SQUARES})
_DIGITS = Context(prec=60)


def population_of(sample: Sample | None, site: Site) -> int | None:
    """How many units there are at a site to draw from; ``None`` where that is not said or is no whole number."""
    written = sample.population if sample is not None else None
    if isinstance(written, str):
        attribute = site.attributes.get(written)
        if isinstance(attribute, float) and attribute.is_integer():
            attribute = int(attribute)
        if isinstance(attribute, str) and attribute.isdecimal():
            attribute = int(attribute)
        written = attribute if isinstance(attribute, int) and not isinstance(attribute, bool) else None
    return written if written is not None and written > 0 else None


def finish_sampled(
    measure: CompiledMeasure, observation: Observation, sample: Sample | None, population: int | None
) -> Value:
    """The value of what was seen, with the interval that its sample leaves.

    Args:
        measure: The item's measure.
        observation: Its statistics hold those that ``statistics_of`` asks for.
        sample: How the rows stand for all there are; ``None``: each counts alike.
        population: How many units there are; ``None``: unknown, or without end.

    More rows than the population has are told by the value's reason, and there is no interval. A census has one
    without width.
    """
    value = finish_observation(measure, observation)
    if value.value is None:
        return value
    if population is not None and observation.n > population:
        return replace(value, low=None, high=None, interval=None, reason=MORE_THAN_POPULATION, spread=None)
    if population is not None and observation.n == population:
        return replace(value, low=value.value, high=value.value, interval=CENSUS, worth=inf)
    is_designed = sample is not None and (sample.weight is not None or sample.cluster is not None)
    if value.spread is None:
        return value if is_designed else _between_ranks(value, observation.statistics)
    if sample is None or observation.n == 0 or (population is None and not is_designed):
        return value
    return _with_design(measure, value, value.spread, observation, sample, population)


def _between_ranks(value: Value, statistics: Statistics) -> Value:
    low, high = statistics.get(LOW), statistics.get(HIGH)
    if low is None or high is None:
        return value
    ends = [float(exact_number(end, value.unit)) for end in (low, high)]
    return replace(value, low=ends[0], high=ends[1], interval=ORDER_STATISTICS)


def _with_design(  # noqa: PLR0913, PLR0917  what an interval is made from
    measure: CompiledMeasure,
    value: Value,
    spread: Spread,
    observation: Observation,
    sample: Sample,
    population: int | None,
) -> Value:
    statistics, n = observation.statistics, observation.n
    factor, applied = Fraction(1), []
    nothing = replace(value, low=None, high=None, interval=None, spread=None)
    if sample.weight is not None:
        weights = statistics.get(WEIGHTS)
        effective = effective_size(weights or 0, statistics.get(WEIGHTS_SQUARED) or 0)
        if effective is None or not weights:
            return nothing
        worth = effective / Fraction(weights)
        if isinstance(spread, Average):
            spread = _in_effective_answers(measure, statistics, worth) or spread
        else:
            factor *= worth
        applied.append(WEIGHTED)
    if sample.cluster is not None and sample.icc is not None:
        clusters = statistics.get(CLUSTERS)
        if not clusters:
            return nothing
        factor /= design_effect(Fraction(n) / Fraction(clusters), sample.icc)
        applied.append(CLUSTERED)
    if population is not None:
        factor *= Fraction(finite_population(n, population)) / n
        applied.append(FINITE)
    found = interval_of(spread, factor)
    if found is None:
        return nothing
    interval = " + ".join([found[2], *applied])
    return replace(value, low=found[0], high=found[1], interval=interval, spread=spread, worth=factor)


def _in_effective_answers(measure: CompiledMeasure, statistics: Statistics, worth: Fraction) -> Spread | None:
    """The spread of statistics whose weights are scaled to sum to the effective number of answers.

    A variance depends on the scale of the weights otherwise: its divisor is their sum less 1.
    """
    scale = _DIGITS.divide(Decimal(worth.numerator), Decimal(worth.denominator))
    scaled: Mapping[str, Number | None] = {
        name: _DIGITS.multiply(Decimal(str(number)), scale)
        if number is not None and name in measure.statistics and _is_weighed(measure, name)
        else number
        for name, number in statistics.items()
    }
    return measure.finish(scaled).spread


def _is_weighed(measure: CompiledMeasure, name: str) -> bool:
    return name not in NOT_ROWS and measure.statistics[name].kind in _WEIGHED
