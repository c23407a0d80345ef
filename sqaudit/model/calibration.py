"""Calibration rounds: the same things rated by several auditors, to hold them against each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class RoundUnit(Struct, frozen=True, kw_only=True):
    """One thing to rate: a call, a recording, a photo, a visit. ``repeats`` is the unit that it secretly is again."""

    id: str
    title: str | None = None
    repeats: str | None = None


class RoundState(StrEnum):
    """Whether ratings may still come. What they came to is told of a closed round alone."""

    OPEN = "open"
    CLOSED = "closed"


class Verdict(StrEnum):
    """Whether an auditor tells good from bad well enough."""

    ACCEPT = "accept"
    MARGINAL = "marginal"
    UNACCEPTABLE = "unacceptable"


class Conclusion(Struct, frozen=True, kw_only=True):
    """What a round came to for one auditor: a verdict, or the ``reason`` for none.

    The figures run from 0 to 1; ``None`` is unknown.
    """

    auditor: str
    verdict: Verdict | None
    reason: str | None = None
    effectiveness: float | None = None
    miss_rate: float | None = None
    false_alarm_rate: float | None = None


class CalibrationRound(Struct, frozen=True, kw_only=True):
    """A round over the questions of one checklist, as they were when it was opened.

    ``standard`` is the id of the standard that the checklist is of. A closed round has its conclusions.
    """

    id: str
    programme: str
    period: str
    standard: str
    checklist: str
    units: tuple[RoundUnit, ...]
    opened_at: datetime
    opened_by: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    conclusions: tuple[Conclusion, ...] = ()

    @property
    def state(self) -> RoundState:
        """Open until somebody closes it, then closed for ever."""
        return RoundState.OPEN if self.closed_at is None else RoundState.CLOSED

    @property
    def originals(self) -> Mapping[str, str]:
        """What each unit is: itself, or the unit that it repeats."""
        return {unit.id: unit.repeats or unit.id for unit in self.units}


class Rating(Struct, frozen=True, kw_only=True):
    """One version of what a rater says of one unit; ``value`` as of an answer, ``None`` where it does not apply."""

    unit: str
    item: str
    value: str | None
    rated_by: str
    rated_at: datetime
    is_reference: bool = False
    not_applicable: str | None = None
    note: str | None = None
    version: int = 1
