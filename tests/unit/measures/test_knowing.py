"""What is said of an expression without working it out holds in every row, whatever columns and texts are called."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from sqaudit.builtin.measures import MEASURES
from sqaudit.expressions.gate import ExpressionProblem, check_condition, check_row_expression, render
from sqaudit.measures.knowing import is_harmless, is_zone_free, simplified, strict_columns, without_doubt
from sqaudit.measures.language import compile_measure
from sqaudit.measures.requests import MeasureRequest, make_task, statistics_of
from sqaudit.model.measuring import StagedDataset, cell_column
from sqaudit.model.programme import Period
from sqaudit.model.quoting import quote_name, quote_text
from sqaudit.model.standard import Column, ColumnType, Dataset

START = datetime(2024, 3, 1, tzinfo=UTC)
PERIOD = Period(label="2024-03", start=START, end=START + timedelta(days=31))
TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DECIMAL(18, 4)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMPTZ",
}
NUMBERS = ("a", "ab", "driver's age", "分数", "IN (1)", 'x" >= 2', "it's")
FLAGS = ("flag", "AND", "o'clock", "is FALSE")
TEXTS = ("note", "say 'x'", 'say "x"', "备注")
MOMENTS = ("at", "cell a", "don't")
COLUMNS = {
    name: Column(name=name, type=kind, optional=True)
    for kind, names in (
        (ColumnType.NUMBER, NUMBERS),
        (ColumnType.BOOLEAN, FLAGS),
        (ColumnType.TEXT, TEXTS),
        (ColumnType.TIMESTAMP, MOMENTS),
    )
    for name in names
}
NASTY = (
    "x",
    "it's",
    "",
    "(FALSE)",
    "(FALSE OR FALSE)",
    '":cell a" >= 2',
    'a" AND "b',
    '" IS NOT NULL) AND ("',
    '(CASE WHEN "a" IS NOT NULL THEN FALSE WHEN FALSE THEN NULL ELSE TRUE END)',
)
VALUES = {
    ColumnType.NUMBER: ("NULL", "0", "1", "2", "-1.5", "3"),
    ColumnType.BOOLEAN: ("NULL", "TRUE", "FALSE"),
    ColumnType.TEXT: ("NULL", *(quote_text(text) for text in NASTY)),
    ColumnType.TIMESTAMP: ("NULL", *(f"TIMESTAMPTZ '2024-03-0{day} 12:00+00'" for day in (1, 5, 9))),
}
BY_NAME = {measure.name: measure for measure in MEASURES}


@pytest.fixture(scope="module")
def rows():
    """Rows with everything that may stand in a column; the cells of half of those that are NULL could not be used."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'Asia/Tokyo'")
    declared = [f"{quote_name(name)} {TYPES[column.type]}" for name, column in COLUMNS.items()]
    declared += [f"{quote_name(cell_column(name))} UTINYINT" for name in COLUMNS]
    connection.execute(f"CREATE TABLE rows (number INTEGER, {', '.join(declared)})")
    lines = []
    for number in range(60):
        cells, marks = [], []
        for place, column in enumerate(COLUMNS.values()):
            choices = VALUES[column.type]
            value = choices[(number * (place * 2 + 3) + number // 7 + place) % len(choices)]
            cells.append(value)
            marks.append(str(1 if value != "NULL" else (number + place) % 2 * 2))
        lines.append(f"({number}, {', '.join(cells + marks)})")
    connection.execute(f"INSERT INTO rows VALUES {', '.join(lines)}")
    yield connection
    connection.close()


def named(names):
    return st.sampled_from([quote_name(name) for name in names])


texts = st.one_of(named(TEXTS), st.sampled_from([quote_text(text) for text in NASTY]))
amounts = st.recursive(
    st.one_of(named(NUMBERS), st.sampled_from(["0", "1", "2.5", "-1"])),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})"),
    max_leaves=3,
)
moments = st.one_of(
    named(MOMENTS),
    st.sampled_from(["as_of", "period_start"]),
    named(MOMENTS).map(lambda name: f"({name} + INTERVAL 1 DAY)"),
)


def compared(values):
    several = st.lists(values, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        st.tuples(values, st.sampled_from(["=", "<>", "<", ">="]), values).map(" ".join),
        st.tuples(values, values, values).map(lambda three: "{} BETWEEN {} AND {}".format(*three)),
        st.tuples(values, st.sampled_from(["IN", "NOT IN"]), several).map(lambda three: "{} {} ({})".format(*three)),
        st.tuples(values, st.sampled_from(["IS NULL", "IS NOT NULL"])).map(" ".join),
    )


conditions = st.recursive(
    st.one_of(
        named(FLAGS),
        st.sampled_from(["TRUE", "FALSE"]),
        named(FLAGS).map(lambda name: f"{name} IN (FALSE)"),
        named(FLAGS).map(lambda name: f"{name} IS FALSE"),
        compared(amounts),
        compared(texts),
        compared(moments),
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: f"NOT ({one})"),
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(lambda three: "({} {} {})".format(*three)),
        inner.map(lambda one: f"coalesce({one}, FALSE)"),
        st.tuples(inner, inner).map(lambda two: "CASE WHEN {} THEN {} ELSE FALSE END".format(*two)),
    ),
    max_leaves=4,
)
measures = st.one_of(
    conditions.map(lambda one: f"share({one})"),
    amounts.map(lambda one: f"mean({one})"),
    st.tuples(amounts, amounts).map(lambda two: "share({}, {})".format(*two)),
    st.tuples(moments, moments).map(lambda two: "on_time({}, {})".format(*two)),
    st.tuples(amounts, conditions).map(lambda two: "sum({}) FILTER (WHERE {}) / count(*)".format(*two)),
    st.one_of(named([*NUMBERS, *TEXTS])).map(lambda one: f"count({one}) / count(*)"),
)


def compiled(text):
    try:
        return compile_measure(text, Dataset(id="rows", columns=COLUMNS), BY_NAME)
    except ExpressionProblem:
        reject()


def differing(rows, one, other, where="TRUE"):
    """How many rows two expressions disagree in; none if they cannot be worked out at all."""
    try:
        return rows.execute(
            f"SELECT count(*) FROM rows WHERE ({where}) AND ({one}) IS DISTINCT FROM ({other})"
        ).fetchone()[0]
    except duckdb.Error:
        try:
            rows.execute(f"SELECT ({one}) FROM rows").fetchall()
        except duckdb.Error:
            return 0
        raise


@settings(max_examples=400)
@given(text=measures, condition=conditions, sure=st.sets(st.sampled_from(sorted(COLUMNS))))
def test_what_is_computed_is_what_was_written_in_every_row(rows, text, condition, sure):
    """A request made ready to be computed, against its expressions as the measure has them, where cells are as sure."""
    measure = compiled(text)
    try:
        where = check_condition(condition, COLUMNS)
    except ExpressionProblem:
        reject()
    request = MeasureRequest(checklist="list", item="item", measure=measure, where=where)
    staged = StagedDataset(dataset="rows", table="rows", columns=COLUMNS, time=None, sure=frozenset(sure))
    task = make_task(0, request, staged, PERIOD, PERIOD.end)
    really_sure = " AND ".join([f"{quote_name(cell_column(name))} < 2" for name in sorted(sure)]) or "TRUE"
    for name, wanted in statistics_of(request).items():
        original = render(wanted.expression, PERIOD, PERIOD.end)
        assert differing(rows, original, task.statistics[name].expression, really_sure) == 0, (name, wanted.expression)
        assert differing(rows, original, task.rendered[wanted.expression], really_sure) == 0, name
    assert differing(rows, where.render(PERIOD, PERIOD.end), task.rows.where, really_sure) == 0


@settings(max_examples=300)
@given(text=st.one_of(amounts, moments, conditions))
def test_strict_expressions_are_known_just_where_their_columns_are(rows, text):
    try:
        sql = check_row_expression(text, COLUMNS).render(PERIOD, PERIOD.end)
    except ExpressionProblem:
        reject()
    names = strict_columns(sql)
    if names is not None:
        known = " AND ".join(f"{name} IS NOT NULL" for name in sorted(names)) or "TRUE"
        assert differing(rows, f"({sql}) IS NOT NULL", known) == 0


@settings(max_examples=300)
@given(text=st.one_of(amounts, moments, texts, conditions))
def test_what_is_free_of_zones_gives_the_same_in_each_and_what_is_harmless_never_fails(rows, text):
    try:
        sql = check_row_expression(text, COLUMNS).render(PERIOD, PERIOD.end)
    except ExpressionProblem:
        reject()
    if is_zone_free(sql):
        told = []
        for zone in ("Asia/Tokyo", "America/New_York"):
            rows.execute(f"SET TimeZone = '{zone}'")
            told.append(rows.execute(f"SELECT hash(({sql})) FROM rows ORDER BY number").fetchall())
        rows.execute("SET TimeZone = 'Asia/Tokyo'")
        assert told[0] == told[1]
    if is_harmless(sql):
        rows.execute(f"SELECT count(({sql})) FROM rows").fetchall()


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("a > 3", {'"a"'}),
        ("a BETWEEN 1 AND 3", {'"a"'}),
        ("a + ab", {'"a"', '"ab"'}),
        ("a > ab", {'"a"', '"ab"'}),
        ("a IN (1, 2)", {'"a"'}),
        ("flag OR NOT flag", {'"flag"'}),
        ("a + ab IN (1, 2)", {'"a"', '"ab"'}),
        ('"driver\'s age" > 3', {'"driver\'s age"'}),
        ('"it\'s" > 3 AND "o\'clock"', None),
        ("a BETWEEN ab AND 3", None),  # false, although ab is unknown, where a is above 3
        ("1 BETWEEN a AND 0", None),
        ("a IN (1, ab)", None),
        ("1 IN (a, 1)", None),
        ("a > 3 OR TRUE", None),
        ("a > 3 AND 1 = 2", None),
        ("a > 3 OR ab > 3", None),
        ("coalesce(a, 0)", None),
        ("a / ab", None),
        ("a IS NULL", None),
    ],
)
def test_which_expressions_are_strict(text, columns):
    assert strict_columns(check_row_expression(text, COLUMNS).sql) == columns


def test_a_text_that_looks_like_our_own_sql_is_left_alone():
    """A column's text may hold whatever the patterns look for."""
    for text in NASTY:
        sql = check_condition(f"note = {quote_text(text)} AND flag IN (FALSE)", COLUMNS).sql
        assert without_doubt(sql, set(COLUMNS)) == sql


def test_what_every_row_has_is_not_asked():
    assert simplified('(("a" + "ab") IS NOT NULL)', {"a"}) == '("ab" IS NOT NULL)'
    assert simplified('("a" IS NOT NULL)', {"a"}) == "TRUE"
    assert simplified('("a" IS NOT NULL) AND ("ab" IS NOT NULL)', {"a"}) == '("a" IS NOT NULL) AND ("ab" IS NOT NULL)'


@pytest.mark.parametrize(("text", "is_free"), [("TRUE", True), ("a + 2", True), ("as_of", False), ("hour(at)", False)])
def test_what_is_free_of_zones(text, is_free):
    """When in doubt it is not; an item without condition looks at all rows, whatever the zone."""
    assert is_zone_free(check_row_expression(text, COLUMNS).render(PERIOD, PERIOD.end)) is is_free


def test_a_share_of_a_column_with_an_apostrophe_leaves_out_the_rows_without_it(rows):
    """Rows that do not tell are missing, and no part of the whole."""
    request = MeasureRequest(checklist="list", item="item", measure=compiled('share("driver\'s age" > 1)'))
    staged = StagedDataset(dataset="rows", table="rows", columns=COLUMNS, time=None)
    counted = make_task(0, request, staged, PERIOD, PERIOD.end).statistics["n"].expression
    told, known = rows.execute(f'SELECT count_if({counted}), count("driver\'s age") FROM rows').fetchone()
    assert told == known < 60
