"""All measures on one dataset in a few passes over its rows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from sqaudit.measures.clocks import clocks_of, rows_with_clocks, shape_with
from sqaudit.measures.finishing import NO_ROWS
from sqaudit.measures.isolation import isolate, learn_types
from sqaudit.measures.knowing import is_zone_free
from sqaudit.measures.partitions import parts_within
from sqaudit.measures.planning import Grain, Pass, PassKind, plan_passes
from sqaudit.measures.pooling import merged_statistics, pooled
from sqaudit.measures.queries import (
    CHOSEN,
    LACKING,
    REFUSED,
    UNDECIDED,
    Answer,
    GroupedQuery,
    Rows,
    additive_query,
    distinct_query,
    quantile_query,
    ranks_query,
)
from sqaudit.measures.requests import (
    NOT_ROWS,
    RAW_N,
    MeasureRequest,
    Task,
    in_period,
    make_task,
    statistics_of,
)
from sqaudit.model.calendar import Calendar
from sqaudit.model.evidence import Number, Observation
from sqaudit.model.measuring import SITE_COLUMN, StagedDataset, StatisticKind
from sqaudit.model.ports import EngineSession
from sqaudit.model.programme import Period, Site
from sqaudit.model.score import Level
from sqaudit.statistics.percentiles import ranks_around

SEVERAL_ZONES = "several_zones"
Group: TypeAlias = tuple[str | None, ...]
Found: TypeAlias = dict[str, Number | None]
_COUNTING = frozenset({StatisticKind.COUNT, StatisticKind.DISTINCT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where and over what a dataset is measured.

    ``session`` is the engine with the rows, ``local`` one in this process, which knows the types of expressions by
    ``shape``, a relation with the same columns. ``zones`` are the ids of the sites by zone, ``calendars`` the calendar
    of each site that has one, with its zone. ``memory`` is what the engine may take, in bytes; ``None``: it looks after
    itself.
    """

    session: EngineSession
    local: EngineSession
    staged: StagedDataset
    shape: str
    zones: Mapping[str, Collection[str]]
    calendars: Mapping[str, tuple[Calendar, str]] = field(default_factory=dict)
    memory: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the passes found: observations by site, checklist, item, subject and group, and rows by site.

    ``rows`` counts those of unknown sites too; it is ``None`` where only the rows of chosen sites were counted.
    ``totals`` are those of ``Total``s over the same rows, ``None`` where these were not all rows of the period.
    """

    observations: tuple[Observation, ...]
    rows: Mapping[str, int] | None
    totals: Mapping[str, int | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """Something to be known of all rows, found on the way: an aggregate, and how those of groups make the whole's."""

    aggregate: str
    whole: Callable[[Iterable[int]], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is measured, ready to be run."""

    ground: Ground
    requests: Sequence[MeasureRequest]
    tasks: Sequence[Task]
    types: Mapping[str, str]
    plan: Sequence[Pass]
    timeless: Collection[int]
    clocked: str
    whole_period: str

    def placed_in_time(self, one: Pass) -> list[Task]:
        """The tasks of a pass whose rows can be told to be in the period."""
        return [self.tasks[number] for number in one.requests if number not in self.timeless]

    def rows(self, one: Pass, tasks: Sequence[Task], sites: Sequence[str] | None) -> Rows:
        """The rows of a pass for these tasks, with clocks only where one of them reads one."""
        reads_clocks = any(self.requests[task.number].clocks for task in tasks)
        return Rows(
            relation=self.clocked if reads_clocks else self.ground.staged.relation,
            periods=list(dict.fromkeys(task.rows.in_period for task in tasks)) or ["TRUE"],
            types=self.types,
            grain=one.grain,
            sites=sites,
            site=SITE_COLUMN if one.kind is PassKind.RANKS else self.ground.staged.site_column,
        )


def measure_dataset(  # noqa: PLR0913  everything that a measurement depends on is said
    ground: Ground,
    requests: Sequence[MeasureRequest],
    *,
    sites: Sequence[Site],
    period: Period,
    as_of: datetime,
    programme: str = "",
    levels: Sequence[Level] = (),
    only_chosen: bool = False,
    totals: Mapping[str, Total] = MappingProxyType({}),
    tell: Callable[[float], None] = lambda _share: None,
) -> Measured:
    """Exactly one observation per request and site, beside those of subjects and groups and of the levels above.

    Args:
        ground: Where the rows are.
        requests: One per item.
        sites: The sites of the programme; rows of other sites are left out.
        period: Rows outside it are left out, except those of snapshots.
        as_of: What ``as_of`` means in expressions.
        programme: The programme's id, which names the level above the regions.
        levels: Those above the site at which quantiles and counts of different values are wanted.
        only_chosen: Whether rows of other sites are not even counted.
        totals: What else is to be known of the rows, by name.
        tell: Is told which share of the passes is done.
    """
    tasks = [make_task(number, request, ground.staged, period, as_of) for number, request in enumerate(requests)]
    clocks = clocks_of(requests, period, as_of)
    types, failed = learn_types(ground.local, shape_with(ground.shape, clocks), tasks)
    timeless = {
        number: f"the dataset has no column '{request.time}'"
        for number, request in enumerate(requests)
        if request.time is not None and request.time not in ground.staged.columns
    }
    failed |= timeless
    plan = plan_passes(requests, levels)
    asked = _Asked(
        ground=ground,
        requests=requests,
        tasks=tasks,
        types=types,
        plan=plan,
        timeless=timeless,
        clocked=rows_with_clocks(ground.session, ground.staged.relation, clocks, ground.calendars, period),
        whole_period=in_period(ground.staged.time, ground.staged, period),
    )
    by_zone = _sites_by_zone(sites, ground.zones)
    picked = only_chosen or len(by_zone) > 1
    observations: list[Observation] = []
    rows: Mapping[str, int] | None = None
    found_totals: Mapping[str, int | None] | None = None
    steps = max(len(asked.plan) * len(by_zone), 1)
    for turn, (zone, members) in enumerate(by_zone):
        survey = _Survey(asked, zone=zone, sites=members, failed=dict(failed), picked=picked, totals=totals)
        for done, one in enumerate(asked.plan):
            tell((turn * len(asked.plan) + done) / steps)
            if one.grain.level is Level.AUDIT:
                survey.run(one)
        observations += survey.observations()
        rows = None if picked else survey.rows_by_site()
        found_totals = survey.totals
    if levels:
        zone = by_zone[0][0] if len(by_zone) == 1 else None
        above = _Above(asked, sites, observations, zone=zone, one_zone=len(by_zone) == 1, programme=programme)
        observations += [one for level in levels for one in above.observations(level)]
    return Measured(observations=tuple(sorted(observations, key=_order)), rows=rows, totals=found_totals)


def _order(seen: Observation) -> tuple[str, ...]:
    return (seen.level, seen.site, seen.checklist, seen.item, seen.subject, seen.group)


def _sites_by_zone(sites: Sequence[Site], zones: Mapping[str, Collection[str]]) -> list[tuple[str | None, list[str]]]:
    zone_of = {site: zone for zone in sorted(zones) for site in zones[zone]}
    groups: dict[str | None, list[str]] = {}
    for site in sorted({site.id for site in sites}):
        groups.setdefault(zone_of.get(site), []).append(site)
    return sorted(groups.items(), key=lambda group: group[0] or "")


class _Survey:
    """What the passes found at the sites of one zone."""

    def __init__(  # noqa: PLR0913  everything that a survey depends on
        self,
        asked: _Asked,
        *,
        zone: str | None,
        sites: Sequence[str],
        failed: dict[int, str],
        picked: bool,
        totals: Mapping[str, Total],
    ) -> None:
        self._asked = asked
        self._zone = zone
        self._sites = sites
        self._failed = failed
        self._picked = picked
        self._wanted_totals = totals
        self.totals: dict[str, int | None] | None = None
        self._rows: defaultdict[tuple[str, tuple[str, ...]], dict[Group, int]] = defaultdict(dict)
        self._found: defaultdict[int, dict[Group, Found]] = defaultdict(dict)

    def run(self, one: Pass) -> None:
        """Run a pass; requests that fail are set apart, the others keep their values."""
        wanted = [self._asked.tasks[number] for number in one.requests if number not in self._failed]
        sites = self._sites if self._picked else None
        if one.kind is PassKind.ADDITIVE:
            outcome = isolate(wanted, lambda group: self._add(one, group, sites))
            if not outcome.succeeded:
                isolate([], lambda group: self._add(one, group, sites))  # rows are counted even if no measure is
        elif one.kind is PassKind.RANKS:
            outcome = isolate(wanted, lambda group: self._rank_all(one, group))
        else:
            make = quantile_query if one.kind is PassKind.QUANTILE else distinct_query
            outcome = isolate(wanted, lambda group: self._ask(one, group, make))
        self._failed |= outcome.failed

    def _add(self, one: Pass, group: Sequence[Task], sites: Sequence[str] | None) -> None:
        query = GroupedQuery(self._asked.rows(one, self._asked.placed_in_time(one), sites))
        whole = sites is None and query.over.periods == [self._asked.whole_period]
        total_places = {name: query.place(total.aggregate) for name, total in self._wanted_totals.items() if whole}
        period_places = {query.place(query.counted_in(placed)): placed for placed in query.over.periods}
        sql, answers = additive_query(group, query)
        rows = self._asked.ground.session.query(sql, zone=self._zone)
        for row in rows:
            place = _group_of(row, one.grain)
            for column, placed in period_places.items():
                self._rows[placed, one.grain.keys][place] = int(str(row[column] or 0))
            self._keep(place, row, answers)
        if whole:
            self.totals = {
                name: self._wanted_totals[name].whole(known) if known else None
                for name, place in total_places.items()
                for known in [[int(str(row[place])) for row in rows if row[place] is not None]]
            }

    def _ask(
        self,
        one: Pass,
        group: Sequence[Task],
        make: Callable[[Sequence[Task], GroupedQuery, str], tuple[str, list[Answer]]],
    ) -> None:
        if not group:
            return
        expression = group[0].rendered[one.expression or ""]
        for sites in self._portions(one, group):
            sql, answers = make(group, GroupedQuery(self._asked.rows(one, group, sites)), expression)
            for row in self._asked.ground.session.query(sql, zone=self._zone):
                self._keep(_group_of(row, one.grain), row, answers)

    def _portions(self, one: Pass, group: Sequence[Task]) -> list[Sequence[str] | None]:
        """Which sites are looked at together: all, or as many as memory holds; all there are if none were chosen."""
        choices = len({task.rows for task in group})
        values = {site: choices * count for site, count in self._site_rows(group).items()}
        memory = self._asked.ground.memory if one.kind is PassKind.QUANTILE else None
        parts = parts_within(self._sites, values, memory)
        every_row = len(parts) == 1 and not self._picked and values.keys() <= {*self._sites}
        return [None] if every_row else list(parts)

    def _site_rows(self, group: Sequence[Task]) -> dict[str, int]:
        """Rows by site, those of unknown sites included, at most over the periods of these tasks."""
        counted: dict[str, int] = {}
        for placed in {task.rows.in_period for task in group}:
            for site, count in self._by_site(placed).items():
                counted[site] = counted.get(site, 0) + count
        return counted

    def _by_site(self, placed: str) -> dict[str, int]:
        """The rows that lie in the period by one column, by site, from the first pass that counted them."""
        counted: dict[str, int] = {}
        counts = next((found for (where, _), found in self._rows.items() if where == placed), {})
        for group, count in counts.items():
            if group[0] is not None:
                counted[group[0]] = counted.get(group[0], 0) + count
        return counted

    def _rank_all(self, one: Pass, group: Sequence[Task]) -> None:
        for task in group:
            self._rank(one, task)

    def _rank(self, one: Pass, task: Task) -> None:
        ranks = {}
        share = next(s.q or 0.0 for s in task.statistics.values() if s.kind is StatisticKind.QUANTILE)
        for group, found in self._found[task.number].items():
            n = int(found.get(RAW_N) or found.get("n") or 0)
            around = ranks_around(n, share) if len(group) == 1 + len(one.grain.keys) and n else None
            if around is not None:
                ranks[group] = around
        if ranks:
            query = GroupedQuery(self._asked.rows(one, [task], self._sites))
            sql, answer = ranks_query(task, query, task.rendered[one.expression or ""], ranks)
            for row in self._asked.ground.session.query(sql, zone=self._zone):
                self._keep(_group_of(row, one.grain), row, [answer])

    def _keep(self, group: Group, row: Sequence[object], answers: Sequence[Answer]) -> None:
        for answer in answers:
            found = self._found[answer.task.number]
            seen = answer.statistics(row)
            if group in found:
                found[group] |= seen
            else:
                found[group] = seen

    def rows_by_site(self) -> dict[str, int]:
        """All rows of the first period that was counted, by site."""
        placed = next((where for where, _ in self._rows), None)
        return {} if placed is None else self._by_site(placed)

    def observations(self) -> Iterator[Observation]:
        """What was seen at each site, in each subject and in each group."""
        for request, task in zip(self._asked.requests, self._asked.tasks, strict=True):
            reason = self._failed.get(task.number)
            blank = _nothing(task)
            placed = (task.rows.in_period, request.keys)
            rows = self._rows[placed] if task.number not in self._asked.timeless else {}
            if reason is not None:
                yield from self._failures(request, reason, rows)
                continue
            if not request.keys:
                found = self._found[task.number]
                for site in self._sites:
                    yield _observation(site, request, rows.get((site,), 0), found.get((site,), blank), blank)
            else:
                yield from self._in_parts(request, task, rows, blank)

    def _failures(self, request: MeasureRequest, reason: str, rows: Mapping[Group, int]) -> Iterator[Observation]:
        counted: dict[str | None, int] = {}
        for group, count in rows.items():
            counted[group[0]] = counted.get(group[0], 0) + count
        for site in self._sites:
            yield Observation(
                site=site,
                checklist=request.checklist,
                item=request.item,
                rows=counted.get(site, 0),
                failed=True,
                reason=reason,
            )

    def _in_parts(
        self, request: MeasureRequest, task: Task, rows: Mapping[Group, int], blank: Found
    ) -> Iterator[Observation]:
        parts: defaultdict[str | None, list[Group]] = defaultdict(list)
        for group in self._found[task.number]:
            if len(group) > 1:
                parts[group[0]].append(group)
        for site in self._sites:
            own = parts[site]
            for group in own:
                label = json.dumps(group[1:], ensure_ascii=False)
                named = {"subject": label} if request.subject else {"group": label}
                found = blank | self._found[task.number][group]
                yield _observation(site, request, rows.get(group, 0), found, blank, **named)
            if not request.subject or not own:
                yield self._whole(site, request, task, rows, own, blank)

    def _whole(  # noqa: PLR0913, PLR0917  the parts of one site
        self, site: str, request: MeasureRequest, task: Task, rows: Mapping[Group, int], own: list[Group], blank: Found
    ) -> Observation:
        """The site itself: what its groups add up to, and what could not be added up."""
        kinds = {name: found.kind for name, found in task.statistics.items() if name not in NOT_ROWS}
        kinds |= dict.fromkeys((CHOSEN, REFUSED, UNDECIDED), StatisticKind.COUNT)
        if "missing" in task.statistics:
            kinds[LACKING] = StatisticKind.COUNT
        found = merged_statistics([self._found[task.number][group] for group in own], kinds)
        found |= self._found[task.number].get((site,), {})
        return _observation(site, request, sum(rows.get(group, 0) for group in own), blank | found, blank)


class _Above:
    """What is measured above the sites: what their rows have together that cannot be added up."""

    def __init__(  # noqa: PLR0913  everything that lies above the sites
        self,
        asked: _Asked,
        sites: Sequence[Site],
        below: Sequence[Observation],
        *,
        zone: str | None,
        one_zone: bool,
        programme: str,
    ) -> None:
        self._asked = asked
        self._zone = zone
        self._one_zone = one_zone
        self._programme = programme
        self._sites = sorted(sites, key=lambda site: site.id)
        self._below: defaultdict[tuple[str, str], list[Observation]] = defaultdict(list)
        for seen in below:
            if not seen.subject and not seen.group:
                self._below[seen.checklist, seen.item].append(seen)

    def observations(self, level: Level) -> Iterator[Observation]:
        """One observation per place of the level, of every item that needs more than sums."""
        found: defaultdict[tuple[int, str], Found] = defaultdict(dict)
        failed: dict[int, str] = {}
        for one in self._asked.plan:
            if one.grain.level is level:
                failed |= self._run(one, found)
        place_of = {site.id: self._place(site, level) for site in self._sites}
        numbers = {number for one in self._asked.plan if one.grain.level is level for number in one.requests}
        for number in sorted(numbers):
            request = self._asked.requests[number]
            parts: defaultdict[str, list[Observation]] = defaultdict(list)
            for seen in self._below[request.checklist, request.item]:
                place = place_of[seen.site]
                if place is not None:
                    parts[place].append(seen)
            for place, members in sorted(parts.items()):
                yield self._observation(request, level, place, members, found[number, place], failed.get(number))

    def _observation(  # noqa: PLR0913, PLR0917  the parts of one observation
        self,
        request: MeasureRequest,
        level: Level,
        place: str,
        members: Sequence[Observation],
        found: Found,
        failed: str | None,
    ) -> Observation:
        whole = pooled(members, statistics_of(request), place=place, level=level)
        if whole.failed:
            return whole
        if failed is not None:
            return replace(whole, failed=True, reason=failed)
        return replace(whole, statistics={**whole.statistics, **found}, reason=None if whole.rows else NO_ROWS)

    def _run(self, one: Pass, found: dict[tuple[int, str], Found]) -> dict[int, str]:
        expression = self._asked.tasks[one.requests[0]].rendered[one.expression or ""]
        wheres = {self._asked.tasks[number].rows.where for number in one.requests}
        if not self._one_zone and not all(is_zone_free(sql) for sql in (expression, *wheres)):
            return dict.fromkeys(one.requests, SEVERAL_ZONES)
        wanted = [self._asked.tasks[number] for number in one.requests]
        return isolate(wanted, lambda group: self._ask(one, group, found)).failed

    def _ask(self, one: Pass, group: Sequence[Task], found: dict[tuple[int, str], Found]) -> None:
        placed = {site.id: place for site in self._sites if (place := self._place(site, one.grain.level)) is not None}
        rows = replace(self._asked.rows(one, group, None), places=placed)
        expression = group[0].rendered[one.expression or ""]
        make = quantile_query if one.kind is PassKind.QUANTILE else distinct_query
        sql, answers = make(group, GroupedQuery(rows), expression)
        for row in self._asked.ground.session.query(sql, zone=self._zone):
            for answer in answers:
                found[answer.task.number, str(row[0])] |= answer.statistics(row)

    def _place(self, site: Site, level: Level) -> str | None:
        return site.region if level is Level.REGION else self._programme


def _group_of(row: Sequence[object], grain: Grain) -> Group:
    return tuple(None if part is None else str(part) for part in row[: 1 + len(grain.keys)])


def _observation(  # noqa: PLR0913, PLR0917  the parts of one observation
    site: str, request: MeasureRequest, rows: int, found: Found, blank: Found, subject: str = "", group: str = ""
) -> Observation:
    """What was seen of one request; the counts of rows leave the statistics."""
    statistics = {**blank, **found}
    chosen, refused = statistics.pop(CHOSEN, 0) or 0, statistics.pop(REFUSED, 0) or 0
    undecided, lacking = statistics.pop(UNDECIDED, 0) or 0, statistics.pop(LACKING, None)
    n = int(found.get(RAW_N, found.get("n")) or 0)
    return Observation(
        site=site,
        checklist=request.checklist,
        item=request.item,
        rows=rows,
        n=n,
        missing=int(chosen) - n - int(refused) if lacking is None else int(lacking),
        invalid=int(refused) + int(undecided),
        statistics=statistics,
        reason=None if rows else NO_ROWS,
        subject=subject,
        group=group,
    )


def _nothing(task: Task) -> Found:
    """The statistics of a site without rows: nothing counted, no sum."""
    return {
        name: 0 if found.kind in _COUNTING else None for name, found in task.statistics.items() if name not in NOT_ROWS
    }
