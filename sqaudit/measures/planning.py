"""Which walks over a dataset's rows its measures need: their number follows from the kinds of statistic alone."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from sqaudit.measures.requests import MeasureRequest, statistics_of
from sqaudit.model.measuring import StatisticKind
from sqaudit.model.score import Level


class PassKind(StrEnum):
    """What a pass computes."""

    ADDITIVE = "additive"
    QUANTILE = "quantile"
    DISTINCT = "distinct"
    RANKS = "ranks"


class Grain(Struct, frozen=True, kw_only=True):
    """What rows are grouped by: a level (the site, or one above it), and columns within it."""

    level: Level = Level.AUDIT
    keys: tuple[str, ...] = ()


class Pass(Struct, frozen=True, kw_only=True):
    """One walk over the dataset's rows: for these requests by their place, and for one expression if it needs its own.

    ``columns`` are the columns it reads, beside the site.
    """

    kind: PassKind
    grain: Grain
    requests: tuple[int, ...]
    expression: str | None = None
    columns: tuple[str, ...] = ()


def plan_passes(requests: Sequence[MeasureRequest], levels: Sequence[Level] = ()) -> tuple[Pass, ...]:
    """The passes that these requests need, the additive ones first.

    What can be added up is computed once, at the finest grain that is asked for. Quantiles and counts of different
    values cannot be added up, so each ``level`` above the site that wants them has passes of its own.
    """
    plan = [
        _pass(PassKind.ADDITIVE, Grain(keys=keys), numbers, requests)
        for keys, numbers in _by_grain(requests, range(len(requests)))
    ]
    for kind, statistic in ((PassKind.QUANTILE, StatisticKind.QUANTILE), (PassKind.DISTINCT, StatisticKind.DISTINCT)):
        for expression, numbers in _by_expression(requests, statistic).items():
            for grain, asking in _grains(requests, numbers, levels):
                plan.append(_pass(kind, grain, asking, requests, expression))
                ranked = [number for number in asking if requests[number].interval]
                if kind is PassKind.QUANTILE and ranked and grain.level is Level.AUDIT:
                    plan.append(_pass(PassKind.RANKS, grain, ranked, requests, expression))
    return tuple(plan)


def _by_expression(requests: Sequence[MeasureRequest], kind: StatisticKind) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, request in enumerate(requests):
        wanted = [one.expression for one in statistics_of(request).values() if one.kind is kind]
        for expression in dict.fromkeys(wanted):
            found.setdefault(expression, []).append(number)
    return found


def _by_grain(requests: Sequence[MeasureRequest], numbers: Sequence[int]) -> list[tuple[tuple[str, ...], list[int]]]:
    by_keys: dict[tuple[str, ...], list[int]] = {}
    for number in numbers:
        by_keys.setdefault(requests[number].keys, []).append(number)
    return sorted(by_keys.items())


def _grains(
    requests: Sequence[MeasureRequest], numbers: Sequence[int], levels: Sequence[Level]
) -> list[tuple[Grain, list[int]]]:
    """Where a statistic that cannot be added up is wanted: in subjects and groups, at the site, and above it."""
    grains = [(Grain(keys=keys), asking) for keys, asking in _by_grain(requests, numbers) if keys]
    whole = [number for number in numbers if not requests[number].subject]
    if whole:
        grains += [(Grain(level=level), whole) for level in (Level.AUDIT, *levels)]
    return grains


def _pass(
    kind: PassKind,
    grain: Grain,
    numbers: Sequence[int],
    requests: Sequence[MeasureRequest],
    expression: str | None = None,
) -> Pass:
    columns = {name for number in numbers for name in requests[number].columns} | {*grain.keys}
    columns |= {time for number in numbers if (time := requests[number].time) is not None}
    return Pass(kind=kind, grain=grain, requests=tuple(numbers), expression=expression, columns=tuple(sorted(columns)))
