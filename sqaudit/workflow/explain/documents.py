"""What documents ask: standards and their criteria."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from sqaudit.documents.building import build_overlay
from sqaudit.documents.overlays import OverlayDocument
from sqaudit.documents.resolving import resolve_overlay, resolve_standard
from sqaudit.errors import InvalidInput, msg
from sqaudit.locale.words import WORDS
from sqaudit.model.checklist import Item
from sqaudit.model.overlay import Overlay, apply_overlays
from sqaudit.model.standard import Criterion, Standard
from sqaudit.workflow.context import Context
from sqaudit.workflow.explain.explanation import Explanation, Words
from sqaudit.workflow.explain.origins import Origin, origin_rows, origins_at, told_origin


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


def explain_criterion(context: Context, standard: Standard, criterion: str) -> Explanation:
    """What a criterion asks by a standard, where that comes from, and how it is observed."""
    document = context.library.collection.standard(f"{standard.id}@{standard.version}")
    told = _told(standard, standard.criteria[criterion], items_of(context, standard, criterion))
    if document is None:
        return told
    return replace(told, origins=origin_rows(context, Origin(programme=None, standard=document), criterion))


def explain_criterion_at(context: Context, criterion: str, site: str) -> Explanation:
    """What a criterion asks at a site, in every programme that has both, and which document says so.

    Raises:
        InvalidInput: No programme with this criterion has such a site.
    """
    found = origins_at(context, criterion, site)
    if not found:
        raise InvalidInput(
            "SQA704",
            msg("no programme has a site '{site}' and the criterion '{criterion}'", site=site, criterion=criterion),
            msg("`sqaudit explain {criterion}` without --site tells what its standard says", criterion=criterion),
        )
    parts = []
    for origin, programme, place in found:
        standard = apply_overlays(programme.standard, [_built(context, origin, one) for one in origin.overlays])
        items = [item for checklist in programme.checklists for item in checklist.items if item.criterion == criterion]
        known = standard.criteria.get(criterion)
        told = _told(standard, known or programme.criteria[criterion], items)
        gone = () if known is not None else (msg("it is no criterion there: nothing of it is scored"),)
        parts.append(
            replace(
                told,
                paragraphs=(*told_origin(origin, place.id), *gone, *told.paragraphs),
                origins=origin_rows(context, origin, criterion),
            )
        )
    first = parts[0]
    return replace(
        first,
        paragraphs=tuple(paragraph for part in parts for paragraph in part.paragraphs),
        table=tuple(row for part in parts for row in part.table),
        origins=tuple(row for part in parts for row in part.origins),
    )


def _built(context: Context, origin: Origin, overlay: OverlayDocument) -> Overlay:
    base = resolve_standard(context.library.collection, origin.standard)
    return build_overlay(resolve_overlay(overlay, base), overlay.when)


def _told(standard: Standard, criterion: Criterion, items: Sequence[Item]) -> Explanation:
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
