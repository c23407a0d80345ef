"""Rows on the standard output, sentences on the standard error."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from sqaudit.cli.fields import Fields
from sqaudit.cli.session import current_session
from sqaudit.errors import Message, cannot_write, msg
from sqaudit.model.language import Language
from sqaudit.model.texts import Text
from sqaudit.reports.labels import show_due, show_label
from sqaudit.reports.masking import mask_row
from sqaudit.reports.numbers import (
    ABSENT,
    show_difference,
    show_number,
    show_probability,
    show_score,
    show_share,
    show_value,
)
from sqaudit.reports.reasons import show_reason
from sqaudit.reports.tables import aligned_table, csv_table, json_table

Row = Mapping[str, object]

_CODES = frozenset(
    {"status", "status_before", "status_after", "severity", "level", "state", "kind", "inspection", "verdict"}
    | {"due_for", "outcome", "step", "rung", "move", "funnel", "risk_level"}
)
_MEASURED = frozenset(
    {"value", "low", "high", "value_before", "value_after", "centre", "year_before", "funnel_low", "funnel_high"}
)
# Of each difference its unit, or the field that has it.
_DIFFERENCES = {
    **dict.fromkeys(("difference", "difference_low", "difference_high", "year_difference"), "difference_unit"),
    "relative": "share",
}
_SHOWN: Mapping[str, Callable[[float], str]] = {
    "score": show_score,
    "raw_score": show_score,
    "score_before": show_score,
    "score_after": show_score,
    **dict.fromkeys(("coverage", "coverage_before", "coverage_after"), show_share),
    "p": show_probability,
    "p_adjusted": show_probability,
}
_SPELT: Mapping[str, Callable[[str], str]] = {"subject": show_label, "group": show_label, "due": show_due}


def say(message: Message) -> None:
    """Tell the person something, on the standard error."""
    session = current_session()
    click.echo(session.language.text(message), err=True, color=session.color)


def write_text(text: str) -> None:
    """Write text that ends its own lines to the standard output."""
    click.echo(text, nl=False, color=current_session().color)


def write_lines(lines: Sequence[Message]) -> None:
    """Write sentences to the standard output, one on each line; those after the first belong to it and are indented."""
    words = [current_session().language.text(line) for line in lines]
    write_text("\n  ".join(words) + "\n")


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all, the folder above it as well.

    Raises:
        CannotAccess: SQA601, if that cannot be done.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise cannot_write(path, error.strerror or error) from error


def write_bytes(content: bytes, path: Path | None) -> None:
    """Write bytes to a file, or to the standard output.

    Raises:
        CannotAccess: SQA601, if that cannot be done.
    """
    if path is None:
        click.echo(content, nl=False)
    else:
        write_file(path, content)


def _write_whole(path: Path, content: bytes) -> None:
    target = path.resolve()
    if target.exists() and not target.is_file():
        path.write_bytes(content)  # a pipe or a device is what it is; a folder says so
        return
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with beside.open("xb") as out:
            out.write(content)
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_rows(rows: Sequence[Row], fields: Fields, format_: str) -> None:
    """Write rows as a table for people, or as JSON or CSV with every field and English codes."""
    language = current_session().language
    write_text(render_rows(rows, fields, format_, language))
    if format_ == "table" and not rows:
        say(msg("there is nothing to show"))


def render_rows(rows: Sequence[Row], fields: Fields, format_: str, language: Language) -> str:
    """The text of ``write_rows``; a table without rows is empty."""
    if format_ == "table":
        return render_table(rows, fields.shown, language) if rows else ""
    flat = [{field: _flat(row.get(field), language) for field in fields.all} for row in map(mask_row, rows)]
    return json_table(fields.all, flat) if format_ == "json" else csv_table(fields.all, flat)


def render_table(rows: Sequence[Row], columns: Sequence[str], language: Language) -> str:
    """A table for people: headings and codes in their language, numbers rounded and by their unit, texts masked."""
    rows = [{field: _flat(cell, language) for field, cell in row.items()} for row in map(mask_row, rows)]
    cells = [[_show_cell(row, column, language) for column in columns] for row in rows]
    right = [any(_is_number(row.get(column)) for row in rows) for column in columns]
    return aligned_table([language.word(column) for column in columns], cells, right=right) + "\n"


def _show_cell(row: Row, column: str, language: Language) -> str:
    cell = row.get(column)
    if cell is None or cell == "":
        return ABSENT
    if isinstance(cell, bool):
        return language.word("true" if cell else "false")
    if isinstance(cell, int | float):
        return _show_number(row, column, cell)
    if column in _SPELT:
        return _SPELT[column](str(cell))
    if column == "reason":
        return show_reason(str(cell), language) or ABSENT
    return language.word(str(cell)) if column in _CODES else str(cell)


def _show_number(row: Row, column: str, number: float) -> str:
    unit = _DIFFERENCES.get(column)
    if unit is not None:
        return show_difference(number, str(row.get(unit, unit)))
    if column in _MEASURED:
        return show_value(number, str(row.get("unit")))
    return _SHOWN.get(column, show_number)(number)


def in_words(words: Message | Text | str, language: Language) -> str:
    """A sentence, or a text of a document, in the reader's language."""
    if isinstance(words, Message):
        return language.text(words)
    return language.said(words) if isinstance(words, Text) else words


def _flat(cell: object, language: Language) -> object:
    """One plain value, in the reader's language; a list's ids are parted by blanks, its sentences by semicolons."""
    if isinstance(cell, Message | Text):
        return in_words(cell, language)
    if isinstance(cell, list | tuple):
        between = "; " if any(isinstance(part, Message | Text) for part in cell) else " "
        return between.join(str(_flat(part, language)) for part in cell)
    return cell


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)
