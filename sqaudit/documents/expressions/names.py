"""Who uses what: the programmes of a checklist, and the names that conditions and derived items may read there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.overlays import checklist_of
from sqaudit.documents.resolving import item_id, resolve_programme
from sqaudit.model.ids import fold_id
from sqaudit.model.programme import SITE_WORDS

# A programme, if there is one, and the names that may be read there; ``None`` where a file of sites has to tell them.
Names: TypeAlias = tuple[str | None, tuple[str, ...] | None]


def users_of(collection: Collection, checklist: Document) -> Iterator[Document]:
    """The programmes that use a checklist."""
    for programme in collection.programmes:
        standard = collection.standard(programme.content["standard"]) if programme.valid else None
        if standard is None or checklist.id not in programme.content["checklists"]:
            continue
        found = checklist_of(collection, programme, standard, checklist.id)
        if found is not None and found[0] is checklist:
            yield programme


def item_names(collection: Collection, programme: Document) -> list[str]:
    """The items of a programme as expressions write them, sorted."""
    resolved = resolve_programme(collection, programme)
    checklists = resolved.checklists if resolved is not None else ()
    return sorted({fold_id(item["id"]) for checklist in checklists for item in checklist["items"]})


def all_item_names(collection: Collection) -> list[str]:
    """The items of every checklist as expressions write them, sorted."""
    valid = (checklist for checklist in collection.checklists if checklist.valid)
    return sorted({fold_id(item_id(item)) for checklist in valid for item in checklist.content["items"]})


def names_for_derived(collection: Collection, checklist: Document) -> list[Names]:
    """What derived items of a checklist may read in every programme that uses it; without one, any item there is."""
    users = [(user.id, tuple(item_names(collection, user))) for user in users_of(collection, checklist)]
    return [*users] or [(None, tuple(all_item_names(collection)))]


def site_names(collection: Collection, checklist: Document) -> list[Names]:
    """For every programme that uses a checklist, the words its sites have."""
    return [(user.id, words_of(user.content["sites"])) for user in users_of(collection, checklist)]


def words_of(sites: Any) -> tuple[str, ...] | None:  # noqa: ANN401 - a list or one of two mappings
    """The words that conditions may read of sites; ``None`` where a file has to tell them."""
    if isinstance(sites, list):
        named = {name for site in sites for name in site} - {"title"}
        return (*SITE_WORDS, *sorted(named - set(SITE_WORDS)))
    if "file" in sites:
        return None
    return (*SITE_WORDS, *(name for name in sites.get("attributes", []) if name not in SITE_WORDS))
