"""What a run reads: the columns that something asks for, and no longer a stretch of time than it needs."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from sqaudit.builtin.measures import MEASURES
from sqaudit.expressions.gate import check_condition
from sqaudit.expressions.queries import check_query
from sqaudit.measures.language import compile_measure
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.checklist import Sample
from sqaudit.model.programme import Period, PeriodUnit, Programme, Site, SiteDataset, Source
from sqaudit.model.standard import Column, ColumnType, Dataset, Scoring, Standard
from sqaudit.model.texts import plain
from sqaudit.sources.scanning import Window
from sqaudit.workflow.needed import needed_columns, needed_window

START = datetime(2024, 3, 1, tzinfo=UTC)
MARCH = Period(label="2024-03", start=START, end=START + timedelta(days=31))
BY_NAME = {measure.name: measure for measure in MEASURES}


def column(name, kind=ColumnType.NUMBER, *, optional=True, **more):
    return Column(name=name, type=kind, optional=optional, **more)


COLUMNS = {
    one.name: one
    for one in (
        column("at", ColumnType.TIMESTAMP),
        column("done", ColumnType.TIMESTAMP),
        column("day", ColumnType.DATE),
        column("id", ColumnType.TEXT, optional=False),
        column("shop", ColumnType.TEXT),
        column("agent", ColumnType.TEXT),
        column("low", maximum="high"),
        column("high", minimum="low", maximum="top"),
        column("top"),
        column("weight"),
        column("note", ColumnType.TEXT),
    )
}
CALLS = Dataset(id="calls", columns=COLUMNS)


def programme(*, sites=None, **source):
    standard = Standard(
        id="s",
        version="1.0",
        title=plain("s"),
        scoring=Scoring(),
        ratings=(),
        dimensions={},
        datasets={"calls": CALLS, "long": CALLS},
        criteria={},
    )
    sources = {
        "calls": Source(dataset="calls", paths=("x.parquet",), **({"time": "at", "site": "shop"} | source)),
        "long": Source(
            dataset="long", paths=(), query="SELECT * FROM calls", time="at", reach_seconds=source.pop("reach", None)
        ),
    }
    return Programme(
        id="p",
        title=plain("p"),
        standard=standard,
        checklists=(),
        period=PeriodUnit.MONTH,
        sources=sources,
        sites=sites or (Site(id="a", title=plain("a")),),
        timezone="UTC",
        folder=".",
    )


def asked(text, where=None, time="at", **more):
    condition = None if where is None else check_condition(where, COLUMNS)
    measure = compile_measure(text, CALLS, BY_NAME)
    return MeasureRequest(checklist="l", item="i", measure=measure, where=condition, time=time, **more)


QUERY = check_query("SELECT note, at FROM calls", {"calls": COLUMNS})


@pytest.mark.parametrize(
    ("requests", "names"),
    [
        ([], "at id shop"),
        ([asked("count(*)")], "at id shop"),
        ([asked("mean(weight)", "note = 'x'")], "at id shop weight note"),
        ([asked("count(*)", time="done")], "at done id shop"),
        ([asked("count(*)", by=("agent",))], "at id shop agent"),
        ([asked("count(*)", subject=("agent", "note"))], "at id shop agent note"),
        ([asked("count(*)", sample=Sample(weight="weight", cluster="agent"))], "at id shop agent weight"),
        ([asked("mean(low)")], "at id shop low high top"),  # bounds, and the bounds of bounds
        ([asked("mean(high)")], "at id shop low high top"),
        ([asked("mean(top)")], "at id shop top"),
    ],
)
def test_only_columns_that_something_asks_for_are_read(requests, names):
    """In the order in which they are declared; required ones decide about rows, so they are read too."""
    assert list(needed_columns(programme(), "calls", requests, []).columns) == names.split()


def test_a_query_or_a_list_of_sites_may_need_everything():
    assert needed_columns(programme(), "calls", [], [QUERY]) == CALLS
    every = SiteDataset(dataset="calls", id="shop")
    assert needed_columns(programme(sites=every), "calls", [], []) == CALLS
    some = SiteDataset(dataset="calls", id="shop", title="note", region="agent", attributes=("weight",))
    assert list(needed_columns(programme(sites=some), "calls", [], []).columns) == [
        "at",
        "id",
        "shop",
        "agent",
        "weight",
        "note",
    ]
    other = SiteDataset(dataset="places", id="shop")
    assert list(needed_columns(programme(sites=other, key=("note",)), "calls", [], []).columns) == [
        "at",
        "id",
        "shop",
        "note",
    ]


def test_the_window_is_the_period_by_every_time_that_is_asked_for():
    window = needed_window(
        programme(),
        "calls",
        [asked("count(*)"), asked("count(*)", time="done"), asked("count(*)", time="day")],
        {},
        MARCH,
    )
    assert window == Window(times=("at", "done", "day"), start=MARCH.start, end=MARCH.end)


@pytest.mark.parametrize(
    "source",
    [{"time": None}, {"fresh_seconds": 60}, {"register": True}, {"sites": SiteDataset(dataset="calls", id="shop")}],
)
def test_sometimes_all_of_the_time_is_looked_at(source):
    """Snapshots, freshness, registers, and datasets that list the sites."""
    assert needed_window(programme(**source), "calls", [asked("count(*)")], {}, MARCH) is None


def test_queries_reach_beyond_the_period_or_see_everything():
    made = programme()
    assert needed_window(made, "calls", [], {"long": QUERY}, MARCH) is None
    reaching = {**made.sources, "long": replace(made.sources["long"], reach_seconds=3 * 86_400)}
    window = needed_window(replace(made, sources=reaching), "calls", [asked("count(*)")], {"long": QUERY}, MARCH)
    days = timedelta(days=3)
    assert window == Window(times=("at",), start=MARCH.start - days, end=MARCH.end + days)


def test_an_item_without_time_looks_at_every_row():
    assert needed_window(programme(), "calls", [asked("count(*)"), asked("count(*)", time=None)], {}, MARCH) is None
