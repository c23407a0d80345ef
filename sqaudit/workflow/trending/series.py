"""A series with its limits and signals. Pure functions over values that were read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import isinf

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import Message
from sqaudit.model.spread import EventRate, Proportion
from sqaudit.model.target import Direction
from sqaudit.model.trend import SURE_BASELINE, Rule, Trend
from sqaudit.statistics.control_limits import (
    Expected,
    dispersion_of,
    expected_of_individuals,
    expected_of_proportions,
    expected_of_rates,
)
from sqaudit.statistics.run_rules import find_signals

XMR, P, U = "xmr", "p", "u"
# Why a stretch has no limits.
TOO_FEW_POINTS, NOTHING_VARIED = "too_few_points", "nothing_varied"
# What no value of a unit can be below, or above.
_BOUNDS: dict[str, tuple[float | None, float | None]] = {
    "score": (0.0, 100.0),
    "share": (0.0, 1.0),
    "points": (-100.0, 100.0),
    "count": (0.0, None),
    "s": (0.0, None),
}


class Seen(Struct, frozen=True, kw_only=True):
    """A value of one cycle as it was read; ``None`` with a ``reason``. ``worth`` is as in ``model.score.Value``.

    ``changed`` says why it does not measure what the one before did.
    """

    period: str
    value: float | None
    unit: str
    n: int | None = None
    counted: Proportion | EventRate | None = None
    worth: float = 1.0
    reason: str | None = None
    changed: Message | None = None


class TrendSignal(Struct, frozen=True, kw_only=True):
    """A pattern that is complete: ``length`` points from the period ``start``; ``side`` is 1 up, -1 down, 0 neither."""

    rule: Rule
    start: str
    length: int
    side: int


class TrendPoint(Struct, frozen=True, kw_only=True):
    """One cycle: its value, what was expected of it, and the value a year before.

    ``value`` is ``None`` with a ``reason``, and then ends every run. ``centre``, ``low`` and ``high`` are ``None``
    where there are no limits. ``stretch`` counts the stretches between breaks from 0. All numbers are in ``unit``,
    shares 0 to 1.
    """

    period: str
    value: float | None
    unit: str
    n: int | None
    stretch: int
    reason: str | None = None
    centre: float | None = None
    low: float | None = None
    high: float | None = None
    in_baseline: bool = False
    signals: tuple[TrendSignal, ...] = ()
    year_before: float | None = None
    year_difference: float | None = None


class Stretch(Struct, frozen=True, kw_only=True):
    """The cycles from one break to the next, of which limits are made together.

    ``known`` of its points have a value; the limits are of the first ``baseline``. ``reason`` says why there are none:
    ``too_few_points``, ``nothing_varied``. ``why`` says why it begins where it does; the first has no reason. A new
    ``measure`` began where its values are not comparable with those before. Limits are ``provisional`` below 20 points.
    """

    start: str
    chart: str
    known: int
    baseline: int
    reason: str | None
    why: Message | str | None
    measure: int
    dispersion: float = 1.0

    @property
    def missing(self) -> int:
        """How many known points more it takes until there are limits."""
        return max(0, self.baseline - self.known)

    @property
    def provisional(self) -> bool:
        """Whether its limits rest on fewer points than are sure."""
        return self.reason is None and self.baseline < SURE_BASELINE


class TrendSeries(Struct, frozen=True, kw_only=True):
    """The series of one place: of its score (``item`` is ``None``), or of an item."""

    place: str
    item: str | None
    direction: Direction | None
    points: tuple[TrendPoint, ...]
    stretches: tuple[Stretch, ...]

    @property
    def signalling(self) -> tuple[TrendPoint, ...]:
        """The points with a signal."""
        return tuple(point for point in self.points if point.signals)


def make_series(
    place: str, item: str | None, seen: Sequence[Seen], trend: Trend, direction: Direction | None
) -> TrendSeries:
    """Limits, signals and the values a year before, of values in the order of their periods."""
    points: list[TrendPoint] = []
    stretches: list[Stretch] = []
    measure = 0
    for members, why in _stretches(seen, trend):
        measure += members[0].changed is not None and bool(stretches)
        stretch, own = _chart(members, trend, len(stretches))
        stretches.append(replace(stretch, why=why, measure=measure))
        points += own
    measures = [stretches[point.stretch].measure for point in points]
    return TrendSeries(
        place=place,
        item=item,
        direction=direction,
        points=tuple(_with_year(points, measures)),
        stretches=tuple(stretches),
    )


def _stretches(seen: Sequence[Seen], trend: Trend) -> Iterator[tuple[list[Seen], Message | str | None]]:
    """The values between breaks, declared ones and changes of what is measured, each with the reason."""
    waiting = list(trend.breaks)
    members: list[Seen] = []
    why: Message | str | None = None
    for one in seen:
        begins: Message | str | None = one.changed
        while waiting and waiting[0].period <= one.period:
            begins = waiting.pop(0).why
        if begins is not None and members:
            yield members, why
            members = []
        if begins is not None:
            why = begins
        members.append(one)
    if members:
        yield members, why


def _chart(seen: Sequence[Seen], trend: Trend, number: int) -> tuple[Stretch, list[TrendPoint]]:
    known = [place for place, one in enumerate(seen) if one.value is not None]
    base = seen[: known[trend.baseline - 1] + 1] if len(known) >= trend.baseline else ()
    chart = _chart_of(seen)
    expected = _expected(chart, base) if base else None
    reason = None if expected is not None else NOTHING_VARIED if base else TOO_FEW_POINTS
    points = [
        TrendPoint(
            period=one.period,
            value=one.value,
            unit=one.unit,
            n=one.n,
            stretch=number,
            reason=one.reason if one.value is None else None,
            in_baseline=place < len(base) and one.value is not None,
        )
        for place, one in enumerate(seen)
    ]
    if expected is not None:
        points = _with_limits(points, seen, expected, chart, trend.rules)
    stretch = Stretch(
        start=seen[0].period,
        chart=chart,
        known=len(known),
        baseline=trend.baseline,
        reason=reason,
        why=None,
        measure=0,
        dispersion=expected.dispersion if expected is not None else 1.0,
    )
    return stretch, points


def _chart_of(seen: Sequence[Seen]) -> str:
    """What was counted of every known value decides: shares, rates, else single values."""
    kinds = {type(one.counted) for one in seen if one.value is not None}
    if kinds == {Proportion}:
        return P
    return U if kinds == {EventRate} else XMR


def _expected(chart: str, base: Sequence[Seen]) -> Expected | None:
    counted = [one.counted for one in base if one.value is not None]
    if chart == XMR:
        unit = next(one.unit for one in base if one.value is not None)
        least, most = _BOUNDS.get(unit, (None, None))
        return expected_of_individuals([one.value for one in base], least, most)
    if chart == P:
        expected = expected_of_proportions([one for one in counted if isinstance(one, Proportion)])
    else:
        expected = expected_of_rates([one for one in counted if isinstance(one, EventRate)])
    if expected is None or len(counted) < SURE_BASELINE:
        return expected
    spread = dispersion_of(_deviations(base, expected, chart))
    # Never narrower than counting allows: what varies less than chance has been smoothed by somebody.
    return replace(expected, dispersion=max(1.0, spread or 1.0))


def _deviations(seen: Sequence[Seen], expected: Expected, chart: str) -> list[float | None]:
    return [None if one.value is None else expected.deviation(one.value, _base_of(one, chart)) for one in seen]


def _base_of(seen: Seen, chart: str) -> float:
    """How many independent cases, or how much exposure, a value rests on; a census varies from cycle to cycle too."""
    if chart == XMR or seen.counted is None:
        return 1.0
    base = seen.counted.n if isinstance(seen.counted, Proportion) else seen.counted.exposure
    return float(base) * (1.0 if isinf(seen.worth) else seen.worth)


def _with_limits(
    points: Sequence[TrendPoint], seen: Sequence[Seen], expected: Expected, chart: str, rules: Sequence[Rule]
) -> list[TrendPoint]:
    found: dict[int, list[TrendSignal]] = {}
    for one in find_signals(_deviations(seen, expected, chart), rules):
        told = TrendSignal(rule=one.rule, start=seen[one.start].period, length=one.length, side=one.side)
        found.setdefault(one.at, []).append(told)
    made = []
    for at, point in enumerate(points):
        is_placed = point.value is not None or chart == XMR
        limits = expected.limits(_base_of(seen[at], chart)) if is_placed else None
        made.append(
            replace(
                point,
                centre=expected.centre,
                low=limits.low if limits else None,
                high=limits.high if limits else None,
                signals=tuple(found.get(at, ())),
            )
        )
    return made


def _with_year(points: Sequence[TrendPoint], measures: Sequence[int]) -> Iterator[TrendPoint]:
    """Each point with the value a year before, as far as that measured the same."""
    by_period = {point.period: (point.value, measure) for point, measure in zip(points, measures, strict=True)}
    for point, measure in zip(points, measures, strict=True):
        earlier, of = by_period.get(_year_before(point.period), (None, measure))
        if earlier is None or of != measure:
            yield point
        elif point.value is None:
            yield replace(point, year_before=earlier)
        else:
            difference = float(Decimal(repr(point.value)) - Decimal(repr(earlier)))
            yield replace(point, year_before=earlier, year_difference=difference)


def _year_before(period: str) -> str:
    """The same period a year before; of a leap day and of a 53rd week, one that may not exist."""
    return f"{int(period[:4]) - 1:04}{period[4:]}"
