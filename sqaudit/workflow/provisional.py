"""Calendars whose holidays are not announced yet: open time that is counted by them may still change."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqaudit.calendars.holidays import provisional_from
from sqaudit.documents.building import build_programme
from sqaudit.documents.periods import read_period
from sqaudit.errors import Message, SqauditError, msg
from sqaudit.model.programme import Programme, Site
from sqaudit.store.engine import Store
from sqaudit.workflow.context import Context
from sqaudit.workflow.measurable import Measurable, make_measurable
from sqaudit.workflow.score import frozen_measurable
from sqaudit.workflow.sites import known_sites

_OPEN_ON = timedelta(days=31)


def warn_of_cycle(context: Context, store: Store, programme: str, period: str) -> Iterator[Message]:
    """One warning for each calendar and year of a collected cycle that may still change.

    The years are those of the period, and of a month after it: what was opened at its end is open on.
    """
    cycle = store.read_cycle(programme, period)
    if cycle is None or not cycle.revisions or "holidays" not in cycle.revisions[-1].inputs:
        return  # no calendar heeds holidays
    number = cycle.revisions[-1].number
    sites = store.read_sites(programme, period, number)
    measurable = frozen_measurable(context, store, cycle, number)
    if _counts_open_time(measurable):
        yield from _warnings(measurable.programme, sites, cycle.start, cycle.end + _OPEN_ON)


def warn_of_programmes(context: Context) -> Iterator[Message]:
    """The same for every programme that can be run: from its last complete period to now."""
    now = context.settings.now
    told: set[str] = set()
    for name in sorted(context.library.programmes):
        try:
            resolved = context.library.resolved(name)
            programme = build_programme(resolved)
            if not any(provisional_from(calendar) for calendar in programme.calendars.values()):
                continue
            sites = known_sites(programme, context.folder)
            if not _counts_open_time(make_measurable(resolved, context.host, sites)):
                continue
        except SqauditError:
            continue  # what is wrong with documents and plugins is told of its own
        first = read_period(None, programme.period, programme.timezone, now).start
        for warning in _warnings(programme, sites, first, now):
            if str(warning) not in told:
                told.add(str(warning))
                yield warning


def _counts_open_time(measurable: Measurable) -> bool:
    return any(request.clocks for request in measurable.asked.values())


def _warnings(
    programme: Programme, sites: Collection[Site] | None, first: datetime, last: datetime
) -> Iterator[Message]:
    zone = ZoneInfo(programme.timezone)
    calendars = list(programme.calendars.values())
    if sites is not None:
        used = {calendar.id for site in sites if (calendar := programme.calendar_of(site)) is not None}
        calendars = [calendar for calendar in calendars if calendar.id in used]
    for calendar in calendars:
        since = provisional_from(calendar)
        for year in range(first.astimezone(zone).year, last.astimezone(zone).year + 1):
            if since is not None and year >= since:
                yield msg(
                    "calendar '{calendar}': the holidays of {year} are not announced yet, so that open time in it may "
                    "change",
                    calendar=calendar.id,
                    year=year,
                )
