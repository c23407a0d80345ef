"""Corrective actions, their deadlines, and who was told of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime

from sqaudit.errors import InvalidInput, msg
from sqaudit.model.action import CorrectiveAction, Deadline, Rung
from sqaudit.store import actions
from sqaudit.store.transactions import Transactions


class ActionStore(Transactions):
    """Corrective actions."""

    def list_actions(self, choice: actions.ActionChoice) -> list[CorrectiveAction]:
        """Actions, the first due first."""
        if choice.most is not None:
            with self._looking() as connection:
                found = actions.read_due(connection, choice)
            if len(found) >= choice.most:
                return found
        with self._reading() as connection:
            return actions.read_actions(connection, choice)

    def find_action(self, id: str) -> CorrectiveAction | None:  # noqa: A002
        """The action of an id such as ``a-3f9a2c81d04e``."""
        with self._reading() as connection:
            return actions.find_action(connection, id)

    def list_deadlines(self, ids: Collection[str] | None = None) -> Mapping[str, list[Deadline]]:
        """The deadlines of actions (default: of all) by their ids."""
        with self._reading() as connection:
            return actions.read_deadlines(connection, ids)

    def move_action(
        self,
        id: str,  # noqa: A002
        change: Callable[[CorrectiveAction, tuple[Deadline, ...]], actions.Recorded],
    ) -> CorrectiveAction:
        """Read an action, change it and keep it, in one transaction: of two moves at once the later sees the other.

        Raises:
            InvalidInput: There is no such action; and whatever ``change`` refuses.
        """
        with self._writing() as connection:
            before = actions.find_action(connection, id, to_move=True)
            if before is None:
                raise no_action(id)
            deadlines = actions.read_deadlines(connection, [id]).get(id, [])
            moved = change(before, tuple(deadlines))
            actions.save_moved(connection, moved)
            return moved.action

    def take_notices(self, wanted: Iterable[tuple[str, int, Rung]], now: datetime) -> frozenset[tuple[str, int, Rung]]:
        """Keep that notices are given now; returns those that were not given before, so that each is given once."""
        with self._writing() as connection:
            new = set(wanted) - actions.read_given_notices(connection)
            actions.add_given_notices(connection, sorted(new), now)
            return frozenset(new)


def no_action(identity: str) -> InvalidInput:
    """The refusal of an action that is not in the store."""
    return InvalidInput(
        "SQA871", msg("no action is called '{id}'", id=identity), msg("`sqaudit actions list` shows them")
    )
