"""Sheets of XLSX workbooks: typed cells as text, formulas by the value they last had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqaudit.errors import UnusableSource, msg
from sqaudit.model.programme import Reading
from sqaudit.sources.cells import EXCEL_DIGITS, text_of
from sqaudit.sources.decoding import open_bytes
from sqaudit.sources.delimited import empty, made_up_headers, write_csv
from sqaudit.sources.files import cannot_read, quoted
from sqaudit.sources.prepared import PreparedFile

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet


def prepare_workbook(path: Path, name: str, reading: Reading, target: Path) -> PreparedFile:
    """Read one sheet (``reading.sheet``, else the first) into ``target``.

    Raises ``UnusableSource``: SQA503 for a damaged or locked workbook, SQA504 for an empty sheet, SQA510 if there is
    no such sheet.
    """
    with open_sheet(path, name, reading.sheet) as sheet:
        rows = sheet_rows(sheet, reading.decimal)
        first = next((row for row in rows if any(row)), None)
        if first is None:
            raise empty(name)
        headers = tuple(text.strip() for text in first) if reading.header else made_up_headers(len(first))
        body = rows if reading.header else chain([first], rows)
        blank = write_csv(target, headers, (_fitted(row, len(headers)) for row in body))
    return PreparedFile(name=name, path=target, headers=headers, blank=blank)


def _fitted(row: list[str], width: int) -> list[str]:
    """A row as wide as the header: short rows are padded, cells beyond the header belong to no column."""
    return row[:width] + [""] * (width - len(row))


@contextmanager
def open_sheet(path: Path, name: str, sheet: str | None) -> Iterator[ReadOnlyWorksheet]:
    """Open one sheet of a workbook, the first if none is named."""
    import openpyxl

    if path.suffix.lower() == ".xls":
        raise UnusableSource(
            "SQA509",
            msg("'{file}' is in the old XLS format, which is not read", file=name),
            msg("save it as XLSX or CSV"),
        )
    with open_bytes(path, name) as stream:
        content = BytesIO(stream.read())
    if not content.getbuffer().nbytes:
        raise empty(name)
    try:
        workbook = openpyxl.load_workbook(content, read_only=True, data_only=True)
    except Exception as error:  # openpyxl lets through whatever its XML and zip readers raise
        raise cannot_read(name, error) from error
    try:
        yield _sheet(workbook, name, sheet)
    finally:
        workbook.close()


def _sheet(workbook: Any, name: str, sheet: str | None) -> ReadOnlyWorksheet:  # noqa: ANN401
    names = [each.title for each in workbook.worksheets]
    if sheet is not None and sheet not in names:
        raise UnusableSource(
            "SQA510",
            msg("'{file}' has no sheet '{sheet}'", file=name, sheet=sheet),
            msg("it has {sheets}", sheets=quoted(names)),
        )
    if not names:
        raise empty(name)
    found: ReadOnlyWorksheet = workbook[sheet if sheet is not None else names[0]]
    found.reset_dimensions()  # some programs write a wrong size, which would cut rows off
    return found


def sheet_rows(sheet: Any, decimal: str = ".") -> Iterator[list[str]]:  # noqa: ANN401  the stubs of openpyxl contradict themselves
    """The rows of a sheet as text."""
    for row in sheet.iter_rows(values_only=True):
        yield [text_of(value, decimal, digits=EXCEL_DIGITS) for value in row]
