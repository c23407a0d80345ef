"""Closing a cycle, after which nothing changes it, and opening it again."""

from __future__ import annotations

from sqaudit.model.programme import Cycle
from sqaudit.workflow.context import Context
from sqaudit.workflow.judged_by import no_cycle
from sqaudit.workflow.people import person_named


def close_cycle(context: Context, programme: str, period: str, who: str | None = None) -> Cycle:
    """Close a cycle: late records and edits are reported from now on, never taken up.

    Raises:
        InvalidInput: There is no such cycle, it is closed already, or nobody is called ``who``.
    """
    who = None if who is None else person_named(context, who)
    with context.store() as store:
        if store.read_cycle(programme, period) is None:
            raise no_cycle(programme, period)
        return store.close_cycle(programme, period, context.settings.now, who)


def reopen_cycle(context: Context, programme: str, period: str, who: str | None = None) -> Cycle:
    """Open a closed cycle again.

    Raises:
        InvalidInput: There is no such cycle, it is open already, or nobody is called ``who``.
    """
    who = None if who is None else person_named(context, who)
    with context.store() as store:
        if store.read_cycle(programme, period) is None:
            raise no_cycle(programme, period)
        return store.reopen_cycle(programme, period, context.settings.now, who)
