"""Scores of sites by dimension, the low ones dark."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import msg
from sqaudit.reports.charts.frame import WIDTH, Figures, Frame, figure
from sqaudit.reports.charts.marks import box, group, key, text
from sqaudit.reports.charts.measuring import LINE, fit, longest_word, text_width
from sqaudit.reports.charts.rows import GAP, NAMES, Layout, Row, draw_pieces, is_known, lay_out, no_value, shown_score
from sqaudit.reports.charts.scales import units
from sqaudit.reports.charts.style import BANDS
from sqaudit.reports.numbers import show_number
from sqaudit.reports.tables import one_line

BOUNDS = (Decimal(50), Decimal(70), Decimal(80), Decimal(90))
_TALLEST = 150.0  # units at most for names of columns that stand upright
_LEAST_NAMES = 90.0


class HeatRow(Struct, frozen=True, kw_only=True):
    """A site with a value for each column; ``reasons``, if given, say for each column why there is none."""

    label: str
    values: tuple[Decimal | None, ...]
    reasons: tuple[str | None, ...] = ()


def draw_heat_map(
    frame: Frame, columns: Sequence[str], rows: Sequence[HeatRow], *, bounds: Sequence[Decimal] = BOUNDS
) -> str:
    """Cells with their numbers, as HTML. ``bounds`` are the four values, rising, at which the shade changes."""
    word = frame.language.text
    shown = [[_shown(row, column) for column in range(len(columns))] for row in rows]
    least = max((text_width(each) for row in shown for each in row), default=0.0) + 8
    room = WIDTH - least * len(columns) - GAP
    layout = lay_out([row.label for row in rows], [], space=8, most=min(max(room, _LEAST_NAMES), NAMES))
    size = max(least, (WIDTH - layout.left) / max(len(columns), 1))
    right = layout.left + size * len(columns)
    layout = replace(layout, right=right, width=right if right > WIDTH + 1 else WIDTH)

    def draw(drawn: Sequence[Row]) -> str:
        return _cells(layout, size, rows, shown, drawn, bounds)

    drawings = []
    if columns:
        entries = [(_swatch(band), label) for band, label in enumerate(_bands(bounds), start=1)]
        if any(not is_known(value) for row in rows for value in row.values):
            entries.append((group("absent", [f'<path d="{box(-10, -7, 20, 14)}"/>']), word(msg("no value"))))
        legend, height = key(entries, WIDTH)
        heads, lower = _heads(layout, size, columns)
        head = (legend + f'<g transform="translate(0 {units(height)})">{heads}</g>\n', height + lower)
        drawings = draw_pieces(layout, None, draw, head=head, repeated=(heads, lower))
    figures = Figures(
        headings=[word(msg("name")), *columns],
        rows=[[row.label, *(_told(frame, row, column) for column in range(len(columns)))] for row in rows],
    )
    return figure(frame, drawings, figures)


def _value(row: HeatRow, column: int) -> Decimal | None:
    value = row.values[column] if column < len(row.values) else None
    return value if is_known(value) else None


def _shown(row: HeatRow, column: int) -> str:
    return shown_score(_value(row, column))


def _told(frame: Frame, row: HeatRow, column: int) -> str:
    if _value(row, column) is not None:
        return _shown(row, column)
    return no_value(row.reasons[column] if column < len(row.reasons) else None, frame.language)


def _bands(bounds: Sequence[Decimal]) -> list[str]:
    names = [show_number(bound) for bound in bounds]
    return [
        f"< {names[0]}",
        *(f"{low} – < {high}" for low, high in pairwise(names)),
        f"≥ {names[-1]}",
    ]


def _swatch(band: int) -> str:
    return group(f"band-{band}", [f'<path d="{box(-10, -7, 20, 14)}"/>'])


def _heads(layout: Layout, size: float, columns: Sequence[str]) -> tuple[str, float]:
    """Names of the columns, level if whole words have room, else upright; and the height they take."""
    names = [one_line(column) for column in columns]
    level = [fit(name, size - 8, 3) for name in names]
    middles = [layout.left + size * (number + 0.5) for number in range(len(names))]
    if max(map(longest_word, names)) <= size - 8:
        height = LINE * max(len(fitted.lines) for fitted in level) + 8
        pieces = (text(x, height / 2, fitted) for x, fitted in zip(middles, level, strict=True))
        return group("muted", pieces, more=' text-anchor="middle"'), height
    upright = [fit(name, _TALLEST, 2) for name in names]
    height = max(fitted.width for fitted in upright) + 12
    pieces = (
        text(0, 0, fitted, more=f' transform="translate({units(x)} {units(height - 8)}) rotate(-90)"')
        for x, fitted in zip(middles, upright, strict=True)
    )
    return group("muted", pieces), height


def _cells(  # noqa: PLR0913, PLR0917  what a cell is drawn from
    layout: Layout,
    size: float,
    rows: Sequence[HeatRow],
    shown: Sequence[Sequence[str]],
    drawn: Sequence[Row],
    bounds: Sequence[Decimal],
) -> str:
    areas: list[list[str]] = [[] for _ in range(BANDS + 1)]
    texts: list[list[str]] = [[] for _ in range(BANDS + 1)]
    for row in drawn:
        for column, said in enumerate(shown[row.number]):
            x, value = layout.left + size * column, _value(rows[row.number], column)
            band = 0 if value is None else bisect_right(bounds, value) + 1
            areas[band].append(box(x + 1, row.y - row.height / 2 + 1, size - 2, row.height - 2))
            texts[band].append(text(x + size / 2, row.y, said))
    kinds = ["absent", *(f"band-{band}" for band in range(1, BANDS + 1))]
    inks = ["muted", "on-band-1", *["on-band"] * (BANDS - 1)]
    return "".join(
        group(kind, [f'<path d="{"".join(area)}"/>']) + group(ink, said, more=' text-anchor="middle"')
        for kind, ink, area, said in zip(kinds, inks, areas, texts, strict=True)
        if area
    )
