"""What is drawn on the plot of a trend: its points, their line, and the centre and limits that hold at each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from sqaudit.reports.charts.frame import Frame
from sqaudit.reports.charts.marks import circle, diamond, group, path, steps, text, title
from sqaudit.reports.charts.measuring import LINE, fit
from sqaudit.reports.charts.rows import is_known, no_value
from sqaudit.reports.charts.scales import Scale

_LABEL = 110.0  # units at most for a value


class TrendPoint(Struct, frozen=True, kw_only=True):
    """A period's value, the centre and limits that hold there, and the signals it gives, as codes or words.

    ``shown`` is the value as people read it; without a value, ``reason`` says why.
    """

    label: str
    value: float | None
    centre: float | None = None
    low: float | None = None
    high: float | None = None
    signals: tuple[str, ...] = ()
    shown: str | None = None
    reason: str | None = None


class Plot(Struct, frozen=True, kw_only=True):
    """The points, and where they lie: ``x`` maps their positions from 0, ``y`` their values."""

    points: Sequence[TrendPoint]
    x: Scale
    y: Scale
    breaks: frozenset[int]


def _runs(plot: Plot, name: str) -> Iterator[list[tuple[int, float]]]:
    """Neighbouring points of one phase that have the value called ``name``."""
    run: list[tuple[int, float]] = []
    for number, point in enumerate(plot.points):
        value = getattr(point, name)
        if run and (number in plot.breaks or not is_known(value)):
            yield run
            run = []
        if is_known(value):
            run.append((number, value))
    if run:
        yield run


def draw_lines(plot: Plot) -> Iterator[str]:
    """The lines between neighbouring points of one phase; where a value is missing there is a gap."""
    for run in _runs(plot, "value"):
        if len(run) > 1:
            yield path([(plot.x.at(number), plot.y.at(value)) for number, value in run])


def _corners(plot: Plot, run: Sequence[tuple[int, float]]) -> list[tuple[float, float]]:
    """A line that holds its height for half a step on either side of each point."""
    corners: list[tuple[float, float]] = []
    for number, value in run:
        y = plot.y.at(value)
        begin, end = plot.x.at(number - 0.5), plot.x.at(number + 0.5)
        if corners and corners[-1][1] == y:
            corners[-1] = (end, y)
        else:
            corners += [(begin, y), (end, y)]
    least, most = plot.x.start - 12, plot.x.end + 12
    return [(min(max(x, least), most), y) for x, y in corners]


def draw_stepped(plot: Plot, name: str) -> list[str]:
    """The centre or a limit, by its name: one line for each phase, at its height round every point."""
    return [path(_corners(plot, run)) for run in _runs(plot, name)]


def draw_range(plot: Plot) -> str:
    """The area between the limits."""
    lows = {number: value for run in _runs(plot, "low") for number, value in run}
    highs = {number: value for run in _runs(plot, "high") for number, value in run}
    both = sorted(lows.keys() & highs.keys())
    runs: list[list[int]] = []
    for number in both:
        if runs and runs[-1][-1] == number - 1 and number not in plot.breaks:
            runs[-1].append(number)
        else:
            runs.append([number])
    areas = (
        [*_corners(plot, [(n, highs[n]) for n in run]), *reversed(_corners(plot, [(n, lows[n]) for n in run]))]
        for run in runs
    )
    return group("range", (f'<path d="{steps(area)}z"/>' for area in areas))


def draw_gaps(plot: Plot, frame: Frame, top: float, bottom: float) -> str:
    """Upright lines where a point has no value, with the reason."""
    gone = [(number, point) for number, point in enumerate(plot.points) if not is_known(point.value)]
    return group(
        "absent",
        (
            f'<path d="{steps([(plot.x.at(number), top), (plot.x.at(number), bottom)])}">'
            f"{title(f'{point.label} · {no_value(point.reason, frame.language)}')}</path>"
            for number, point in gone
        ),
    )


def draw_points(plot: Plot, shown: Sequence[str]) -> str:
    """The points; those that give a signal have another shape and colour."""
    placed = [
        (plot.x.at(number), plot.y.at(point.value), point, f"{point.label} · {value}")
        for number, (point, value) in enumerate(zip(plot.points, shown, strict=True))
        if point.value is not None and is_known(point.value)
    ]
    radius = 4 if plot.x.at(1) - plot.x.at(0) > LINE / 2 else 2.5
    dots = (circle(x, y, radius, said) for x, y, point, said in placed if not point.signals)
    signals = (diamond(x, y, 7, said) for x, y, point, said in placed if point.signals)
    return group("dot", dots) + group("marked", signals)


def draw_said(plot: Plot, shown: Sequence[str], left: float, right: float) -> str:
    """Values of the signals and the last point, written beside them as far as they have room."""
    taken: list[tuple[float, float, float]] = []
    pieces = []
    wanted = [number for number, point in enumerate(plot.points) if point.signals or number == len(plot.points) - 1]
    for number in reversed(wanted):
        value = plot.points[number].value
        if value is None or not is_known(value):
            continue
        said = fit(shown[number], _LABEL)
        half = said.width / 2
        x = min(max(plot.x.at(number), left + half), right - half)
        before = [point.value for point in plot.points[max(0, number - 1) : number + 2] if is_known(point.value)]
        is_peak = value >= sum(each for each in before if each is not None) / len(before)
        y = plot.y.at(value) + (-18 if is_peak else 18)
        if all(abs(x - other) >= half + width + 4 or abs(y - height) >= LINE for other, height, width in taken):
            taken.append((x, y, half))
            pieces.append(text(x, y, said))
    return group("halo", pieces, more=' text-anchor="middle"')
