"""Open time between moments, and its inverse, on calendars with lunch, nights and changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.calendars.business import due, open_seconds, openings
from sqaudit.documents.calendars import build_calendar

HOUR = 3_600
NEW_YORK = "America/New_York"


def opened(zone, first, last, **content):
    return openings(build_calendar("c", content), zone, date.fromisoformat(first), date.fromisoformat(last))


def at(text, zone=NEW_YORK):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_a_week_with_lunch_is_forty_hours():
    """CLK-01: Monday 09:00 to Friday 18:00."""
    found = opened("UTC", "2016-01-01", "2016-02-01", open="Mon-Fri 09:00-12:00, 13:00-18:00")
    assert open_seconds(found, at("2016-01-18T09:00", "UTC"), at("2016-01-22T18:00", "UTC")) == 40 * HOUR


@pytest.mark.parametrize(
    ("day", "hours"), [("2025-03-08", 7), ("2025-11-01", 9), ("2025-06-07", 8)], ids=["spring", "autumn", "summer"]
)
def test_a_night_over_a_change_of_the_clocks_is_shorter_or_longer(day, hours):
    (start, end), *_ = opened(NEW_YORK, day, day, open="Mon-Sun 22:00-06:00")
    assert end - start == timedelta(hours=hours)


def test_skipped_and_doubled_times_are_read_with_the_offset_from_before():
    """02:30 does not exist on 9 March 2025 in New York; 01:30 exists twice on 2 November, and the first counts."""
    (start, end), *_ = opened(NEW_YORK, "2025-03-09", "2025-03-09", open="Sun 02:30-04:00")
    assert (start.hour, start.minute, end.hour) == (7, 30, 8)
    (start, _), *_ = opened(NEW_YORK, "2025-11-02", "2025-11-02", open="Sun 01:30-04:00")
    assert (start.hour, start.minute) == (5, 30)


def test_hours_that_the_clocks_skip_altogether_are_no_opening():
    assert opened(NEW_YORK, "2025-03-09", "2025-03-09", open="Sun 02:30-03:00") == ()


def test_a_night_belongs_to_the_day_on_which_it_begins():
    """New Year's Eve goes on until three although the day after is closed; the night of New Year's Day is off."""
    found = opened(NEW_YORK, "2025-12-31", "2026-01-02", open="Mon-Sun 20:00-03:00", holidays="US")
    assert [start.astimezone(ZoneInfo(NEW_YORK)).day for start, _ in found] == [31, 2]
    assert found[0][1] == at("2026-01-01T03:00")


def test_openings_that_touch_or_overlap_over_midnight_are_one():
    found = opened("UTC", "2025-06-02", "2025-06-08", open=["Mon-Sat 20:00-02:00", "Tue-Sun 01:00-20:00"])
    assert len(found) == 1
    assert open_seconds(found, at("2025-06-02T00:00", "UTC"), at("2025-06-09T00:00", "UTC")) == 144 * HOUR


def test_always_is_every_second():
    found = opened(NEW_YORK, "2025-01-01", "2025-12-31", open="always")
    assert found == ((at("2025-01-01T00:00").astimezone(UTC), at("2026-01-01T00:00").astimezone(UTC)),)


DESK = {"open": "Mon-Fri 09:00-12:00, 13:00-18:00"}


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2025-06-02T09:00", 3, "2025-06-02T12:00"),
        ("2025-06-02T09:00", 8, "2025-06-02T18:00"),
        ("2025-06-02T12:30", 1, "2025-06-02T14:00"),
        ("2025-06-07T11:00", 1, "2025-06-09T10:00"),
        ("2025-06-06T17:00", 1.5, "2025-06-09T09:30"),
        ("2025-06-07T11:00", 0, "2025-06-07T11:00"),
    ],
    ids=["closing time", "end of day", "lunch", "weekend", "over the weekend", "nothing"],
)
def test_due(start, hours, end):
    """Full at closing time is due at closing time; outside the hours the clock starts at the next opening."""
    found = opened(NEW_YORK, "2025-06-01", "2025-06-30", **DESK)
    assert due(found, at(start), hours * HOUR) == at(end)


def test_what_cannot_be_known_is_none():
    found = opened(NEW_YORK, "2025-06-01", "2025-06-30", **DESK)
    assert open_seconds(found, at("2025-06-03T10:00"), at("2025-06-02T10:00")) is None
    assert due(found, at("2025-06-03T10:00"), -1) is None
    assert due(found, at("2025-06-30T10:00"), 100 * HOUR) is None


MOMENTS = st.datetimes(datetime(2025, 1, 5), datetime(2026, 3, 1), timezones=st.just(UTC))


@pytest.fixture(scope="module")
def all_opened(five):
    return [openings(calendar, zone, date(2025, 1, 1), date(2026, 12, 31)) for calendar, zone in five]


@given(st.integers(0, 4), MOMENTS, MOMENTS, MOMENTS)
def test_open_time_adds_up(all_opened, which, one, two, three):
    found = all_opened[which]
    a, b, c = sorted((one, two, three))
    parts = [open_seconds(found, a, b), open_seconds(found, b, c)]
    assert round(sum(parts) * 1_000_000) == round(open_seconds(found, a, c) * 1_000_000)


@given(st.integers(0, 4), MOMENTS, st.integers(0, 200 * HOUR * 1_000_000))
def test_due_is_the_inverse_and_the_first_such_moment(all_opened, which, start, microseconds):
    found = all_opened[which]
    end = due(found, start, microseconds / 1_000_000)
    assert open_seconds(found, start, end) == microseconds / 1_000_000
    if microseconds:
        assert open_seconds(found, start, end - timedelta(microseconds=1)) < microseconds / 1_000_000
