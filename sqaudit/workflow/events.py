"""What was done that matters, from the log that is only ever added to."""

from __future__ import annotations

from sqaudit.model.event import Event, Head
from sqaudit.workflow.context import Context
from sqaudit.workflow.rows import Row


def list_events(context: Context, *, programme: str | None = None, about: str | None = None) -> list[Row]:
    """The log, or what in it is about one programme or one thing, the first first; a store is not made for it."""
    with context.store(create=False) as store:
        return [event_row(event) for event in store.list_events(programme, about)]


def read_head(context: Context) -> Head:
    """The newest event's number and hash, which stand for the log as it is now."""
    with context.store(create=False) as store:
        return store.read_head()


def event_row(event: Event) -> Row:
    """One event with the fields of its JSON; what is not known, or was erased, is ``None``."""
    deed = event.deed
    return {
        "number": event.number,
        "when": deed.when.isoformat(timespec="seconds"),
        "kind": deed.kind,
        "programme": deed.programme,
        "period": deed.period,
        "about": deed.thing,
        "who": deed.who,
        "login": event.origin.login,
        "host": event.origin.host,
        "database_user": event.origin.database_user,
        "before": deed.before,
        "after": deed.after,
        "why": deed.why,
        "previous_hash": event.previous_hash,
        "payload_hash": event.payload_hash,
        "hash": event.hash,
        "erased_by": event.erased_by,
    }
