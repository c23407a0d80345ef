"""What a computed value carries over of the values it was computed from: their interval, or what one is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import hypot
from typing import TypeAlias

from msgspec.structs import replace

from sqaudit.expressions.evaluation import Values, Work
from sqaudit.model.score import Value
from sqaudit.model.spread import EventRate, Proportion
from sqaudit.statistics.intervals import wilson

NEWCOMBE = "newcombe"
WILSON = "wilson"

# From the value so far, the exact numbers of the values it was computed from, and these values themselves.
Carry: TypeAlias = Callable[[Value, Values, Mapping[str, Value]], Value]


def _is_whole(*numbers: object) -> bool:
    return all(isinstance(number, Fraction) and number.denominator == 1 and number >= 0 for number in numbers)


def _scaled(low: float | None, high: float | None, factor: Fraction) -> tuple[float | None, float | None]:
    """Both ends times ``factor``; a negative one exchanges them."""
    ends = [None if end is None else end * float(factor) for end in (low, high)]
    return (ends[0], ends[1]) if factor > 0 else (ends[1], ends[0])


def carry_nothing(value: Value, _: Values, __: Mapping[str, Value]) -> Value:
    """Arithmetic that has no interval."""
    return value


def carry_item(factor: Fraction, item: str) -> Carry:
    """``factor`` times an item: its own interval, stretched."""

    def carry(value: Value, _: Values, values: Mapping[str, Value]) -> Value:
        own = values[item]
        low, high = _scaled(own.low, own.high, factor)
        # Where the sample is no simple one its interval is not what the spread alone would give.
        is_kept = factor == 1 and own.worth == 1
        return replace(value, low=low, high=high, interval=own.interval, spread=own.spread if is_kept else None)

    return carry


def carry_rate(factor: Fraction, left: Work, right: Work) -> Carry:
    """``factor`` times events on an exposure, where the events are counted."""

    def carry(value: Value, known: Values, _: Mapping[str, Value]) -> Value:
        events, exposure = left(known), right(known)
        if factor <= 0 or not _is_whole(events) or not isinstance(exposure, Fraction) or exposure <= 0:
            return value
        assert isinstance(events, Fraction)  # noqa: S101 - whole
        if factor.denominator == 1:
            return replace(value, spread=EventRate(events=events, exposure=exposure, per=factor.numerator))
        # Half as much per unit is as much on twice the exposure.
        return replace(value, spread=EventRate(events=events, exposure=exposure / factor))

    return carry


def carry_ratio(factor: Fraction, left: Work, right: Work) -> Carry:
    """``factor`` times a part of a whole, where both are counted and the part is one."""

    def carry(value: Value, known: Values, _: Mapping[str, Value]) -> Value:
        part, whole = left(known), right(known)
        if not isinstance(part, Fraction) or not isinstance(whole, Fraction):
            return value
        if not _is_whole(part, whole) or part > whole:
            return value
        if factor == 1:
            return replace(value, spread=Proportion(successes=part, n=whole))
        low, high = _scaled(*wilson(float(part), float(whole)), factor)
        return replace(value, low=low, high=high, interval=WILSON)

    return carry


def carry_difference(factor: Fraction, left: tuple[Fraction, str], right: tuple[Fraction, str]) -> Carry:
    """``factor`` times the difference of two items, each times a number of its own, by Newcombe's square-and-add.

    The distances of both values to their own limits are squared and added (method of variance estimates recovery).
    The two must not rest on each other, so nothing is carried over from an item minus itself.
    """

    def carry(value: Value, known: Values, values: Mapping[str, Value]) -> Value:
        middles, sides = [], []
        for scale, item in (left, right):
            exact_value = known[item]
            low, high = _scaled(values[item].low, values[item].high, scale)
            if low is None or high is None or not isinstance(exact_value, Fraction):
                return value
            middles.append(exact_value * scale)
            sides.append((float(middles[-1]) - low, high - float(middles[-1])))
        (left_below, left_above), (right_below, right_above) = sides
        below, above = hypot(left_below, right_above), hypot(left_above, right_below)
        difference = middles[0] - middles[1]
        low, high = _scaled(float(difference) - below, float(difference) + above, factor)
        return replace(value, low=low, high=high, interval=NEWCOMBE)

    return carry_nothing if left[1] == right[1] else carry
