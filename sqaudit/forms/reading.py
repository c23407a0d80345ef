"""What people wrote into workbooks and CSV files, cell by cell; nothing is judged here but what no answer can be."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import Gravity, Place, Problem, msg
from sqaudit.forms.form import read_row_id
from sqaudit.forms.pictures import find_pictures
from sqaudit.forms.writing import HEADINGS, MARK, QUESTION, SEAL, TIME_COLUMNS, TIMES
from sqaudit.model.answer import ANSWER_CELLS, QUESTION_CELLS, TIME_CELLS, Cell, Picture, WrittenAnswer
from sqaudit.model.suggesting import closest

_NEW_FORM = msg("write a new form with `sqaudit form export`, and copy the answers into it")


class Filled(Struct, frozen=True, kw_only=True):
    """The answers of one file, and what cannot be read in it. Of ``is_whole`` files every question has to be there."""

    name: str
    answers: tuple[WrittenAnswer, ...]
    problems: tuple[Problem, ...] = ()
    is_whole: bool = False


def read_workbook(content: bytes, name: str) -> Filled:
    """The rows of a form, wherever they stand in the workbook, with or without an answer."""
    import openpyxl

    try:
        pictures = find_pictures(content)
        workbook = openpyxl.load_workbook(BytesIO(content), read_only=True)
    except Exception as error:  # noqa: BLE001  openpyxl lets through whatever its XML and zip readers raise
        message = msg("this is no readable workbook: {reason}", reason=error)
        hint = msg("save it as XLSX and without a password")
        return Filled(name=name, answers=(), problems=(Problem(Place(name), "SQA801", message, hint),))
    answers: list[WrittenAnswer] = []
    problems: list[Problem] = []
    found = False
    for sheet in workbook.worksheets:
        reader = _Sheet(sheet, name, pictures.by_row)
        found = reader.read(answers, problems) or found
    workbook.close()
    if not found:
        message = msg("this workbook is no form of sqaudit: the hidden row that names its columns is gone")
        problems.append(Problem(Place(name), "SQA801", message, _NEW_FORM))
    taken = {picture.name for answer in answers for picture in answer.pictures}
    lost = sorted(pictures.names - taken)
    if lost:
        message = msg("pictures that lie over no question are not taken in: {names}", names=", ".join(lost))
        hint = msg(
            "lay them over the row of their question, not inside a cell, or save them as files beside the workbook"
        )
        problems.append(Problem(Place(name), "SQA809", message, hint, Gravity.WARNING))
    return Filled(name=name, answers=tuple(answers), problems=tuple(problems), is_whole=True)


class _Sheet:
    """One sheet, read row by row; ``_columns`` is where each name stands, once the row that tells it has come."""

    def __init__(
        self,
        sheet: Any,  # noqa: ANN401  the stubs of openpyxl contradict themselves
        file: str,
        pictures: Mapping[tuple[str, int], Sequence[Picture]],
    ) -> None:
        self._sheet = sheet
        self._file = file
        self._pictures = pictures
        self._columns: dict[str, int] = {}

    def read(self, answers: list[WrittenAnswer], problems: list[Problem]) -> bool:
        """Add what stands in the sheet; whether it holds rows of a form."""
        self._sheet.reset_dimensions()
        first, times = len(answers), None
        for number, row in enumerate(self._sheet.iter_rows(), 1):
            if not self._columns:
                if any(cell.value == TIMES for cell in row):
                    times = (row, number)
                names = {str(cell.value): place for place, cell in enumerate(row) if cell.value is not None}
                if MARK in names:
                    self._columns = names
                    problems += self._lost_columns(number)
                continue
            mark = str(self._value(row, MARK) or "")
            if mark == HEADINGS:
                continue
            told = list(self._problems(row, number))
            problems += told
            identity = read_row_id(mark)
            if identity is not None:
                answer = self._answer(row, number, identity)
                answers.append(replace(answer, cells=_which(answer)) if told else answer)
            elif any(self._value(row, cell) not in {None, ""} for cell in ANSWER_CELLS):
                message = msg("this row belongs to no question: its hidden id is gone or was changed")
                problems.append(Problem(self._place("answer", number), "SQA802", message, _NEW_FORM))
        if times is not None:
            problems += self._problems(*times)
            cells = dict(self._times(*times))
            answers[first:] = [replace(one, cells={**one.cells, **cells}) for one in answers[first:]]
        return bool(self._columns)

    def _times(self, row: Sequence[Any], number: int) -> Iterator[tuple[str, Cell]]:
        """When the visit began and ended, which holds for every row."""
        for name, column in TIME_COLUMNS.items():
            text = _text(self._value(row, column))
            if text:
                yield name, Cell(text, self._place(column, number))

    def _value(self, row: Sequence[Any], name: str) -> object:
        place = self._columns.get(name)
        return None if place is None or place >= len(row) else row[place].value

    def _place(self, name: str, number: int) -> Place:
        from openpyxl.utils import get_column_letter

        column = get_column_letter(self._columns.get(name, 0) + 1)
        return Place(f"{self._file}, {self._sheet.title}!{column}{number}")

    def _lost_columns(self, number: int) -> Iterator[Problem]:
        """Columns that somebody deleted, and their answers with them."""
        for name in (SEAL, QUESTION, *ANSWER_CELLS):
            if name not in self._columns:
                message = msg("the column '{name}' is gone", name=name)
                yield Problem(Place(f"{self._file}, {self._sheet.title}!{number}"), "SQA801", message, _NEW_FORM)

    def _problems(self, row: Sequence[Any], number: int) -> Iterator[Problem]:
        """Formulas and their errors, which are no answers."""
        for name in (MARK, *ANSWER_CELLS):
            place = self._columns.get(name)
            if place is not None and place < len(row) and row[place].data_type in {"f", "e"}:
                message = msg("this cell holds a formula or its error, not an answer: {value}", value=row[place].value)
                hint = msg("type the answer itself")
                yield Problem(self._place(name, number), "SQA803", message, hint)

    def _answer(self, row: Sequence[Any], number: int, identity: Sequence[str]) -> WrittenAnswer:
        here = self._place("answer", number)
        cells = {name: Cell(part, here) for name, part in zip(QUESTION_CELLS, identity, strict=False)}
        for name in ANSWER_CELLS:
            text = _text(self._value(row, name))
            if text:
                cells[name] = Cell(text, self._place(name, number))
        question = Cell(_text(self._value(row, QUESTION)), self._place(QUESTION, number))
        return WrittenAnswer(
            place=here,
            cells=cells,
            question=question,
            seal=str(self._value(row, SEAL)),
            pictures=tuple(self._pictures.get((self._sheet.title, number), ())),
        )


def _which(answer: WrittenAnswer) -> dict[str, Cell]:
    """Only the cells that say which question a row is about."""
    return {name: answer.cells[name] for name in QUESTION_CELLS if name in answer.cells}


def _text(value: object) -> str:
    """The value of a cell as text: whole numbers without decimals, days as ISO 8601 writes them."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime():
            return value.isoformat(" ")
        case date():
            return value.isoformat()
        case _:
            return str(value).strip()


def read_csv(content: bytes, name: str, known: Sequence[str] = (*QUESTION_CELLS, *ANSWER_CELLS, *TIME_CELLS)) -> Filled:
    """The rows of a CSV file whose heading names its columns, all ``known``; commas, semicolons or tabs part them."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = msg("this is not readable UTF-8 text")
        hint = msg("save the file as 'CSV UTF-8'")
        return Filled(name=name, answers=(), problems=(Problem(Place(name), "SQA801", message, hint),))
    heading = text.partition("\n")[0]
    rows = csv.reader(StringIO(text, newline=""), delimiter=max(",;\t", key=heading.count))
    names = [cell.strip() for cell in next(rows, [])]
    problems = [
        _unknown_column(name, place, column, known) for place, column in enumerate(names, 1) if column not in known
    ]
    answers = []
    for row in rows:
        cells = {column: cell.strip() for column, cell in zip(names, row, strict=False) if cell.strip()}
        if cells:
            answers.append(_csv_answer(name, rows.line_num, names, cells))
    return Filled(name=name, answers=tuple(answers), problems=tuple(problems))


def _csv_answer(name: str, line: int, names: Sequence[str], cells: Mapping[str, str]) -> WrittenAnswer:
    placed = {
        column: Cell(_unquoted(text), Place(name, line, names.index(column) + 1)) for column, text in cells.items()
    }
    return WrittenAnswer(place=Place(name, line), cells=placed)


def _unquoted(text: str) -> str:
    """A text without the mark that keeps spreadsheets from running it."""
    return text[1:] if text.startswith(("'=", "'+", "'-", "'@")) else text


def _unknown_column(name: str, place: int, column: str, known: Sequence[str]) -> Problem:
    near = closest(column, known)
    hint = (
        msg("known are {names}", names=", ".join(known)) if near is None else msg("did you mean '{name}'?", name=near)
    )
    return Problem(Place(name, 1, place), "SQA801", msg("no column is called '{name}'", name=column), hint)
