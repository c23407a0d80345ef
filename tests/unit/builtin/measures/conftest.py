"""A small staged dataset with a column for every kind of argument, and one whose texts hold odd things."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sqaudit.builtin.measures import MEASURES
from sqaudit.engines.duckdb import Engine, LocalSession, open_engine, temporary_folder
from sqaudit.measures.compiled import CompiledMeasure, finish_observation
from sqaudit.measures.grounds import Ground
from sqaudit.measures.language import compile_measure
from sqaudit.measures.passes import measure_dataset
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.evidence import Observation
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.programme import Period, Site
from sqaudit.model.score import Value
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.model.texts import plain

BAD = "bad"  # a cell that was there but could not be used
SQL_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DECIMAL(18, 4)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMPTZ",
}


def _scale(name: str, low: int, high: int) -> Column:
    return Column(name=name, optional=True, type=ColumnType.INTEGER, minimum=Decimal(low), maximum=Decimal(high))


COLUMNS = {
    column.name: column
    for column in (
        _scale("five", 1, 5),
        _scale("seven", 1, 7),
        _scale("ten", 0, 10),
        Column(name="number", optional=True, type=ColumnType.INTEGER),
        Column(name="limit", optional=True, type=ColumnType.INTEGER),
        Column(name="amount", optional=True, type=ColumnType.NUMBER),
        Column(name="flag", optional=True, type=ColumnType.BOOLEAN),
        Column(name="other", optional=True, type=ColumnType.BOOLEAN),
        Column(name="start", optional=True, type=ColumnType.TIMESTAMP),
        Column(name="finish", optional=True, type=ColumnType.TIMESTAMP),
        Column(name="day", optional=True, type=ColumnType.DATE),
        Column(name="odd", optional=True, type=ColumnType.TEXT),
    )
}
ZONES = ("UTC", "America/New_York", "Asia/Shanghai")
MARCH = Period(label="2024-03", start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 4, 1, tzinfo=UTC))
_BY_NAME = {measure.name: measure for measure in MEASURES}


def compiled(text: str) -> CompiledMeasure:
    """A compiled measure over the dataset's columns."""
    return compile_measure(text, Dataset(id="rows", columns=COLUMNS), _BY_NAME)


@dataclass(frozen=True)
class Table:
    """An engine with the dataset ``rows``."""

    engine: Engine
    bad: str = BAD

    def fill(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Stage these rows; columns left out are missing, ``BAD`` cells are unreadable. Sites begin with ``a``."""
        self.engine.query("DELETE FROM rows")
        marks = ", ".join("?" * (1 + 2 * len(COLUMNS)))
        for row in rows:
            cells = [row.get(name) for name in COLUMNS]
            values = [None if cell is BAD else cell for cell in cells]
            codes = [2 if cell is BAD else int(cell is not None) for cell in cells]
            self.engine.query(f"INSERT INTO rows VALUES ({marks})", [row.get("site", "a"), *values, *codes])

    def observe(
        self, texts: Sequence[str], sites: Sequence[str] = ("a",), zone: str = "UTC"
    ) -> dict[tuple[str, str], Observation]:
        """What was seen, by text and site."""
        requests = [
            MeasureRequest(checklist="list", item=f"i{place:04}", measure=compiled(text))
            for place, text in enumerate(texts)
        ]
        local = LocalSession(self.engine)
        staged = StagedDataset(dataset="rows", table="rows", columns=COLUMNS, time=None)
        ground = Ground(session=local, local=local, staged=staged, shape=staged.relation, zones={zone: list(sites)})
        known = [Site(id=site, title=plain(site)) for site in sites]
        measured = measure_dataset(ground, requests, sites=known, period=MARCH, as_of=MARCH.end)
        return {(texts[int(one.item[1:])], one.site): one for one in measured.observations}

    def value(self, text: str) -> Value:
        """The value of one measure at site ``a``."""
        return finish_observation(compiled(text), self.seen(text))

    def seen(self, text: str) -> Observation:
        """What one measure saw at site ``a``."""
        return self.observe([text])[text, "a"]


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    """An empty dataset."""
    with temporary_folder() as folder, open_engine(folder=folder, zones=ZONES) as engine:
        columns = [f'"{name}" {SQL_TYPES[column.type]}' for name, column in COLUMNS.items()]
        columns += [f'":cell {name}" UTINYINT' for name in COLUMNS]
        engine.query(f'CREATE TABLE rows (":site" VARCHAR, {", ".join(columns)})')
        yield Table(engine)


@pytest.fixture
def compile_text() -> Callable[[str], CompiledMeasure]:
    """Compiles a measure's text over the dataset's columns."""
    return compiled
