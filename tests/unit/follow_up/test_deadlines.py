"""Due dates by the site's days, who is told when, and that asking changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.calendars.holidays import is_working_day, provisional_from
from sqaudit.documents.calendars import build_calendar
from sqaudit.follow_up.deadlines import (
    current,
    due_at,
    first_deadlines,
    new_deadline,
    notices,
    notices_for,
    renewed_deadlines,
    verify_deadline,
)
from sqaudit.model.action import Deadline, Move, Path, Rung
from sqaudit.model.calendar import Hours
from sqaudit.model.follow_up import Allowance, FollowUp
from sqaudit.model.standard import Severity

RULES = FollowUp()


def calendar(**content):
    return build_calendar("c", {"open": "Mon-Fri 08:30-17:30", **content})


CHINA = calendar(holidays="CN")
CALENDARS = {
    "none": None,
    "plain": calendar(),
    "china": CHINA,
    "market": calendar(open="Sat 07:00-12:00"),
    "bar": calendar(open="Wed-Sat 18:00-03:00"),
    "line": calendar(open="always"),
}
ZONES = ("UTC", "Europe/Berlin", "Asia/Shanghai", "America/Sao_Paulo", "America/Havana", "Australia/Lord_Howe")
moments = st.datetimes(datetime(2015, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))
places = st.tuples(st.sampled_from(sorted(CALENDARS)), st.sampled_from(ZONES))


def at(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def utc(text):
    return at(text)


def worked(name, day):
    """Whether a day is worked; without a calendar from Monday to Friday."""
    return day.weekday() < 5 if CALENDARS[name] is None else is_working_day(CALENDARS[name], day)


def local_day(moment, zone):
    return moment.astimezone(ZoneInfo(zone)).date()


def last_day(due, zone):
    return local_day(due.astimezone(UTC) - timedelta(microseconds=1), zone)


# By when


def test_ten_working_days_in_china():
    """CAPA-01: opened on 2025-09-26, due on 2025-10-16; Monday to Friday alone gives 2025-10-10."""
    opened = at("2025-09-26T15:00", "Asia/Shanghai")
    ten = Allowance(working_days=10)
    assert due_at(opened, ten, CHINA, "Asia/Shanghai") == at("2025-10-17T00:00", "Asia/Shanghai")
    assert due_at(opened, ten, None, "Asia/Shanghai") == at("2025-10-11T00:00", "Asia/Shanghai")


@pytest.mark.parametrize(("days", "last"), [(0, "2026-02-13"), (1, "2026-02-14"), (2, "2026-02-24"), (4, "2026-02-26")])
def test_spring_festival_and_the_saturday_made_up_for_it(days, last):
    """The notice for 2026: 15 to 23 February off, 14 and 28 February worked."""
    due = due_at(utc("2026-02-13T02:00"), Allowance(working_days=days), CHINA, "Asia/Shanghai")
    assert last_day(due, "Asia/Shanghai") == date.fromisoformat(last)


def test_the_opening_day_is_that_of_the_site():
    """At 17:00 in London on a Friday it is Saturday in Shanghai, and Sunday the 28th is worked."""
    opened = utc("2025-09-26T17:00")
    one = Allowance(working_days=1)
    assert due_at(opened, one, CHINA, "Asia/Shanghai") == utc("2025-09-28T16:00")
    assert due_at(opened, one, None, "Europe/London") == utc("2025-09-29T23:00")
    assert due_at(opened, Allowance(days=0), CHINA, "Asia/Shanghai") == utc("2025-09-27T16:00")


@pytest.mark.parametrize(
    ("zone", "start", "days", "due"),
    [
        ("Europe/Berlin", "2026-03-28T10:00", 1, "2026-03-29T22:00"),  # a day of 23 hours
        ("Europe/Berlin", "2026-10-24T10:00", 1, "2026-10-25T23:00"),  # a day of 25 hours
        ("America/Sao_Paulo", "2018-11-02T10:00", 1, "2018-11-04T03:00"),  # midnight was left out
        ("America/Sao_Paulo", "2018-02-17T10:00", 0, "2018-02-18T03:00"),  # the hour before midnight came twice
        ("America/Havana", "2025-10-31T10:00", 1, "2025-11-02T04:00"),  # midnight itself came twice
    ],
)
def test_days_end_at_midnight_whatever_the_clocks_do(zone, start, days, due):
    assert due_at(at(start, zone), Allowance(days=days), None, zone) == utc(due)


@pytest.mark.parametrize(
    ("start", "due"), [("2026-03-28T12:00", "2026-03-29T13:00"), ("2026-10-24T12:00", "2026-10-25T11:00")]
)
def test_seconds_are_elapsed_time(start, due):
    """A day and night on the wall is 23 or 25 hours when the clocks change."""
    found = due_at(at(start, "Europe/Berlin"), Allowance(seconds=86_400), CHINA, "Europe/Berlin")
    assert found == at(due, "Europe/Berlin").astimezone(UTC)


@given(moments, st.integers(0, 120), st.sampled_from(ZONES))
def test_days_are_counted_on_the_wall(start, days, zone):
    due = due_at(start, Allowance(days=days), None, zone)
    expected = local_day(start, zone) + timedelta(days=days)
    assert last_day(due, zone) == expected
    assert local_day(due, zone) == expected + timedelta(days=1)


@given(moments, st.integers(0, 25), places)
def test_working_days_are_worked_and_as_many_as_allowed(start, count, place):
    name, zone = place
    due = due_at(start, Allowance(working_days=count), CALENDARS[name], zone)
    first, last = local_day(start, zone), last_day(due, zone)
    passed = [first + timedelta(days=ahead) for ahead in range(1, (last - first).days + 1)]
    assert sum(worked(name, day) for day in passed) == count
    assert last == first or worked(name, last)


@pytest.mark.parametrize(
    "shut",
    [
        replace(calendar(), week=((),) * 7),
        replace(calendar(), week=((),) * 7, special={date(2026, 6, 5): (Hours(600, 720),)}),  # open once more
    ],
)
def test_a_calendar_without_enough_working_days_gives_way_to_monday_to_friday(shut):
    opened, two = utc("2026-06-04T10:00"), Allowance(working_days=2)
    assert due_at(opened, two, shut, "UTC") == due_at(opened, two, None, "UTC") == utc("2026-06-09T00:00")
    assert notices_for(utc("2026-06-09T00:00"), shut, "UTC") == notices_for(utc("2026-06-09T00:00"), None, "UTC")


def test_an_allowance_of_nothing_is_a_mistake():
    with pytest.raises(ValueError, match="by none of them"):
        due_at(utc("2026-06-04T10:00"), Allowance(), None, "UTC")


# Who is told


def test_the_ladder_stands_on_working_days_at_their_opening():
    """Due with 16 October 2025 in China: 3 working days before is Monday the 13th, 1, 5 and 10 after count on."""
    shanghai = "Asia/Shanghai"
    due = at("2025-10-17T00:00", shanghai)
    days = {"owner": "2025-10-13", "manager": "2025-10-17", "department_head": "2025-10-23"}
    days["senior_management"] = "2025-10-30"
    expected = [(rung, at(f"{day}T08:30", shanghai)) for rung, day in days.items()]
    assert list(notices_for(due, CHINA, shanghai)) == expected
    assert [moment.time() for _, moment in notices_for(due, None, "UTC")] == [time(9)] * 4


def test_the_ladder_heeds_holidays_and_make_up_days_before_the_day_too():
    """Three working days before 10 October 2025 are the 9th, and before the week off 30 and 29 September."""
    told = dict(notices_for(at("2025-10-11T00:00", "Asia/Shanghai"), CHINA, "Asia/Shanghai"))
    assert told[Rung.OWNER] == at("2025-09-29T08:30", "Asia/Shanghai")
    assert told[Rung.MANAGER] == at("2025-10-11T08:30", "Asia/Shanghai")  # a Saturday


@given(moments, places)
def test_the_owner_is_told_before_and_all_others_after(due, place):
    name, zone = place
    told = notices_for(due, CALENDARS[name], zone)
    last = last_day(due, zone)
    assert [rung for rung, _ in told] == list(Rung)
    assert told[0][1] < due <= told[1][1] < told[2][1] < told[3][1]
    for (_, moment), count in zip(told, (3, 1, 5, 10), strict=True):
        day = local_day(moment, zone)
        if day > last:
            between = [last + timedelta(days=ahead) for ahead in range(1, (day - last).days + 1)]
        else:
            between = [day + timedelta(days=ahead) for ahead in range((last - day).days)]
        assert worked(name, day)
        assert sum(worked(name, one) for one in between) == count


def test_hours_that_the_clocks_skip_open_with_their_day():
    night = calendar(open=["Mon-Fri 09:00-17:00", "Sun 02:00-03:00"])
    told = dict(notices_for(at("2026-03-28T15:00", "Europe/Berlin"), night, "Europe/Berlin"))
    assert told[Rung.MANAGER] == at("2026-03-29T00:00", "Europe/Berlin")


def test_nobody_is_told_before_the_deadline_was_set():
    opened = utc("2026-06-01T15:00")
    deadline = new_deadline("CA-1", (), Move.CONTAIN, opened + timedelta(days=1), opened, None, "UTC")
    assert deadline.notices[0] == (Rung.OWNER, opened)
    assert deadline.notices[1] == (Rung.MANAGER, utc("2026-06-03T09:00"))


# Deadlines of an action


def first(severity, path=Path.FULL, follow_up=RULES):
    return first_deadlines("CA-1", utc("2026-06-01T10:00"), severity, path, follow_up, None, "UTC")


def dues(deadlines):
    return {deadline.step: deadline.due.isoformat(timespec="hours")[:13] for deadline in deadlines}


@pytest.mark.parametrize(
    ("severity", "path", "expected"),
    [
        (Severity.CRITICAL, Path.FULL, ["2026-06-02T10", "2026-06-05T00", "2026-06-09T00", "2026-06-16T00"]),
        (Severity.MAJOR, Path.FULL, ["2026-06-04T00", "2026-06-16T00", "2026-06-23T00", "2026-08-01T00"]),
        (Severity.MINOR, Path.FULL, ["2026-06-09T00", "2026-06-30T00", "2026-06-30T00", "2026-08-31T00"]),
        (Severity.MINOR, Path.CORRECT, ["2026-06-09T00"]),
        (Severity.OPPORTUNITY, Path.FULL, []),
    ],
)
def test_the_table_of_due_dates(severity, path, expected):
    """Counted by hand on a calendar page of June 2026, whose first is a Monday."""
    steps = (Move.CONTAIN, Move.ANALYSE, Move.PLAN, Move.IMPLEMENT)
    found = first(severity, path)
    assert dues(found) == dict(zip(steps, expected, strict=False))
    assert [deadline.number for deadline in found] == list(range(1, len(expected) + 1))
    assert {(one.action, one.set_at, one.ended_at) for one in found} <= {("CA-1", utc("2026-06-01T10:00"), None)}


def test_a_step_that_a_programme_leaves_out_has_no_deadline():
    rules = FollowUp(due={Severity.MAJOR: {Move.PLAN: Allowance(days=1)}})
    assert dues(first(Severity.MAJOR, follow_up=rules)) == {Move.PLAN: "2026-06-03T00"}
    since = utc("2026-07-01T00:00")
    assert verify_deadline("CA-1", (), since, Severity.MAJOR, rules, None, "UTC") is None


def test_a_reopened_action_is_due_anew_from_its_cause_on():
    earlier = first(Severity.CRITICAL)
    again = renewed_deadlines("CA-1", iter(earlier), utc("2026-06-20T10:00"), Severity.CRITICAL, RULES, None, "UTC")
    assert dues(again) == {Move.ANALYSE: "2026-06-25T00", Move.PLAN: "2026-06-27T00", Move.IMPLEMENT: "2026-07-05T00"}
    assert [deadline.number for deadline in again] == [5, 6, 7]


@pytest.mark.parametrize(
    ("check_on", "due"),
    [
        (None, "2026-11-01T16:00"),  # 60 days after 2 September, which it is in Shanghai
        (date(2026, 9, 30), "2026-09-30T16:00"),
        (date(2026, 8, 1), "2026-09-02T16:00"),  # over already
    ],
)
def test_verifying_is_due_by_what_was_declared_or_allowed(check_on, due):
    since = utc("2026-09-01T17:00")
    earlier = first(Severity.MAJOR)
    found = verify_deadline("CA-1", earlier, since, Severity.MAJOR, RULES, CHINA, "Asia/Shanghai", check_on=check_on)
    assert (found.step, found.number, found.due) == (Move.VERIFY, 5, utc(due))


def test_the_current_deadline_is_the_newest_that_has_not_ended():
    contain, analyse, *_ = first(Severity.MAJOR)
    put_off = replace(contain, ended_at=utc("2026-06-03T10:00"))
    instead = replace(contain, number=9)
    assert current([instead, put_off, analyse], Move.CONTAIN) is instead
    assert current([contain, instead], Move.CONTAIN) is instead
    assert current([put_off, analyse], Move.CONTAIN) is None


# What has to be told by now


def test_a_deadline_that_was_kept_has_no_more_notices_and_keeps_those_it_had():
    deadline = first(Severity.MAJOR)[3]
    told = [notice.rung for notice in notices([deadline], utc("2027-01-01T00:00"))]
    assert told == list(Rung)
    manager = deadline.notices[1][1]
    for ended, expected in ((manager, [Rung.OWNER]), (manager + timedelta.resolution, [Rung.OWNER, Rung.MANAGER])):
        found = notices([replace(deadline, ended_at=ended)], utc("2027-01-01T00:00"))
        assert [notice.rung for notice in found] == expected


def test_a_notice_comes_at_its_moment_and_says_what_it_is_about():
    deadline = first(Severity.MAJOR)[3]
    moment = deadline.notices[0][1]
    assert notices([deadline], moment - timedelta.resolution) == []
    (notice,) = notices([deadline], moment)
    assert (notice.action, notice.number, notice.step) == ("CA-1", 4, Move.IMPLEMENT)
    assert (notice.rung, notice.at, notice.due) == (Rung.OWNER, moment, deadline.due)


def test_what_is_told_at_once_is_told_by_number_and_up_the_ladder():
    """Set when it was long overdue, so that everybody hears of it at the same moment."""
    old = new_deadline("CA-1", (), Move.PLAN, utc("2026-01-05T00:00"), utc("2026-06-01T10:00"), None, "UTC")
    told = notices([replace(old, number=2), old], old.set_at)
    assert [(notice.number, notice.rung) for notice in told] == [(n, rung) for n in (1, 2) for rung in Rung]


def test_putting_off_begins_anew():
    old = first(Severity.MAJOR)[0]
    late = utc("2026-06-05T12:00")
    ended = replace(old, ended_at=late)
    instead = new_deadline("CA-1", [ended], Move.CONTAIN, utc("2026-06-20T00:00"), late, None, "UTC")
    told = [(notice.number, notice.rung) for notice in notices([ended, instead], utc("2026-06-23T00:00"))]
    assert told == [(1, Rung.OWNER), (1, Rung.MANAGER), (2, Rung.OWNER), (2, Rung.MANAGER)]


START = datetime(2026, 1, 1, tzinfo=UTC)
ahead = st.integers(0, 2_000).map(lambda hours: START + timedelta(hours=hours))


@st.composite
def stories(draw):
    """Deadlines of some actions, in the end; set, done and put off at any moments."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        name, zone = draw(places)
        set_at = draw(ahead)
        due = set_at + timedelta(hours=draw(st.integers(1, 1_000)))
        deadline = new_deadline(f"CA-{number % 2}", found, Move.PLAN, due, set_at, CALENDARS[name], zone)
        ended_at = draw(
            st.none() | st.integers(0, 1_500).map(lambda hours, since=set_at: since + timedelta(hours=hours))
        )
        found.append(replace(deadline, ended_at=ended_at))
    return found


def known(story, now):
    """The deadlines as they stood at a moment: later ones not there, later ends not known."""
    return [
        replace(one, ended_at=None) if one.ended_at is not None and one.ended_at > now else one
        for one in story
        if one.set_at <= now
    ]


@given(stories(), st.lists(ahead, min_size=1, max_size=6))
def test_it_does_not_matter_when_or_how_often_anybody_asks(story, asked):
    """Every day, every hour or once after a week: the same notices, though deadlines were set and ended in between."""
    asked.sort()
    given_then = [notices(known(story, now), now) for now in asked]
    together = {notice for each in given_then for notice in each}
    assert together == set(given_then[-1]) == set(notices(story, asked[-1]))
    for earlier, later in pairwise(given_then):
        assert [notice for notice in later if notice in earlier] == earlier
    assert len(set(given_then[-1])) == len(given_then[-1])


@given(stories(), ahead, st.randoms(use_true_random=False))
def test_notices_are_told_in_order_whatever_the_order_of_deadlines(story, now, chance):
    found = notices(story, now)
    mixed = chance.sample(story, len(story))
    assert notices(mixed, now) == found == notices(story, now)
    assert [notice.at for notice in found] == sorted(notice.at for notice in found)
    assert all(notice.at <= now for notice in found)


def test_a_year_without_a_notice_of_its_holidays_moves_no_deadline_later():
    """Until it comes, weekends are off and only the feasts themselves known; what was set by then stays."""
    year = provisional_from(CHINA)
    zone, opened = "Asia/Shanghai", datetime(year, 9, 20, 2, tzinfo=UTC)
    deadlines = first_deadlines("CA-1", opened, Severity.MAJOR, Path.FULL, RULES, CHINA, zone)
    kept = msgspec.json.encode(deadlines)
    made_up = next(day for ahead in range(1, 8) if (day := date(year, 9, 20) + timedelta(days=ahead)).weekday() == 5)
    announced = replace(CHINA, special={made_up: CHINA.working_hours})
    again = first_deadlines("CA-1", opened, Severity.MAJOR, Path.FULL, RULES, announced, zone)
    assert not is_working_day(CHINA, made_up)
    assert dues(again)[Move.ANALYSE] < dues(deadlines)[Move.ANALYSE]
    assert msgspec.json.decode(kept, type=tuple[Deadline, ...]) == deadlines
    told = notices(deadlines, deadlines[1].notices[0][1])
    assert told[-1].due == deadlines[1].due
