"""Every measure's passes give the same statistics on PostgreSQL as on DuckDB, over the same staged rows."""

import itertools
import math
import random
import runpy
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from sqaudit.builtin.measures import MEASURES
from sqaudit.engines.postgresql.connecting import open_session
from sqaudit.expressions.problem import ExpressionProblem
from sqaudit.model.measuring import cell_column
from sqaudit.model.ports import ArgumentKind
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import ColumnType

TESTS = Path(__file__).parents[2]
running_server = runpy.run_path(str(TESTS / "postgres.py"))["running_server"]
desks = runpy.run_path(str(TESTS / "unit" / "measures" / "conftest.py"))
COLUMNS, request_of = desks["COLUMNS"], desks["request"]
NATIVE = {
    ColumnType.TEXT: "text",
    ColumnType.INTEGER: "bigint",
    ColumnType.NUMBER: "numeric(18, 4)",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "timestamptz",
}
ZONES = {"America/New_York": ["a"], "Asia/Tokyo": ["b", "c"]}
ROWS = 300
OFFERED = {
    ArgumentKind.CONDITION: ["csat >= 4", "kind = 'complaint'", "reopened"],
    ArgumentKind.NUMBER: ["csat", "correct", "checked", "recommend", "amount / csat", "INTERVAL 30 HOUR"],
    ArgumentKind.MOMENT: ["opened_at", "closed_at", "due_on"],
    ArgumentKind.CONSTANT: ["0.9", "5", "1", "4", "10", "1000"],
    ArgumentKind.ANYTHING: ["kind", "csat", "closed_at", "amount / csat"],
    ArgumentKind.STAR: ["*"],
}
PLAIN = [
    "sum(amount) / count(*)",
    "avg(amount * csat)",
    "max(closed_at - opened_at)",
    "min(amount / csat)",
    "sum(closed_at - opened_at) / count(closed_at)",
    "count(DISTINCT kind) * 1.0 / count(*)",
    "quantile_cont(amount, 0.25) / median(csat)",
    "count_if(reopened) / count_if(kind LIKE '%咨%')",
    "mean(round(amount / csat, 1))",
    "share(hour(opened_at) BETWEEN 9 AND 17)",
    "p90(closed_at - date_trunc('day', opened_at))",
    "distinct(lower(kind))",
]
WHERES = [None, "kind = 'complaint'", "csat > 2 OR reopened", "dayofweek(opened_at) IN (1, 2, 3)"]


def _texts():
    """At least one call of every measure, of each of its signatures that the dataset has arguments for."""
    for measure in MEASURES:
        for signature in measure.signatures:
            offered = [OFFERED.get(kind, ["'higher'", "'x'"]) for kind in signature]
            turned = (options[place % len(options) :] + options for place, options in enumerate(offered))
            found = 0
            for arguments in itertools.islice(itertools.product(*turned), 200):
                text = f"{measure.name}({', '.join(arguments)})"
                try:
                    request_of(text)
                except ExpressionProblem:
                    continue
                yield measure.name, text
                found += 1
                if found == 2:
                    break


TEXTS = list(_texts())


def test_every_measure_is_tried():
    assert {name for name, _ in TEXTS} == {measure.name for measure in MEASURES}


def _rows():
    chance = random.Random(7)
    start = datetime(2024, 2, 27, tzinfo=UTC)
    for _ in range(ROWS):
        opened = start + timedelta(microseconds=chance.randrange(38 * 86_400 * 10**6))
        values = {
            "opened_at": opened,
            "closed_at": opened + timedelta(seconds=chance.randrange(-3_000, 400_000)),
            "due_on": (opened + timedelta(days=chance.randrange(4))).date(),
            "csat": chance.choice([0, 1, 2, 3, 4, 5, 5]),
            "recommend": chance.randrange(-1, 12),
            "checked": chance.randrange(0, 12),
            "correct": chance.randrange(0, 10),
            "amount": Decimal(chance.randrange(-(10**6), 10**9)).scaleb(-4),
            "kind": chance.choice(["complaint", "Complaint", "enquiry", "咨询", ""]),
            "reopened": chance.random() < 0.3,
        }
        row = {"site": chance.choice("aabc")}
        for name in COLUMNS:
            fate = chance.random()
            row[name] = desks["BAD"] if fate < 0.05 else None if fate < 0.15 else values.get(name)
        yield row


class Both:
    """The rows in both engines: every SELECT runs on both, and must give the same."""

    def __init__(self, here, there):
        self._here = here
        self._there = there
        self.compared = 0

    def query(self, sql, parameters=(), *, zone=None):
        rows = self._here.query(sql, parameters, zone=zone)
        if sql.lstrip().upper().startswith(("SELECT", "WITH")) and not parameters:
            found = self._there.query(sql, zone=zone or "UTC")
            assert len(found) == len(rows)
            for mine, other in zip(sorted(rows, key=_place), sorted(found, key=_place), strict=True):
                assert list(map(_close, mine, other)) == [True] * len(mine), sql
            self.compared += 1
        return rows


def _place(row):
    return [("" if value is None else str(value)) for value in row if isinstance(value, str | None)]


def _close(mine, other):
    if isinstance(mine, list):
        return len(mine) == len(other) and all(map(_close, mine, other))
    if isinstance(mine, float) and isinstance(other, float):
        return math.isclose(mine, other, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(mine, Decimal) and isinstance(other, Decimal) and mine != other:
        return math.isclose(mine, other, rel_tol=1e-12)  # sums of what were floating-point numbers
    # DuckDB gives NULL where count_if has met nothing but unknown conditions.
    return (mine or 0) == (other or 0) and (type(mine) is type(other) or mine is None)


@contextmanager
def _both():
    with running_server() as server, desks["open_desk"]() as desk:
        desk.fill(_rows())
        columns = [(name, NATIVE[column.type]) for name, column in COLUMNS.items()]
        columns = [(":site", "text"), (":file", "integer"), (":row", "bigint"), *columns]
        columns += [(cell_column(name), "smallint") for name in COLUMNS]
        server.run(f"CREATE TABLE tickets ({', '.join(f'{quote_name(name)} {kind}' for name, kind in columns)})")
        listed = ", ".join(f"CAST({quote_name(name)} AS VARCHAR)" for name, _ in columns)
        import psycopg

        with psycopg.connect(server.url, autocommit=True) as connection:
            rows = desk.engine.query(f"SELECT {listed} FROM tickets")
            marks = ", ".join(["%s"] * len(columns))
            connection.cursor().executemany(f"INSERT INTO tickets VALUES ({marks})", rows)
        with open_session(server.url, zone="UTC", timeout=60) as session:
            object.__setattr__(desk, "engine", Both(desk.engine, session))
            yield desk


@pytest.fixture(scope="module")
def desk():
    with _both() as opened:
        yield opened


def _compare(desk, texts, where, time="opened_at"):
    before = desk.engine.compared
    requests = [request_of(text, where, time, item=f"i{number}") for number, text in enumerate(texts)]
    seen = desk.observe(*requests, sites="abcz", zones=ZONES)
    assert [one.reason for one in seen if one.failed] == []
    assert desk.engine.compared > before


@pytest.mark.parametrize("text", [text for _, text in TEXTS] + PLAIN)
def test_a_measure_has_the_same_statistics(desk, text):
    _compare(desk, [text], "kind <> 'enquiry'")


@pytest.mark.parametrize("where", WHERES)
def test_all_measures_together_have_the_same_statistics(desk, where):
    _compare(desk, [text for _, text in TEXTS] + PLAIN, where)


def test_a_snapshot_has_the_same_statistics(desk):
    _compare(desk, [text for _, text in TEXTS], None, time=None)
