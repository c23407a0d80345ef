"""Deadlines in the calendars of people: read back by a library, and looked at by the letter of RFC 5545."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from sqaudit.reports.calendar_file import CalendarEntry, render_calendar

NOW = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)
NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


def entry(at=NOON, zone="UTC", uid="CA-1.1@example.org", summary="Contain", description="CA-1"):
    return CalendarEntry(uid=uid, at=at, zone=zone, summary=summary, description=description)


def read(written):
    return Calendar.from_ical(written).events


def content(written):
    """The content lines, unfolded as section 3.1 says."""
    return written.decode().replace("\r\n ", "").split("\r\n")


def test_an_entry_is_an_event_that_blocks_no_time():
    (event,) = read(render_calendar([entry()], NOW))
    assert (event["UID"], event["SUMMARY"], event["DESCRIPTION"]) == ("CA-1.1@example.org", "Contain", "CA-1")
    assert (event["STATUS"], event["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")
    assert event.DTSTAMP == NOW


def test_a_moment_is_the_end_of_its_event():
    (event,) = read(render_calendar([entry(NOON.astimezone(ZoneInfo("Asia/Shanghai")))], NOW))
    assert (event.start, event.end) == (NOON - timedelta(minutes=30), NOON)


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Asia/Shanghai", "2025-10-16T16:00", date(2025, 10, 16)),
        ("Europe/Berlin", "2026-03-29T22:00", date(2026, 3, 29)),  # 23 hours long
        ("Europe/Berlin", "2026-10-25T23:00", date(2026, 10, 25)),  # 25 hours long
        ("America/Sao_Paulo", "2018-11-04T03:00", date(2018, 11, 3)),  # the next began at one
        ("Pacific/Apia", "2011-12-30T10:00", date(2011, 12, 29)),  # the next was left out
        ("UTC", "2026-01-01T00:00", date(2025, 12, 31)),
    ],
)
def test_the_end_of_a_day_is_that_whole_day(zone, at, day):
    """Shown at midnight it would stand on the day after, when it is too late."""
    (event,) = read(render_calendar([entry(datetime.fromisoformat(at).replace(tzinfo=UTC), zone)], NOW))
    assert (event.start, event.end) == (day, day + timedelta(days=1))


def test_what_every_calendar_must_have():
    """RFC 5545 sections 3.4, 3.6 and 3.6.1, also for a calendar without events."""
    lines = content(render_calendar([], NOW))
    assert lines == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sqaudit//sqaudit//EN", "END:VCALENDAR", ""]
    names = [line.partition(":")[0] for line in content(render_calendar([entry()], NOW))]
    assert [names.count(name) for name in ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY")] == [1] * 5


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a, b; c: d", r"SUMMARY:a\, b\; c: d"),
        ("one\ntwo\r\nthree", r"SUMMARY:one\ntwo\nthree"),
        (r"\\files\Notes\new", r"SUMMARY:\\\\files\\Notes\\new"),
        ("bell\x07, null\x00, return\r", r"SUMMARY:bell\, null\, return"),
    ],
)
def test_texts_are_escaped(text, line):
    """By section 3.3.11; what no content line may hold is left out."""
    assert line in content(render_calendar([entry(summary=text)], NOW))


letters = st.sampled_from('\\nN,;:\n \t"中é😀') | st.characters(exclude_categories=["Cs", "Cc"])
texts = st.text(letters, max_size=120)


@given(texts, texts, st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_what_is_written_is_read(summary, description, at):
    at = at.replace(microsecond=0)
    written = render_calendar([entry(at, "Asia/Shanghai", summary=summary, description=description)], NOW)
    (event,) = read(written)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (summary, description)
    last = at - timedelta(microseconds=1)
    assert event.start in {last.astimezone(ZoneInfo("Asia/Shanghai")).date(), at - timedelta(minutes=30)}


@given(st.lists(texts, max_size=3))
def test_lines_end_and_fold_as_they_must(descriptions):
    """Section 3.1: CRLF, no line over 75 octets, nothing cut within a character."""
    written = render_calendar([entry(description=each) for each in descriptions], NOW)
    assert re.sub(rb"\r\n", b"", written).count(b"\n") == 0
    assert b"\r" not in written.replace(b"\r\n", b"")
    lines = written.split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines)


def test_the_same_entries_are_the_same_bytes_and_keep_their_order():
    entries = [entry(uid=uid) for uid in ("b", "a", "c")]
    written = render_calendar(iter(entries), NOW)
    assert written == render_calendar(entries, NOW.astimezone(ZoneInfo("Asia/Shanghai")))
    assert [event["UID"] for event in read(written)] == ["b", "a", "c"]
    assert written != render_calendar(entries, NOW + timedelta(seconds=1))


def test_the_library_is_loaded_on_use():
    script = "import sys, sqaudit.reports.calendar_file; sys.exit('icalendar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
