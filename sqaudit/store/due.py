"""Which cycles are done, and which process has begun one that fell due: a claim, there while its run lasts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, delete, func, select

from sqaudit.model.duty import Claim
from sqaudit.model.programme import CycleState, is_regular
from sqaudit.store.encoding import read_moment, write_moment
from sqaudit.store.tables import cycles, due_claims, revisions


class CycleProgress(Struct, frozen=True, kw_only=True):
    """How far a real cycle is: when it was first recorded, when first scored, and whether nothing is left to do."""

    programme: str
    period: str
    recorded_at: datetime
    scored_at: datetime | None
    is_done: bool


def read_progress(
    connection: Connection, programme: str | None = None, period: str | None = None
) -> list[CycleProgress]:
    """How far the cycles are that count in trends; one is done once a revision is scored, or it is closed."""
    query = (
        select(
            cycles.c.programme,
            cycles.c.period,
            cycles.c.state,
            func.min(revisions.c.recorded_at).label("recorded_at"),
            func.min(revisions.c.recorded_at).filter(revisions.c.scored).label("scored_at"),
        )
        .join(revisions)
        .group_by(cycles.c.id, cycles.c.programme, cycles.c.period, cycles.c.state)
    )
    if programme is not None:
        query = query.where(cycles.c.programme == programme)
    if period is not None:
        query = query.where(cycles.c.period == period)
    return [
        CycleProgress(
            programme=row.programme,
            period=row.period,
            recorded_at=read_moment(row.recorded_at),
            scored_at=None if row.scored_at is None else read_moment(row.scored_at),
            is_done=row.scored_at is not None or row.state == CycleState.CLOSED,
        )
        for row in connection.execute(query)
        if is_regular(row.period)
    ]


def claim(
    connection: Connection, programme: str, period: str, claimed: Claim, is_abandoned: Callable[[Claim], bool]
) -> Claim | None:
    """Claim a cycle, unless it is done (``None``) or another's claim, which is returned, is not abandoned."""
    if any(one.is_done for one in read_progress(connection, programme, period)):
        return None
    of_cycle = (due_claims.c.programme == programme, due_claims.c.period == period)
    row = connection.execute(select(due_claims).where(*of_cycle)).one_or_none()
    if row is not None:
        held = Claim(host=row.host, pid=row.pid, claimed_at=read_moment(row.claimed_at))
        if not is_abandoned(held):
            return held
        connection.execute(delete(due_claims).where(*of_cycle))
    connection.execute(
        due_claims.insert().values(
            programme=programme,
            period=period,
            host=claimed.host,
            pid=claimed.pid,
            claimed_at=write_moment(claimed.claimed_at),
        )
    )
    return claimed


def release(connection: Connection, programme: str, period: str, claimed: Claim) -> None:
    """Give up a claim, unless another has taken it over since."""
    connection.execute(
        delete(due_claims).where(
            due_claims.c.programme == programme,
            due_claims.c.period == period,
            due_claims.c.host == claimed.host,
            due_claims.c.pid == claimed.pid,
            due_claims.c.claimed_at == write_moment(claimed.claimed_at),
        )
    )
