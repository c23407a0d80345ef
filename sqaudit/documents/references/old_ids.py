"""Old ids: each is taken over once, by something else, and means nothing that is there; what ended is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqaudit.documents.collection import Document
from sqaudit.documents.resolving import item_id
from sqaudit.errors import Message, Place, Problem, msg

_CODE = "SQA232"


def check_criteria_ids(document: Document, base: Mapping[str, Any], resolved: Mapping[str, Any]) -> Iterator[Problem]:
    """The old ids of a standard's own criteria, beside those of the criteria of the one it extends."""
    living = {criterion["id"] for criterion in resolved["criteria"]}
    taken = {old: one["id"] for one in base["criteria"] if one["id"] in living for old in one.get("was", ())}
    own = document.content.get("criteria", ())
    for position, criterion in enumerate(own):
        if criterion["id"] in taken:
            message = _is_old(criterion["id"], taken[criterion["id"]])
            hint = msg("give this one another id")
            yield Problem(document.raw.place(("criteria", position, "id")), _CODE, message, hint)
    yield from _check(document, "criteria", [(one["id"], one) for one in own], living, taken)


def check_item_ids(document: Document) -> Iterator[Problem]:
    """The old ids of a checklist's items."""
    items = [(item_id(item), item) for item in document.content["items"]]
    yield from _check(document, "items", items, {name for name, _ in items}, {})


def check_ids_across(document: Document, checklists: Sequence[Document]) -> Iterator[Problem]:
    """Old ids of items that another checklist of a programme has, or takes over as well."""
    living = {item_id(item): one.id for one in checklists for item in one.content["items"]}
    taken: dict[str, str] = {}
    for checklist in checklists:
        place = document.raw.place(("checklists", document.content["checklists"].index(checklist.id)))
        for old in dict.fromkeys(_all_old(item for item in checklist.content["items"])):
            other = taken.setdefault(old, checklist.id)
            if living.get(old, checklist.id) != checklist.id:
                other = living[old]
            if other != checklist.id:
                message = msg(
                    "'{old}' is in '{one}', and an old id in '{other}'", old=old, one=other, other=checklist.id
                )
                yield Problem(place, _CODE, message, msg("remove it from one of them"))


def _all_old(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    return (old for entry in entries for old in entry.get("was", ()))


def _check(
    document: Document,
    key: str,
    entries: Sequence[tuple[str, Mapping[str, Any]]],
    living: set[str],
    taken: dict[str, str],
) -> Iterator[Problem]:
    for position, (name, entry) in enumerate(entries):
        for number, old in enumerate(entry.get("was", ())):
            place = document.raw.place((key, position, "was", number))
            if old == name:
                message = msg("'{id}' cannot be an old id of itself", id=name)
                yield Problem(place, _CODE, message, msg("remove it"))
            elif old in living:
                message = msg("'{old}' is in use: it is no old id of '{id}'", old=old, id=name)
                yield Problem(place, _CODE, message, msg("remove it here, or give '{old}' another id", old=old))
            elif taken.setdefault(old, name) != name:
                yield Problem(place, _CODE, _is_old(old, taken[old]), msg("keep it in one place"))
    for number, ended in enumerate(document.content.get("retired", ())):
        yield from _check_ended(document.raw.place(("retired", number)), ended, living, taken)


def _check_ended(place: Place, ended: str, living: set[str], taken: Mapping[str, str]) -> Iterator[Problem]:
    if ended in living:
        message = msg("'{id}' is in use: it is not retired", id=ended)
        yield Problem(place, _CODE, message, msg("remove one of them"))
    elif ended in taken:
        yield Problem(
            place, _CODE, _is_old(ended, taken[ended]), msg("what lives on is not retired: remove one of them")
        )


def _is_old(old: str, name: str) -> Message:
    return msg("'{old}' is an old id of '{id}'", old=old, id=name)
