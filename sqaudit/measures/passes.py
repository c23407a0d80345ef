"""All measures on one dataset in a few passes over its rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType

from msgspec import Struct

from sqaudit.measures.above import Above
from sqaudit.measures.clocks import clocks_of, rows_with_clocks, shape_with
from sqaudit.measures.grounds import Asked, Ground, Total
from sqaudit.measures.isolation import learn_types
from sqaudit.measures.planning import plan_passes
from sqaudit.measures.requests import MeasureRequest, in_period, make_task
from sqaudit.measures.survey import Survey
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Period, Site
from sqaudit.model.score import Level

_PLACE = attrgetter("level", "site", "checklist", "item", "subject", "group")


class Measured(Struct, frozen=True, kw_only=True):
    """What the passes found: observations by site, checklist, item, subject and group, and rows by site.

    ``rows`` counts those of unknown sites too; it is ``None`` where only the rows of chosen sites were counted.
    ``totals`` are those of ``Total``s over the same rows, ``None`` where these were not all rows of the period.
    """

    observations: tuple[Observation, ...]
    rows: Mapping[str, int] | None
    totals: Mapping[str, int | None] | None = None


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
    asked = Asked(
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
        survey = Survey(asked, zone=zone, sites=members, failed=dict(failed), picked=picked, totals=totals)
        for done, one in enumerate(asked.plan):
            tell((turn * len(asked.plan) + done) / steps)
            if one.grain.level is Level.AUDIT:
                survey.run(one)
        observations += survey.observations()
        rows = None if picked else survey.rows_by_site()
        found_totals = survey.totals
    if levels:
        zone = by_zone[0][0] if len(by_zone) == 1 else None
        above = Above(asked, sites, observations, zone=zone, one_zone=len(by_zone) == 1, programme=programme)
        observations += [one for level in levels for one in above.observations(level)]
    return Measured(observations=tuple(sorted(observations, key=_PLACE)), rows=rows, totals=found_totals)


def _sites_by_zone(sites: Sequence[Site], zones: Mapping[str, Collection[str]]) -> list[tuple[str | None, list[str]]]:
    zone_of = {site: zone for zone in sorted(zones) for site in zones[zone]}
    groups: dict[str | None, list[str]] = {}
    for site in sorted({site.id for site in sites}):
        groups.setdefault(zone_of.get(site), []).append(site)
    return sorted(groups.items(), key=lambda group: group[0] or "")
