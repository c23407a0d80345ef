"""Periods as people write them, as stretches of time in a zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sqaudit.errors import InvalidInput, msg
from sqaudit.model.programme import ASIDE, FOLLOW_UP, PILOT, Period, PeriodUnit

_DAY = r"\d{4}-\d\d-\d\d"
_FORMS: tuple[tuple[PeriodUnit, re.Pattern[str]], ...] = (
    (PeriodUnit.YEAR, re.compile(r"(\d{4})")),
    (PeriodUnit.QUARTER, re.compile(r"(\d{4})-Q([1-4])")),
    (PeriodUnit.MONTH, re.compile(r"(\d{4})-(\d\d)")),
    (PeriodUnit.WEEK, re.compile(r"(\d{4})-W(\d\d)")),
    (PeriodUnit.DAY, re.compile(r"(\d{4})-(\d\d)-(\d\d)")),
)
_RANGE = re.compile(rf"({_DAY})/({_DAY})")


def read_period(text: str | None, unit: PeriodUnit, zone: str, now: datetime) -> Period:
    """Read a period; its edges are local midnights of ``zone``, the end is not part of it.

    Args:
        text: ``2026``, ``2026-Q3``, ``2026-10``, ``2026-W41``, ``2026-10-05``, or first and last day with both
            included, ``2026-10-01/2026-10-15``; of whatever length. ``None`` is the last complete period of the unit.
            With ``-pilot`` behind it a trial evaluation is meant, with ``-follow-up`` a follow-up audit; ``pilot``
            alone is the trial evaluation of the last complete period.
        unit: What a cycle of the programme covers if nothing else is asked for.
        zone: The programme's time zone.
        now: The moment of asking, with a zone.

    Raises:
        InvalidInput: It cannot be read (SQA702), or has not begun (SQA701).
    """
    if text is None:
        return last_complete(unit, zone, _local_day(zone, now))
    if text == PILOT.removeprefix("-"):
        return _apart(last_complete(unit, zone, _local_day(zone, now)), PILOT)
    for mark in ASIDE:
        if text.endswith(mark):
            return _apart(_read_begun(text.removesuffix(mark), zone, now), mark)
    return _read_begun(text, zone, now)


def pilot_of(text: str | None) -> str:
    """How the trial evaluation of a period is written; of none, that of the last complete one."""
    if text is None:
        return PILOT.removeprefix("-")
    return text if text.endswith(PILOT) else text + PILOT


def read_follow_up(text: str, zone: str) -> Period:
    """The period of a follow-up audit, with or without its mark behind it; it may be one to come.

    Raises:
        InvalidInput: It cannot be read (SQA702).
    """
    return _apart(_read_stretch(text.removesuffix(FOLLOW_UP), zone), FOLLOW_UP)


def _apart(period: Period, mark: str) -> Period:
    return replace(period, label=period.label + mark)


def _read_begun(text: str, zone: str, now: datetime) -> Period:
    period = _read_stretch(text, zone)
    if period.start.astimezone(UTC) > now.astimezone(UTC):
        raise InvalidInput(
            "SQA701",
            msg("'{period}' has not begun", period=text),
            msg("leave the period out for the last complete one"),
        )
    return period


def _read_stretch(text: str, zone: str) -> Period:
    try:
        first, after = _read(text)
        return _period(text, first, after, zone)
    except (ValueError, OverflowError) as error:
        raise _unreadable(text) from error


def _read(text: str) -> tuple[date, date]:
    ranged = _RANGE.fullmatch(text)
    if ranged is not None:
        first, last = (date.fromisoformat(day) for day in ranged.groups())
        if last < first:
            raise _unreadable(text)
        return first, last + timedelta(days=1)
    for unit, form in _FORMS:
        match = form.fullmatch(text)
        if match is not None:
            first = _FIRST_DAY[unit](*(int(part) for part in match.groups()))
            return first, _after(unit, first)
    raise _unreadable(text)


def last_complete(unit: PeriodUnit, zone: str, day: date) -> Period:
    """The last period of a unit that is over when a day begins."""
    after = _start_of(unit, day)
    first = _start_of(unit, after - timedelta(days=1))
    return _period(_label(unit, first), first, after, zone)


def first_day(text: str, unit: PeriodUnit) -> date | None:
    """The first day of a period written as one of this unit, such as ``2026-10`` of months; ``None`` if it is none."""
    match = dict(_FORMS)[unit].fullmatch(text)
    try:
        return None if match is None else _FIRST_DAY[unit](*(int(part) for part in match.groups()))
    except ValueError:
        return None


def _local_day(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def _period(label: str, first: date, after: date, zone: str) -> Period:
    midnight = time(tzinfo=ZoneInfo(zone))
    return Period(label=label, start=datetime.combine(first, midnight), end=datetime.combine(after, midnight))


def _start_of(unit: PeriodUnit, day: date) -> date:
    if unit is PeriodUnit.DAY:
        return day
    if unit is PeriodUnit.WEEK:
        return day - timedelta(days=day.weekday())
    if unit is PeriodUnit.MONTH:
        return day.replace(day=1)
    if unit is PeriodUnit.QUARTER:
        return date(day.year, day.month - (day.month - 1) % 3, 1)
    return date(day.year, 1, 1)


def _after(unit: PeriodUnit, first: date) -> date:
    # No unit is longer than 366 days, and a period never ends in the middle of the next one of its kind.
    step = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7, PeriodUnit.MONTH: 31, PeriodUnit.QUARTER: 92, PeriodUnit.YEAR: 366}
    return _start_of(unit, first + timedelta(days=step[unit]))


def _label(unit: PeriodUnit, first: date) -> str:
    if unit is PeriodUnit.DAY:
        return first.isoformat()
    if unit is PeriodUnit.WEEK:
        year, week, _ = first.isocalendar()
        return f"{year:04}-W{week:02}"
    if unit is PeriodUnit.MONTH:
        return f"{first:%Y-%m}"
    if unit is PeriodUnit.QUARTER:
        return f"{first.year:04}-Q{(first.month + 2) // 3}"
    return f"{first.year:04}"


def _unreadable(text: str) -> InvalidInput:
    return InvalidInput(
        "SQA702",
        msg("'{period}' is no period", period=text),
        msg(
            "write 2026, 2026-Q3, 2026-10, 2026-W41, 2026-10-05 or 2026-10-01/2026-10-15 (both days included); of a "
            "trial evaluation, 2026-10-pilot"
        ),
    )


_FIRST_DAY: dict[PeriodUnit, Callable[..., date]] = {
    PeriodUnit.YEAR: lambda year: date(year, 1, 1),
    PeriodUnit.QUARTER: lambda year, quarter: date(year, 3 * quarter - 2, 1),
    PeriodUnit.MONTH: lambda year, month: date(year, month, 1),
    PeriodUnit.WEEK: lambda year, week: date.fromisocalendar(year, week, 1),
    PeriodUnit.DAY: date,
}
