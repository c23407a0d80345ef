"""Disputes: somebody doubts what an auditor answered, and a third person decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from sqaudit.model.answer import AnswerKey
from sqaudit.model.score import Status

# How long a result may be disputed where the programme says nothing else.
DISPUTE_WINDOW = timedelta(days=7)


class DisputeState(StrEnum):
    """What came of a dispute."""

    OPEN = "open"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"


class DisputedAnswer(Struct, frozen=True, kw_only=True):
    """One of the answers that an item's result rests on: whose series, which version, and who gave it."""

    auditor: str
    version: int
    given_by: str


class Decision(Struct, frozen=True, kw_only=True):
    """How a dispute ended. ``value`` is the answer from now on, kept as ``version``; a rejection has neither."""

    state: DisputeState
    decided_by: str
    decided_at: datetime
    reason: str
    value: str | None = None
    version: int | None = None


class Dispute(Struct, frozen=True, kw_only=True):
    """A dispute of the ``answers`` to one question; ``proposed`` is what should stand there instead, if it was said."""

    id: str
    key: AnswerKey
    answers: tuple[DisputedAnswer, ...]
    opened_by: str
    opened_at: datetime
    reason: str
    proposed: str | None = None
    decision: Decision | None = None

    @property
    def state(self) -> DisputeState:
        """Open until it is decided."""
        return DisputeState.OPEN if self.decision is None else self.decision.state


class RestingResult(Struct, frozen=True, kw_only=True):
    """A question's result in one scored revision, with the answers (series and version) that it rests on."""

    revision: int
    recorded_at: datetime
    answers: frozenset[tuple[str, int]]
    status: Status
    value: float | None
    unit: str
    score: Decimal | None


def scores_of(
    dispute: Dispute, results: tuple[RestingResult, ...]
) -> tuple[RestingResult | None, RestingResult | None]:
    """The results before and after a dispute was decided, each ``None`` where no revision has it; oldest first.

    What was rejected leaves the score as it was.
    """
    decision = dispute.decision
    after = [one for one in results if decision and decision.version and ("", decision.version) in one.answers]
    disputed = {(one.auditor, one.version) for one in dispute.answers}
    before = [one for one in results if disputed <= one.answers and (not after or one.revision < after[0].revision)]
    earlier = before[-1] if before else None
    if decision is not None and decision.state is DisputeState.REJECTED:
        return earlier, earlier
    return earlier, after[-1] if after else None
