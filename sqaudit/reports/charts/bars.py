"""Bars with a target and the value of the cycle before, such as the scores of dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.reports.charts.frame import Figures, Frame, figure
from sqaudit.reports.charts.marks import box, diamond, group, key, path
from sqaudit.reports.charts.rows import (
    Row,
    draw_absent,
    draw_pieces,
    draw_values,
    is_known,
    lay_out,
    no_value,
    shown_score,
)
from sqaudit.reports.charts.scales import Scale, known

_THICK = 12.0


class Bar(Struct, frozen=True, kw_only=True):
    """A value with what it is measured against; without one, ``reason`` says why."""

    label: str
    value: Decimal | None
    target: Decimal | None = None
    previous: Decimal | None = None
    reason: str | None = None


def draw_bars(frame: Frame, bars: Sequence[Bar], *, most: Decimal = Decimal(100)) -> str:
    """Bars from 0 to ``most``, further if a value goes further, as HTML."""
    word = frame.language.text
    shown = [shown_score(bar.value) for bar in bars]
    reasons = [None if is_known(bar.value) else no_value(bar.reason, frame.language) for bar in bars]
    layout = lay_out([bar.label for bar in bars], shown, space=16)
    values = known(value for bar in bars for value in (bar.value, bar.target, bar.previous))
    scale = Scale(low=min(0.0, *values, 0.0), high=max(float(most), *values, 1e-9), start=layout.left, end=layout.right)

    def marks(number: int) -> list[float]:
        return [scale.at(value) for value in known([bars[number].target, bars[number].previous])]

    def draw(rows: Sequence[Row]) -> str:
        drawn = [(row, bars[row.number]) for row in rows]
        parts = [
            group("bar", (_bar(scale, row.y, bar.value) for row, bar in drawn if is_known(bar.value))),
            group("edge", (_target(scale.at(bar.target), row.y) for row, bar in drawn if is_known(bar.target))),
            group("target", (_target(scale.at(bar.target), row.y) for row, bar in drawn if is_known(bar.target))),
            group(
                "previous", (diamond(scale.at(bar.previous), row.y, 5) for row, bar in drawn if is_known(bar.previous))
            ),
            draw_absent(layout, rows, reasons, marks),
            draw_values(layout, rows, shown),
        ]
        return "".join(parts)

    entries = []
    if any(is_known(bar.target) for bar in bars):
        entries.append((group("target", [_target(0, 0)]), word(msg("target"))))
    if any(is_known(bar.previous) for bar in bars):
        entries.append((group("previous", [diamond(0, 0, 5)]), word(msg("previous cycle"))))
    drawings = draw_pieces(layout, scale, draw, head=key(entries, layout.width))
    headings = [word(each) for each in (msg("name"), msg("value"), msg("target"), msg("previous cycle"))]
    rows = [
        [bar.label, reason or shown_score(bar.value), shown_score(bar.target), shown_score(bar.previous)]
        for bar, reason in zip(bars, reasons, strict=True)
    ]
    return figure(frame, drawings, Figures(headings=headings, rows=rows))


def _bar(scale: Scale, y: float, value: Decimal | None) -> str:
    begin, end = sorted((scale.at(0), scale.at(value or 0)))
    return f'<path d="{box(begin, y - _THICK / 2, end - begin, _THICK)}"/>'


def _target(x: float, y: float) -> str:
    return path([(x, y - 10), (x, y + 10)])
