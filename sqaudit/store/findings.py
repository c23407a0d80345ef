"""Findings, and the revisions in which they were seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, delete, func, select, update

from sqaudit.errors import InvalidInput, msg
from sqaudit.model.action import ActionState
from sqaudit.model.finding import Finding, FindingStatus, Known, Reply, Sighting
from sqaudit.model.programme import is_pilot
from sqaudit.model.standard import Severity
from sqaudit.store.choosing import Choice, choose_rows
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.encoding import read_json, read_moment, read_optional_moment, write_json, write_moment
from sqaudit.store.rows import insert_rows
from sqaudit.store.tables import actions, findings, sightings

_SIGHTING = ("revision_id", "site", "criterion", "finding", "items", "severity")
_FINDING = (
    *("id", "programme", "period", "site", "criterion", "severity", "raised_at"),
    *("repeat_of", "repeats", "systemic", "action", "statement", "raised_by"),
)

_SEVERITIES = {severity: severity.value for severity in Severity}


class SeenFinding(Struct, frozen=True, kw_only=True):
    """A finding as it was seen in one revision, and how far its action is by now."""

    key: RevisionKey
    sighting: Sighting
    finding: Finding
    state: ActionState | None = None


def replace_sightings(connection: Connection, revision_id: int, seen: Iterable[Sighting]) -> None:
    """Save what was seen in a revision instead of what it has."""
    connection.execute(delete(sightings).where(sightings.c.revision_id == revision_id))
    insert_rows(
        connection,
        sightings,
        _SIGHTING,
        (
            (revision_id, one.site or "", one.criterion, one.finding, write_json(one.items), _SEVERITIES[one.severity])
            for one in seen
        ),
    )


def add_findings(connection: Connection, raised: Iterable[Finding]) -> None:
    """Keep findings that are new."""
    insert_rows(
        connection,
        findings,
        _FINDING,
        (
            (
                one.id,
                one.programme,
                one.period,
                one.site or "",
                one.criterion,
                _SEVERITIES[one.severity],
                write_moment(one.raised_at),
                one.repeat_of,
                one.repeats,
                one.systemic,
                one.action,
                one.statement,
                one.raised_by,
            )
            for one in raised
        ),
    )


def refuse_second(connection: Connection, raised: Finding) -> None:
    """Raise ``InvalidInput`` where a finding on the same criterion is open at the site, or this very one is there."""
    for one in read_known(connection, raised.programme):
        known = one.finding
        is_same = bool(raised.criterion) and (known.site, known.criterion) == (raised.site, raised.criterion)
        if known.id == raised.id or (is_same and one.is_open):
            raise InvalidInput(
                "SQA883",
                msg("this is written down already: {id}", id=known.id),
                msg(
                    "see `sqaudit findings show {id}`; there is more to say with `sqaudit actions comment`", id=known.id
                ),
            )


def save_reply(connection: Connection, identity: str, reply: Reply) -> None:
    """Keep the last reply to a finding."""
    connection.execute(
        update(findings)
        .where(findings.c.id == identity)
        .values(
            reply=reply.answer.value,
            reply_reason=reply.reason,
            replied_by=reply.replied_by,
            replied_at=write_moment(reply.replied_at),
        )
    )


def link_findings(connection: Connection, linked: Iterable[Finding]) -> None:
    """Keep to which systemic finding and to which action findings belong by now."""
    for one in linked:
        connection.execute(
            update(findings).where(findings.c.id == one.id).values(systemic=one.systemic, action=one.action)
        )


def read_known(connection: Connection, programme: str | None = None) -> list[Known]:
    """Every finding (of a programme) with the items that ever failed it, those of trial evaluations left out."""
    seen: defaultdict[str, set[str]] = defaultdict(set)
    query = select(sightings.c.finding, sightings.c["items"]).join(findings, findings.c.id == sightings.c.finding)
    whole = _with_actions().order_by(findings.c.id)
    if programme is not None:
        query, whole = query.where(findings.c.programme == programme), whole.where(findings.c.programme == programme)
    for finding, items in connection.execute(query.distinct()):
        seen[finding].update(read_json(items))
    return [
        Known(
            finding=_finding(row),
            items=frozenset(seen[row.id]),
            state=ActionState(row.state) if row.state is not None else None,
            fixed_on=_fixed_on(row),
            closed_at=read_optional_moment(row.closed_at),
        )
        for row in connection.execute(whole)
        if not is_pilot(row.period)
    ]


def _fixed_on(row: Row[Any]) -> date | None:
    """When the action was carried out; one that was cancelled cured nothing."""
    if row.implemented_on is None or row.state == ActionState.CANCELLED:
        return None
    return date.fromisoformat(row.implemented_on)


def read_findings(
    connection: Connection, choice: Choice, *, severity: str | None = None, finding: str | None = None
) -> list[SeenFinding]:
    """Findings in the revisions in which they were seen, by programme, period, revision, site and criterion.

    ``severity`` is that of the finding, which a repeat raises; ``finding`` an id.
    """
    equal = {**choice.equal, "finding": finding}
    wanted = Choice(programme=choice.programme, period=choice.period, revision=choice.revision, equal=equal)
    chosen = choose_rows(connection, sightings, _SIGHTING[1:], wanted)
    chosen.sort(key=lambda row: (row[0], row[2][:2]))
    known = _read_by_id(connection, choice.programme, finding)
    return [
        SeenFinding(key=key, sighting=_sighting(values), finding=known[values[2]][0], state=known[values[2]][1])
        for _, key, values in chosen
        if severity is None or known[values[2]][0].severity == severity
    ]


def count_findings(connection: Connection, revision_id: int) -> dict[Severity, int]:
    """How many findings of single sites were seen in a revision, by the severity they have."""
    severity = findings.c.severity
    seen = select(severity, func.count()).join(sightings, sightings.c.finding == findings.c.id)
    here = seen.where(sightings.c.revision_id == revision_id, findings.c.site != "").group_by(severity)
    return {Severity(name): count for name, count in connection.execute(here)}


def find_finding(connection: Connection, identity: str) -> Finding | None:
    """The finding of an id."""
    row = connection.execute(select(findings).where(findings.c.id == identity)).one_or_none()
    return None if row is None else _finding(row)


def _read_by_id(
    connection: Connection, programme: str | None, finding: str | None
) -> Mapping[str, tuple[Finding, ActionState | None]]:
    query = _with_actions()
    if programme is not None:
        query = query.where(findings.c.programme == programme)
    if finding is not None:
        query = query.where(findings.c.id == finding)
    return {
        row.id: (_finding(row), ActionState(row.state) if row.state is not None else None)
        for row in connection.execute(query)
    }


def _with_actions() -> Any:  # noqa: ANN401  # a Select of so many columns has no shorter type
    return select(findings, actions.c.state, actions.c.implemented_on, actions.c.closed_at).outerjoin(
        actions, actions.c.id == findings.c.action
    )


def _sighting(values: tuple[Any, ...]) -> Sighting:
    site, criterion, finding, items, severity = values
    return Sighting(
        site=site or None,
        criterion=criterion,
        items=tuple(read_json(items)),
        severity=Severity(severity),
        finding=finding,
    )


def _finding(row: Row[Any]) -> Finding:
    return Finding(
        id=row.id,
        programme=row.programme,
        period=row.period,
        site=row.site or None,
        criterion=row.criterion,
        severity=Severity(row.severity),
        raised_at=read_moment(row.raised_at),
        repeat_of=row.repeat_of,
        repeats=row.repeats,
        systemic=row.systemic,
        action=row.action,
        statement=row.statement,
        raised_by=row.raised_by,
        reply=_reply(row),
    )


def _reply(row: Row[Any]) -> Reply | None:
    if row.reply is None:
        return None
    return Reply(
        answer=FindingStatus(row.reply),
        reason=row.reply_reason,
        replied_by=row.replied_by,
        replied_at=read_moment(row.replied_at),
    )
