"""The gate for queries: good ones pass and run, all others are refused, and no order of rows changes a result."""

import random
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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT " + "(" * 60 + "1" + ")" * 60 + " AS a FROM orders",
        "SELECT " + "NOT " * 900 + "gift AS a FROM orders",
        "SELECT order_id FROM " + "(SELECT order_id FROM " * 35 + "orders" + ")" * 35 + " WHERE x",
        "SELECT order_id FROM orders" + " UNION SELECT order_id FROM read_me" * 240,
        "SELECT order_id FROM orders WHERE " + "gift OR " * 900 + "gift",
        "SELECT order_id FROM orders" + " " * 8000,
    ],
)
def test_too_long_or_deep_is_a_message(text):
    with pytest.raises(ExpressionProblem) as caught:
        check_query(text, DATASETS)
    assert caught.value.code in {"SQA301", "SQA302", "SQA303"}


@pytest.mark.parametrize(
    ("text", "pointed", "hint"),
    [
        ("SELECT order_id\nFROM ordres", "ordres", "did you mean 'orders'?"),
        ("SELECT o.shpo FROM orders o", "o.shpo", "did you mean 'shop'?"),
        ("SELECT shop, count(*) AS n FROM orders", "shop", "add it to GROUP BY, or write max(shop)"),
        ("SELECT order_id FROM orders WHERE sent_at - placed_at > 24", "24", "write a duration as INTERVAL 24 HOUR"),
        ("SELECT order_id FROM main.orders", "main.orders", None),
    ],
)
def test_a_problem_points_at_the_word_and_says_what_to_do(text, pointed, hint):
    with pytest.raises(ExpressionProblem) as caught:
        check_query(text, DATASETS)
    assert text[caught.value.start : caught.value.end] == pointed
    assert hint is None or str(caught.value.hint) == hint


def test_a_dataset_may_be_called_with_an_underscore_or_in_quotes():
    for written in ("read_me", '"read-me"', "Read_Me"):
        query = check_query(f"SELECT order_id FROM {written}", DATASETS)
        assert query.tables == {"read-me"}
        assert '":table read-me"' in query.sql


def test_of_two_datasets_that_fold_alike_the_one_written_is_meant():
    both = {"a-b": DATASETS["reviews"], "a_b": DATASETS["read-me"]}
    assert check_query("SELECT order_id FROM a_b", both).tables == {"a_b"}
    assert check_query('SELECT stars FROM "a-b"', both).tables == {"a-b"}


def test_the_difference_of_moments_is_elapsed_time(connection):
    """On the day that clocks go forward in New York, noon is 11 hours after midnight."""
    connection.execute(
        "INSERT INTO orders (order_id, placed_at, sent_at) VALUES ('1', '2024-03-10 00:00', '2024-03-10 12:00')"
    )
    for expression in ("(sent_at - placed_at)", "(max(sent_at) - min(placed_at))", "sum(sent_at - placed_at)"):
        rows = run(
            connection,
            f"SELECT {expression} / INTERVAL 1 HOUR AS hours FROM orders"
            + (" GROUP BY order_id" if "(" in expression[1:] else ""),
        )
        assert rows == [(11.0,)]
    before = "lag(sent_at, 1, placed_at) OVER (ORDER BY order_id)"
    query = f"SELECT h FROM (SELECT (sent_at - {before}) / INTERVAL 1 HOUR AS h FROM orders) AS t"
    assert run(connection, query) == [(11.0,)]
    assert run(connection, "SELECT (as_of - period_end) / INTERVAL 1 DAY AS days FROM orders") == [(1.0,)]


def test_a_division_by_zero_is_unknown(connection):
    connection.execute("INSERT INTO orders (order_id, amount) VALUES ('1', 0)")
    assert run(connection, "SELECT 1 / amount AS a, 1 / sum(amount) OVER (ORDER BY shop) AS b FROM orders") == [
        (None, None)
    ]
    assert run(connection, "SELECT 1 / sum(amount) AS a FROM orders") == [(None,)]


def test_names_of_texts_and_moments_stay_apart(connection):
    connection.execute("INSERT INTO orders (order_id) VALUES ('1')")
    assert run(connection, """SELECT '":as_of"' AS a, 'it''s' AS b FROM orders""") == [('":as_of"', "it's")]


ORDER_BOUND = [
    "SELECT order_id, row_number() OVER (PARTITION BY customer ORDER BY placed_at) AS place FROM orders",
    "SELECT order_id, lag(shop) OVER (PARTITION BY customer ORDER BY placed_at DESC) AS before FROM orders",
    "SELECT order_id, first_value(shop) OVER (PARTITION BY customer ORDER BY placed_at) AS first FROM orders",
    "SELECT order_id, sum(amount) OVER (ORDER BY placed_at ROWS 3 PRECEDING) AS s FROM orders",
    "SELECT shop FROM orders ORDER BY placed_at LIMIT 7",
    "SELECT t.shop FROM (SELECT shop FROM orders LIMIT 5) AS t",
    "SELECT customer, sum(amount / 3) AS s, avg(amount / 7) AS m FROM orders GROUP BY customer",
    "SELECT customer, row_number() OVER (ORDER BY count(*)) AS place FROM orders GROUP BY customer",
    "SELECT shop, amount FROM orders",
]


@pytest.mark.parametrize("text", ORDER_BOUND)
def test_no_order_of_rows_changes_a_result(text, connection):
    draw = random.Random(5)
    rows = [
        (
            str(number),
            draw.choice("ab"),
            draw.choice("xyz"),
            f"2024-03-0{draw.randrange(1, 4)}",
            draw.randrange(9_000) / 100,
        )
        for number in range(60)
    ]
    seen = set()
    for _ in range(4):
        draw.shuffle(rows)
        connection.execute("DELETE FROM orders")
        connection.executemany(
            "INSERT INTO orders (order_id, shop, customer, placed_at, amount) VALUES (?, ?, ?, ?, ?)", rows
        )
        seen.add(repr(run(connection, text)))
    assert len(seen) == 1
