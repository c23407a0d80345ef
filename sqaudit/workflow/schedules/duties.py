"""From the days of a schedule to the cycles that it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.calendars.recurrence import HORIZON_YEARS, local_moment, occurrences, window_end, years_after
from sqaudit.documents.periods import last_complete
from sqaudit.model.duty import Duty, DutyState
from sqaudit.model.programme import PeriodUnit
from sqaudit.model.schedule import CatchUp, Occurrence, Schedule
from sqaudit.store.due import CycleProgress

# How far is looked for what has to be found: most schedules have an occurrence within a year.
_YEARS = (1, 5, HORIZON_YEARS)


class Scheduled(Struct, frozen=True, kw_only=True):
    """A programme as far as its schedule is concerned, and how far its cycles are, by period."""

    programme: str
    schedule: Schedule
    unit: PeriodUnit
    zone: str
    progress: Mapping[str, CycleProgress]

    def local_day(self, moment: datetime) -> date:
        """The day that it is at a moment, where the programme is."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


def duty_of(scheduled: Scheduled, occurrence: Occurrence) -> Duty:
    """The cycle that an occurrence asks for: that of the last period that is over before its day by the rule."""
    period = last_complete(scheduled.unit, scheduled.zone, occurrence.day)
    begin = local_moment(occurrence.on, scheduled.schedule.at, scheduled.zone)
    progress = scheduled.progress.get(period.label)
    return Duty(
        programme=scheduled.programme,
        period=period,
        due_from=begin,
        due_until=window_end(begin, scheduled.schedule.window, scheduled.zone),
        done_at=None if progress is None else progress.scored_at,
        is_done=progress is not None and progress.is_done,
    )


def begun_duties(scheduled: Scheduled, now: datetime) -> list[Duty]:
    """The cycles whose time has come, the earliest first; several occurrences may ask for the same one.

    They are counted from the schedule's start, or else from when the programme was first recorded, and the newest
    one always: of what was before nothing tells whether it was due.
    """
    today = scheduled.local_day(now)
    recorded = [scheduled.local_day(one.recorded_at) for one in scheduled.progress.values()]
    first = scheduled.schedule.start or min(recorded, default=None)
    begun = _begun(scheduled, first, today, now) if first is not None else []
    for years in _YEARS:
        if begun:
            return begun
        begun = _begun(scheduled, years_after(today, -years), today, now)[-1:]
    return begun


def next_duty(scheduled: Scheduled, now: datetime) -> Duty | None:
    """The first cycle that is still to fall due and not done; ``None`` if the schedule has ended."""
    today = scheduled.local_day(now)
    for years in _YEARS:
        for occurrence in occurrences(scheduled.schedule, scheduled.zone, today, years_after(today, years)):
            duty = duty_of(scheduled, occurrence)
            if not occurrence.skipped and duty.state(now) is DutyState.UPCOMING:
                return duty
    return None


def next_occurrences(scheduled: Scheduled, first: date, count: int) -> list[Occurrence]:
    """The first occurrences from a day on that take place, with those in between that are skipped."""
    found: list[Occurrence] = []
    for years in _YEARS:
        found = occurrences(scheduled.schedule, scheduled.zone, first, years_after(first, years))
        held = [number for number, one in enumerate(found) if not one.skipped]
        if len(held) >= count:
            return found[: held[count - 1] + 1]
    return found


def duties_to_run(duties: Sequence[Duty], catch_up: CatchUp, now: datetime) -> list[Duty]:
    """Those of the begun cycles that are to be carried out now, the earliest first."""
    candidates = duties[-1:] if catch_up is CatchUp.LATEST else duties
    undone = [duty for duty in candidates if not duty.is_done]
    return [duty for duty in undone if catch_up is not CatchUp.SKIP or duty.state(now) is DutyState.DUE]


def _begun(scheduled: Scheduled, first: date, last: date, now: datetime) -> list[Duty]:
    held = (one for one in occurrences(scheduled.schedule, scheduled.zone, first, last) if not one.skipped)
    duties = (duty_of(scheduled, one) for one in held)
    return _once_each(duty for duty in duties if duty.due_from <= now)


def _once_each(duties: Iterable[Duty]) -> list[Duty]:
    by_period: dict[str, Duty] = {}
    for duty in duties:
        earlier = by_period.get(duty.period.label)
        if earlier is not None:
            duty = replace(earlier, due_until=duty.due_until)  # noqa: PLW2901
        by_period[duty.period.label] = duty
    return sorted(by_period.values(), key=lambda duty: (duty.due_from, duty.period.start))
