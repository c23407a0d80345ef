"""What two cycles have in common: whether an item measured the same, whether scores were made alike, what changed."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from sqaudit.errors import Message, msg
from sqaudit.model.score import ItemResult
from sqaudit.scoring.items import Question
from sqaudit.workflow.levels import SITE, is_alike
from sqaudit.workflow.measurable import Measurable


def is_same_item(before: Measurable, after: Measurable, item: str, level: str) -> bool:
    """Whether an item means the same in both cycles, so that its values may be compared at a level."""
    if item in after.derived:
        was, became = before.derived.get(item), after.derived[item]
        if was is None or was.text != became.text:
            return False
        return all(is_same_item(before, after, need, level) for need in became.needs)
    if item in after.asked:
        if not is_alike(after.asked[item], before.asked.get(item)):
            return False
        has_subjects = bool(after.asked[item].subject)
    else:
        old, new = _question(before, item), _question(after, item)
        if old is None or new is None or old.item.ask != new.item.ask:
            return False
        has_subjects = bool(new.checklist.subject)
    return not (has_subjects and level == SITE) or _summary(before, item) == _summary(after, item)


def is_scored_alike(before: Measurable, after: Measurable) -> bool:
    """Whether the scores of both cycles were made in the same way, of the same items."""
    scored = [question.item.id for question in after.questions if question.criterion is not None]
    return _way_of_scoring(before) == _way_of_scoring(after) and all(
        is_same_item(before, after, item, SITE) for item in scored
    )


def changes_of_standard(before: Measurable, after: Measurable) -> Iterator[Message]:
    """Another standard, or another version of it."""
    was, became = before.programme.standard, after.programme.standard
    if was.id != became.id:
        old, new = f"{was.id} {was.version}", f"{became.id} {became.version}"
        yield msg("standard {before} → {after}", before=old, after=new)
    elif was.version != became.version:
        yield msg("standard {before} → {after}", before=was.version, after=became.version)


def changes_of_question(before: Measurable, after: Measurable, item: str) -> Iterator[Message]:
    """Another condition under which an item applies."""
    was, became = _question(before, item), _question(after, item)
    if was is not None and became is not None and was.item.when != became.item.when:
        yield msg("asked when {before} → {after}", before=was.item.when or "-", after=became.item.when or "-")


def changes_of_target(was: ItemResult | None, became: ItemResult | None) -> Iterator[Message]:
    """Another target."""
    if was is None or became is None:
        return
    old, new = (one.target.text if one.target is not None else "-" for one in (was, became))
    if old != new:
        yield msg("target {before} → {after}", before=old, after=new)


def _question(measurable: Measurable, item: str) -> Question | None:
    return next((one for one in measurable.questions if one.item.id == item), None)


def _summary(measurable: Measurable, item: str) -> object:
    question = _question(measurable, item)
    return None if question is None else (question.checklist.subject, question.checklist.summary)


def _way_of_scoring(measurable: Measurable) -> object:
    """All that a score depends on, beside what was measured; views only put scores together once more."""
    standard, programme = measurable.programme.standard, measurable.programme
    criteria = {
        criterion.id: (criterion.dimension, criterion.weight, criterion.severity, criterion.target, criterion.combine)
        for criterion in standard.criteria.values()
    }
    items = {
        (question.checklist.id, item.id): (
            *(item.criterion, item.weight, item.score, item.target),
            *(item.when, item.not_applicable, item.unanswered),
        )
        for question in measurable.questions
        if (item := question.item).criterion is not None
    }
    weights = {dimension.id: dimension.weight for dimension in standard.dimensions.values()}
    return (replace(standard.scoring, views=()), weights, criteria, items, programme.summary)
