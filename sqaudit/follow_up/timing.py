"""What a move does to the deadlines of an action: steps that were done end them, others are set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import InvalidInput, msg
from sqaudit.follow_up.awaiting import awaited
from sqaudit.follow_up.deadlines import current, due_on, new_deadline, renewed_deadlines, verify_deadline
from sqaudit.model.action import ActionState, CorrectiveAction, Deadline, Move, Path
from sqaudit.model.calendar import Calendar
from sqaudit.model.follow_up import FollowUp

_ORDER = {step: place for place, step in enumerate(Move)}


class Clock(Struct, frozen=True, kw_only=True):
    """What the days of an action are counted by: the programme's rules, the site's calendar and zone, and now."""

    rules: FollowUp
    calendar: Calendar | None
    zone: str
    now: datetime


def after_move(
    before: CorrectiveAction, after: CorrectiveAction, deadlines: Sequence[Deadline], clock: Clock
) -> tuple[Deadline, ...]:
    """The deadlines of an action after a move from ``before`` to ``after``; all that there were stay, some ended."""
    if after.state.is_final:
        return _ended(deadlines, clock.now)
    if after.state is ActionState.REOPENED and before.state is not ActionState.REOPENED:
        kept = _ended(deadlines, clock.now)
        severity = after.severity
        return (
            *kept,
            *renewed_deadlines(after.id, kept, clock.now, severity, clock.rules, clock.calendar, clock.zone),
        )
    was, step = awaited(before), awaited(after)
    kept = _ended(deadlines, clock.now, was) if _is_done(was, step) else tuple(deadlines)
    check_on = _check_of(after)
    if step is Move.VERIFY and (was is not step or (check_on, after.checks) != (_check_of(before), before.checks)):
        kept = _ended(kept, clock.now, Move.VERIFY)
        made = verify_deadline(
            after.id,
            kept,
            clock.now,
            after.severity,
            clock.rules,
            clock.calendar,
            clock.zone,
            check_on=check_on,
        )
        return kept if made is None else (*kept, made)
    if step is not None and was is not step and current(kept, step) is None:
        return _armed_again(after, kept, step, clock)
    return kept


def put_off(action: CorrectiveAction, deadlines: Sequence[Deadline], until: date, clock: Clock) -> tuple[Deadline, ...]:
    """The deadlines with that of the current step moved to the end of a day.

    Raises:
        InvalidInput: Nothing is due, it is over already, or the day is no later than the one there is.
    """
    step = awaited(action)
    running = current(deadlines, step) if step is not None else None
    if running is None or step is None:
        raise InvalidInput(
            "SQA876",
            msg("nothing of action {id} is due, so that nothing can be put off", id=action.id),
            msg("`sqaudit actions show {id}` tells what it waits for", id=action.id),
        )
    if running.due < clock.now:
        raise InvalidInput(
            "SQA876",
            msg("the day is over: '{step}' was due at {due}", step=step, due=running.due.isoformat(timespec="minutes")),
            msg("ask for more time before it runs out; what is late stays late"),
        )
    due = due_on(until, clock.zone)
    if due <= running.due:
        raise InvalidInput(
            "SQA876",
            msg("{day} is no later than what is due already", day=until),
            msg("name a later day: --until DATE"),
        )
    kept = _ended(deadlines, clock.now, step)
    return (*kept, new_deadline(action.id, kept, step, due, clock.now, clock.calendar, clock.zone))


def _armed_again(
    action: CorrectiveAction, deadlines: tuple[Deadline, ...], step: Move, clock: Clock
) -> tuple[Deadline, ...]:
    """A step that was done and has to be done again is due when it was due the first time."""
    earlier = [one for one in deadlines if one.step is step]
    if not earlier:
        return deadlines
    due = max(earlier, key=lambda one: one.number).due
    return (*deadlines, new_deadline(action.id, deadlines, step, due, clock.now, clock.calendar, clock.zone))


def _ended(deadlines: Sequence[Deadline], now: datetime, step: Move | None = None) -> tuple[Deadline, ...]:
    """The deadlines with those of a step (``None``: all) ended, where they run."""
    return tuple(
        # A clock may have been set back since: nothing ends before it was set.
        replace(one, ended_at=max(now, one.set_at)) if one.ended_at is None and step in {None, one.step} else one
        for one in deadlines
    )


def _is_done(was: Move | None, step: Move | None) -> bool:
    """Whether what was waited for is over; a plan that is sent back does not end the time for carrying it out."""
    return was is not None and was is not step and (step is None or _ORDER[was] < _ORDER[step])


def _check_of(action: CorrectiveAction) -> date | None:
    """The day on which the effect is to be looked at, if one was declared."""
    if action.path is Path.FULL:
        return None if action.plan is None else action.plan.effect.check_on
    return None if action.verification is None else action.verification.check_on
