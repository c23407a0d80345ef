"""Business time as DuckDB works it out is that of an oracle which looks at the wall clock every half hour."""

from __future__ import annotations

import random
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import duckdb
import pytest

from sqaudit.calendars.business import due, open_seconds, openings
from sqaudit.expressions.clocks import clocks_in
from sqaudit.expressions.parsing import parse_expression
from sqaudit.expressions.terms import scope_of
from sqaudit.expressions.translation import translate
from sqaudit.measures.clocks import (
    calendar_of_site_sql,
    covering_tables,
    rendered_clocks,
    with_clocks,
)
from sqaudit.model.programme import Period
from sqaudit.model.standard import Column, ColumnType

START, END = datetime(2024, 12, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
SLOT = 1_800_000_000
PERIOD = Period(label="2025", start=datetime(2025, 1, 1, tzinfo=UTC), end=datetime(2026, 1, 1, tzinfo=UTC))
CHANGES = [
    datetime(2025, month, day, tzinfo=UTC) for month, day in ((3, 9), (3, 30), (4, 6), (10, 5), (10, 26), (11, 2))
]
COLUMNS = {name: Column(name=name, type=ColumnType.TIMESTAMP) for name in ("a", "b")} | {
    "seconds": Column(name="seconds", type=ColumnType.NUMBER)
}


class Oracle:
    """Every half hour of two years, open or not; all hours and zones here begin and end on half hours."""

    def __init__(self, name: str, zone: str, is_open) -> None:
        clock = ZoneInfo(zone)
        first, slots = int(START.timestamp()), int((END - START).total_seconds()) // 1_800
        self.open = [is_open(name, datetime.fromtimestamp(first + 1_800 * i, clock)) for i in range(slots)]
        self.before = [0, *accumulate(SLOT if found else 0 for found in self.open)]

    def until(self, moment: int) -> int:
        slot, rest = divmod(moment, SLOT)
        return self.before[slot] + (rest if self.open[slot] else 0)

    def due(self, begin: int, added: int) -> int:
        wanted = self.until(begin) + added
        slot = bisect_left(self.before, wanted)
        return slot * SLOT - (self.before[slot] - wanted)


def us(moment: datetime) -> int:
    return (moment - START) // timedelta(microseconds=1)


def random_rows(count: int, names: list[str]):
    chance = random.Random(20251109)
    for number in range(count):
        if number % 3 == 0:
            begin = chance.choice(CHANGES) + timedelta(seconds=chance.randrange(-3 * 86_400, 3 * 86_400))
        else:
            begin = PERIOD.start + timedelta(seconds=chance.randrange(365 * 86_400))
        begin += timedelta(microseconds=chance.choice((0, 0, chance.randrange(1_000_000))))
        if chance.random() < 0.2:
            begin = begin.replace(minute=chance.choice((0, 30)), second=0, microsecond=0)
        longest = chance.choice((7_200, 86_400, 5 * 86_400, 40 * 86_400))
        end = begin + timedelta(microseconds=chance.randrange(-longest * 50_000, longest * 1_000_000))
        added = chance.choice((chance.randrange(60 * 3_600), 1_800 * chance.randrange(120), 0, -60))
        yield number, chance.choice(names), begin, end, added


def translated(*texts: str):
    """The terms' SQL, and the clocks they need."""
    registry, found = {}, []
    for text in texts:
        scope = scope_of(text, COLUMNS, staged=True)
        found.append(translate(parse_expression(text), scope).sql)
        registry |= scope.clocks
    return found, clocks_in(found, registry)


@pytest.fixture(scope="module")
def computed(five):
    """The rows, and what DuckDB says of them: business time, due time, and business time until then."""
    rows = list(random_rows(10_000, [calendar.id for calendar, _ in five]))
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'America/New_York'")
    connection.execute('CREATE TABLE rows (id INTEGER, ":site" VARCHAR, a TIMESTAMPTZ, b TIMESTAMPTZ, seconds BIGINT)')
    numbers, names, begins, ends, added = (list(column) for column in zip(*rows, strict=True))
    moments = [[moment.isoformat() for moment in column] for column in (begins, ends)]
    types = ("INT", "VARCHAR", "TIMESTAMPTZ", "TIMESTAMPTZ", "INT")
    listed = ", ".join(f"unnest(?::{name}[])" for name in types)
    connection.execute(f"INSERT INTO rows SELECT {listed}", [numbers, names, *moments, added])
    after = "business_after(a, seconds * INTERVAL 1 SECOND)"
    (spent, due, checked), clocks = translated("business(a, b)", after, f"business(a, {after})")
    clocks = rendered_clocks(clocks, PERIOD, PERIOD.end)
    calendar_sql = calendar_of_site_sql({calendar.id: number for number, (calendar, _) in enumerate(five)})
    tables = covering_tables(
        lambda sql: connection.execute(sql).fetchall(),
        "rows",
        clocks,
        calendars=five,
        calendar_sql=calendar_sql,
        period=PERIOD,
    )
    relation = with_clocks("rows", clocks, tables, calendar_sql)
    sql = f"SELECT id, epoch_us({spent}), epoch_us({due}), epoch_us({checked}) FROM {relation} ORDER BY id"
    return rows, connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def oracles(five, is_open):
    return {calendar.id: Oracle(calendar.id, zone, is_open) for calendar, zone in five}


def test_business_time_is_that_of_the_oracle_in_every_row(computed, oracles):
    """10,000 pairs, a third of them around changes of the clocks; a span that runs backwards is unknown."""
    rows, found = computed
    wrong, counted = [], 0
    for (number, name, begin, end, _), (_, spent, _, _) in zip(rows, found, strict=True):
        wanted = oracles[name].until(us(end)) - oracles[name].until(us(begin)) if end >= begin else None
        counted += bool(wanted)
        if spent != wanted:
            wrong.append((number, name, begin, end, wanted, spent))
    assert counted > 5_000
    assert wrong == []


def test_due_times_are_those_of_the_oracle_in_every_row(computed, oracles):
    """Nothing is over at once, less than nothing is unknown, and all else at the first moment that is enough."""
    rows, found = computed
    wrong = []
    for (number, name, begin, _, added), (_, _, ends, checked) in zip(rows, found, strict=True):
        wanted = us(begin) if added == 0 else oracles[name].due(us(begin), added * 1_000_000) if added > 0 else None
        shown = None if ends is None else ends - int(START.timestamp()) * 1_000_000
        if shown != wanted or checked != (added * 1_000_000 if added >= 0 else None):
            wrong.append((number, name, begin, added, wanted, shown, checked))
    assert wrong == []


def test_moments_far_behind_those_that_are_due_are_covered_too(five):
    """Where a clock begins at a moment that another works out, the rows are looked at once more."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE rows AS SELECT TIMESTAMPTZ '2025-06-03 14:00+00' AS a, 'office' AS \":site\"")
    later = "business_after(a, INTERVAL 8 HOUR) + INTERVAL 9600 HOUR"
    (spent,), clocks = translated(f"business(a, business_after({later}, business(a, {later})))")
    asked = []

    def query(sql):
        asked.append(sql)
        return connection.execute(sql).fetchall()

    tables = covering_tables(query, "rows", clocks, calendars=five, calendar_sql="0", period=PERIOD)
    relation = with_clocks("rows", clocks, tables, "0")
    ((found,),) = connection.execute(f"SELECT epoch_us({spent}) FROM {relation}").fetchall()
    opened = openings(*five[0], date(2025, 6, 1), date(2028, 12, 31))
    begin = datetime(2025, 6, 3, 14, tzinfo=UTC)
    distant = due(opened, begin, 8 * 3_600) + timedelta(hours=9_600)
    assert found == 2 * open_seconds(opened, begin, distant) * 1_000_000
    assert len(asked) == 4
