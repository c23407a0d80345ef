"""Every function and construct gives on Spark what it gives in DuckDB, over rows that are as nasty as rows can be."""

import re
from pathlib import Path

import pytest
from spark_records import alike
from sqaudit.expressions.functions import ROW_FUNCTIONS

pytestmark = pytest.mark.spark
CASES = [
    line
    for line in (Path(__file__).parent / "cases" / "expressions.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
NO_COUNTERPART = {"nfc_normalize", "strip_accents"}
# number * INTERVAL, and joins with the tables of calendars
WRITTEN_OTHERWISE = {
    "to_days",
    "to_hours",
    "to_minutes",
    "to_seconds",
    "to_weeks",
    "business",
    "business_after",
    "elapsed",
}
AT_ONCE = 50  # expressions in one query; Spark compiles very long ones with pain


def test_every_function_is_compared():
    called = {name for case in CASES for name in re.findall(r"([a-z_0-9]+)\(", case)}
    assert ROW_FUNCTIONS.keys() - called == NO_COUNTERPART | WRITTEN_OTHERWISE


OF_TIME = [case for case in CASES if re.search(r"\b(a|z|wall|day|due)\b", case)]


@pytest.mark.parametrize(("zone", "cases"), [("America/New_York", CASES), ("Asia/Shanghai", OF_TIME)])
def test_row_expressions(nasty, zone, cases):
    found = {}
    for start in range(0, len(cases), AT_ONCE):
        found |= nasty.differences(cases[start : start + AT_ONCE], zone)
    assert found == {}


def test_aggregates_over_groups(nasty):
    sql = """SELECT b, count(*), count(i), count_if(d > 0), sum(i), sum(d), sum(TRY_CAST(f AS DECIMAL(38, 9))),
    sum(i) FILTER (WHERE d > 0), min(f), max(f), min(d), max(epoch_us(a)), bool_or(d > 0), bool_and(i > 0), avg(d),
    quantile_cont(CAST(d AS DOUBLE), [0.0, 0.1, 0.5, 0.95, 1.0]), quantile_cont(i, 0.3), median(CAST(i AS DOUBLE)),
    sum(CAST(d AS DECIMAL(38, 4)) * k), sum(CAST(i AS HUGEINT) * i), count(DISTINCT s), quantile_cont(CAST(d AS DOUBLE), [0.5]) FILTER (WHERE i > 3)
    FROM records GROUP BY b ORDER BY b"""
    left, right = nasty.both(sql)
    assert all(alike(one, two) for one, two in zip(left, right, strict=True)), (left, right)


def test_a_sum_beyond_64_bits_is_exact(nasty):
    sql = "SELECT sum(9223372036854775807 - k), sum(CAST(99999999999999.9999 AS DECIMAL(18, 4))) FROM records"
    left, right = nasty.both(sql)
    assert left == right


def test_windows_joins_and_values(nasty):
    sql = """WITH names(b, label) AS (VALUES (TRUE, 'yes'), (FALSE, 'no'))
    SELECT r.k, names.label, r.place FROM (SELECT *, row_number() OVER (PARTITION BY b ORDER BY d, k) AS place
    FROM records) AS r LEFT JOIN names ON r.b = names.b AND r.k < 40 WHERE r.b IS NOT DISTINCT FROM r.b ORDER BY r.k"""
    left, right = nasty.both(sql)
    assert left == right


def test_star_replace_and_grouping(nasty):
    sql = """SELECT s, count(*) FROM (SELECT * REPLACE (coalesce(s, '(none)') AS s) FROM records) AS r
    GROUP BY ALL HAVING count(*) > 1 ORDER BY s LIMIT 5"""
    left, right = nasty.both(sql)
    assert left == right
