"""The days on which a schedule's audits fall due. Days are local days: no change of clocks doubles or loses one."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from sqaudit.calendars.rules import FREQUENCIES, WEEKDAYS, Rule, read_rule
from sqaudit.model.schedule import Occurrence, Schedule

# No rule that happens at all waits longer: leap years repeat within 8 years, their weekdays within 40.
HORIZON_YEARS = 40
# Days that schedules may be about: enough for any audit, and far from where the calendar ends.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
# A month may be shorter than this many days.
_SHORTEST = 28
_WITHOUT_START = date(2000, 1, 1)


def occurrences(schedule: Schedule, zone: str, first: date, last: date) -> list[Occurrence]:
    """What takes place or is skipped from one day to another, both included, in order.

    Raises:
        UnreadableRule: The schedule's rule cannot be read.
    """
    rule = read_rule(schedule.rrule)
    found = [
        Occurrence(day=day, on=day, skipped=day in schedule.skip, clamped=_is_clamped(rule, schedule, day))
        for day in _days(rule, schedule, zone, first, last)
        if day not in schedule.move
    ]
    moved = [Occurrence(day=day, on=on) for day, on in schedule.move.items() if first <= on <= last]
    return sorted([*found, *moved], key=lambda one: (one.on, one.day))


def is_occurrence(schedule: Schedule, zone: str, day: date) -> bool:
    """Whether the schedule's rule names a day, whatever its exceptions say."""
    return any(_days(read_rule(schedule.rrule), schedule, zone, day, day))


def happens(schedule: Schedule, zone: str) -> bool:
    """Whether the schedule's rule names any day at all."""
    first = schedule.start or _WITHOUT_START
    found = _days(read_rule(schedule.rrule), schedule, zone, first, years_after(first, HORIZON_YEARS))
    return next(iter(found), None) is not None


def years_after(day: date, years: int) -> date:
    """The same day some years later or, if they are negative, earlier."""
    year = min(max(day.year + years, FIRST_DAY.year), LAST_DAY.year)
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def local_moment(day: date, at: time, zone: str) -> datetime:
    """A moment by the clock on the wall: one that is left out becomes the one after the gap, of two it is the first."""
    place = ZoneInfo(zone)
    return datetime.combine(day, at, tzinfo=place).astimezone(ZoneInfo("UTC")).astimezone(place)


def window_end(begin: datetime, window: timedelta, zone: str) -> datetime:
    """The end of a window that is counted by the clock on the wall: after five days it is the same time of day."""
    end = begin.replace(tzinfo=None) + window
    return local_moment(end.date(), end.time(), zone)


def _days(rule: Rule, schedule: Schedule, zone: str, first: date, last: date) -> Iterator[date]:
    """The days of the rule alone. Without a start they are counted from before the year of ``first``."""
    place = ZoneInfo(zone)
    start = schedule.start or date(max(first.year - 1, 1), 1, 1)
    days = _counted(rule, start, last)
    if rule.count is not None:
        days = islice(days, rule.count)
    for day in days:
        if rule.until is not None and not rule.until.admits(day, schedule.at, place):
            return
        if day >= first:
            yield day


def _counted(rule: Rule, start: date, last: date) -> Iterator[date]:
    from dateutil import rrule

    lists = _lists(rule, start)
    month_days = lists.get("BYMONTHDAY", ())
    clamps = _clamps(rule, month_days)
    found = rrule.rrule(
        FREQUENCIES.index(rule.frequency),
        dtstart=datetime.combine(start, time()),
        interval=rule.interval,
        wkst=rule.week_start,
        until=datetime.combine(last, time()),
        bymonth=lists.get("BYMONTH"),
        bymonthday=(*month_days, -1) if clamps else month_days or None,
        byyearday=lists.get("BYYEARDAY"),
        byweekno=lists.get("BYWEEKNO"),
        bysetpos=lists.get("BYSETPOS"),
        byweekday=[_weekday(*day) for day in rule.weekdays] or None,
    )
    for moment, _same in groupby(found):
        day = moment.date()
        if not clamps or _is_named(month_days, day) or _stands_for(month_days, day):
            yield day


def _lists(rule: Rule, start: date) -> Mapping[str, tuple[int, ...]]:
    """The numbers of the rule; one that names no day of month or year takes that of its start."""
    if rule.names_days or rule.frequency not in {"MONTHLY", "YEARLY"}:
        return rule.lists
    months = {"BYMONTH": (start.month,)} if rule.frequency == "YEARLY" else {}
    return {**months, **rule.lists, "BYMONTHDAY": (start.day,)}


def _weekday(day: int, place: int | None) -> object:
    from dateutil import rrule

    weekday = getattr(rrule, WEEKDAYS[day])
    return weekday if place is None else weekday(place)


def _clamps(rule: Rule, month_days: tuple[int, ...]) -> bool:
    """Whether a month's last day stands for the days it lacks; BYSETPOS chooses among the days that there are."""
    return "BYSETPOS" not in rule.lists and any(day > _SHORTEST for day in month_days)


def _is_named(month_days: tuple[int, ...], day: date) -> bool:
    return day.day in month_days or day.day - monthrange(day.year, day.month)[1] - 1 in month_days


def _stands_for(month_days: tuple[int, ...], day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    return day.day == last and any(named > last for named in month_days)


def _is_clamped(rule: Rule, schedule: Schedule, day: date) -> bool:
    month_days = _lists(rule, schedule.start or day).get("BYMONTHDAY", ())
    return _clamps(rule, month_days) and not _is_named(month_days, day)
