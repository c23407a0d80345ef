"""Disputes of what auditors answered: opened within a window, decided by somebody who has no part in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import astuple

from sqaudit.errors import InvalidInput, msg
from sqaudit.forms.labels import NoAnswer, read_answer
from sqaudit.model.answer import AnswerChoice, AnswerKey, Evidence, GivenAnswer
from sqaudit.model.dispute import Decision, Dispute, DisputedAnswer, DisputeState, RestingResult, scores_of
from sqaudit.model.ids import short_id
from sqaudit.model.people import Several
from sqaudit.store.engine import Store
from sqaudit.workflow.answers import latest_choices, standing_answers
from sqaudit.workflow.auditors import differ, subject_named
from sqaudit.workflow.context import Context
from sqaudit.workflow.forms.asking import Asking, find_asking
from sqaudit.workflow.people import person_named
from sqaudit.workflow.rows import Row


def open_dispute(  # noqa: PLR0913 - what is disputed, by whom and why
    context: Context,
    programme: str,
    item: str,
    *,
    site: str,
    who: str,
    reason: str,
    subject: str = "",
    period: str | None = None,
    answer: str | None = None,
) -> Dispute:
    """Dispute the answer to a question, and propose another ``answer`` if there is one.

    Raises:
        InvalidInput: Nobody answered it, the window is over, it is disputed already or was, or its cycle is closed.
    """
    who, reason = person_named(context, who), _told(reason)
    asking = find_asking(context, programme)
    question = asking.question(item)
    label = asking.period(context, period).label
    now = context.settings.now
    with context.store() as store:
        answers = store.read_latest_answers(programme, label)
        subject = subject_named(subject, answers)
        given = _disputable(asking, answers, asking.site(site).id, item, subject)
        if asking.programme.team.several is Several.LEAD and differ(given):
            _see_that_chosen(given, store.read_choices(programme, label), item)
        proposed = None if answer is None else _read(asking, answer, item)
        if proposed is not None:
            _see_that_differs(proposed, given, item)
        key = AnswerKey(
            programme=programme, period=label, site=site, checklist=question.checklist.id, item=item, subject=subject
        )
        disputed = tuple(
            DisputedAnswer(auditor=one.key.auditor, version=one.version, given_by=one.given_by) for one in given
        )
        _see_that_in_time(asking, store.read_results_of(key), disputed, given, now)
        before = sum(one.key == key for one in store.list_disputes(programme))
        dispute = Dispute(
            id=short_id("d", *astuple(key), str(before)),  # of no name: one could be found out from it
            key=key,
            answers=disputed,
            opened_by=who,
            opened_at=now,
            reason=reason,
            proposed=proposed,
        )
        store.add_dispute(dispute)
    return dispute


def decide_dispute(  # noqa: PLR0913 - what is decided, by whom and why
    context: Context, identity: str, state: DisputeState, *, who: str, reason: str, answer: str | None = None
) -> Dispute:
    """Accept what was proposed, accept it in part (``answer`` says what), or reject the dispute.

    Raises:
        InvalidInput: There is no such dispute, it is decided already, ``who`` has part in it, or nothing would change.
    """
    who, reason = person_named(context, who), _told(reason)
    with context.store() as store:
        dispute = _find(store, identity)
        _see_that_independent(dispute, who)
        value = None if state is DisputeState.REJECTED else _decided_value(context, dispute, state, answer)
        now = context.settings.now
        decision = Decision(state=state, decided_by=who, decided_at=now, reason=reason, value=value)
        if value is None:
            return store.decide_dispute(identity, decision)
        disputed = _disputed_answers(store, dispute)
        if state is DisputeState.PARTLY:
            _see_that_differs(value, disputed, dispute.key.item)
        made = GivenAnswer(
            key=dispute.key,
            value=value,
            note=reason,
            evidence=_evidence(disputed),
            given_by=who,
            given_at=now,
            dispute=identity,
        )
        return store.decide_dispute(identity, decision, made)


def list_disputes(context: Context, *, programme: str | None = None, state: str | None = None) -> list[Row]:
    """Disputes with the scores before and after, as they were opened one after the other."""
    with context.store() as store:
        found = store.list_disputes(programme, state)
        results = store.read_disputed_results() if found else {}
    return [dispute_row(dispute, results.get(dispute.key, ())) for dispute in found]


def show_dispute(context: Context, identity: str) -> Row:
    """One dispute; raises ``InvalidInput`` if it is not there."""
    with context.store() as store:
        dispute = _find(store, identity)
        return dispute_row(dispute, store.read_results_of(dispute.key))


def dispute_row(dispute: Dispute, results: tuple[RestingResult, ...]) -> Row:
    """One dispute with the fields of its JSON; what is not known yet is ``None``."""
    key, decision = dispute.key, dispute.decision
    before, after = scores_of(dispute, results)
    return {
        "id": dispute.id,
        "programme": key.programme,
        "period": key.period,
        "site": key.site,
        "checklist": key.checklist,
        "item": key.item,
        "subject": key.subject or None,
        "state": dispute.state.value,
        "given_by": [one.given_by for one in dispute.answers],
        "opened_by": dispute.opened_by,
        "opened_at": dispute.opened_at.isoformat(timespec="seconds"),
        "reason": dispute.reason,
        "proposed": dispute.proposed,
        "decided_by": decision.decided_by if decision else None,
        "decided_at": decision.decided_at.isoformat(timespec="seconds") if decision else None,
        "decision_reason": decision.reason if decision else None,
        "decided": decision.value if decision else None,
        **_result_fields("before", before),
        **_result_fields("after", after),
    }


def _result_fields(when: str, result: RestingResult | None) -> Row:
    score = result.score if result is not None else None
    return {
        f"revision_{when}": result.revision if result else None,
        f"status_{when}": result.status.value if result else None,
        f"value_{when}": result.value if result else None,
        f"score_{when}": None if score is None else float(score),
    }


def _find(store: Store, identity: str) -> Dispute:
    found = store.find_dispute(identity)
    if found is None:
        raise InvalidInput(
            "SQA707", msg("no dispute is called '{id}'", id=identity), msg("`sqaudit disputes` lists them")
        )
    return found


def _told(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("SQA867", msg("no reason is given"), msg("say why: --reason 'TEXT'"))
    return reason.strip()


def _disputable(
    asking: Asking, answers: Sequence[GivenAnswer], site: str, item: str, subject: str
) -> tuple[GivenAnswer, ...]:
    """The answers that the item's result rests on: what an earlier dispute decided, else what auditors answered."""
    given = standing_answers(answers, several=asking.has_several).get((site, item, subject), ())
    if not given:
        raise InvalidInput(
            "SQA861",
            msg("nobody has answered '{item}' at '{site}'", item=item, site=site),
            msg("`sqaudit answers list {programme}` shows what was answered", programme=asking.programme.id),
        )
    decided = tuple(one for one in given if one.dispute is not None)
    return decided or given


def _see_that_chosen(given: Sequence[GivenAnswer], choices: Sequence[AnswerChoice], item: str) -> None:
    if not {(one.key, one.version) for one in given} & {(one.key, one.version) for one in latest_choices(choices)}:
        raise InvalidInput(
            "SQA861",
            msg("auditors answered '{item}' differently, and nobody has chosen", item=item),
            msg("the lead chooses first: `sqaudit answers choose`"),
        )


def _read(asking: Asking, text: str, item: str) -> str:
    """An answer as it is kept."""
    ask = asking.question(item).item.ask
    try:
        value = read_answer(asking.measurable.answers[item], text)
    except NoAnswer as wrong:
        raise InvalidInput(
            "SQA805", msg("'{text}' is no answer to '{item}'", text=text, item=item), wrong.hint
        ) from wrong
    return (ask.mask_answer(value) if ask is not None else None) or value


def _see_that_differs(value: str, given: Sequence[GivenAnswer], item: str) -> None:
    if {one.value for one in given} == {value}:
        raise InvalidInput(
            "SQA866",
            msg("'{value}' is what was answered to '{item}'", value=value, item=item),
            msg("name another answer, or reject the dispute"),
        )


def _see_that_in_time(
    asking: Asking,
    results: Sequence[RestingResult],
    disputed: Sequence[DisputedAnswer],
    given: Sequence[GivenAnswer],
    now: datetime,
) -> None:
    """The window opens when a revision is first scored with these answers; until then, when they were given."""
    wanted = {(one.auditor, one.version) for one in disputed}
    scored = [one.recorded_at for one in results if wanted <= one.answers]
    end = min(scored, default=max(one.given_at for one in given)) + asking.programme.dispute_window
    if now > end:
        raise InvalidInput(
            "SQA862",
            msg("the window for disputes ended at {end}", end=end.isoformat(timespec="seconds")),
            msg("the programme sets it: 'disputes: {{window: P7D}}'"),
        )


def _see_that_independent(dispute: Dispute, who: str) -> None:
    if who == dispute.opened_by:
        message = msg("'{name}' opened the dispute and cannot decide it", name=who)
    elif who in {one.given_by for one in dispute.answers}:
        message = msg("'{name}' gave the answer and cannot decide on it", name=who)
    else:
        return
    raise InvalidInput("SQA865", message, msg("let somebody decide who has no part in it"))


def _decided_value(context: Context, dispute: Dispute, state: DisputeState, answer: str | None) -> str:
    if state is DisputeState.PARTLY and answer is not None:
        asking = find_asking(context, dispute.key.programme)
        asking.question(dispute.key.item)
        return _read(asking, answer, dispute.key.item)
    if dispute.proposed is None:
        raise InvalidInput(
            "SQA866",
            msg("dispute {id} proposes no answer that could be accepted", id=dispute.id),
            msg("say which answer shall stand: --partly VALUE"),
        )
    return dispute.proposed


def _disputed_answers(store: Store, dispute: Dispute) -> list[GivenAnswer]:
    disputed = {(one.auditor, one.version) for one in dispute.answers}
    key = dispute.key
    asked = (key.site, key.checklist, key.item, key.subject)
    return [
        one
        for one in store.read_answers(key.programme, key.period)
        if (one.key.site, one.key.checklist, one.key.item, one.key.subject) == asked
        and (one.key.auditor, one.version) in disputed
    ]


def _evidence(disputed: Sequence[GivenAnswer]) -> tuple[Evidence, ...]:
    """Everything that stands beside the disputed answers, each file once: it speaks of the decided one too."""
    return tuple({one.sha256: one for answer in disputed for one in answer.evidence}.values())
