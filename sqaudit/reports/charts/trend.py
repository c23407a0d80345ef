"""Values over time between the limits of ordinary variation (XmR and p charts)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqaudit.errors import msg
from sqaudit.reports.charts.frame import WIDTH, Drawing, Figures, Frame, figure
from sqaudit.reports.charts.marks import circle, diamond, group, key, path, text
from sqaudit.reports.charts.measuring import LINE, Fitted, fit
from sqaudit.reports.charts.rows import is_known, no_value
from sqaudit.reports.charts.scales import Scale, known, nice_step
from sqaudit.reports.charts.trend_marks import (
    Plot,
    TrendPoint,
    draw_gaps,
    draw_lines,
    draw_points,
    draw_range,
    draw_said,
    draw_stepped,
)
from sqaudit.reports.numbers import ABSENT, show_value
from sqaudit.reports.tables import one_line

_HEIGHT = 220.0
_STEP = 7.0  # points lie no closer; a longer history makes a wider picture, which scrolls
_LABEL = 110.0  # units at most for a period or a value
_END = 130.0  # and for what the lines are


def draw_trend(  # noqa: PLR0913  what a page may say of a trend
    frame: Frame,
    points: Sequence[TrendPoint],
    *,
    reference: float | None = None,
    reference_label: str | None = None,
    breaks: Sequence[int] = (),
    unit: str | None = None,
) -> str:
    """The points in the order given, as HTML. ``breaks`` are the positions, from 0, of points that begin a new phase.

    ``unit`` is that of the values as in ``show_value``: it says how the axis, centre and limits are written.
    """
    word = frame.language.text

    def show(value: float | None) -> str:
        return show_value(value, unit) if is_known(value) else ABSENT

    shown = [_shown(point, show) for point in points]
    drawings = []
    values = known([each for point in points for each in (point.value, point.centre, point.low, point.high)])
    if values:
        drawings.append(_draw(frame, points, shown, show, (reference, reference_label), frozenset(breaks)))
    said = [", ".join(map(frame.language.word, point.signals)) for point in points]
    reasons = [None if is_known(point.value) else no_value(point.reason, frame.language) for point in points]
    headings = [
        word(each) for each in (msg("period"), msg("value"), msg("lower limit"), msg("centre"), msg("upper limit"))
    ]
    rows = [
        [point.label, reason or value, show(point.low), show(point.centre), show(point.high), signals]
        for point, reason, value, signals in zip(points, reasons, shown, said, strict=True)
    ]
    notes = [
        f"{point.label} · {reason or f'{value} · {signals}'}"
        for point, reason, value, signals in zip(points, reasons, shown, said, strict=True)
        if reason or signals
    ]
    figures = Figures(headings=[*headings, word(msg("signals"))], rows=rows, words=frozenset({5}))
    return figure(frame, drawings, figures, notes)


def _shown(point: TrendPoint, show: Callable[[float | None], str]) -> str:
    return point.shown if point.shown is not None and is_known(point.value) else show(point.value)


def _draw(  # noqa: PLR0913, PLR0917  what the picture is made from
    frame: Frame,
    points: Sequence[TrendPoint],
    shown: Sequence[str],
    show: Callable[[float | None], str],
    reference: tuple[float | None, str | None],
    breaks: frozenset[int],
) -> Drawing:
    word = frame.language.text
    line, label = reference
    values = known([line, *(each for point in points for each in (point.value, point.centre, point.low, point.high))])
    low, high = _range(values)
    rough = Scale(low=low, high=high, start=0, end=1)
    left = max(fit(show(tick), _LABEL).width for tick in rough.ticks()) + 10
    ends = [
        (value, fit(word(template), _END))
        for value, template in (
            (_last(points, "high"), msg("upper {value}", value=show(_last(points, "high")))),
            (_last(points, "centre"), msg("centre {value}", value=show(_last(points, "centre")))),
            (_last(points, "low"), msg("lower {value}", value=show(_last(points, "low")))),
        )
        if value is not None
    ]
    margin = max((each.width for _, each in ends), default=0.0) + 12
    width = max(WIDTH, left + margin + 24 + _STEP * (len(points) - 1))
    head, top = key(_entries(frame, points, line, label, show), width)
    top += LINE
    bottom = top + _HEIGHT
    right = width - margin
    x = Scale(low=0, high=max(len(points) - 1, 1), start=left + 12, end=right - 12)
    if len(points) == 1:
        x = Scale(low=-1, high=1, start=left + 12, end=right - 12)
    plot = Plot(points=points, x=x, y=Scale(low=low, high=high, start=bottom, end=top), breaks=breaks)
    parts = [
        head,
        draw_range(plot),
        group("grid", (path([(left, plot.y.at(tick)), (right, plot.y.at(tick))]) for tick in plot.y.ticks())),
        group(
            "muted",
            (text(left - 10, plot.y.at(tick), fit(show(tick), _LABEL)) for tick in plot.y.ticks()),
            more=' text-anchor="end"',
        ),
        draw_gaps(plot, frame, top, bottom),
        group(
            "break",
            (path([(x.at(at - 0.5), top), (x.at(at - 0.5), bottom)]) for at in sorted(breaks) if 0 < at < len(points)),
        ),
        group("centre", draw_stepped(plot, "centre")),
        group("limit", [*draw_stepped(plot, "low"), *draw_stepped(plot, "high")]),
        group("reference", [path([(left, plot.y.at(line)), (right, plot.y.at(line))])] if is_known(line) else []),
        group("line", draw_lines(plot)),
        draw_points(plot, shown),
        draw_said(plot, shown, left, right),
        _ends(plot, ends, right + 8, bottom),
        _periods(plot, bottom + LINE, width),
    ]
    return Drawing(content="".join(parts), height=bottom + 2 * LINE, width=width)


def _entries(
    frame: Frame,
    points: Sequence[TrendPoint],
    line: float | None,
    label: str | None,
    show: Callable[[float | None], str],
) -> list[tuple[str, str]]:
    word = frame.language.text
    entries = [(group("line", [path([(-10, 0), (10, 0)])]) + group("dot", [circle(0, 0, 4)]), word(msg("value")))]
    if any(point.signals for point in points):
        entries.append((group("marked", [diamond(0, 0, 7)]), word(msg("signal"))))
    if any(is_known(point.low) or is_known(point.high) for point in points):
        entries.append((group("limit", [path([(-10, 0), (10, 0)])]), word(msg("limits of ordinary variation"))))
    if is_known(line):
        name = label or word(msg("reference"))
        entries.append((group("reference", [path([(-10, 0), (10, 0)])]), f"{name} {show(line)}"))
    return entries


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    step = nice_step(max(high - low, abs(high) * 0.05, 1e-6), 4)
    return low - step / 2, high + step / 2


def _last(points: Sequence[TrendPoint], name: str) -> float | None:
    """The centre or limit at the last point, if it has one."""
    value: float | None = getattr(points[-1], name) if points else None
    return value if is_known(value) else None


def _ends(plot: Plot, ends: Sequence[tuple[float, Fitted]], x: float, bottom: float) -> str:
    """What the lines are, at their right ends and pushed apart; from the top down."""
    heights = [plot.y.at(value) for value, _ in ends]
    for number in range(1, len(heights)):
        heights[number] = max(heights[number], heights[number - 1] + LINE)
    if heights:
        heights[-1] = min(heights[-1], bottom)
    for number in range(len(heights) - 2, -1, -1):
        heights[number] = min(heights[number], heights[number + 1] - LINE)
    return group("muted", (text(x, y, said) for y, (_, said) in zip(heights, ends, strict=True)))


def _periods(plot: Plot, y: float, width: float) -> str:
    """As many labels as have room, evenly, counted back from the last point."""
    labels = [fit(one_line(point.label), _LABEL) for point in plot.points]
    gap = plot.x.at(1) - plot.x.at(0)
    every = max(1, -int(-(max(label.width for label in labels) + 14) // gap))
    pieces, free = [], width
    for number in range(len(labels) - 1, -1, -every):
        half = labels[number].width / 2
        x = min(max(plot.x.at(number), half), width - half)
        if x + half <= free:
            pieces.append(text(x, y, labels[number]))
            free = x - half - 10
    return group("muted", reversed(pieces), more=' text-anchor="middle"')
