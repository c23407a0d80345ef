"""The result of a query goes through the same typing and accounting as a file."""

import dataclasses
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from sqaudit.errors import UnusableSource
from sqaudit.expressions.gate import check_file_expression
from sqaudit.expressions.queries import check_query
from sqaudit.model.evidence import SourceFile
from sqaudit.model.programme import Period, Source
from sqaudit.model.standard import Dataset
from sqaudit.sources.query_results import prepare_result, query_fingerprint, relation_sql
from sqaudit.sources.staging import stage_source

NOVEMBER = Period(label="2026-11", start=datetime(2026, 11, 1, tzinfo=UTC), end=datetime(2026, 12, 1, tzinfo=UTC))
CALLS = (
    "office,called_at,rating\nnorth,2026-10-31 23:00,4\nnorth,2026-11-02 09:00,\nsouth,2026-11-03 09:00,x\nsouth,,1\n"
)


@pytest.fixture
def calls(tmp_path, columns, staging):
    (tmp_path / "calls.csv").write_text(CALLS)
    declared = columns(office="text", called_at="timestamp", rating="integer?")
    with staging(tmp_path, declared, paths=("calls.csv",), time="called_at") as made:
        yield made


def answer(calls, declared, query, *, reach=None, period=NOVEMBER, **source):
    wanted = Source(dataset="made", paths=(), query=query, **source)
    checked = check_query(query, {"d": calls.dataset.columns})
    relations = {"d": relation_sql(calls.dataset, period, reach)}
    prepared = prepare_result(
        calls.engine,
        wanted,
        Dataset(id="made", columns=declared),
        query=checked.sql,
        rendered=checked.render(period, period.end, relations),
        read={"d": calls.prepared},
        project=calls.project,
    )
    staged, record = stage_source(
        calls.engine,
        prepared,
        zones={},
        zone="UTC",
        to_sql=check_file_expression,
        rejects=calls.project / "out" / "made.csv",
        as_of=period.end,
        only_site=None,
    )
    return replace_dataset(calls, staged, record), prepared


def replace_dataset(calls, staged, record):
    return dataclasses.replace(calls, dataset=staged, record=record)


def test_rows_and_cells_of_a_result_are_accounted_for(calls, columns):
    """An unreadable cell of a source is NULL in a query; what the result lacks is its own affair."""
    declared = columns(place="text", rating={"type": "integer", "minimum": 4}, hour="integer?")
    query = "SELECT office AS place, rating, hour(called_at) AS hour FROM d"
    made, _ = answer(calls, declared, query, site="place")
    assert (made.record.read, made.record.accepted, made.record.rejected) == (3, 1, 2)
    assert made.rows(":site", "place", "rating", "hour", ":file", ":row") == [("north", "north", 4, 23, 1, 1)]
    assert made.rejected() == ["d,2,rating,missing,", "d,3,rating,missing,"]


def test_what_is_between_the_result_and_the_dataset_may_be_an_expression(calls, columns):
    declared = columns(label="text", n="integer", day="date")
    source = {"columns": {"label": "upper(office)", "n": 2, "day": "CAST(called_at AS DATE)"}}
    query = "SELECT office, count(*) AS calls, min(called_at) AS called_at FROM d GROUP BY office"
    made, _ = answer(calls, declared, query, **source)
    assert [row[:2] for row in made.rows("label", "n")] == [("NORTH", 2), ("SOUTH", 1)]


def test_the_order_of_a_result_is_that_of_the_query_then_of_its_columns(calls, columns):
    made, _ = answer(
        calls, columns(rowid="integer?", office="text"), "SELECT rating AS rowid, office FROM d ORDER BY office DESC"
    )
    assert made.rows("office", "rowid", ":row") == [("south", None, 1), ("north", 4, 2), ("north", None, 3)]


@pytest.mark.parametrize(("reach", "count"), [(None, 3), (0, 2), (3_600, 3), (3_599, 2)])
def test_reach_is_counted_from_the_edges_of_the_period(calls, columns, reach, count):
    made, _ = answer(calls, columns(n="integer"), "SELECT count(*) AS n FROM d", reach=reach)
    assert made.column("n") == [count]


def test_reach_is_counted_on_the_wall_and_days_are_whole(calls):
    """Seven days before a midnight are at midnight, although clocks went back on one of them."""
    zone = ZoneInfo("Europe/Berlin")
    period = replace(NOVEMBER, start=datetime(2026, 11, 1, tzinfo=zone), end=datetime(2026, 12, 1, tzinfo=zone))
    sql = relation_sql(calls.dataset, period, 7 * 86_400)
    assert "2026-10-24 22:00:00+00:00" in sql
    assert "2026-12-07 23:00:00+00:00" in sql


def test_a_snapshot_is_seen_whole(calls):
    assert "WHERE" not in relation_sql(replace(calls.dataset, time=None), NOVEMBER, 60)


def test_files_and_fingerprint_are_those_of_what_is_read(calls, columns):
    _, prepared = answer(calls, columns(n="integer"), "SELECT count(*) AS n FROM d")
    (file,) = prepared.originals
    assert isinstance(file, SourceFile)
    assert file.name == "calls.csv"
    assert prepared.files[0].name == "d"
    assert prepared.readable == ()


def test_a_fingerprint_knows_the_query_its_reach_and_what_it_reads():
    first = query_fingerprint("SELECT", 60, {"a": "1", "b": "2"})
    assert first == query_fingerprint("SELECT", 60, {"b": "2", "a": "1"})
    others = [
        query_fingerprint("SELECT 1", 60, {"a": "1", "b": "2"}),
        query_fingerprint("SELECT", None, {"a": "1", "b": "2"}),
        query_fingerprint("SELECT", 60, {"a": "1", "b": "3"}),
        query_fingerprint("SELECT", 60, {"a": "2", "b": "1"}),
    ]
    assert len({first, *others}) == 5


def test_a_query_the_engine_cannot_answer_is_an_unusable_source(calls, columns):
    """A number that grows beyond all digits."""
    query = "SELECT CAST(rating AS DECIMAL(38, 0)) * 99999999999999999999999999999999999999 AS n FROM d"
    with pytest.raises(UnusableSource) as caught:
        answer(calls, columns(n="number?"), query)
    assert caught.value.code == "SQA514"
