"""What PostgreSQL says went wrong, in words for a person, without the content of rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqaudit.engines.postgresql.binding import ENGINE
from sqaudit.model.ports import EngineFailure

if TYPE_CHECKING:
    import psycopg

_ABOUT_A_ROW = "22"  # the class of data exceptions, whose messages quote the value
_TOO_LARGE = {"53200": "has no memory left for it", "53100": "has no disk space left for it"}


def failure(error: psycopg.Error, *, timeout: int, is_lost: bool) -> EngineFailure:
    """The error as an engine's failure; ``is_lost`` says that the connection is gone."""
    import psycopg

    state = error.sqlstate or ""
    said = (error.diag.message_primary or str(error)).strip().partition("\n")[0]
    if isinstance(error, psycopg.errors.QueryCanceled) and "timeout" in said:
        return EngineFailure(f"{ENGINE} took longer than {_words(timeout)} (the engine's 'timeout')")
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return EngineFailure(f"{ENGINE} does not allow it: {said}")
    if is_lost or isinstance(error, psycopg.errors.AdminShutdown):
        return EngineFailure(f"the connection to {ENGINE} was lost: {said}", lost=True)
    if state in _TOO_LARGE:
        return EngineFailure(f"{ENGINE} {_TOO_LARGE[state]}")
    if state.startswith(_ABOUT_A_ROW):
        said = re.sub(r"'[^']*'|\"[^\"]*\"", "…", said)
    return EngineFailure(f"{ENGINE} could not compute it: {said}")


def _words(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds >= 60 and seconds % 60 == 0 else f"{seconds} seconds"  # noqa: PLR2004
