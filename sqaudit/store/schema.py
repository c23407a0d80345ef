"""Which version of the tables a database holds, and how it gets the newest."""

from __future__ import annotations

import re
from datetime import UTC

from sqlalchemy import Connection, func, inspect, select, text

from sqaudit.errors import InvalidInput, msg
from sqaudit.model.event import Deed, EventKind
from sqaudit.store.events import append_event
from sqaudit.store.location import Location, no_store_yet
from sqaudit.store.tables import answers, calibration_rounds, disputes, metadata, revisions, samples

HEAD = "0014"
_OURS = re.compile(r"\d{4}")
_BEFORE_THE_FIRST = "0000"


def read_schema_version(connection: Connection, name: str) -> str | None:
    """The version of the tables, such as ``0001``; ``None`` if the database is empty.

    Raises:
        InvalidInput: The database belongs to something else.
    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    version = None
    if "alembic_version" in tables:
        version = connection.scalar(text("SELECT version_num FROM alembic_version")) or _BEFORE_THE_FIRST
    if version is None or _OURS.fullmatch(version) is None:
        raise InvalidInput(
            "SQA606",
            msg("'{name}' is a database, but not a store of sqaudit", name=name),
            msg("give another file name, or an empty database; a new store is made there"),
        )
    return str(version)


def create_schema(connection: Connection, location: Location, *, create: bool) -> None:
    """Make the tables if the database is empty, else see that they are the ones this version knows.

    Raises:
        CannotAccess: There is no store, and none must be made.
        InvalidInput: The store is older or newer than this version.
    """
    version = read_schema_version(connection, location.name)
    if version is None:
        if not create:
            raise no_store_yet(location)
        make_schema(connection)
        return
    refuse_newer(version, location)
    if int(version) < int(HEAD):
        raise InvalidInput(
            "SQA608",
            msg("the store '{name}' was made by an older sqaudit", name=location.name),
            msg("make a backup, then run `sqaudit store upgrade`"),
        )


def refuse_newer(version: str, location: Location) -> None:
    """Raise ``InvalidInput`` if the tables are newer than this version knows."""
    if int(version) > int(HEAD):
        raise InvalidInput(
            "SQA609", msg("the store '{name}' was made by a newer sqaudit", name=location.name), msg("upgrade sqaudit")
        )


def make_schema(connection: Connection) -> None:
    """Make all tables of the newest version in an empty database, as the migrations would, one after the other.

    Loading what runs migrations takes longer than everything else that a new store needs.
    """
    metadata.create_all(connection)
    connection.execute(
        text(
            "CREATE TABLE alembic_version"
            " (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})


def upgrade_schema(connection: Connection) -> None:
    """Run the migrations that are missing, within the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "sqaudit.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def tell_upgrade(connection: Connection, before: str | None) -> None:
    """Let the log say that a store was upgraded, and of how much that was recorded before it can say nothing."""
    if before is None or before == _BEFORE_THE_FIRST:
        return
    now = connection.scalar(select(func.now()))  # the database's clock: an upgrade is no step of an audit
    if now is None:
        raise ValueError("the database did not say what time it is")
    counts = {
        table.name: connection.scalar(select(func.count()).select_from(table))
        for table in (revisions, answers, samples, disputes, calibration_rounds)
    }
    append_event(
        connection,
        Deed(
            kind=EventKind.STORE_UPGRADED,
            when=now if now.tzinfo else now.replace(tzinfo=UTC),
            before={"version": before, "recorded": counts},
            after={"version": HEAD},
        ),
    )
