"""Deadlines as an iCalendar file (RFC 5545), for the calendar programs that people have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

if TYPE_CHECKING:
    from icalendar import Event
    from icalendar.prop import vInline

_PRODUCT = "-//sqaudit//sqaudit//EN"
# How long before a deadline within a day its event begins: what has no length is shown in many ways, or as a day.
_SHOWN = timedelta(minutes=30)
# No text may hold them (RFC 5545 section 3.1); what is left are tabs and line feeds.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class CalendarEntry(Struct, frozen=True, kw_only=True):
    """Something that is due ``at`` a zoned moment in a place whose time zone is ``zone``.

    ``uid`` is the same as long as it is about the same thing, so that a later file moves what an earlier one put there,
    and differs from that of every other thing in the world.
    """

    uid: str
    at: datetime
    zone: str
    summary: str
    description: str


def render_calendar(entries: Iterable[CalendarEntry], now: datetime) -> bytes:
    """The entries as a calendar in UTF-8, whose order is theirs and whose lines end as RFC 5545 asks.

    Each is an event that blocks nobody's time. What is due with the end of a local day is an event of that whole day,
    and anything else one of the half hour before: so it stands on the last day on which there is time. ``now``, with a
    zone, is when they were written down. The bytes depend on nothing else.
    """
    from icalendar import Calendar

    calendar = Calendar()  # Calendar.new would number it at random
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    for entry in entries:
        calendar.add_component(_event(entry, now))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: CalendarEntry, now: datetime) -> Event:
    from icalendar import Event

    begin, end = _span(entry.at.astimezone(UTC), ZoneInfo(entry.zone))
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now)
    event.add("dtstart", begin)
    event.add("dtend", end)
    event.add("summary", _text(entry.summary))
    event.add("description", _text(entry.description))
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _span(at: datetime, zone: ZoneInfo) -> tuple[date, date]:
    day = at.astimezone(zone).date()
    if datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) != at:
        return at - _SHOWN, at
    last = (at - timedelta.resolution).astimezone(zone).date()
    return last, last + timedelta(days=1)


def _text(text: str) -> vInline:
    from icalendar.prop import vInline, vText

    # vText takes a backslash before an N, as in C:\Notes, for a line feed; the two are written here.
    parts = [vText(part).to_ical() for part in _CONTROLS.sub("", text).split(r"\N")]
    return vInline(rb"\\N".join(parts))
