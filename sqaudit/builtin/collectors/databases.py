"""A connection to somebody else's database that only reads, as far as its driver allows, and not for ever."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqaudit.errors import UnusableSource, msg
from sqaudit.model.quoting import quote_text

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_SECONDS_TO_CONNECT = 10
_STEPS = 20_000  # of SQLite's machine between two looks at the clock, some milliseconds
_CONNECTING: Mapping[str, Mapping[str, object]] = {
    "postgresql+psycopg": {"connect_timeout": _SECONDS_TO_CONNECT, "application_name": "sqaudit"},
    "postgresql+psycopg2": {"connect_timeout": _SECONDS_TO_CONNECT, "application_name": "sqaudit"},
    "mysql+pymysql": {"connect_timeout": _SECONDS_TO_CONNECT},
    "mariadb+pymysql": {"connect_timeout": _SECONDS_TO_CONNECT},
}


class Database:
    """A database at ``url``, whose relative path lies in ``folder`` if it is a file; ``name`` shows no secret.

    ``zone`` is the IANA zone of the period's wall times, ``timeout`` how many seconds the query may take in all.

    Raises:
        UnusableSource: SQA517 if the URL cannot be used.
    """

    def __init__(self, url: str, folder: Path, *, zone: str, timeout: int) -> None:
        self._url = _read_url(url)
        self._folder = folder
        self._zone = zone
        self._timeout = timeout
        self._deadline = float("inf")
        self.dialect = self._url.get_backend_name()
        self.name = self._url.host or Path(self._url.database or "").name or self.dialect

    @contextlib.contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection whose transaction is never committed.

        Raises:
            UnusableSource: SQA517 if the database cannot be reached, SQA522 if it breaks off or takes too long.
        """
        from sqlalchemy import create_engine
        from sqlalchemy.exc import ArgumentError, SQLAlchemyError
        from sqlalchemy.pool import NullPool

        url = self._of_file() if self.dialect == "sqlite" else self._url
        try:
            engine = create_engine(
                url,
                poolclass=NullPool,
                hide_parameters=True,
                connect_args=dict(_CONNECTING.get(url.drivername, {})),
            )
        except (ImportError, ArgumentError):  # an unknown dialect is an ArgumentError
            message = msg("no library that speaks to '{database}' is installed", database=url.drivername)
            hint = msg("install the driver that SQLAlchemy names for it, and write the URL as dialect+driver://…")
            raise UnusableSource("SQA517", message, hint) from None
        try:
            connection = engine.connect()
        except (SQLAlchemyError, OSError, TypeError, ValueError) as error:
            message = msg("the database at '{name}' cannot be reached: {reason}", name=self.name, reason=_said(error))
            hint = msg("see that host, port, database, user and password in its URL are right")
            raise UnusableSource("SQA517", message, hint) from None
        try:
            self._deadline = time.monotonic() + self._timeout
            self._hold_back(connection)
            yield connection
        except (SQLAlchemyError, OSError) as error:
            raise self._broken(error) from None
        finally:
            with contextlib.suppress(SQLAlchemyError):  # the connection may be gone
                connection.invalidate()  # nothing is read to its end first
                connection.close()
            engine.dispose()

    def see_that_in_time(self) -> None:
        """Raise ``UnusableSource`` (SQA522) when the time is over: some drivers know no timeout."""
        if self._is_over():
            raise self._too_long()

    def _of_file(self) -> URL:
        """The URL of a SQLite file that is there, opened for reading only."""
        path = self._folder / (self._url.database or "")
        if not path.is_file():
            raise UnusableSource(
                "SQA501",
                msg("there is no file '{path}' in folder '{folder}'", path=self._url.database, folder=path.parent.name),
                msg("the path of a SQLite database starts at the programme's folder"),
            )
        return self._url.set(database=path.resolve().as_uri(), query={"mode": "ro", "uri": "true"})

    def _hold_back(self, connection: Connection) -> None:
        """Whatever the dialect has to keep a query from writing and from running for ever."""
        milliseconds = self._timeout * 1000
        match self.dialect:
            case "postgresql":
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")
                connection.exec_driver_sql(f"SET LOCAL TimeZone = {quote_text(self._zone)}")
            case "mysql" | "mariadb":
                limit = (
                    f"max_statement_time = {self._timeout}"
                    if getattr(connection.dialect, "is_mariadb", False)
                    else f"max_execution_time = {milliseconds}"
                )
                connection.exec_driver_sql(f"SET SESSION {limit}")
                connection.exec_driver_sql("START TRANSACTION READ ONLY")
            case "oracle":
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            case "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
                driver: Any = connection.connection.driver_connection
                driver.set_progress_handler(self._is_over, _STEPS)

    def _is_over(self) -> bool:
        return time.monotonic() > self._deadline

    def _broken(self, error: Exception) -> UnusableSource:
        if self._is_over():
            return self._too_long()
        if getattr(getattr(error, "orig", None), "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise KeyboardInterrupt from None  # SQLite swallows one that comes while it asks whether the time is over
        message = msg(
            "the database at '{name}' did not answer the query: {reason}", name=self.name, reason=_said(error)
        )
        hint = msg("run the query in the database's own client as the same user")
        return UnusableSource("SQA522", message, hint)

    def _too_long(self) -> UnusableSource:
        message = msg("the query took longer than {seconds} seconds", seconds=self._timeout)
        return UnusableSource("SQA522", message, msg("ask for less, or raise 'timeout'"))


def _read_url(text: str) -> URL:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    if text.partition("?")[0].count("@") > 1:  # the rest of the password would be taken for the host, and be shown
        message = msg("the 'url' has several @")
        raise UnusableSource("SQA517", message, msg("write @ as %40 and / as %2F where they belong to the password"))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # The text is not repeated: a mistyped URL may hold a password.
        message = msg("the 'url' is no URL of a database")
        raise UnusableSource("SQA517", message, msg("write it as dialect+driver://user@host/database")) from None
    plain = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
    return url.set(drivername=plain.get(url.drivername, url.drivername))


def _said(error: Exception) -> str:
    """What the driver says, without the SQL; where it speaks of a row, without what stands in it."""
    from sqlalchemy.exc import DataError

    orig = getattr(error, "orig", None) or error
    words = [part for part in orig.args if isinstance(part, str)]  # some drivers put a number before
    said = (words[-1] if words else str(orig)).strip().partition("\n")[0]
    return re.sub(r"'[^']*'|\"[^\"]*\"", "…", said) if isinstance(error, DataError) else said
