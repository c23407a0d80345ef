"""A store in a SQLite file, or in memory."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

BUSY_SECONDS = 10.0
_AGAIN_SECONDS = 0.01
# A cycle writes hundreds of bytes for each item and site: large pages, kept in memory until the commit, save a tenth.
_PAGE = 16_384  # bytes
_CACHE = 64_000  # KiB


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers read while somebody writes; SQLite does not wait by itself while another process does the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN_SECONDS)
        else:
            return


def make_engine(path: Path | None) -> Engine:
    """Connections to a file, or to memory."""

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        if path is not None:
            connection.execute(f"PRAGMA page_size = {_PAGE}")  # heeded where the database is new
            _write_ahead(connection)
            connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        return connection

    engine = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=QueuePool if path is not None else StaticPool
    )

    # The driver is in autocommit mode and BEGIN is ours: the driver's own leaves table changes outside.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
