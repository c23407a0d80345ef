"""Concessions: granted once, revoked at most once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from sqaudit.errors import InvalidInput, msg
from sqaudit.model.concession import Concession
from sqaudit.model.event import Deed, EventKind
from sqaudit.store.encoding import read_moment, read_optional_moment, write_moment
from sqaudit.store.events import append_event
from sqaudit.store.tables import concessions


def add_concession(connection: Connection, granted: Concession) -> None:
    """Keep a concession.

    Raises:
        InvalidInput: One that is in force lets the same off on some of these days.
    """
    for one in read_concessions(connection, granted.programme):
        is_same = one.criterion == granted.criterion and one.site == granted.site and one.revoked_at is None
        if is_same and one.first_day <= granted.last_day and granted.first_day <= one.last_day:
            raise InvalidInput(
                "SQA882",
                msg("concession {id} covers this until {day} already", id=one.id, day=one.last_day),
                msg("revoke it first with `sqaudit concessions revoke {id}`, or begin after it", id=one.id),
            )
    values = {
        "programme": granted.programme,
        "criterion": granted.criterion,
        "site": granted.site or "",
        "owner": granted.owner,
        "first_day": granted.first_day.isoformat(),
        "last_day": granted.last_day.isoformat(),
    }
    connection.execute(
        concessions.insert().values(
            **values,
            id=granted.id,
            reason=granted.reason,
            approver=granted.approver,
            granted_at=write_moment(granted.granted_at),
        )
    )
    append_event(
        connection,
        Deed(
            kind=EventKind.CONCESSION_GRANTED,
            when=granted.granted_at,
            programme=granted.programme,
            thing=granted.id,
            who=granted.approver,
            after=values,
            why=granted.reason,
        ),
    )


def revoke_concession(connection: Connection, identity: str, who: str, reason: str, now: datetime) -> Concession:
    """End a concession before its last day.

    Raises:
        InvalidInput: There is none of that id, or it was revoked before.
    """
    row = connection.execute(select(concessions).where(concessions.c.id == identity)).one_or_none()
    if row is None:
        raise InvalidInput(
            "SQA881",
            msg("no concession is called '{id}'", id=identity),
            msg("`sqaudit concessions list` shows them"),
        )
    if row.revoked_at is not None:
        raise InvalidInput(
            "SQA882",
            msg(
                "concession {id} was revoked already, by {who} at {when}",
                id=identity,
                who=row.revoked_by,
                when=row.revoked_at,
            ),
        )
    values = {"revoked_at": write_moment(now), "revoked_by": who, "revoked_because": reason}
    connection.execute(update(concessions).where(concessions.c.id == identity).values(**values))
    append_event(
        connection,
        Deed(
            kind=EventKind.CONCESSION_REVOKED,
            when=now,
            programme=row.programme,
            thing=identity,
            who=who,
            before={"last_day": row.last_day},
            after={"revoked_at": values["revoked_at"]},
            why=reason,
        ),
    )
    return _concession(connection.execute(select(concessions).where(concessions.c.id == identity)).one())


def read_concessions(connection: Connection, programme: str | None = None) -> list[Concession]:
    """Concessions by last day and id, those that are over or revoked too."""
    query = select(concessions).order_by(concessions.c.last_day, concessions.c.id)
    if programme is not None:
        query = query.where(concessions.c.programme == programme)
    return [_concession(row) for row in connection.execute(query)]


def _concession(row: Row[Any]) -> Concession:
    return Concession(
        id=row.id,
        programme=row.programme,
        criterion=row.criterion,
        site=row.site or None,
        reason=row.reason,
        owner=row.owner,
        approver=row.approver,
        granted_at=read_moment(row.granted_at),
        first_day=date.fromisoformat(row.first_day),
        last_day=date.fromisoformat(row.last_day),
        revoked_at=read_optional_moment(row.revoked_at),
        revoked_by=row.revoked_by,
        revoked_because=row.revoked_because,
    )
