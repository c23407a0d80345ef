"""Whether a store is whole, and a copy of it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, exists, func, select, text

from sqaudit.errors import CannotAccess, Message, Place, Problem, cannot_write, msg
from sqaudit.model.action import ActionState
from sqaudit.model.event import EventKind
from sqaudit.store.chain import find_break, has_event
from sqaudit.store.documents import hash_content
from sqaudit.store.encoding import read_json
from sqaudit.store.tables import (
    actions,
    answer_choices,
    answers,
    cycles,
    disputes,
    documents,
    events,
    metadata,
    observations,
    rescorings,
    results,
    revisions,
    samples,
)


def find_problems(connection: Connection, name: str, head: str | None = None) -> list[Problem]:
    """Everything that is wrong in a store; an empty list if it is whole.

    ``head`` is the hash of an event that was the newest of the log once, and must be there still.
    """
    damage = _damage(connection)
    if damage:
        return [_problem(name, "SQA620", msg("the database is damaged: {line}", line=line)) for line in damage]
    return [
        *_broken_references(connection, name),
        *_changed_documents(connection, name),
        *_changed_rescorings(connection, name),
        *_gaps(connection, name),
        *_without_answers(connection, name),
        *_broken_log(connection, name, head),
    ]


def _broken_log(connection: Connection, name: str, head: str | None) -> list[Problem]:
    broken = find_break(connection)
    if broken is not None:
        return [_problem(name, "SQA632", broken)]
    problems = _moved_past_log(connection, name)
    if head is None or has_event(connection, head):
        return problems
    lost = msg("the log holds no event with the hash {hash}: its end was cut off, or it was written anew", hash=head)
    return [*problems, _problem(name, "SQA633", lost)]


def _moved_past_log(connection: Connection, name: str) -> list[Problem]:
    """Actions that do not stand where the log, which is whole in itself, says that they were moved."""
    found: dict[str, str] = {row.id: row.state for row in connection.execute(select(actions.c.id, actions.c.state))}
    told = _told_states(connection)
    messages: dict[str, Message] = {
        **{one: msg("the log does not know action '{id}'", id=one) for one in found.keys() - told.keys()},
        **{one: msg("action '{id}' of the log is gone", id=one) for one in told.keys() - found.keys()},
    }
    for one in found.keys() & told.keys():
        if told[one] is not None and told[one] != found[one]:
            messages[one] = msg(
                "action '{id}' is '{state}', and the log says '{told}'", id=one, state=found[one], told=told[one]
            )
    return [_problem(name, "SQA637", message) for _, message in sorted(messages.items(), key=lambda pair: pair[0])]


def _told_states(connection: Connection) -> dict[str, str | None]:
    """The state of each action by the last event that names one; ``None`` where what that one told was erased."""
    kinds = (EventKind.ACTION_OPENED.value, EventKind.ACTION_MOVED.value)
    query = select(events.c.thing, events.c.kind, events.c.payload).where(
        events.c.kind.in_(kinds), events.c.thing.is_not(None)
    )
    states: dict[str, str | None] = {}
    for thing, kind, payload in connection.execute(query.order_by(events.c.number.desc())):
        if thing in states:
            continue
        if kind == EventKind.ACTION_OPENED:
            states[thing] = ActionState.OPEN.value
        elif payload is None:
            states[thing] = None
        elif (told := (read_json(payload)["after"] or {}).get("state")) is not None:
            states[thing] = told
    return states


def _damage(connection: Connection) -> list[str]:
    """What SQLite finds broken in its file; a server looks after its own."""
    if connection.dialect.name != "sqlite":
        return []
    return [str(line) for line in connection.scalars(text("PRAGMA integrity_check")) if line != "ok"]


def _problem(name: str, code: str, message: Message) -> Problem:
    return Problem(Place(name), code, message, msg("bring back a backup; `sqaudit store backup` makes one"))


def _broken_references(connection: Connection, name: str) -> list[Problem]:
    problems = []
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            gone = key.column.table.alias()
            found = exists().where(gone.c[key.column.name] == key.parent)
            if connection.scalar(select(exists().where(key.parent.is_not(None), ~found))):
                names = {"table": table.name, "other": key.column.table.name}
                message = msg("rows of '{table}' refer to rows of '{other}' that are gone", **names)
                problems.append(_problem(name, "SQA621", message))
    return problems


def _changed_documents(connection: Connection, name: str) -> list[Problem]:
    kept = connection.execute(select(documents).order_by(documents.c.hash))
    return [
        _problem(
            name,
            "SQA622",
            msg("the {kind} '{id}' {version} is not what was stored", kind=row.kind, id=row.id, version=row.version),
        )
        for row in kept
        if hash_content(row.content) != row.hash
    ]


def _changed_rescorings(connection: Connection, name: str) -> list[Problem]:
    parts = (cycles.c.programme, cycles.c.period, rescorings.c.standard, rescorings.c.version)
    query = (
        select(*parts, rescorings.c.hash, rescorings.c.content)
        .join(revisions, revisions.c.id == rescorings.c.revision_id)
        .join(cycles, cycles.c.id == revisions.c.cycle_id)
        .order_by(rescorings.c.id)
    )
    return [
        _problem(
            name,
            "SQA622",
            msg(
                "what '{programme}' {period} came to by {standard} is not what was stored",
                programme=row.programme,
                period=row.period,
                standard=f"{row.standard}@{row.version}",
            ),
        )
        for row in connection.execute(query)
        if hash_content(row.content) != row.hash
    ]


def _gaps(connection: Connection, name: str) -> list[Problem]:
    problems = []
    for message, condition in (
        (msg("it has no observations"), ~_has(observations)),
        (msg("it is scored and has no results"), revisions.c.scored & ~_has(results)),
        (msg("it has results and is not scored"), ~revisions.c.scored & _has(results)),
        (msg("answers that it was made with are gone"), _lacks_answers()),
    ):
        rows = connection.execute(
            select(cycles.c.programme, cycles.c.period, revisions.c.number).join(revisions).where(condition)
        )
        problems += [
            _not_whole(name, *key, message) for key in sorted((row.programme, row.period, row.number) for row in rows)
        ]
    gone = msg("samples that it was made with are gone")
    problems += [_not_whole(name, *row, gone) for row in _without_samples(connection)]
    counted = (
        select(cycles.c.programme, cycles.c.period)
        .outerjoin(revisions)
        .group_by(cycles.c.id, cycles.c.programme, cycles.c.period)
        .having(func.count(revisions.c.id) != func.coalesce(func.max(revisions.c.number), -1))
    )
    for programme, period in sorted(tuple(row) for row in connection.execute(counted)):
        lack = msg("revisions of '{programme}' {period} are missing", programme=programme, period=period)
        problems.append(_problem(name, "SQA623", lack))
    return problems


def _not_whole(name: str, programme: str, period: str, number: int, lack: Message) -> Problem:
    message = msg(
        "revision {number} of '{programme}' {period} is not whole: {lack}",
        number=number,
        programme=programme,
        period=period,
        lack=lack,
    )
    return _problem(name, "SQA623", message)


def _without_samples(connection: Connection) -> list[tuple[str, str, int]]:
    """Programme, period and number of revisions whose samples are not there; the inputs of a revision name them."""
    kept = set(connection.scalars(select(samples.c.id)))
    query = select(cycles.c.programme, cycles.c.period, revisions.c.number, revisions.c.inputs).join(revisions)
    query = query.where(revisions.c.inputs.contains('"samples":'))
    named = [(row, read_json(row.inputs).get("samples", {})) for row in connection.execute(query)]
    return sorted((row.programme, row.period, row.number) for row, ids in named if set(ids.values()) - kept)


def _lacks_answers() -> ColumnElement[bool]:
    seen, given = observations.c, answers.c
    known = exists().where(
        *(given.programme == cycles.c.programme, given.period == cycles.c.period, given.version == seen.answer_version),
        *(given[name] == seen[name] for name in ("site", "checklist", "item", "subject", "auditor")),
    )
    return exists().where(seen.revision_id == revisions.c.id, seen.answer_version.is_not(None), ~known)


def _without_answers(connection: Connection, name: str) -> list[Problem]:
    """Choices and decisions whose answer is gone, and decided answers whose dispute is."""
    given, asked = answers.c, ("programme", "period", "site", "checklist", "item", "subject")
    chosen, told = answer_choices.c, disputes.c
    of_choice = exists().where(*(given[part] == chosen[part] for part in (*asked, "auditor", "version")))
    of_decision = exists().where(
        *(given[part] == told[part] for part in asked), given.version == told.decided_version, given.dispute == told.id
    )
    of_answer = exists().where(told.id == given.dispute, told.decided_version == given.version)
    problems = []
    for message, table, condition in (
        (msg("the answer that was chosen for '{item}' at '{site}' is gone"), answer_choices, ~of_choice),
        (
            msg("the answer that a dispute decided for '{item}' at '{site}' is gone"),
            disputes,
            told.decided_value.is_not(None) & ~of_decision,
        ),
        (
            msg("the dispute that decided '{item}' at '{site}' is gone"),
            answers,
            given.dispute.is_not(None) & ~of_answer,
        ),
    ):
        rows = connection.execute(select(table.c.item, table.c.site).select_from(table).where(condition))
        for item, site in sorted(tuple(row) for row in rows):
            problems.append(_problem(name, "SQA631", msg(message.template, item=item, site=site)))
    return problems


def _has(table: Table) -> ColumnElement[bool]:
    return exists().where(table.c.revision_id == revisions.c.id)


def copy_store(source: sqlite3.Connection, path: Path) -> None:
    """Copy a SQLite database that may be in use to a new file.

    Raises:
        CannotAccess: The file exists, or cannot be written.
    """
    try:
        path.open("x").close()  # claims the name: nothing is ever overwritten
    except FileExistsError as error:
        raise CannotAccess(
            "SQA614", msg("'{path}' exists and is not overwritten", path=path), msg("give another file name")
        ) from error
    except OSError as error:
        raise cannot_write(path, error.strerror or error) from error
    try:
        with contextlib.closing(sqlite3.connect(path)) as target:
            source.backup(target)
    except (sqlite3.Error, OSError) as error:
        path.unlink(missing_ok=True)
        raise cannot_write(path, error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
