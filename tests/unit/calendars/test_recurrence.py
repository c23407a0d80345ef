"""The days on which audits fall due: rules, months without the day that is named, exceptions, changes of clocks."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.calendars.recurrence import happens, is_occurrence, local_moment, occurrences, window_end
from sqaudit.calendars.rules import UnreadableRule, read_rule
from sqaudit.model.schedule import Schedule

ZONES = ("Europe/Berlin", "America/New_York")
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def schedule(rrule, **more):
    return Schedule(rrule=rrule, window=timedelta(days=5), **more)


def days(rrule, first=YEAR[0], last=YEAR[1], zone="UTC", **more):
    return [str(one.on) for one in occurrences(schedule(rrule, **more), zone, first, last) if not one.skipped]


@pytest.mark.parametrize("named", [28, 29, 30, 31])
@pytest.mark.parametrize("year", [2023, 2024, 2100])
def test_every_month_has_its_day_or_its_last(named, year):
    """As RFC 7529 says of SKIP=BACKWARD: a day that a month lacks is the one before."""
    expected = [str(date(year, month, min(named, monthrange(year, month)[1]))) for month in range(1, 13)]
    assert days(f"FREQ=MONTHLY;BYMONTHDAY={named}", date(year, 1, 1), date(year, 12, 31)) == expected


def test_the_start_tells_the_day_where_the_rule_does_not():
    assert days("FREQ=MONTHLY;INTERVAL=3", start=date(2025, 10, 31)) == [
        "2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31",
    ]  # fmt: skip
    leap = days("FREQ=YEARLY", date(2024, 1, 1), date(2029, 1, 1), start=date(2024, 2, 29))
    assert leap == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    assert days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29") == ["2026-02-28"]


def test_days_that_fall_together_are_one():
    february = (date(2026, 2, 1), date(2026, 2, 28))
    assert days("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31,-1", *february) == ["2026-02-28"]


def test_what_stands_in_for_a_day_is_told():
    found = occurrences(schedule("FREQ=MONTHLY;BYMONTHDAY=30,31"), "UTC", date(2026, 2, 1), date(2026, 4, 30))
    assert [(one.on.isoformat(), one.clamped) for one in found] == [
        ("2026-02-28", True), ("2026-03-30", False), ("2026-03-31", False), ("2026-04-30", False),
    ]  # fmt: skip


def test_positions_count_the_days_that_there_are():
    """The last working day of each month; months are not filled up before they are counted."""
    rule = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
    assert days(rule, date(2026, 1, 1), date(2026, 5, 31)) == [
        "2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30", "2026-05-29",
    ]  # fmt: skip
    assert days("FREQ=MONTHLY;BYMONTHDAY=30,31;BYSETPOS=1", date(2026, 1, 1), date(2026, 3, 31)) == [
        "2026-01-30", "2026-03-30",
    ]  # fmt: skip


def test_what_is_counted_is_counted_from_the_start():
    assert days("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", date(2026, 2, 1), start=date(2026, 1, 5)) == [
        "2026-02-28", "2026-03-31",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("until", "last"),
    [("20260302", "2026-03-02"), ("20260302T060000", "2026-03-02"), ("20260302T055959", "2026-02-23"),
     ("20260302T050000Z", "2026-03-02"), ("20260302T045959Z", "2026-02-23")],
)  # fmt: skip
def test_an_end_is_a_day_or_a_moment_of_the_zone(until, last):
    assert days(f"FREQ=WEEKLY;BYDAY=MO;UNTIL={until}", zone="Europe/Berlin", at=time(6))[-1] == last


@pytest.mark.parametrize(
    "text",
    ["", "every monday", "FREQ=MONTHY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=9", "INTERVAL=2", "FREQ=DAILY;INTERVAL=0",
     "FREQ=DAILY;INTERVAL=99999999999", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=0",
     "FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=MON", "FREQ=MONTHLY;BYDAY=0MO", "FREQ=DAILY;WKST=XX",
     "FREQ=DAILY;UNTIL=20260631", "FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;COUNT=2;UNTIL=20260601", "FREQ=DAILY;FREQ=DAILY",
     "FREQ=DAILY;BYEASTER=1", "FREQ=MONTHLY;BYMONTH=-1", "FREQ=DAILY;COUNT=", "FREQ=YEARLY;RSCALE=CHINESE"],
)  # fmt: skip
def test_other_texts_are_refused_in_words(text):
    with pytest.raises(UnreadableRule) as caught:
        read_rule(text)
    assert str(caught.value.message)
    assert str(caught.value.hint)


def test_a_rule_may_be_written_as_calendars_write_it():
    assert read_rule("rrule: freq=weekly; byday=mo;") == read_rule("FREQ=WEEKLY;BYDAY=MO")


def test_a_rule_that_names_no_day_is_known():
    assert not happens(schedule("FREQ=YEARLY;INTERVAL=4;BYYEARDAY=366", start=date(2026, 1, 1)), "UTC")
    assert happens(schedule("FREQ=YEARLY;INTERVAL=4;BYYEARDAY=366", start=date(2024, 1, 1)), "UTC")
    assert not happens(schedule("FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20260130", start=date(2026, 1, 1)), "UTC")


def test_exceptions_leave_out_and_move():
    dates = {number: date(2026, number, 1) for number in range(1, 7)}
    exceptions = {"skip": frozenset({dates[2]}), "move": {dates[3]: date(2026, 4, 2), dates[5]: date(2026, 5, 4)}}
    found = occurrences(schedule("FREQ=MONTHLY;BYMONTHDAY=1", **exceptions), "UTC", dates[1], dates[6])
    assert [(str(one.day), str(one.on), one.skipped) for one in found] == [
        ("2026-01-01", "2026-01-01", False), ("2026-02-01", "2026-02-01", True), ("2026-04-01", "2026-04-01", False),
        ("2026-03-01", "2026-04-02", False), ("2026-05-01", "2026-05-04", False), ("2026-06-01", "2026-06-01", False),
    ]  # fmt: skip
    assert is_occurrence(schedule("FREQ=MONTHLY;BYMONTHDAY=1", **exceptions), "UTC", dates[3])


RULES = st.one_of(
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, st.integers(1, 31)),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={},{}".format, st.integers(1, 31), st.integers(-31, -1)),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY=MO,TH".format, st.integers(1, 5)),
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 40)),
    st.builds("FREQ=YEARLY;BYMONTH={};BYMONTHDAY={}".format, st.integers(1, 12), st.integers(1, 31)),
)


@given(RULES, st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.integers(0, 800), st.integers(0, 800))
def test_no_day_comes_twice_and_parts_make_up_the_whole(rule, start, one, two):
    """However a stretch of time is cut, its parts hold what the whole holds."""
    made = schedule(rule, start=start)
    cut, last = start + timedelta(days=one), start + timedelta(days=one + two)
    whole = occurrences(made, "UTC", start, last)
    parts = [*occurrences(made, "UTC", start, cut), *occurrences(made, "UTC", cut + timedelta(days=1), last)]
    assert whole == parts
    assert len({occurrence.on for occurrence in whole}) == len(whole)


@pytest.mark.parametrize("zone", ZONES)
@given(at=st.times())
def test_a_change_of_clocks_neither_doubles_nor_loses_an_audit(zone, at):
    """Each day of a year has one moment, on that day, and each is later than the one before."""
    at = at.replace(second=0, microsecond=0)
    moments = [local_moment(one.on, at, zone) for one in occurrences(schedule("FREQ=DAILY"), zone, *YEAR)]
    assert [moment.date() for moment in moments] == [YEAR[0] + timedelta(days=day) for day in range(365)]
    instants = [moment.astimezone(UTC) for moment in moments]
    assert instants == sorted(set(instants))
    shown = [moment for moment in moments if (moment.hour, moment.minute) != (at.hour, at.minute)]
    assert len(shown) <= 1  # the one time of day that the day of the gap lacks


@pytest.mark.parametrize(
    ("zone", "day", "offset"),
    [("Europe/Berlin", date(2026, 3, 29), 2), ("America/New_York", date(2026, 3, 8), -4)],
)
def test_a_time_that_is_left_out_is_the_one_after_the_gap(zone, day, offset):
    assert local_moment(day, time(2, 30), zone) == datetime(2026, day.month, day.day, 3 - offset, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "offset"),
    [("Europe/Berlin", date(2026, 10, 25), 2), ("America/New_York", date(2026, 11, 1), -4)],
)
def test_of_a_doubled_time_it_is_the_first(zone, day, offset):
    hour = 2 if zone == "Europe/Berlin" else 1
    midnight = datetime(2026, day.month, day.day, tzinfo=UTC)
    first = midnight + timedelta(hours=hour - offset, minutes=30)
    assert local_moment(day, time(hour, 30), zone).astimezone(UTC) == first


@pytest.mark.parametrize("zone", ZONES)
@given(
    day=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    at=st.times(),
    window=st.timedeltas(timedelta(minutes=1), timedelta(days=40)),
)
def test_a_window_ends_after_it_began(zone, day, at, window):
    begin = local_moment(day, at, zone)
    assert window_end(begin, window, zone).astimezone(UTC) > begin.astimezone(UTC)


def test_a_window_of_days_ends_at_the_same_time_of_day():
    begin = local_moment(date(2026, 3, 27), time(6), "Europe/Berlin")
    end = window_end(begin, timedelta(days=5), "Europe/Berlin")
    assert end == datetime(2026, 4, 1, 6, tzinfo=ZoneInfo("Europe/Berlin"))
    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(days=5, hours=-1)
