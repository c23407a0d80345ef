"""Clocks on the rows of a dataset: the places that expressions leave for open time become columns.

Everything is plain SQL over whole numbers, so that it means the same on every engine: each place is one join, of the
row's calendar and UTC day or of its calendar and stretch of open time, with a small table written into the query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.calendars.business import due, openings
from sqaudit.calendars.tables import (
    ClockTables,
    Row,
    clock_tables,
    day_names,
    microseconds,
    moment_at_sql,
    moment_of,
    open_before_sql,
    target_names,
    within_day_sql,
)
from sqaudit.expressions.clocks import Clock, ClockKind
from sqaudit.expressions.gate import render
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.calendar import Calendar
from sqaudit.model.measuring import SITE_COLUMN
from sqaudit.model.ports import EngineSession, RowKeeper
from sqaudit.model.programme import Period
from sqaudit.model.quoting import quote_name, quote_text

Query: TypeAlias = Callable[[str], Sequence[Sequence[object]]]

# Records this far from their period are a mistake; their open time stays unknown.
_REACH = timedelta(days=3_653)
# How far ahead the end of the longest open time is looked for, nearest first.
_AHEAD = tuple(timedelta(days=days) for days in (30, 120, 500, 2_000, 8_000))
_CALENDAR, _DAYS, _TARGETS = quote_name(":calendar"), quote_name(":days"), quote_name(":targets")


def clocks_of(requests: Iterable[MeasureRequest], period: Period, as_of: datetime) -> list[Clock]:
    """All clocks that requests read, each once and after those that it needs itself, rendered for one period."""
    found = {clock.name: clock for request in requests for clock in request.clocks}
    return rendered_clocks(list(found.values()), period, as_of)


def shape_with(shape: str, clocks: Sequence[Clock]) -> str:
    """A relation with the columns that clocks would give its rows, all unknown: enough to learn types from."""
    if not clocks:
        return shape
    kinds = {ClockKind.OPEN: "BIGINT", ClockKind.DUE: "TIMESTAMPTZ"}
    columns = ", ".join(f"CAST(NULL AS {kinds[clock.kind]}) AS {quote_name(clock.name)}" for clock in clocks)
    return f"(SELECT r.*, {columns} FROM {shape} AS r)"


def rows_with_clocks(
    session: EngineSession,
    relation: str,
    clocks: Sequence[Clock],
    calendars: Mapping[str, tuple[Calendar, str]],
    period: Period,
) -> str:
    """The rows of a relation with a column for each clock, on the calendars of their sites (``calendars``, by site).

    A session that keeps rows looks the clocks up but once.
    """
    if not clocks:
        return relation
    by_name = {(calendar.id, zone): (calendar, zone) for calendar, zone in calendars.values()}
    numbers = {name: number for number, name in enumerate(sorted(by_name))}
    listed = [by_name[name] for name in numbers]
    calendar_sql = calendar_of_site_sql({site: numbers[one.id, zone] for site, (one, zone) in calendars.items()})
    tables = covering_tables(
        session.query, relation, clocks, calendars=listed, calendar_sql=calendar_sql, period=period
    )
    clocked = with_clocks(relation, clocks, tables, calendar_sql)
    return session.keep(f"SELECT * FROM {clocked} AS clocked") if isinstance(session, RowKeeper) else clocked


def rendered_clocks(clocks: Sequence[Clock], period: Period, as_of: datetime) -> list[Clock]:
    """The clocks with ``period_start``, ``period_end`` and ``as_of`` filled in."""
    return [
        replace(
            clock,
            sql=render(clock.sql, period, as_of),
            adds=render(clock.adds, period, as_of) if clock.adds is not None else None,
        )
        for clock in clocks
    ]


def calendar_of_site_sql(numbers: Mapping[str, int]) -> str:
    """The place of a row's calendar among those the tables are made from, by site; NULL for sites without one."""
    by_number: dict[int, list[str]] = {}
    for site in sorted(numbers):
        by_number.setdefault(numbers[site], []).append(quote_text(site))
    cases = " ".join(
        f"WHEN {quote_name(SITE_COLUMN)} IN ({', '.join(sites)}) THEN {number}"
        for number, sites in sorted(by_number.items())
    )
    return f"(CASE {cases} END)" if cases else "CAST(NULL AS INTEGER)"


def clock_span_sql(clocks: Sequence[Clock], rows_sql: str) -> str:
    """A query of one row: the first and the last moment that these clocks look up, and the open time that they add.

    All are whole microseconds; first and last are NULL without any moment. ``rows_sql`` is what follows FROM: rows with
    a column for each clock that these read themselves.
    """
    moments = [f"epoch_us({clock.sql})" for clock in clocks if clock.kind is ClockKind.OPEN]
    adds = [f"coalesce(max({clock.adds}), 0)" for clock in clocks if clock.adds is not None]
    first = _outermost("least", [f"min({moment})" for moment in moments])
    last = _outermost("greatest", [f"max({moment})" for moment in moments])
    return f"SELECT {first} AS first, {last} AS last, {' + '.join(adds) or '0'} AS adds FROM {rows_sql} AS r"


def _outermost(function: str, parts: Sequence[str]) -> str:
    return f"{function}({', '.join(parts)})" if len(parts) > 1 else "".join(parts) or "CAST(NULL AS BIGINT)"


def covering_tables(  # noqa: PLR0913  everything that the tables depend on is said
    query: Query,
    rows_sql: str,
    clocks: Sequence[Clock],
    *,
    calendars: Sequence[tuple[Calendar, str]],
    calendar_sql: str,
    period: Period,
) -> ClockTables:
    """The tables that cover all moments of the clocks, at most ten years from the period.

    It takes one look at the rows, and one more for each step of clocks that begin where others end.

    Args:
        query: Runs a query, in the session in which the rows will be measured.
        rows_sql: What follows FROM: the rows that will be measured.
        clocks: In the order of ``clocks_in``, rendered.
        calendars: The calendars, each in a zone, at the places that ``calendar_sql`` gives.
        calendar_sql: See ``with_clocks``.
        period: What is measured; without any moment the tables cover the period alone.
    """
    cover = _Cover(earliest=period.start - _REACH, latest=period.end + _REACH)
    cover.take(query(clock_span_sql([clock for clock in clocks if not _is_chained(clock)], rows_sql))[0])
    before: list[Clock] = []
    for layer in _in_layers(clocks):
        chained = [clock for clock in layer if _is_chained(clock)]
        if chained:
            relation = with_clocks(rows_sql, before, cover.tables(calendars, period), calendar_sql)
            cover.take(query(clock_span_sql(chained, relation))[0])
        before += layer
    return cover.tables(calendars, period)


def _is_chained(clock: Clock) -> bool:
    """Whether what a clock looks up depends on another: a moment that was due, or open time that was counted."""
    looked_up = clock.sql if clock.adds is None else clock.adds
    return any(quote_name(name) in looked_up for name in clock.needs)


class _Cover(Struct):
    """The moments seen so far, and all the open time that may be added to them (microseconds)."""

    earliest: datetime
    latest: datetime
    first: int | None = None
    last: int | None = None
    adds: int = 0

    def take(self, row: Sequence[object]) -> None:
        """Take up a row of ``clock_span_sql``."""
        first, last, adds = (None if value is None else int(str(value)) for value in row)
        if first is not None and last is not None:
            self.first = min(first, first if self.first is None else self.first)
            self.last = max(last, last if self.last is None else self.last)
        self.adds += max(adds or 0, 0)

    def tables(self, calendars: Sequence[tuple[Calendar, str]], period: Period) -> ClockTables:
        """The tables that cover them."""
        start, end = period.start, period.end
        if self.first is not None and self.last is not None:
            start, end = self._within(self.first), self._within(self.last)
        if self.adds:
            ends = [_end_of(calendar, zone, end, self.adds, self.latest) for calendar, zone in calendars]
            end = max(ends, default=end)
        return clock_tables(calendars, _day(start), _day(end))

    def _within(self, moment: int) -> datetime:
        lowest, highest = microseconds(self.earliest), microseconds(self.latest)
        return moment_of(min(max(moment, lowest), highest))


def _end_of(calendar: Calendar, zone: str, moment: datetime, adds: int, latest: datetime) -> datetime:
    """When so much open time after the last moment is over on a calendar, but no later than ``latest``."""
    for ahead in _AHEAD:
        opened = openings(calendar, zone, _day(moment) - timedelta(days=3), _day(moment + ahead))
        found = due(opened, moment, adds / 1_000_000)
        if found is not None or moment + ahead > latest:
            return min(found or latest, latest)
    return latest


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def with_clocks(rows_sql: str, clocks: Sequence[Clock], tables: ClockTables, calendar_sql: str) -> str:
    """The same rows with a column for each clock, as a subquery.

    Args:
        rows_sql: What follows FROM: a quoted table or a subquery in brackets.
        clocks: In the order of ``clocks_in``, rendered.
        tables: The tables of the calendars.
        calendar_sql: The place of a row's calendar in the tables, as SQL over the row.
    """
    if not clocks:
        return rows_sql
    sql = f"(SELECT r.*, {calendar_sql} AS {_CALENDAR} FROM {rows_sql} AS r)"
    for together in _in_layers(clocks):
        wanted = ", ".join(f"{_asked(clock)} AS {_asked_name(clock)}" for clock in together)
        sql = f"(SELECT r.*, {wanted} FROM {sql} AS r)"
        answers = ", ".join(
            f"{_answer(clock, i, tables)} AS {quote_name(clock.name)}" for i, clock in enumerate(together)
        )
        joins = " ".join(_join(clock, i, tables) for i, clock in enumerate(together))
        sql = f"(SELECT r.*, {answers} FROM {sql} AS r {joins})"
    named = [_values(_DAYS, day_names(tables), tables.days)]
    if any(clock.kind is ClockKind.DUE for clock in clocks):
        named.append(_values(_TARGETS, target_names(tables), tables.targets))
    return f"(WITH {', '.join(named)} SELECT * FROM {sql} AS r)"


def _in_layers(clocks: Sequence[Clock]) -> list[list[Clock]]:
    """The clocks that can be looked up together: none needs another of its layer."""
    depths: dict[str, int] = {}
    layers: list[list[Clock]] = []
    for clock in clocks:
        depth = depths[clock.name] = max((depths[name] + 1 for name in clock.needs), default=0)
        if depth == len(layers):
            layers.append([])
        layers[depth].append(clock)
    return layers


def _asked(clock: Clock) -> str:
    return f"epoch_us({clock.sql})" if clock.kind is ClockKind.OPEN else clock.sql


def _asked_name(clock: Clock) -> str:
    return quote_name(f":asked {clock.name[1:]}")


def _join(clock: Clock, place: int, tables: ClockTables) -> str:
    asked, alias = f"r.{_asked_name(clock)}", f"t{place}"
    if clock.kind is ClockKind.OPEN:
        key, table = f"{alias}.day = {asked} - {within_day_sql(asked)}", _DAYS
    else:
        key, table = f"{alias}.target = {asked} - {asked} % {tables.width}", _TARGETS
    return f"LEFT JOIN {table} AS {alias} ON {alias}.calendar = r.{_CALENDAR} AND {key}"


def _answer(clock: Clock, place: int, tables: ClockTables) -> str:
    asked, alias = f"r.{_asked_name(clock)}", f"t{place}"
    if clock.kind is ClockKind.OPEN:
        return open_before_sql(asked, alias, tables)
    # Not a moment in 1970 plus a duration: Spark adds the days of a long one on the wall clock.
    return f"make_timestamptz({moment_at_sql(asked, alias, tables)})"


def _values(name: str, columns: Sequence[str], rows: Sequence[Row]) -> str:
    nothing = [(-1, *[0] * (len(columns) - 1))]  # VALUES cannot be empty
    listed = ", ".join(f"({', '.join('NULL' if v is None else str(v) for v in row)})" for row in rows or nothing)
    return f"{name} AS (SELECT * FROM (VALUES {listed}) AS t({', '.join(columns)}))"
