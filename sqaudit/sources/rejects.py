"""What was left out, and why: one line per rejected row and invalid cell."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from sqaudit.errors import CannotAccess, msg
from sqaudit.model.masking import HIDDEN, mask_cell, mask_personal
from sqaudit.model.measuring import FILE_COLUMN, ROW_COLUMN, Cell, cell_column
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import Column
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.reading import Raw
from sqaudit.sources.rows import (
    DUPLICATE,
    FATE,
    NO_SITE,
    SITE_DIFFERS,
    given_column,
    given_sql,
    is_needed,
    key_column,
)
from sqaudit.sources.scanning import scanned_rows

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine

HEADER = ("file", "row", "column", "reason", "value")
MOST_SCANNED = 1_000
_REASONS = {
    Cell.MISSING: "missing",
    Cell.UNREADABLE: "unreadable",
    Cell.OUT_OF_RANGE: "out_of_range",
    Cell.CONTRADICTING: "contradicting",
}
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class Reject(Struct, frozen=True, kw_only=True, order=True):
    """One reason for leaving something out: of a whole row where ``column`` is empty, else of one cell.

    ``file`` is the 1-based place in the source's files, ``row`` the 1-based record number.
    """

    file: int
    row: int
    column: str
    reason: str
    value: str


def find_rejects(engine: Engine, prepared: PreparedSource, raw: Raw) -> list[Reject]:
    """Every rejected row and invalid cell, before the rejected rows leave the table."""
    rejects = [
        Reject(
            file=file,
            row=fault.row,
            column="",
            reason=fault.reason,
            value=HIDDEN if has_masked(prepared) else fault.text,  # no cell of the record can be told from another
        )
        for file, fault in raw.faults
    ]
    rejects += _bad_cells(engine, prepared, raw)
    rejects += _bad_rows(engine, prepared)
    return sorted(rejects)


def has_masked(prepared: PreparedSource) -> bool:
    """Whether some column of a source's dataset is to be masked."""
    return any(column.mask is not None for column in prepared.dataset.columns.values())


def scanned_rejects(engine: Engine, prepared: PreparedSource, sure: Collection[str]) -> list[Reject]:
    """The first rejected rows and rows with invalid cells of Parquet files, at most ``MOST_SCANNED`` rows.

    A spreadsheet's rows are mended one by one; of a table of millions the first rows show what is wrong with it.
    """
    source = prepared.source
    columns = [
        column for column in prepared.dataset.columns.values() if is_needed(column, source) or column.name not in sure
    ]
    cells = [quote_name(cell_column(column.name)) for column in columns]
    bad = "".join(
        f" OR {cell} >= {int(Cell.UNREADABLE)}"
        for column, cell in zip(columns, cells, strict=True)
        if not is_needed(column, source)
    )
    given = [quote_name(given_column(column.name)) for column in columns]
    rows = engine.query(
        f"SELECT {', '.join([quote_name(FILE_COLUMN), quote_name(ROW_COLUMN), quote_name(FATE), *cells, *given])}"
        f' FROM {quote_name(scanned_rows(prepared.dataset.id))} WHERE "{FATE}" IS NOT NULL{bad} LIMIT {MOST_SCANNED}'
    )
    rejects = []
    for file, row, fate, *found in rows:
        if fate == NO_SITE:
            reason = _REASONS[Cell.MISSING]
            rejects.append(Reject(file=file, row=row, column=source.site or "", reason=reason, value=""))
        for column, what, value in zip(columns, found[: len(columns)], found[len(columns) :], strict=True):
            tolerated = Cell.VALID if is_needed(column, source) else Cell.MISSING
            if what not in {Cell.VALID, tolerated}:
                rejects.append(_bad_cell(file, row, column, what, value))
    return sorted(rejects)


def _bad_cell(file: int, row: int, column: Column, what: int, value: str | None) -> Reject:
    shown = HIDDEN if column.about_persons and value else _masked(value or "", column)
    return Reject(file=file, row=row, column=column.name, reason=_REASONS[Cell(what)], value=shown)


def _masked(value: str, column: Column) -> str:
    return mask_cell(value, column.mask) if column.mask is not None and value else value


def _bad_cells(engine: Engine, prepared: PreparedSource, raw: Raw) -> Iterable[Reject]:
    table = quote_name(prepared.dataset.id)
    for number, column in enumerate(prepared.dataset.columns.values()):
        cell = f"typed.{quote_name(cell_column(column.name))}"
        bad = f"{cell} >= {int(Cell.UNREADABLE)}"
        if is_needed(column, prepared.source):
            bad = f"{cell} <> {int(Cell.VALID)}"
        given = given_sql(number, raw, "raw.")
        rows = engine.query(
            f"SELECT raw.file, raw.row, {cell}, {given} FROM {table} typed JOIN {raw.relation} raw"
            f" ON typed.{quote_name(FILE_COLUMN)} = raw.file AND typed.{quote_name(ROW_COLUMN)} = raw.row WHERE {bad}"
        )
        for file, row, what, value in rows:
            yield _bad_cell(file, row, column, what, value)


def _bad_rows(engine: Engine, prepared: PreparedSource) -> Iterable[Reject]:
    source, declared = prepared.source, prepared.dataset.columns
    undeclared = [key for key in source.key if key not in declared]
    parts = [quote_name(key_column(undeclared.index(key)) if key in undeclared else key) for key in source.key]
    cells = "".join(f", CAST({part} AS VARCHAR)" for part in parts)
    place = f"{quote_name(FILE_COLUMN)}, {quote_name(ROW_COLUMN)}"
    rows = engine.query(
        f'SELECT {place}, "{FATE}"{cells} FROM {quote_name(prepared.dataset.id)}'
        f""" WHERE "{FATE}" IN ('{NO_SITE}', '{DUPLICATE}', '{SITE_DIFFERS}')"""
    )
    for file, row, fate, *found in rows:
        if fate == DUPLICATE:
            named = zip(source.key, found, strict=True)
            shown = " | ".join(_part_of_key(name, value, prepared) for name, value in named if value is not None)
            yield Reject(file=file, row=row, column="", reason="duplicate", value=shown)
        else:
            reason = _REASONS[Cell.MISSING if fate == NO_SITE else Cell.CONTRADICTING]
            yield Reject(file=file, row=row, column=source.site or "", reason=reason, value="")


def _part_of_key(name: str, value: str, prepared: PreparedSource) -> str:
    """A part of a key as it may be told; one that is no declared column may be what a masked one is read from."""
    column = prepared.dataset.columns.get(name)
    if column is None:
        return HIDDEN if has_masked(prepared) else value
    return _masked(value, column)


def write_rejects(rejects: Sequence[Reject], path: Path, prepared: PreparedSource) -> Path | None:
    """Write the reject file whole or not at all; ``None`` and no file if there is nothing to tell.

    Values are masked, and cannot become formulas in a spreadsheet program. Raises ``CannotAccess`` (SQA601) if the
    folder cannot be written.
    """
    try:
        if not rejects:
            path.unlink(missing_ok=True)
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(rejects, path, prepared)
    except OSError as error:
        raise CannotAccess(
            "SQA601",
            msg(
                "the folder '{folder}' cannot be written: {reason}", folder=path.parent, reason=error.strerror or error
            ),
            msg("free the folder for writing, or close the file if another program holds it"),
        ) from error
    return path


def _write(rejects: Sequence[Reject], path: Path, prepared: PreparedSource) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(HEADER)
            for reject in rejects:
                file = prepared.files[reject.file - 1].name
                value = no_formula(mask_personal(reject.value))
                writer.writerow((no_formula(file), reject.row, no_formula(reject.column), reject.reason, value))
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def no_formula(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet program would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
