"""Cycles that a schedule asks for, and who has begun to carry one out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from sqaudit.model.programme import Period


class DutyState(StrEnum):
    """What has become of a cycle that a schedule asks for."""

    UPCOMING = "upcoming"
    DUE = "due"
    DONE = "done"
    MISSED = "missed"


class Duty(Struct, frozen=True, kw_only=True):
    """A cycle that a schedule asks for: due from one moment until another, ``done_at`` when it was first scored."""

    programme: str
    period: Period
    due_from: datetime
    due_until: datetime
    done_at: datetime | None = None
    is_done: bool = False

    def state(self, now: datetime) -> DutyState:
        """Where it stands at a moment."""
        if self.is_done:
            return DutyState.DONE
        if now < self.due_from:
            return DutyState.UPCOMING
        return DutyState.DUE if now < self.due_until else DutyState.MISSED


class Claim(Struct, frozen=True, kw_only=True):
    """Which process has begun to carry out a cycle that fell due, and when."""

    host: str
    pid: int
    claimed_at: datetime
