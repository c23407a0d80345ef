"""The log of events: added to in the transaction of what was done, never changed, each naming the hash before it.

The hash of an event covers the hash of its payload, not the payload, so that a payload can be blanked and the chain
still holds. Whoever a payload names cannot be found out from what stays: it is hashed with a random salt, which is
blanked with it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select, update

from sqaudit.errors import CannotAccess, msg
from sqaudit.model.event import EMPTY, Deed, Event, EventKind, Head, Origin
from sqaudit.store.encoding import read_json, read_moment, write_json, write_moment
from sqaudit.store.tables import event_head, events

_SALT_BYTES = 16


def append_event(connection: Connection, deed: Deed) -> int:
    """Add what was done to the log, within the transaction that does it; returns the event's number."""
    return append_events(connection, [deed])


def append_events(connection: Connection, deeds: Iterable[Deed]) -> int:
    """Add what was done, one event after the other, within the transaction that does it; returns the newest number.

    The row of the head is locked until the end of the transaction, so that events come one after the other. SQLite
    lets one transaction write at a time anyway (BEGIN IMMEDIATE), and leaves FOR UPDATE out.
    """
    head = connection.execute(select(event_head).with_for_update()).one()
    origin = connection.get_execution_options().get("origin", Origin())
    rows: list[dict[str, Any]] = []
    number, newest = head.number, head.hash
    for deed in deeds:
        row = _row(deed, origin, connection.engine.url.username, number + 1, newest)
        number, newest = row["number"], row["hash"]
        rows.append(row)
    if rows:
        connection.execute(events.insert(), rows)
        connection.execute(update(event_head).values(number=number, hash=newest))
    return int(number)


def _row(deed: Deed, origin: Origin, database_user: str | None, number: int, previous: str) -> dict[str, Any]:
    payload = write_json(
        {
            "who": deed.who,
            "login": origin.login,
            "host": origin.host,
            "database_user": database_user,
            "before": deed.before,
            "after": deed.after,
            "why": deed.why,
            "salt": secrets.token_hex(_SALT_BYTES),
        }
    )
    covered: dict[str, Any] = {
        "number": number,
        "kind": str(deed.kind),
        "programme": deed.programme,
        "period": deed.period,
        "thing": deed.thing,
        "recorded_at": write_moment(deed.when),
        "payload_hash": hash_payload(payload),
        "previous_hash": previous,
    }
    return {**covered, "payload": payload, "hash": hash_event(covered)}


def hash_payload(payload: str) -> str:
    """The hash that stays when a payload is blanked."""
    return hashlib.sha256(payload.encode()).hexdigest()


def hash_event(covered: dict[str, Any]) -> str:
    """The hash of an event: of the canonical JSON of everything in it but the payload."""
    return hashlib.sha256(write_json(covered).encode()).hexdigest()


def read_head(connection: Connection) -> Head:
    """The newest event's number and hash; of an empty log 0 and zeros."""
    row = connection.execute(
        select(events.c.number, events.c.hash).order_by(events.c.number.desc()).limit(1)
    ).one_or_none()
    return EMPTY if row is None else Head(number=row.number, hash=row.hash)


def find_recording(connection: Connection, programme: str, period: str, revision: int) -> Head | None:
    """Number and hash of the event by which a revision was recorded; ``None`` if that was before there was a log."""
    row = connection.execute(
        select(events.c.number, events.c.hash).where(
            events.c.kind == EventKind.REVISION_COLLECTED.value,
            events.c.programme == programme,
            events.c.period == period,
            events.c.thing == str(revision),
        )
    ).first()
    return None if row is None else Head(number=row.number, hash=row.hash)


def read_events(connection: Connection, **equal: str | None) -> list[Event]:
    """The events of which these columns are so (``None``: whatever they are), the first first.

    Raises:
        CannotAccess: An event is not what was recorded, and cannot even be read.
    """
    query = select(events).order_by(events.c.number)
    for name, value in equal.items():
        if value is not None:
            query = query.where(events.c[name] == value)
    return [_event(row) for row in connection.execute(query)]


def _event(row: Row[Any]) -> Event:
    try:
        told = {} if row.payload is None else read_json(row.payload)
        return Event(
            number=row.number,
            deed=Deed(
                kind=row.kind,
                when=read_moment(row.recorded_at),
                programme=row.programme,
                period=row.period,
                thing=row.thing,
                **{name: told.get(name) for name in ("who", "before", "after", "why")},
            ),
            origin=Origin(**{name: told.get(name) for name in ("login", "host", "database_user")}),
            previous_hash=row.previous_hash,
            payload_hash=row.payload_hash,
            hash=row.hash,
            erased_by=row.erased_by,
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise CannotAccess(
            "SQA632",
            msg("event {number} of the log is not what was recorded", number=row.number),
            msg("run `sqaudit store verify`"),
        ) from error
