"""PostgreSQL gives what DuckDB gives, expression by expression, or refuses by name."""

# ruff: noqa: E501, ISC004, RUF024, SIM905  lines that are tables
import contextlib
import math
import random
import runpy
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from sqaudit.engines.duckdb import open_engine, temporary_folder
from sqaudit.engines.postgresql.connecting import open_session
from sqaudit.engines.postgresql.rendering import short_name, to_postgresql
from sqaudit.engines.rendering import Relation, SqlKind, Unrenderable
from sqaudit.expressions.functions import ROW_FUNCTIONS
from sqaudit.expressions.gate import check_row_expression
from sqaudit.expressions.kinds import Kind
from sqaudit.model.programme import Period
from sqaudit.model.standard import Column, ColumnType

running_server = runpy.run_path(str(Path(__file__).parents[2] / "postgres.py"))["running_server"]
NAN, INF = math.nan, math.inf
ZONES = ("America/New_York", "Asia/Shanghai", "UTC")
COLUMNS = {
    "t": ("VARCHAR", "text", ColumnType.TEXT),
    "u": ("VARCHAR", "text", ColumnType.TEXT),
    "n": ("DECIMAL(18,4)", "numeric(18,4)", ColumnType.NUMBER),
    "i": ("BIGINT", "bigint", ColumnType.INTEGER),
    "k": ("BIGINT", "bigint", ColumnType.INTEGER),
    "f": ("DOUBLE", "double precision", ColumnType.NUMBER),
    "b": ("BOOLEAN", "boolean", ColumnType.BOOLEAN),
    "d": ("DATE", "date", ColumnType.DATE),
    "m": ("TIMESTAMPTZ", "timestamptz", ColumnType.TIMESTAMP),
    "e": ("TIMESTAMPTZ", "timestamptz", ColumnType.TIMESTAMP),
}
ROWS = [
    (None,) * 10,
    ("", "", 0, 0, 0, 0.0, False, "1970-01-01", "1970-01-01 00:00Z", "1970-01-01 00:00Z"),
    ("Hello World", "l", 1.5, 7, 2, 1.5, True, "2024-02-29", "2024-03-10 06:59:59.999999Z", "2024-03-10 07:00Z"),
    ("咨询 电话", "电", -2.5, -7, 2, -2.5, False, "1969-12-31", "1969-12-31 23:59:59.5Z", "1960-02-29 12:34:56.789Z"),
    ("ÄÖß İ ﬁ Σσς Ǆ", "ö", 0.5, 3, -2, 0.5, True, "2023-12-31", "2024-11-03 05:30Z", "2024-11-03 06:30Z"),
    ("a_b%c\\d'e", "_", Decimal("99999999999999.9999"), 2**62, 3, NAN, None, "2000-01-01", "2024-11-03 04:00Z", None),
    (" \t x\u3000 ", "x", -0.0001, 12, 5, INF, True, "2021-01-03", "2024-03-09 05:00Z", "2024-03-11 04:00Z"),
    ("12.345", "1", 2.345, 100, 7, -INF, False, "2020-12-31", "2025-01-01 04:59Z", "2025-01-01 05:00Z"),
    ("2024-02-30", "-", 12.3456, -13, -4, 1e300, True, "1582-10-15", "1901-01-01 00:00Z", "2024-07-01 12:00Z"),
    (
        "2024-03-10 02:30:00",
        ":",
        1000,
        1,
        1,
        0.1,
        True,
        "9999-12-30",
        "2024-07-01 12:00:00.123456Z",
        "2024-06-30 00:00Z",
    ),
    ("a\nb-c-d", "-", 3.14, 10, 3, 2.345, False, "2024-12-30", "1986-05-04 00:30Z", "1991-09-15 01:30Z"),
    ("2024-03-09 5:06 PM", "PM", 7, 64, 6, 123456.789, True, "2024-03-31", "2024-03-31 01:30Z", "2023-03-31 01:30Z"),
]
MARCH = Period(label="2024-03", start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 4, 1, tzinfo=UTC))
DECLARED = {name: Column(name=name, type=declared) for name, (_, _, declared) in COLUMNS.items()}

EXPRESSIONS = """
abs(n) | abs(f) | abs(i) | ceil(n) | ceiling(f) | ceil(i) | floor(n) | floor(f) | floor(i) | trunc(n) | trunc(f) | trunc(i)
exp(n) | exp(f) | ln(n) | ln(f) | log10(n) | log10(i) | log2(i) | log2(f) | sqrt(n) | sqrt(f) | sign(n) | sign(f) | sign(i)
round(n) | round(f) | round(i) | round(n, 2) | round(f, 2) | round(i, -1) | round(n, -1) | round(f, -1) | round(n * 1.5, 1)
power(n, 2) | power(i, k) | power(f, n) | power(n, 0.5) | power(2, i)
coalesce(t, u, 'x') | coalesce(n, i) | ifnull(m, e) | ifnull(d, m) | coalesce(b, false)
greatest(n, i, f) | least(n, i) | greatest(t, u) | least(t, u, 'm') | greatest(m, e) | least(d, m) | nullif(i, 7) | nullif(t, '')
if(b, n, i) | if(i > 0, t, u) | if(n > 0, m, e)
lower(t) | upper(t) | lower(u) | nfc_normalize(t) | trim(t) | ltrim(t) | rtrim(t) | trim(t, 'Hd ') | ltrim(t, u) | rtrim(t, 'e')
length(t) | strlen(t) | left(t, 3) | right(t, 3) | left(t, -2) | right(t, -2) | left(t, k) | right(t, k)
substr(t, 2) | substr(t, 2, 3) | substring(t, -3) | substr(t, -3, 2) | substr(t, 0, 2) | substr(t, 0) | substr(t, -100, 98)
substr(t, k) | substr(t, k, 3) | substr(t, 3, k) | substr(t, -4, k) | substr(t, 4, -2) | substr(t, instr(t, u), 2)
contains(t, u) | contains(t, '电') | starts_with(t, u) | starts_with(t, 'He') | prefix(t, '') | ends_with(t, u) | suffix(t, 'd')
ends_with(t, '') | instr(t, u) | instr(t, 'o') | replace(t, u, 'X') | replace(t, 'l', '') | replace(t, '', 'x')
translate(t, 'lo', '1') | translate(t, 'lloe', '12') | translate(t, '咨询', '电话')
split_part(t, '-', 1) | split_part(t, '-', 2) | split_part(t, '-', -1) | split_part(t, '-', 0) | split_part(t, ' ', k)
concat(t, i, n, b, d) | concat(t, m) | concat(i, NULL) | t || u | 'x' || t
regexp_matches(t, '[a-z]+') | regexp_matches(t, '^\\d{4}-\\d{2}') | regexp_matches(t, 'l{2}|电') | regexp_matches(t, '(?i)HELLO\\s')
regexp_matches(t, 'a.b') | regexp_matches(t, '(?s)a.b') | regexp_matches(t, '[^\\w\\s]') | regexp_matches(t, '\\bWorld$')
regexp_matches(t, '[[:upper:]][^a-z]') | regexp_matches(t, '\\W') | regexp_matches(t, 'a_b%c\\\\d') | regexp_matches(t, '')
regexp_matches(t, '(?:a|b)*?c') | regexp_matches(t, 'ö|[À-ÿ]') | regexp_matches(t, '[\\]\\-x]') | regexp_matches(t, 'l{2,}o')
regexp_full_match(t, '[+-]?\\d+(\\.\\d+)?') | regexp_full_match(t, '.*') | regexp_full_match(t, '\\S+ \\S+') | t ~ '\\d+.\\d+'
regexp_extract(t, '\\d+') | regexp_extract(t, '([A-Z][a-z]+) ([A-Z])', 2) | regexp_extract(t, '(\\d+)-(\\d+)', 1) | regexp_extract(t, 'x', 1)
regexp_extract(t, '^[^-]+') | regexp_extract(t, '(\\d{1,2}):(\\d{2})', 0) | regexp_extract(t, 'l(o)?', 1)
regexp_replace(t, '[^0-9]', '') | regexp_replace(t, '[^0-9]', '', 'g') | regexp_replace(t, '(l+)', '<\\1\\0>', 'g')
regexp_replace(t, 'L', '&', 'gi') | regexp_replace(t, '\\s+$', '') | regexp_replace(t, '[[:punct:]]', '\\\\', 'g')
year(m) | quarter(m) | month(m) | week(m) | weekofyear(d) | day(m) | dayofmonth(d) | dayofyear(m) | hour(m) | minute(m) | second(m)
year(d) | week(d) | hour(d) | dayofweek(m) | dayofweek(d) | weekday(m) | isodow(m) | isodow(d) | dayname(m) | monthname(m) | dayname(d)
date_part('year', m) | date_part('quarter', d) | date_part('second', m) | date_part('millisecond', m) | date_part('microsecond', m)
date_part('dow', m) | date_part('isodow', m) | date_part('doy', m) | date_part('isoyear', m) | date_part('epoch', m) | date_part('epoch', d)
EXTRACT(hour FROM m) | EXTRACT(week FROM d)
date_trunc('year', m) | date_trunc('quarter', m) | date_trunc('month', d) | date_trunc('week', m) | date_trunc('day', m)
date_trunc('hour', m) | date_trunc('minute', m) | date_trunc('second', m) | date_trunc('millisecond', m) | date_trunc('week', d)
date_diff('day', m, e) | date_diff('day', d, m) | date_diff('hour', m, e) | date_diff('minute', m, e) | date_diff('second', m, e)
date_diff('week', m, e) | date_diff('month', m, e) | date_diff('quarter', d, m) | date_diff('year', m, e) | date_diff('day', d, DATE '2024-01-01')
date_diff('millisecond', m, e) | date_diff('microsecond', m, e) | date_diff('hour', d, DATE '2024-01-01') | date_diff('week', d, DATE '2024-01-01')
last_day(d) | last_day(m) | epoch(m) | epoch_ms(m) | epoch_us(m) | epoch(d) | epoch_us(d) | epoch(e - m) | epoch_ms(e - m) | epoch_us(to_days(i))
strftime(m, '%Y-%m-%d %H:%M:%S.%f') | strftime(m, '%a %A %b %B %d %-d %-m %y') | strftime(d, '%Y年%m月%d日') | strftime(m, '%I:%M %p %j %u %V')
strftime(d, 'Q%% "q" %G\\x') | strftime(m, '%x %X') | strftime(m, '%-H:%-M:%-S %-I')
try_strptime(t, '%Y-%m-%d') | strptime(t, '%Y-%m-%d %H:%M:%S') | strptime(t, '%Y-%m-%d %I:%M %p')
to_seconds(n) | to_minutes(i) | to_hours(f) | to_days(n) | to_weeks(k) | to_hours(n) + to_days(k)
to_timestamp(i) | to_timestamp(n) | make_timestamp(i) | make_timestamp_ms(i)
elapsed(m, e) | elapsed(CAST(d AS TIMESTAMP), m) | n + i | n - i | n * i | n * n | f * 2 | n / i | i / k | n / 3 | i // k | n // 2 | i % k | n % 2 | n % i | - n | - i | 1e3 * i | i * 2.5
m + INTERVAL 24 HOUR
m + INTERVAL 1 DAY | m - INTERVAL 1 MONTH | m + INTERVAL '1 day 2 hours' | d + INTERVAL 1 YEAR | d + 5 | d - 5
m + to_hours(n) | e - m | d - DATE '2024-01-01' | m - d | e - INTERVAL 1 QUARTER | m + INTERVAL 1.5 HOUR | m + 2 * INTERVAL 3 DAY
(e - m) / 2 | (e - m) / INTERVAL 1 HOUR | (e - m) * 0.5 | - (e - m) | (e - m) > INTERVAL 1 DAY | INTERVAL 1 MONTH / k | INTERVAL 1 DAY * n
m < e | d <= m | d = DATE '2024-02-29' | m BETWEEN '2024-03-01' AND '2024-04-01' | t < u | t >= 'a' | t BETWEEN 'A' AND 'a' | t = u | t <> u
t IN ('', '12.345') | i IN (1, 7, NULL) | n NOT IN (0.5) | t LIKE '%o%' | t LIKE 'a_b%' | t LIKE 'a\\_b%' | t ILIKE '%WORLD' | t NOT LIKE '_%' | t LIKE u
t ILIKE 'äö%' | b AND i > 0 | b OR n > 0 | NOT b | b IS TRUE | b IS NOT FALSE | t IS NULL | (n > 0) IS FALSE | f > n | f = f | f <> 0
CASE WHEN i > 5 THEN n WHEN b THEN f ELSE i END | CASE t WHEN '' THEN 'empty' WHEN 'x' THEN u END | CASE WHEN b THEN NULL ELSE m END
CAST(t AS BIGINT) | CAST(t AS DECIMAL(18, 4)) | CAST(t AS DOUBLE) | CAST(t AS BOOLEAN) | CAST(t AS DATE) | CAST(t AS TIMESTAMP)
CAST(t AS TIMESTAMPTZ) | CAST(n AS BIGINT) | CAST(f AS BIGINT) | CAST(f AS DECIMAL(38, 9)) | CAST(f AS DECIMAL(6, 2)) | CAST(n AS TINYINT)
CAST(f AS HUGEINT) | CAST(n AS DOUBLE) | CAST(n AS DECIMAL(6, 1)) | CAST(i AS DECIMAL(5, 2)) | CAST(b AS BIGINT) | CAST(i AS BOOLEAN)
CAST(n AS VARCHAR) | CAST(i AS VARCHAR) | CAST(b AS VARCHAR) | CAST(d AS VARCHAR) | CAST(m AS VARCHAR) | CAST(m AS DATE) | CAST(d AS TIMESTAMPTZ)
CAST(f AS VARCHAR) | concat(t, f, n / 3) | CAST(n / i AS VARCHAR) | CAST(n * 1e3 AS VARCHAR) | CAST(f * 1e14 AS VARCHAR) | CAST(i / 1e7 AS VARCHAR)
CAST(m AS TIMESTAMP) | CAST(d AS TIMESTAMP) | CAST(CAST(m AS TIMESTAMP) AS TIMESTAMPTZ) | CAST('2024-03-10 12:00' AS TIMESTAMPTZ) | CAST(i AS DATE)
CAST(t AS INTEGER) | CAST(f AS FLOAT) | CAST(i AS SMALLINT) | m >= as_of | CAST(n * i AS VARCHAR)
"""
REFUSED = {
    "strip_accents(t)": "strip_accents",
    "regexp_extract(t, '(.*)-(.*)', 1)": "regexp_extract",
    "regexp_extract(t, 'a|ab')": "regexp_extract",
    "regexp_replace(t, 'a*', 'x', 'g')": "regexp_replace",
    "regexp_replace(t, 'a', '\\x')": "regexp_replace",
    "regexp_matches(t, '\\pL')": "the pattern \\pL",
    "f % 2": "%",
    "strftime(m, '%Z')": "strftime with %Z",
    "strptime(t, '%Y %U')": "strptime with %U",
    "date_trunc('isodow', m)": "date_trunc('isodow')",
    "date_diff('dow', m, e)": "date_diff('dow')",
    "CAST(e - m AS VARCHAR)": "CAST AS VARCHAR",
    "CAST(t AS HUGEINT)": "TRY_CAST AS HUGEINT",
    "concat(t, e - m)": "CAST AS VARCHAR",
}
# Their places in the SQL are filled by joins before it comes to an engine.
FILLED_BEFORE = {"business", "business_after"}
STATEMENTS = [
    "SELECT k, count(*), sum(n), min(t), max(t), bool_or(b), bool_and(b), avg(n), coalesce(count_if(b), 0) FROM rows GROUP BY ALL",
    "SELECT t < 'a', count(*) AS c, count(DISTINCT k) FROM rows GROUP BY 1 HAVING count(*) > 1 ORDER BY c, 1",
    "SELECT sum(n) FILTER (WHERE b), max(b), min(d), epoch_us(max(m)) - epoch_us(min(m)), median(k), count(t) FROM rows",
    "SELECT quantile_cont(CAST(n AS DOUBLE), [0.0, 0.1, 0.5, 1.0]), quantile_cont(k, 0.9) FROM rows WHERE n < 1e6",
    "SELECT quantile_cont(f, [0.5]) FROM rows WHERE row > 100",
    "SELECT row, row_number() OVER (PARTITION BY b ORDER BY t DESC, row) AS x, lag(t, 1, '-') OVER (ORDER BY row) FROM rows",
    "SELECT row, rank() OVER (ORDER BY k), dense_rank() OVER (ORDER BY k DESC), ntile(3) OVER (ORDER BY row) FROM rows",
    "SELECT row, sum(n) OVER (ORDER BY row ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS s, first_value(t) OVER (ORDER BY row)"
    " FROM rows",
    "SELECT row, sum(n) FILTER (WHERE b) OVER (PARTITION BY k), count(*) OVER () FROM rows",
    "WITH a AS (SELECT k, count(*) AS c FROM rows GROUP BY k), b(key, many) AS (SELECT k, c FROM a WHERE c > 1)"
    " SELECT rows.row, b.many, b.key IS NULL FROM rows LEFT JOIN b ON rows.k = b.key",
    "SELECT r.row, v.name FROM rows AS r JOIN (VALUES (1, 'one'), (2, NULL), (3, 'three')) AS v(number, name) ON r.row = v.number",
    "SELECT r.row, v.name FROM rows AS r JOIN (VALUES ('l', 1.5, CAST(NULL AS VARCHAR))) AS v(a, b, name)"
    " ON r.u IS NOT DISTINCT FROM v.a",
    "SELECT row, x.* FROM rows JOIN (SELECT 1 AS one, 'a' AS two) AS x ON TRUE",
    "SELECT * EXCLUDE (t, u, d, m, e) REPLACE (n + 1 AS n) FROM rows",
    "SELECT DISTINCT u FROM rows ORDER BY u",
    "SELECT DISTINCT u FROM rows ORDER BY u DESC NULLS FIRST LIMIT 3",
    "(SELECT k FROM rows) UNION (SELECT row FROM rows) ORDER BY k LIMIT 5 OFFSET 1",
    "SELECT k, 1 AS x FROM rows UNION ALL SELECT 2.5, NULL FROM rows",
    "SELECT k FROM rows INTERSECT SELECT row FROM rows",
    'SELECT K, "K" + 1 AS other, rows.N FROM rows WHERE ROW IN (1, 2)',
    "SELECT row, v FROM (SELECT row, NULL AS v FROM rows) WHERE v IS NULL AND coalesce(v, 1) = 1",
    "SELECT row, TRY(CASE WHEN t > 'a' THEN 1 ELSE 0 END) FROM rows",
    "SELECT row, epoch_us(timezone('America/New_York', TIMESTAMP '2024-11-03 01:30') - INTERVAL 1 DAY) FROM rows",
    "SELECT row, isfinite(f), isfinite(m), f - f = 0, t[1], t[-1], CAST(n AS VARCHAR)[1], (t || u)[-1], d::TIMESTAMP IS NULL, NULL::DATE FROM rows",
    "SELECT row, epoch_us(CAST('infinity' AS TIMESTAMPTZ)) FROM rows WHERE row = -1",
    'SELECT ":long '
    + "列" * 30
    + '" + 1 FROM (SELECT row AS ":long '
    + "列" * 30
    + '", 2 AS ":long '
    + "列" * 31
    + '" FROM rows)',
    "SELECT count(*), sum(CAST(i AS HUGEINT) * i), sum(CAST(n AS DECIMAL(38, 4)) * n) FROM rows",
    "SELECT row, epoch_us(make_timestamptz(epoch_us(d::TIMESTAMP) + 123456)) FROM rows WHERE d < DATE '2100-01-01'",
    "SELECT row, concat_ws(' | ', t, n, NULL, f) FROM rows",
    "SELECT x, CAST(x AS VARCHAR) FROM (VALUES (1e14), (1e15), (1.5e15), (9.9e15), (1e16), (1e17), (1e-4), (1e-5), (-0.0e0), (123456789012345678e0)) AS v(x)",
    "SELECT CAST(k AS UTINYINT), count(*) FROM rows WHERE k > 0 GROUP BY k",
]
NOT_ONE_SELECT = {
    "DROP TABLE rows": "anything but one SELECT",
    "SELECT FROM WHERE": "this statement",
    "SELECT 1; SELECT 2": "anything but one SELECT",
    "INSERT INTO rows (row) VALUES (1)": "anything but one SELECT",
    "SELECT * FROM rows WHERE k IN (SELECT 1)": "IN (SELECT …)",
    "SELECT pg_sleep(1)": "pg_sleep",
    "SELECT * FROM read_csv('x')": "read_csv",
    "SELECT nobody FROM rows": "nobody",
    "SELECT m - e FROM rows": "-",
    "SELECT k FROM rows WHERE t": "a text as a condition",
    "SELECT t + 1 FROM rows": "+",
    "SELECT sum(DISTINCT k) FROM rows": "sum(DISTINCT …)",
    "SELECT TRY(k * k) FROM rows": "TRY",
    "SELECT quantile_cont(n, 0.5) FROM rows": "quantile_cont",
    "SELECT row FROM rows QUALIFY row_number() OVER () = 1": "QUALIFY",
    "SELECT CAST(t AS BIGINT) FROM rows": "CAST of a text",
}


LINES = EXPRESSIONS.strip().split("\n")


def _written(line):
    return [part.strip() for part in line.split(" | ")]


def _sql(text):
    """What the gate makes of an expression, in a form that both engines can hand over."""
    found = check_row_expression(text, DECLARED)
    sql = found.render(MARCH, MARCH.end)
    if found.kind in {Kind.MOMENT, Kind.DURATION}:
        return f"epoch_us({sql})"
    return f"CAST({sql} AS VARCHAR)" if found.kind in {Kind.DATE, Kind.LOCAL} else sql


def _cells():
    names = ", ".join(f'0 AS ":cell {name}"' for name in COLUMNS)
    return f"SELECT *, {names} FROM rows"


@pytest.fixture(scope="module")
def server():
    with running_server() as started:
        columns = ", ".join(f'"{name}" {native}' for name, (_, native, _) in COLUMNS.items())
        marks = ", ".join("%s" for _ in COLUMNS)
        started.run(f"CREATE TABLE rows (row integer, {columns})")
        import psycopg

        with psycopg.connect(started.url, autocommit=True) as connection:
            for number, row in enumerate(ROWS):
                connection.execute(f"INSERT INTO rows VALUES ({number}, {marks})", row)
        yield started


@pytest.fixture(scope="module")
def postgresql(server):
    with open_session(server.url, zone=ZONES[0], timeout=20) as session:
        yield session


@pytest.fixture(scope="module")
def here():
    """The same rows in DuckDB."""
    with temporary_folder() as folder, open_engine(folder=folder, zones=ZONES) as engine:
        columns = ", ".join(f'"{name}" {own}' for name, (own, _, _) in COLUMNS.items())
        engine.query(f"CREATE TABLE rows (row INTEGER, {columns})")
        marks = ", ".join("?" for _ in range(len(COLUMNS) + 1))
        for number, row in enumerate(ROWS):
            engine.query(f"INSERT INTO rows VALUES ({marks})", [number, *row], zone="UTC")
        yield engine


def _alike(mine, other):
    if isinstance(mine, list) and isinstance(other, list):
        return len(mine) == len(other) and all(_alike(*pair) for pair in zip(mine, other, strict=True))
    if mine is None or other is None or isinstance(mine, str | bool) or isinstance(other, str | bool):
        return mine == other and type(mine) is type(other)
    if isinstance(mine, float) or isinstance(other, float):
        left, right = float(mine), float(other)
        both_nan = math.isnan(left) and math.isnan(right)
        return both_nan or left == right or math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-300)
    return mine == other


def _same_rows(here, postgresql, sql, zone):
    expected = here.query(sql, zone=zone)
    found = postgresql.query(sql, zone=zone)
    assert len(found) == len(expected)
    for mine, other in zip(expected, found, strict=True):
        assert all(_alike(*pair) for pair in zip(mine, other, strict=True)), (mine, other)
    return len(found)


def _same_where_duckdb_answers(here, postgresql, sql, zone):
    """DuckDB gives up on a whole query for one number that is too large: then the other rows are compared one by one."""
    try:
        return _same_rows(here, postgresql, sql, zone)
    except duckdb.Error:
        answered = 0
    for number in range(len(ROWS)):
        with contextlib.suppress(duckdb.Error):
            answered += _same_rows(here, postgresql, f"SELECT * FROM ({sql}) WHERE row = {number}", zone)
    return answered


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("zone", ZONES[:2])
def test_expressions_have_the_same_values_on_both_engines(here, postgresql, line, zone):
    shown = [_sql(text) for text in _written(line)]
    together = ", ".join(f"{sql} AS x{place}" for place, sql in enumerate(shown))
    try:
        _same_rows(here, postgresql, f"SELECT row, {together} FROM ({_cells()}) ORDER BY row", zone)
    except duckdb.Error:
        for one in shown:
            sql = f"SELECT row, {one} AS x FROM ({_cells()}) ORDER BY row"
            assert _same_where_duckdb_answers(here, postgresql, sql, zone) >= len(ROWS) - 4


@pytest.mark.parametrize("text", REFUSED)
def test_what_would_differ_is_refused_by_name(postgresql, text):
    with pytest.raises(Unrenderable) as caught:
        postgresql.query(f"SELECT {_sql(text)} AS x FROM ({_cells()})")
    assert caught.value.construct == REFUSED[text]
    assert "PostgreSQL" in caught.value.reason
    assert not caught.value.lost


def test_every_row_function_is_tried_or_refused():
    tried = " ".join([*LINES, *REFUSED])
    assert [name for name in ROW_FUNCTIONS if f"{name}(" not in tried and name not in FILLED_BEFORE] == []


@pytest.mark.parametrize("sql", STATEMENTS)
def test_a_statement_has_the_same_rows_on_both_engines(here, postgresql, sql):
    expected = sorted(here.query(sql), key=repr)
    found = sorted(postgresql.query(sql), key=repr)
    assert len(found) == len(expected)
    for mine, other in zip(expected, found, strict=True):
        assert list(map(_alike, mine, other)) == [True] * len(mine), (mine, other)


@pytest.mark.parametrize("sql", NOT_ONE_SELECT)
def test_anything_else_is_refused_before_it_is_sent(postgresql, sql):
    with pytest.raises(Unrenderable) as caught:
        postgresql.query(sql)
    assert caught.value.construct == NOT_ONE_SELECT[sql]


@pytest.mark.parametrize("name", ["lower", "upper", "trim"])
def test_every_character_has_the_same_case_and_blanks(here, postgresql, name):
    """All of the scripts that have cases, and some of the others."""
    codes = (*range(1, 0x3100), *range(0xA000, 0xAC00), *range(0xF900, 0x1F000), *range(0x3100, 0x110000, 61))
    text = "".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000).replace("'", "''")
    for part in (text, text[-2000:]):
        assert here.query(f"SELECT {name}('{part}')") == postgresql.query(f"SELECT {name}('{part}')")


NUMBERS = """
1 +1 -1 - + 1. .5 1.5 2.5 -1.5 1_000 _1 1__0 1_ 1_000.5_0 1e3 1E3 1e-1 15e-1 25e-1 1e 1e+3 0x1F 0X1f -0x1F +0x1F 0x1_F 0x 0b11 0o7
0x7FFFFFFFFFFFFFFF 0xFFFFFFFFFFFFFFFF 9223372036854775807 9223372036854775807.4 9223372036854775807.5 9223372036854775808
-9223372036854775808 127.4 127.5 128 1,000 12abc 1.23456 1.23445 0.00005 00012 true 99999999999999.9999 99999999999999.99995
99999999999999.99994e0 1d 1.5e0 --1 1e1_0 1e30 1e1000 -1e1000 0e1000 1e-1000 1.e3 1._5 . .e3 １ nan NaN inf -inf Infinity +inf 1e400 -1e400
1e-400 5e-324 1e99999999 1e-99999999
""".split()
WORDS = {
    **dict.fromkeys(
        ("BIGINT", "TINYINT", "DECIMAL(18,4)", "DOUBLE"), [*NUMBERS, "", "  ", " 12 ", "\t12\n", "1 2", "\u30001"]
    ),
    "BOOLEAN": ["true", "t", "T", "TRUE", "yes", "y", "1", "0", "f", "false", "no", "N", "2", "on", "", " true"],
    **dict.fromkeys(
        ("DATE", "TIMESTAMP", "TIMESTAMPTZ"),
        """
        2024-01-05|2024-1-5|2024/01/05|2024-01/05|24-01-05|2024-02-30|2023-02-29|1900-02-29|2000-02-29| 2024-01-05 |2024-01-05x
        2024-01-05 10:00|2024-01-05T10:00|20240105|0001-01-01|12024-01-05|2024 01 05||2024-01|2024-01-05 10|2024-01-05T10:00:00Z
        2024-01-05 10:00:00+02|2024-01-05 10:00:00.123456789|2024-01-05 10:00:60|2024-01-05 24:00:00|2024-01-05 24:00:01
        2024-01-05 25:00| 2024-01-05 1:2:3 |2024-01-05  10:00|2024/1/5 1:00|2024-01-05 10:00 PM|2024-01-05 10:00:00 UTC
        2024-01-05T10:00:00.5+02:30|2024-01-05 10:00:00.|2024-01-05T|2024-01-05 10:00+0230|2024-01-05 10:00 +02|2024-01-05 10:00+2
        2024-13-05|2024-001-05|2024-01-05t10:00|2024-01-05 10:00:00+15|2024-01-05 10:00:00z|2024-01-05 10:00:00+02 |2024-00-10
        2024-11-03 01:30|2024-03-10 02:30|2024-03-10 02:30:00.000001|1800-01-01 00:00|2024-01-05 99|2024-01-05 10:00x|2024-01-00
        """.replace("\n", "|").split("|"),
    ),
}
FORMATS = {
    "%Y-%m-%d": "2024-03-09|2024-3-9| 2024-03-09|2024-03-09  |2024-03-09x|224-03-09|22024-03-09|2024- 03-09|2024-02-30|",
    "%y-%m-%d": "24-3-9|70-3-9|68-3-9|69-1-1|2024-3-9|4-3-9",
    "%Y%m%d": "20240309|202439|2024 0309",
    "%m/%d/%Y %I:%M:%S %p": "03/09/2024 05:06:07 PM|03/09/2024 13:06:07 PM|03/09/2024 00:06:07 AM|3/9/2024 12:00:00 am|3/9/2024 12:00:00 pm",
    "%Y-%m-%d %H": "2024-03-09  10|2024-03-09 10|2024-03-0910|2024-03-09\t10|2024-03-09 24|2024-03-09T10",
    "%Y-%m-%d %H:%M %p": "2024-03-09 15:00 PM|2024-03-09 05:00 PM|2024-03-09 05:00",
    "%d %b %Y": "9 mar 2024|9 March 2024|31 APR 2024|30 Apr 2024",
    "%d %B %Y": "9 March 2024|9 march 2024|9 mar 2024|1 MAY 2024",
    "%a %d %b %Y": "Sat 9 Mar 2024|Sun 9 Mar 2024|Saturday 9 Mar 2024",
    "%Y-%m-%d %H:%M:%S.%f": "2024-03-09 01:02:03.5|2024-03-09 01:02:03.1234567|2024-03-09 01:02:03.000001",
    "%Y-%m-%d %H:%M:%S%z": "2024-03-09 01:02:03+02|2024-03-09 01:02:03+0230|2024-03-09 01:02:03-05:30|2024-03-09 01:02:03Z|2024-03-09 01:02:03 +02",
    "%Y年%m月%d日": "2024年3月9日|2024年13月9日",
    "%H:%M": "10:30|24:00|9:5",
    "%j %Y": "100 2024|366 2024|366 2023|0 2024|1 2024",
    "%Y-%m-%d ": "2024-03-09|2024-03-09 ",
    "x%Y": "x2024|x 2024| x2024|X2024",
    "100%%.%Y": "100%.2024",
}


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize("zone", ZONES[:2])
def test_a_text_is_cast_alike(here, postgresql, kind, zone):
    shown = f"epoch_us(TRY_CAST(x AS {kind}))" if kind == "TIMESTAMPTZ" else f"TRY_CAST(x AS {kind})"
    listed = ", ".join("('" + word + "')" for word in WORDS[kind])
    sql = f"SELECT x, {shown} FROM (VALUES {listed}) AS words(x)"
    if kind in {"DATE", "TIMESTAMP"}:
        sql = sql.replace(shown, f"CAST({shown} AS VARCHAR)")
    _same_rows(here, postgresql, sql, zone)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("zone", ZONES[:2])
def test_a_time_is_read_alike(here, postgresql, form, zone):
    read = f"try_strptime(x, '{form}')"
    shown = f"epoch_us({read})" if "%z" in form else f"CAST({read} AS VARCHAR)"
    listed = ", ".join(f"('{word}')" for word in FORMATS[form].split("|"))
    _same_rows(here, postgresql, f"SELECT x, {shown} FROM (VALUES {listed}) AS words(x)", zone)


CLOCKS = [
    *(f"date_diff('{unit}', a, b)" for unit in "year quarter month week day hour minute second millisecond".split()),
    *(f"epoch_us(date_trunc('{unit}', a))" for unit in "year quarter month week day hour minute second".split()),
    *(f"date_part('{unit}', a)" for unit in "year week isoyear doy dow hour minute second epoch".split()),
    *(f"epoch_us(a + INTERVAL {size})" for size in ("1 DAY", "24 HOUR", "1 MONTH", "1 YEAR", "'-1' WEEK")),
    *(f"epoch_us(a {sign} (INTERVAL 1 DAY + INTERVAL 1 HOUR))" for sign in "+-"),
    *(f"epoch_us(a {sign} (INTERVAL 1 MONTH + INTERVAL 1 DAY))" for sign in "+-"),
    "epoch_us(a - INTERVAL 1 DAY)",
    "epoch_us(a + 2.5 * INTERVAL 1 DAY)",
    "epoch_us(CAST(CAST(a AS TIMESTAMP) AS TIMESTAMPTZ))",
    "CAST(CAST(a AS DATE) AS VARCHAR)",
    "epoch_ms(a)",
    "epoch_us(to_microseconds(epoch_us(b) - epoch_us(a)) / 7)",
    "epoch_us(to_microseconds(epoch_us(b) - epoch_us(a)) * 0.37)",
    "CAST(last_day(a) AS VARCHAR)",
    "strftime(a, '%Y-%m-%d %H:%M:%S.%f %j %p')",
]


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Dublin", "Asia/Kolkata", "Asia/Shanghai"])
def test_clocks_go_alike_at_random_times(here, postgresql, zone):
    """A third of the pairs lie around the changes of the clocks in 2024."""
    chance = random.Random(5)
    edges = [1_710_054_000, 1_730_613_600, 1_711_846_800, 1_729_990_800]

    def moment():
        near = chance.choice(edges) + chance.uniform(-9_000, 9_000)
        far = chance.uniform(-1_500_000_000, 2_500_000_000)
        return round((near if chance.random() < 0.4 else far) * chance.choice([1, 1, 10**6]) // 1) % 2_500_000_000

    pairs = [(moment() * 10**6 + chance.choice([0, 500_000, 999_999, 1_500]), moment() * 10**6) for _ in range(400)]
    listed = ", ".join(f"({a}, {b})" for a, b in pairs)
    moments = "timezone('UTC', make_timestamp(x)) AS a, timezone('UTC', make_timestamp(y)) AS b"
    inner = f"(SELECT x, y, {moments} FROM (VALUES {listed}) AS given(x, y))"
    with temporary_folder() as folder, open_engine(folder=folder, zones=[zone]) as engine:
        for clock in CLOCKS:
            sql = f"SELECT x, y, {clock} FROM {inner} ORDER BY x, y"
            _same_rows(engine, postgresql, sql, zone)


def test_long_names_stay_apart():
    names = ["列" * 22, "列" * 23, "x" * 63]
    shown = [short_name(name) for name in names]
    assert len(set(shown)) == 3
    assert all(len(name.strip('"').encode()) <= 63 for name in shown)
    assert shown[2] == f'"{names[2]}"'


def test_columns_are_listed_by_name_and_never_by_a_star():
    """So that a column that a query does not need is not read, and one that may not be read does no harm."""
    made = to_postgresql("SELECT a FROM (SELECT * FROM t)", lambda _: Relation('"t"', {"a": SqlKind.WHOLE}))
    assert "*" not in made.sql
    assert made.columns == {"a": SqlKind.WHOLE}
