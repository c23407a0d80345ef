"""The answers of several auditors: who said what, and which of them the lead chooses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.answer import AnswerChoice, GivenAnswer
from sqaudit.model.people import Several
from sqaudit.model.programme import Programme
from sqaudit.reports.labels import show_label
from sqaudit.workflow.answers import AskedOf, latest_choices, standing_answers
from sqaudit.workflow.context import Context
from sqaudit.workflow.forms.asking import Asking, find_asking
from sqaudit.workflow.people import person_named
from sqaudit.workflow.rows import Row


def list_answers(
    context: Context, programme: str, *, period: str | None = None, site: str | None = None, differing: bool = False
) -> list[Row]:
    """The answers that count in a cycle, by site and item; ``differing``: only those that auditors do not agree on.

    Raises:
        InvalidInput: There is no such programme, period or site, or nothing is asked of people.
    """
    asking = find_asking(context, programme)
    label = asking.period(context, period).label
    wanted = None if site is None else asking.site(site).id
    with context.store() as store:
        answers = store.read_latest_answers(programme, label)
        chosen = {one.key: one.version for one in latest_choices(store.read_choices(programme, label))}
    found = standing_answers(answers, several=asking.has_several)
    return [
        _answer_row(answer, is_chosen=chosen.get(answer.key) == answer.version)
        for place, given in sorted(found.items())
        if wanted in {None, place[0]} and (not differing or differ(given))
        for answer in given
    ]


def choose_answer(  # noqa: PLR0913 - which answer it is, and who says so
    context: Context,
    programme: str,
    item: str,
    *,
    auditor: str,
    who: str,
    site: str | None = None,
    subject: str = "",
    period: str | None = None,
    reason: str | None = None,
) -> GivenAnswer:
    """Let one auditor's answer be the item's; returns that answer.

    Raises:
        InvalidInput: ``who`` does not lead the team, or there is nothing to choose between.
    """
    who = person_named(context, who)
    asking = find_asking(context, programme)
    _see_that_leads(asking.programme, who)
    asking.question(item)
    label, where = asking.period(context, period).label, _site(asking, site)
    with context.store() as store:
        answers = store.read_latest_answers(programme, label)
        place = (where, item, subject_named(subject, answers))
        given = standing_answers(answers, several=True).get(place, ())
        chosen = _answer_of(auditor, given, place)
        store.add_choice(
            AnswerChoice(
                key=chosen.key,
                version=chosen.version,
                chosen_by=who,
                chosen_at=context.settings.now,
                reason=reason or None,
            )
        )
    return chosen


def subject_named(text: str, answers: Iterable[GivenAnswer]) -> str:
    """The subject that is meant by its id, or as people see it."""
    known = {one.key.subject for one in answers}
    return text if text in known else next((one for one in sorted(known) if one and show_label(one) == text), text)


def differ(given: Sequence[GivenAnswer]) -> bool:
    """Whether auditors do not agree, and no dispute has decided."""
    return len({one.value for one in given}) > 1 and not any(one.dispute for one in given)


def _see_that_leads(programme: Programme, who: str) -> None:
    if programme.team.several is not Several.LEAD:
        raise InvalidInput(
            "SQA844",
            msg("in programme '{programme}' nobody chooses between answers", programme=programme.id),
            msg("write 'several: lead' under 'team:' if the lead shall choose"),
        )
    if who != programme.team.lead:
        raise InvalidInput(
            "SQA843",
            msg("'{name}' does not lead the team of '{programme}'", name=who, programme=programme.id),
            msg("only {lead} chooses between answers", lead=programme.team.lead),
        )


def _site(asking: Asking, site: str | None) -> str:
    if site is not None:
        return asking.site(site).id
    if len(asking.sites) > 1:
        raise InvalidInput(
            "SQA704",
            msg("it is not said at which site"),
            msg("write --site; the programme's sites are {sites}", sites=", ".join(sorted(asking.sites)[:20])),
        )
    return next(iter(asking.sites))


def _answer_of(auditor: str, given: Sequence[GivenAnswer], place: AskedOf) -> GivenAnswer:
    by_auditor = {one.auditor: one for one in given}
    site, item, _ = place
    if auditor not in by_auditor:
        message = msg("'{name}' has not answered '{item}' at '{site}'", name=auditor, item=item, site=site)
        raise InvalidInput("SQA844", message, did_you_mean(auditor, by_auditor))
    decided = next((one.dispute for one in given if one.dispute is not None), None)
    if decided is not None:
        raise InvalidInput(
            "SQA844",
            msg("the answer to '{item}' was decided by the dispute {id}", item=item, id=decided),
            msg("see `sqaudit disputes show {id}`", id=decided),
        )
    if not differ(given):
        raise InvalidInput(
            "SQA844",
            msg("there is nothing to choose for '{item}' at '{site}': nobody differs", item=item, site=site),
            msg("`sqaudit answers list PROGRAMME --differing` shows where auditors differ"),
        )
    return by_auditor[auditor]


def _answer_row(answer: GivenAnswer, *, is_chosen: bool) -> Row:
    key = answer.key
    return {
        "programme": key.programme,
        "period": key.period,
        "site": key.site,
        "checklist": key.checklist,
        "item": key.item,
        "subject": key.subject or None,
        "auditor": None if answer.dispute else answer.auditor,
        "version": answer.version,
        "answer": answer.value,
        "not_applicable": answer.not_applicable,
        "note": answer.note,
        "evidence": [one.name for one in answer.evidence],
        "given_by": answer.given_by,
        "given_at": answer.given_at.isoformat(timespec="seconds"),
        "chosen": is_chosen,
        "dispute": answer.dispute,
    }
