"""A line as small as a word, for the cells of tables."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.reports.charts.marks import circle, escaped, group, path, title
from sqaudit.reports.charts.rows import is_known
from sqaudit.reports.charts.scales import Scale, known

_WIDTH, _HEIGHT, _EDGE = 96.0, 20.0, 4.0


def draw_sparkline(values: Sequence[float | None], *, label: str) -> str:
    """The values as a line with gaps where there is none and a dot at the last, as inline SVG that ``label`` names."""
    numbers = known(values)
    low, high = min(numbers, default=0.0), max(numbers, default=0.0)
    if low == high:
        low, high = low - 1, high + 1
    x = Scale(low=0, high=max(len(values) - 1, 1), start=_EDGE, end=_WIDTH - _EDGE)
    y = Scale(low=low, high=high, start=_HEIGHT - _EDGE, end=_EDGE)
    runs: list[list[tuple[float, float]]] = [[]]
    for number, value in enumerate(values):
        if value is not None and is_known(value):
            runs[-1].append((x.at(number), y.at(value)))
        elif runs[-1]:
            runs.append([])
    lines = group("line", (path(run) for run in runs if len(run) > 1))
    alone = [run[0] for run in runs if len(run) == 1]
    last = [run[-1] for run in runs if run][-1:]
    dots = group("dot", (circle(*place, 2.5) for place in dict.fromkeys([*alone, *last])))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="spark" role="img" aria-label="{escaped(label)}"'
        f' viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}">{title(label)}{lines}{dots}</svg>'
    )
