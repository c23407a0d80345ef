"""The proof of a correction: the criterion is met in the cycles after it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqaudit.follow_up.effectiveness import Judgement, Reason
from sqaudit.model.action import Verdict
from sqaudit.model.follow_up import NotApplicableCycle
from sqaudit.model.score import Status

TOO_FEW_CYCLES = "too_few_cycles"


def judge_passing(cycles: Sequence[Collection[Status]], needed: int, not_applicable: NotApplicableCycle) -> Judgement:
    """The verdict on a correction, from the outcomes of its criterion's items in each cycle since.

    A cycle that fails proves it wrong. One in which every item that could be looked at passes counts; one without any
    verdict counts for nothing, and where nothing applied, as the programme declares.
    """
    if any(Status.FAIL in statuses for statuses in cycles):
        return Judgement(verdict=Verdict.NOT_EFFECTIVE, reasons=(Reason.RECURRED,))
    proven = sum(_proves(statuses, not_applicable) for statuses in cycles)
    if proven < needed:
        return Judgement(verdict=Verdict.INCONCLUSIVE, reasons=(TOO_FEW_CYCLES,))
    return Judgement(verdict=Verdict.EFFECTIVE)


def _proves(statuses: Collection[Status], not_applicable: NotApplicableCycle) -> bool:
    if set(statuses) == {Status.NOT_APPLICABLE}:
        return not_applicable is NotApplicableCycle.PASS
    return Status.PASS in statuses and Status.ERROR not in statuses
