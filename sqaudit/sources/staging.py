"""A prepared source to one typed table, every row and cell accounted for.

A row is rejected when its record is no row, when its site or moment is not known, when a required cell is missing,
unreadable, out of range or contradicting, or when it repeats the key of another row. So ``accepted + rejected = read``
(``duplicates`` are among the rejected), and of the accepted rows each column has ``valid + invalid + missing``.
Records without any text are not read; they are counted as blank.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqaudit.errors import UnusableSource, msg
from sqaudit.model.evidence import CellCounts, SourceRecord
from sqaudit.model.measuring import Cell, StagedDataset, cell_column
from sqaudit.model.quoting import quote_name, quote_text
from sqaudit.model.standard import Column, ColumnType
from sqaudit.sources.columns import ToSql
from sqaudit.sources.failures import engine_failures
from sqaudit.sources.files import changed_since, name_in_project, quoted
from sqaudit.sources.keys import unite_keys
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.reading import Raw, read_raw, scan_raw
from sqaudit.sources.rejects import find_rejects, scanned_rejects, write_rejects
from sqaudit.sources.rows import BAD_CELL, DUPLICATE, FATE, is_needed, key_column, sure_columns, typed_sql
from sqaudit.sources.scanning import Window, lay_views, scanned_rows

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    dataset = prepared.dataset
    if prepared.lies_in_parquet and not prepared.source.key:
        raw = scan_raw(engine, prepared, to_sql)
        typed = partial(typed_sql, prepared, zones=zones, zone=zone, only_site=only_site, with_given=True)
        lay_views(engine, prepared, raw, typed, window, _only_zone(raw, zones, zone, only_site))
        sure = sure_columns(prepared, raw)
        with engine_failures(dataset.id):
            counts = _counts(engine, prepared, zone, sure)
            found = scanned_rejects(engine, prepared, sure) if rejects is not None and counts.has_bad_cells else []
        faults = 0
    else:
        undeclared = [key for key in prepared.source.key if key not in dataset.columns]
        raw = read_raw(engine, prepared, to_sql, undeclared)
        with engine_failures(dataset.id):
            all_rows = typed_sql(prepared, raw, zones=zones, zone=zone, only_site=only_site)
            engine.query(f"CREATE TABLE {quote_name(dataset.id)} AS {all_rows}")
            if prepared.source.key:
                _unite(engine, prepared, undeclared)
            found = find_rejects(engine, prepared, raw)
            rows, duplicates = _rows_and_duplicates(engine, dataset.id)
            _keep_accepted(engine, prepared, raw)
            counts = replace(_counts(engine, prepared, zone, frozenset()), rows=rows, duplicates=duplicates)
        faults = len(raw.faults)
        sure = frozenset(name for name, cells in counts.columns.items() if not cells.invalid)
    if any(file.headers is None and file.table is None for file in prepared.files):
        changed_since(prepared.originals, prepared.project)
    written = write_rejects(found, rejects, prepared) if rejects is not None else None
    staged = StagedDataset(
        dataset=dataset.id, table=dataset.id, columns=dataset.columns, time=prepared.source.time, sure=sure
    )
    return staged, _record(prepared, counts, faults, written, as_of)


def _only_zone(raw: Raw, zones: Mapping[str, str], zone: str, only_site: str | None) -> str | None:
    """The zone in which every row's naive times are read, if there is but one."""
    if not raw.has_site:
        return zones.get(only_site, zone) if only_site is not None else zone
    return zone if set(zones.values()) <= {zone} else None


def _record(
    prepared: PreparedSource, counts: _Counts, faults: int, rejects: Path | None, as_of: datetime
) -> SourceRecord:
    return SourceRecord(
        dataset=prepared.dataset.id,
        fingerprint=prepared.fingerprint,
        files=prepared.originals,
        read=counts.rows + faults,
        accepted=counts.accepted,
        rejected=counts.rows + faults - counts.accepted,
        blank=sum(file.blank for file in prepared.files),
        duplicates=counts.duplicates,
        columns=counts.columns,
        earliest=counts.earliest,
        newest=counts.newest,
        stale=_is_stale(counts.newest, prepared.source.fresh_seconds, as_of),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    rows: int
    accepted: int
    duplicates: int
    columns: Mapping[str, CellCounts]
    earliest: datetime | None
    newest: datetime | None

    @property
    def has_bad_cells(self) -> bool:
        """Whether a row was rejected, or a cell of an accepted one."""
        return self.accepted < self.rows or any(cells.invalid for cells in self.columns.values())


def _rows_and_duplicates(engine: Engine, table: str) -> tuple[int, int]:
    sql = f"""SELECT count(*), count_if(coalesce("{FATE}" = '{DUPLICATE}', FALSE)) FROM {quote_name(table)}"""
    rows, duplicates = engine.query(sql)[0]
    return rows, duplicates or 0  # over no row, count_if is NULL


def _counts(engine: Engine, prepared: PreparedSource, zone: str, sure: Collection[str]) -> _Counts:
    """What the accepted rows hold; of ``sure`` columns no cell has to be asked whether it can be used."""
    dataset, time = prepared.dataset, prepared.source.time
    unsure = [name for name in dataset.columns if name not in sure]
    wanted = ["count(*)", *(_span_sql(dataset.columns[time], zone) if time is not None else ["NULL", "NULL"])]
    wanted += [f"count({quote_name(name)})" for name in dataset.columns]
    wanted += [f"count_if({quote_name(cell_column(name))} >= {int(Cell.UNREADABLE)})" for name in unsure]
    accepted, earliest, newest, *counted = engine.query(f"SELECT {', '.join(wanted)} FROM {quote_name(dataset.id)}")[0]
    valid = dict(zip(dataset.columns, counted, strict=False))
    invalid = dict(zip(unsure, (count or 0 for count in counted[len(dataset.columns) :]), strict=True))
    rows = accepted
    if prepared.lies_in_parquet and not prepared.source.key:
        rows = engine.query(f"SELECT count(*) FROM {quote_name(scanned_rows(dataset.id))}")[0][0]
    return _Counts(
        rows=rows,
        accepted=accepted,
        duplicates=0,
        columns={
            name: CellCounts(
                valid=valid[name], invalid=invalid.get(name, 0), missing=accepted - valid[name] - invalid.get(name, 0)
            )
            for name in dataset.columns
        },
        earliest=_moment(earliest),
        newest=_moment(newest),
    )


def _span_sql(column: Column, zone: str) -> list[str]:
    name = quote_name(column.name)
    moment = name if column.type is ColumnType.TIMESTAMP else f"timezone({quote_text(zone)}, CAST({name} AS TIMESTAMP))"
    return [f"epoch_us(min({moment}))", f"epoch_us(max({moment}))"]


def _moment(microseconds: int | None) -> datetime | None:
    """A moment in UTC, held within the years that Python knows."""
    if microseconds is None:
        return None
    edges = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return edges[microseconds > 0]


def _is_stale(newest: datetime | None, fresh_seconds: int | None, as_of: datetime) -> bool:
    """Whether the newest row is too old, or there is none."""
    if fresh_seconds is None:
        return False
    return newest is None or as_of - newest > timedelta(seconds=fresh_seconds)


def _keep_accepted(engine: Engine, prepared: PreparedSource, raw: Raw) -> None:
    """Leave in the table what consumers may read: accepted rows, declared columns and their cells."""
    table = quote_name(prepared.dataset.id)
    engine.query(f"DROP TABLE {raw.relation}")
    engine.query(f'DELETE FROM {table} WHERE "{FATE}" IS NOT NULL')
    for extra in (FATE, *(key_column(place) for place in range(len(raw.keys)))):
        engine.query(f"ALTER TABLE {table} DROP COLUMN {quote_name(extra)}")
