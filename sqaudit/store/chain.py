"""Whether the log of events is what was recorded: every hash computed anew, and every event where it was."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from sqaudit.errors import Message, msg
from sqaudit.model.event import EMPTY, EventKind, Head
from sqaudit.store.encoding import read_json
from sqaudit.store.events import hash_event, hash_payload
from sqaudit.store.tables import event_head, events

_COVERED = ("number", "kind", "programme", "period", "thing", "recorded_at", "payload_hash", "previous_hash")


def find_break(connection: Connection) -> Message | None:
    """The first event that is not what was recorded, or is not there; ``None`` if the log is whole in itself."""
    blanked: dict[int, int | None] = {}
    erased: set[tuple[int, int | None]] = set()
    number, hash_ = EMPTY.number, EMPTY.hash
    for row in connection.execute(select(events).order_by(events.c.number)):
        if row.number != number + 1:
            return _gone(number + 1)
        if not _is_own(row):
            return msg("event {number} of the log is not what was recorded", number=row.number)
        if row.previous_hash != hash_:
            return msg("event {number} of the log does not follow the one before it", number=row.number)
        if row.payload is None:
            blanked[row.number] = row.erased_by
        elif row.kind == EventKind.PAYLOADS_ERASED:
            erased |= _told_erased(row)
        number, hash_ = row.number, row.hash
    for one in sorted(set(blanked.items()) - erased, key=lambda pair: pair[0]):
        return msg("what event {number} of the log told is gone, and no event says who erased it", number=one[0])
    return _find_cut(connection, Head(number=number, hash=hash_))


def _told_erased(row: Row[Any]) -> set[tuple[int, int | None]]:
    """The blanked events that an event answers for, each with the one that blanked it: itself, or one it blanked."""
    told = read_json(row.payload)["after"]
    own = {(one, row.number) for one in told["events"]}
    return own | {(one, int(by)) for by, ones in told.get("erased_before", {}).items() for one in ones}


def _find_cut(connection: Connection, newest: Head) -> Message | None:
    head = connection.execute(select(event_head)).one_or_none()
    if head is not None and (head.number, head.hash) == (newest.number, newest.hash):
        return None
    if head is not None and head.number > newest.number:
        return _gone(newest.number + 1)
    return msg("the head of the log does not name its newest event, {number}", number=newest.number)


def _gone(number: int) -> Message:
    return msg("event {number} of the log is gone", number=number)


def _is_own(row: Row[Any]) -> bool:
    """Whether the hashes of an event are those of what is in it."""
    try:
        if row.payload is not None and (hash_payload(row.payload) != row.payload_hash or row.erased_by is not None):
            return False
        return hash_event({name: getattr(row, name) for name in _COVERED}) == str(row.hash)
    except (TypeError, AttributeError):  # no text where one was
        return False


def has_event(connection: Connection, hash_: str) -> bool:
    """Whether the log holds an event with this hash; the hash of an empty log is in every log."""
    return hash_ == EMPTY.hash or connection.scalar(select(events.c.number).where(events.c.hash == hash_)) is not None
