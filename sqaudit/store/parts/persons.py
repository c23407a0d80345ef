"""Taking people out of the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import cast

from msgspec.structs import replace
from sqlalchemy import Connection

from sqaudit.model.erasure import Erasure
from sqaudit.store import erasure, expiry
from sqaudit.store.erasure import Erasing
from sqaudit.store.failures import told_plainly
from sqaudit.store.transactions import Transactions

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class PersonStore(Transactions):
    """People, and how they are forgotten."""

    def erase_person(self, names: Sequence[str], erasing: Erasing) -> Erasure:
        """Take out a person who is called by these names, then what is left of them in freed parts of the file."""
        return self._erase(lambda connection: erasure.erase_person(connection, names, erasing))

    def expire_persons(
        self, before: datetime, erasing: Erasing, called: Mapping[str, str] = MappingProxyType({})
    ) -> Erasure:
        """Take out the people in cycles, rounds and events that are of before a moment, then what is left of them.

        ``called`` are other names of people, with the names that they are kept by.
        """
        return self._erase(lambda connection: expiry.expire_persons(connection, before, erasing, called))

    def _erase(self, erase: Callable[[Connection], Erasure]) -> Erasure:
        with self._writing() as connection:
            erased = erase(connection)
        return replace(erased, is_wiped=self._wipe())

    def _wipe(self) -> bool | None:
        """Write the file anew without what was freed, and empty the journal beside it; a server looks after its own.

        Done after every erasing, also of nothing: one that was interrupted here can be ended by giving it again.
        """
        if self._location.server is not None:
            return None
        with told_plainly(self._location.name), self._engine.connect() as connection:
            driver = cast("sqlite3.Connection", connection.connection.driver_connection)
            try:
                driver.execute("VACUUM")
                (busy, *_) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _BUSY:
                    raise
                return False
        return not busy
