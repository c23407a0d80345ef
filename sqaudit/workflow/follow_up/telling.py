"""Actions and verdicts in words."""

from __future__ import annotations

from collections.abc import Iterator

from sqaudit.errors import Message, msg
from sqaudit.follow_up.effectiveness import Condition
from sqaudit.locale.words import WORDS
from sqaudit.model.action import CauseCode, CorrectiveAction
from sqaudit.model.language import Language
from sqaudit.model.risk import Risk
from sqaudit.reports.numbers import show_difference, show_probability, show_value
from sqaudit.reports.reasons import show_reason
from sqaudit.statistics.contrasts import Contrast
from sqaudit.workflow.comparing.changes import Change
from sqaudit.workflow.follow_up.effect import Judged

_CONDITIONS = {
    Condition.DIRECTION: msg("the change goes the right way"),
    Condition.CHANCE: msg("it is more than chance"),
    Condition.SIZE: msg("it is as large as was asked for"),
    Condition.TARGET: msg("the target is met"),
    Condition.RECURRENCE: msg("the finding did not come back"),
    Condition.GUARDS: msg("nothing else became worse"),
}
_CODES = {
    CauseCode.PEOPLE: msg("people"),
    CauseCode.PROCESS: msg("process"),
    CauseCode.POLICY: msg("policy"),
    CauseCode.PLACE: msg("place and equipment"),
    CauseCode.INFORMATION: msg("information"),
    CauseCode.ENVIRONMENT: msg("environment"),
    CauseCode.CUSTOMER: msg("customer"),
    CauseCode.SUPPLIER: msg("supplier"),
}
_OUTCOMES = {True: msg("yes"), False: msg("no"), None: msg("not known")}


def tell_judged(judged: Judged, language: Language) -> Iterator[Message]:
    """What a verdict rests on: periods, values, test and conditions."""
    if judged.before or judged.after:
        yield msg(
            "before: {before}; after: {after}",
            before=", ".join(judged.before) or "-",
            after=", ".join(judged.after) or "-",
        )
    change = judged.change
    if change is not None:
        yield msg(
            "{item}: {before} (n {n_before}) → {after} (n {n_after})",
            item=change.id,
            before=show_value(change.before, change.unit),
            n_before=change.n_before if change.n_before is not None else "-",
            after=show_value(change.after, change.unit),
            n_after=change.n_after if change.n_after is not None else "-",
        )
        yield from _tell_difference(change, change.difference, change.contrast)
        if judged.control is not None:
            yield msg("beyond the sites at which nothing was done:")
            beyond = change.in_its_unit(judged.control.difference)
            yield from _tell_difference(change, beyond, judged.control.contrast)
        yield from _tell_what_is_allowed_for(judged)
        yield from (msg("changed: {change}", change=one) for one in change.changed)
    for condition, outcome in judged.judgement.checks:
        yield msg("{condition}: {outcome}", condition=_CONDITIONS[condition], outcome=_OUTCOMES[outcome])
    if judged.judgement.reasons:
        reasons = [show_reason(reason, language) or reason for reason in judged.judgement.reasons]
        yield msg("because: {reasons}", reasons="; ".join(reasons))


def _tell_difference(change: Change, difference: float | None, contrast: Contrast) -> Iterator[Message]:
    low, high = (change.in_its_unit(one) for one in (contrast.low, contrast.high))
    if difference is not None and low is not None and high is not None:
        yield msg(
            "difference {difference}, 95% interval {low} to {high}, p {p}",
            difference=show_difference(difference, change.difference_unit),
            low=show_difference(low, change.difference_unit),
            high=show_difference(high, change.difference_unit),
            p=show_probability(contrast.p),
        )
    if contrast.p_ranks is not None:
        yield msg("by the order of the answers alone (Mann-Whitney), p {p}", p=show_probability(contrast.p_ranks))


def _tell_what_is_allowed_for(judged: Judged) -> Iterator[Message]:
    """Why the probability that counts is not that of the test, and what it is."""
    if judged.judgement.p is None or (judged.ways == 1 and not judged.others):
        return
    if judged.ways > 1:
        yield msg("the value before is one by which it was picked")
    if judged.others:
        yield msg("more actions judged on the same cycles: {count}", count=judged.others)
    yield msg("p {p} when that is allowed for", p=show_probability(judged.judgement.p))


def _tell_risk(risk: Risk | None) -> Iterator[Message]:
    if risk is None:
        return
    named = {"severity": risk.severity, "occurrence": risk.occurrence}
    if risk.level is not None:
        yield msg("{level}: severity {severity}, occurrence {occurrence}, of 5", level=WORDS[risk.level], **named)
    else:
        yield msg(
            "risk priority number: {rpn} of 1000 (severity {severity}, occurrence {occurrence}, detection {detection}, "
            "of 10), an order and no measure",
            rpn=risk.rpn,
            detection=risk.detection,
            **named,
        )


def tell_action(action: CorrectiveAction) -> Iterator[Message]:
    """What people said of an action, step by step."""
    contained, analysis, plan = action.containment, action.analysis, action.plan
    if contained is not None:
        if contained.not_needed is not None:
            yield msg("no correction was needed: {reason}", reason=contained.not_needed)
        else:
            yield msg(
                "corrected on {day} by {who}: {text}", day=contained.on, who=contained.by, text=contained.correction
            )
            yield msg("contained: {text}", text=contained.containment)
            yield msg("consequences: {text}", text=contained.consequences)
    if analysis is not None:
        for number, why in enumerate(analysis.whys, 1):
            yield msg("why {number}: {cause} ({evidence})", number=number, cause=why.cause, evidence=why.evidence)
        yield msg("root cause ({code}): {cause}", code=_CODES[analysis.code], cause=analysis.cause)
        yield msg("where else: {text}", text=analysis.extent)
        yield msg("why it went unnoticed: {text}", text=analysis.escape)
        yield from _tell_risk(analysis.risk)
    if plan is not None:
        for number, step in enumerate(plan.steps, 1):
            yield msg(
                "step {number}: {text} ({owner}, due {due}, done {done})",
                number=number,
                text=step.text,
                owner=step.owner,
                due=step.due,
                done=step.done_on or "-",
            )
        effect = plan.effect
        yield msg(
            "to be seen by {item}: {target}, better by {improve} at least than {baseline}, looked at from {day} on",
            item=effect.indicator,
            target=effect.target,
            improve=effect.improve,
            baseline=effect.baseline,
            day=effect.check_on,
        )
        if effect.guards:
            yield msg("must not become worse: {items}", items=", ".join(effect.guards))
    if action.lessons is not None:
        yield msg("learnt: {text}", text=action.lessons)
