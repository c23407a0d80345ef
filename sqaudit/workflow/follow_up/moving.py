"""Moving a corrective action: who may, what was said, by when the next step is due, and what the log says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from sqaudit.documents.building import build_programme
from sqaudit.errors import InvalidInput, msg
from sqaudit.follow_up import moves
from sqaudit.follow_up.awaiting import with_due
from sqaudit.follow_up.moves import Said
from sqaudit.follow_up.states import find_transition, see_that_may
from sqaudit.follow_up.timing import Clock, after_move, put_off
from sqaudit.locale.words import WORDS
from sqaudit.model.action import ActionState, CorrectiveAction, Deadline, Move, Path, Verdict
from sqaudit.model.event import Deed, EventKind
from sqaudit.model.follow_up import FollowUp
from sqaudit.model.people import Person
from sqaudit.scoring.items import target_of
from sqaudit.store.actions import Recorded
from sqaudit.store.engine import Store
from sqaudit.store.parts.actions import no_action
from sqaudit.workflow.context import Context
from sqaudit.workflow.follow_up.effect import Judged, judge_action, no_direction
from sqaudit.workflow.follow_up.people import person_acting, person_owning
from sqaudit.workflow.follow_up.places import Places
from sqaudit.workflow.follow_up.windows import find_baseline, scored_cycles
from sqaudit.workflow.score import frozen_documents

# What the data are asked for; closing asks again, since cycles may have come between.
_JUDGING = frozenset({Move.VERIFY, Move.CLOSE})
# What is not told in the log's before and after: it changes with every move, or follows from the rest.
_UNTOLD = frozenset({"version", "updated_at", "due", "due_for"})
_MOVES: Mapping[Move, Callable[[CorrectiveAction, Said], CorrectiveAction]] = {
    Move.CONTAIN: moves.contain,
    Move.PLAN: moves.plan,
    Move.APPROVE: moves.approve,
    Move.REJECT: moves.reject,
    Move.IMPLEMENT: moves.implement,
    Move.CLOSE: moves.close,
    Move.REOPEN: moves.reopen,
    Move.CANCEL: moves.cancel,
    Move.COMMENT: moves.comment,
}


class Outcome(Struct, frozen=True, kw_only=True):
    """An action after a move, and what its data said, if they were asked."""

    action: CorrectiveAction
    judged: Judged | None = None


def move_action(context: Context, identity: str, move: Move, *, who: str, given: Mapping[str, object]) -> Outcome:
    """Make a move of an action; of two people at once, the later is told what the action has become.

    Args:
        context: The project, which declares who is who.
        identity: The action's id.
        move: What is done.
        who: Who does it.
        given: What is said, by the names of the command's options.

    Raises:
        InvalidInput: There is no such action, it does not allow the move, the person may not make it, or something is
            missing or wrong; nothing is changed.
    """
    person = person_acting(context, who)
    with context.store() as store:
        action = store.find_action(identity)
        if action is None:
            raise no_action(identity)
        mover = _Mover(context, store, action, person, move, given)
        found = mover.look_up(action)
        moved = store.move_action(identity, lambda before, deadlines: mover.change(before, deadlines, found))
        return Outcome(action=moved, judged=found.judged if move is Move.VERIFY else None)


class _Found(Struct, frozen=True, kw_only=True):
    """What was looked up before the transaction: causes that were treated before, and what the data say."""

    former_causes: tuple[str, ...] = ()
    judged: Judged | None = None


class _Mover:
    """One move by one person."""

    def __init__(  # noqa: PLR0913, PLR0917  everything that a move is made of
        self,
        context: Context,
        store: Store,
        action: CorrectiveAction,
        person: Person,
        move: Move,
        given: Mapping[str, object],
    ) -> None:
        self._context, self._store = context, store
        self._person, self._move, self._site = person, move, action.site
        self._places = places_of(store, action.programme)
        self._rules = self._places.programme.follow_up or FollowUp()
        self._said = Said(
            who=person.id,
            now=context.settings.now,
            today=self._places.today(action.site, context.settings.now),
            given=given,
        )

    def look_up(self, action: CorrectiveAction) -> _Found:
        """What a move has to know beside the action; a move that is refused anyway is refused here."""
        line = find_transition(action, self._move)
        see_that_may(self._person, action, line)
        if self._move is Move.ANALYSE:
            return _Found(former_causes=tuple(self._former_causes(action)))
        if self._move is Move.PLAN:
            self._see_that_plan_holds()
        if self._move not in _JUDGING or action.state is not ActionState.VERIFYING:
            return _Found()
        self._see_that_due(action)
        judged = judge_action(self._context, self._store, action, self._places.programme, self._rules)
        if self._move is Move.CLOSE and action.verdict is Verdict.EFFECTIVE is not judged.judgement.verdict:
            raise InvalidInput(
                "SQA877",
                msg("since it was judged, the data say otherwise: {verdict}", verdict=WORDS[judged.judgement.verdict]),
                msg("judge it again: `sqaudit actions verify {id}`", id=action.id),
            )
        return _Found(judged=judged)

    def _see_that_due(self, action: CorrectiveAction) -> None:
        """Looking until it fits is no proof: a day was declared, and before that nobody looks."""
        if action.plan is None or action.path is Path.CORRECT:
            return
        day = action.plan.effect.check_on
        if self._said.today < day:
            raise InvalidInput(
                "SQA877",
                msg("the effect of action {id} is to be looked at from {day} on", id=action.id, day=day),
                msg("wait for that day: looking until it fits proves nothing"),
            )

    def change(self, before: CorrectiveAction, deadlines: tuple[Deadline, ...], found: _Found) -> Recorded:
        """The action after the move, within the transaction that reads and keeps it."""
        line = find_transition(before, self._move)
        see_that_may(self._person, before, line)
        clock = Clock(
            rules=self._rules,
            calendar=self._places.calendar_of(before.site),
            zone=self._places.zone_of(before.site),
            now=self._said.now,
        )
        after = replace(self._apply(before, found), updated_at=self._said.now, version=before.version + 1)
        if self._move is Move.EXTEND:
            self._said.require(Move.EXTEND, "until", "reason")
            until = self._said.day("until")
            assert until is not None  # noqa: S101 - required above
            kept = put_off(before, deadlines, until, clock)
            after = replace(after, extensions=before.extensions + 1)
        else:
            kept = after_move(before, after, deadlines, clock)
        after = with_due(after, kept)
        return Recorded(action=after, deadlines=kept, deed=self._deed(before, after, found.judged))

    def _apply(self, before: CorrectiveAction, found: _Found) -> CorrectiveAction:
        if self._move is Move.ASSIGN:
            self._said.require(Move.ASSIGN, "owner")
            return replace(before, owner=person_owning(self._context, self._said.text("owner")).id)
        if self._move is Move.ANALYSE:
            return moves.analyse(before, self._said, found.former_causes)
        if self._move is Move.VERIFY:
            judged = found.judged
            if judged is None:
                return moves.begin_verifying(before, self._said)
            return moves.judge(before, self._said, judged.judgement.verdict, judged.judgement.reasons)
        if self._move is Move.EXTEND:
            return before
        return _MOVES[self._move](before, self._said)

    def _see_that_plan_holds(self) -> None:
        """Everything that a plan names is there: people who may own its steps, the baseline, and the items."""
        self._said.require(Move.PLAN, "step", "indicator", "baseline", "target", "improve", "check")
        for _, owner, _ in self._said.rows("step"):
            person_owning(self._context, owner)
        programme = self._places.programme
        find_baseline(scored_cycles(self._store, programme.id), self._said.text("baseline"), programme.id)
        known = {item.id: item for checklist in programme.checklists for item in checklist.items}
        named = (self._said.text("indicator"), *self._said.texts("guard"))
        unknown = next((one for one in named if one not in known), None)
        if unknown is not None:
            raise InvalidInput(
                "SQA879",
                msg("programme '{programme}' has no item '{item}'", programme=programme.id, item=unknown),
                msg("indicators and guards are items of its checklists"),
            )
        for guard in self._said.texts("guard"):
            item = known[guard]
            if target_of(item, programme.criteria.get(item.criterion or "")) is None:
                raise no_direction(guard)
        self._see_that_controls_are_others(programme.id)

    def _see_that_controls_are_others(self, programme: str) -> None:
        controls = self._said.texts("control")
        gone = next((site for site in controls if site not in self._places.sites), None)
        if gone is not None:
            raise InvalidInput(
                "SQA879",
                msg("programme '{programme}' has no site '{site}'", programme=programme, site=gone),
                msg("controls are sites at which nothing is done"),
            )
        treated = {self._site} if self._site is not None else self._places.sites.keys()
        if not treated - set(controls):
            raise InvalidInput(
                "SQA879",
                msg("no site is left at which something is done: {sites}", sites=", ".join(sorted(treated))),
                msg("controls are sites at which nothing is done"),
            )

    def _former_causes(self, action: CorrectiveAction) -> Sequence[str]:
        """The causes that were treated before, of this action and of those whose findings came back."""
        found = self._causes_of(action.id) if action.reopenings else []
        finding = self._store.find_finding(action.finding)
        while finding is not None and finding.repeat_of is not None:
            finding = self._store.find_finding(finding.repeat_of)
            if finding is not None and finding.action not in {None, action.id}:
                found += self._causes_of(str(finding.action))
        return found

    def _causes_of(self, action: str) -> list[str]:
        """Every cause that was found for an action, as the log tells it: its row has the newest only."""
        analyses = [(one.deed.after or {}).get("analysis") for one in self._store.list_events(thing=action)]
        return [str(one["cause"]) for one in analyses if isinstance(one, dict)]

    def _deed(self, before: CorrectiveAction, after: CorrectiveAction, judged: Judged | None) -> Deed:
        was, became = _told(before), _told(after)
        changed = [name for name in became if was[name] != became[name]]
        told: dict[str, object] = {"move": self._move.value, **{name: became[name] for name in changed}}
        if judged is not None:
            told["judged"] = told_judgement(judged)
        why = next((self._said.text(name) for name in ("reason", "comment", "text") if self._said.text(name)), None)
        return Deed(
            kind=EventKind.ACTION_MOVED,
            when=self._said.now,
            programme=before.programme,
            thing=before.id,
            who=self._person.id,
            before={name: was[name] for name in changed},
            after=told,
            why=why,
        )


def told_judgement(judged: Judged) -> dict[str, object]:
    """What a verdict rests on, as plain JSON: numbers are texts that read back exactly."""
    change = judged.change
    numbers: dict[str, float | int | None] = {}
    if change is not None:
        numbers = {
            "value_before": change.before,
            "value_after": change.after,
            "n_before": change.n_before,
            "n_after": change.n_after,
            "low": change.contrast.low,
            "high": change.contrast.high,
            "p": change.contrast.p,
            "p_ranks": change.contrast.p_ranks,
            "beyond_controls": None if judged.control is None else judged.control.difference,
            "p_beyond_controls": None if judged.control is None else judged.control.contrast.p,
            "picked_from": judged.ways,
            "others": judged.others,
            "p_adjusted": judged.judgement.p,
        }
    return {
        "verdict": judged.judgement.verdict.value,
        "reasons": list(judged.judgement.reasons),
        "before": list(judged.before),
        "after": list(judged.after),
        "test": None if change is None else change.contrast.test,
        "changed": [] if change is None else [str(one) for one in change.changed],
        "conditions": {str(name): outcome for name, outcome in judged.judgement.checks},
        "guards": dict(judged.judgement.guards),
        **{name: None if number is None else repr(number) for name, number in numbers.items()},
    }


def places_of(store: Store, programme: str) -> Places:
    """The sites of a programme and its calendars, as its newest cycle has them.

    Raises:
        InvalidInput: The programme has no cycle.
    """
    cycles = [one for one in store.list_cycles(programme) if one.revisions and one.is_regular]
    if not cycles:
        raise InvalidInput(
            "SQA706",
            msg("programme '{programme}' has no collected cycle {period}", programme=programme, period=""),
            msg("run `sqaudit run {programme}` first", programme=programme),
        )
    newest = cycles[-1]
    number = newest.revisions[-1].number
    sites = store.read_sites(newest.programme, newest.period, number)
    built = build_programme(frozen_documents(store, newest, number))
    return Places(programme=built, sites={site.id: site for site in sites})


def _told(action: CorrectiveAction) -> dict[str, Any]:
    found: dict[str, Any] = to_builtins(action)
    told = {name: value for name, value in found.items() if name not in _UNTOLD}
    if told.get("plan"):  # hashed texts know no fractions: an event holds texts, whole numbers, truths, lists, mappings
        told["plan"]["effect"]["improve"] = repr(told["plan"]["effect"]["improve"])
    return told
