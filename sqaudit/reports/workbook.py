"""Sheets as an XLSX workbook: one table each, measured columns, pages of A4; the same sheets make the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.model.language import Language
from sqaudit.reports.sheets import Cell, Figure, Kind, Sheet
from sqaudit.reports.tables import display_width, one_line, printable

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS, MOST_CHARACTERS = 1_048_576, 32_767  # what a sheet and a cell of an XLSX file can hold
_NUMBERS: Mapping[Kind, str] = {
    Kind.SCORE: "0.00",
    Kind.SHARE: "0.0%",
    Kind.COUNT: "#,##0",
    Kind.NUMBER: "#,##0.####",
}
_MOMENT = "yyyy-mm-dd hh:mm"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NARROW, _WIDE, _AROUND = 6, 60, 3  # characters; the buttons of a table's head take room as well
_LINE, _TALLEST = 15.0, 409.0  # points
_LONGEST_HEAD = 200  # of 255 characters with everything a head says
_A4, _STYLE = 9, "Table Style Light 9"
_Formats = Mapping[str, "Format"]


def write_workbook(sheets: Sequence[Sheet], *, title: str, made: datetime, language: Language) -> bytes:
    """The workbook of the sheets that have rows or something to say; ``made`` stands in its properties.

    Raises:
        InvalidInput: SQA421, if a sheet has more rows than an XLSX file can hold.
    """
    from xlsxwriter import Workbook

    target = BytesIO()
    with Workbook(target, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": printable(title), "created": made.replace(tzinfo=None)})
        formats = _formats(workbook)
        for sheet in sheets:
            if len(sheet.rows) >= MOST_ROWS:
                raise _too_many_rows(sheet)
            if sheet.rows or sheet.empty:
                page = workbook.add_worksheet(sheet.title)
                page.set_header("&L" + one_line(title).replace("&", "&&")[:_LONGEST_HEAD])
                _write_sheet(page, sheet, formats, language)
    return target.getvalue()


def _too_many_rows(sheet: Sheet) -> InvalidInput:
    return InvalidInput(
        "SQA421",
        msg("the sheet '{title}' has {count} rows, a workbook holds {most}", title=sheet.title, count=len(sheet.rows),
            most=MOST_ROWS - 1),
        msg("write CSV instead: `--format csv --output FOLDER/`"),
    )  # fmt: skip


def _formats(workbook: Workbook) -> _Formats:
    top = {"valign": "top", "border": 1, "border_color": "#BFBFBF"}
    heading = {**top, "bold": True, "text_wrap": True, "bg_color": "#DDEBF7"}
    return {
        "heading": workbook.add_format(heading),
        "heading_right": workbook.add_format({**heading, "align": "right"}),
        "text": workbook.add_format({**top, "text_wrap": True}),
        # Marked as text also for whoever edits the cell.
        "formula": workbook.add_format({**top, "text_wrap": True, "quote_prefix": True}),
        "moment": workbook.add_format({**top, "num_format": _MOMENT, "align": "left"}),
        **{kind.value: workbook.add_format({**top, "num_format": shown}) for kind, shown in _NUMBERS.items()},
    }


def _write_sheet(page: Worksheet, sheet: Sheet, formats: _Formats, language: Language) -> None:
    rows = sheet.rows or [[sheet.empty, *[None] * (len(sheet.headings) - 1)]]
    texts = [[_text(cell, language) if isinstance(cell, str) else None for cell in row] for row in rows]
    widths = [
        min(_WIDE, _AROUND + max(_NARROW, display_width(heading), *(_width(row[at], text[at]) for row, text in lines)))
        for at, heading in enumerate(sheet.headings)
        for lines in [list(zip(rows, texts, strict=True))]
    ]
    page.add_table(
        0, 0, len(rows), len(widths) - 1,
        {
            "columns": [
                {"header": heading, "header_format": formats[_side(row[at] for row in rows)]}
                for at, heading in enumerate(sheet.headings)
            ],
            "name": f"sqaudit_{sheet.id.replace('-', '_')}",
            "style": _STYLE,
        },
    )  # fmt: skip
    for at, width in enumerate(widths):
        page.set_column(at, at, width)
    for place, (row, text) in enumerate(zip(rows, texts, strict=True), start=1):
        height = max(_lines(cell, width) for cell, width in zip(text, widths, strict=True))
        page.set_row(place, min(_LINE * height, _TALLEST))
        for at, cell in enumerate(row):
            _write_cell(page, place, at, cell if text[at] is None else text[at], formats)
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&L&A&R&P / &N")


def _write_cell(page: Worksheet, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    match cell:
        case Figure(number, kind):
            page.write_number(row, column, float(number), formats[kind.value])
        case datetime():
            page.write_datetime(row, column, cell, formats["moment"])
        case str():
            page.write_string(row, column, cell, formats["formula" if cell.startswith(_FORMULA) else "text"])
        case None:
            page.write_blank(row, column, None, formats["text"])


def _text(text: str, language: Language) -> str:
    """What a cell can hold of a text; what it cannot is told."""
    shown = printable(text)
    if len(shown) <= MOST_CHARACTERS:
        return shown
    told = f"… {language.text(_cut(len(shown)))}"
    return shown[: MOST_CHARACTERS - len(told)] + told


def _cut(count: int) -> Message:
    return msg("[cut here: a cell holds {most} characters, this text has {count}]", most=MOST_CHARACTERS, count=count)


def _side(column: Iterable[Cell]) -> str:
    """The heading stands where the column's first cell does."""
    first = next((cell for cell in column if cell is not None), None)
    return "heading_right" if isinstance(first, Figure) else "heading"


def _width(cell: Cell, text: str | None) -> int:
    if text is not None:
        return max((display_width(line) for line in text.splitlines()), default=0)
    if isinstance(cell, datetime):
        return len(_MOMENT)
    return 0 if cell is None else 8  # digits enough for every figure but the largest counts


def _lines(text: str | None, width: int) -> int:
    return 1 if text is None else sum(_folded(text, width))


def _folded(text: str, width: int) -> Iterator[int]:
    for line in text.splitlines() or [""]:
        yield max(1, -(-display_width(line) // width))
