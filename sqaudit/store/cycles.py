"""Cycles and their revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.exc import IntegrityError

from sqaudit.errors import CannotAccess, InvalidInput, msg
from sqaudit.model.event import Deed, EventKind
from sqaudit.model.programme import Cycle, CycleState, Period, Revision
from sqaudit.store.encoding import read_json, read_moment, write_json, write_moment
from sqaudit.store.events import append_event
from sqaudit.store.tables import cycles, revisions


class RevisionKey(Struct, frozen=True, kw_only=True):
    """Which revision of which cycle a row belongs to."""

    programme: str
    period: str
    number: int


def list_cycles(connection: Connection, programme: str | None = None, period: str | None = None) -> list[Cycle]:
    """Cycles with their revisions, by programme and start of the period."""
    query = select(cycles).order_by(cycles.c.id)
    if programme is not None:
        query = query.where(cycles.c.programme == programme)
    if period is not None:
        query = query.where(cycles.c.period == period)
    found = connection.execute(query).all()
    by_cycle: dict[int, list[Revision]] = {row.id: [] for row in found}
    for row in connection.execute(select(revisions).order_by(revisions.c.number)):
        if row.cycle_id in by_cycle:
            by_cycle[row.cycle_id].append(_revision(row))
    found = sorted(found, key=lambda row: (row.programme, row.period_start, row.period))
    return [
        Cycle(
            programme=row.programme,
            period=row.period,
            start=read_moment(row.period_start),
            end=read_moment(row.period_end),
            state=CycleState(row.state),
            revisions=tuple(by_cycle[row.id]),
        )
        for row in found
    ]


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        number=row.number,
        fingerprint=row.fingerprint,
        recorded_at=read_moment(row.recorded_at),
        inputs=read_json(row.inputs),
        changes=tuple(read_json(row.changes)),
    )


def add_revision_row(connection: Connection, programme: str, period: Period, revision: Revision) -> int:
    """Add a revision's own row, and the cycle's if it is the first; returns the row's id.

    Raises:
        InvalidInput: The cycle is closed.
        CannotAccess: The number is not the next one: somebody else was quicker.
    """
    try:
        cycle_id = _cycle_for(connection, programme, period, revision.recorded_at)
        newest = connection.scalar(select(func.max(revisions.c.number)).where(revisions.c.cycle_id == cycle_id)) or 0
        if revision.number <= newest:
            raise _overtaken(programme, period.label, revision.number)
        if revision.number > newest + 1:
            raise ValueError(f"revision {revision.number} does not follow revision {newest}")
        added = connection.execute(
            revisions.insert().values(
                cycle_id=cycle_id,
                number=revision.number,
                fingerprint=revision.fingerprint,
                recorded_at=write_moment(revision.recorded_at),
                inputs=write_json(revision.inputs),
                changes=write_json(revision.changes),
                scored=False,
            )
        )
    except IntegrityError as error:
        raise _overtaken(programme, period.label, revision.number) from error
    append_event(
        connection,
        Deed(
            kind=EventKind.REVISION_COLLECTED,
            when=revision.recorded_at,
            programme=programme,
            period=period.label,
            thing=str(revision.number),
            after={"fingerprint": revision.fingerprint, "changes": list(revision.changes)},
        ),
    )
    return _new_id(added.inserted_primary_key)


def _overtaken(programme: str, period: str, number: int) -> CannotAccess:
    return CannotAccess(
        "SQA610",
        msg(
            "another run has just recorded revision {number} of '{programme}' {period}",
            number=number,
            programme=programme,
            period=period,
        ),
        msg("run again: what it recorded will be taken into account"),
    )


def _cycle_for(connection: Connection, programme: str, period: Period, opened_at: datetime) -> int:
    edges = {"period_start": write_moment(period.start), "period_end": write_moment(period.end)}
    row = _cycle_row(connection, programme, period.label)
    if row is None:
        values = {"programme": programme, "period": period.label, **edges}
        added = connection.execute(
            cycles.insert().values(**values, state=CycleState.OPEN.value, opened_at=write_moment(opened_at))
        )
        return _new_id(added.inserted_primary_key)
    if row.state == CycleState.CLOSED:
        raise _closed(programme, period.label)
    if (row.period_start, row.period_end) != tuple(edges.values()):  # the project's zone was changed
        connection.execute(update(cycles).where(cycles.c.id == row.id).values(**edges))
    return int(row.id)


def refuse_closed(connection: Connection, programme: str, period: str) -> None:
    """Raise ``InvalidInput`` if a cycle is closed; one that nothing is recorded of is not."""
    row = _cycle_row(connection, programme, period)
    if row is not None and row.state == CycleState.CLOSED:
        raise _closed(programme, period)


def _closed(programme: str, period: str) -> InvalidInput:
    return InvalidInput(
        "SQA615",
        msg("the cycle '{programme}' {period} is closed", programme=programme, period=period),
        msg("reopen it with `sqaudit cycle reopen`, or leave it as it is"),
    )


def _new_id(key: Row[Any] | None) -> int:
    if key is None:
        raise ValueError("the database did not say under which number the row was added")
    return int(str(key[0]))


def _cycle_row(connection: Connection, programme: str, period: str) -> Row[Any] | None:
    return connection.execute(
        select(cycles).where(cycles.c.programme == programme, cycles.c.period == period)
    ).one_or_none()


def find_revision_id(connection: Connection, programme: str, period: str, number: int) -> int:
    """The id of a revision's row; raises ``InvalidInput`` if there is no such revision."""
    found = connection.scalar(
        select(revisions.c.id)
        .join(cycles)
        .where(cycles.c.programme == programme, cycles.c.period == period, revisions.c.number == number)
    )
    if found is None:
        raise InvalidInput(
            "SQA612",
            msg(
                "there is no revision {number} of '{programme}' {period}",
                number=number,
                programme=programme,
                period=period,
            ),
            msg("`sqaudit cycle list` shows what is recorded"),
        )
    return int(found)


def is_scored(connection: Connection, revision_id: int) -> bool:
    """Whether results, scores and findings of a revision are saved."""
    return bool(connection.scalar(select(revisions.c.scored).where(revisions.c.id == revision_id)))


def mark_scored(connection: Connection, revision_id: int) -> None:
    """Note that a revision is scored.

    Raises:
        InvalidInput: It is scored already and its cycle is closed; what was concluded stays.
    """
    row = connection.execute(
        select(cycles.c.programme, cycles.c.period, cycles.c.state, revisions.c.scored)
        .join(revisions)
        .where(revisions.c.id == revision_id)
    ).one()
    if row.scored and row.state == CycleState.CLOSED:
        raise _closed(row.programme, row.period)
    connection.execute(update(revisions).where(revisions.c.id == revision_id).values(scored=True))


def move_cycle(  # noqa: PLR0913, PLR0917  # what is moved, where to, when and by whom
    connection: Connection, programme: str, period: str, state: CycleState, moved_at: datetime, who: str | None
) -> None:
    """Open or close a cycle.

    Raises:
        InvalidInput: There is no such cycle, or it is in that state already.
    """
    row = _cycle_row(connection, programme, period)
    if row is None:
        raise InvalidInput(
            "SQA612",
            msg("there is no cycle '{programme}' {period}", programme=programme, period=period),
            msg("`sqaudit cycle list` shows what is recorded"),
        )
    if row.state == state:
        already = msg("closed") if state is CycleState.CLOSED else msg("open")
        raise InvalidInput(
            "SQA613",
            msg(
                "the cycle '{programme}' {period} is {state} already", programme=programme, period=period, state=already
            ),
        )
    is_closed = state is CycleState.CLOSED
    closed_at = write_moment(moved_at) if is_closed else None
    connection.execute(update(cycles).where(cycles.c.id == row.id).values(state=state.value, closed_at=closed_at))
    append_event(
        connection,
        Deed(
            kind=EventKind.CYCLE_CLOSED if is_closed else EventKind.CYCLE_REOPENED,
            when=moved_at,
            programme=programme,
            period=period,
            who=who,
            before={"state": row.state, "closed_at": row.closed_at},
            after={"state": state.value, "closed_at": closed_at},
        ),
    )
