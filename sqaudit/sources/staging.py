"""A prepared source to one typed table, every row and cell accounted for.

A row is rejected when its record is no row, when its site or moment is not known, when a required cell is missing,
unreadable, out of range or contradicting, or when it repeats the key of another row. So ``accepted + rejected = read``
(``duplicates`` are among the rejected), and of the accepted rows each column has ``valid + invalid + missing``.
Records without any text are not read; they are counted as blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import UnusableSource, msg
from sqaudit.model.evidence import SourceRecord
from sqaudit.model.measuring import SITE_COLUMN, SITE_NUMBER_COLUMN, Cell, StagedDataset, cell_column
from sqaudit.model.ports import EngineSession
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import ColumnType
from sqaudit.sources.columns import ToSql
from sqaudit.sources.failures import engine_failures
from sqaudit.sources.files import changed_since, name_in_project, quoted
from sqaudit.sources.keys import unite_keys
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.reading import Raw, read_raw, scan_raw
from sqaudit.sources.rejects import find_rejects, scanned_rejects, write_rejects
from sqaudit.sources.rows import (
    BAD_CELL,
    DUPLICATE,
    FATE,
    is_needed,
    key_column,
    site_is_number,
    sure_columns,
    typed_sql,
)
from sqaudit.sources.scanning import Limits, Window, lay_views, scanned_rows
from sqaudit.sources.tables import TableScan
from sqaudit.sources.tallies import Tally, is_stale, sure_of, tally_aggregates, tally_of

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine


def stage_source(  # noqa: PLR0913  everything a run knows about a source
    engine: Engine,
    prepared: PreparedSource,
    *,
    zones: Mapping[str, str],
    zone: str,
    to_sql: ToSql,
    rejects: Path | None,
    as_of: datetime,
    only_site: str | None = None,
    window: Window | None = None,
) -> tuple[StagedDataset, SourceRecord]:
    """Make a source ready to be measured: Parquet files where they lie, all others as an ordinary table.

    A table is ordered by file and record, and holds every row; of Parquet files only the rows of ``window`` are seen.

    Args:
        engine: An open engine that may read ``prepared.readable``.
        prepared: The source's files.
        zones: IANA zones by site id; naive times of these sites' rows are read in them.
        zone: The zone of all other rows.
        to_sql: Checks a row expression over a file's headers and gives its SQL.
        rejects: Where the reject file goes, or ``None`` for none.
        as_of: The moment that freshness is reckoned from.
        only_site: The id of the site all rows belong to when the source names no site.
        window: The rows that are wanted; ``None``: all.

    Raises ``UnusableSource`` if the records cannot be staged, ``CannotAccess`` if there is no room or the reject file
    cannot be written.
    """
    _look_at_names(prepared)
    if prepared.lies_in_parquet and not prepared.source.key:
        scan = lay_scan(engine, prepared, zones=zones, zone=zone, to_sql=to_sql, only_site=only_site, window=window)
        return scan.staged, scanned_record(engine, scan, as_of=as_of, rejects=rejects)
    dataset, undeclared = prepared.dataset, [key for key in prepared.source.key if key not in prepared.dataset.columns]
    raw = read_raw(engine, prepared, to_sql, undeclared)
    with engine_failures(dataset.id):
        typed = typed_sql(prepared, raw, zones=zones, zone=zone, only_site=only_site)
        engine.query(f"CREATE TABLE {quote_name(dataset.id)} AS {typed}")
        if prepared.source.key:
            _unite(engine, prepared, undeclared)
        found = find_rejects(engine, prepared, raw)
        rows, duplicates = _rows_and_duplicates(engine, dataset.id)
        _keep_accepted(engine, prepared, raw)
        staged = StagedDataset(dataset=dataset.id, table=dataset.id, columns=dataset.columns, time=prepared.source.time)
        tally = _tally(engine, staged, zone)
    if any(file.headers is None and file.table is None for file in prepared.files):
        changed_since(prepared.originals, prepared.project)
    written = write_rejects(found, rejects, prepared) if rejects is not None else None
    record = _record(prepared, tally, rows + len(raw.faults), written, as_of)
    return replace(staged, sure=sure_of(tally)), replace(record, duplicates=duplicates)


class Scan(Struct, frozen=True, kw_only=True):
    """Parquet files ready to be measured where they lie; what is in them is not known yet."""

    prepared: PreparedSource
    staged: StagedDataset
    zone: str


def lay_scan(  # noqa: PLR0913  everything a run knows about a source
    engine: Engine,
    prepared: PreparedSource,
    *,
    zones: Mapping[str, str],
    zone: str,
    to_sql: ToSql,
    only_site: str | None = None,
    window: Window | None = None,
) -> Scan:
    """Parquet files as a view of the engine, limited to the window; see ``stage_source``."""
    _look_at_names(prepared)
    raw = scan_raw(engine, prepared, to_sql)
    typed = partial(typed_sql, prepared, zones=zones, zone=zone, only_site=only_site, with_given=True, with_marks=True)
    one_zone = zone if set(zones.values()) <= {zone} else None
    if not raw.has_site:
        one_zone = zones.get(only_site, zone) if only_site is not None else zone
    is_within = lay_views(engine, prepared, raw, typed, Limits(window=window, zone=one_zone))
    dataset = prepared.dataset
    staged = StagedDataset(
        dataset=dataset.id,
        table=dataset.id,
        columns=dataset.columns,
        time=prepared.source.time,
        sure=sure_columns(prepared, raw),
        within=(window.start, window.end) if window is not None and is_within else None,
        marked=True,
        site_column=SITE_NUMBER_COLUMN if site_is_number(raw, prepared.source) else SITE_COLUMN,
    )
    return Scan(prepared=prepared, staged=staged, zone=zone)


def scanned_record(
    engine: Engine,
    scan: Scan,
    *,
    as_of: datetime,
    rejects: Path | None,
    totals: Mapping[str, int | None] | None = None,
) -> SourceRecord:
    """What is known of scanned files: ``totals`` (see ``tally_aggregates``) if they were found on the way, or a pass.

    Raises ``UnusableSource`` if the files cannot be read, or were changed meanwhile.
    """
    prepared, dataset = scan.prepared, scan.staged.dataset
    with engine_failures(dataset):
        tally = _tally(engine, scan.staged, scan.zone) if totals is None else tally_of(scan.staged, totals)
        rows = engine.query(f"SELECT count(*) FROM {quote_name(scanned_rows(dataset))}")[0][0]
        wanted = rejects is not None and (tally.invalid or tally.accepted < rows)
        found = scanned_rejects(engine, prepared, scan.staged.sure) if wanted else []
    changed_since(prepared.originals, prepared.project)
    written = write_rejects(found, rejects, prepared) if rejects is not None else None
    return _record(prepared, tally, rows, written, as_of)


def table_record(
    session: EngineSession, scan: TableScan, as_of: datetime, totals: Mapping[str, int | None] | None
) -> SourceRecord:
    """What is known of a table of another engine; its rejected rows stay there and are only counted.

    Raises ``EngineFailure`` if the engine cannot answer.
    """
    staged = scan.staged
    if totals is None:
        wanted = tally_aggregates(staged, scan.zone)
        row = session.query(f"SELECT {', '.join(wanted.values())} FROM {staged.relation} AS rows")[0]
        totals = {name: None if value is None else int(str(value)) for name, value in zip(wanted, row, strict=True)}
    rows = int(str(session.query(f"SELECT count(*) FROM ({scan.all_rows}) AS rows")[0][0]))
    return _record(scan.prepared, tally_of(staged, totals), rows, None, as_of)


def _tally(engine: Engine, staged: StagedDataset, zone: str) -> Tally:
    wanted = tally_aggregates(staged, zone)
    row = engine.query(f"SELECT {', '.join(wanted.values())} FROM {staged.relation}")[0]
    return tally_of(staged, dict(zip(wanted, row, strict=True)))


def _record(prepared: PreparedSource, tally: Tally, rows: int, rejects: Path | None, as_of: datetime) -> SourceRecord:
    return SourceRecord(
        dataset=prepared.dataset.id,
        fingerprint=prepared.fingerprint,
        files=prepared.originals,
        read=rows,
        accepted=tally.accepted,
        rejected=rows - tally.accepted,
        blank=sum(file.blank for file in prepared.files),
        columns=tally.columns,
        earliest=tally.earliest,
        newest=tally.newest,
        stale=is_stale(tally.newest, prepared.source.fresh_seconds, as_of),
        rejects=name_in_project(rejects, prepared.project) if rejects is not None else None,
    )


def _look_at_names(prepared: PreparedSource) -> None:
    """Refuse a source whose time, or a column whose bounds, name no fitting column of the dataset (SQA512)."""
    columns, time = prepared.dataset.columns, prepared.source.time
    if time is not None and (time not in columns or columns[time].type not in {ColumnType.DATE, ColumnType.TIMESTAMP}):
        raise UnusableSource(
            "SQA512",
            msg(
                "'{dataset}' has no column '{column}' of type timestamp or date",
                dataset=prepared.dataset.id,
                column=time,
            ),
            msg("declare it in the standard's datasets, or correct the source's time"),
        )
    for column in columns.values():
        for bound in (column.minimum, column.maximum):
            if isinstance(bound, str) and bound not in columns:
                raise UnusableSource(
                    "SQA512",
                    msg("column '{column}' is bounded by '{other}', no column", column=column.name, other=bound),
                    msg("the columns are {columns}", columns=quoted(columns)),
                )


def _unite(engine: Engine, prepared: PreparedSource, undeclared: Sequence[str]) -> None:
    source, dataset = prepared.source, prepared.dataset
    names = [key_column(undeclared.index(key)) if key in undeclared else key for key in source.key]
    unite_keys(engine, dataset.id, list(dataset.columns.values()), names)
    bad = " OR ".join(
        f"{quote_name(cell_column(column.name))} = {int(Cell.CONTRADICTING)}"
        for column in dataset.columns.values()
        if is_needed(column, source)
    )
    if bad:
        table = quote_name(dataset.id)
        engine.query(f"""UPDATE {table} SET "{FATE}" = '{BAD_CELL}' WHERE "{FATE}" IS NULL AND ({bad})""")


def _rows_and_duplicates(engine: Engine, table: str) -> tuple[int, int]:
    sql = f"""SELECT count(*), count_if(coalesce("{FATE}" = '{DUPLICATE}', FALSE)) FROM {quote_name(table)}"""
    rows, duplicates = engine.query(sql)[0]
    return rows, duplicates or 0  # over no row, count_if is NULL


def _keep_accepted(engine: Engine, prepared: PreparedSource, raw: Raw) -> None:
    """Leave in the table what consumers may read: accepted rows, declared columns and their cells."""
    table = quote_name(prepared.dataset.id)
    engine.query(f"DROP TABLE {raw.relation}")
    engine.query(f'DELETE FROM {table} WHERE "{FATE}" IS NOT NULL')
    for extra in (FATE, *(key_column(place) for place in range(len(raw.keys)))):
        engine.query(f"ALTER TABLE {table} DROP COLUMN {quote_name(extra)}")
