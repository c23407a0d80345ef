"""Items that are computed from the values of other items in the same place."""

from __future__ import annotations

from collections.abc import Mapping

from sqaudit.errors import msg
from sqaudit.measures.compiled import with_interval
from sqaudit.model.evidence import Observation
from sqaudit.model.score import ItemResult, Status
from sqaudit.scoring.items import Question, score_item
from sqaudit.workflow.judging.items import broken
from sqaudit.workflow.measurable import Measurable


def judge_derived(
    measurable: Measurable, question: Question, place: str, known: Mapping[str, ItemResult]
) -> ItemResult:
    """A derived item in a place whose other items, those that it needs included, are ``known``.

    It rests on as many rows as the smallest of them. If one of them is in error it is too.
    """
    derived = measurable.derived[question.item.id]
    needed = [known[item] for item in derived.needs]
    wrong = next((result for result in needed if result.status is Status.ERROR), None)
    made = Observation(
        site=place,
        checklist=question.checklist.id,
        item=question.item.id,
        n=min(result.n for result in needed),
        stale=any(result.stale for result in needed),
        failed=wrong is not None,
        reason=None if wrong is None else str(msg("'{item}' is in error", item=wrong.item)),
    )
    try:
        values = {result.item: result.value for result in needed}
        return score_item(question, made, with_interval(derived.finish(values)))
    except Exception as error:  # noqa: BLE001 - scorers come from plugins
        return broken(measurable, question, made, error)
