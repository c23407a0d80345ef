"""Service level "so many within so many seconds": five ways to count the calls that were given up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct


class Calls(Struct, frozen=True, kw_only=True):
    """How many calls were answered and abandoned, and how many of each within the time.

    ``abandoned_short`` of the abandoned ones were given up at once (within a few seconds, whatever the time is).
    """

    answered: int
    answered_within: int
    abandoned: int = 0
    abandoned_within: int = 0
    abandoned_short: int = 0


FORMULAS: Mapping[str, Callable[[Calls], tuple[int, int]]] = {
    "f1": lambda calls: (calls.answered_within + calls.abandoned_within, calls.answered + calls.abandoned),
    "f2": lambda calls: (calls.answered_within, calls.answered),
    "f3": lambda calls: (calls.answered_within, calls.answered + calls.abandoned),
    "f4": lambda calls: (calls.answered_within, calls.answered + calls.abandoned - calls.abandoned_within),
    "f5": lambda calls: (calls.answered_within + calls.abandoned_short, calls.answered + calls.abandoned),
}
DEFAULT_FORMULA = "f4"


def service_level(calls: Calls, formula: str = DEFAULT_FORMULA) -> tuple[int, int] | None:
    """Numerator and denominator of a service level, to be pooled before they are divided; ``None`` without calls.

    Raises:
        ValueError: There is no such formula, or the counts contradict each other.
    """
    if formula not in FORMULAS:
        raise ValueError(f"no service level is called '{formula}'")
    parts = (
        (calls.answered_within, calls.answered),
        (calls.abandoned_within, calls.abandoned),
        (calls.abandoned_short, calls.abandoned),
    )
    if not all(0 <= part <= whole for part, whole in parts):
        raise ValueError(f"the counts contradict each other: {calls}")
    part, whole = FORMULAS[formula](calls)
    return (part, whole) if whole else None
