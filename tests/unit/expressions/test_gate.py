"""The gate lets good expressions through, refuses all others with a place and a message, and runs only its own SQL."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from sqaudit.expressions.gate import (
    ExpressionProblem,
    check_condition,
    check_file_expression,
    check_row_expression,
    render,
)
from sqaudit.expressions.kinds import Kind
from sqaudit.model import measuring
from sqaudit.model.programme import Period
from sqaudit.model.standard import Column, ColumnType

CASES = Path(__file__).parents[2] / "cases" / "expressions"
TYPES = {
    "opened_at": ColumnType.TIMESTAMP,
    "closed_at": ColumnType.TIMESTAMP,
    "due_on": ColumnType.DATE,
    "csat": ColumnType.INTEGER,
    "kind": ColumnType.TEXT,
    "amount": ColumnType.NUMBER,
    "my column": ColumnType.NUMBER,
    "reopened": ColumnType.BOOLEAN,
}
COLUMNS = {name: Column(name=name, type=type_) for name, type_ in TYPES.items()}
SQL_TYPES = {
    ColumnType.TIMESTAMP: "TIMESTAMPTZ",
    ColumnType.DATE: "DATE",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.TEXT: "VARCHAR",
    ColumnType.NUMBER: "DECIMAL(18,4)",
    ColumnType.BOOLEAN: "BOOLEAN",
}
PERIOD = Period(label="2024-03", start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 4, 1, tzinfo=UTC))
AS_OF = datetime(2024, 4, 2, tzinfo=UTC)


def cases(name):
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


@pytest.fixture(scope="module")
def table():
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'America/New_York'")
    columns = [f'"{name}" {SQL_TYPES[type_]}' for name, type_ in TYPES.items()]
    columns += [f'":cell {name}" UTINYINT DEFAULT 1' for name in TYPES]
    connection.execute(f"CREATE TABLE t ({', '.join(columns)})")

    def value(expression, **cells):
        connection.execute("DELETE FROM t")
        names = ", ".join('"' + name.replace("__", ":cell ") + '"' for name in cells)
        connection.execute(f"INSERT INTO t ({names}) VALUES ({', '.join('?' * len(cells))})", list(cells.values()))
        sql = check_row_expression(expression, COLUMNS).render(PERIOD, AS_OF)
        return connection.execute(f"SELECT CAST({sql} AS VARCHAR) FROM t").fetchall()[0][0]

    return value


@pytest.mark.parametrize("text", cases("good.txt"))
def test_good_expressions_pass_and_run(text, table):
    """What the gate makes of a good expression is SQL that DuckDB accepts, over declared columns only."""
    assert check_row_expression(text, COLUMNS).columns <= set(COLUMNS)
    table(text, csat=3, kind="5", amount=2)


@pytest.mark.parametrize("line", cases("attacks.txt"))
def test_attacks_are_refused_with_a_place(line):
    """Every other expression is a problem with a code and a place within the text, never a traceback."""
    code, _, text = line.partition(" ")
    with pytest.raises(ExpressionProblem) as caught:
        check_row_expression(text, COLUMNS)
    assert caught.value.code == code, str(caught.value)
    assert 0 <= caught.value.start < caught.value.end <= len(text)
    assert str(caught.value.message)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "(" * 60 + "1" + ")" * 60,
        "NOT " * 490 + "reopened",
        "1" + "+1" * 900,
        "-" * 1500 + "1",
        "x" * 2001,
        "csat IN (" + ",".join("1" * 900) + ")",
        "(" * 900,
        "CASE WHEN " * 150 + "1",
    ],
)
def test_too_long_or_deep_is_a_message(text):
    with pytest.raises(ExpressionProblem) as caught:
        check_row_expression(text, COLUMNS)
    assert caught.value.code in {"SQA301", "SQA302"}


@pytest.mark.parametrize(
    ("text", "pointed", "hint"),
    [
        ("csat > 3 AND csta < 5", "csta", "did you mean 'csat'?"),
        ("length(lowr(kind)) > 3", "lowr(kind)", "did you mean 'lower'?"),
        ("kind = 'a' AND opened_at - closed_at > 24", "24", "write a duration as INTERVAL 24 HOUR"),
        ("csat\n  > 3 AND kidn = 'a'", "kidn", "did you mean 'kind'?"),
    ],
)
def test_a_problem_points_at_the_word_and_says_what_to_do(text, pointed, hint):
    with pytest.raises(ExpressionProblem) as caught:
        check_row_expression(text, COLUMNS)
    assert text[caught.value.start : caught.value.end] == pointed
    assert str(caught.value.hint) == hint


def test_a_condition_must_be_one():
    assert check_condition("csat > 3", COLUMNS).kind is Kind.BOOLEAN
    with pytest.raises(ExpressionProblem, match="'csat' is a number where a condition belongs"):
        check_condition("csat", COLUMNS)


@pytest.mark.parametrize(
    "text",
    [
        "csat" + " IS NULL" * 120,
        "reopened" + " IS TRUE" * 120,
        "coalesce(" * 35 + "csat" + ", 1)" * 35,
        "coalesce(1, " * 35 + "csat" + ")" * 35,
        "if(" * 35 + "reopened" + ", true, false)" * 35,
        "CASE WHEN " * 35 + "reopened" + " THEN true END" * 35,
        "greatest(csat, " * 35 + "1" + ")" * 35,
        "csat" + " / csat" * 120,
    ],
)
def test_nesting_makes_no_giant(text, table):
    """The SQL grows with the text, not with the powers of its depth."""
    assert len(check_row_expression(text, COLUMNS).sql) < 100_000
    table(text, csat=3)


def test_names_are_found_exactly_first():
    """With two names that differ in case only, each is found as written."""
    columns = {name: Column(name=name, type=ColumnType.INTEGER) for name in ("Csat", "csat")}
    assert check_row_expression("csat", columns).columns == {"csat"}
    assert check_row_expression("Csat", columns).columns == {"Csat"}


@pytest.mark.parametrize("word", ["as_of", "period_start", "period_end"])
def test_measures_and_expressions_name_a_moment_alike(word):
    assert check_row_expression(word, {}).sql == getattr(measuring, word.upper())


def test_moments_are_filled_in_but_texts_left_alone():
    """Only the name of a moment is replaced; the same letters inside a text are not."""
    sql = check_row_expression("""kind = '":as_of"' OR opened_at > as_of""", COLUMNS).sql
    rendered = render(sql, PERIOD, AS_OF)
    assert """'":as_of"'""" in rendered
    assert "CAST('2024-04-02 00:00:00+00:00' AS TIMESTAMPTZ)" in rendered


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        # New York put its clocks forward at 02:00 on 2024-03-10: 01:30 to 03:30 is one hour
        ("epoch(closed_at - opened_at)", {}, "3600.0"),
        ("closed_at - opened_at = INTERVAL 1 HOUR", {}, "true"),
        ("date_diff('hour', opened_at, closed_at)", {}, "1"),
        ("coalesce(closed_at, as_of) - opened_at < INTERVAL 61 MINUTE", {}, "true"),
        ("hour(opened_at)", {}, "1"),
        ("hour(closed_at)", {}, "3"),
        ("opened_at < '2024-03-10 02:00'", {}, "true"),
        ("opened_at >= '2024-03-10'", {}, "true"),
        ("epoch(closed_at - due_on) / 3600", {"due_on": "2024-03-10"}, "2.5"),
        ("csat / (csat - csat)", {"csat": 3}, None),
        ("csat % (csat - csat)", {"csat": 3}, None),
        ("csat // (csat - csat)", {"csat": 3}, None),
        ("CAST(kind AS INTEGER)", {"kind": "x"}, None),
        ("strptime(kind, '%d')", {"kind": "x"}, None),
        ("amount * amount", {"amount": "99999999999.5"}, "9999999999900000000000.25000000"),
        ("due_on - DATE '2024-02-28'", {"due_on": "2024-03-01"}, "2"),
    ],
)
def test_rewritten_where_duckdb_would_answer_wrongly(text, cells, expected, table):
    """Elapsed time, division by zero, casts, dates and long products are what a person means by them."""
    moments = {"opened_at": "2024-03-10 01:30", "closed_at": "2024-03-10 03:30"}
    assert table(text, **moments, **cells) == expected


@pytest.mark.parametrize(
    ("text", "missing", "unusable"),
    [
        ("csat IS NULL", "true", None),
        ("csat IS NOT NULL", "false", None),
        ("coalesce(csat, 0)", "0", None),
        ("CASE WHEN csat > 3 THEN 1 ELSE 0 END", "0", None),
        ("if(csat > 3, 1, 0)", "0", None),
        ("greatest(csat, 1)", "1", None),
        ("csat > 3 OR kind = 'a'", "true", "true"),
    ],
)
def test_an_unusable_cell_is_not_an_absent_one(text, missing, unusable, table):
    """What stands in for a missing value never stands in for a cell that could not be read."""
    assert table(text, kind="a", csat=None, __csat=0) == missing
    assert table(text, kind="a", csat=None, __csat=2) == unusable


def test_file_expressions_know_the_header_only():
    assert (
        check_file_expression("strptime(open_dt, '%d/%m/%Y')", ["OPEN_DT"]) == "try_strptime(\"OPEN_DT\", '%d/%m/%Y')"
    )
    for text in ("as_of", "OPEN", "strptime(now(), 'x')"):
        with pytest.raises(ExpressionProblem):
            check_file_expression(text, ["OPEN_DT"])


def test_a_quoted_name_cannot_break_out():
    column = Column(name='a" OR 1=1 --', type=ColumnType.INTEGER)
    sql = check_row_expression('"a"" OR 1=1 --" > 1', {column.name: column}).sql
    assert sql == '("a"" OR 1=1 --" > 1)'
