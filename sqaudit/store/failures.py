"""What a database says when it cannot go on, in words a person can act on."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from sqaudit.errors import CannotAccess, Message, msg


@contextlib.contextmanager
def told_plainly(name: str) -> Iterator[None]:
    """Turn failures of the database ``name`` into ``CannotAccess`` or ``InvalidInput``; our own mistakes pass."""
    try:
        yield
    except DBAPIError as error:
        raise _plainly(name, error.orig, error) from error
    except sqlite3.Error as error:
        raise _plainly(name, error, error) from error


def _plainly(name: str, cause: BaseException | None, whole: Exception) -> Exception:
    code = getattr(cause, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in _PASSING or (primary is None and not isinstance(cause, sqlite3.Error)):
        return whole
    for codes, number, message, hint in _KNOWN:
        if primary in codes:
            return CannotAccess(number, Message(message.template, {"name": name}), hint)
    return CannotAccess("SQA616", msg("the store '{name}' cannot be used: {reason}", name=name, reason=cause))


# Our own mistakes: they stay what they are.
_PASSING = (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE)

_KNOWN = (
    (
        {sqlite3.SQLITE_CANTOPEN},
        "SQA616",
        msg("the store '{name}' cannot be opened"),
        msg("see that its folder exists and that you may write there"),
    ),
    (
        {sqlite3.SQLITE_IOERR},
        "SQA616",
        msg("the store '{name}' cannot be read or written"),
        msg("see whether the disk is there and sound"),
    ),
    (
        {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH},
        "SQA617",
        msg("the store '{name}' cannot be written"),
        msg("see that you may write the file and its folder"),
    ),
    (
        {sqlite3.SQLITE_FULL},
        "SQA604",
        msg("the disk of the store '{name}' is full"),
        msg("free some space and run again"),
    ),
    (
        {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED},
        "SQA605",
        msg("the store '{name}' is in use by another run"),
        msg("wait until it has ended and run again"),
    ),
    (
        {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT},
        "SQA606",
        msg("'{name}' is not a store, or it is damaged"),
        msg("give another file, or bring back a backup"),
    ),
)
