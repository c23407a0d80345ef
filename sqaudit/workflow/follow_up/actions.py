"""Corrective actions as flat rows: what is to do, by whom and by when; their history; who has to be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.follow_up.deadlines import notices
from sqaudit.follow_up.states import allowed_moves
from sqaudit.locale.words import WORDS
from sqaudit.model.action import ActionState, CorrectiveAction, Move, Rung
from sqaudit.model.event import Event
from sqaudit.model.language import Language
from sqaudit.model.notice import Notice
from sqaudit.model.target import read_duration
from sqaudit.reports.calendar_file import CalendarEntry, render_calendar
from sqaudit.reports.labels import show_due
from sqaudit.store.actions import ActionChoice
from sqaudit.store.engine import Store
from sqaudit.store.parts.actions import no_action
from sqaudit.workflow.context import Context
from sqaudit.workflow.follow_up.findings import show_finding
from sqaudit.workflow.follow_up.moving import places_of
from sqaudit.workflow.follow_up.places import Places
from sqaudit.workflow.rows import Row

# What may be done in every state, and is no next step.
_ALWAYS = frozenset({Move.ASSIGN, Move.CANCEL, Move.COMMENT, Move.EXTEND})
# From the second time on, what does not hold is more than the owner's affair.
_ESCALATED = 2
# Without a word for so long, an action is stale.
STALE_AFTER = timedelta(days=14)


class Wanted(Struct, frozen=True, kw_only=True):
    """Which actions a list is about; ``None`` asks for all. The state ``all`` is any, also of those that are done."""

    programme: str | None = None
    site: str | None = None
    owner: str | None = None
    state: str | None = None
    severity: str | None = None
    finding: str | None = None
    overdue: bool = False
    most: int | None = None
    by_risk: bool = False


def list_actions(context: Context, wanted: Wanted) -> list[Row]:
    """Actions, the first due first, or the greatest risk; without a state, those that something is left to do of."""
    now = context.settings.now
    names = ("programme", "site", "owner", "severity", "finding")
    equal = {name: getattr(wanted, name) for name in names}
    named = wanted.state not in {None, "all"}
    choice = ActionChoice(
        equal={**equal, "state": wanted.state if named else None},
        is_final=False if wanted.state is None else None,
        due_until=now if wanted.overdue else None,
        most=None if wanted.by_risk else wanted.most,
    )
    with context.store() as store:
        found = store.list_actions(choice)
        if wanted.by_risk:
            rated = sorted((one for one in found if one.risk is not None), key=_risk_rank)
            found = [*rated, *(one for one in found if one.risk is None)][: wanted.most]
        return _rows(store, found, now)


def _risk_rank(action: CorrectiveAction) -> tuple[object, ...]:
    assert action.risk is not None  # noqa: S101 - only rated ones are put in this order
    return (*action.risk.rank, action.id)


def list_due(context: Context, within: timedelta, **wanted: str | None) -> list[Row]:
    """Actions whose current step is due within a time from now, and those that are late."""
    now = context.settings.now
    choice = ActionChoice(equal=wanted, is_final=False, due_until=now + within)
    with context.store() as store:
        return _rows(store, store.list_actions(choice), now)


def _rows(store: Store, actions: Sequence[CorrectiveAction], now: datetime) -> list[Row]:
    places = {name: places_of(store, name) for name in sorted({one.programme for one in actions})}
    return [action_row(one, now, places[one.programme].zone_of(one.site)) for one in actions]


def show_action(context: Context, identity: str) -> Row:
    """One action with everything that was said, its deadlines, its history and the moves that it allows.

    Raises:
        InvalidInput: There is no such action.
    """
    now = context.settings.now
    with context.store() as store:
        action = store.find_action(identity)
        if action is None:
            raise no_action(identity)
        zone = places_of(store, action.programme).zone_of(action.site)
        deadlines = store.list_deadlines([identity]).get(identity, [])
        history = store.list_events(thing=identity)
        children = [one.id for one in store.list_actions(ActionChoice(equal={"parent": identity}))]
        findings = [one.finding.id for one in store.list_known(action.programme) if one.finding.action == identity]
    return {
        **action_row(action, now, zone),
        "findings": findings,
        "children": children,
        "allowed": list(allowed_moves(action)),
        "said": action,
        "deadlines": [
            {
                "step": one.step.value,
                "due": _moment(one.due, zone),
                "set_at": _moment(one.set_at, zone),
                "ended_at": _moment(one.ended_at, zone),
                "missed": one.is_missed(now),
            }
            for one in deadlines
        ],
        "history": [_deed_row(one) for one in history],
        "remedies": show_finding(context, action.finding)["remedies"],
    }


def action_row(action: CorrectiveAction, now: datetime, zone: str) -> Row:
    """One action with the fields of the JSON contract; what is due is told by the clocks of its site."""
    return {
        "id": action.id,
        "programme": action.programme,
        "finding": action.finding,
        "criterion": action.criterion,
        "site": action.site,
        "severity": action.severity.value,
        "path": action.path.value,
        "owner": action.owner,
        "state": action.state.value,
        "due": _moment(action.due, zone),
        "due_for": None if action.due_for is None else action.due_for.value,
        "overdue": action.is_overdue(now),
        "stale": not action.state.is_final and now - action.updated_at > STALE_AFTER,
        "verdict": None if action.verdict is None else action.verdict.value,
        "opened": _moment(action.opened_at),
        "closed": _moment(action.closed_at),
        "parent": action.parent,
        "reopenings": action.reopenings,
        "extensions": action.extensions,
        "risk": None if action.risk is None else action.risk.written,
        "risk_level": None if action.risk is None or action.risk.level is None else action.risk.level.value,
        "rpn": None if action.risk is None else action.risk.rpn,
    }


def list_notices(context: Context) -> list[Row]:
    """Every notice that had to be given by now, the first first: the same however often it is asked."""
    now = context.settings.now
    with context.store() as store:
        return _notice_rows(store, _all_notices(store, now))


def take_notices(context: Context) -> list[Row]:
    """The notices that nobody was given yet; from now on they are given."""
    now = context.settings.now
    with context.store() as store:
        found = _all_notices(store, now)
        new = store.take_notices(((one.action, one.number, one.rung) for one in found), now)
        return _notice_rows(store, [one for one in found if (one.action, one.number, one.rung) in new])


def _all_notices(store: Store, now: datetime) -> list[Notice]:
    return notices((one for own in store.list_deadlines().values() for one in own), now)


def _notice_rows(store: Store, found: Sequence[Notice]) -> list[Row]:
    if not found:
        return []
    actions = {one.id: one for one in store.list_actions(ActionChoice())}
    places = {
        programme: places_of(store, programme) for programme in sorted({one.programme for one in actions.values()})
    }
    return [_notice_row(one, actions[one.action], places[actions[one.action].programme]) for one in found]


def _notice_row(notice: Notice, action: CorrectiveAction, places: Places) -> Row:
    site = places.sites.get(action.site) if action.site is not None else None
    zone = places.zone_of(action.site)
    tell = {Rung.OWNER: action.owner, Rung.MANAGER: None if site is None else site.manager}
    return {
        "at": _moment(notice.at, zone),
        "rung": notice.rung.value,
        "tell": tell.get(notice.rung),
        "action": action.id,
        "site": action.site,
        "criterion": action.criterion,
        "step": notice.step.value,
        "due": _moment(notice.due, zone),
        "owner": action.owner,
    }


def render_due(context: Context, rows: Iterable[Row], language: Language) -> bytes:
    """Due dates as an iCalendar file: the same rows at the same moment give the same bytes."""
    now = context.settings.now
    with context.store() as store:
        rows = list(rows)
        places = {name: places_of(store, name) for name in sorted({str(row["programme"]) for row in rows})}
    return render_calendar((_entry(context, row, places[row["programme"]], language) for row in rows), now)


def _entry(context: Context, row: Row, places: Places, language: Language) -> CalendarEntry:
    where = row["site"] or row["programme"]
    summary = msg(
        "{site} {criterion}: {step} ({id})",
        site=where,
        criterion=row["criterion"],
        step=language.word(row["due_for"]),
        id=row["id"],
    )
    description = msg(
        "Corrective action {id}, {severity}, {state}; owner: {owner}",
        id=row["id"],
        severity=language.word(row["severity"]),
        state=language.word(row["state"]),
        owner=row["owner"] or "-",
    )
    return CalendarEntry(
        uid=f"{row['id']}-{row['due_for']}@{context.project.id}.sqaudit",
        at=datetime.fromisoformat(row["due"]),
        zone=places.zone_of(row["site"]),
        summary=language.text(summary),
        description=language.text(description),
    )


def read_within(text: str) -> timedelta:
    """A time such as ``7d`` or ``P7D``.

    Raises:
        InvalidInput: It is none.
    """
    days = text.removesuffix("d")
    seconds = int(days) * 86_400 if days.isdigit() and text.endswith("d") else read_duration(text)
    if seconds is None:
        raise InvalidInput("SQA876", msg("'{value}' is no time", value=text), msg("write it as 7d, P7D or PT24H"))
    return timedelta(seconds=seconds)


def _deed_row(event: Event) -> Row:
    deed = event.deed
    after = deed.after or {}
    return {
        "number": event.number,
        "when": deed.when.isoformat(timespec="seconds"),
        "who": deed.who,
        "login": event.origin.login,
        "move": after.get("move", deed.kind),
        "state": after.get("state"),
        "why": deed.why,
    }


def outcome_lines(context: Context, action: CorrectiveAction) -> list[Message]:
    """Where an action stands after a move, and what it waits for."""
    with context.store() as store:
        zone = places_of(store, action.programme).zone_of(action.site)
    lines = [msg("action {id} is {state}", id=action.id, state=WORDS[action.state])]
    if action.state is ActionState.REOPENED and action.reopenings >= _ESCALATED:
        lines.append(msg("reopened {count} times: let senior management know", count=action.reopenings))
    steps = ", ".join(one for one in allowed_moves(action) if one not in _ALWAYS)
    if steps:
        lines.append(msg("next: {moves}", moves=steps))
    if action.due is not None and action.due_for is not None:
        due = show_due(_moment(action.due, zone))
        lines.append(msg("'{step}' is due {due}", step=action.due_for, due=due))
    return lines


def _moment(moment: datetime | None, zone: str = "UTC") -> str | None:
    return None if moment is None else moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
