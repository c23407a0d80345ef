"""Which findings asked for which follow-up audit."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from sqaudit.model.event import Deed, EventKind
from sqaudit.model.follow_up_audit import FollowUpAudit
from sqaudit.store.encoding import read_moment, write_moment
from sqaudit.store.events import append_events
from sqaudit.store.tables import follow_up_audits


def ask_for(connection: Connection, asked: Sequence[FollowUpAudit]) -> None:
    """Keep what is asked for, and that it was; what was asked for before is not kept twice."""
    known = {(one.programme, one.period, one.finding) for one in read_follow_up_audits(connection)}
    new = [one for one in asked if (one.programme, one.period, one.finding) not in known]
    rows = [
        {
            "programme": one.programme,
            "period": one.period,
            "finding": one.finding,
            "asked_by": one.asked_by,
            "asked_at": write_moment(one.asked_at),
        }
        for one in new
    ]
    if rows:
        connection.execute(follow_up_audits.insert(), rows)
    append_events(connection, [_deed(one) for one in new])


def _deed(one: FollowUpAudit) -> Deed:
    return Deed(
        kind=EventKind.FOLLOW_UP_ASKED,
        when=one.asked_at,
        programme=one.programme,
        period=one.period,
        thing=one.finding,
        who=one.asked_by,
    )


def read_follow_up_audits(
    connection: Connection, programme: str | None = None, period: str | None = None, finding: str | None = None
) -> list[FollowUpAudit]:
    """What was asked for, by programme, period and finding."""
    wanted = {"programme": programme, "period": period, "finding": finding}
    query = select(follow_up_audits).order_by(*follow_up_audits.primary_key.columns)
    for name, value in wanted.items():
        if value is not None:
            query = query.where(follow_up_audits.c[name] == value)
    return [
        FollowUpAudit(
            programme=row.programme,
            period=row.period,
            finding=row.finding,
            asked_by=row.asked_by,
            asked_at=read_moment(row.asked_at),
        )
        for row in connection.execute(query)
    ]
