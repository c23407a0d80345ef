"""Reaching a PostgreSQL server."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqaudit.engines.postgresql.binding import ENGINE
from sqaudit.engines.postgresql.refusals import tell_refusal
from sqaudit.engines.postgresql.session import PostgreSQLSession
from sqaudit.errors import UnusableSource, msg

if TYPE_CHECKING:
    import psycopg

APPLICATION = "sqaudit"
_SECONDS_TO_CONNECT = 10
_OLDEST = 14  # parts of times are exact from here on


def has_password(url: str) -> bool:
    """Whether a password is written in the URL."""
    try:
        parts = urlsplit(url)
        return parts.password is not None or re.search(r"(^|[?&\s])password=", url) is not None
    except ValueError:
        return True


@contextlib.contextmanager
def open_session(url: str, *, zone: str, timeout: int) -> Iterator[PostgreSQLSession]:
    """A session at ``url``; ``timeout`` is in seconds for each query.

    Raises:
        UnusableSource: SQA517 if the server cannot be reached or does not let the user in.
    """
    try:
        import psycopg
    except ImportError:
        raise UnusableSource(
            "SQA517",
            msg("the library that speaks to {engine} is not installed", engine=ENGINE),
            msg("install it with: pip install 'sqaudit[postgres]'"),
        ) from None
    try:
        connection = psycopg.connect(
            url,
            autocommit=True,
            prepare_threshold=None,
            connect_timeout=_SECONDS_TO_CONNECT,
            client_encoding="UTF8",
            application_name=APPLICATION,
        )
    except psycopg.Error as error:
        raise UnusableSource("SQA517", *tell_refusal(url, str(error))) from None
    try:
        _refuse_what_is_unlike(connection)
        connection.execute("SET default_transaction_read_only = on")
        session = PostgreSQLSession(connection, zone=zone, timeout=timeout)
    except BaseException:
        connection.close()
        raise
    try:
        yield session
    finally:
        session.close()


def _refuse_what_is_unlike(connection: psycopg.Connection[Any]) -> None:
    version = connection.info.server_version // 10_000
    if version < _OLDEST:
        raise UnusableSource(
            "SQA517",
            msg("{engine} {version} is too old to be measured in", engine=ENGINE, version=version),
            msg("use {engine} {oldest} or later, or export the table to a file", engine=ENGINE, oldest=_OLDEST),
        )
    # The order and the length of texts are those of UTF-8 everywhere else.
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise UnusableSource(
            "SQA517",
            msg("the database keeps texts as {encoding}, which cannot be measured in place", encoding=encoding),
            msg("use a database with the encoding UTF8, or export the table to a file"),
        )
