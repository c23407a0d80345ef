"""All items of one site: measured ones, those of subjects, and derived ones after the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct, field

from sqaudit.model.programme import Site
from sqaudit.model.score import ItemResult, Score, Status
from sqaudit.scoring.items import Question, skip_item
from sqaudit.workflow.judging.answers import judge_questions
from sqaudit.workflow.judging.derived import judge_derived
from sqaudit.workflow.judging.groups import judge_groups
from sqaudit.workflow.judging.items import (
    NOT_COLLECTED,
    NOT_REPEATED,
    SITE_NOT_SELECTED,
    judge_item,
    why_not,
    without_value,
)
from sqaudit.workflow.judging.seen import Seen
from sqaudit.workflow.judging.subjects import Panel, judge_subjects, without_numbers
from sqaudit.workflow.judging.summaries import NO_SUBJECTS
from sqaudit.workflow.measurable import Measurable


class JudgedSite(Struct):
    """One result per item, in order; beside them those of subjects, groups and auditors, and the scores of subjects."""

    results: list[ItemResult] = field(default_factory=list)
    parts: list[ItemResult] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)


def judge_site(
    measurable: Measurable, panels: Sequence[Panel], site: Site, seen: Seen, looked_at: Collection[str]
) -> JudgedSite:
    """Judge everything at one site; ``looked_at`` are the items that were looked at there."""
    judged = JudgedSite()
    of_subjects = {question.item.id for panel in panels for question in panel.questions}
    at_site = [one for one in measurable.questions if one.item.id in looked_at and one.item.id not in of_subjects]
    asked = judge_questions(measurable, at_site, site, seen.answers())
    known = asked.results
    judged.parts += asked.parts
    later: dict[str, Question] = {}
    in_subjects: set[str] = set()
    unseen = NOT_REPEATED if looked_at else SITE_NOT_SELECTED
    for question in [one for one in measurable.questions if one.item.id not in known]:
        item = question.item.id
        # Whether a question about subjects applies is asked of each subject: it may read the answers before it.
        is_asked = question.item.ask is not None and item not in measurable.ruled_out
        condition = None if is_asked else measurable.applies.get(item)
        skipped = why_not(condition, site) if item in looked_at else (Status.NOT_SELECTED, unseen)
        if skipped is not None:
            known[item] = skip_item(question, site.id, skipped[0], without_value(measurable, question), skipped[1])
        elif item in measurable.derived:
            later[item] = question
        elif item in of_subjects and (question.item.ask is not None or not _is_failed(seen, item)):
            in_subjects.add(item)
        else:
            known[item] = judge_item(measurable, question, site, seen.whole)
            if item in seen.groups:
                judged.parts += judge_groups(measurable, question, site, seen.groups[item])
    for panel in panels:
        questions = [question for question in panel.questions if question.item.id in in_subjects]
        unasked = [one for one in questions if one.item.ask is not None and not seen.subjects.get(one.item.id)]
        known |= {question.item.id: _unseen(measurable, question, site, seen) for question in unasked}
        questions = [question for question in questions if question not in unasked]
        if any(seen.subjects.get(question.item.id) for question in questions):
            subjects = judge_subjects(measurable, panel, questions, site, seen.subjects)
            judged.parts += subjects.results
            judged.scores += subjects.scores
            known |= subjects.site
        else:
            known |= {question.item.id: _unseen(measurable, question, site, seen) for question in questions}
        known |= without_numbers(panel, known)
    for item in measurable.derived:
        if item in later:
            known[item] = judge_derived(measurable, later[item], site.id, known)
    judged.results = [known[question.item.id] for question in measurable.questions]
    return judged


def _is_failed(seen: Seen, item: str) -> bool:
    whole = seen.whole.get(item)
    return whole is not None and whole.failed


def _unseen(measurable: Measurable, question: Question, site: Site, seen: Seen) -> ItemResult:
    """An item that is looked at in subjects, at a site where there are none, or where they are not known."""
    whole = seen.whole.get(question.item.id)
    reason = NOT_COLLECTED if whole is None else whole.reason or NO_SUBJECTS
    status = Status.ERROR if _is_failed(seen, question.item.id) else Status.NO_DATA
    return skip_item(question, site.id, status, without_value(measurable, question), reason)
