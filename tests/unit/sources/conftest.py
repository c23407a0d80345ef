"""A source staged from bytes, the way a run does it."""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sqaudit.engines.duckdb import Engine, open_engine, temporary_folder
from sqaudit.expressions.gate import check_file_expression
from sqaudit.model.evidence import SourceRecord
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.ports import Collected
from sqaudit.model.programme import Reading, Source
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.sources.files import find_files
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.preparing import prepare_source
from sqaudit.sources.staging import stage_source

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Staged:
    engine: Engine
    dataset: StagedDataset
    record: SourceRecord
    prepared: PreparedSource
    project: Path

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        selected = ", ".join(f'"{column}"' for column in columns)
        return self.engine.query(f'SELECT {selected} FROM "{self.dataset.table}"')

    def column(self, name: str) -> list[Any]:
        return [row[0] for row in self.rows(name)]

    def cells(self, name: str) -> list[int]:
        return self.column(f":cell {name}")

    def moments(self, name: str) -> list[str | None]:
        rows = self.engine.query(
            f"SELECT strftime(timezone('UTC', \"{name}\"), '%Y-%m-%dT%H:%M:%SZ') FROM \"{self.dataset.table}\""
        )
        return [row[0] for row in rows]

    def rejected(self) -> list[str]:
        if self.record.rejects is None:
            return []
        return (self.project / self.record.rejects).read_text("utf-8-sig").splitlines()[1:]


def declare(**declared: Any) -> dict[str, Column]:
    """Columns from ``name="integer"`` or ``name={"type": "integer", "minimum": 1}``; a ``?`` makes it optional."""
    made = {}
    for name, what in declared.items():
        given = {"type": what} if isinstance(what, str) else dict(what)
        kind = given.pop("type")
        for bound in ("minimum", "maximum"):
            if isinstance(given.get(bound), int | float):
                given[bound] = Decimal(str(given[bound]))
        made[name] = Column(name=name, type=ColumnType(kind.rstrip("?")), optional=kind.endswith("?"), **given)
    return made


@contextlib.contextmanager
def stage(
    project: Path,
    declared: Mapping[str, Column],
    *,
    rows: Any = None,
    paths: tuple[str, ...] = ("*",),
    read: Mapping[str, Any] | None = None,
    zones: Mapping[str, str] | None = None,
    zone: str = "UTC",
    as_of: datetime = AS_OF,
    threads: int | None = 2,
    only_site: str | None = "one",
    **source: Any,
):
    """Stage the files of ``project``; yields what came out, while the engine is open."""
    wanted = Source(dataset="d", paths=paths, reading=Reading(**(read or {})), **source)
    collected = Collected(rows=rows) if rows is not None else Collected(paths=find_files(wanted, project))
    with temporary_folder() as folder:
        prepared = prepare_source(
            wanted, Dataset(id="d", columns=dict(declared)), collected, folder=folder, project=project
        )
        with open_engine(folder=folder, files=prepared.readable, threads=threads) as engine:
            dataset, record = stage_source(
                engine,
                prepared,
                zones=zones or {},
                zone=zone,
                to_sql=check_file_expression,
                rejects=project / "out" / "rejects.csv",
                as_of=as_of,
                only_site=only_site if wanted.site is None else None,
            )
            assert record.accepted + record.rejected == record.read
            for counts in record.columns.values():
                assert counts.valid + counts.invalid + counts.missing == record.accepted
            yield Staged(engine, dataset, record, prepared, project)


@pytest.fixture(scope="session")
def columns():
    return declare


@pytest.fixture(scope="session")
def staging():
    return stage


@pytest.fixture
def real_data():
    folder = Path(os.environ.get("SQAUDIT_TEST_DATA") or Path(__file__).parents[4] / "shared" / "data")

    def find(name: str) -> Path:
        path = folder / name
        if not path.exists():
            pytest.skip(f"the real data set {name} is not here")
        return path

    return find
