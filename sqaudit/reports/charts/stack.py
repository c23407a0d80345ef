"""Counts by status, one bar for each owner, site or severity."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.reports.charts.frame import Figures, Frame, figure
from sqaudit.reports.charts.marks import box, group, key, text
from sqaudit.reports.charts.measuring import text_width
from sqaudit.reports.charts.rows import Row, draw_pieces, draw_values, lay_out
from sqaudit.reports.charts.scales import Scale, units
from sqaudit.reports.charts.style import PARTS

_THICK = 22.0
_LEAST = 3.0  # narrower parts show no texture
_TEXTURES = ("none", "rising", "level", "falling", "upright")


class Stack(Struct, frozen=True, kw_only=True):
    """A row with its parts: each a name, in the language of the reader, and a count of at least 0."""

    label: str
    parts: tuple[tuple[str, int], ...]


def draw_stack(frame: Frame, stacks: Sequence[Stack]) -> str:
    """The stacks in the order given, as HTML; parts of one name look the same in all of them and differ in texture."""
    word = frame.language.text
    kinds = list(dict.fromkeys(name for stack in stacks for name, _ in stack.parts))
    counts = [{kind: sum(count for name, count in stack.parts if name == kind) for kind in kinds} for stack in stacks]
    totals = [sum(count.values()) for count in counts]
    layout = lay_out([stack.label for stack in stacks], [str(total) for total in totals], space=14)
    scale = Scale(low=0, high=max([*totals, 1]), start=layout.left, end=layout.right)

    def draw(rows: Sequence[Row]) -> str:
        return "".join(
            _part(scale, number, [(row.y, *_span(counts[row.number], kinds, number)) for row in rows])
            for number in range(len(kinds))
        ) + draw_values(layout, rows, [str(total) for total in totals])

    entries = [(_swatch(number), kind) for number, kind in enumerate(kinds)]
    drawings = draw_pieces(layout, None, draw, head=key(entries, layout.width))
    headings = [word(msg("name")), *kinds, word(msg("in all"))]
    rows = [
        [stack.label, *(str(count[kind]) for kind in kinds), str(total)]
        for stack, count, total in zip(stacks, counts, totals, strict=True)
    ]
    return figure(frame, drawings, Figures(headings=headings, rows=rows))


def _span(count: dict[str, int], kinds: Sequence[str], number: int) -> tuple[int, int]:
    before = sum(count[kind] for kind in kinds[:number])
    return before, before + count[kinds[number]]


def _part(scale: Scale, number: int, spans: Sequence[tuple[float, int, int]]) -> str:
    """All parts of one kind: their areas, their texture, and their counts where there is room."""
    boxes = [
        (scale.at(first), y - _THICK / 2, scale.at(last) - scale.at(first), last - first)
        for y, first, last in spans
        if last > first
    ]
    areas = "".join(box(x, y, max(width - 1.5, 0.8), _THICK) for x, y, width, _ in boxes)
    lines = "".join(_texture(number, x, y, width - 1.5) for x, y, width, _ in boxes)
    texts = (
        text(x + (width - 1.5) / 2, y + _THICK / 2, str(count))
        for x, y, width, count in boxes
        if text_width(str(count)) + 10 <= width
    )
    look = number % PARTS + 1
    return (
        group(f"part-{look}", [f'<path d="{areas}"/>'] if areas else [])
        + group("texture", [f'<path d="{lines}"/>'] if lines else [])
        + group(f"on-part-{look}", texts, more=' text-anchor="middle"')
    )


def _swatch(number: int) -> str:
    lines = _texture(number, -10, -7, 20, 14)
    texture = group("texture", [f'<path d="{lines}"/>'] if lines else [])
    return group(f"part-{number % PARTS + 1}", [f'<path d="{box(-10, -7, 20, 14)}"/>']) + texture


def _texture(number: int, x: float, y: float, width: float, height: float = _THICK) -> str:
    """Thin lines across an area, by the number of the part."""
    kind = _TEXTURES[number % len(_TEXTURES)]
    if kind == "none" or width < _LEAST:
        return ""
    if kind == "level":
        return "".join(f"M{units(x)} {units(y + at)}h{units(width)}" for at in _every(height, 5))
    if kind == "upright":
        return "".join(f"M{units(x + at)} {units(y)}v{units(height)}" for at in _every(width, 5))
    pieces = []
    for at in _every(width + height, 7):
        # The part of a slanted line, from (at, 0) to (at - height, height), that lies within the area.
        down, up = max(0.0, at - width), min(height, at)
        begin, end = (at - down, down), (at - up, up)
        if kind == "falling":
            begin, end = (width - begin[0], begin[1]), (width - end[0], end[1])
        pieces.append(f"M{units(x + begin[0])} {units(y + begin[1])}L{units(x + end[0])} {units(y + end[1])}")
    return "".join(pieces)


def _every(length: float, step: float) -> list[float]:
    return [step * number for number in range(1, int(length / step) + 1) if step * number < length]
