"""Patterns of points that chance alone makes rarely: Nelson's eight rules, and those of Western Electric.

L. S. Nelson, The Shewhart control chart: tests for special causes, *Journal of Quality Technology* 16 (1984) 237-239;
Western Electric Company, *Statistical Quality Control Handbook*, 1956.

Points come as deviations from the centre in standard errors. A point on the centre ends a run, equal neighbours end a
trend, and the limits themselves are inside. An unknown point ends every pattern: nobody knows on which side it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise

from msgspec import Struct

from sqaudit.model.trend import Rule
from sqaudit.statistics.control_limits import SIGMAS, moving_average, moving_average_sigma

Deviations = Sequence[float | None]

# Numbers that differ by less differ by rounding only.
_EQUAL = 1e-9
# What a new value counts in the moving average: small shifts are seen soonest with 0.05 to 0.25 (NIST 6.3.2.4).
MOVING_WEIGHT = 0.2


class Run(Struct, frozen=True, kw_only=True):
    """Points that fulfil a rule: ``length`` of them from ``start`` (counted from 0).

    ``needed`` of them fulfil it already, so that it is known from then on; ``None``: all of them. ``side`` is 1 above
    the centre or rising, -1 below or falling, 0 where the rule knows no sides.
    """

    rule: Rule
    start: int
    length: int
    needed: int | None
    side: int


class Signal(Struct, frozen=True, kw_only=True):
    """A point (``at``) with which a pattern is complete, or goes on: ``length`` points from ``start``."""

    rule: Rule
    at: int
    start: int
    side: int

    @property
    def length(self) -> int:
        """How many points it spans so far."""
        return self.at - self.start + 1


def find_runs(deviations: Deviations, rule: Rule) -> list[Run]:
    """All runs that fulfil a rule, each as long as it is; of rules such as 2 of 3, one for each point that does."""
    needed, find = _RULES[rule]
    return [
        Run(rule=rule, start=start, length=length, needed=needed, side=side) for start, length, side in find(deviations)
    ]


def find_signals(deviations: Deviations, rules: Sequence[Rule]) -> list[Signal]:
    """Every point at which a rule is fulfilled, by point and then by rule.

    A pattern is told from its last point on, never earlier: before that nobody could know.
    """
    found = [
        Signal(rule=rule, at=at, start=run.start, side=run.side)
        for rule in rules
        for run in find_runs(deviations, rule)
        for at in range(run.start + (run.needed or run.length) - 1, run.start + run.length)
    ]
    return sorted(found, key=lambda one: (one.at, rules.index(one.rule)))


Found = Iterator[tuple[int, int, int]]


def _side(deviation: float, beyond: float = 0.0) -> int:
    """1 above so many standard errors, -1 below, 0 within or on them."""
    if abs(deviation) <= beyond + _EQUAL:
        return 0
    return 1 if deviation > 0 else -1


def _beyond(deviations: Deviations) -> Found:
    for at, deviation in enumerate(deviations):
        if deviation is not None and (side := _side(deviation, SIGMAS)):
            yield at, 1, side


def _stretches(sides: Sequence[int | None], needed: int) -> Found:
    """Stretches of the same side, ``None`` being none."""
    at = 0
    for side, members in groupby(sides):
        length = len(list(members))
        if side is not None and length >= needed:
            yield at, length, side
        at += length


def _same_side(needed: int) -> Callable[[Deviations], Found]:
    return lambda deviations: _stretches([None if z is None else _side(z) or None for z in deviations], needed)


def _steps(deviations: Deviations) -> list[int | None]:
    """Which way it goes from each point to the next; ``None`` where that is unknown, or nowhere."""
    return [
        None if before is None or after is None else _side(after - before) or None
        for before, after in pairwise(deviations)
    ]


def _trend(deviations: Deviations) -> Found:
    return ((start, steps + 1, side) for start, steps, side in _stretches(_steps(deviations), 5))


def _alternating(deviations: Deviations) -> Found:
    # Turned round at every other point, steps that alternate all go one way.
    turned = [None if step is None else step * (-1) ** at for at, step in enumerate(_steps(deviations))]
    return ((start, steps + 1, 0) for start, steps, _ in _stretches(turned, 13))


def _most_of(wanted: int, of: int, beyond: float) -> Callable[[Deviations], Found]:
    """So many of so many points in a row beyond so many standard errors, on one side; the last is one of them."""

    def find(deviations: Deviations) -> Found:
        for at, deviation in enumerate(deviations):
            side = 0 if deviation is None else _side(deviation, beyond)
            if not side:
                continue
            members = []
            for other in range(at, max(-1, at - of), -1):
                before = deviations[other]
                if before is None:
                    break
                if _side(before, beyond) == side:
                    members.append(other)
            if len(members) >= wanted:
                yield members[-1], at - members[-1] + 1, side

    return find


def _within(deviations: Deviations) -> Found:
    return _stretches([0 if z is not None and not _side(z, 1) else None for z in deviations], 15)


def _outside(deviations: Deviations) -> Found:
    return _stretches([0 if z is not None and _side(z, 1) else None for z in deviations], 8)


def _drift(deviations: Deviations) -> Found:
    number = 0
    for at, average in enumerate(moving_average(deviations, MOVING_WEIGHT, 0.0)):
        if average is None:
            continue
        number += 1
        side = _side(average / moving_average_sigma(1.0, MOVING_WEIGHT, number), SIGMAS)
        if side:
            yield at, 1, side


# How many points a rule needs, and how its runs are found.
_TWO_OF_THREE, _FOUR_OF_FIVE = (None, _most_of(2, 3, 2)), (None, _most_of(4, 5, 1))
_RULES: Mapping[Rule, tuple[int | None, Callable[[Deviations], Found]]] = {
    Rule.NELSON_1: (1, _beyond),
    Rule.NELSON_2: (9, _same_side(9)),
    Rule.NELSON_3: (6, _trend),
    Rule.NELSON_4: (14, _alternating),
    Rule.NELSON_5: _TWO_OF_THREE,
    Rule.NELSON_6: _FOUR_OF_FIVE,
    Rule.NELSON_7: (15, _within),
    Rule.NELSON_8: (8, _outside),
    Rule.WESTERN_ELECTRIC_1: (1, _beyond),
    Rule.WESTERN_ELECTRIC_2: _TWO_OF_THREE,
    Rule.WESTERN_ELECTRIC_3: _FOUR_OF_FIVE,
    Rule.WESTERN_ELECTRIC_4: (8, _same_side(8)),
    Rule.EWMA: (1, _drift),
}
