"""The log of what was done, which other parts add to in their transactions."""

from __future__ import annotations

from sqaudit.model.event import Event, Head
from sqaudit.store.events import find_recording, read_events, read_head
from sqaudit.store.transactions import Transactions


class EventStore(Transactions):
    """The log of events."""

    def list_events(self, programme: str | None = None, thing: str | None = None) -> list[Event]:
        """The log of what was done, the first first."""
        with self._reading() as connection:
            return read_events(connection, programme=programme, thing=thing)

    def read_head(self) -> Head:
        """The newest event of the log, which stands for all before it."""
        with self._reading() as connection:
            return read_head(connection)

    def find_recording(self, programme: str, period: str, revision: int) -> Head | None:
        """The event by which a revision was recorded; ``None`` if that was before there was a log."""
        with self._reading() as connection:
            return find_recording(connection, programme, period, revision)
