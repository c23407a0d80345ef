"""Disputes: opened once, decided once; what was decided is never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select, update

from sqaudit.errors import InvalidInput, msg
from sqaudit.model.answer import AnswerKey, GivenAnswer
from sqaudit.model.dispute import Decision, Dispute, DisputedAnswer, DisputeState, RestingResult
from sqaudit.model.event import Deed, EventKind
from sqaudit.model.score import Status
from sqaudit.store.answers import insert_versions
from sqaudit.store.cycles import refuse_closed
from sqaudit.store.encoding import read_decimal, read_float, read_json, read_moment, write_json, write_moment
from sqaudit.store.events import append_event
from sqaudit.store.tables import answers, cycles, disputes, observations, results, revisions

_ASKED = ("programme", "period", "site", "checklist", "item", "subject")


def add_dispute(connection: Connection, dispute: Dispute) -> None:
    """Keep a dispute.

    Raises:
        InvalidInput: The cycle is closed, or the question is disputed already, or these answers were.
    """
    refuse_closed(connection, dispute.key.programme, dispute.key.period)
    for row in connection.execute(select(disputes).where(_is_about(dispute.key)).order_by(disputes.c.opened_at)):
        before = _dispute(row)
        if before.decision is None:
            raise InvalidInput(
                "SQA863",
                msg("'{item}' is disputed already: {id}", item=dispute.key.item, id=before.id),
                msg("wait for its decision, or see `sqaudit disputes show {id}`", id=before.id),
            )
        if before.answers == dispute.answers:
            raise InvalidInput(
                "SQA863",
                msg("the answer to '{item}' was disputed and decided: {id}", item=dispute.key.item, id=before.id),
                msg("a decision stands; see `sqaudit disputes show {id}`", id=before.id),
            )
    connection.execute(
        disputes.insert().values(
            id=dispute.id,
            **{name: getattr(dispute.key, name) for name in _ASKED},
            answers=write_json([[one.auditor, one.version, one.given_by] for one in dispute.answers]),
            opened_by=dispute.opened_by,
            opened_at=write_moment(dispute.opened_at),
            reason=dispute.reason,
            proposed=dispute.proposed,
            state=DisputeState.OPEN.value,
        )
    )
    after = {
        **{name: getattr(dispute.key, name) for name in _ASKED[2:]},
        "answers": [[one.auditor, one.version, one.given_by] for one in dispute.answers],
        "proposed": dispute.proposed,
    }
    append_event(
        connection,
        Deed(
            kind=EventKind.DISPUTE_OPENED,
            when=dispute.opened_at,
            programme=dispute.key.programme,
            period=dispute.key.period,
            thing=dispute.id,
            who=dispute.opened_by,
            after=after,
            why=dispute.reason,
        ),
    )


def decide_dispute(connection: Connection, identity: str, decision: Decision, answer: GivenAnswer | None) -> Dispute:
    """Keep a decision, with the ``answer`` that it makes; of two deciders at once the first is heard.

    Raises:
        InvalidInput: The dispute is decided already, or an answer is made and its cycle is closed.
    """
    decided = connection.execute(
        update(disputes)
        .where(disputes.c.id == identity, disputes.c.state == DisputeState.OPEN.value)
        .values(
            state=decision.state.value,
            decided_by=decision.decided_by,
            decided_at=write_moment(decision.decided_at),
            decision_reason=decision.reason,
            decided_value=decision.value,
        )
    )
    if decided.rowcount == 0:
        raise _decided_before(connection, identity)
    if answer is not None:
        refuse_closed(connection, answer.key.programme, answer.key.period)
        series = [answers.c[name] == getattr(answer.key, name) for name in (*_ASKED, "auditor")]
        version = (connection.scalar(select(func.max(answers.c.version)).where(*series)) or 0) + 1
        insert_versions(connection, [replace(answer, version=version)])
        connection.execute(update(disputes).where(disputes.c.id == identity).values(decided_version=version))
    made = _dispute(connection.execute(select(disputes).where(disputes.c.id == identity)).one())
    append_event(
        connection,
        Deed(
            kind=EventKind.DISPUTE_DECIDED,
            when=decision.decided_at,
            programme=made.key.programme,
            period=made.key.period,
            thing=identity,
            who=decision.decided_by,
            before={"state": DisputeState.OPEN.value},
            after={
                "state": decision.state.value,
                "value": decision.value,
                "version": None if made.decision is None else made.decision.version,
            },
            why=decision.reason,
        ),
    )
    return made


def _decided_before(connection: Connection, identity: str) -> InvalidInput:
    row = connection.execute(select(disputes).where(disputes.c.id == identity)).one()
    return InvalidInput(
        "SQA864",
        msg(
            "dispute {id} is decided already, by {who} at {when}", id=identity, who=row.decided_by, when=row.decided_at
        ),
        msg("see `sqaudit disputes show {id}`", id=identity),
    )


def read_disputes(connection: Connection, **equal: str | None) -> list[Dispute]:
    """The disputes of which these columns are so (``None``: whatever they are), the first opened first."""
    query = select(disputes).order_by(disputes.c.opened_at, disputes.c.id)
    for name, value in equal.items():
        if value is not None:
            query = query.where(disputes.c[name] == value)
    return [_dispute(row) for row in connection.execute(query)]


def read_disputed_results(connection: Connection) -> Mapping[AnswerKey, tuple[RestingResult, ...]]:
    """The results, in every scored revision, of all questions that were ever disputed; the oldest first."""
    asked = and_(
        *(cycles.c[name] == disputes.c[name] for name in ("programme", "period")),
        *(observations.c[name] == disputes.c[name] for name in _ASKED[2:]),
    )
    return _resting(connection, _results_of_answers().join(disputes, asked).distinct())


def read_results_of(connection: Connection, key: AnswerKey) -> tuple[RestingResult, ...]:
    """The results of one question in every scored revision, the oldest first."""
    query = _results_of_answers().where(
        *(cycles.c[name] == getattr(key, name) for name in ("programme", "period")),
        *(observations.c[name] == getattr(key, name) for name in _ASKED[2:]),
    )
    return _resting(connection, query).get(key, ())


def _results_of_answers() -> Select[Any]:
    """A row for each answer that the result of a question rests on."""
    seen, made = observations.c, results.c
    of_item = and_(
        made.revision_id == seen.revision_id,
        *(made[name] == seen[name] for name in _ASKED[2:]),
        *(made[name] == "" for name in ("group", "facet", "auditor")),
    )
    return (
        select(
            *(cycles.c.programme, cycles.c.period, seen.site, seen.checklist, seen.item, seen.subject),
            *(revisions.c.number, revisions.c.recorded_at, seen.auditor, seen.answer_version),
            *(made.status, made.value, made.unit, made.score),
        )
        .select_from(observations)
        .join(revisions)
        .join(cycles)
        .join(results, of_item)
        .where(revisions.c.scored, seen.answer_version.is_not(None))
    )


def _resting(connection: Connection, query: Select[Any]) -> dict[AnswerKey, tuple[RestingResult, ...]]:
    found: dict[AnswerKey, dict[int, RestingResult]] = defaultdict(dict)
    for row in connection.execute(query):
        key = AnswerKey(**{name: getattr(row, name) for name in _ASKED})
        answer = (row.auditor, row.answer_version)
        known = found[key].get(row.number)
        found[key][row.number] = RestingResult(
            revision=row.number,
            recorded_at=read_moment(row.recorded_at),
            answers=frozenset({answer}) if known is None else known.answers | {answer},
            status=Status(row.status),
            value=read_float(row.value),
            unit=row.unit,
            score=read_decimal(row.score),
        )
    return {key: tuple(by_number[number] for number in sorted(by_number)) for key, by_number in found.items()}


def _is_about(key: AnswerKey) -> ColumnElement[bool]:
    return and_(*(disputes.c[name] == getattr(key, name) for name in _ASKED))


def _dispute(row: Row[Any]) -> Dispute:
    return Dispute(
        id=row.id,
        key=AnswerKey(**{name: getattr(row, name) for name in _ASKED}),
        answers=tuple(
            DisputedAnswer(auditor=auditor, version=version, given_by=given_by)
            for auditor, version, given_by in read_json(row.answers)
        ),
        opened_by=row.opened_by,
        opened_at=read_moment(row.opened_at),
        reason=row.reason,
        proposed=row.proposed,
        decision=None if row.state == DisputeState.OPEN else _decision(row),
    )


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        state=DisputeState(row.state),
        decided_by=row.decided_by,
        decided_at=read_moment(row.decided_at),
        reason=row.decision_reason,
        value=row.decided_value,
        version=row.decided_version,
    )
