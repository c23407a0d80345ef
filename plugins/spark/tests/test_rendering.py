"""What is rendered, and what is refused, without Java."""

import re

import pytest

from sqaudit_spark.patterns import anchored, java_pattern, java_replacement
from sqaudit_spark.pieces import Unrenderable
from sqaudit_spark.rendering import to_spark

TABLES = {
    "tickets": {
        ":site": "VARCHAR",
        ":cell csat": "UTINYINT",
        "csat": "BIGINT",
        "amount": "DECIMAL(18,4)",
        "share": "DOUBLE",
        "kind": "VARCHAR",
        "open": "BOOLEAN",
        "due_on": "DATE",
        "opened_at": "TIMESTAMP WITH TIME ZONE",
        "wall": "TIMESTAMP",
        "blob": "BLOB",
    }
}


def rendered(expression):
    sql = to_spark(f'SELECT {expression} AS x FROM "tickets"', TABLES)
    return re.fullmatch(r"SELECT (.*) AS `x`\nFROM `tickets`", sql, re.DOTALL)[1]


@pytest.mark.parametrize(
    ("expression", "spark"),
    [
        ('":cell csat" >= 2', "(`:cell csat` >= 2)"),
        ("kind = 'it''s \\ ${HOME}'", r"(`kind` = 'it\'s \\ \u0024{HOME}')"),
        ("amount / 3", "(CAST(`amount` AS DOUBLE) / nullif(CAST(3 AS DOUBLE), 0D))"),
        ("csat // nullif(csat, 0)", "(`csat` div nullif(CASE WHEN `csat` = 0 THEN NULL ELSE `csat` END, 0))"),
        ("dayofweek(due_on)", "CAST((dayofweek(`due_on`) - 1) AS BIGINT)"),
        (
            "epoch_us(opened_at + INTERVAL '24' HOUR)",
            "unix_micros(timestamp_micros(unix_micros(`opened_at`) + 86400000000L))",
        ),
        (
            "epoch_us(opened_at + INTERVAL '1' DAY)",
            "unix_micros((`opened_at` + make_interval(0, CAST(0 AS INT), 0, CAST((1) AS INT), 0, 0, 0)))",
        ),
        ("epoch_us(to_microseconds(csat))", "CAST(`csat` AS BIGINT)"),
        ("INTERVAL '1' DAY > INTERVAL '23' HOUR", "((CAST((1) AS BIGINT) * 86400000000L) > 82800000000L)"),
        ("sum(csat)", "sum(CAST(`csat` AS DECIMAL(20, 0)))"),
        ("quantile_cont(share, [0.5])", "percentile(`share`, array(CAST(0.5BD AS DOUBLE)))"),
        ("kind LIKE 'a\\%'", r"(`kind` LIKE 'a\\\\%')"),
        (
            "opened_at < CAST('2026-01-01 08:00:00+08:00' AS TIMESTAMPTZ)",
            "(`opened_at` < TIMESTAMP_LTZ'2026-01-01 00:00:00Z')",
        ),
        ("csat IS NOT DISTINCT FROM 3", "(`csat` <=> 3)"),
    ],
)
def test_rendering(expression, spark):
    assert rendered(expression) == spark


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("strip_accents(kind)", "the function 'strip_accents'"),
        ("nfc_normalize(kind)", "the function 'nfc_normalize'"),
        ("nothing(kind)", "the function 'nothing'"),
        ("absent", "the column 'absent'"),
        ("length(blob)", "not known"),
        ("opened_at", "fetching 'x'"),
        ("wall", "fetching 'x'"),
        ("kind = 3", "a comparison of a text and a whole number"),
        ("csat + kind", "arithmetic with a text"),
        ("CAST(share AS VARCHAR)", "a floating-point number as text"),
        ("CAST(opened_at AS VARCHAR)", "a moment as text"),
        ("CAST(kind AS BIGINT)", "a cast of a text to BIGINT that may fail"),
        ("regexp_matches(kind, '(?=a)')", "the pattern"),
        ("regexp_matches(kind, '(a)\\1')", "the pattern"),
        ("regexp_matches(kind, kind)", "a text that is not written out"),
        ("regexp_replace(kind, 'a', 'b', 'm')", "the options 'm'"),
        ("strftime(opened_at, '%c')", "'%c' in the format"),
        ("try_strptime(kind, '%Y %z')", "'%z' in the format"),
        ("date_trunc('isoyear', opened_at)", "date_trunc to 'isoyear'"),
        ("date_diff('week', opened_at, opened_at)", "date_diff in weeks"),
        ("epoch_us(1.5 * INTERVAL '1' MONTH)", "a fraction of a month"),
        ("opened_at + greatest(INTERVAL '1' DAY, INTERVAL '2' HOUR) < opened_at", "came out of a computation"),
        ("split_part(kind, '', 1)", "split_part at an empty text"),
        ("sum(kind)", "the sum of a text"),
        ("quantile_cont(amount, 0.5)", "a quantile of a decimal number"),
        ("round(amount, csat)", "a number that is not written out"),
        ("read_csv('/etc/passwd')", "the function 'read_csv'"),
        ("(SELECT 1)", "SELECT 1"),
    ],
)
def test_what_has_no_counterpart_is_refused(expression, said):
    with pytest.raises(Unrenderable, match=re.escape(said)):
        rendered(expression)


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE tickets",
        "SELECT 1; SELECT 2",
        "SELECT * FROM read_parquet('x')",
        "SELECT csat FROM tickets QUALIFY true",
        "SELECT * RENAME (csat AS c) FROM tickets",
        "WITH RECURSIVE r AS (SELECT 1 AS a) SELECT a FROM r",
        "SELECT 'unclosed",
        "",
    ],
)
def test_statements_that_are_refused(sql):
    with pytest.raises(Unrenderable):
        to_spark(sql, TABLES)


def test_a_table_of_unknown_columns_allows_only_what_needs_no_type():
    assert to_spark("SELECT count(*) FROM elsewhere") == "SELECT count(*) AS `count`\nFROM `elsewhere`"
    with pytest.raises(Unrenderable, match="not known"):
        to_spark("SELECT hour(a) FROM elsewhere")


def test_types_pass_through_subqueries():
    sql = (
        "SELECT epoch_us(w + INTERVAL '1' HOUR) AS x FROM (SELECT *, due_on + INTERVAL '1' DAY AS w FROM tickets) AS r"
    )
    assert "timestampadd(MICROSECOND, 3600000000L, `w`)" in to_spark(sql, TABLES)


def test_dots_part_the_names_of_schemas():
    tables = {"sales.tickets": {"a": "BIGINT"}}
    for name in ('"sales.tickets"', "sales.tickets", '"sales"."tickets"'):
        assert to_spark(f"SELECT sum(a) AS x FROM {name}", tables).endswith("FROM `sales`.`tickets`")


@pytest.mark.parametrize(
    ("pattern", "java"),
    [
        ("a$", r"(?d)a\z"),
        (r"\s", r"(?d)[\t\n\f\r ]"),
        (r"[\s[&]", r"(?d)[\t\n\f\r \[\&]"),
        ("[]a]", "(?d)[]a]".replace("[]", "[\\]")),
        (r"\v", r"(?d)\x0B"),
        ("(?P<n>a)", "(?d)(?<n>a)"),
        ("(?i)é", "(?d)(?iu)é"),
        ("a{2,3}", "(?d)a{2,3}"),
        ("a{x}", r"(?d)a\{x\}"),
        (r"\p{Han}\pL\PN", r"(?d)\p{IsHan}\p{L}\P{N}"),
        (r"\x{4e2d}\x41", r"(?d)\x{4e2d}\x{41}"),
        (r"\Qa.b\E", r"(?d)a\.b"),
    ],
)
def test_patterns(pattern, java):
    assert java_pattern(pattern) == java


@pytest.mark.parametrize("pattern", ["a++", "(?!a)", "(?<=a)b", r"(a)\1", "[a", r"[\S]", "(?U)a*", "(?m)a$", "a\\"])
def test_patterns_that_are_refused(pattern):
    with pytest.raises(Unrenderable):
        java_pattern(pattern)


def test_whole_matches_and_replacements():
    assert anchored("a|b") == r"(?d)\A(?:a|b)\z"
    assert java_replacement(r"\1-\0$\\", 0) == r"$1-$0\$\\"
    assert java_replacement(r"\12", 2) == r"$3\2"
