"""Clocks in expressions: exact elapsed time, and places that the row's calendar will fill."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from sqaudit.expressions.clocks import Clock, ClockKind, clocks_in
from sqaudit.expressions.gate import ExpressionProblem, check_condition, check_file_expression
from sqaudit.expressions.kinds import Kind
from sqaudit.expressions.parsing import parse_expression
from sqaudit.expressions.queries import check_query
from sqaudit.expressions.terms import scope_of
from sqaudit.expressions.translation import translate
from sqaudit.model.standard import Column, ColumnType

TYPES = {
    "opened_at": ColumnType.TIMESTAMP,
    "closed_at": ColumnType.TIMESTAMP,
    "due_on": ColumnType.DATE,
    "hours": ColumnType.NUMBER,
    "kind": ColumnType.TEXT,
}
COLUMNS = {name: Column(name=name, type=type_) for name, type_ in TYPES.items()}


def term_of(text):
    """The term, and the clocks that it needs."""
    scope = scope_of(text, COLUMNS, staged=True)
    term = translate(parse_expression(text), scope)
    return term, clocks_in([term.sql], scope.clocks)


def computed(text, opened, closed, places=""):
    """The value in a session in New York, in seconds or as a moment, with the places given as columns."""
    term, _ = term_of(text)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'America/New_York'")
    rows = f"SELECT CAST(? AS TIMESTAMPTZ) AS opened_at, CAST(? AS TIMESTAMPTZ) AS closed_at, 2 AS hours{places}"
    (found,) = connection.execute(f"SELECT epoch_us({term.sql}) FROM ({rows})", [opened, closed]).fetchone()
    return None if found is None else found / 1_000_000


@pytest.mark.parametrize("text", ["elapsed(opened_at, closed_at)", "closed_at - opened_at"])
@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        ("2025-03-08T20:00-05:00", "2025-03-09T21:00-04:00"),
        ("2025-11-01T20:00-04:00", "2025-11-02T19:00-05:00"),
    ],
)
def test_elapsed_time_is_exact_over_changes_of_the_clocks(text, opened, closed):
    """CLK-05: 24 hours are 24 hours."""
    assert computed(text, opened, closed) == 24 * 3_600
    assert computed(text, closed, opened) == -24 * 3_600


def test_elapsed_takes_local_times_too():
    text = "elapsed(CAST('2025-03-09 00:00' AS TIMESTAMP), date_trunc('day', closed_at))"
    assert computed(text, None, "2025-03-10T12:00-04:00") == 23 * 3_600


def test_business_time_is_the_difference_of_two_places():
    term, (first, second) = term_of("business(opened_at, closed_at)")
    assert (term.kind, term.columns) == (Kind.DURATION, {"opened_at", "closed_at"})
    assert {first.sql, second.sql} == {'"opened_at"', '"closed_at"'}
    assert {first.kind, second.kind} == {ClockKind.OPEN}
    by_moment = {clock.sql: clock.name for clock in (first, second)}
    places = f''', 5000000 AS "{by_moment['"opened_at"']}", 12000000 AS "{by_moment['"closed_at"']}"'''
    text = "business(opened_at, closed_at)"
    assert computed(text, "2025-06-01T00:00Z", "2025-06-02T00:00Z", places) == 7
    assert computed(text, "2025-06-02T00:00Z", "2025-06-01T00:00Z", places) is None
    assert computed(text, None, "2025-06-01T00:00Z", places) is None


def test_due_times_are_a_place_that_needs_another():
    term, (opened, due) = term_of("business_after(opened_at, hours * INTERVAL 1 HOUR)")
    assert (term.kind, term.columns) == (Kind.MOMENT, {"opened_at", "hours"})
    assert (opened.kind, due.kind, due.needs) == (ClockKind.OPEN, ClockKind.DUE, (opened.name,))
    assert due.sql == f'("{opened.name}" + {due.adds})'
    moment = datetime(2025, 6, 3, tzinfo=UTC)
    places = f""", TIMESTAMPTZ '{moment.isoformat()}' AS "{due.name}" """
    assert computed("business_after(opened_at, INTERVAL 0 SECOND)", "2025-06-01T00:00Z", None, _any_due(0)) == (
        datetime(2025, 6, 1, tzinfo=UTC).timestamp()
    )
    text = "business_after(opened_at, hours * INTERVAL 1 HOUR)"
    assert computed(text, "2025-06-01T00:00Z", None, places) == moment.timestamp()
    assert computed("business_after(opened_at, INTERVAL -1 HOUR)", "2025-06-01T00:00Z", None, _any_due(-1)) is None


def _any_due(hours):
    unit = "SECOND" if hours == 0 else "HOUR"
    _, clocks = term_of(f"business_after(opened_at, INTERVAL {hours} {unit})")
    return f""", TIMESTAMPTZ '2030-01-01' AS "{clocks[-1].name}" """


def test_the_same_moment_is_one_place_however_often_it_is_used():
    text = "business(opened_at, closed_at) > INTERVAL 4 HOUR AND closed_at > business_after(opened_at, INTERVAL 8 HOUR)"
    _, clocks = term_of(text)
    assert [clock.kind for clock in clocks].count(ClockKind.OPEN) == 2


def test_clocks_come_after_those_that_they_need():
    inner = "business_after(opened_at, INTERVAL 1 HOUR)"
    _, clocks = term_of(f"business({inner}, business_after({inner}, business(opened_at, closed_at)))")
    seen = set()
    for clock in clocks:
        assert set(clock.needs) <= seen
        seen.add(clock.name)
    assert len(clocks) == 6


def test_only_names_are_places_not_texts():
    clock = Clock(name=":open abc", kind=ClockKind.OPEN, sql="x")
    registry = {clock.name: clock}
    assert clocks_in(["""'":open abc"' = kind"""], registry) == ()
    assert clocks_in(["""'it''s' = kind AND ":open abc" > 0"""], registry) == (clock,)


@pytest.mark.parametrize(
    ("text", "code", "hint"),
    [
        ("business_after(opened_at, INTERVAL 2 DAY)", "SQA331", "INTERVAL 16 HOUR"),
        ("business_after(opened_at, INTERVAL '2 days')", "SQA331", "INTERVAL 16 HOUR"),
        ("business_after(opened_at, hours * INTERVAL '1' WEEK)", "SQA331", "INTERVAL 16 HOUR"),
        ("business_after(opened_at, to_days(hours))", "SQA331", "INTERVAL 16 HOUR"),
        ("business_after(opened_at, 8)", "SQA306", "INTERVAL 24 HOUR"),
        ("business(opened_at, due_on)", "SQA306", "CAST(due_on AS TIMESTAMPTZ)"),
        ("elapsed(due_on, opened_at)", "SQA306", "CAST(due_on AS TIMESTAMPTZ)"),
        ("business(opened_at, kind)", "SQA306", ""),
        ("business(opened_at)", "SQA305", ""),
        ("busines(opened_at, closed_at)", "SQA304", "'business'"),
    ],
)
def test_what_clocks_do_not_take_is_told_with_a_hint(text, code, hint):
    with pytest.raises(ExpressionProblem) as caught:
        term_of(text)
    assert (caught.value.code, hint in str(caught.value.hint)) == (code, True), str(caught.value)


def test_a_checked_expression_brings_its_clocks():
    condition = check_condition("business(opened_at, closed_at) <= INTERVAL 4 HOUR", COLUMNS)
    assert len(condition.clocks) == 2
    assert check_condition("hours > 1", COLUMNS).clocks == ()


def test_a_day_is_taken_when_its_first_moment_is_asked_for():
    term, clocks = term_of("business(opened_at, CAST(due_on AS TIMESTAMPTZ))")
    assert term.kind is Kind.DURATION
    assert len(clocks) == 2


def test_calendars_are_known_for_measured_rows_alone():
    """A file and a query have no site yet; elapsed time needs none."""
    with pytest.raises(ExpressionProblem, match="SQA302"):
        check_file_expression("business(opened, closed)", ["opened", "closed"])
    assert "TRY_CAST" in check_file_expression("elapsed(opened, closed)", ["opened", "closed"])
    with pytest.raises(ExpressionProblem, match="SQA302"):
        check_query("SELECT epoch(business(opened_at, closed_at)) AS spent FROM tickets", {"tickets": COLUMNS})
    check_query("SELECT epoch(elapsed(opened_at, closed_at)) AS spent FROM tickets", {"tickets": COLUMNS})
