"""Which of a cycle's observations still say what another version of its items asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.evidence import Observation
from sqaudit.model.standard import Column
from sqaudit.scoring.items import Question
from sqaudit.workflow.levels import is_alike
from sqaudit.workflow.measurable import Measurable


class Carried(Struct, frozen=True, kw_only=True):
    """The observations that hold for the new items, and the items that nothing was collected of then."""

    observations: tuple[Observation, ...]
    missing: tuple[str, ...]


def carry_over(before: Measurable, after: Measurable, observations: Sequence[Observation]) -> Carried:
    """Take over what was observed of every item whose measure or question is the same in both.

    ``before`` and the observations are under the ids of ``after``. Answers of people are taken over whatever may be
    answered now; one that does not fit is told as such where it is judged.
    """
    old = {question.item.id: question for question in before.questions}
    kept: dict[str, Question] = {}
    for question in after.questions:
        item = question.item.id
        if item in old and _is_observed_alike(before, after, old[item], question):
            kept[item] = question
    by = {item for item in kept if old[item].item.by == kept[item].item.by}
    return Carried(
        observations=tuple(_carried(observations, kept, by)),
        missing=tuple(
            one.item.id for one in after.questions if one.item.id not in kept and one.item.id not in after.derived
        ),
    )


def _carried(observations: Sequence[Observation], kept: dict[str, Question], by: set[str]) -> Iterator[Observation]:
    for one in observations:
        if one.item in kept and (not one.group or one.item in by):
            yield replace(one, checklist=kept[one.item].checklist.id)


def _is_observed_alike(before: Measurable, after: Measurable, old: Question, new: Question) -> bool:
    item = new.item.id
    if new.item.ask is not None and old.item.ask is not None:
        if old.checklist.subject != new.checklist.subject:
            return False
        by_records = old.checklist.answers is not None, new.checklist.answers is not None
        # What records say was read as a number of this very form; what people say is kept as they said it.
        return by_records == (False, False) or (all(by_records) and old.item.ask.form == new.item.ask.form)
    was, request = before.asked.get(item), after.asked.get(item)
    if was is None or request is None or old.item.dataset != new.item.dataset:
        return False
    beside = (was.interval, was.newest) == (request.interval, request.newest)
    return is_alike(request, was) and beside and _columns(before, old, was) == _columns(after, new, request)


def _columns(measurable: Measurable, question: Question, request: MeasureRequest) -> dict[str, Column]:
    """The columns that decide what is counted: those that are read, and all without which a row is rejected."""
    declared = measurable.programme.standard.datasets[question.item.dataset].columns
    read = {*request.columns, request.time}
    return {
        name: replace(column, about_persons=False)
        for name, column in declared.items()
        if name in read or not column.optional
    }
