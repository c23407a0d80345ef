"""The tables answer exactly what they cover, before 1970 too, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from sqaudit.calendars.business import due, open_seconds, openings
from sqaudit.calendars.tables import clock_tables, microseconds, moment_of
from sqaudit.documents.calendars import build_calendar
from sqaudit.expressions.clocks import Clock, ClockKind
from sqaudit.measures.clocks import calendar_of_site_sql, clock_span_sql, covering_tables, with_clocks
from sqaudit.model.programme import Period

DESK = build_calendar("desk", {"open": "Mon-Fri 09:00-12:00, 13:00-18:00"})
BUSY = build_calendar("busy", {"open": "Mon-Sun " + ", ".join(f"{hour:02}:00-{hour:02}:20" for hour in range(24))})
PERIOD = Period(label="1969", start=datetime(1969, 12, 1, tzinfo=UTC), end=datetime(1970, 1, 31, tzinfo=UTC))
OPEN = Clock(name=":open m", kind=ClockKind.OPEN, sql='"m"')
DUE = Clock(name=":due m", kind=ClockKind.DUE, sql='(":open m" + "adds")', needs=(":open m",), adds='"adds"')


def looked_up(calendar, first, last, rows, zone="UTC"):
    """The open time before each moment, and when so many seconds more are over, as DuckDB tells."""
    tables = clock_tables([(calendar, zone)], first, last)
    listed = ", ".join(f"(make_timestamptz({microseconds(moment)}), {adds * 1_000_000})" for moment, adds in rows)
    relation = with_clocks(f"(SELECT * FROM (VALUES {listed}) AS v(m, adds))", [OPEN, DUE], tables, "0")
    return duckdb.execute(f'SELECT ":open m", epoch_us(":due m") FROM {relation} ORDER BY m').fetchall()


@pytest.mark.parametrize("calendar", [DESK, BUSY], ids=["desk", "busy"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
def test_days_before_1970_are_like_any_others(calendar, zone):
    first, last = date(1969, 12, 1), date(1970, 1, 31)
    start = datetime(1969, 12, 1, tzinfo=UTC)
    moments = [start + timedelta(hours=7 * step, microseconds=step) for step in range(170)]
    opened = openings(calendar, zone, date(1969, 11, 20), date(1970, 2, 9))
    for (before, ends), moment in zip(
        looked_up(calendar, first, last, [(m, 12_345) for m in moments], zone), moments, strict=True
    ):
        assert before == round(open_seconds(opened, start, moment) * 1_000_000)
        assert moment_of(ends) == due(opened, moment, 12_345)


def test_what_lies_outside_is_unknown():
    """Moments before and after the days covered, and times that end after them; the very last moment is known."""
    day = date(2025, 6, 4)
    noon = datetime(2025, 6, 4, 12, tzinfo=UTC)
    rows = [(noon - timedelta(days=1), 60), (noon, 5 * 3_600), (noon + timedelta(seconds=1), 5 * 3_600 + 1)]
    rows += [(noon + timedelta(hours=12), 1), (noon + timedelta(days=30), 1)]
    evening = microseconds(noon + timedelta(hours=6))
    assert looked_up(DESK, day, day, rows) == [
        (None, None),
        (3 * 3_600_000_000, evening),
        (3 * 3_600_000_000, None),
        (None, None),
        (None, None),
    ]


def test_a_calendar_that_is_never_open_counts_nothing():
    closed = build_calendar("closed", {"open": "Sun 09:00-10:00"})
    day = date(2025, 6, 4)
    assert looked_up(closed, day, day, [(datetime(2025, 6, 4, 12, tzinfo=UTC), 1)]) == [(0, None)]


def test_rows_without_moment_calendar_or_site_are_unknown_and_none_is_lost():
    tables = clock_tables([(DESK, "UTC")], date(2025, 6, 1), date(2025, 6, 30))
    rows = "(VALUES ('a', TIMESTAMPTZ '2025-06-04 12:00+00'), ('a', NULL), ('b', TIMESTAMPTZ '2025-06-04 12:00+00'))"
    relation = with_clocks(f'(SELECT * FROM {rows} AS v(":site", m))', [OPEN], tables, calendar_of_site_sql({"a": 0}))
    found = duckdb.execute(f'SELECT ":site", ":open m" FROM {relation} ORDER BY ALL').fetchall()
    assert found == [("a", 19 * 3_600_000_000), ("a", None), ("b", None)]


def test_the_span_is_that_of_all_moments_and_of_all_that_is_added():
    rows = "SELECT * FROM (VALUES (make_timestamptz(5), 7), (NULL, NULL), (make_timestamptz(-3), 2)) AS v(m, adds)"
    assert duckdb.execute(clock_span_sql([OPEN, DUE], f"({rows})")).fetchall() == [(-3, 5, 7)]
    assert duckdb.execute(clock_span_sql([OPEN, DUE], f"({rows} WHERE m IS NULL)")).fetchall() == [(None, None, 0)]


@pytest.mark.parametrize(
    ("found", "first", "last"),
    [
        ((None, None, 0), date(1969, 12, 1), date(1970, 1, 31)),
        ((0, 86_400_000_000, 0), date(1970, 1, 1), date(1970, 1, 2)),
        ((0, 10**17, 0), date(1970, 1, 1), date(1980, 2, 1)),
        ((-(10**17), -(10**17), 0), date(1959, 12, 1), date(1959, 12, 1)),
        ((0, 0, 400 * 3_600_000_000), date(1970, 1, 1), date(1970, 3, 11)),
        ((0, 0, 10**16), date(1970, 1, 1), date(1980, 2, 1)),
    ],
    ids=["no rows", "two days", "far ahead", "far back", "fifty working days", "longer than anybody waits"],
)
def test_the_tables_cover_the_rows_within_ten_years_of_the_period(found, first, last):
    tables = covering_tables(
        lambda _: [found], "rows", [OPEN, DUE], calendars=[(DESK, "UTC")], calendar_sql="0", period=PERIOD
    )
    days = [moment_of(row[1]).date() for row in tables.days]
    assert (days[0], days[-1]) == (first, last)
