"""A form as a workbook: one language, answers to choose from, questions that stay as they are.

Every row carries its id and a seal in hidden columns, and a hidden row names the columns, so that reading depends on no
position and on no state of the sheet.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from sqaudit.errors import Message, msg
from sqaudit.forms.form import Form, FormRow, row_id, seal
from sqaudit.forms.labels import labels_of, range_of, show_answer
from sqaudit.model.answer import ANSWER_CELLS, AnswerKind, Evidence, EvidenceRules, GivenAnswer, Need
from sqaudit.model.ids import fold_id
from sqaudit.model.language import Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MARK, SEAL, QUESTION = "sqaudit:row", "sqaudit:seal", "question"
HEADINGS = "sqaudit:headings"  # stands in the column MARK of the row that people read the columns by
TIMES = "sqaudit:times"  # stands in the column MARK of the row that says when the visit began and ended
TIME_COLUMNS = {"began_at": "answer", "finished_at": "note"}  # where in that row
NAMES = (MARK, SEAL, "part", "number", QUESTION, "guidance", *ANSWER_CELLS)
_HEADINGS = (
    msg("part"),
    msg("no."),
    msg("question"),
    msg("how to answer"),
    msg("answer"),
    msg("does not apply because"),
    msg("note"),
    msg("evidence files"),
    msg("captured on"),
    msg("effective on"),
)
_WIDTHS = (18, 5, 44, 34, 22, 22, 28, 22, 13, 13)
_FIRST_SHOWN = 2  # the columns before it are hidden
_TIMES_ROW, _NAMES_ROW, _HEADINGS_ROW, _FIRST_ROW = 1, 2, 3, 4
_LINE = 15.0  # points
_FORMULA = ("=", "+", "-", "@")
_DAYS = frozenset({"captured_on", "effective_on"})
_OF_EVIDENCE = _DAYS | {"evidence"}


def write_form(form: Form, language: Language, now: datetime) -> bytes:
    """The workbook of a form, in one language."""
    from xlsxwriter import Workbook

    target = BytesIO()
    with Workbook(target, {"in_memory": True}) as workbook:
        title = language.said(form.programme)
        workbook.set_properties({"title": title, "created": now.replace(tzinfo=None)})
        _Writer(workbook, form, language).write()
    return target.getvalue()


class _Writer:
    """Writes one workbook; holds its formats and how far the lists of answers have come."""

    def __init__(self, workbook: Workbook, form: Form, language: Language) -> None:
        self._workbook = workbook
        self._form = form
        self._language = language
        shown = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
        self._formats = {
            "title": workbook.add_format({"bold": True, "font_size": 14}),
            "plain": workbook.add_format({"text_wrap": True, "valign": "top"}),
            "heading": workbook.add_format({**shown, "bold": True, "bg_color": "#DDEBF7"}),
            "shown": workbook.add_format({**shown, "bg_color": "#F7F7F7"}),
            "shown_text": workbook.add_format({**shown, "bg_color": "#F7F7F7", "quote_prefix": True}),
            "filled": workbook.add_format({**shown, "bg_color": "#FFF9E5", "locked": False}),
            "filled_text": workbook.add_format({**shown, "bg_color": "#FFF9E5", "locked": False, "quote_prefix": True}),
            "moment": workbook.add_format(
                {**shown, "bg_color": "#FFF9E5", "locked": False, "num_format": "yyyy-mm-dd hh:mm"}
            ),
            "day": workbook.add_format({**shown, "bg_color": "#FFF9E5", "locked": False, "num_format": "yyyy-mm-dd"}),
        }

    def write(self) -> None:
        sheet = self._workbook.add_worksheet(self._text(msg("Checklist")))
        lists = self._workbook.add_worksheet("_lists")
        lists.very_hidden()
        self._head(sheet)
        alike: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
        for place, row in enumerate(self._form.rows):
            self._row(sheet, _FIRST_ROW + place, place + 1, row)
            form = row.ask.form
            alike[form.kind, *labels_of(form, self._language), form.minimum, form.maximum].append(place)
        for number, places in enumerate(alike.values()):
            self._restrict(sheet, lists, number, places)
        self._read_me()
        sheet.activate()

    def _text(self, message: Message) -> str:
        return self._language.text(message)

    def _head(self, sheet: Worksheet) -> None:
        form, last = self._form, _FIRST_ROW + len(self._form.rows)
        title = msg(
            "{programme}: {site}, {period}",
            programme=self._language.said(form.programme),
            site=self._language.said(form.site),
            period=form.period,
        )
        sheet.write_string(0, _FIRST_SHOWN, self._text(title), self._formats["title"])
        sheet.write_string(_TIMES_ROW, _FIRST_SHOWN, self._text(msg("answered")), self._formats["plain"])
        answer, reason = (
            "".join((self._column(name), f"{_FIRST_ROW + 1}:", self._column(name), str(last)))
            for name in ANSWER_CELLS[:2]
        )
        done = sum(row.answer is not None for row in form.rows)
        progress = f'=SUMPRODUCT(--((LEN({answer})+LEN({reason}))>0))&" / {len(form.rows)}"'
        sheet.write_formula(
            _TIMES_ROW, NAMES.index(QUESTION), progress, self._formats["plain"], f"{done} / {len(form.rows)}"
        )
        sheet.write_row(_NAMES_ROW, 0, NAMES)
        sheet.set_row(_NAMES_ROW, None, None, {"hidden": True})
        self._times(sheet)
        sheet.write_string(_HEADINGS_ROW, NAMES.index(MARK), HEADINGS)
        sheet.set_column(0, _FIRST_SHOWN - 1, None, None, {"hidden": True})
        for place, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
            is_hidden = not form.takes_evidence and NAMES[_FIRST_SHOWN + place] in _OF_EVIDENCE
            sheet.set_column(_FIRST_SHOWN + place, _FIRST_SHOWN + place, width, None, {"hidden": is_hidden})
            sheet.write_string(_HEADINGS_ROW, _FIRST_SHOWN + place, self._text(heading), self._formats["heading"])
        sheet.autofilter(_HEADINGS_ROW, 0, last - 1, len(NAMES) - 1)
        sheet.freeze_panes(_FIRST_ROW, NAMES.index(QUESTION) + 1)
        may = ("sort", "autofilter", "format_rows", "format_columns", "objects")  # objects: pictures over rows
        sheet.protect("", dict.fromkeys(may, True))
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_HEADINGS_ROW)

    def _times(self, sheet: Worksheet) -> None:
        """The cells for when the visit began and ended, each with its label before it."""
        began = msg("began at (if you like), such as 2026-10-05 09:30 ({zone})", zone=self._form.zone)
        sheet.set_row(_TIMES_ROW, 2 * _LINE + 6)
        sheet.write_string(_TIMES_ROW, NAMES.index(MARK), TIMES)
        for column, label in zip(TIME_COLUMNS.values(), (began, msg("finished at (if you like)")), strict=True):
            place = NAMES.index(column)
            sheet.write_string(_TIMES_ROW, place - 1, self._text(label), self._formats["plain"])
            sheet.write_blank(_TIMES_ROW, place, None, self._formats["moment"])

    def _column(self, name: str) -> str:
        return chr(ord("A") + NAMES.index(name))

    def _row(self, sheet: Worksheet, at: int, number: int, row: FormRow) -> None:
        question, identity = self._language.said(row.ask.question), row_id(row.key)
        shown = {
            MARK: identity,
            SEAL: seal(identity, question, row.ask.form),
            "part": self._part(row),
            "number": str(number),
            QUESTION: question,
            "guidance": "\n".join(self._guidance(row)),
        }
        for name, text in shown.items():
            sheet.write_string(at, NAMES.index(name), text, self._format("shown", text))
        lines = 1
        for place, name in enumerate(NAMES[_FIRST_SHOWN : _FIRST_SHOWN + len(_WIDTHS)]):
            lines = max(lines, _lines(shown.get(name, ""), _WIDTHS[place]))
        sheet.set_row(at, _LINE * lines + 3)
        for name in ANSWER_CELLS:
            self._fill(sheet, at, name, row)

    def _part(self, row: FormRow) -> str:
        """The part of the form that a row is in: of questions about subjects, each subject is one."""
        title = self._language.said(row.part)
        return self._text(msg("{part}: {subject}", part=title, subject=row.about)) if row.about else title

    def _fill(self, sheet: Worksheet, at: int, name: str, row: FormRow) -> None:
        column, text = NAMES.index(name), self._given(name, row)
        is_day = name in _DAYS or (name == "answer" and row.ask.form.kind is AnswerKind.DATE)
        if text is None:
            sheet.write_blank(at, column, None, self._formats["day" if is_day else "filled"])
        elif is_day:
            sheet.write_datetime(at, column, date.fromisoformat(text), self._formats["day"])
        elif name == "answer" and range_of(row.ask.form) is not None:
            sheet.write_number(at, column, float(text), self._formats["filled"])
        else:
            sheet.write_string(at, column, text, self._format("filled", text))

    def _format(self, kind: str, text: str) -> Any:  # noqa: ANN401  xlsxwriter's own
        """What looks like a formula is marked as text, also for whoever edits the cell."""
        return self._formats[f"{kind}_text" if text.startswith(_FORMULA) else kind]

    def _given(self, name: str, row: FormRow) -> str | None:
        answer = row.answer
        if answer is None:
            return None
        if name == "answer":
            return None if answer.value is None else show_answer(row.ask.form, answer.value, self._language)
        return _beside(name, answer)

    def _guidance(self, row: FormRow) -> list[str]:
        form = row.ask.form
        choices = labels_of(form, self._language)
        numbers = range_of(form)
        told: list[str] = []
        if choices:
            told.append(" / ".join(choices))
        if form.kind is AnswerKind.MULTI:
            told.append(self._text(msg("several answers are parted by ';'")))
        if numbers is not None:
            told.append(self._text(numbers))
        if row.ask.guidance is not None:
            told.append(self._language.said(row.ask.guidance))
        if form.kind is AnswerKind.DATE:
            told.append(self._text(msg("write a day such as 2026-10-31")))
        if row.when is not None:
            told.append(self._text(msg("only if {condition}", condition=row.when)))
            told += [f"({name}: {question})" for name, question in self._read_by(row.when)]
        told += [self._text(need) for need in _needs(row.ask.evidence)]
        return told

    def _read_by(self, condition: str) -> Iterator[tuple[str, str]]:
        """The questions that a condition reads, by the names it has for them."""
        words = {word.casefold() for word in re.findall(r"\w+", condition)}
        for row in self._form.rows:
            name = fold_id(row.key.item)
            if name.casefold() in words:
                yield name, self._language.said(row.ask.question)

    def _restrict(self, sheet: Worksheet, lists: Worksheet, number: int, places: Sequence[int]) -> None:
        """Set what a spreadsheet lets into the cells of answers to questions that are answered alike."""
        form, column = self._form.rows[places[0]].ask.form, NAMES.index("answer")
        labels = labels_of(form, self._language)
        if form.kind in {AnswerKind.YES_NO, AnswerKind.CHOICE}:
            lists.write_row(number, 0, labels)
            where = f"=_lists!${_letters(0)}${number + 1}:${_letters(len(labels) - 1)}${number + 1}"
            allowed: dict[str, object] = {"validate": "list", "source": where}
            told = msg("choose one of the answers")
        elif (numbers := range_of(form)) is not None:
            allowed = {
                "validate": "decimal" if form.kind is AnswerKind.NUMBER else "integer",
                "criteria": "between",
                "minimum": float(form.least) if form.least is not None else -1e15,
                "maximum": float(form.maximum) if form.maximum is not None else 1e15,
            }
            told = numbers
        elif form.kind is AnswerKind.DATE:
            allowed = {"validate": "date", "criteria": ">=", "value": date(1900, 1, 1)}
            told = msg("write a day such as 2026-10-31")
        else:
            return
        at, *others = (_FIRST_ROW + place for place in places)
        words = {"error_title": self._text(msg("no answer")), "error_message": self._text(told)}
        cells = [[other, column, other, column] for other in others]
        sheet.data_validation(at, column, at, column, {**allowed, **words, "other_cells": cells})

    def _read_me(self) -> None:
        sheet = self._workbook.add_worksheet(self._text(msg("Read me")))
        sheet.set_column(0, 0, 100)
        evidence = (
            msg("Evidence files lie beside this workbook; write their names, several parted by ';'."),
            msg("A picture may also be inserted: lay its upper edge over the row of the question."),
            msg("'captured on' is the day a picture or file was made, 'effective on' the day it speaks of."),
        )
        lines = (
            msg("Fill the yellow cells of the sheet 'Checklist'; everything else stays as it is."),
            msg("A question that does not apply gets a reason instead of an answer."),
            *(evidence if self._form.takes_evidence else ()),
            msg("You may sort and filter. Do not delete rows, and write no formulas into the yellow cells."),
            msg("Hand it back with `{command}`.", command=self._form.command),
        )
        for place, line in enumerate(lines):
            sheet.write_string(place, 0, self._text(line), self._formats["plain"])
        sheet.write_string(len(lines) + 1, 0, self._form.standard, self._formats["plain"])
        sheet.protect()


def _beside(name: str, answer: GivenAnswer) -> str | None:
    """What stands beside an answer, as the cell of that name holds it; of several days, the first."""
    if name == "evidence":
        return "; ".join(one.name for one in answer.evidence) or None
    if name in _DAYS:
        days = [day.isoformat() for one in answer.evidence if (day := _day(name, one)) is not None]
        return min(days, default=None)
    return answer.not_applicable if name == "not_applicable" else answer.note


def _day(name: str, evidence: Evidence) -> date | None:
    return evidence.captured_on if name == "captured_on" else evidence.effective_on


def _needs(rules: EvidenceRules) -> list[Message]:
    told = []
    for what, need in ((msg("a picture"), rules.photo), (msg("a note"), rules.note), (msg("a file"), rules.file)):
        if need is Need.ALWAYS:
            told.append(msg("needs {what}", what=what))
        elif need is Need.ON_FAIL:
            told.append(msg("needs {what} if it fails", what=what))
    return told


@cache
def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column that is so many characters wide."""
    from wcwidth import wcswidth

    return sum(max(1, -(-max(wcswidth(line), 0) // width)) for line in text.split("\n"))


def _letters(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


def file_name(parts: Sequence[str]) -> str:
    """A name for a form's file that every system takes."""
    return "_".join("".join(c if c.isalnum() or c in "-." else "-" for c in part) for part in parts) + ".xlsx"
