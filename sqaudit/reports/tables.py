"""Tables as text: aligned for a terminal, as CSV, as JSON, as Markdown."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Mapping, Sequence
from unicodedata import category

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~#])")


def aligned_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[bool] | None = None
) -> str:
    """A table whose lines are equally wide on a screen, wide characters counted twice.

    No newline at its end; empty without rows. ``right`` says which columns are aligned to the right.
    """
    from tabulate import tabulate

    if not rows:
        return ""
    sides = ["right" if each else "left" for each in right or [False] * len(headings)]
    clean = [[one_line(cell) for cell in row] for row in rows]
    text = tabulate(clean, headers=list(headings), tablefmt="simple", disable_numparse=True, colalign=sides)
    lines = text.splitlines()
    width = max(map(display_width, lines))
    return "\n".join(line + " " * (width - display_width(line)) for line in lines)


def display_width(text: str) -> int:
    """How many columns of a terminal ``text`` takes; it must be on one line."""
    from wcwidth import wcswidth

    return max(wcswidth(text), 0)


def csv_table(fields: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """CSV with a heading line; ``None`` is an empty cell; a text that a spreadsheet would run is made a plain text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(fields)
    writer.writerows([_csv_cell(row.get(field)) for field in fields] for row in rows)
    return buffer.getvalue()


def json_table(fields: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """A JSON array of flat objects, every one with all ``fields`` in this order; absent things are ``null``."""
    return json_text([{field: row.get(field) for field in fields} for row in rows])


def json_text(content: object) -> str:
    """JSON for people and programs, with a newline at its end; infinities are refused."""
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def markdown_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[bool] | None = None
) -> str:
    """A Markdown table; cells are plain text and come escaped."""
    sides = right or [False] * len(headings)
    lines = [list(map(markdown_text, headings)), ["---:" if side else "---" for side in sides]]
    lines += [list(map(markdown_text, row)) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def markdown_text(text: str) -> str:
    """``text`` so that Markdown shows it as written: one line, no markup, no HTML."""
    return _MARKDOWN.sub(r"\\\1", html.escape(one_line(text), quote=False))


def one_line(text: str) -> str:
    """``text`` on one line: white space made single blanks, control characters dropped, which would move the cursor."""
    return " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())


def printable(text: str) -> str:
    """``text`` without what has no look of its own, such as control characters and turns of the writing direction.

    Line feeds, tabs and blanks of any width stay. All that is left may stand in XML 1.0.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each.isprintable() or each in "\n\t" or category(each) == "Zs")


def _csv_cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return _csv_cell(" ".join(map(str, value)))
    if isinstance(value, str):
        # The writer does not quote a lone carriage return, which readers take for the end of the line.
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return f"'{text}" if value.startswith(_FORMULA) else text
    return value
