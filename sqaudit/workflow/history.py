"""Ids that cycles were recorded under, and that the documents have lost: their history would end unnoticed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sqaudit.documents.collection import Collection as Documents
from sqaudit.documents.collection import Document
from sqaudit.documents.formats import read_reference, read_version
from sqaudit.documents.overlays import programme_checklists
from sqaudit.documents.resolving import resolve_checklist, resolve_standard
from sqaudit.errors import Gravity, InvalidDocuments, Message, Problem, msg
from sqaudit.model.suggesting import closest
from sqaudit.workflow.context import Context

if TYPE_CHECKING:
    from sqaudit.store.documents import UsedDocument
    from sqaudit.store.engine import Store

_PACK = "pack:"


class _Ids(Struct, frozen=True, kw_only=True):
    """The ids there are now: by each its old ones, and those that ended on purpose."""

    living: Mapping[str, Collection[str]]
    ended: frozenset[str]


def find_lost_ids(context: Context, store: Store, programme: str | None = None) -> tuple[Problem, ...]:
    """Every id of a standard or checklist of the project that its cycles know, and that nothing goes on with now.

    A document is compared with the newest of its versions, no newer than itself, that a real cycle of one of the
    project's programmes used. With ``programme`` only that programme's standard and checklists are looked at. What a
    plugin brings cannot be corrected here: of that it is a warning.
    """
    documents = context.library.collection
    standards, checklists = _looked_at(documents, programme)
    used = store.list_used_documents(context.library.programmes)
    problems: list[Problem] = []
    told: set[str] = set()
    for document in standards:
        before = _newest_standard(store, used, document)
        if before is not None:
            lost = dict(_lost(document, "criteria", before["criteria"], _ids_of_standard(documents, document)))
            told |= lost.keys()
            problems += lost.values()
    for document in checklists:
        before = _newest_checklist(store, used, document)
        if before is not None:
            own = [item for item in before["items"] if item["id"] == item.get("criterion")]
            named_after = {name for item in own for name in (item["id"], *item.get("was", ()))}
            lost = dict(_lost(document, "items", before["items"], _ids_beside(documents, document, named_after)))
            problems += (problem for name, problem in lost.items() if name not in told & named_after)
    return tuple(problems)


def refuse_lost_ids(context: Context, programme: str) -> None:
    """See that the history of a programme's criteria and items goes on, as far as there is a store.

    Raises:
        InvalidDocuments: Ids are gone that its cycles know.
        CannotAccess: The store cannot be read.
    """
    from sqaudit.store.location import NoStoreYet

    try:
        with context.store(create=False) as store:
            problems = find_lost_ids(context, store, programme)
    except NoStoreYet:
        return
    errors = [problem for problem in problems if problem.gravity is Gravity.ERROR]
    if errors:
        raise InvalidDocuments(errors)


def _newest_standard(store: Store, used: Iterable[UsedDocument], document: Document) -> Mapping[str, Any] | None:
    """The newest version of a standard that is no newer than the document, as it was used last."""
    found = [
        (version, one.revision_id, one.hash)
        for one in used
        if (one.kind, one.id) == ("standard", document.id)
        and _is_up_to(document.version, version := read_version(one.version))
    ]
    return _content(store, max(found)[2]) if found else None


def _newest_checklist(store: Store, used: Iterable[UsedDocument], document: Document) -> Mapping[str, Any] | None:
    """A checklist as it was used last, for the newest version of its standard that is no newer than the document's."""
    wanted = read_reference(document.content["standard"])
    newest: tuple[tuple[int, ...], int] = ((), 0)
    content = None
    for one in used:
        if (one.kind, one.id) == ("checklist", document.id):
            written = _content(store, one.hash)
            found = read_reference(written["standard"])
            if found is None or wanted is None or found[0] != wanted[0] or not _is_up_to(wanted[1], found[1]):
                continue
            if (found[1], one.revision_id) > newest:
                newest, content = (found[1], one.revision_id), written
    return content


def _is_up_to(most: tuple[int, ...], version: tuple[int, ...]) -> bool:
    return version[: len(most)] <= most


def _content(store: Store, digest: str) -> Mapping[str, Any]:
    document = store.read_document(digest)
    assert document is not None  # noqa: S101 - it was just listed
    content: Mapping[str, Any] = json.loads(document.content)
    return content


def _looked_at(documents: Documents, programme: str | None) -> tuple[list[Document], list[Document]]:
    if programme is None:
        whole = [one for one in documents.standards if one.valid and documents.is_whole(one)]
        written_for = [one for one in documents.checklists if one.valid]
        return whole, [one for one in written_for if documents.standard(one.content["standard"]) is not None]
    standard, checklists = _used_by(documents, next(one for one in documents.programmes if one.id == programme))
    return [standard] if standard is not None else [], checklists


def _used_by(documents: Documents, programme: Document) -> tuple[Document | None, list[Document]]:
    standard = documents.standard(programme.content["standard"]) if programme.valid else None
    if standard is None:
        return None, []
    return standard, [checklist for checklist, _ in programme_checklists(documents, programme)]


def _ids_of_standard(documents: Documents, standard: Document) -> _Ids:
    resolved = resolve_standard(documents, standard)
    lineage = documents.lineage(standard)
    removed = {name for one in lineage for name, how in one.content.get("overrides", {}).items() if how == "removed"}
    return _Ids(
        living={one["id"]: one.get("was", ()) for one in resolved["criteria"]},
        ended=frozenset({*resolved.get("retired", ()), *removed}),
    )


def _ids_beside(documents: Documents, checklist: Document, named_after: Collection[str]) -> _Ids:
    """The ids of a checklist's items, and of those it is used together with: an item may have moved.

    An item that was ``named_after`` its criterion ended with it.
    """
    users = [_used_by(documents, programme) for programme in documents.programmes]
    together = [(standard, used) for standard, used in users if standard is not None and checklist in used]
    own = documents.standard(checklist.content["standard"])
    if own is not None:
        together.append((own, [checklist]))
    living: dict[str, Collection[str]] = {}
    ended: set[str] = set()
    for standard, used in together:
        ended |= _ids_of_standard(documents, standard).ended & set(named_after)
        for one in used:
            resolved = resolve_checklist(one, resolve_standard(documents, standard))
            living |= {item["id"]: item.get("was", ()) for item in resolved["items"]}
            ended |= {*resolved.get("retired", ())}
    return _Ids(living=living, ended=frozenset(ended))


def _lost(
    document: Document, key: str, before: Iterable[Mapping[str, Any]], now: _Ids
) -> Iterator[tuple[str, Problem]]:
    """The ids that nothing goes on with, each with its problem."""
    taken = {old for was in now.living.values() for old in was}
    known = {one["id"]: one.get("was", ()) for one in before}
    heirs = {old: new for new, was in known.items() for old in was if new in now.living}
    added = [name for name in now.living if name not in known]
    gravity = Gravity.WARNING if document.raw.file.startswith(_PACK) else Gravity.ERROR
    for lost in dict.fromkeys([*known, *heirs]):
        if lost not in now.living and lost not in taken and lost not in now.ended:
            message = msg("'{id}' is gone: cycles were recorded under it, and nothing goes on with them", id=lost)
            hint = _what_to_do(lost, heirs.get(lost) or closest(lost, added) or (added[0] if len(added) == 1 else None))
            yield lost, Problem(document.raw.key_place((key,)), "SQA233", message, hint, gravity)


def _what_to_do(lost: str, heir: str | None) -> Message:
    if heir is None:
        return msg(
            "add 'was: [{id}]' to what replaces it, or 'retired: [{id}]' to the document if nothing does", id=lost
        )
    return msg(
        "add 'was: [{id}]' to '{heir}' if that replaces it, or 'retired: [{id}]' to the document if nothing does",
        id=lost,
        heir=heir,
    )
