"""Rescorings: what a revision comes to by another version of its standard, kept beside what was concluded first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select

from sqaudit.model.event import Deed, EventKind
from sqaudit.store.cycles import find_revision_id
from sqaudit.store.documents import StoredDocument, hash_content, keep_documents
from sqaudit.store.encoding import read_moment, write_moment
from sqaudit.store.events import append_event
from sqaudit.store.rows import insert_rows
from sqaudit.store.tables import cycles, rescoring_documents, rescorings, revisions


class Rescoring(Struct, frozen=True, kw_only=True):
    """One second result of a revision. ``documents`` are those it was made by, by the role they play.

    ``content`` is the canonical JSON of its results and scores, ``hash`` the sha256 of that text.
    """

    programme: str
    period: str
    revision: int
    standard: str
    version: str
    documents: Mapping[str, str]
    content: str
    recorded_at: datetime
    recorded_by: str | None = None

    @property
    def hash(self) -> str:
        """The hash of what it came to."""
        return hash_content(self.content)


def add_rescoring(connection: Connection, rescoring: Rescoring, used: Mapping[str, StoredDocument]) -> bool:
    """Keep a rescoring with its documents, unless the same is kept already; tells whether it was new.

    Raises:
        InvalidInput: There is no such revision.
    """
    revision_id = find_revision_id(connection, rescoring.programme, rescoring.period, rescoring.revision)
    same = rescorings.c.revision_id == revision_id, rescorings.c.hash == rescoring.hash
    if connection.scalar(select(rescorings.c.id).where(*same)) is not None:
        return False
    keep_documents(connection, list(used.values()))
    added = connection.execute(
        rescorings.insert().values(
            revision_id=revision_id,
            standard=rescoring.standard,
            version=rescoring.version,
            hash=rescoring.hash,
            content=rescoring.content,
            recorded_at=write_moment(rescoring.recorded_at),
            recorded_by=rescoring.recorded_by,
        )
    )
    key = added.inserted_primary_key
    assert key is not None  # noqa: S101 - every database tells it of one row
    rows = [(key[0], role, digest) for role, digest in sorted(rescoring.documents.items())]
    insert_rows(connection, rescoring_documents, ("rescoring_id", "role", "hash"), rows)
    append_event(
        connection,
        Deed(
            kind=EventKind.CYCLE_RESCORED,
            when=rescoring.recorded_at,
            programme=rescoring.programme,
            period=rescoring.period,
            thing=f"{rescoring.standard}@{rescoring.version}",
            who=rescoring.recorded_by,
            after={"revision": rescoring.revision, "hash": rescoring.hash},
        ),
    )
    return True


def read_rescorings(connection: Connection, programme: str, period: str) -> list[Rescoring]:
    """The rescorings of a cycle, as they were made one after the other."""
    query = (
        select(rescorings, revisions.c.number)
        .join(revisions, revisions.c.id == rescorings.c.revision_id)
        .join(cycles)
        .where(cycles.c.programme == programme, cycles.c.period == period)
        .order_by(rescorings.c.id)
    )
    roles: dict[int, dict[str, str]] = {}
    for part in connection.execute(select(rescoring_documents).order_by(rescoring_documents.c.role)):
        roles.setdefault(part.rescoring_id, {})[part.role] = part.hash
    return [
        Rescoring(
            programme=programme,
            period=period,
            revision=row.number,
            standard=row.standard,
            version=row.version,
            documents=roles.get(row.id, {}),
            content=row.content,
            recorded_at=read_moment(row.recorded_at),
            recorded_by=row.recorded_by,
        )
        for row in connection.execute(query)
    ]
