"""What a database says when it cannot go on, in words a person can act on."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from sqaudit.errors import CannotAccess, InvalidInput, Message, msg


@contextlib.contextmanager
def told_plainly(name: str) -> Iterator[None]:
    """Turn failures of the database ``name`` into ``CannotAccess`` or ``InvalidInput``; our own mistakes pass."""
    try:
        yield
    except DBAPIError as error:
        raise _plainly(name, error.orig, error) from error
    except sqlite3.Error as error:
        raise _plainly(name, error, error) from error
    except Exception as error:
        if not hasattr(error, "sqlstate"):  # those of psycopg, which is not always installed
            raise
        raise _plainly(name, error, error) from error


def _plainly(name: str, cause: BaseException | None, whole: Exception) -> Exception:
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(name, cause, whole)
    return _of_postgresql(name, cause, whole)


def _of_sqlite(name: str, cause: sqlite3.Error, whole: Exception) -> Exception:
    code = getattr(cause, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in _PASSING:
        return whole
    for codes, number, message, hint in _KNOWN:
        if primary in codes:
            return CannotAccess(number, Message(message.template, {"name": name}), hint)
    return _unusable(name, cause)


def _of_postgresql(name: str, cause: BaseException | None, whole: Exception) -> Exception:
    state = getattr(cause, "sqlstate", None) or _UNTOLD.get(type(cause).__name__, "")
    if state == _NUL and "NUL" in str(cause):
        return InvalidInput(
            "SQA618",
            msg("a text holds the character NUL, which the store '{name}' cannot keep", name=name),
            msg("take it out of the records or the form, or keep the store in a SQLite file"),
        )
    reason = str(cause).partition("\n")[0]
    for states, number, message, hint in _STATES:
        if state.startswith(states):
            return CannotAccess(number, Message(message.template, {"name": name, "reason": reason}), hint)
    if not state or state.startswith(("22", "23")):  # our own mistakes
        return whole
    return _unusable(name, reason)


def _unusable(name: str, reason: object) -> CannotAccess:
    return CannotAccess("SQA616", msg("the store '{name}' cannot be used: {reason}", name=name, reason=reason))


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

_NUL = "22021"

# By the beginnings of SQLSTATE.
_STATES = (
    (
        ("42501",),
        "SQA617",
        msg("the store '{name}' does not let its user do that: {reason}"),
        msg("see that the user may read and write its tables, and make tables in its schema"),
    ),
    (
        ("25006",),
        "SQA617",
        msg("the store '{name}' cannot be written"),
        msg("see whether the server is a mere copy of another one, and name that one"),
    ),
    (
        ("53100",),
        "SQA604",
        msg("the disk of the store '{name}' is full"),
        msg("free some space and run again"),
    ),
    (
        ("55P03", "40001", "40P01"),
        "SQA605",
        msg("the store '{name}' is in use by another run"),
        msg("wait until it has ended and run again"),
    ),
    (
        ("3F000",),
        "SQA616",
        msg("the store '{name}' has no schema that tables can be made in"),
        msg("make the schema that the user's search_path names"),
    ),
    (
        ("08", "53", "57", "58", "XX"),
        "SQA616",
        msg("the server of the store '{name}' has ended the work"),
        msg("see whether it runs and has room, then run again; nothing of that step was kept"),
    ),
)

# What psycopg finds by itself has no SQLSTATE; this is what a server would say.
_UNTOLD = {"OperationalError": "08006", "DataError": _NUL}
