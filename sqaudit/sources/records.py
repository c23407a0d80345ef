"""The source rows behind a value, fit to be shown: named by file and record, masked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqaudit.model.masking import HIDDEN, mask_cell, mask_personal
from sqaudit.model.measuring import FILE_COLUMN, ROW_COLUMN, SITE_COLUMN, StagedDataset
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import Column, ColumnType
from sqaudit.sources.cells import text_of
from sqaudit.sources.failures import engine_failures
from sqaudit.sources.prepared import PreparedSource

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rows_against(  # noqa: PLR0913, PLR0917  what is asked for has this many sides
    engine: Engine,
    staged: StagedDataset,
    prepared: PreparedSource,
    condition_sql: str | None,
    site: str | None,
    limit: int | None,
    *,
    zone: str = "UTC",
) -> tuple[tuple[str, ...], tuple[tuple[str | int, ...], ...]]:
    """The accepted rows that meet a condition, by file and record: headers; file, record number, cells as text.

    Args:
        engine: The engine that holds the staged dataset.
        staged: The dataset.
        prepared: Its source, for the names of the files.
        condition_sql: Checked SQL over the staged columns, or ``None`` for all rows.
        site: The site whose rows are wanted, or ``None`` for all.
        limit: At most so many rows, or ``None`` for all.
        zone: The session the condition runs in, and the zone that moments are shown in (ISO 8601 with offset).
    """
    conditions = [f"({condition_sql})"] if condition_sql is not None else []
    if site is not None:
        conditions.append(f"{quote_name(SITE_COLUMN)} = ?")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    columns = list(staged.columns.values())
    cells = "".join(f", {_cell_sql(column)}" for column in columns)
    with engine_failures(staged.dataset):
        rows = engine.query(
            f"SELECT {quote_name(FILE_COLUMN)}, {quote_name(ROW_COLUMN)}{cells} FROM {quote_name(staged.table)}{where}"
            f" ORDER BY 1, 2{f' LIMIT {limit}' if limit is not None else ''}",
            [site] if site is not None else [],
            zone=zone,
        )
    shown = tuple(
        (
            prepared.files[file - 1].name,
            row,
            *(_shown(value, column, zone) for value, column in zip(values, columns, strict=True)),
        )
        for file, row, *values in rows
    )
    return ("file", "row", *staged.columns), shown


def _cell_sql(column: Column) -> str:
    name = quote_name(column.name)
    return f"epoch_us({name})" if column.type is ColumnType.TIMESTAMP else name


def _shown(value: object, column: Column, zone: str) -> str:
    if value is None:
        return ""
    if column.about_persons:
        return HIDDEN
    if column.mask is not None:
        return mask_cell(text_of(value), column.mask)
    if column.type is ColumnType.TIMESTAMP and isinstance(value, int):
        return (_EPOCH + timedelta(microseconds=value)).astimezone(ZoneInfo(zone)).isoformat()
    return mask_personal(text_of(value)) if column.type is ColumnType.TEXT else text_of(value)
