"""Short lists that people keep: CSV in UTF-8, or the first sheet of a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from sqaudit.errors import InvalidInput, UnusableSource, msg
from sqaudit.sources.decoding import decoded_chunks, open_bytes
from sqaudit.sources.delimited import csv_reader
from sqaudit.sources.files import name_in_project, quoted
from sqaudit.sources.workbooks import open_sheet, sheet_rows


def list_rows(path: Path, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a list with their numbers; raises ``UnusableSource`` if it cannot be read."""
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls"}:
        with open_sheet(path, name, None) as sheet:
            yield from enumerate(sheet_rows(sheet), start=1)
        return
    with open_bytes(path, name) as stream:
        text = "".join(decoded_chunks(stream, "utf-8", name))
    yield from enumerate(csv_reader(iter(text.splitlines(keepends=True)), ",", '"'), start=1)


def read_list(path: Path, project: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a list by the names in its first row, without blanks around them; empty rows are left out.

    Raises:
        InvalidInput: There is no such list, it cannot be read, or one of the ``columns`` is not there.
    """
    name = name_in_project(path, project)
    if not path.is_file():
        raise InvalidInput("SQA501", msg("there is no list '{file}'", file=name))
    try:
        rows = [[cell.strip() for cell in cells] for _, cells in list_rows(path, name)]
    except UnusableSource as error:
        raise InvalidInput(error.code, error.message, error.hint) from error
    headers = rows[0] if rows else []
    missing = [column for column in columns if column not in headers]
    if missing:
        raise InvalidInput(
            "SQA505",
            msg("'{file}' has no column '{column}'", file=name, column=missing[0]),
            msg("the columns are {columns}", columns=quoted(headers)),
        )
    return [dict(zip_longest(headers, cells[: len(headers)], fillvalue="")) for cells in rows[1:] if any(cells)]
