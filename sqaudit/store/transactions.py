"""One transaction at a time: everything in it happens, or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, Engine

from sqaudit.store.failures import told_plainly
from sqaudit.store.location import Location


class Transactions:
    """An engine, and the kinds of transactions in its database."""

    def __init__(self, engine: Engine, location: Location) -> None:
        self._engine = engine
        self._location = location

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told_plainly(self._location.name), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def _looking(self) -> Iterator[Connection]:
        """For one statement, which sees one moment by itself: to a server, a transaction is two more messages."""
        with (
            told_plainly(self._location.name),
            self._engine.connect().execution_options(alone=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            told_plainly(self._location.name),
            self._engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            yield connection
