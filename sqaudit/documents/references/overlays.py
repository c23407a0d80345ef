"""The overlays of a programme against its standard: each extends it, and changes criteria alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.overlays import CHANGEABLE, name_of, overlay_documents, programme_checklists
from sqaudit.documents.references.lookups import standard_missing
from sqaudit.documents.resolving import item_id, read_score
from sqaudit.documents.validation import validate_part
from sqaudit.errors import Message, Place, Problem, msg
from sqaudit.model.ports import Scorer
from sqaudit.model.target import read_target

# What a standard may say of itself, whatever it is used for; all else beside its criteria holds for all sites.
_OF_ITSELF = frozenset({"kind", "id", "version", "title", "extends", "review_by", "retired", "overrides", "criteria"})


def check_overlays(
    collection: Collection, document: Document, standard: Document, resolved: Mapping[str, Any]
) -> Iterator[Problem]:
    """Overlays that are not there, are named twice, do not extend the programme's standard, or change too much."""
    found = {overlay.position: overlay for overlay in overlay_documents(collection, document, standard)}
    named: dict[str, Place] = {}
    for position, entry in enumerate(document.content.get("overlays", ())):
        place = document.raw.place(("overlays", position, "standard"))
        overlay = found.get(position)
        if overlay is None:
            yield from _not_found(collection, standard, entry["standard"], place)
            continue
        if named.setdefault(overlay.closest.id, place) is not place:
            message = msg(
                "'{id}' is used twice, first at {place}", id=overlay.closest.id, place=named[overlay.closest.id]
            )
            yield Problem(place, "SQA208", message, msg("join their conditions with 'or'"))
        for layer in overlay.layers:
            yield from _check_layer(layer, place, resolved)


def added_criteria(collection: Collection, document: Document, standard: Document) -> list[str]:
    """The criteria that overlays add, by id, sorted."""
    overlays = overlay_documents(collection, document, standard)
    layers = [layer.content for overlay in overlays for layer in overlay.layers]
    added = {criterion["id"] for layer in layers for criterion in layer.get("criteria", ())}
    removed = {name for layer in layers for name, how in layer.get("overrides", {}).items() if how == "removed"}
    return sorted(added - removed)


def check_overlay_targets(
    collection: Collection, document: Document, scorers: Mapping[str, Scorer]
) -> Iterator[Problem]:
    """Targets of overlays by which an item of the programme's checklists cannot be scored."""
    standard = collection.standard(document.content["standard"])
    if standard is None or "overlays" not in document.content:
        return
    checklists = [checklist for checklist, _ in programme_checklists(collection, document)]
    for overlay in overlay_documents(collection, document, standard):
        for layer in overlay.layers:
            for criterion, changes in layer.content.get("overrides", {}).items():
                if isinstance(changes, dict) and "target" in changes:
                    place = layer.raw.place(("overrides", criterion, "target"))
                    for checklist in checklists:
                        yield from _check_target(checklist, criterion, changes["target"], place, scorers)


def _check_target(
    checklist: Document, criterion: str, target: str, place: Place, scorers: Mapping[str, Scorer]
) -> Iterator[Problem]:
    for position, item in enumerate(checklist.content["items"]):
        name, parameters = read_score(item.get("score", "target"))
        if item.get("criterion") != criterion or "target" in item or name not in scorers:
            continue
        path = ("items", position, "score")
        is_sound = not validate_part(checklist.raw, scorers[name].parameters_schema, path, parameters)
        complaint = scorers[name].problem(parameters, read_target(target)) if is_sound else None
        if complaint is not None:
            hint = msg("correct the score or the target of item '{id}'", id=item_id(item))
            yield Problem(place, "SQA214", complaint, hint)


def _not_found(collection: Collection, standard: Document, reference: str, place: Place) -> Iterator[Problem]:
    document = collection.standard(reference)
    if document is None:
        problem = standard_missing(collection, reference, place)
        if problem is not None:
            yield problem
    elif collection.is_whole(document):
        message = msg("'{id}' does not extend '{standard}'", id=name_of(document), standard=name_of(standard))
        base = f"{standard.id}@{standard.version[0]}"
        hint = msg("an overlay is a standard with 'extends: {standard}'", standard=base)
        yield Problem(place, "SQA263", message, hint)


def _check_layer(layer: Document, place: Place, standard: Mapping[str, Any]) -> Iterator[Problem]:
    """What of a layer cannot differ between the sites of one programme."""
    hint = msg("an overlay changes criteria: their {keys}; it may remove and add some", keys=", ".join(CHANGEABLE))
    for key in layer.content:
        if key not in _OF_ITSELF:
            yield _too_much(layer, place, layer.raw.key_place((key,)), key, hint)
    for criterion, changes in layer.content.get("overrides", {}).items():
        for key in changes if isinstance(changes, dict) else ():
            if key not in CHANGEABLE:
                at = layer.raw.key_place(("overrides", criterion, key))
                yield _too_much(layer, place, at, f"{criterion}.{key}", hint)
    for position, added in enumerate(layer.content.get("criteria", ())):
        # It was removed by a layer further up, and comes back as something else.
        if any(added["id"] == one["id"] for one in standard["criteria"]):
            yield _too_much(layer, place, layer.raw.place(("criteria", position, "id")), added["id"], hint)


def _too_much(layer: Document, place: Place, at: Place, key: str, hint: Message) -> Problem:
    message = msg(
        "the overlay '{id}' changes '{key}' ({place}), which is one for all sites", id=name_of(layer), key=key, place=at
    )
    return Problem(place, "SQA264", message, hint)
