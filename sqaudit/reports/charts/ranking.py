"""Sites in their order, each with its value and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.reports.charts.frame import Figures, Frame, figure
from sqaudit.reports.charts.marks import circle, diamond, group, key, path, text
from sqaudit.reports.charts.measuring import fit
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
from sqaudit.reports.charts.scales import Scale, known, ranged
from sqaudit.reports.numbers import ABSENT
from sqaudit.reports.tables import one_line

_RANKS = 70.0  # units at most for ranks, which may be ranges
_END = ' text-anchor="end"'


class Ranked(Struct, frozen=True, kw_only=True):
    """A site with the limits of its interval; ``rank`` may be a range. A marked one gets another shape and colour."""

    label: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    rank: str | None = None
    reason: str | None = None
    is_marked: bool = False


def draw_ranking(  # noqa: PLR0913  what a page may say of a ranking
    frame: Frame,
    sites: Sequence[Ranked],
    *,
    reference: Decimal | None = None,
    reference_label: str | None = None,
    most: Decimal = Decimal(100),
    marked_label: str | None = None,
) -> str:
    """The sites in the order given, as HTML; the axis begins below the lowest value and ends at ``most`` at least.

    ``marked_label`` says what it means that a site is marked.
    """
    word = frame.language.text
    marked = marked_label or word(msg("marked"))
    shown = [shown_score(site.value) for site in sites]
    reasons = [None if is_known(site.value) else no_value(site.reason, frame.language) for site in sites]
    ranks = [fit(one_line(site.rank or ""), _RANKS) for site in sites]
    widest = max((rank.width for rank in ranks), default=0.0)
    layout = lay_out([site.label for site in sites], shown, space=8, indent=widest + 10 if widest else 0.0, most=150.0)
    values = known([*(each for site in sites for each in (site.value, site.low, site.high)), reference])
    low, high = ranged(values, float(most))
    scale = Scale(low=low, high=high, start=layout.left + 6, end=layout.right - 6)

    def marks(number: int) -> list[float]:
        return [scale.at(value) for value in known([sites[number].low, sites[number].high])]

    def draw(rows: Sequence[Row]) -> str:
        drawn = [(row, sites[row.number]) for row in rows]
        spans = [(row.y, *known([site.low, site.high])) for row, site in drawn]
        plain = [(row.y, site.value) for row, site in drawn if not site.is_marked]
        special = [(row.y, site.value) for row, site in drawn if site.is_marked]
        parts = [
            group("interval", (path([(scale.at(x), y) for x in span]) for y, *span in spans if len(span) > 1)),
            group("dot", (circle(scale.at(value), y, 5) for y, value in plain if is_known(value))),
            group("marked", (diamond(scale.at(value), y, 7) for y, value in special if is_known(value))),
            group("muted", (text(widest, row.y, ranks[row.number]) for row in rows if widest), more=_END),
            draw_absent(layout, rows, reasons, marks),
            draw_values(layout, rows, shown),
        ]
        if is_known(reference):
            at = scale.at(reference)
            line = path([(at, rows[0].y - rows[0].height / 2), (at, rows[-1].y + rows[-1].height / 2)])
            parts.insert(0, group("reference", [line]))
        return "".join(parts)

    entries = []
    if any(is_known(site.low) and is_known(site.high) for site in sites):
        entries.append(
            (
                group("interval", [path([(-10, 0), (10, 0)])]) + group("dot", [circle(0, 0, 5)]),
                word(msg("value with its interval")),
            )
        )
    if any(site.is_marked for site in sites):
        entries.append((group("marked", [diamond(0, 0, 7)]), marked))
    if is_known(reference):
        name = reference_label or word(msg("reference"))
        label = f"{name} {shown_score(reference)}"
        entries.append((group("reference", [path([(0, -10), (0, 10)])]), label))
    drawings = draw_pieces(layout, scale, draw, head=key(entries, layout.width))
    headings = [word(each) for each in (msg("name"), msg("rank"), msg("value"), msg("low"), msg("high"))] + [marked]
    rows = [
        [
            site.label,
            site.rank or ABSENT,
            reason or shown_score(site.value),
            shown_score(site.low),
            shown_score(site.high),
            frame.language.word("true") if site.is_marked else "",
        ]
        for site, reason in zip(sites, reasons, strict=True)
    ]
    return figure(frame, drawings, Figures(headings=headings, rows=rows))
