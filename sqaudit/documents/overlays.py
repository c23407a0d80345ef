"""The overlays of a programme as documents: which standards they are made of, and the checklists they bring."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sqaudit.documents.collection import Collection, Document, fits
from sqaudit.errors import Place

# What an overlay may change of a criterion: what decides about one site, and nothing that shapes the whole.
CHANGEABLE = ("title", "weight", "severity", "target", "origin", "remedies")


class OverlayDocument(Struct, frozen=True, kw_only=True):
    """An overlay as its programme names it at ``position``, with the standards it is made of, the closest last."""

    position: int
    when: str
    layers: tuple[Document, ...]

    @property
    def closest(self) -> Document:
        """The standard that the programme names."""
        return self.layers[-1]


def overlay_documents(collection: Collection, programme: Document, standard: Document) -> list[OverlayDocument]:
    """The overlays of a valid programme that were found and that extend its standard, in the order they are named."""
    found = []
    for position, entry in enumerate(programme.content.get("overlays", ())):
        document = collection.standard(entry["standard"])
        line = collection.lineage(document) if document is not None else []
        if standard in line[1:]:
            layers = tuple(reversed(line[: line.index(standard)]))
            found.append(OverlayDocument(position=position, when=entry["when"], layers=layers))
    return found


def checklist_of(
    collection: Collection, programme: Document, standard: Document, checklist_id: str
) -> tuple[Document, Document] | None:
    """A checklist that a programme names, and the standard it is for: the programme's, else a layer of an overlay."""
    checklist = collection.checklist(checklist_id, standard)
    if checklist is not None:
        return checklist, standard
    for overlay in overlay_documents(collection, programme, standard):
        for layer in reversed(overlay.layers):
            for document in collection.checklists:
                if document.valid and document.id == checklist_id and fits(document.content["standard"], layer):
                    return document, layer
    return None


def programme_checklists(collection: Collection, programme: Document) -> Iterator[tuple[Document, Document]]:
    """The checklists of a valid programme that were found, each with the standard it is for."""
    standard = collection.standard(programme.content["standard"])
    for checklist_id in programme.content["checklists"] if standard is not None else ():
        found = checklist_of(collection, programme, standard, checklist_id) if standard is not None else None
        if found is not None:
            yield found


def name_of(standard: Document) -> str:
    """A standard as ``id@version``."""
    return f"{standard.id}@{standard.content['version']}"


def place_of(standard: Document, criterion: str, key: str) -> Place:
    """Where a standard says something of a criterion; with an empty ``key`` where it adds or removes it."""
    for position, entry in enumerate(standard.content.get("criteria", ())):
        if entry["id"] == criterion:
            return standard.raw.place(("criteria", position, key if key in entry else "id"))
    path = ("overrides", criterion)
    return standard.raw.place((*path, key)) if key else standard.raw.key_place(path)
