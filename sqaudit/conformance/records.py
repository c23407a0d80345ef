"""Records to try measures with: random, without a value, spoilt; and what is seen in them, by the way that all take."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from sqaudit.engines.duckdb import LocalSession, open_engine, temporary_folder
from sqaudit.expressions.gate import check_file_expression
from sqaudit.measures.grounds import Ground
from sqaudit.measures.passes import measure_dataset
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.evidence import Observation
from sqaudit.model.examples import PERIOD, Row
from sqaudit.model.ports import Collected
from sqaudit.model.programme import Site, Source
from sqaudit.model.score import Level
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.model.texts import plain
from sqaudit.sources.preparing import prepare_source
from sqaudit.sources.staging import stage_source

SITE = "the site"  # no column that a standard could declare
REGION = "all parts"
DATASET = "records"
NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.NUMBER})
_WORDS = ("phone", "chat", "Ünïcode", "北京", "O'Brien")
_SIZES = (1, 1, 2, 2, 3, 4, 5, 7, 9, 12, 16, 20, 25, 30, 40, 60)
_ABSENT = 0.15
_FALSE = 0.4
_DAYS = 120  # from a good month before the period to the end of April
_UNREADABLE = "?"
_NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"))

Records = Mapping[str, Sequence[Row]]
"""Rows by site."""


def random_records(dataset: Dataset, seed: int = 1) -> Records:
    """Rows of every column at several sites; the same seed gives the same rows."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    return {f"part-{number:02}": [_row(dataset, chance) for _ in range(size)] for number, size in enumerate(_SIZES)}


def _row(dataset: Dataset, chance: random.Random) -> dict[str, object]:
    row: dict[str, object] = {}
    bounded = [column for column in dataset.columns.values() if _leans(column)]
    for column in [*(one for one in dataset.columns.values() if not _leans(one)), *bounded]:
        row[column.name] = None if column.optional and chance.random() < _ABSENT else _cell(column, row, chance)
    return {name: row[name] for name in dataset.columns}


def _leans(column: Column) -> bool:
    return isinstance(column.minimum, str) or isinstance(column.maximum, str)


def _cell(column: Column, row: Row, chance: random.Random) -> object:
    match column.type:
        case ColumnType.BOOLEAN:
            return chance.random() >= _FALSE
        case ColumnType.TEXT:
            return chance.choice(column.values or _WORDS)
        case ColumnType.DATE:
            return (PERIOD.start + timedelta(days=chance.randrange(_DAYS) - 60)).date()
        case ColumnType.TIMESTAMP:
            return PERIOD.start + timedelta(seconds=chance.randrange(_DAYS * 86_400) - 60 * 86_400)
        case _:
            return _number(column, row, chance)


def _number(column: Column, row: Row, chance: random.Random) -> float | None:
    low, high = _bound(column.minimum, row), _bound(column.maximum, row)
    low = (-20 if high is None else high - 100) if low is None else low
    high = low + 100 if high is None else high
    if high < low:
        return None if column.optional else low
    if column.type is ColumnType.INTEGER:
        return chance.randint(int(-(-low // 1)), int(high // 1))
    digits = min(column.scale, 2)
    return min(max(round(chance.uniform(low, high), digits), low), high)


def _bound(bound: Decimal | str | None, row: Row) -> float | None:
    if isinstance(bound, str):
        other = row.get(bound)
        return float(other) if isinstance(other, int | float) else None
    return None if bound is None else float(bound)


def without_values(dataset: Dataset, count: int = 5) -> Sequence[Row]:
    """Rows that lack every cell that may be absent."""
    chance = random.Random(2)  # noqa: S311 - no secret
    rows = [_row(dataset, chance) for _ in range(count)]
    return [{name: None if dataset.columns[name].optional else cell for name, cell in row.items()} for row in rows]


def unusable(dataset: Dataset, rows: Sequence[Row]) -> Sequence[Row]:
    """Rows in which every cell that may be absent is there and cannot be used: NaN, infinity, or no such thing."""
    spoilt = []
    for row, wrong in zip(rows, _NOT_NUMBERS * len(rows), strict=False):
        cells = {name: wrong if dataset.columns[name].type in NUMBERS else _UNREADABLE for name in spoilable(dataset)}
        spoilt.append({**row, **cells})
    return spoilt


def spoilable(dataset: Dataset) -> frozenset[str]:
    """The columns whose cells may be absent and can be unusable; any text is a text."""
    return frozenset(
        name for name, column in dataset.columns.items() if column.optional and column.type is not ColumnType.TEXT
    )


def in_other_numbers(records: Records) -> list[dict[str, object]]:
    """The rows as a collector might give them: the same numbers in other types, with their site."""
    kinds = _number_types()
    chance = random.Random(3)  # noqa: S311 - no secret
    return [
        {SITE: site, **{name: _other(cell, chance, kinds) for name, cell in row.items() if cell is not None}}
        for site, rows in records.items()
        for row in rows
    ]


def _other(cell: object, chance: random.Random, kinds: Sequence[type]) -> object:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell
    kind = chance.choice(kinds)
    if kind is Decimal:
        return Decimal(str(cell))
    return cell if isinstance(cell, float) and "int" in kind.__name__ else kind(cell)


def _number_types() -> Sequence[type]:
    """Types in which numbers come; those of numpy where it is installed."""
    kinds: list[type] = [int, float, Decimal]
    try:
        import numpy as np
    except ImportError:
        return kinds
    return [*kinds, np.int64, np.float64]


def write_records(records: Records, columns: Iterable[str], shuffled: bool = False) -> str:  # noqa: FBT001, FBT002 - one mark
    """The rows as CSV with these columns, in their order or in another."""
    lines = [(site, row) for site, rows in records.items() for row in rows]
    if shuffled:
        random.Random(4).shuffle(lines)  # noqa: S311 - no secret
    names = list(columns)
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow([SITE, *names])
    writer.writerows([site, *(_text(row[name]) for name in names)] for site, row in lines)
    return target.getvalue()


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).lower()
        case datetime():
            return cell.astimezone(UTC).isoformat()
        case _:
            return str(cell)


class Staged(Struct, frozen=True):
    """Records ready to be measured."""

    ground: Ground
    sites: Sequence[Site]

    def observe(self, requests: Sequence[MeasureRequest]) -> dict[tuple[int, str], Observation]:
        """What is seen of each request, by its place among them and the site, or the region of all parts."""
        measured = measure_dataset(
            self.ground, requests, sites=self.sites, period=PERIOD, as_of=PERIOD.end, levels=(Level.REGION,)
        )
        return {(int(one.item), one.site): one for one in measured.observations}


@contextmanager
def staged(dataset: Dataset, records: str | list[dict[str, object]], sites: Iterable[str]) -> Iterator[Staged]:
    """Stage records: the text of a CSV file, or rows as a collector gives them. Sites called part-… make a region.

    Raises:
        UnusableSource: They cannot be staged.
    """
    with temporary_folder() as folder:
        project = Path(folder) / "project"
        project.mkdir()
        path = project / "records.csv"
        if isinstance(records, str):
            path.write_text(records, encoding="utf-8", newline="")
        collected = Collected(paths=(path,)) if isinstance(records, str) else Collected(rows=records)
        source = Source(dataset=dataset.id, paths=(path.name,), site=SITE)
        prepared = prepare_source(source, dataset, collected, folder=Path(folder), project=project)
        with open_engine(folder=Path(folder), files=prepared.readable, threads=1) as engine:
            table, _ = stage_source(
                engine, prepared, zones={}, zone="UTC", to_sql=check_file_expression, rejects=None, as_of=PERIOD.end
            )
            local = LocalSession(engine)
            known = [
                Site(id=site, title=plain(site), region=REGION if site.startswith("part-") else None) for site in sites
            ]
            yield Staged(
                Ground(
                    session=local,
                    local=local,
                    staged=table,
                    shape=table.relation,
                    zones={"UTC": [site.id for site in known]},
                ),
                known,
            )
