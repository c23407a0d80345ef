"""The gate for queries: good ones pass and run, all others are refused, and no order of rows changes a result."""

import random
import re
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sqaudit.expressions.gate import ExpressionProblem
from sqaudit.expressions.queries import check_query, tables_named
from sqaudit.model.programme import Period
from sqaudit.model.standard import Column, ColumnType

CASES = Path(__file__).parents[2] / "cases" / "expressions"
TABLES = {
    "orders": {
        "order_id": "text",
        "shop": "text",
        "customer": "text",
        "placed_at": "timestamp",
        "sent_at": "timestamp",
        "due_on": "date",
        "amount": "number",
        "gift": "boolean",
    },
    "reviews": {"order_id": "text", "stars": "integer", "written_at": "timestamp"},
    "read-me": {"order_id": "text"},
}
DATASETS = {
    table: {name: Column(name=name, type=ColumnType(kind)) for name, kind in columns.items()}
    for table, columns in TABLES.items()
}
SQL_TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DECIMAL(18,4)",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
}
PERIOD = Period(label="2024-03", start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 4, 1, tzinfo=UTC))
AS_OF = datetime(2024, 4, 2, tzinfo=UTC)


def blocks():
    text = (CASES / "queries.txt").read_text(encoding="utf-8").partition("\n")[2]
    return [block.strip() for block in text.split("\n\n") if block.strip()]


def attacks():
    lines = (CASES / "query_attacks.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


@pytest.fixture
def connection():
    made = duckdb.connect()
    made.execute("SET TimeZone = 'America/New_York'")
    for table, columns in TABLES.items():
        listed = ", ".join(f'"{name}" {SQL_TYPES[kind]}' for name, kind in columns.items())
        made.execute(f'CREATE TABLE "{table}" ({listed})')
    return made


def run(connection, text, select="*"):
    query = check_query(text, DATASETS)
    sql = query.render(PERIOD, AS_OF, {name: f'"{name}"' for name in query.tables})
    return connection.execute(f"SELECT {select} FROM ({sql})").fetchall()


@pytest.mark.parametrize("text", blocks())
def test_good_queries_pass_and_run(text, connection):
    """What is made of a good query is SQL that DuckDB accepts, with the columns the gate says."""
    query = check_query(text, DATASETS)
    sql = query.render(PERIOD, AS_OF, {name: f'"{name}"' for name in query.tables})
    described = connection.execute(f"DESCRIBE {sql}").fetchall()
    assert tuple(row[0] for row in described) == query.columns
    assert query.tables == tables_named(text, DATASETS)
    assert query.tables
    connection.execute(f"CREATE TABLE made AS {sql}")


@pytest.mark.parametrize("line", attacks())
def test_attacks_are_refused_with_a_place(line):
    code, _, text = line.partition(" ")
    with pytest.raises(ExpressionProblem) as caught:
        check_query(text, DATASETS)
    assert caught.value.code == code, f"{caught.value} / {caught.value.hint}"
    assert 0 <= caught.value.start < caught.value.end <= len(text)
    assert str(caught.value.message)
    assert caught.value.hint is None or str(caught.value.hint)
