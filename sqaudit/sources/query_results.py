"""The result of a query as a source: a table of the engine that goes through the same typing as files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqaudit.errors import UnusableSource, msg
from sqaudit.expressions.gate import moment_literal
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.programme import Period, Source
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import ColumnType, Dataset
from sqaudit.sources.failures import engine_failures
from sqaudit.sources.prepared import PreparedFile, PreparedSource

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine


def relation_sql(staged: StagedDataset, period: Period, reach_seconds: int | None) -> str:
    """What a query sees of a staged dataset: its declared columns, and of a timed one the rows within reach."""
    columns = ", ".join(quote_name(name) for name in staged.columns)
    where = ""
    if staged.time is not None and reach_seconds is not None:
        reach = timedelta(seconds=reach_seconds)  # on the wall: seven days before midnight are at midnight
        where = f" WHERE {_between(staged, staged.time, period.start - reach, period.end + reach)}"
    return f"(SELECT {columns} FROM {quote_name(staged.table)}{where})"


def _between(staged: StagedDataset, column: str, start: datetime, end: datetime) -> str:
    name = quote_name(column)
    if staged.columns[column].type is not ColumnType.DATE:
        return f"{name} >= {moment_literal(start)} AND {name} < {moment_literal(end)}"
    last = "<" if end.time() == time() else "<="
    return f"{name} >= CAST('{start.date()}' AS DATE) AND {name} {last} CAST('{end.date()}' AS DATE)"


def query_fingerprint(sql: str, reach_seconds: int | None, sources: Mapping[str, str]) -> str:
    """The fingerprint of a query: of its SQL, its reach and the fingerprints of what it reads, by dataset."""
    lines = [
        sql,
        str(reach_seconds),
        *(f"{fingerprint}  {dataset}" for dataset, fingerprint in sorted(sources.items())),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def prepare_result(  # noqa: PLR0913  a query's result is known by all of these
    engine: Engine,
    source: Source,
    dataset: Dataset,
    *,
    query: str,
    rendered: str,
    read: Mapping[str, PreparedSource],
    project: Path,
) -> PreparedSource:
    """Run a rendered query; its result stays in the engine as an ordinary table, in the order of the query.

    Args:
        engine: The engine that holds the datasets it reads.
        source: The source with the query.
        dataset: What the result is for.
        query: The checked SQL of the query, the same in every period.
        rendered: The same for this period.
        read: What each dataset it reads is made from; their files are those of the result.
        project: The project's folder.

    Raises ``UnusableSource`` (SQA514) if the engine cannot answer it, ``CannotAccess`` (SQA603) for want of room.
    """
    table = f"result {dataset.id}"
    with engine_failures(dataset.id):
        engine.query(f"CREATE TABLE {quote_name(table)} AS {rendered}")
    files = {file.name: file for one in read.values() for file in one.originals}
    return PreparedSource(
        source=source,
        dataset=dataset,
        project=project,
        fingerprint=query_fingerprint(
            query, source.reach_seconds, {name: one.fingerprint for name, one in read.items()}
        ),
        originals=tuple(files[name] for name in sorted(files)),
        files=(PreparedFile(name=", ".join(sorted(read)), table=table),),
    )


def cannot_be_made(dataset: str, other: str, problem: UnusableSource) -> UnusableSource:
    """The error of a query that reads a dataset which cannot be used."""
    return UnusableSource(
        "SQA516",
        msg(
            "'{dataset}' is made from '{other}', which cannot be used: {problem}",
            dataset=dataset,
            other=other,
            problem=problem.message,
        ),
        problem.hint,
    )
