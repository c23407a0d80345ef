"""What the passes find above the sites: what the rows of a region or programme have together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sqaudit.measures.finishing import NO_ROWS
from sqaudit.measures.grounds import Asked, Found
from sqaudit.measures.isolation import isolate
from sqaudit.measures.knowing import is_zone_free
from sqaudit.measures.planning import Pass, PassKind
from sqaudit.measures.pooling import pooled
from sqaudit.measures.queries import GroupedQuery, distinct_query, quantile_query
from sqaudit.measures.requests import MeasureRequest, Task, statistics_of
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.score import Level

SEVERAL_ZONES = "several_zones"


class Above:
    """What is measured above the sites: what their rows have together that cannot be added up."""

    def __init__(  # noqa: PLR0913  everything that lies above the sites
        self,
        asked: Asked,
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
