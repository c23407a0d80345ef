"""The documents that were found, and how one finds another."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, cast

from msgspec import Struct, field

from sqaudit.documents.formats import read_reference, read_version
from sqaudit.documents.marks import RawDocument
from sqaudit.documents.project import PROJECT_FILE


class Document(Struct, frozen=True, kw_only=True, eq=False):
    """One document of a known kind. Only of a ``valid`` one may the content be relied on beyond its id."""

    kind: str
    id: str
    raw: RawDocument
    valid: bool

    @property
    def content(self) -> dict[str, Any]:
        """The document's keys as written."""
        return cast("dict[str, Any]", self.raw.data)

    @property
    def folder(self) -> str:
        """Its folder, relative to the project."""
        return str(PurePosixPath(self.raw.file).parent)

    @property
    def version(self) -> tuple[int, ...]:
        """The version of a valid standard."""
        return read_version(self.content["version"])


class Collection(Struct, frozen=True, kw_only=True):
    """Every document looked at together. ``unreadable`` holds ids that documents nobody could read seem to have."""

    project: Document | None = None
    standards: tuple[Document, ...] = ()
    checklists: tuple[Document, ...] = ()
    programmes: tuple[Document, ...] = ()
    unreadable: frozenset[str] = field(default_factory=frozenset)

    @property
    def has_broken_project(self) -> bool:
        """Whether there is a project file that says more than can be relied on."""
        return PROJECT_FILE in self.unreadable or (self.project is not None and not self.project.valid)

    def standard(self, reference: str) -> Document | None:
        """The newest valid standard that a reference such as ``customer-service@1`` fits."""
        wanted = read_reference(reference)
        if wanted is None:
            return None
        standard_id, version = wanted
        fitting = [
            document
            for document in self.standards
            if document.valid and document.id == standard_id and document.version[: len(version)] == version
        ]
        return max(fitting, key=lambda document: document.version, default=None)

    def lineage(self, standard: Document) -> list[Document]:
        """A standard, the one it extends, and so on; a circle ends before it repeats."""
        line: list[Document] = []
        found: Document | None = standard
        while found is not None and all(found is not member for member in line):
            line.append(found)
            found = self.standard(found.content["extends"]) if "extends" in found.content else None
        return line

    def is_whole(self, standard: Document) -> bool:
        """Whether every standard that it extends, however far up, was found."""
        return "extends" not in self.lineage(standard)[-1].content

    def checklist(self, checklist_id: str, standard: Document) -> Document | None:
        """The valid checklist with this id that was written for a standard, or for one it extends."""
        named = [document for document in self.checklists if document.valid and document.id == checklist_id]
        for ancestor in self.lineage(standard):
            for document in named:
                if fits(document.content["standard"], ancestor):
                    return document
        return None

    def is_broken(self, kind_documents: Sequence[Document], document_id: str) -> bool:
        """Whether a document with this id is there, but cannot be relied on: that has been told already."""
        return document_id in self.unreadable or any(
            document.id == document_id and not document.valid for document in kind_documents
        )


def fits(reference: str, standard: Document) -> bool:
    """Whether a reference means this standard in this version."""
    wanted = read_reference(reference)
    return wanted is not None and wanted[0] == standard.id and standard.version[: len(wanted[1])] == wanted[1]
