"""The measures against a naive computation over random rows, with what is missing, late, early and broken."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

import duckdb
import pytest
from sqaudit.errors import Message
from sqaudit.model.measuring import StatisticKind
from sqaudit.model.ports import Argument, UnfitArgument
from sqaudit.model.spread import EventRate, Proportion
from sqaudit.model.standard import Column, ColumnType
from sqaudit.model.target import Direction

from sqaudit_property.measures import MEASURES

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 1, tzinfo=ZONE)
NOW_SQL = "TIMESTAMPTZ '2026-07-01 00:00:00+08:00'"
WINDOW = timedelta(days=30)
BACKLOG, REPEAT, BURSTS = MEASURES
BROKEN = object()  # a cell that is there and cannot be used


def column(name, kind=ColumnType.TIMESTAMP):
    """A bare column; ``NAME_bad`` tells the cells that cannot be used."""
    declared = Column(name=name, type=kind, optional=True)
    return Argument(sql=name, column=declared, is_day=kind is ColumnType.DATE, unusable=f"{name}_bad")


AS_OF = Argument(sql=NOW_SQL)
DAYS_30 = Argument(sql="INTERVAL '30' DAY", is_duration=True)


def table(types, rows):
    """The rows in a locked engine of their own."""
    names = list(types)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Asia/Shanghai'")
    columns = ", ".join(f"{name} {kind}, {name}_bad BOOLEAN" for name, kind in types.items())
    connection.execute(f"CREATE TABLE t (part INTEGER, {columns})")
    if rows:
        filled = [
            [
                number % 3,
                *(cell for name in names for cell in ((None, True) if row[name] is BROKEN else (row[name], False))),
            ]
            for number, row in enumerate(rows)
        ]
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * (1 + 2 * len(names)))})", filled)
    return connection


def statistics(measure, arguments, connection, where="TRUE"):
    """What the core would hand to ``finish``."""
    found = {}
    for name, one in measure.statistics(arguments).items():
        sql = (
            f"count(*) FILTER (WHERE {one.expression})" if one.kind is StatisticKind.COUNT else f"max({one.expression})"
        )
        (found[name],) = connection.execute(f"SELECT {sql} FROM t WHERE {where}").fetchone()
    return found


def measured(measure, arguments, connection):
    """Statistics and value; those of the parts, merged, give the same."""
    whole = statistics(measure, arguments, connection)
    parts = [statistics(measure, arguments, connection, f"part = {part}") for part in range(3)]
    merged = {
        name: max((part[name] for part in parts if part[name] is not None), default=None)
        if name == "largest"
        else sum(part[name] for part in parts)
        for name in whole
    }
    unit = measure.unit(arguments)
    assert measure.finish(merged, unit) == measure.finish(whole, unit)
    return whole, measure.finish(whole, unit)


def against(measure, arguments, connection):
    condition = measure.against(arguments, Direction.LOWER)
    return connection.execute(f"SELECT count(*) FROM t WHERE {condition}").fetchone()[0]


def some_moment(random, low=-100, high=40):
    """A moment around the end of June, often nothing, seldom broken, sometimes exactly now."""
    drawn = random.random()
    if drawn < 0.15:
        return None
    if drawn < 0.2:
        return BROKEN
    if drawn < 0.25:
        return NOW
    return NOW + timedelta(hours=random.randint(24 * low, 24 * high))


def usable(*cells):
    return all(cell is not None and cell is not BROKEN for cell in cells)


# ---------------------------------------------------------------- overdue_backlog


def naive_backlog(rows, is_over):
    found = dict.fromkeys(("n", "invalid", "missing", "open", "overdue"), 0)
    for row in rows:
        opened, done, due = row["opened"], row["done"], row["due"]
        if usable(opened, done) and done < opened:
            found["invalid"] += 1
            continue
        if not usable(opened):
            found["missing"] += 1  # the core knows by the cell whether it is missing or broken
            continue
        if not is_over(opened) or done is BROKEN:
            continue
        if done is not None and is_over(done):
            found["n"] += 1
        elif due is None or due is BROKEN:
            found["missing"] += 1
        else:
            found["n"] += 1
            found["open"] += 1
            found["overdue"] += is_over(due)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_backlog_is_what_was_open_and_past_due_at_the_moment(seed):
    random = Random(seed)
    rows = [{name: some_moment(random) for name in ("opened", "done", "due")} for _ in range(400)]
    connection = table(dict.fromkeys(("opened", "done", "due"), "TIMESTAMPTZ"), rows)
    arguments = (column("opened"), column("done"), column("due"), AS_OF)
    found, value = measured(BACKLOG, arguments, connection)
    expected = naive_backlog(rows, lambda moment: moment <= NOW)
    assert found == expected
    assert expected["open"] > expected["overdue"] > 0
    assert value.value == expected["overdue"] / expected["open"]
    assert value.spread == Proportion(successes=expected["overdue"], n=expected["open"])
    assert against(BACKLOG, arguments, connection) == expected["overdue"]


def test_the_backlog_of_days_counts_a_day_once_it_is_over():
    random = Random(7)
    days = [
        {
            name: random.choice((None, *(date(2026, 6, 26) + timedelta(days=n) for n in range(9))))
            for name in ("opened", "done", "due")
        }
        for _ in range(400)
    ]
    connection = table(dict.fromkeys(("opened", "done", "due"), "DATE"), days)
    arguments = tuple(column(name, ColumnType.DATE) for name in ("opened", "done", "due"))
    found, _ = measured(BACKLOG, (*arguments, AS_OF), connection)
    assert found == naive_backlog(days, lambda day: day < NOW.date())


def test_a_day_and_a_moment_are_compared_by_the_day():
    rows = [
        {"opened": datetime(2026, 6, 3, 15, tzinfo=ZONE), "done": date(2026, 6, 3), "due": None},
        {"opened": datetime(2026, 6, 3, 15, tzinfo=ZONE), "done": date(2026, 6, 2), "due": None},
    ]
    connection = table({"opened": "TIMESTAMPTZ", "done": "DATE", "due": "TIMESTAMPTZ"}, rows)
    found, _ = measured(BACKLOG, (column("opened"), column("done", ColumnType.DATE), column("due"), AS_OF), connection)
    assert (found["n"], found["invalid"]) == (1, 1)


def test_where_nothing_is_open_nothing_is_overdue_and_where_nothing_is_known_nothing_is_said():
    done = {"opened": NOW - WINDOW, "done": NOW, "due": None}
    arguments = (column("opened"), column("done"), column("due"), AS_OF)
    types = dict.fromkeys(("opened", "done", "due"), "TIMESTAMPTZ")
    _, value = measured(BACKLOG, arguments, table(types, [done]))
    assert (value.value, value.spread, value.reason) == (0.0, None, None)
    still_to_come = {"opened": NOW + WINDOW, "done": None, "due": None}
    undated = {"opened": NOW - WINDOW, "done": None, "due": None}
    for rows in ([], [still_to_come], [undated]):
        _, value = measured(BACKLOG, arguments, table(types, rows))
        assert (value.value, value.reason) == (None, "no_valid_rows")


def test_a_computed_moment_that_is_infinite_is_invalid():
    connection = table(
        dict.fromkeys(("opened", "done", "due"), "TIMESTAMPTZ"), [{"opened": NOW - WINDOW, "done": None, "due": NOW}]
    )
    infinite = Argument(sql="TIMESTAMPTZ 'infinity'")
    found, value = measured(BACKLOG, (column("opened"), column("done"), infinite, AS_OF), connection)
    assert (found["invalid"], found["n"], value.value) == (1, 0, None)


# ---------------------------------------------------------------- repeat_within


@pytest.mark.parametrize("seed", range(6))
def test_a_case_is_judged_when_its_window_is_over(seed):
    random = Random(seed)
    rows = [{"done": some_moment(random), "again": some_moment(random)} for _ in range(400)]
    rows += [{"done": NOW - WINDOW, "again": NOW}, {"done": NOW - WINDOW, "again": NOW + timedelta(seconds=1)}]
    connection = table({"done": "TIMESTAMPTZ", "again": "TIMESTAMPTZ"}, rows)
    arguments = (column("done"), column("again"), DAYS_30, AS_OF)
    found, value = measured(REPEAT, arguments, connection)
    expected = dict.fromkeys(("n", "invalid", "missing", "repeated", "waiting"), 0)
    for row in rows:
        done, again = row["done"], row["again"]
        if usable(done, again) and again < done:
            expected["invalid"] += 1
        elif done is BROKEN:
            continue
        elif done is None or done + WINDOW > NOW:
            expected["waiting"] += 1
        elif again is not BROKEN:
            expected["n"] += 1
            expected["repeated"] += again is not None and again <= done + WINDOW
    assert found == expected
    assert value.value == expected["repeated"] / expected["n"]
    assert value.spread == Proportion(successes=expected["repeated"], n=expected["n"])
    assert against(REPEAT, arguments, connection) == expected["repeated"]


def test_without_a_case_whose_window_is_over_there_is_no_share():
    types = {"done": "TIMESTAMPTZ", "again": "TIMESTAMPTZ"}
    for rows in ([], [{"done": NOW, "again": NOW}]):
        _, value = measured(REPEAT, (column("done"), column("again"), DAYS_30, AS_OF), table(types, rows))
        assert (value.value, value.reason) == (None, "no_valid_rows")


# ---------------------------------------------------------------- group_complaints

THRESHOLD = Argument(sql="3", constant=Decimal(3))


@pytest.mark.parametrize("seed", range(6))
def test_a_burst_begins_where_the_number_of_households_reaches_the_threshold(seed):
    random = Random(seed)
    numbers = (None, BROKEN, -1.0, 0.0, 1.0, 2.0, 2.5, 3.0, 4.0, 9.0, float("nan"), float("inf"))
    rows = [{"households": random.choice(numbers), "before": random.choice(numbers)} for _ in range(500)]
    connection = table({"households": "DOUBLE", "before": "DOUBLE"}, rows)
    arguments = (column("households", ColumnType.NUMBER), column("before", ColumnType.NUMBER), THRESHOLD)
    found, value = measured(BURSTS, arguments, connection)

    def whole(cell, least):
        return usable(cell) and cell in {0, 1, 2, 3, 4, 9} and cell >= least

    sound = [row for row in rows if whole(row["households"], 1) and (row["before"] is None or whole(row["before"], 0))]
    inside = [row for row in sound if row["households"] >= 3]
    bursts = sum((row["before"] or 0) < 3 for row in inside)
    assert (found["n"], found["inside"], found["bursts"], found["largest"]) == (len(sound), len(inside), bursts, 9)
    assert found["n"] + found["invalid"] + found["missing"] == len(rows)
    assert value.value == bursts
    assert value.spread == EventRate(events=bursts, exposure=1, per=1)
    assert against(BURSTS, arguments, connection) == len(inside)


def test_complaints_without_a_burst_and_no_complaints_are_none_and_broken_ones_are_no_value():
    types = {"households": "INTEGER", "before": "INTEGER"}
    arguments = (column("households", ColumnType.INTEGER), column("before", ColumnType.INTEGER), THRESHOLD)
    assert measured(BURSTS, arguments, table(types, [{"households": 2, "before": None}]))[1].value == 0
    assert measured(BURSTS, arguments, table(types, []))[1].value == 0
    _, value = measured(BURSTS, arguments, table(types, [{"households": None, "before": None}] * 3))
    assert (value.value, value.reason) == (None, "no_valid_rows")


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize(
    ("measure", "arguments", "index"),
    [
        (BACKLOG, (column("a"), column("b"), column("c"), column("d", ColumnType.DATE)), 3),
        (REPEAT, (column("a", ColumnType.DATE), column("b"), DAYS_30, AS_OF), 0),
        (REPEAT, (column("a"), column("b"), Argument(sql="30", constant=Decimal(30)), AS_OF), 2),
        (BURSTS, (DAYS_30, column("b"), THRESHOLD), 0),
        (BURSTS, (column("a"), column("b"), Argument(sql="1", constant=Decimal(1))), 2),
        (BURSTS, (column("a"), column("b"), Argument(sql="2.5", constant=Decimal("2.5"))), 2),
    ],
)
def test_an_argument_that_does_not_fit_is_refused_in_both_languages(measure, arguments, index):
    with pytest.raises(UnfitArgument) as refused:
        measure.statistics(arguments)
    assert refused.value.index == index
    for message in (refused.value.message, refused.value.hint):
        if isinstance(message, Message):
            assert message.texts.keys() >= {"en", "zh"}


def test_weighted_statistics_need_not_be_whole():
    value = BACKLOG.finish({"n": Decimal("7.5"), "open": Decimal("2.5"), "overdue": Decimal("0.5")}, "share")
    assert value.value == 0.2
    assert value.spread == Proportion(successes=Fraction(1, 2), n=Fraction(5, 2))


def test_every_measure_says_what_it_counts():
    for measure in MEASURES:
        assert f"measure: {measure.name}(" in measure.__doc__
        assert measure.formula == f"{measure.name}/1"
