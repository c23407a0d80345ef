"""What is behind most cases: counts from the most frequent down, and their running sum."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.reports.charts.frame import Figures, Frame, figure
from sqaudit.reports.charts.marks import box, circle, group, key, path, text
from sqaudit.reports.charts.measuring import text_width
from sqaudit.reports.charts.rows import Row, draw_pieces, draw_values, lay_out
from sqaudit.reports.charts.scales import Scale
from sqaudit.reports.numbers import show_share

_THICK = 14.0


class Counted(Struct, frozen=True, kw_only=True):
    """How often something was found; a count is at least 0."""

    label: str
    count: int


def draw_pareto(frame: Frame, counted: Sequence[Counted]) -> str:
    """Bars from the highest count down, and their running share of all, as HTML.

    One axis serves both, so that a bar is as long as its share and the line begins at the end of the first bar. Rows
    lie one below another, because names of causes are long.
    """
    word = frame.language.text
    ordered = sorted(counted, key=lambda each: -each.count)
    total = sum(each.count for each in ordered)
    sums = list(accumulate(each.count for each in ordered))
    shares = [Decimal(each) / total if total else None for each in sums]
    shown = [show_share(share) for share in shares]
    counts = [str(each.count) for each in ordered]
    layout = lay_out([each.label for each in ordered], shown, space=12)
    room = max(map(text_width, counts), default=0.0)
    scale = Scale(low=0, high=1, start=layout.left + room + 8, end=layout.right - 6)

    def draw(rows: Sequence[Row]) -> str:
        bars = [_bar(scale, row.y, ordered[row.number].count / total) for row in rows if ordered[row.number].count]
        places = [(scale.at(share), row.y) for row in rows if (share := shares[row.number]) is not None]
        texts = (text(scale.start - 8, row.y, counts[row.number]) for row in rows)
        return (
            group("bar", bars)
            + f'<g text-anchor="end">{"".join(texts)}</g>\n'
            + group("sum", [path(places)] if len(places) > 1 else [])
            + group("sum-dot", (circle(x, y, 3.5) for x, y in places))
            + draw_values(layout, rows, shown)
        )

    entries = [
        (group("bar", [f'<path d="{box(-10, -6, 20, 12)}"/>']), word(msg("count"))),
        (
            group("sum", [path([(-10, 0), (10, 0)])]) + group("sum-dot", [circle(0, 0, 3.5)]),
            word(msg("running share of all")),
        ),
    ]
    drawings = draw_pieces(layout, scale, draw, head=key(entries, layout.width), show=_whole)
    headings = [word(each) for each in (msg("name"), msg("count"), msg("running share of all"))]
    rows = [[each.label, count, share] for each, count, share in zip(ordered, counts, shown, strict=True)]
    return figure(frame, drawings, Figures(headings=headings, rows=rows))


def _bar(scale: Scale, y: float, share: float) -> str:
    return f'<path d="{box(scale.start, y - _THICK / 2, scale.at(share) - scale.start, _THICK)}"/>'


def _whole(share: float) -> str:
    return f"{share:.0%}"
