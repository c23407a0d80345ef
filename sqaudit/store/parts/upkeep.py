"""Upgrading, verifying and copying a store."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import cast

from sqaudit.errors import InvalidInput, Problem, msg
from sqaudit.store import schema, verification
from sqaudit.store.failures import told_plainly
from sqaudit.store.location import no_store_yet
from sqaudit.store.transactions import Transactions


class Upkeep(Transactions):
    """What keeps a store in order."""

    def upgrade(self) -> bool:
        """Bring an older store's tables up to date; whether anything had to be done."""
        with self._writing() as connection:
            version = schema.read_schema_version(connection, self._location.name)
            if version is None:
                raise no_store_yet(self._location)
            schema.refuse_newer(version, self._location)
            if version == schema.HEAD:
                return False
            schema.upgrade_schema(connection)
            schema.tell_upgrade(connection, version)
            return True

    def verify(self, head: str | None = None) -> list[Problem]:
        """Everything that is wrong in the store, an empty list if it is whole; ``head``: the hash of an event."""
        with self._reading() as connection:
            return verification.find_problems(connection, self._location.name, head)

    def backup(self, path: Path) -> None:
        """Copy the store, which may be in use, to a new file.

        Raises:
            CannotAccess: The file exists, or cannot be written.
            InvalidInput: The store is on a server, which has tools of its own for that.
        """
        if self._location.server is not None:
            raise InvalidInput(
                "SQA619",
                msg("a store in {engine} is not copied by sqaudit", engine="PostgreSQL"),
                msg(
                    "copy it with: pg_dump --format=custom --file={path} --dbname={name}",
                    path=path,
                    name=self._location.name,
                ),
            )
        with told_plainly(self._location.name), self._engine.connect() as connection:
            source = connection.connection.driver_connection
            verification.copy_store(cast("sqlite3.Connection", source), path)
