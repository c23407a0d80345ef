"""Cycles, the documents their revisions used, and opening and closing them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqaudit.model.evidence import Observation, SourceRecord
from sqaudit.model.programme import Cycle, CycleState, Period, Revision, Site
from sqaudit.store import cycles, evidence
from sqaudit.store.documents import (
    StoredDocument,
    UsedDocument,
    add_documents,
    list_used,
    read_document,
    read_documents,
)
from sqaudit.store.transactions import Transactions


class CycleStore(Transactions):
    """Cycles and their revisions."""

    def read_cycle(self, programme: str, period: str) -> Cycle | None:
        """One cycle with its revisions, oldest first; ``None`` if nothing is recorded for that period."""
        found = self.list_cycles(programme, period)
        return found[0] if found else None

    def list_cycles(self, programme: str | None = None, period: str | None = None) -> list[Cycle]:
        """Cycles by programme and start of the period."""
        with self._reading() as connection:
            return cycles.list_cycles(connection, programme, period)

    def close_cycle(self, programme: str, period: str, closed_at: datetime, who: str | None = None) -> Cycle:
        """Close a cycle: from now on nothing in it changes."""
        with self._writing() as connection:
            cycles.move_cycle(connection, programme, period, CycleState.CLOSED, closed_at, who)
            return cycles.list_cycles(connection, programme, period)[0]

    def reopen_cycle(self, programme: str, period: str, reopened_at: datetime, who: str | None = None) -> Cycle:
        """Open a closed cycle for new revisions."""
        with self._writing() as connection:
            cycles.move_cycle(connection, programme, period, CycleState.OPEN, reopened_at, who)
            return cycles.list_cycles(connection, programme, period)[0]

    def add_revision(  # noqa: PLR0913  # all that belongs to one transaction
        self,
        *,
        programme: str,
        period: Period,
        revision: Revision,
        documents: Sequence[StoredDocument],
        sites: Iterable[Site],
        sources: Iterable[SourceRecord],
        observations: Iterable[Observation],
    ) -> None:
        """Record what was collected as the next revision of a cycle; the first one opens the cycle.

        Raises:
            InvalidInput: The cycle is closed.
            CannotAccess: Another run has recorded a revision of this number.
        """
        with self._writing() as connection:
            revision_id = cycles.add_revision_row(connection, programme, period, revision)
            add_documents(connection, revision_id, documents)
            evidence.add_sites(connection, revision_id, sites)
            evidence.add_sources(connection, revision_id, sources)
            evidence.add_observations(connection, revision_id, observations)

    def read_document(self, hash_: str) -> StoredDocument | None:
        """A document by its hash."""
        with self._reading() as connection:
            return read_document(connection, hash_)

    def list_used_documents(self, programmes: Collection[str]) -> list[UsedDocument]:
        """The documents that real cycles of these programmes used, each with its last revision."""
        with self._reading() as connection:
            return list_used(connection, programmes)

    def read_documents_of(self, revision_id: int) -> list[StoredDocument]:
        """The documents that the revision of a ``UsedDocument`` used, by kind, id and version."""
        with self._reading() as connection:
            return read_documents(connection, revision_id)

    def read_documents(self, programme: str, period: str, number: int) -> list[StoredDocument]:
        """The documents a revision used, by kind, id and version."""
        with self._reading() as connection:
            revision_id = cycles.find_revision_id(connection, programme, period, number)
            return read_documents(connection, revision_id)
