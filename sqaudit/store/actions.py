"""Corrective actions with their deadlines: what stands in the rows is what the log says last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.json import Decoder
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, literal_column, select, update

from sqaudit.model.action import (
    ActionState,
    Analysis,
    Containment,
    CorrectiveAction,
    Deadline,
    Move,
    Path,
    Plan,
    Rung,
    Verification,
)
from sqaudit.model.event import Deed
from sqaudit.model.standard import Severity
from sqaudit.store.encoding import (
    read_json,
    read_moment,
    read_optional_moment,
    write_json,
    write_moment,
    write_optional_moment,
)
from sqaudit.store.events import append_event, append_events
from sqaudit.store.rows import insert_rows
from sqaudit.store.tables import action_deadlines, action_notices, actions

# Written into queries, which are put together once.
_FINAL: tuple[ColumnElement[str], ...] = tuple(
    literal_column(f"'{state.value}'") for state in ActionState if state.is_final
)
_AT_ONCE = 500
# Looked up: the words of an enum take long to read page by page.
_STATES = {state.value: state for state in ActionState}
_MOVES = {move.value: move for move in Move}
_PATHS = {path.value: path for path in Path}
_SEVERITIES = {severity.value: severity for severity in Severity}


class Content(Struct, frozen=True, kw_only=True):
    """What people said of an action, as its row keeps it in one column."""

    containment: Containment | None = None
    analysis: Analysis | None = None
    plan: Plan | None = None
    approved_by: str | None = None
    changed: str | None = None
    verification: Verification | None = None
    lessons: str | None = None


_CONTENT = Decoder(Content)


class Recorded(Struct, frozen=True, kw_only=True):
    """An action as it stands after it was opened or moved, all its deadlines, and the deed as the log tells it."""

    action: CorrectiveAction
    deadlines: tuple[Deadline, ...]
    deed: Deed


class ActionChoice(Struct, frozen=True, kw_only=True):
    """Which actions to read; ``None`` asks for all.

    ``equal`` holds columns that must have a value. ``is_final`` leaves those with nothing left to do, or the others;
    ``due_until`` those whose step is due until then; ``most`` is how many are read, the first due first.
    """

    equal: Mapping[str, str | None] = {}
    is_final: bool | None = None
    due_until: datetime | None = None
    most: int | None = None


def add_actions(connection: Connection, opened: Sequence[Recorded]) -> None:
    """Keep actions that are new, their deadlines and the events that they were opened."""
    rows = [_row(one.action) for one in opened]
    if not rows:
        return
    insert_rows(connection, actions, tuple(rows[0]), (tuple(row.values()) for row in rows))
    _insert_deadlines(connection, (deadline for one in opened for deadline in one.deadlines))
    append_events(connection, [one.deed for one in opened])


def save_moved(connection: Connection, moved: Recorded) -> None:
    """Keep what a move made of an action, within the transaction that read it."""
    after = moved.action
    connection.execute(update(actions).where(actions.c.id == after.id).values(**_row(after)))
    known = {one.number: one for one in read_deadlines(connection, [after.id]).get(after.id, [])}
    for one in moved.deadlines:
        if one.number in known and one != known[one.number]:
            connection.execute(
                update(action_deadlines)
                .where(action_deadlines.c.action == one.action, action_deadlines.c.number == one.number)
                .values(ended_at=write_optional_moment(one.ended_at))
            )
    _insert_deadlines(connection, (one for one in moved.deadlines if one.number not in known))
    append_event(connection, moved.deed)


def read_actions(connection: Connection, choice: ActionChoice) -> list[CorrectiveAction]:
    """Actions, the first due first; those that nothing is due of come last, by id."""
    found = read_due(connection, choice)
    if choice.due_until is not None or (choice.most is not None and len(found) >= choice.most):
        return found
    most = None if choice.most is None else choice.most - len(found)
    return [*found, *_read(connection, choice, most, is_due=False)]


def read_due(connection: Connection, choice: ActionChoice) -> list[CorrectiveAction]:
    """Actions of which something is due, the first due first, by one statement."""
    return _read(connection, choice, choice.most, is_due=True)


def _read(connection: Connection, choice: ActionChoice, most: int | None, *, is_due: bool) -> list[CorrectiveAction]:
    asked = {name: value for name, value in choice.equal.items() if value is not None}
    values: dict[str, object] = {f"equal_{name}": value for name, value in asked.items()}
    if choice.due_until is not None:
        values["until"] = write_moment(choice.due_until)
    if most is not None:
        values["most"] = most
    query = _query(
        tuple(asked),
        is_final=choice.is_final,
        has_until="until" in values,
        is_limited="most" in values,
        is_due=is_due,
    )
    return _actions(connection.execute(query, values).all())


@lru_cache(maxsize=128)  # to put a query together takes longer than to read a page
def _query(
    equal: tuple[str, ...],
    *,
    is_final: bool | None,
    has_until: bool,
    is_limited: bool,
    is_due: bool,
) -> Select[Any]:
    query = select(actions).where(*(actions.c[name] == bindparam(f"equal_{name}") for name in equal))
    if is_final is not None:
        query = query.where(actions.c.state.in_(_FINAL) if is_final else actions.c.state.not_in(_FINAL))
    if has_until:
        query = query.where(actions.c.due <= bindparam("until"))
    if is_limited:
        query = query.limit(bindparam("most"))
    if is_due:
        return query.where(actions.c.due.is_not(None)).order_by(actions.c.due, actions.c.id)
    return query.where(actions.c.due.is_(None)).order_by(actions.c.id)


def read_actions_of(connection: Connection, identities: Collection[str]) -> dict[str, CorrectiveAction]:
    """The actions of these ids."""
    found: dict[str, CorrectiveAction] = {}
    for some in _some_at_once(identities):
        read = _actions(connection.execute(select(actions).where(actions.c.id.in_(some))))
        found |= {one.id: one for one in read}
    return found


def find_action(connection: Connection, identity: str, *, to_move: bool = False) -> CorrectiveAction | None:
    """The action of an id; ``to_move`` locks its row until the end of the transaction."""
    query = select(actions).where(actions.c.id == identity)
    return next(iter(_actions(connection.execute(query.with_for_update() if to_move else query))), None)


def read_deadlines(connection: Connection, identities: Collection[str] | None = None) -> dict[str, list[Deadline]]:
    """The deadlines of actions (default: of all) by their ids, as they were set one after the other."""
    query = select(action_deadlines).order_by(action_deadlines.c.action, action_deadlines.c.number)
    queries = [query]
    if identities is not None:
        queries = [query.where(action_deadlines.c.action.in_(some)) for some in _some_at_once(identities)]
    found: defaultdict[str, list[Deadline]] = defaultdict(list)
    for one in queries:
        for row in connection.execute(one):
            found[row.action].append(_deadline(row))
    return dict(found)


def _some_at_once(identities: Collection[str]) -> Iterator[list[str]]:
    """The ids in order, no more at once than a statement takes in any database."""
    ordered = sorted(identities)
    return (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))


def read_given_notices(connection: Connection) -> set[tuple[str, int, Rung]]:
    """The notices that were given: of which deadline of which action, and who was told."""
    rows = connection.execute(select(action_notices.c.action, action_notices.c.number, action_notices.c.rung))
    return {(row.action, row.number, Rung(row.rung)) for row in rows}


def add_given_notices(connection: Connection, given: Iterable[tuple[str, int, Rung]], given_at: datetime) -> None:
    """Keep that notices were given."""
    rows = ((action, number, rung.value, write_moment(given_at)) for action, number, rung in given)
    insert_rows(connection, action_notices, ("action", "number", "rung", "given_at"), rows)


def _insert_deadlines(connection: Connection, deadlines: Iterable[Deadline]) -> None:
    insert_rows(
        connection,
        action_deadlines,
        ("action", "number", "step", "due", "set_at", "notices", "ended_at"),
        (
            (
                one.action,
                one.number,
                one.step.value,
                write_moment(one.due),
                write_moment(one.set_at),
                write_json([[rung.value, write_moment(at)] for rung, at in one.notices]),
                write_optional_moment(one.ended_at),
            )
            for one in deadlines
        ),
    )


def _deadline(row: Row[Any]) -> Deadline:
    return Deadline(
        action=row.action,
        number=row.number,
        step=Move(row.step),
        due=read_moment(row.due),
        set_at=read_moment(row.set_at),
        notices=tuple((Rung(rung), read_moment(at)) for rung, at in read_json(row.notices)),
        ended_at=read_optional_moment(row.ended_at),
    )


def _row(action: CorrectiveAction) -> dict[str, object]:
    content = Content(**{name: getattr(action, name) for name in Content.__struct_fields__})
    return {
        "id": action.id,
        "programme": action.programme,
        "finding": action.finding,
        "criterion": action.criterion,
        "site": action.site or "",
        "severity": action.severity.value,
        "path": action.path.value,
        "state": action.state.value,
        "opened_at": write_moment(action.opened_at),
        "updated_at": write_moment(action.updated_at),
        "owner": action.owner,
        "parent": action.parent,
        "due": write_optional_moment(action.due),
        "due_for": None if action.due_for is None else action.due_for.value,
        "implemented_on": None if action.implemented_on is None else action.implemented_on.isoformat(),
        "verdict": None if action.verdict is None else action.verdict.value,
        "closed_at": write_optional_moment(action.closed_at),
        "reopenings": action.reopenings,
        "extensions": action.extensions,
        "checks": action.checks,
        "version": action.version,
        "content": write_json(to_builtins(content)),
    }


def _actions(rows: Iterable[Sequence[Any]]) -> list[CorrectiveAction]:
    """Values of whole rows: taken apart in one go, since by name a page of them takes twice as long."""
    moment, decode = datetime.fromisoformat, _CONTENT.decode
    return [
        CorrectiveAction(
            id=id_,
            programme=programme,
            finding=finding,
            criterion=criterion,
            site=site or None,
            severity=_SEVERITIES[severity],
            path=_PATHS[path],
            state=_STATES[state],
            opened_at=moment(opened_at),
            updated_at=moment(updated_at),
            owner=owner,
            parent=parent,
            due=None if due is None else moment(due),
            due_for=None if due_for is None else _MOVES[due_for],
            implemented_on=None if implemented_on is None else date.fromisoformat(implemented_on),
            closed_at=None if closed_at is None else moment(closed_at),
            reopenings=reopenings,
            extensions=extensions,
            checks=checks,
            version=version,
            containment=said.containment,
            analysis=said.analysis,
            plan=said.plan,
            approved_by=said.approved_by,
            changed=said.changed,
            verification=said.verification,
            lessons=said.lessons,
        )
        for (
            id_,
            programme,
            finding,
            criterion,
            site,
            severity,
            path,
            state,
            opened_at,
            updated_at,
            owner,
            parent,
            due,
            due_for,
            implemented_on,
            _,
            closed_at,
            reopenings,
            extensions,
            checks,
            version,
            content,
        ) in rows
        for said in (decode(content),)
    ]
