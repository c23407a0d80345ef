"""Closing a cycle, after which nothing changes it, and opening it again."""

from __future__ import annotations

from sqaudit.model.programme import Cycle
from sqaudit.workflow.context import Context
from sqaudit.workflow.look_up import no_cycle


def close_cycle(context: Context, programme: str, period: str) -> Cycle:
    """Close a cycle: late records and edits are reported from now on, never taken up.

    Raises:
        InvalidInput: There is no such cycle, or it is closed already.
    """
    with context.store() as store:
        if store.read_cycle(programme, period) is None:
            raise no_cycle(programme, period)
        return store.close_cycle(programme, period, context.settings.now)


def reopen_cycle(context: Context, programme: str, period: str) -> Cycle:
    """Open a closed cycle again.

    Raises:
        InvalidInput: There is no such cycle, or it is open already.
    """
    with context.store() as store:
        if store.read_cycle(programme, period) is None:
            raise no_cycle(programme, period)
        return store.reopen_cycle(programme, period)
