"""The log of what was done, which other parts add to in their transactions."""

from __future__ import annotations

from sqaudit.model.event import Event, Head
from sqaudit.store.events import read_events, read_head
from sqaudit.store.transactions import Transactions


class EventStore(Transactions):
    """The log of events."""

    def list_events(self, programme: str | None = None, thing: str | None = None) -> list[Event]:
        """The log of what was done, the first first."""
        with self._reading() as connection:
            return read_events(connection, programme=programme, thing=thing)

    def read_head(self, programme: str | None = None, period: str | None = None) -> Head:
        """The newest event of the log, or the newest about a cycle, which stands for all before it."""
        with self._reading() as connection:
            return read_head(connection, programme, period)
