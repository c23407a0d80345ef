"""The documents of a cycle with another version of its standard, and the checklists as they are with that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sqaudit.documents.collection import Document
from sqaudit.documents.formats import read_reference, read_version
from sqaudit.documents.resolving import ResolvedProgramme, resolve_checklist, resolve_standard, used_datasets
from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import InvalidDocuments, InvalidInput, msg
from sqaudit.workflow.check import check_files
from sqaudit.workflow.context import Context

if TYPE_CHECKING:
    from sqaudit.store.documents import UsedDocument
    from sqaudit.store.engine import Store


def documents_under(context: Context, store: Store, frozen: ResolvedProgramme, reference: str) -> ResolvedProgramme:
    """What a cycle's documents are with the newest standard that a reference fits: of the project, a pack, the store.

    Everything but the standard and the checklists stays as it was. Of two equal versions the one in the project counts.

    Raises:
        InvalidInput: There is no such standard, or a checklist of the cycle is not written for it.
        InvalidDocuments: They have errors.
    """
    wanted = read_reference(reference)
    if wanted is None:
        message = msg("'{value}' does not say which version is wanted", value=reference)
        raise InvalidInput("SQA130", message, msg("write id and version: customer-service@1 is the newest 1.x"))
    # What is written for an overlay stays as it was, with the overlay.
    of_overlays = {one["id"]: one for one in frozen.checklists if "layer" in one}
    names = [name for name in frozen.programme["checklists"] if name not in of_overlays]
    written = context.library.collection.standard(reference)
    kept = _newest_kept(store, frozen.id, *wanted)
    if written is not None and (kept is None or written.version >= read_version(kept.version)):
        standard, checklists = _written(context, written, names, has_overlays=bool(frozen.overlays))
    elif kept is not None:
        standard, checklists = _kept(store, kept)
    else:
        raise _no_standard(context, reference, wanted[0])
    missing = next((name for name in names if name not in checklists), None)
    missing = missing or _without_criterion(frozen, standard, of_overlays)
    if missing is not None:
        fitting = f"{standard['id']}@{standard['version']}"
        raise InvalidInput(
            "SQA226",
            msg("checklist '{id}' of this cycle is not written for '{standard}'", id=missing, standard=fitting),
            msg("add a checklist with this id and 'standard: {standard}'", standard=reference),
        )
    checklists |= of_overlays
    return _together(frozen, standard, [checklists[name] for name in frozen.programme["checklists"]])


def _without_criterion(
    frozen: ResolvedProgramme, standard: Mapping[str, Any], checklists: Mapping[str, Mapping[str, Any]]
) -> str | None:
    """A checklist of an overlay that observes a criterion which is not there under another standard."""
    layers = [layer for overlay in frozen.overlays for layer in overlay["layers"]]
    known = {one["id"] for part in (standard, *layers) for one in part["criteria"]}
    return next(
        (name for name, one in checklists.items() if {item.get("criterion") for item in one["items"]} - {None, *known}),
        None,
    )


def _together(
    frozen: ResolvedProgramme, standard: Mapping[str, Any], checklists: Sequence[Mapping[str, Any]]
) -> ResolvedProgramme:
    # Nothing was collected of a dataset that the cycle did not use: a source without a path stands for it.
    used = used_datasets(tuple(checklists), frozen.programme)
    nowhere = {name: {"folder": frozen.programme["folder"]} for name in sorted(used)}
    return replace(
        frozen,
        standard=standard,
        checklists=tuple(checklists),
        programme={
            **frozen.programme,
            "standard": f"{standard['id']}@{standard['version']}",
            "sources": {**nowhere, **frozen.programme["sources"]},
        },
    )


def _written(
    context: Context, document: Document, names: Sequence[str], *, has_overlays: bool
) -> tuple[Mapping[str, Any], dict[str, Mapping[str, Any]]]:
    collection = context.library.collection
    found = {name: collection.checklist(name, document) for name in names}
    checklists = {name: one for name, one in found.items() if one is not None}
    files = {one.raw.file for one in (*collection.lineage(document), *checklists.values())}
    files |= {
        one.raw.file for one in collection.checklists if one.id in names and one.id not in checklists and not one.valid
    }
    errors = check_files(context.library, context.host, files)
    if errors:
        raise InvalidDocuments(errors)
    standard = resolve_standard(collection, document)
    return standard, {
        name: resolve_checklist(one, standard, has_overlays=has_overlays) for name, one in checklists.items()
    }


def _newest_kept(store: Store, programme: str, standard: str, version: tuple[int, ...]) -> UsedDocument | None:
    """The newest version of a standard that the cycles of the programme used, as it was used last."""
    fitting = [
        one
        for one in store.list_used_documents([programme])
        if (one.kind, one.id) == ("standard", standard) and read_version(one.version)[: len(version)] == version
    ]
    return max(fitting, key=lambda one: (read_version(one.version), one.revision_id), default=None)


def _kept(store: Store, standard: UsedDocument) -> tuple[Mapping[str, Any], dict[str, Mapping[str, Any]]]:
    used = {one.hash: one for one in store.read_documents_of(standard.revision_id)}
    checklists = {one.id: json.loads(one.content) for one in used.values() if one.kind == "checklist"}
    return json.loads(used[standard.hash].content), checklists


def _no_standard(context: Context, reference: str, name: str) -> InvalidInput:
    known = context.library.standards
    versions = [one for one in known if one.partition("@")[0] == name]
    if versions:
        message = msg("no version of '{id}' fits '{reference}'", id=name, reference=reference)
        return InvalidInput("SQA202", message, msg("there is {versions}", versions=", ".join(versions)))
    return InvalidInput(
        "SQA201",
        msg("no standard is called '{id}'", id=name),
        did_you_mean(name, [one.partition("@")[0] for one in known]),
    )
