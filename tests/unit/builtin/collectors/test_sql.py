"""Rows of a query in a database: read, never written, of the period, in time, and with the password kept."""

import runpy
import sqlite3
import threading
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from sqaudit.builtin.collectors.selects import check_select
from sqaudit.builtin.collectors.sql import SqlCollector
from sqaudit.errors import UnusableSource

SQL = SqlCollector()
servers = runpy.run_path(str(Path(__file__).parents[3] / "postgres.py"))
FOR_EVER = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r"


@pytest.fixture
def crm(tmp_path):
    """A SQLite database in the project, and what it holds."""
    path = tmp_path / "data" / "crm.db"
    path.parent.mkdir()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE tickets (id INTEGER, opened_at TEXT, note TEXT)")
        moments = [
            "2026-09-30 23:59:59",
            "2026-10-01",
            "2026-10-01 00:00:00",
            "2026-10-31 23:59",
            "2026-11-01 00:00:00",
        ]
        database.executemany("INSERT INTO tickets VALUES (?, ?, 'n')", enumerate(moments))
    database.close()
    return path


@pytest.fixture
def read(collect, tmp_path, crm):
    def run(query, url="sqlite:///data/crm.db", **more):
        return collect(SQL, tmp_path, url=url, query=query, **more)

    return run


@pytest.fixture
def refused(read):
    def run(query="SELECT 1 AS x", **more):
        with pytest.raises(UnusableSource) as caught:
            read(query, **more)
        assert caught.value.__cause__ is None
        return caught.value

    return run


def test_only_the_period_is_read(read):
    between = "WHERE opened_at >= :period_start AND opened_at < :period_end ORDER BY id"
    assert [row["id"] for row in read(f"SELECT id FROM tickets {between}")] == [1, 2, 3]
    assert len(read("SELECT id FROM tickets WHERE opened_at < :period_end")) == 4
    assert len(read("SELECT * FROM tickets;")) == 5


def test_a_query_may_stand_in_a_file(collect, tmp_path, crm):
    (tmp_path / "tickets.sql").write_text(
        "-- tickets\nSELECT id FROM tickets -- all; of them\n;\n", encoding="utf-8-sig"
    )
    assert len(collect(SQL, tmp_path, url="sqlite:///data/crm.db", query_file="tickets.sql")) == 5
    with pytest.raises(UnusableSource, match=r"'absent\.sql' cannot be read") as caught:
        collect(SQL, tmp_path, url="sqlite:///data/crm.db", query_file="absent.sql")
    assert caught.value.code == "SQA501"
    with pytest.raises(UnusableSource, match="cannot both be there"):
        collect(SQL, tmp_path, url="sqlite:///data/crm.db", query="SELECT 1", query_file="tickets.sql")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE FROM tickets", "no SELECT"),
        ("DROP TABLE tickets", "no SELECT"),
        ("SELECT 1; DROP TABLE tickets", "several queries"),
        ("PRAGMA query_only = OFF", "no SELECT"),
        ("ATTACH 'other.db' AS other", "no SELECT"),
        ("EXPLAIN SELECT 1", "no SELECT"),
        ("", "no SELECT"),
        ("-- nothing", "no SELECT"),
        ("SELECT FROM WHERE (", "cannot be understood"),
        ("SELECT 'never closed", "cannot be understood"),
        ("WITH gone AS (DELETE FROM tickets RETURNING id) SELECT * FROM gone", "more than read"),
        ("WITH x AS (SELECT 1) INSERT INTO tickets SELECT * FROM x", "more than read"),
        ("SELECT * INTO other FROM tickets", "more than read"),
        ("SELECT * FROM tickets FOR UPDATE", "more than read"),
        ("SELECT * FROM tickets WHERE id = :id", "':id'"),
    ],
)
@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "informix"])
def test_what_is_not_one_select_is_refused(query, said, dialect):
    with pytest.raises(UnusableSource, match=said) as caught:
        check_select(query, dialect)
    assert caught.value.code == "SQA521"
    assert ":period_start" in str(caught.value.hint)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1;",
        "(SELECT 1) UNION ALL SELECT 2",
        "WITH x AS (SELECT 1 AS a) SELECT a FROM x WHERE a >= :period_start",
        "SELECT '10:30' AS clock, id::text, '\\:id' FROM tickets",
        "/* what; */ SELECT deleted FROM updates",
    ],
)
def test_a_select_in_any_coat_is_read(query):
    assert check_select(query, "postgresql") == query.rstrip(";")


def test_sqlite_is_opened_for_reading_only(read, refused, crm, tmp_path, monkeypatch):
    """Also where the look at the query would let something through; a file that is not there is not made."""
    before = crm.read_bytes()
    monkeypatch.setattr("sqaudit.builtin.collectors.sql.check_select", lambda query, _: query)
    for query in ("DELETE FROM tickets RETURNING id", "PRAGMA journal_mode = WAL", "CREATE TABLE mine (x)"):
        with pytest.raises(UnusableSource):
            read(query)
    assert crm.read_bytes() == before
    assert refused(url="sqlite:///data/absent.db").code == "SQA501"
    assert sorted(path.name for path in crm.parent.iterdir()) == ["crm.db"]


def test_a_query_that_takes_too_long_is_stopped(refused):
    begun = time.monotonic()
    error = refused(FOR_EVER, timeout="PT1S")
    assert time.monotonic() - begun < 3
    assert error.code == "SQA522"
    assert "longer than 1 seconds" in str(error)


def test_an_interrupt_stops_the_query(read):
    """SQLite swallows it where it comes; it is not taken for a database that failed."""
    import _thread

    threading.Timer(0.3, _thread.interrupt_main).start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        read(FOR_EVER, timeout="PT10S")
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("SELECT absent FROM tickets", "SQA522", "no such column"),
        ("SELECT id, note AS id FROM tickets", "SQA506", "several columns called 'id'"),
        ("SELECT abs(-9223372036854775808) AS x", "SQA522", "overflow"),
    ],
)
def test_a_query_that_the_database_refuses_is_told(refused, query, code, said):
    error = refused(query)
    assert error.code == code
    assert said in str(error)
    assert "SELECT" not in str(error), "what is told is what went wrong, not the query"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "no URL of a database"),
        ("postgresql://audit:hunter2@host:port/crm", "no URL of a database"),
        ("postgresql://audit:hunter2@2nd@host/crm", "several @"),
        ("klingon://host/crm", "no library that speaks to 'klingon'"),
        ("mssql+pyodbc://audit:hunter2@host/crm", "no library that speaks to 'mssql+pyodbc'"),
    ],
)
def test_a_url_of_no_use_is_told_without_it(refused, url, said):
    error = refused(url=url)
    assert error.code == "SQA517"
    assert said in str(error)
    assert "hunter2" not in f"{error} {error.hint}"


@pytest.mark.parametrize(
    ("parameters", "is_allowed"),
    [
        ({"url": "env:CRM_URL", "query": "SELECT 1"}, True),
        ({"url": "file:secrets/crm", "query_file": "q.sql", "timeout": "PT5M"}, True),
        ({"url": "sqlite:///data/crm.db", "query": "SELECT 1"}, True),
        ({"url": "mysql+pymysql://audit@db.example.org/crm?charset=utf8mb4", "query": "SELECT 1"}, True),
        ({"url": "mysql+pymysql://audit:hunter2@db.example.org/crm", "query": "SELECT 1"}, False),
        ({"url": "postgresql://db.example.org/crm?user=a&password=hunter2", "query": "SELECT 1"}, False),
        ({"url": "mysql+pymysql://audit:hunter/2@db.example.org/crm", "query": "SELECT 1"}, False),
        ({"url": "mysql+pymysql://db.example.org:3306/crm", "query": "SELECT 1"}, True),
        ({"url": "mssql+pyodbc://db/crm?PWD=hunter2", "query": "SELECT 1"}, False),
        ({"url": "env:CRM_URL"}, False),
        ({"query": "SELECT 1"}, False),
        ({"url": "env:CRM_URL", "query": "SELECT 1", "password": "hunter2"}, False),
    ],
)
def test_what_may_be_written(parameters, is_allowed):
    assert jsonschema.Draft202012Validator(SQL.parameters_schema).is_valid(parameters) is is_allowed


# On PostgreSQL


@pytest.fixture(scope="module")
def server():
    with servers["running_server"]() as started:
        started.run(
            """CREATE TABLE calls (id integer, wall timestamp, taken timestamptz, on_day date, cost numeric(8,2),
               tag uuid, raw bytea, notes jsonb, talk interval, ok boolean)""",
            """INSERT INTO calls VALUES
               (1, '2026-09-30 23:59:59', '2026-09-30 15:59:59Z', '2026-09-30', 1, NULL, NULL, NULL, NULL, NULL),
               (2, '2026-10-01', '2026-09-30 16:00:00Z', '2026-10-01', 1.50, '6f9619ff-8b86-d011-b42d-00c04fc964ff',
                '\\x00ff', '{"a": [1]}', '90 minutes', true),
               (3, '2026-10-31 23:59:59', '2026-10-31 15:59:59Z', '2026-10-31', 1, NULL, NULL, NULL, NULL, NULL),
               (4, '2026-11-01', '2026-10-31 16:00:00Z', '2026-11-01', 1, NULL, NULL, NULL, NULL, NULL)""",
            "CREATE TABLE words AS SELECT 'secret words'::text AS w",
        )
        yield started


@pytest.mark.parametrize("column", ["wall", "taken", "on_day"])
def test_the_period_is_wall_time_in_the_zone_of_the_programme(server, read, column):
    query = f"SELECT id FROM calls WHERE {column} >= :period_start AND {column} < :period_end ORDER BY id"
    assert [row["id"] for row in read(query, url=server.url)] == [2, 3]


def test_values_come_as_rows_may_hold_them(server, read):
    (row,) = read("SELECT * FROM calls WHERE id = 2 AND 'a%' LIKE '%'", url=server.url)
    assert row == {
        "id": 2,
        "wall": datetime(2026, 10, 1),
        "taken": datetime(2026, 9, 30, 16, tzinfo=UTC),
        "on_day": date(2026, 10, 1),
        "cost": Decimal("1.50"),
        "tag": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        "raw": "00ff",
        "notes": {"a": [1]},
        "talk": timedelta(minutes=90),
        "ok": True,
    }
    assert len(read("SELECT number FROM generate_series(1, 12345) AS number", url=server.url)) == 12345


def test_postgresql_lets_nothing_be_written(server, refused, monkeypatch):
    monkeypatch.setattr("sqaudit.builtin.collectors.sql.check_select", lambda query, _: query)
    for query in ("DELETE FROM calls RETURNING id", "CREATE TABLE mine (x int)", "SELECT nextval('none')"):
        assert refused(query, url=server.url).code == "SQA522"
    refused("SELECT set_config('transaction_read_only', 'off', false)", url=server.url)
    assert server.run("SELECT count(*) FROM calls") == [(4,)]


def test_postgresql_stops_in_time_and_rows_stay_untold(server, refused):
    error = refused("SELECT pg_sleep(20)", url=server.url, timeout="PT1S")
    assert "longer than 1 seconds" in str(error)
    error = refused("SELECT w::integer FROM words", url=server.url)
    assert "invalid input" in str(error)
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    "changes", [{"password": "very wrong"}, {"user": "nobody_known"}, {"database": "nowhere"}, {"port": 1}]
)
def test_a_server_that_lets_nobody_in_is_told(server, refused, changes):
    error = refused(url=server.changed(**changes))
    assert error.code == "SQA517"
    assert "cannot be reached" in str(error)
    assert "wrong" not in f"{error} {error.hint}"
