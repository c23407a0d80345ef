"""Second results of cycles, by other versions of their standards."""

from __future__ import annotations

from collections.abc import Mapping

from sqaudit.store import rescorings
from sqaudit.store.documents import StoredDocument
from sqaudit.store.transactions import Transactions


class RescoringStore(Transactions):
    """Rescorings."""

    def add_rescoring(self, rescoring: rescorings.Rescoring, used: Mapping[str, StoredDocument]) -> bool:
        """Keep a rescoring and the documents it used, by role; tells whether it was new. Nothing else is touched."""
        with self._writing() as connection:
            return rescorings.add_rescoring(connection, rescoring, used)

    def read_rescorings(self, programme: str, period: str) -> list[rescorings.Rescoring]:
        """The rescorings of a cycle, as they were made one after the other."""
        with self._reading() as connection:
            return rescorings.read_rescorings(connection, programme, period)
