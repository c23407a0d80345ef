"""Questions to people at one site: which apply, by the answers before them, and what their answers are worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from sqaudit.expressions.conditions import Condition
from sqaudit.model.answer import Ask
from sqaudit.model.evidence import Observation
from sqaudit.model.ids import fold_id
from sqaudit.model.programme import Site
from sqaudit.model.score import ItemResult, Status
from sqaudit.scoring.answers import ANSWER_DOES_NOT_FIT, condition_value
from sqaudit.scoring.items import Question, skip_item
from sqaudit.scoring.recorded import recorded_answer
from sqaudit.workflow.judging.auditors import judge_answers
from sqaudit.workflow.judging.items import CONDITION_UNKNOWN, NOT_COLLECTED, why_not, without_value
from sqaudit.workflow.measurable import Measurable


class _Before(Struct):
    """The questions that have been judged so far: what conditions read of them, and their status."""

    values: dict[str, object] = field(default_factory=dict)
    statuses: dict[str, Status] = field(default_factory=dict)


class JudgedQuestions(Struct):
    """The results of questions by item, and beside them those of each auditor."""

    results: dict[str, ItemResult] = field(default_factory=dict)
    parts: list[ItemResult] = field(default_factory=list)


def judge_questions(
    measurable: Measurable,
    questions: Iterable[Question],
    site: Site,
    seen: Mapping[str, Sequence[Observation]],
    subject: str = "",
) -> JudgedQuestions:
    """The results of questions at a site, or about one subject there, by item.

    Each may depend on the answers to those before it. ``seen`` has what was observed, by item: an observation for each
    answer, or one without.
    """
    judged = JudgedQuestions()
    results = judged.results
    before = _Before()
    for question in questions:
        item, ask = question.item.id, question.item.ask
        if ask is None:
            continue
        skipped = _why_not_asked(measurable.applies.get(item), site, before)
        if skipped is None and item in seen:
            found = judge_answers(measurable, question, ask, seen[item])
            results[item] = found.result
            judged.parts += found.parts
            written = recorded_answer(ask.form, seen[item][0]) if found.answer is None else found.answer.value
            before.values |= _readable(ask, found.result, written)
        else:
            status, reason = skipped or (Status.NO_DATA, NOT_COLLECTED)
            nothing = without_value(measurable, question)
            results[item] = skip_item(question, site.id, status, nothing, reason, subject)
        before.statuses[fold_id(item)] = results[item].status
    return judged


def _readable(ask: Ask, result: ItemResult, written: str | None) -> dict[str, object]:
    """What conditions read of an answer, by the question's name; nothing where there is no answer to be used."""
    if written is None or result.reason == ANSWER_DOES_NOT_FIT:
        return {}
    return {fold_id(result.item): condition_value(ask.form, written)}


def _why_not_asked(condition: Condition | None, site: Site, before: _Before) -> tuple[Status, str] | None:
    """Why a question is not asked here. What depends on a question that does not apply does not apply either."""
    skipped = why_not(condition, site, before.values)
    if condition is None or skipped is None or skipped[0] is not Status.NO_DATA:
        return skipped
    unknown = {before.statuses[name] for name in condition.names & before.statuses.keys() - before.values.keys()}
    if Status.NOT_APPLICABLE in unknown:
        return Status.NOT_APPLICABLE, condition.text
    return (Status.UNANSWERED, CONDITION_UNKNOWN) if unknown else skipped
