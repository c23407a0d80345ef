"""A session in PostgreSQL: reads and never writes, one picture of the rows, ends when told to, fails in plain words."""

import os
import runpy
import signal
import subprocess
import sys
import textwrap
import threading
import time
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from sqaudit.builtin.engines.postgresql import PostgreSQLEngine
from sqaudit.engines.postgresql.connecting import has_password
from sqaudit.errors import UnusableSource
from sqaudit.model.ports import EngineFailure, EngineRequest

servers = runpy.run_path(str(Path(__file__).parents[1] / "postgres.py"))
ENGINE = PostgreSQLEngine()


@pytest.fixture(scope="module")
def server():
    with servers["running_server"]() as started:
        started.run(
            "CREATE TYPE mood AS ENUM ('bad', 'good')",
            "CREATE DOMAIN stars AS smallint CHECK (value BETWEEN 1 AND 5)",
            "CREATE COLLATION anyhow (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
            """CREATE TABLE calls (id integer, "Caller Name" text, talk numeric(8,2), big numeric,
               ratio real, mood mood, stars stars, code char(4), made timestamp, taken timestamptz,
               on_day date, ok boolean, spent interval,
               tag uuid, notes jsonb, folded text COLLATE anyhow, raw bytea, tags text[])""",
            """INSERT INTO calls VALUES (1, 'Ana', 1.50, 1.123456789012, 0.5, 'good', 5, 'ab', '2024-03-10 02:30',
               '2024-03-10 07:00Z', '2024-03-10', true, '90 minutes', gen_random_uuid(), '{"a": 1}', 'Ä', 'x', '{a}'),
               (2, NULL, NULL, 'NaN', NULL, 'bad', 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
               'ä', NULL, NULL)""",
            "CREATE SCHEMA service",
            "CREATE TABLE service.tickets (x bigint, hidden text)",
            "INSERT INTO service.tickets SELECT number, 'secret words' FROM generate_series(1, 1000) AS number",
            "CREATE VIEW seen AS SELECT id, talk FROM calls",
            "CREATE MATERIALIZED VIEW kept AS SELECT count(*) AS many FROM calls",
            "CREATE TABLE long_one (x bigint)",
            "INSERT INTO long_one SELECT number FROM generate_series(1, 3000) AS number",
        )
        yield started


def _open(url, **parameters):
    return ENGINE.open(EngineRequest(parameters={"url": url, **parameters}, table=None, paths=(), zone="UTC"))


@pytest.fixture
def session(server):
    with _open(server.url) as opened:
        yield opened


LONG = "SELECT count(*) FROM long_one AS a JOIN long_one AS b ON TRUE JOIN long_one AS c ON a.x + b.x > c.x"


def test_columns_have_duckdb_types_in_their_order(session):
    found = session.columns("calls")
    assert list(found.items()) == [
        ("id", "INTEGER"),
        ("Caller Name", "VARCHAR"),
        ("talk", "DECIMAL(8,2)"),
        ("big", "DECIMAL(38,9)"),
        ("ratio", "DOUBLE"),
        ("mood", "VARCHAR"),
        ("stars", "SMALLINT"),
        ("code", "VARCHAR"),
        ("made", "TIMESTAMP"),
        ("taken", "TIMESTAMP WITH TIME ZONE"),
        ("on_day", "DATE"),
        ("ok", "BOOLEAN"),
        ("spent", "INTERVAL"),
        ("tag", "VARCHAR"),
        ("notes", "VARCHAR"),
        ("folded", "VARCHAR"),
    ]


@pytest.mark.parametrize("name", ["service.tickets", '"service"."tickets"', "SERVICE.Tickets", "seen", "kept", "Calls"])
def test_tables_and_views_are_found_by_name(session, name):
    if name.startswith("SERVICE"):
        with pytest.raises(UnusableSource):
            session.columns(name)
    else:
        assert session.columns(name)


def test_values_come_as_plain_python(session):
    (row,) = session.query(
        'SELECT id, "Caller Name", talk, ratio, mood, stars, code, ok, epoch_us(spent), length(tag), sum(id) OVER (),'
        " folded = 'ä', sum(talk) OVER () FROM calls WHERE mood = 'good'"
    )
    assert row[:9] == (1, "Ana", Decimal("1.50"), 0.5, "good", 5, "ab", True, 5_400_000_000)
    assert row[9:] == (36, 1, False, Decimal("1.50"))
    assert [type(value) for value in row[:4]] == [int, str, Decimal, float]


def test_local_times_are_those_of_the_zone_asked_for(session):
    sql = "SELECT hour(taken) FROM calls WHERE id = 1"
    hours = [session.query(sql, zone=zone)[0][0] for zone in ("UTC", "America/New_York", "Asia/Shanghai")]
    assert hours == [7, 3, 15]


def test_nothing_can_be_written(server):
    """Not by generated SQL, which is one SELECT, and not by anything else in the session either."""
    import psycopg

    with _open(server.url) as session:
        connection = session._connection
        for statement in (
            "INSERT INTO seen VALUES (1)",
            "CREATE TABLE mine (x int)",
            "CREATE TEMP TABLE t AS SELECT 1 AS x",
        ):
            with pytest.raises(EngineFailure):
                session.query(statement)
            connection.execute("SAVEPOINT outside")
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                connection.execute(statement)
            connection.execute("ROLLBACK TO SAVEPOINT outside")
        connection.execute("SAVEPOINT outside")
        with pytest.raises(psycopg.errors.ActiveSqlTransaction):
            connection.execute("SET TRANSACTION READ WRITE")
        connection.execute("ROLLBACK")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TABLE mine (x int)")


def test_all_queries_see_the_same_rows(server):
    server.run("DROP TABLE IF EXISTS moving", "CREATE TABLE moving AS SELECT 1 AS x")
    with _open(server.url) as session:
        before = session.query("SELECT sum(x) FROM moving"), session.fingerprint("SELECT * FROM moving")
        server.run("INSERT INTO moving VALUES (10)")
        with pytest.raises(EngineFailure):
            session.query("SELECT 1 / (x - x) FROM moving")
        assert (session.query("SELECT sum(x) FROM moving"), session.fingerprint("SELECT * FROM moving")) == before
    with _open(server.url) as session:
        assert session.query("SELECT sum(x) FROM moving") == [(11,)]


def test_a_fingerprint_tells_rows_and_not_their_order(server):
    def digest(*statements, sql="SELECT * FROM told"):
        server.run("DROP TABLE IF EXISTS told", "CREATE TABLE told (x int, t text)", *statements)
        with _open(server.url) as session:
            return session.fingerprint(sql)

    one, two = "INSERT INTO told VALUES (1, 'a')", "INSERT INTO told VALUES (2, NULL)"
    whole = digest(one, two)
    assert whole == digest(two, one)
    others = [
        digest(),
        digest(one),
        digest(one, two, two),
        digest(one, "INSERT INTO told VALUES (2, '')"),
        digest(one, two, sql="SELECT t, x FROM told"),
        digest(one, two, sql="SELECT x, t AS u FROM told"),
    ]
    assert len({whole, *others}) == 7


def test_a_query_that_takes_too_long_is_stopped(server):
    with _open(server.url, timeout="PT1S") as session:
        with pytest.raises(EngineFailure) as caught:
            session.query(LONG)
        assert "1 seconds" in caught.value.reason
        assert not caught.value.lost
        assert session.query("SELECT 1") == [(1,)], "the session is usable afterwards"


def test_a_lock_that_is_held_by_others_ends_in_a_timeout(server):
    import psycopg

    with psycopg.connect(server.url) as other, _open(server.url, timeout="PT1S") as session:
        other.execute("LOCK TABLE calls")
        with pytest.raises(EngineFailure, match="longer than"):
            session.query("SELECT count(*) FROM calls")


def test_ctrl_c_stops_the_query_here_and_on_the_server(server):
    code = textwrap.dedent(
        f"""
        import sys, time
        from sqaudit.builtin.engines.postgresql import PostgreSQLEngine
        from sqaudit.model.ports import EngineRequest
        request = EngineRequest(parameters={{"url": {server.url!r}}}, table=None, paths=(), zone="UTC")
        with PostgreSQLEngine().open(request) as session:
            session.query("SELECT 1")
            print("ready", flush=True)
            try:
                session.query({LONG!r})
            except KeyboardInterrupt:
                print("stopped", session.query("SELECT 1"), flush=True)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as child:
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.5)
        begun = time.monotonic()
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == "stopped [(1,)]\n"
        assert time.monotonic() - begun < 1
    running = server.run(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sqaudit' AND state = 'active'"
    )
    assert running == [(0,)]


def test_a_connection_that_is_lost_is_told_and_stays_lost(server):
    with _open(server.url) as session:
        (number,) = session._connection.execute("SELECT pg_backend_pid()").fetchone()
        threading.Timer(0.3, server.run, (f"SELECT pg_terminate_backend({number})",)).start()
        for _ in range(2):
            with pytest.raises(EngineFailure) as caught:
                session.query(LONG)
            assert caught.value.lost
            assert "lost" in caught.value.reason


@pytest.mark.parametrize(
    ("changes", "said", "hinted"),
    [
        ({"password": "very wrong"}, "does not let 'postgres' in", "password"),
        ({"user": "nobody_known"}, "does not let 'nobody_known' in", "user"),
        ({"database": "nowhere"}, "has no database 'nowhere'", "end of its URL"),
        ({"host": "no-such-host.invalid"}, "no-such-host.invalid", "host and port"),
        ({"port": 1}, "cannot be reached", "host and port"),
    ],
)
def test_a_server_that_cannot_be_used_is_told_without_the_password(server, changes, said, hinted):
    with pytest.raises(UnusableSource) as caught, _open(server.changed(**changes)):
        pass
    assert caught.value.code == "SQA517"
    assert said in str(caught.value)
    assert hinted in str(caught.value.hint)
    assert "wrong" not in f"{caught.value} {caught.value.hint}"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("table", "hint"),
    [
        ("callls", "did you mean 'calls'?"),
        ("tickets", "did you mean 'service.tickets'?"),
        ("service.tikets", "did you mean 'service.tickets'?"),
        ("warehouse", "write its schema before it"),
    ],
)
def test_an_unknown_table_is_told_with_what_may_be_meant(session, table, hint):
    with pytest.raises(UnusableSource) as caught:
        session.columns(table)
    assert caught.value.code == "SQA518"
    assert table in str(caught.value)
    assert hint in str(caught.value.hint)


def test_what_may_not_be_read_is_told(server):
    server.run(
        "DROP ROLE IF EXISTS sqaudit_reader",
        f"CREATE ROLE sqaudit_reader LOGIN PASSWORD '{servers['PASSWORD']}'",
        "GRANT USAGE ON SCHEMA service TO sqaudit_reader",
    )
    url = server.changed(user="sqaudit_reader", password=servers["PASSWORD"])
    try:
        with _open(url) as session, pytest.raises(UnusableSource, match="does not allow"):
            session.columns("service.tickets")
        server.run("GRANT SELECT (x) ON service.tickets TO sqaudit_reader")
        with _open(url) as session:
            assert dict(session.columns("service.tickets")) == {"x": "BIGINT"}
            assert session.query("SELECT sum(x) FROM (SELECT * FROM service.tickets)") == [(500_500,)]
            server.run("REVOKE SELECT (x) ON service.tickets FROM sqaudit_reader")
            with pytest.raises(EngineFailure, match="does not allow it"):
                session.query("SELECT sum(x) FROM service.tickets")
    finally:
        server.run("DROP OWNED BY sqaudit_reader", "DROP ROLE sqaudit_reader")


def test_a_failure_does_not_repeat_the_content_of_rows(server):
    server.run(
        "CREATE OR REPLACE VIEW failing AS SELECT hidden::integer AS x FROM service.tickets",
    )
    with _open(server.url) as session, pytest.raises(EngineFailure) as caught:
        session.query("SELECT sum(x) FROM failing")
    assert "secret" not in caught.value.reason
    assert "invalid input" in caught.value.reason


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("env:TICKETS_URL", True),
        ("file:secrets/url", True),
        ("postgresql://audit@db.example.org:5432/service?sslmode=require", True),
        ("postgres:///service", True),
        ("postgresql://audit:hunter2@db.example.org/service", False),
        ("postgresql://db.example.org/service?password=hunter2", False),
        ("postgresql://db.example.org/service?user=a&password=hunter2", False),
        ("mysql://db.example.org/service", False),
    ],
)
def test_a_password_is_not_written_in_a_document(url, is_allowed):
    found = jsonschema.Draft202012Validator(ENGINE.parameters_schema).is_valid({"url": url, "timeout": "PT5M"})
    assert found is is_allowed
    if url.startswith("postgres"):
        assert has_password(url) is not is_allowed


@pytest.mark.parametrize("timeout", ["5m", "P", "PT", "PT0.5S", 5])
def test_a_timeout_is_a_duration(timeout):
    assert not jsonschema.Draft202012Validator(ENGINE.parameters_schema).is_valid({"url": "env:X", "timeout": timeout})


def test_a_database_of_another_encoding_is_refused(server):
    import psycopg

    name = "sqaudit_test_latin"
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name}")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
        try:
            with pytest.raises(UnusableSource, match="LATIN1"), _open(server.changed(database=name)):
                pass
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
