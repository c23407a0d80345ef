"""Charts whose marks lie in rows: names to the left, values to the right, in pieces that fit on paper."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TypeGuard, TypeVar

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.model.language import Language
from sqaudit.reports.charts.frame import WIDTH, Drawing
from sqaudit.reports.charts.marks import group, path, text
from sqaudit.reports.charts.measuring import LINE, Fitted, fit, text_width
from sqaudit.reports.charts.scales import Scale
from sqaudit.reports.numbers import ABSENT, show_number, show_score
from sqaudit.reports.reasons import show_reason
from sqaudit.reports.tables import one_line

Number = TypeVar("Number", Decimal, float)

NAMES = 170.0  # a third of the width, for names
GAP = 14.0
_PIECE = 780.0  # a picture cannot be broken over two pages, so none is higher than a page of A4


class Row(Struct, frozen=True, kw_only=True):
    """One row of a chart: where its middle is in its picture, and its name as it fits."""

    number: int
    y: float
    height: float
    name: Fitted


class Layout(Struct, frozen=True, kw_only=True):
    """Where the columns of a chart of rows lie, in units."""

    names: Sequence[Fitted]
    heights: Sequence[float]
    left: float
    right: float
    indent: float = 0.0
    width: float = WIDTH


def lay_out(
    names: Sequence[str], values: Sequence[str], *, space: float, indent: float = 0.0, most: float = NAMES
) -> Layout:
    """Columns as wide as their texts need; ``space`` is what a row has beside its lines of text.

    Names begin at ``indent`` and take ``most`` units at most.
    """
    fitted = [fit(one_line(name), most, 2) for name in names]
    left = indent + max((name.width for name in fitted), default=0.0) + GAP
    value_width = max(map(text_width, values), default=0.0)
    return Layout(
        names=fitted,
        heights=[space + LINE * len(name.lines) for name in fitted],
        left=left,
        indent=indent,
        right=WIDTH - value_width - (GAP if value_width else 8.0),
    )


def draw_pieces(  # noqa: PLR0913  what a chart of rows is made of
    layout: Layout,
    scale: Scale | None,
    draw: Callable[[Sequence[Row]], str],
    *,
    head: tuple[str, float] = ("", 0.0),
    repeated: tuple[str, float] = ("", 0.0),
    show: Callable[[float], str] = show_number,
) -> list[Drawing]:
    """The rows as pictures no higher than a page, each with its axis.

    ``head`` and its height stand above the first, ``repeated`` above the others.
    """
    drawings = []
    for number, (first, last) in enumerate(_pieces(layout.heights)):
        above, top = head if number == 0 else repeated
        axis_top = top
        top += LINE + 4 if scale else 0.0
        rows, y = [], top
        for each in range(first, last):
            rows.append(
                Row(number=each, y=y + layout.heights[each] / 2, height=layout.heights[each], name=layout.names[each])
            )
            y += layout.heights[each]
        axis = draw_axis(scale, axis_top + LINE / 2, top, y, show) if scale else ""
        names = "".join(text(layout.indent, row.y, row.name) for row in rows) + "\n"
        drawings.append(Drawing(content=above + axis + names + draw(rows), height=y + 4, width=layout.width))
    return drawings


def draw_axis(scale: Scale, y: float, top: float, bottom: float, show: Callable[[float], str]) -> str:
    """Thin lines down the plot with their values above them; values without room are left out."""
    ticks = scale.ticks()
    widest = max(text_width(show(tick)) for tick in ticks)
    if len(ticks) > 1 and scale.at(ticks[1]) - scale.at(ticks[0]) < widest + 8:
        ticks = [ticks[0], ticks[-1]]
    lines = group("grid", (path([(scale.at(tick), top), (scale.at(tick), bottom)]) for tick in ticks))
    values = (text(scale.at(tick), y, show(tick)) for tick in ticks)
    return lines + group("muted", values, more=' text-anchor="middle"')


def draw_values(layout: Layout, rows: Sequence[Row], values: Sequence[str]) -> str:
    """The values at the right edge."""
    pieces = (text(layout.width, row.y, values[row.number]) for row in rows)
    return f'<g text-anchor="end">{"".join(pieces)}</g>\n'


def draw_absent(
    layout: Layout, rows: Sequence[Row], reasons: Sequence[str | None], marks: Callable[[int], Sequence[float]]
) -> str:
    """What stands in a row that has no value, so that nobody takes it for zero: the words, and why.

    They stand where they have most room beside the ``marks`` of that row, given by its number.
    """
    pieces = []
    for row in rows:
        if (reason := reasons[row.number]) is not None:
            begin, room = _widest_gap(layout, sorted(marks(row.number)))
            pieces.append(text(begin, row.y, fit(reason, room)))
    return group("aside", pieces)


def _widest_gap(layout: Layout, marks: Sequence[float]) -> tuple[float, float]:
    edges = [layout.left - 4, *marks, layout.right + 8]
    room, begin = max((after - before - 20, -before) for before, after in pairwise(edges))
    return 10 - begin, room


def no_value(reason: str | None, language: Language) -> str:
    """``no value``, and why if that is known."""
    shown = show_reason(reason, language)
    sentence = msg("no value") if shown is None else msg("no value: {reason}", reason=shown)
    return one_line(language.text(sentence))


def shown_score(value: Decimal | None) -> str:
    """A score for people, or the sign for none."""
    return show_score(value) if is_known(value) else ABSENT


def is_known(value: Number | None) -> TypeGuard[Number]:
    """Whether there is a value that has a place on a scale."""
    return value is not None and math.isfinite(value)


def _pieces(heights: Sequence[float]) -> Iterator[tuple[int, int]]:
    first, taken = 0, 0.0
    for number, height in enumerate(heights):
        if taken + height > _PIECE and number > first:
            yield first, number
            first, taken = number, 0.0
        taken += height
    if heights:
        yield first, len(heights)
