"""Where a store is: its URL, read without ever showing a password."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from sqaudit.errors import CannotAccess, InvalidInput, msg

_EXAMPLE = msg("write it like 'sqlite:///sqaudit.db' or 'postgresql+psycopg://user@host/database'")
_SQLITE = ("sqlite", "sqlite+pysqlite")
_POSTGRESQL = ("postgresql", "postgresql+psycopg")


class Location(Struct, frozen=True, kw_only=True):
    """A SQLite file at ``path``, a PostgreSQL database at ``server``, or memory. ``name`` is how messages call it."""

    name: str
    path: Path | None = None
    server: URL | None = None


def find_location(url: str, folder: Path) -> Location:
    """The place a store's URL means; a relative path lies in ``folder``.

    Raises:
        InvalidInput: The URL cannot be read, or means a database that is not supported.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # The text is not repeated: a mistyped URL may hold a password.
        raise InvalidInput("SQA607", msg("the store's URL cannot be read"), _EXAMPLE) from error
    if parsed.drivername in _POSTGRESQL:
        return _on_server(parsed)
    if parsed.drivername not in _SQLITE:
        raise InvalidInput("SQA607", msg("a store cannot be in '{database}'", database=parsed.drivername), _EXAMPLE)
    if parsed.query or parsed.host or parsed.username or parsed.password:
        raise InvalidInput("SQA607", msg("the URL of a SQLite store holds a path and nothing else"), _EXAMPLE)
    if parsed.database in {None, "", ":memory:"}:
        return Location(name=":memory:")
    return Location(name=str(parsed.database), path=folder / str(parsed.database))


def _on_server(url: URL) -> Location:
    if not url.database:
        raise InvalidInput("SQA607", msg("the store's URL names no database"), _EXAMPLE)
    host = url.host or "localhost"
    place = host if url.port is None else f"{host}:{url.port}"
    return Location(name=f"postgresql://{place}/{url.database}", server=url)


def see_that_it_can_be_there(location: Location, *, create: bool) -> None:
    """Tell a missing folder or file before SQLite does, in clearer words.

    Raises:
        CannotAccess: The folder is not there, or the file is not and must not be made.
    """
    if location.path is None or os.path.lexists(location.path):
        return
    if not os.path.isdir(location.path.parent):  # noqa: PTH112  # Path.is_dir raises where access is denied
        raise CannotAccess(
            "SQA616",
            msg("the folder of the store '{name}' does not exist", name=location.name),
            msg("make the folder '{folder}', or name another one", folder=location.path.parent.name),
        )
    if not create:
        raise no_store_yet(location)


class NoStoreYet(CannotAccess):
    """A store that has not been made."""


def no_store_yet(location: Location) -> NoStoreYet:
    """The error for a store that has not been made."""
    return NoStoreYet(
        "SQA616",
        msg("there is no store '{name}' yet", name=location.name),
        msg("the first `sqaudit run` makes it"),
    )
