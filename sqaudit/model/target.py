"""What a criterion asks of a value."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

_TARGET = re.compile(r"(>=|<=|>|<|=)\s*(\S+)")
_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


_MET_ABOVE, _MET_BELOW = frozenset({">", ">="}), frozenset({"<", "<="})


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


def read_duration(text: str) -> int | None:
    """Seconds of an ISO 8601 duration in weeks, days (24 h each), hours, minutes, seconds; ``None`` if it is none."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    return sum(int(amount) * _SECONDS[unit] for unit, amount in match.groupdict().items() if amount)


class Target(Struct, frozen=True, kw_only=True):
    """A bound on a value: shares 0 to 1, durations in seconds. ``text`` is what the author wrote."""

    text: str
    comparison: str
    bound: Decimal
    is_duration: bool = False

    def is_met_by(self, value: float) -> bool:
        """Whether a measured value meets the target."""
        if type(value) is float:
            # Rounding keeps the order, so that only numbers that are the same double need to be looked at exactly.
            bound = float(self.bound)
            if value > bound:
                return self.comparison in _MET_ABOVE
            if value < bound:
                return self.comparison in _MET_BELOW
        return _COMPARE[self.comparison](Decimal(str(value)), self.bound)

    @property
    def direction(self) -> Direction:
        """``<`` and ``<=`` mean that less is better."""
        return Direction.LOWER if self.comparison.startswith("<") else Direction.HIGHER


def read_target(text: str) -> Target | None:
    """A target from text such as ``>= 0.95`` or ``<= PT24H``; ``None`` if it cannot be read."""
    match = _TARGET.fullmatch(text.strip())
    if match is None:
        return None
    comparison, bound = match.groups()
    seconds = read_duration(bound)
    if seconds is not None:
        return Target(text=text, comparison=comparison, bound=Decimal(seconds), is_duration=True)
    if re.fullmatch(r"[+-]?\d+(\.\d+)?", bound) is None:
        return None
    return Target(text=text, comparison=comparison, bound=Decimal(bound))
