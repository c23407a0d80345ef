"""All measures on one dataset in a few passes over its rows.

One wide pass for everything additive, one for each expression whose quantiles are wanted, one for each whose different
values are counted: their number follows from the kinds of statistic, never from the number of measures or sites.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqaudit.engines.duckdb import Engine
from sqaudit.measures.finishing import NO_ROWS
from sqaudit.measures.isolation import Isolated, isolate, learn_types
from sqaudit.measures.queries import (
    CHOSEN,
    LACKING,
    REFUSED,
    UNDECIDED,
    Reading,
    SiteQuery,
    additive_query,
    distinct_query,
    quantile_query,
)
from sqaudit.measures.requests import MeasureRequest, Task, make_task
from sqaudit.model.evidence import Number, Observation
from sqaudit.model.measuring import StagedDataset, StatisticKind
from sqaudit.model.programme import Period, Site


class PassKind(StrEnum):
    """What a pass computes."""

    ADDITIVE = "additive"
    QUANTILE = "quantile"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class Pass:
    """One walk over the dataset's rows: for all requests by their place, or for those that need one expression."""

    kind: PassKind
    requests: tuple[int, ...]
    expression: str | None = None

    def __str__(self) -> str:
        of = "" if self.expression is None else f" of {self.expression}"
        return f"{self.kind}{of}: {len(self.requests)} measures"


def plan_passes(requests: Sequence[MeasureRequest]) -> tuple[Pass, ...]:
    """The passes that these requests need, the wide one first."""
    plan = [Pass(PassKind.ADDITIVE, tuple(range(len(requests))))] if requests else []
    for kind, statistic in ((PassKind.QUANTILE, StatisticKind.QUANTILE), (PassKind.DISTINCT, StatisticKind.DISTINCT)):
        by_expression: dict[str, list[int]] = {}
        for number, request in enumerate(requests):
            wanted = [found.expression for found in request.measure.statistics.values() if found.kind is statistic]
            for expression in dict.fromkeys(wanted):
                by_expression.setdefault(expression, []).append(number)
        plan += [Pass(kind, tuple(numbers), expression) for expression, numbers in by_expression.items()]
    return tuple(plan)


def measure_dataset(  # noqa: PLR0913  everything that a measurement depends on is said
    engine: Engine,
    staged: StagedDataset,
    requests: Sequence[MeasureRequest],
    *,
    sites: Sequence[Site],
    period: Period,
    as_of: datetime,
    zones: Mapping[str, Collection[str]],
) -> list[Observation]:
    """Exactly one observation per request and site, sorted by site, checklist and item.

    Args:
        engine: Where the dataset is staged.
        staged: Its table.
        requests: One per item.
        sites: The sites of the programme; rows of other sites are left out.
        period: Rows outside it are left out, except those of snapshots.
        as_of: What ``as_of`` means in expressions.
        zones: The ids of the sites by zone; a site that is in none is measured in the engine's first zone.
    """
    tasks = [make_task(number, request, staged, period, as_of) for number, request in enumerate(requests)]
    timeless = {
        task.number: f"the dataset has no column '{request.time}'"
        for task, request in zip(tasks, requests, strict=True)
        if request.time is not None and request.time not in staged.columns
    }
    types, unfit = learn_types(engine, staged.table, tasks)
    unfit |= timeless
    periods = list(dict.fromkeys(task.rows.in_period for task in tasks if task.number not in timeless))
    observations = []
    for zone, ids in _sites_by_zone(sites, zones):
        survey = _Survey(engine=engine, table=staged.table, types=types, zone=zone, sites=ids, failed=dict(unfit))
        for one in plan_passes(requests):
            survey.run(one, tasks, periods)
        observations += [
            survey.observation(request, task, site)
            for request, task in zip(requests, tasks, strict=True)
            for site in ids
        ]
    return sorted(observations, key=lambda seen: (seen.site, seen.checklist, seen.item))


def _sites_by_zone(sites: Sequence[Site], zones: Mapping[str, Collection[str]]) -> list[tuple[str | None, list[str]]]:
    zone_of = {site: zone for zone in sorted(zones) for site in zones[zone]}
    groups: dict[str | None, list[str]] = {}
    for site in sorted({site.id for site in sites}):
        groups.setdefault(zone_of.get(site), []).append(site)
    return sorted(groups.items(), key=lambda group: group[0] or "")


class _Survey:
    """What the passes found at the sites of one zone."""

    def __init__(  # noqa: PLR0913  the parts of one query
        self,
        *,
        engine: Engine,
        table: str,
        types: Mapping[str, str],
        zone: str | None,
        sites: Sequence[str],
        failed: dict[int, str],
    ) -> None:
        self._engine = engine
        self._table = table
        self._types = types
        self._zone = zone
        self._sites = sites
        self._failed = failed
        self._rows: dict[tuple[str, str], int] = {}
        self._found: dict[tuple[int, str], dict[str, Number | None]] = {}

    def run(self, one: Pass, tasks: Sequence[Task], periods: Sequence[str]) -> None:
        """Run a pass; requests that fail are set apart, the others keep their values."""
        wanted = [tasks[number] for number in one.requests if number not in self._failed]
        if not wanted and one.kind is not PassKind.ADDITIVE:
            return

        def compute(group: Sequence[Task]) -> None:
            if one.kind is PassKind.ADDITIVE:
                sql, readings = additive_query(group, SiteQuery(self._table, self._sites, self._types, periods))
            else:
                own = list(dict.fromkeys(task.rows.in_period for task in group))
                query = SiteQuery(self._table, self._sites, self._types, own)
                make = quantile_query if one.kind is PassKind.QUANTILE else distinct_query
                sql, readings = make(group, query, group[0].rendered[one.expression or ""])
            for row in self._engine.query(sql, zone=self._zone):
                self._keep(row, readings, periods if one.kind is PassKind.ADDITIVE else ())

        outcome: Isolated = isolate(wanted, compute)
        if one.kind is PassKind.ADDITIVE and not outcome.succeeded:
            isolate([], compute)  # the number of rows is known even if no measure is
        self._failed |= outcome.failed

    def _keep(self, row: tuple[object, ...], readings: Sequence[Reading], periods: Sequence[str]) -> None:
        site = str(row[0])
        for place, in_period in enumerate(periods, start=1):
            self._rows[in_period, site] = int(str(row[place]))
        for reading in readings:
            self._found.setdefault((reading.task.number, site), {}).update(reading.statistics(row))

    def observation(self, request: MeasureRequest, task: Task, site: str) -> Observation:
        """What was seen of one request at one site."""
        rows = self._rows.get((task.rows.in_period, site), 0)
        reason = self._failed.get(task.number)
        if reason is not None:
            return Observation(
                site=site, checklist=request.checklist, item=request.item, rows=rows, failed=True, reason=reason
            )
        found = _nothing(task) | self._found.get((task.number, site), {})
        counts = {name: int(found.pop(name, 0) or 0) for name in (CHOSEN, REFUSED, UNDECIDED)}
        lacking = found.pop(LACKING, None)
        n = int(found["n"] or 0)
        return Observation(
            site=site,
            checklist=request.checklist,
            item=request.item,
            rows=rows,
            n=n,
            missing=counts[CHOSEN] - n - counts[REFUSED] if lacking is None else int(lacking),
            invalid=counts[REFUSED] + counts[UNDECIDED],
            statistics=found,
            reason=None if rows else NO_ROWS,
        )


def _nothing(task: Task) -> dict[str, Number | None]:
    """The statistics of a site without rows: nothing counted, no sum."""
    counting = {StatisticKind.COUNT, StatisticKind.DISTINCT}
    return {
        name: 0 if found.kind in counting else None
        for name, found in task.statistics.items()
        if name not in {"invalid", "missing"}
    }
