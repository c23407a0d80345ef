"""Open time as pure arithmetic over openings: half-open stretches between moments in UTC, sorted, never touching.

Wall-clock hours become UTC once per opening, so that changes of the clocks are settled there: a night shift over the
change in spring is an hour shorter. Of a doubled hour the first reading counts; a time that the clocks skip is read
with the offset from before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from sqaudit.calendars.holidays import hours_on
from sqaudit.model.calendar import DAY_MINUTES, Calendar

Opening: TypeAlias = tuple[datetime, datetime]


def openings(calendar: Calendar, zone: str, first_day: date, last_day: date) -> tuple[Opening, ...]:
    """The openings that begin on the days from ``first_day`` to ``last_day`` of the zone's wall clock, in UTC.

    An opening past midnight belongs to the day on which it begins: it is whole although the next day is closed.
    Openings that overlap or touch are merged.
    """
    merged: list[Opening] = []
    for start, end in sorted(_separate(calendar, ZoneInfo(zone), first_day, last_day)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _separate(calendar: Calendar, zone: ZoneInfo, first_day: date, last_day: date) -> Iterator[Opening]:
    for ahead in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=ahead)
        for hours in hours_on(calendar, day):
            start, end = _moment(day, hours.opens, zone), _moment(day, hours.closes, zone)
            if start < end:  # of hours that the clocks skip nothing may be left
                yield start, end


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    days, rest = divmod(minutes, DAY_MINUTES)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), tzinfo=zone)
    return wall.astimezone(UTC)


def open_seconds(opened: Sequence[Opening], start: datetime, end: datetime) -> float | None:
    """Seconds of open time between two zoned moments that the openings cover; ``None`` if ``end`` is before ``start``.

    A span that runs backwards is a mistake in the records, not a negative time.
    """
    if end < start:
        return None
    total = timedelta()
    for opens, closes in opened[_first_ending_after(opened, start) :]:
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return total.total_seconds()


def due(opened: Sequence[Opening], start: datetime, seconds: float) -> datetime | None:
    """The first moment at which so much open time has passed since ``start``; ``None`` if the openings do not suffice.

    Outside the hours the clock starts at the next opening. What is full exactly at closing time is due then, not at
    the next opening. Nothing (0) has passed at ``start`` itself; less than nothing is ``None``.
    """
    left = timedelta(seconds=seconds)
    if left <= timedelta():
        return start if not left else None
    for opens, closes in opened[_first_ending_after(opened, start) :]:
        begins = max(opens, start)
        if closes - begins >= left:
            return begins + left
        left -= closes - begins
    return None


def _first_ending_after(opened: Sequence[Opening], moment: datetime) -> int:
    return bisect_right(opened, moment, key=lambda opening: opening[1])
