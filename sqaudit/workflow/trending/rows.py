"""Series as flat rows: the fields of the JSON that the command prints."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.workflow.comparing.changes import PERCENTAGE_POINTS, SHARE
from sqaudit.workflow.rows import Row
from sqaudit.workflow.trend import Trends
from sqaudit.workflow.trending.series import TrendPoint, TrendSeries
from sqaudit.workflow.trending.words import signal_words

# How wide the picture of a point is.
_WIDTH = 25


def trend_rows(trends: Trends) -> list[Row]:
    """One row for each point; what is absent is ``None``, never 0. Differences of shares are in percentage points."""
    return [row for series in trends.series for row in _rows(trends, series)]


def _rows(trends: Trends, series: TrendSeries) -> list[Row]:
    ends = _ends(series.points)
    return [
        {
            "programme": trends.programme,
            "level": trends.level,
            "place": series.place,
            "item": series.item,
            "period": point.period,
            "value": point.value,
            "unit": point.unit,
            "n": point.n,
            "centre": point.centre,
            "low": point.low,
            "high": point.high,
            "chart": series.stretches[point.stretch].chart,
            "stretch": point.stretch + 1,
            "baseline": point.in_baseline,
            "provisional": series.stretches[point.stretch].provisional,
            "signals": tuple(signal.rule.value for signal in point.signals),
            "signal": tuple(signal_words(signal) for signal in point.signals),
            "year_before": point.year_before,
            "year_difference": _in_points(point),
            "difference_unit": PERCENTAGE_POINTS if point.unit == SHARE else point.unit,
            "direction": series.direction.value if series.direction is not None else None,
            "reason": point.reason,
            "sketch": sketch(point, ends),
        }
        for point in series.points
    ]


def _in_points(point: TrendPoint) -> float | None:
    if point.year_difference is None or point.unit != SHARE:
        return point.year_difference
    return round(100 * point.year_difference, 10)


def sketch(point: TrendPoint, ends: tuple[float, float] | None) -> str | None:
    """Where a point lies, in plain characters: ``|`` the limits, ``:`` the centre, ``o`` a point, ``X`` a signal.

    ``ends`` are the values at either end; ``None`` where all are the same.
    """
    if ends is None:
        return None
    cells = ["."] * _WIDTH
    marks = (("|", point.low), ("|", point.high), (":", point.centre), ("X" if point.signals else "o", point.value))
    for mark, value in marks:
        if value is not None:
            cells[round((value - ends[0]) / (ends[1] - ends[0]) * (_WIDTH - 1))] = mark
    return "".join(cells)


def _ends(points: Sequence[TrendPoint]) -> tuple[float, float] | None:
    numbers = [
        number
        for point in points
        for number in (point.value, point.low, point.high, point.centre)
        if number is not None
    ]
    return (min(numbers), max(numbers)) if numbers and min(numbers) < max(numbers) else None
