"""How many are drawn from each stratum, by what a plan says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import sqrt
from statistics import variance

from sqaudit.model.sample import Acceptance, Inspection, Precision, SamplePlan, Stratum, Unit
from sqaudit.sampling.allocation import proportional, whole_neyman
from sqaudit.sampling.attributes import Strictness, single_plan
from sqaudit.sampling.sizes import of_population, size_for_proportion, whole_size
from sqaudit.statistics.quantiles import normal_quantile

Key = tuple[str, ...]
_PAIR = 2


def share_out(
    members: Mapping[Key, Sequence[Unit]], plan: SamplePlan, inspections: Mapping[str, Inspection]
) -> tuple[Stratum, ...]:
    """The strata in order, each with how many of it are drawn; ``inspections`` go by site, normal where none is."""
    sizes = {key: len(units) for key, units in sorted(members.items())}
    if plan.acceptance is not None:
        return tuple(
            _lot(key[0], size, plan.acceptance, inspections.get(key[0], Inspection.NORMAL))
            for key, size in sizes.items()
        )
    if plan.total is None:
        return tuple(_stratum(key, size, min(plan.size or 0, size)) for key, size in sizes.items())
    total = min(whole_total(plan.total, sum(sizes.values())), sum(sizes.values()))
    if plan.neyman is None:
        shares = proportional(total, sizes)
        return tuple(_stratum(key, size, shares[key]) for key, size in sizes.items())
    values = {key: [unit.value for unit in members[key] if unit.value is not None] for key in sizes}
    spreads = {key: variance(found) if len(found) >= _PAIR else None for key, found in values.items()}
    shares = whole_neyman(total, {key: (size, spreads[key]) for key, size in sizes.items()})
    return tuple(_stratum(key, size, shares[key], len(values[key]), spreads[key]) for key, size in sizes.items())


def whole_total(total: int | Precision, units: int) -> int:
    """How many that is of so many units."""
    if isinstance(total, int):
        return total
    if not units:
        return 0
    z = normal_quantile(float(total.confidence))
    return whole_size(of_population(size_for_proportion(total.margin, z, total.expected), units))


def _lot(site: str, units: int, acceptance: Acceptance, inspection: Inspection) -> Stratum:
    """A lot with its sample size and acceptance number; of a single unit, that one, and it has to conform."""
    size, accept = 1, 0
    if units > 1:
        strictness = Strictness.NORMAL if inspection is Inspection.NORMAL else Strictness.TIGHTENED
        plan = single_plan(units, acceptance.aql, acceptance.level, strictness)
        size, accept = plan.size, plan.accept
    return Stratum(site=site, values=(), units=units, drawn=size, accept=accept, inspection=inspection)


def _stratum(key: Key, units: int, drawn: int, valued: int | None = None, spread: Fraction | None = None) -> Stratum:
    deviation = None if spread is None else sqrt(spread)
    return Stratum(site=key[0], values=key[1:], units=units, drawn=drawn, valued=valued, deviation=deviation)
