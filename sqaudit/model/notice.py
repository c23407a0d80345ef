"""What somebody has to be told because a step of a corrective action is not done."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from sqaudit.model.action import Move, Rung


class Notice(Struct, frozen=True, kw_only=True):
    """That a step is nearly due, or overdue: whom to tell (``rung``), and the moment ``at`` which to tell it.

    ``number`` is that of the deadline, which is ``due``; action, number and rung tell one notice from all others.
    """

    action: str
    number: int
    step: Move
    rung: Rung
    at: datetime
    due: datetime
