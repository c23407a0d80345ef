"""What is round every chart: the figure, its name and description, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.model.language import Language
from sqaudit.reports.charts.marks import escaped, text
from sqaudit.reports.charts.measuring import FONT, LINE
from sqaudit.reports.charts.scales import units
from sqaudit.reports.charts.style import attributes

WIDTH = 500.0  # units; where 320 pixels are left of a phone's 390, FONT is 10 pixels high
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


class Frame(Struct, frozen=True, kw_only=True):
    """What names a chart: an ``id`` that no other chart of the page has, and texts in the language of the reader."""

    id: str
    title: str
    description: str
    language: Language


class Drawing(Struct, frozen=True, kw_only=True):
    """One picture of a chart, in units."""

    content: str
    height: float
    width: float = WIDTH


class Figures(Struct, frozen=True, kw_only=True):
    """The figures of a chart; the first cell of a row names it. ``words`` are the columns that hold words."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: frozenset[int] = frozenset()


def figure(frame: Frame, drawings: Sequence[Drawing], figures: Figures, notes: Sequence[str] = ()) -> str:
    """The chart as HTML that is well-formed XML too. Without drawings it says that there is nothing to show."""
    name = plain_id(frame.id)
    shown = drawings or [_nothing(frame)]
    is_wide = any(drawing.width > WIDTH for drawing in shown)
    # What scrolls must be reached by the keyboard too.
    reach = f' tabindex="0" role="group" aria-labelledby="{name}-name"' if is_wide else ""
    parts = [
        f'<figure class="chart{" chart-wide" if is_wide else ""}" id="{name}">',
        f'<figcaption id="{name}-name">{escaped(frame.title)}</figcaption>',
        f'<div class="chart-plot"{reach}>',
        *(_svg(frame, drawing, number, len(shown)) for number, drawing in enumerate(shown, start=1)),
        "</div>",
    ]
    if notes:
        parts.append(f'<ul class="chart-notes">{"".join(f"<li>{escaped(note)}</li>" for note in notes)}</ul>')
    parts += [_table(frame, figures, name), "</figure>\n"]
    return "\n".join(parts)


def plain_id(wished: str) -> str:
    """``wished`` without the characters that an id, or a list of ids, cannot hold; different ones stay different."""
    return "".join(each if each in _PLAIN else f"-{ord(each):x}-" for each in wished) or "chart"


def _svg(frame: Frame, drawing: Drawing, number: int, count: int) -> str:
    name = plain_id(frame.id) + (f"-{number}" if number > 1 else "")
    title = frame.title
    if count > 1:
        part = msg("{title}, part {number} of {count}", title=frame.title, number=number, count=count)
        title = frame.language.text(part)
    width, height = units(drawing.width), units(drawing.height)
    size = f' width="{width}" height="{height}"' if drawing.width > WIDTH else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{name}-title {name}-desc"'
        f' viewBox="0 0 {width} {height}"{size} font-size="{units(FONT)}" dominant-baseline="central">\n'
        f'<title id="{name}-title">{escaped(title)}</title><desc id="{name}-desc">{escaped(frame.description)}</desc>\n'
        f"{drawing.content}</svg>"
    )


def _table(frame: Frame, figures: Figures, name: str) -> str:
    marks = [' class="chart-words"' if number in figures.words else "" for number in range(len(figures.headings))]
    heads = "".join(
        f'<th scope="col"{mark}>{escaped(each)}</th>' for each, mark in zip(figures.headings, marks, strict=True)
    )
    rows = "\n".join(
        f'<tr><th scope="row">{escaped(row[0])}</th>'
        + "".join(f"<td{mark}>{escaped(cell)}</td>" for cell, mark in zip(row[1:], marks[1:], strict=True))
        + "</tr>"
        for row in figures.rows
    )
    summary = escaped(frame.language.text(msg("The figures as a table")))
    return (
        f'<details><summary>{summary}</summary><div class="chart-table"><table aria-labelledby="{name}-name">\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div></details>"
    )


def _nothing(frame: Frame) -> Drawing:
    words = text(0, LINE, frame.language.text(msg("there is nothing to show")))
    return Drawing(content=f"<g{attributes('muted')}>{words}</g>\n", height=2 * LINE)
