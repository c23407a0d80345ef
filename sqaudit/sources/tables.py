"""A table of another engine, typed and checked there by the same rules as files are here.

Its columns are laid as an empty table into the engine of this process, so that types and expressions are known; the
query that comes of it is then asked where the rows are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.model.measuring import SITE_COLUMN, StagedDataset, cell_column
from sqaudit.model.ports import EngineSession, RowKeeper
from sqaudit.model.quoting import quote_name
from sqaudit.sources.columns import ToSql
from sqaudit.sources.failures import engine_failures
from sqaudit.sources.prepared import PreparedFile, PreparedSource
from sqaudit.sources.reading import scan_raw
from sqaudit.sources.rows import FATE, sure_columns, typed_sql
from sqaudit.sources.scanning import Window, within

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine


class TableScan(Struct, frozen=True, kw_only=True):
    """A table ready to be measured where it lies: ``all_rows`` is the query for its rows, rejected ones included.

    ``shape`` is a relation of this process with the same columns and no row.
    """

    prepared: PreparedSource
    staged: StagedDataset
    all_rows: str
    shape: str
    zone: str


def lay_table(  # noqa: PLR0913  everything a run knows about a source
    engine: Engine,
    prepared: PreparedSource,
    table: str,
    columns: Mapping[str, str],
    *,
    zones: Mapping[str, str],
    zone: str,
    to_sql: ToSql,
    only_site: str | None = None,
    window: Window | None = None,
) -> TableScan:
    """The queries over a table of another engine; nothing is asked of it yet.

    Args:
        engine: The engine of this process.
        prepared: The source; its files are left aside.
        table: The table's name there.
        columns: Its columns, each with the DuckDB type of its values.
        zones: IANA zones by site id, for naive times of these sites' rows.
        zone: The zone of all other rows.
        to_sql: Checks a row expression over the table's columns and gives its SQL.
        only_site: The id of the site all rows belong to when the source names no site.
        window: The rows that are wanted; ``None``: all.

    Raises ``UnusableSource`` if a column is not there (SQA505, SQA506).
    """
    dataset = prepared.dataset
    empty = f"columns of {dataset.id}"
    declared = ", ".join(f"{quote_name(name)} {kind}" for name, kind in columns.items())
    with engine_failures(dataset.id):
        engine.query(f"CREATE TABLE {quote_name(empty)} ({declared})")
    prepared = replace(prepared, files=(PreparedFile(name=table, table=empty, ranked=False),))
    raw = scan_raw(engine, prepared, to_sql)
    typed = partial(typed_sql, prepared, zones=zones, zone=zone, only_site=only_site)(raw)
    limits = "" if window is None else f" WHERE {within(dataset.columns, window)}"
    listed = _listed(dataset.columns)
    all_rows = f"SELECT {listed}, {quote_name(FATE)} FROM ({typed}) AS typed{limits}"
    accepted = _accepted(f"({all_rows})", dataset.columns)

    def there(sql: str) -> str:
        return sql.replace(quote_name(empty), quote_name(table))

    staged = StagedDataset(
        dataset=dataset.id,
        table=table,
        columns=dataset.columns,
        time=prepared.source.time,
        sure=sure_columns(prepared, raw),
        rows_sql=there(accepted),
    )
    return TableScan(prepared=prepared, staged=staged, all_rows=there(all_rows), shape=f"({accepted})", zone=zone)


def keep_rows(scan: TableScan, session: EngineSession) -> TableScan:
    """The same table, its rows typed but once for all that is asked of it, where the session keeps rows.

    Raises ``EngineFailure`` if the engine cannot type them.
    """
    if not isinstance(session, RowKeeper):
        return scan
    kept = session.keep(scan.all_rows)
    staged = replace(scan.staged, rows_sql=_accepted(kept, scan.staged.columns))
    return replace(scan, staged=staged, all_rows=f"SELECT * FROM {kept} AS kept")


def _listed(columns: Iterable[str]) -> str:
    kept = [SITE_COLUMN, *(each for name in columns for each in (name, cell_column(name)))]
    return ", ".join(quote_name(name) for name in kept)


def _accepted(all_rows: str, columns: Iterable[str]) -> str:
    return f"SELECT {_listed(columns)} FROM {all_rows} AS accepted WHERE {quote_name(FATE)} IS NULL"
