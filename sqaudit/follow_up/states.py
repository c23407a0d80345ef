"""Which moves an action allows, who may make them, and what each of them has to say."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from sqaudit.errors import InvalidInput, msg
from sqaudit.locale.words import WORDS
from sqaudit.model.action import ActionState, CorrectiveAction, Move, Path
from sqaudit.model.people import Person, Role

_OPEN = frozenset(state for state in ActionState if not state.is_final)


class By(StrEnum):
    """Who may make a move: one who has a part in the action, or one with a role and none."""

    OWNER = "owner"
    STEP_OWNER = "step_owner"
    APPROVER = "approver"
    VERIFIER = "verifier"
    AUDITOR = "auditor"
    MANAGER = "manager"
    ASSIGNER = "assigner"
    ANYONE = "anyone"


class Transition(Struct, frozen=True):
    """One line of the table: a move, where it starts and leads, on which path, and by whom."""

    move: Move
    sources: frozenset[ActionState]
    target: ActionState | None
    by: By
    path: Path | None = None


def _line(
    move: Move,
    source: ActionState | frozenset[ActionState],
    target: ActionState | None,
    by: By,
    path: Path | None = None,
) -> Transition:
    return Transition(move, frozenset({source}) if isinstance(source, ActionState) else source, target, by, path)


# ISO 9001:2015 10.2 asks for the deeds; who does them and in which order is ours, as in 8D. Without a target a move
# leaves the action where it is.
TRANSITIONS = (
    _line(Move.CONTAIN, ActionState.OPEN, ActionState.CONTAINED, By.OWNER),
    _line(Move.ANALYSE, ActionState.CONTAINED, ActionState.ANALYSED, By.OWNER, Path.FULL),
    _line(Move.ANALYSE, ActionState.REOPENED, ActionState.ANALYSED, By.OWNER),
    _line(Move.PLAN, ActionState.ANALYSED, ActionState.PLANNED, By.OWNER),
    _line(Move.APPROVE, ActionState.PLANNED, ActionState.APPROVED, By.APPROVER),
    _line(Move.REJECT, ActionState.PLANNED, ActionState.ANALYSED, By.APPROVER),
    _line(Move.IMPLEMENT, ActionState.APPROVED, ActionState.IMPLEMENTED, By.STEP_OWNER),
    _line(Move.VERIFY, ActionState.IMPLEMENTED, ActionState.VERIFYING, By.VERIFIER),
    _line(Move.VERIFY, ActionState.CONTAINED, ActionState.VERIFYING, By.VERIFIER, Path.CORRECT),
    _line(Move.VERIFY, ActionState.VERIFYING, None, By.VERIFIER),
    _line(Move.CLOSE, ActionState.VERIFYING, ActionState.CLOSED, By.VERIFIER),
    _line(Move.REOPEN, ActionState.VERIFYING, ActionState.REOPENED, By.VERIFIER),
    _line(Move.REOPEN, ActionState.CLOSED, ActionState.REOPENED, By.AUDITOR),
    _line(Move.CANCEL, _OPEN, ActionState.CANCELLED, By.MANAGER),
    _line(Move.ASSIGN, _OPEN, None, By.ASSIGNER),
    _line(Move.EXTEND, _OPEN, None, By.APPROVER),
    _line(Move.COMMENT, frozenset(ActionState), None, By.ANYONE),
)
_ROLES: Mapping[By, frozenset[Role]] = {
    By.APPROVER: frozenset({Role.APPROVER}),
    By.VERIFIER: frozenset({Role.VERIFIER}),
    By.AUDITOR: frozenset({Role.AUDITOR, Role.LEAD}),
    By.MANAGER: frozenset({Role.MANAGER}),
    By.ASSIGNER: frozenset({Role.AUDITOR, Role.LEAD, Role.MANAGER}),
}
# Who decides on what others did has no part in it.
_INDEPENDENT = frozenset({By.APPROVER, By.VERIFIER})


def allowed_moves(action: CorrectiveAction) -> tuple[Move, ...]:
    """The moves that an action allows as it stands, in the order of its life."""
    found = {line.move for line in TRANSITIONS if _fits(line, action)}
    return tuple(move for move in Move if move in found)


def find_transition(action: CorrectiveAction, move: Move) -> Transition:
    """The line of the table that a move of an action is.

    Raises:
        InvalidInput: The action does not allow it as it stands; the allowed moves are named.
    """
    for line in TRANSITIONS:
        if line.move is move and _fits(line, action):
            return line
    raise InvalidInput(
        "SQA872",
        msg("action {id} is {state}, which allows no '{move}'", id=action.id, state=WORDS[action.state], move=move),
        msg("allowed now: {moves}", moves=", ".join(allowed_moves(action))),
    )


def _fits(line: Transition, action: CorrectiveAction) -> bool:
    return action.state in line.sources and line.path in {None, action.path}


def see_that_may(person: Person, action: CorrectiveAction, line: Transition) -> None:
    """Refuse a person who may not make a move.

    Raises:
        InvalidInput: Somebody else's part, a role that the person has not, or a judgement on one's own work.
    """
    name, roles = person.id, frozenset(person.roles)
    if line.by is By.OWNER and name != action.owner:
        raise _not_theirs(name, action, line.move)
    if line.by is By.STEP_OWNER:
        steps = () if action.plan is None else action.plan.steps
        if name not in {action.owner, *(step.owner for step in steps)}:
            raise _not_theirs(name, action, line.move)
    wanted = _ROLES.get(line.by)
    is_handing_over = line.by is By.ASSIGNER and name == action.owner
    if wanted is not None and not wanted & roles and not is_handing_over:
        raise InvalidInput(
            "SQA874",
            msg(
                "'{name}' has no role that may '{move}': {roles}",
                name=name,
                move=line.move,
                roles=", ".join(sorted(role.value for role in wanted)),
            ),
            msg("let somebody do it who has one, or give the role: people.{name}.roles in sqaudit.yaml", name=name),
        )
    if line.by in _INDEPENDENT and name in action.hands:
        raise InvalidInput(
            "SQA874",
            msg("'{name}' has a part in action {id} and cannot '{move}' it", name=name, id=action.id, move=line.move),
            msg("let somebody do it who has no part in it: neither owner nor author nor one who carried out a step"),
        )


def _not_theirs(name: str, action: CorrectiveAction, move: Move) -> InvalidInput:
    if action.owner is None:
        return InvalidInput(
            "SQA874",
            msg("action {id} has no owner, who alone could '{move}' it", id=action.id, move=move),
            msg("give it one: sqaudit actions assign {id} --owner NAME --as AUDITOR", id=action.id),
        )
    return InvalidInput(
        "SQA874",
        msg("'{name}' is not the owner of action {id}: that is '{owner}'", name=name, id=action.id, owner=action.owner),
        msg("let the owner do it, or hand it over with `sqaudit actions assign`"),
    )
