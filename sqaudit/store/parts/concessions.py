"""Concessions."""

from __future__ import annotations

from datetime import datetime

from sqaudit.model.concession import Concession
from sqaudit.store import concessions
from sqaudit.store.transactions import Transactions


class ConcessionStore(Transactions):
    """Concessions."""

    def add_concession(self, granted: Concession) -> None:
        """Keep a concession; raises ``InvalidInput`` if another covers the same on some of its days."""
        with self._writing() as connection:
            concessions.add_concession(connection, granted)

    def revoke_concession(self, id: str, who: str, reason: str, now: datetime) -> Concession:  # noqa: A002
        """End a concession; raises ``InvalidInput`` if there is none of that id, or it was revoked before."""
        with self._writing() as connection:
            return concessions.revoke_concession(connection, id, who, reason, now)

    def list_concessions(self, programme: str | None = None) -> list[Concession]:
        """Concessions by last day, those that are over or revoked too."""
        with self._reading() as connection:
            return concessions.read_concessions(connection, programme)
