"""What the passes find at the sites: the statistics of each site, subject and group, and the rows behind them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqaudit.measures.finishing import NO_ROWS
from sqaudit.measures.grounds import Asked, Found, Group, Total, group_of
from sqaudit.measures.isolation import isolate
from sqaudit.measures.partitions import parts_within
from sqaudit.measures.planning import Pass, PassKind
from sqaudit.measures.pooling import merged_statistics
from sqaudit.measures.queries import (
    CHOSEN,
    LACKING,
    REFUSED,
    UNDECIDED,
    Answer,
    GroupedQuery,
    additive_query,
    distinct_query,
    quantile_query,
    ranks_query,
)
from sqaudit.measures.requests import NOT_ROWS, RAW_N, MeasureRequest, Task
from sqaudit.measures.slices import slices_of
from sqaudit.model.evidence import Observation
from sqaudit.model.measuring import StatisticKind
from sqaudit.statistics.percentiles import ranks_around

_COUNTING = frozenset({StatisticKind.COUNT, StatisticKind.DISTINCT})


class Survey:
    """What the passes found at the sites of one zone."""

    def __init__(  # noqa: PLR0913  everything that a survey depends on
        self,
        asked: Asked,
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
        over = self._asked.rows(one, self._asked.placed_in_time(one), sites)
        query = GroupedQuery(over, slices_of(group, len(self._sites)))
        whole = sites is None and query.over.periods == [self._asked.whole_period]
        total_places = {name: query.place(total.aggregate) for name, total in self._wanted_totals.items() if whole}
        period_places = {query.place(query.counted_in(placed)): placed for placed in query.over.periods}
        sql, answers = additive_query(group, query)
        rows = self._asked.ground.session.query(sql, zone=self._zone)
        for row in rows:
            place = group_of(row, one.grain)
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
                self._keep(group_of(row, one.grain), row, answers)

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
                self._keep(group_of(row, one.grain), row, [answer])

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
