"""What an action waits for as it stands, and by when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from sqaudit.follow_up.deadlines import current
from sqaudit.model.action import ActionState, CorrectiveAction, Deadline, Move, Path

# What is waited for in each state; in those that are not here, nothing is.
AWAITED: Mapping[ActionState, Move] = {
    ActionState.OPEN: Move.CONTAIN,
    ActionState.CONTAINED: Move.ANALYSE,
    ActionState.REOPENED: Move.ANALYSE,
    ActionState.ANALYSED: Move.PLAN,
    ActionState.PLANNED: Move.IMPLEMENT,
    ActionState.APPROVED: Move.IMPLEMENT,
    ActionState.IMPLEMENTED: Move.VERIFY,
    ActionState.VERIFYING: Move.VERIFY,
}


def awaited(action: CorrectiveAction) -> Move | None:
    """The step that an action waits for; of a plan that waits for approval that is carrying it out."""
    if action.state is ActionState.CONTAINED and action.path is Path.CORRECT:
        return Move.VERIFY
    return AWAITED.get(action.state)


def with_due(action: CorrectiveAction, deadlines: Sequence[Deadline]) -> CorrectiveAction:
    """The action with the day by which its current step is due."""
    step = awaited(action)
    found = current(deadlines, step) if step is not None else None
    return replace(action, due=None if found is None else found.due, due_for=step)
