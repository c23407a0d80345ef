"""What documents ask: standards and their criteria."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.errors import msg
from sqaudit.locale.words import WORDS
from sqaudit.model.checklist import Item
from sqaudit.model.standard import Criterion, Standard
from sqaudit.workflow.context import Context
from sqaudit.workflow.explain.explanation import Explanation, Words


def items_of(context: Context, standard: Standard, criterion: str) -> list[Item]:
    """The items that observe a criterion, on any checklist of its standard."""
    items = [item for checklist in context.library.checklists_of(standard.id) for item in checklist.items]
    return [item for item in items if item.criterion == criterion]


def explain_standard(standard: Standard) -> Explanation:
    """What a standard holds, and what it changes of the one it extends."""
    changed = tuple(
        {"criterion": override.criterion, "key": key, "old": old, "new": new}
        for override in standard.overrides
        for key, (old, new) in (override.changes or {"criterion": (override.criterion, None)}).items()
    )
    paragraphs: tuple[Words, ...] = (
        msg(
            "criteria: {criteria}, dimensions: {dimensions}",
            criteria=len(standard.criteria),
            dimensions=len(standard.dimensions),
        ),
    )
    if standard.extends:
        paragraphs += (msg("extends {base}; what it changes:", base=standard.extends),)
    return Explanation(title=standard.title, paragraphs=paragraphs, table=changed)


def explain_criterion(standard: Standard, criterion: Criterion, items: Sequence[Item]) -> Explanation:
    """What a criterion asks, and how it is observed."""
    facts: tuple[Words, ...] = (
        msg(
            "criterion {id} of {standard} {version}, dimension {dimension}, weight {weight}, severity {severity}",
            id=criterion.id,
            standard=standard.id,
            version=standard.version,
            dimension=standard.dimensions[criterion.dimension].title,
            weight=criterion.weight,
            severity=WORDS[criterion.severity.value],
        ),
        msg("target: {target}", target=criterion.target.text if criterion.target else "-"),
        msg("origin: {origin}", origin=criterion.origin or "-"),
        *(msg("remedy: {remedy}", remedy=remedy) for remedy in criterion.remedies),
    )
    observed = tuple(
        {"item": item.id, "measure": _how(item), "where": item.where, "score": item.score.scorer} for item in items
    )
    return Explanation(title=criterion.title, paragraphs=facts, table=observed)


def _how(item: Item) -> str:
    """How an item's value comes about: by a measure, from other items, or by what kind of answer."""
    return item.ask.form.kind.value if item.ask is not None else item.derive or item.measure
