"""Documents, kept once by the hash of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select

from sqaudit.model.programme import PILOT
from sqaudit.store.rows import insert_rows
from sqaudit.store.tables import cycles, documents, revision_documents, revisions


class StoredDocument(Struct, frozen=True, kw_only=True):
    """A document as it was used. ``content`` is its JSON text, ``hash`` the sha256 of that text in UTF-8."""

    hash: str
    kind: str
    id: str
    version: str
    content: str


class UsedDocument(Struct, frozen=True, kw_only=True):
    """A document by its hash, and the last revision (its row's id) that used it."""

    hash: str
    kind: str
    id: str
    version: str
    revision_id: int


def hash_content(content: str) -> str:
    """The hash by which a document is kept."""
    return hashlib.sha256(content.encode()).hexdigest()


def store_document(*, kind: str, id: str, version: str, content: str) -> StoredDocument:  # noqa: A002
    """A document with the hash of its content."""
    return StoredDocument(hash=hash_content(content), kind=kind, id=id, version=version, content=content)


def add_documents(connection: Connection, revision_id: int, used: Sequence[StoredDocument]) -> None:
    """Keep the documents that are not kept yet, and which of them the revision used."""
    keep_documents(connection, used)
    hashes = sorted({document.hash for document in used})
    insert_rows(connection, revision_documents, ("revision_id", "hash"), [(revision_id, hash_) for hash_ in hashes])


def keep_documents(connection: Connection, used: Sequence[StoredDocument]) -> None:
    """Keep the documents that are not kept yet."""
    by_hash = {document.hash: document for document in used}
    kept = set(connection.scalars(select(documents.c.hash).where(documents.c.hash.in_(by_hash))))
    insert_rows(
        connection,
        documents,
        ("hash", "kind", "id", "version", "content"),
        [(d.hash, d.kind, d.id, d.version, d.content) for hash_, d in sorted(by_hash.items()) if hash_ not in kept],
    )


def read_document(connection: Connection, hash_: str) -> StoredDocument | None:
    """One document by its hash."""
    row = connection.execute(select(documents).where(documents.c.hash == hash_)).one_or_none()
    return None if row is None else _document(row)


def read_documents(connection: Connection, revision_id: int) -> list[StoredDocument]:
    """The documents of a revision, by kind, id, version and hash."""
    rows = connection.execute(
        select(documents).join(revision_documents).where(revision_documents.c.revision_id == revision_id)
    )
    return sorted((_document(row) for row in rows), key=lambda d: (d.kind, d.id, d.version, d.hash))


def list_used(connection: Connection, programmes: Collection[str]) -> list[UsedDocument]:
    """The documents that real cycles of these programmes used, by kind, id and hash; trial evaluations left out."""
    last = func.max(revision_documents.c.revision_id).label("revision_id")
    parts = (documents.c.hash, documents.c.kind, documents.c.id, documents.c.version)
    query = (
        select(*parts, last)
        .join(revision_documents, revision_documents.c.hash == documents.c.hash)
        .join(revisions, revisions.c.id == revision_documents.c.revision_id)
        .join(cycles, cycles.c.id == revisions.c.cycle_id)
        .where(cycles.c.programme.in_(programmes), ~cycles.c.period.endswith(PILOT, autoescape=True))
        .group_by(*parts)
    )
    used = [UsedDocument(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - the columns by name
    return sorted(used, key=lambda one: (one.kind, one.id, one.hash))


def _document(row: Row[Any]) -> StoredDocument:
    return StoredDocument(hash=row.hash, kind=row.kind, id=row.id, version=row.version, content=row.content)
