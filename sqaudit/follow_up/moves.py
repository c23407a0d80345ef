"""What each move makes of an action: pure functions over what somebody said, which refuse what is not enough."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.follow_up.causes import see_that_explains
from sqaudit.locale.words import WORDS
from sqaudit.model.action import (
    ActionState,
    Analysis,
    CauseCode,
    CauseMethod,
    Containment,
    CorrectiveAction,
    EffectCriterion,
    Move,
    Path,
    Plan,
    PlanStep,
    Verdict,
    Verification,
    Why,
)
from sqaudit.model.risk import Risk, read_risk
from sqaudit.model.target import read_target

# A chain of one link explains nothing.
FEWEST_WHYS = 2
# How often a check that could not be judged may be put off.
MOST_CHECKS = 2


class Said(Struct, frozen=True, kw_only=True):
    """Who makes a move, when, and what was said: texts, days, numbers and tuples of them, by the names of options."""

    who: str
    now: datetime
    today: date
    given: Mapping[str, object]

    def text(self, name: str) -> str:
        """A text that was given, without blanks around it; empty if it was not."""
        value = self.given.get(name)
        return value.strip() if isinstance(value, str) else ""

    def day(self, name: str) -> date | None:
        """A day that was given."""
        value = self.given.get(name)
        return value if isinstance(value, date) else None

    def rows(self, name: str) -> Sequence[tuple[Any, ...]]:
        """Repeated options of several values."""
        value = self.given.get(name)
        return value if isinstance(value, tuple) else ()

    def texts(self, name: str) -> tuple[str, ...]:
        """A repeated option."""
        value = self.given.get(name)
        return tuple(str(one) for one in value) if isinstance(value, tuple) else ()

    def past_day(self, name: str) -> date:
        """A day that was given (default: today).

        Raises:
            InvalidInput: It has not come yet.
        """
        found = self.day(name) or self.today
        if found > self.today:
            raise InvalidInput(
                "SQA876",
                msg("'{option}' is a day that has not come yet: {day}", option=_option(name), day=found),
                msg("say what is done on the day it is done"),
            )
        return found

    def coming_day(self, name: str) -> date:
        """A day that was given.

        Raises:
            InvalidInput: It is over.
        """
        found = self.day(name) or self.today
        if found < self.today:
            raise InvalidInput(
                "SQA876",
                msg("'{option}' is a day that is over: {day}", option=_option(name), day=found),
                msg("name a day that is still to come"),
            )
        return found

    def require(self, move: Move, *names: str) -> None:
        """Refuse a move that leaves things out, naming all of them.

        Raises:
            InvalidInput: Something is missing.
        """
        missing = [name for name in names if not self._has(name)]
        if missing:
            raise InvalidInput(
                "SQA873",
                msg("'{move}' needs {missing}", move=move, missing=", ".join(_option(name) for name in missing)),
                msg("`sqaudit actions {move} --help` says what each of them is", move=move),
            )

    def _has(self, name: str) -> bool:
        value = self.given.get(name)
        return value != () and _is_said(value)


def _is_said(value: object) -> bool:
    """Whether there is something in a value, and in every part of one that has parts."""
    if isinstance(value, tuple):
        return all(map(_is_said, value))
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def contain(action: CorrectiveAction, said: Said) -> CorrectiveAction:
    """Record what was done at once; of a correction alone, this is what the next cycles have to prove."""
    on = said.past_day("on")
    if said.text("not_needed"):
        made = Containment(by=said.who, on=on, not_needed=said.text("not_needed"))
    else:
        said.require(Move.CONTAIN, "correction", "containment", "consequences")
        made = Containment(
            by=said.who,
            on=on,
            correction=said.text("correction"),
            containment=said.text("containment"),
            consequences=said.text("consequences"),
        )
    implemented_on = on if action.path is Path.CORRECT else action.implemented_on
    return replace(action, state=ActionState.CONTAINED, containment=made, implemented_on=implemented_on)


def analyse(action: CorrectiveAction, said: Said, former_causes: Sequence[str] = ()) -> CorrectiveAction:
    """Record why it happened; a cause that was found before did not hold, so that another is asked for."""
    said.require(Move.ANALYSE, "method", "cause", "code", "extent", "escape")
    method, cause = CauseMethod(said.text("method")), said.text("cause")
    whys = tuple(Why(cause=why.strip(), evidence=evidence.strip()) for why, evidence in said.rows("why"))
    if method is CauseMethod.FIVE_WHYS and len(whys) < FEWEST_WHYS:
        raise InvalidInput(
            "SQA873",
            msg("five whys are a chain of at least {count} causes, each with its evidence", count=FEWEST_WHYS),
            msg("give them one after the other: --why CAUSE EVIDENCE --why CAUSE EVIDENCE"),
        )
    if any(not why.cause or not why.evidence for why in whys):
        raise InvalidInput(
            "SQA873", msg("a why is a cause and what shows that it is so"), msg("write: --why CAUSE EVIDENCE")
        )
    see_that_explains(cause)
    if whys:
        see_that_explains(whys[-1].cause)
    known = {one.casefold() for one in former_causes}
    if cause.casefold() in known:
        raise InvalidInput(
            "SQA875",
            msg("this cause was found before, and what was done about it did not hold"),
            msg("look further: what did the first analysis not see?"),
        )
    made = Analysis(
        by=said.who,
        method=method,
        cause=cause,
        code=CauseCode(said.text("code")),
        extent=said.text("extent"),
        escape=said.text("escape"),
        whys=whys,
        risk=_risk(said),
    )
    # A correction that did not hold is not corrected once more: from here on the cause is treated.
    return replace(action, state=ActionState.ANALYSED, analysis=made, path=Path.FULL)


def _risk(said: Said) -> Risk | None:
    text = said.text("risk")
    found = read_risk(text)
    if text and found is None:
        raise InvalidInput(
            "SQA876",
            msg("'{value}' is no risk", value=text),
            msg(
                "write severity and occurrence from 1 to 5 (4,3), or severity, occurrence and detection from 1 to 10 "
                "(7,8,5)"
            ),
        )
    return found


def plan(action: CorrectiveAction, said: Said) -> CorrectiveAction:
    """Record what will be done, and beforehand how data will show whether it worked."""
    said.require(Move.PLAN, "step", "indicator", "baseline", "target", "improve", "check")
    steps = tuple(PlanStep(text=text.strip(), owner=owner, due=due) for text, owner, due in said.rows("step"))
    target = said.text("target")
    if read_target(target) is None:
        raise InvalidInput(
            "SQA876",
            msg("'{value}' is no target", value=target),
            msg("write a comparison and a number or duration: '>= 0.95', '<= PT24H'"),
        )
    improve = said.given["improve"]
    assert isinstance(improve, int | float)  # noqa: S101 - the option reads numbers only
    check_on = said.day("check")
    assert check_on is not None  # noqa: S101 - required above
    if not 0 <= improve < math.inf:
        raise InvalidInput(
            "SQA876",
            msg("the least improvement is a size, not {value}", value=improve),
            msg("write it in the indicator's own unit, 0.05 for five percentage points; the target says which way"),
        )
    effect = EffectCriterion(
        indicator=said.text("indicator"),
        baseline=said.text("baseline"),
        target=target,
        improve=float(improve),
        check_on=check_on,
        guards=said.texts("guard"),
        controls=said.texts("control"),
    )
    made = Plan(by=said.who, steps=steps, effect=effect, resources=said.text("resources") or None)
    return replace(action, state=ActionState.PLANNED, plan=made, approved_by=None)


def approve(action: CorrectiveAction, said: Said) -> CorrectiveAction:
    """Record that a plan may be carried out."""
    return replace(action, state=ActionState.APPROVED, approved_by=said.who)


def reject(action: CorrectiveAction, said: Said) -> CorrectiveAction:
    """Send a plan back."""
    said.require(Move.REJECT, "comment")
    return replace(action, state=ActionState.ANALYSED)


def implement(action: CorrectiveAction, said: Said) -> CorrectiveAction:
    """Record that one step was carried out; with the last one the action is implemented."""
    said.require(Move.IMPLEMENT, "step", "evidence")
    assert action.plan is not None  # noqa: S101 - only planned actions are approved
    number, steps = said.given["step"], list(action.plan.steps)
    assert isinstance(number, int)  # noqa: S101 - the option reads whole numbers only
    if not 1 <= number <= len(steps):
        raise InvalidInput(
            "SQA876",
            msg("the plan has no step {number}", number=number),
            msg("it has {count}; `sqaudit actions show {id}` lists them", count=len(steps), id=action.id),
        )
    step = steps[number - 1]
    if said.who not in {step.owner, action.owner}:
        raise InvalidInput(
            "SQA874",
            msg("step {number} belongs to '{owner}'", number=number, owner=step.owner),
            msg("let its owner, or that of the action, say that it is done"),
        )
    if step.done_on is not None:
        raise InvalidInput(
            "SQA876",
            msg("step {number} was carried out on {day}", number=number, day=step.done_on),
            msg("say more about it with `sqaudit actions comment`"),
        )
    steps[number - 1] = replace(step, done_on=said.past_day("on"), done_by=said.who, evidence=said.text("evidence"))
    changed = "; ".join(one for one in (action.changed, said.text("changed")) if one)
    carried_out = replace(action.plan, steps=tuple(steps))
    after = replace(action, plan=carried_out, changed=changed or None)
    if carried_out.carried_out_on is None:
        return after
    return replace(after, state=ActionState.IMPLEMENTED, implemented_on=carried_out.carried_out_on)


def begin_verifying(action: CorrectiveAction, said: Said) -> CorrectiveAction:
    """Record that the evidence of what was done was looked at, and is there."""
    said.require(Move.VERIFY, "evidence")
    seen = Verification(evidence=said.text("evidence"), checked_by=said.who)
    return replace(action, state=ActionState.VERIFYING, verification=seen)


def judge(action: CorrectiveAction, said: Said, verdict: Verdict, reasons: tuple[str, ...]) -> CorrectiveAction:
    """Record what the data say: *not effective* reopens, *inconclusive* asks for a new day, at most twice."""
    assert action.verification is not None  # noqa: S101 - it is being verified
    judged = replace(action.verification, checked_by=said.who, verdict=verdict, reasons=reasons, judged_at=said.now)
    after = replace(action, verification=judged)
    if verdict is Verdict.NOT_EFFECTIVE:
        return reopened(after)
    if verdict is Verdict.EFFECTIVE or action.checks >= MOST_CHECKS:
        return after
    if said.day("check") is None:
        raise InvalidInput(
            "SQA877",
            msg("the data do not show it yet: {told}", told=_joined(verdict, reasons)),
            msg("name the day on which to look again: --check DATE"),
        )
    return with_check(replace(after, checks=action.checks + 1), said.coming_day("check"))


def _joined(verdict: Verdict, reasons: Sequence[str]) -> Message:
    joined = WORDS[verdict]
    for reason in reasons:
        joined = msg("{first}; {second}", first=joined, second=WORDS.get(reason, Message(reason, {})))
    return joined


def with_check(action: CorrectiveAction, day: date) -> CorrectiveAction:
    """The action with another day from which its effect can be judged: a correction alone has no plan to say it."""
    if action.path is Path.FULL and action.plan is not None:
        return replace(action, plan=replace(action.plan, effect=replace(action.plan.effect, check_on=day)))
    assert action.verification is not None  # noqa: S101 - it is being verified
    return replace(action, verification=replace(action.verification, check_on=day))


def close(action: CorrectiveAction, said: Said) -> CorrectiveAction:
    """Close what the data proved, once it is said what was learnt."""
    if action.verdict is not Verdict.EFFECTIVE:
        raise InvalidInput(
            "SQA877",
            msg("action {id} is not proven: {verdict}", id=action.id, verdict=_verdict_word(action)),
            msg("only data close it: `sqaudit actions verify {id}` judges them", id=action.id),
        )
    said.require(Move.CLOSE, "lessons", "updates")
    lessons = "; ".join((said.text("lessons"), said.text("updates")))
    return replace(action, state=ActionState.CLOSED, lessons=lessons, closed_at=said.now)


def _verdict_word(action: CorrectiveAction) -> Message:
    return msg("not judged yet") if action.verdict is None else WORDS[action.verdict]


def reopen(action: CorrectiveAction, said: Said) -> CorrectiveAction:
    """Take an action up again that did not hold."""
    said.require(Move.REOPEN, "reason")
    return reopened(action)


def reopened(action: CorrectiveAction) -> CorrectiveAction:
    """As it stands when everything from the cause on has to be done again; the log keeps what was said before."""
    return replace(
        action,
        state=ActionState.REOPENED,
        closed_at=None,
        implemented_on=None,
        approved_by=None,
        reopenings=action.reopenings + 1,
        checks=0,
    )


def cancel(action: CorrectiveAction, said: Said) -> CorrectiveAction:
    """End an action that there is no reason for."""
    said.require(Move.CANCEL, "reason")
    return replace(action, state=ActionState.CANCELLED, closed_at=said.now)


def comment(action: CorrectiveAction, said: Said) -> CorrectiveAction:
    """Say something about an action; the log keeps it."""
    said.require(Move.COMMENT, "text")
    return action
