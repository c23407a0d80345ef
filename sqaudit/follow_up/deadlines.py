"""By when the steps of a corrective action are due, and who is told when one is not done.

Days are those of the site: they begin and end at its midnight, and its calendar says which of them are worked. Where it
has no calendar, or one without enough working days to count, Monday to Friday stand in: somebody has to act even for a
site that is closed for good, and a deadline that cannot be counted would be none.

Moments are in UTC. What was set stays as it was set: a deadline is a value, so that a calendar that changes later, such
as by next year's public holidays, moves no deadline and no notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqaudit.calendars.business import openings
from sqaudit.calendars.holidays import working_days_after
from sqaudit.calendars.recurrence import local_moment
from sqaudit.model.action import Deadline, Move, Path, Rung
from sqaudit.model.calendar import Calendar, Hours
from sqaudit.model.follow_up import Allowance, FollowUp
from sqaudit.model.notice import Notice
from sqaudit.model.standard import Severity
from sqaudit.model.texts import plain

# Of days without a calendar: they begin at nine.
_WEEKDAYS = Calendar(id="weekdays", title=plain("Monday to Friday"), week=((Hours(9 * 60, 17 * 60),),) * 5 + ((),) * 2)
# Ours, no standard sets any: working days after the day on which the step is due.
_LADDER = ((Rung.OWNER, -3), (Rung.MANAGER, 1), (Rung.DEPARTMENT_HEAD, 5), (Rung.SENIOR_MANAGEMENT, 10))
_STEPS = {
    Path.FULL: (Move.CONTAIN, Move.ANALYSE, Move.PLAN, Move.IMPLEMENT),
    Path.CORRECT: (Move.CONTAIN,),
}
_AGAIN = (Move.ANALYSE, Move.PLAN, Move.IMPLEMENT)


def due_at(start: datetime, allowance: Allowance, calendar: Calendar | None, zone: str) -> datetime:
    """The moment until which something may be done that may take so long from ``start``, which carries a zone.

    ``seconds`` are elapsed time, whatever clocks and calendars say. ``days`` and ``working_days`` end with the local
    day so many of them after that of ``start``, which is day 0, worked or not: at the midnight with which the next
    day begins.

    Raises:
        ValueError: The allowance does not say how long.
    """
    if allowance.seconds is not None:
        return start.astimezone(UTC) + timedelta(seconds=allowance.seconds)
    first = start.astimezone(ZoneInfo(zone)).date()
    if allowance.days is not None:
        return due_on(first + timedelta(days=allowance.days), zone)
    if allowance.working_days is not None:
        _, (last,) = _working_days(calendar or _WEEKDAYS, first, [allowance.working_days])
        return due_on(last, zone)
    raise ValueError("an allowance says how long by seconds, days or working days, and this one by none of them")


def notices_for(due: datetime, calendar: Calendar | None, zone: str) -> tuple[tuple[Rung, datetime], ...]:
    """Who is told of a step that is not done, and when: each at the opening of a working day, earliest first.

    The owner three working days before the last day on which the step can be done; the owner's manager one after it,
    the head of department five, senior management ten. Without a calendar days open at nine.
    """
    last = (due.astimezone(UTC) - timedelta.resolution).astimezone(ZoneInfo(zone)).date()
    counted, days = _working_days(calendar or _WEEKDAYS, last, [ahead for _, ahead in _LADDER])
    return tuple((rung, _opening(counted, day, zone)) for (rung, _), day in zip(_LADDER, days, strict=True))


def new_deadline(  # noqa: PLR0913, PLR0917  what a deadline is made from
    action: str,
    earlier: Iterable[Deadline],
    step: Move,
    due: datetime,
    set_at: datetime,
    calendar: Calendar | None,
    zone: str,
) -> Deadline:
    """A deadline of an action beside its ``earlier`` ones, such as one put off.

    No notice comes before the deadline was set: an owner with less than three working days is told at once.
    """
    since = set_at.astimezone(UTC)
    return Deadline(
        action=action,
        number=max((deadline.number for deadline in earlier), default=0) + 1,
        step=step,
        due=due.astimezone(UTC),
        set_at=since,
        notices=tuple((rung, max(at, since)) for rung, at in notices_for(due, calendar, zone)),
    )


def first_deadlines(  # noqa: PLR0913, PLR0917  what deadlines are made from
    action: str,
    opened_at: datetime,
    severity: Severity,
    path: Path,
    follow_up: FollowUp,
    calendar: Calendar | None,
    zone: str,
) -> tuple[Deadline, ...]:
    """The deadlines of an action that was opened, counted from there; none for steps to which nothing is allowed.

    Those of the whole way, or that of the correction alone. Verifying gets its deadline once there is something to
    verify.
    """
    return _deadlines(action, (), _STEPS[path], opened_at, severity, follow_up, calendar, zone)


def renewed_deadlines(  # noqa: PLR0913, PLR0917  what deadlines are made from
    action: str,
    earlier: Iterable[Deadline],
    reopened_at: datetime,
    severity: Severity,
    follow_up: FollowUp,
    calendar: Calendar | None,
    zone: str,
) -> tuple[Deadline, ...]:
    """The deadlines of an action that was reopened: from the cause on, counted from the reopening.

    Their numbers go on from the ``earlier`` ones of the action, which are not among them.
    """
    return _deadlines(action, earlier, _AGAIN, reopened_at, severity, follow_up, calendar, zone)


def verify_deadline(  # noqa: PLR0913, PLR0917  what a deadline is made from
    action: str,
    earlier: Iterable[Deadline],
    since: datetime,
    severity: Severity,
    follow_up: FollowUp,
    calendar: Calendar | None,
    zone: str,
    *,
    check_on: date | None = None,
) -> Deadline | None:
    """The deadline of verifying: with the end of ``check_on``, or counted from ``since``, when all was carried out.

    A day that somebody declared holds whatever the programme allows; one that was over by then is the day of ``since``.
    ``None`` if no day was declared and nothing is allowed.
    """
    allowance = follow_up.due.get(severity, {}).get(Move.VERIFY)
    if check_on is not None:
        due = due_on(max(check_on, since.astimezone(ZoneInfo(zone)).date()), zone)
    elif allowance is not None:
        due = due_at(since, allowance, calendar, zone)
    else:
        return None
    return new_deadline(action, earlier, Move.VERIFY, due, since, calendar, zone)


def current(deadlines: Iterable[Deadline], step_awaited: Move) -> Deadline | None:
    """The newest deadline of one action's for a step that has not ended; ``None`` if there is none."""
    running = (one for one in deadlines if one.step is step_awaited and one.ended_at is None)
    return max(running, key=lambda deadline: deadline.number, default=None)


def notices(deadlines: Iterable[Deadline], now: datetime) -> list[Notice]:
    """Every notice that had to be given by ``now``, earliest first, then by action and number, up the ladder.

    They are those whose moment came while the deadline had not ended. So a deadline that was kept has none after that,
    one that was put off keeps what came before, and the one set instead begins anew. Nothing depends on when, or how
    often, anybody asked before.
    """
    found = [
        Notice(action=one.action, number=one.number, step=one.step, rung=rung, at=at, due=one.due)
        for one in deadlines
        for rung, at in one.notices
        if at <= now and (one.ended_at is None or at < one.ended_at)
    ]
    return sorted(found, key=lambda notice: (notice.at, notice.action, notice.number))


def _deadlines(  # noqa: PLR0913, PLR0917  what deadlines are made from
    action: str,
    earlier: Iterable[Deadline],
    steps: Sequence[Move],
    start: datetime,
    severity: Severity,
    follow_up: FollowUp,
    calendar: Calendar | None,
    zone: str,
) -> tuple[Deadline, ...]:
    before, found = list(earlier), list[Deadline]()
    allowed = follow_up.due.get(severity, {})
    for step in steps:
        if step in allowed:
            due = due_at(start, allowed[step], calendar, zone)
            found.append(new_deadline(action, [*before, *found], step, due, start, calendar, zone))
    return tuple(found)


def _working_days(calendar: Calendar, day: date, counts: Sequence[int]) -> tuple[Calendar, list[date]]:
    """The working days so many after a day, and the calendar they were counted by: weekdays if it has not all."""
    days = [working_days_after(calendar, day, count) for count in counts]
    found = [day for day in days if day is not None]
    return (calendar, found) if len(found) == len(days) else _working_days(_WEEKDAYS, day, counts)


def _opening(calendar: Calendar, day: date, zone: str) -> datetime:
    opened = openings(calendar, zone, day, day)
    # The clocks may skip all the hours that a day was to be open.
    return opened[0][0] if opened else _start_of(day, zone)


def due_on(day: date, zone: str) -> datetime:
    """The moment until which something may be done that is due on a local day: the midnight with which it ends."""
    return _start_of(day + timedelta(days=1), zone)


def _start_of(day: date, zone: str) -> datetime:
    return local_moment(day, time(), zone).astimezone(UTC)
