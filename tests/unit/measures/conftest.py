"""A small staged dataset in a locked engine, as the sources would stage it."""

from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sqaudit.builtin.measures import MEASURES
from sqaudit.engines.duckdb import Engine, LocalSession, open_engine, temporary_folder
from sqaudit.expressions.gate import check_condition
from sqaudit.measures.compiled import finish_observation
from sqaudit.measures.grounds import Ground
from sqaudit.measures.language import compile_measure
from sqaudit.measures.passes import measure_dataset
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.programme import Period, Site
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.model.texts import plain

NEW_YORK = ZoneInfo("America/New_York")
SQL_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DECIMAL(18, 4)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMPTZ",
}
COLUMNS = {
    column.name: column
    for column in (
        Column(name="opened_at", optional=True, type=ColumnType.TIMESTAMP),
        Column(name="closed_at", optional=True, type=ColumnType.TIMESTAMP),
        Column(name="due_on", optional=True, type=ColumnType.DATE),
        Column(name="csat", optional=True, type=ColumnType.INTEGER, minimum=Decimal(1), maximum=Decimal(5)),
        Column(name="recommend", optional=True, type=ColumnType.INTEGER),
        Column(name="checked", optional=True, type=ColumnType.INTEGER),
        Column(name="correct", optional=True, type=ColumnType.INTEGER),
        Column(name="amount", optional=True, type=ColumnType.NUMBER),
        Column(name="kind", optional=True, type=ColumnType.TEXT),
        Column(name="reopened", optional=True, type=ColumnType.BOOLEAN),
    )
}
BY_NAME = {measure.name: measure for measure in MEASURES}
MARCH = Period(
    label="2024-03",
    start=datetime(2024, 3, 1, tzinfo=NEW_YORK),
    end=datetime(2024, 4, 1, tzinfo=NEW_YORK),
)
BAD = "bad"  # a cell that was there but could not be used


def compiled(text):
    """A compiled measure over the dataset's columns."""
    return compile_measure(text, Dataset(id="tickets", columns=COLUMNS), BY_NAME)


def request(text, where=None, time=None, item="item"):
    """A request for one measure."""
    condition = check_condition(where, COLUMNS) if where is not None else None
    return MeasureRequest(checklist="list", item=item, measure=compiled(text), where=condition, time=time)


@dataclass(frozen=True)
class Desk:
    """An engine with the dataset ``tickets``."""

    engine: Engine
    staged: StagedDataset
    bad: str = BAD
    march: Period = MARCH
    request = staticmethod(request)

    def fill(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Stage these rows; columns left out are missing, ``BAD`` cells are unreadable."""
        self.engine.query("DELETE FROM tickets")
        for number, row in enumerate(rows, start=1):
            cells = {name: row.get(name) for name in COLUMNS}
            values = [None if value is BAD else value for value in cells.values()]
            codes = [2 if value is BAD else int(value is not None) for value in cells.values()]
            marks = ", ".join("?" * (3 + 2 * len(COLUMNS)))
            self.engine.query(
                f"INSERT INTO tickets VALUES ({marks})",
                [row.get("site", "a"), 1, number, *values, *codes],
                zone=str(row.get("zone", "UTC")),
            )

    def observe(self, *requests, sites="a", zones=None, period=MARCH, as_of=None):
        """The observations of the requests."""
        known = [Site(id=site, title=plain(site)) for site in sites]
        local = LocalSession(self.engine)
        ground = Ground(
            session=local,
            local=local,
            staged=self.staged,
            shape=self.staged.relation,
            zones=zones or {"UTC": list(sites)},
        )
        measured = measure_dataset(ground, requests, sites=known, period=period, as_of=as_of or period.end)
        return list(measured.observations)

    def value(self, text, where=None, time=None, **options):
        """The value of one measure at site a."""
        one = request(text, where, time)
        return finish_observation(one.measure, self.observe(one, **options)[0])


@contextmanager
def open_desk(threads=2):
    """A desk with an empty dataset."""
    zones = ("UTC", "America/New_York", "Asia/Tokyo")
    with temporary_folder() as folder, open_engine(folder=folder, zones=zones, threads=threads) as engine:
        columns = [f'"{name}" {SQL_TYPES[column.type]}' for name, column in COLUMNS.items()]
        columns += [f'":cell {name}" UTINYINT' for name in COLUMNS]
        engine.query(f'CREATE TABLE tickets (":site" VARCHAR, ":file" INTEGER, ":row" BIGINT, {", ".join(columns)})')
        yield Desk(engine, StagedDataset(dataset="tickets", table="tickets", columns=COLUMNS, time="opened_at"))


@pytest.fixture
def desk():
    with open_desk() as opened:
        yield opened


@pytest.fixture
def desk_with_threads():
    """Opens a desk with so many threads."""
    return open_desk


@pytest.fixture
def compile_text():
    """Compiles a measure's text over the dataset's columns."""
    return compiled
