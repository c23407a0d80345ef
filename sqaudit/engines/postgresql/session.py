"""A session in a PostgreSQL database: one read-only transaction, so that every query of a run sees the same rows."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqaudit.engines.postgresql.binding import ENGINE
from sqaudit.engines.postgresql.catalog import find_table
from sqaudit.engines.postgresql.failures import failure
from sqaudit.engines.postgresql.rendering import Rendered, to_postgresql
from sqaudit.engines.rendering import Relation, SqlKind, kind_of_type
from sqaudit.model.ports import EngineFailure
from sqaudit.model.quoting import quote_text

if TYPE_CHECKING:
    import psycopg

_PATIENCE = 0.7  # seconds that a cancelled query is given to stop
_SETTINGS = {
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "1",
    "idle_in_transaction_session_timeout": "0",
    "jit": "off",  # compiling a pass of hundreds of expressions takes longer than running it
    "standard_conforming_strings": "on",
}


class PostgreSQLSession:
    """An open session. ``zone`` is the zone of queries that name none, ``timeout`` is in seconds.

    The transaction is read-only and repeatable read. A query that fails leaves it as it was.
    """

    def __init__(self, connection: psycopg.Connection[Any], *, zone: str, timeout: int) -> None:
        self._connection = connection
        self._zone = zone
        self._timeout = timeout
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="sqaudit-postgresql")
        self._tables: dict[str, tuple[Relation, Mapping[str, str]]] = {}
        self._is_lost = False
        self._run(self._begin)

    def columns(self, table: str) -> Mapping[str, str]:
        """The columns of a table or view that may be read, in their order, each with the DuckDB type of its values.

        ``table`` is a name that the search path finds, or has its schema and a dot before it. Columns of types that
        have no place in measures are left out.

        Raises:
            UnusableSource: SQA518 if there is no such table or nothing of it may be read.
            EngineFailure: If the server fails.
        """
        return self._table(table)[1]

    def query(self, sql: str, *, zone: str | None = None) -> list[tuple[object, ...]]:
        """All rows of a SELECT in DuckDB's dialect.

        Raises:
            EngineFailure: In words for a person; ``Unrenderable`` where PostgreSQL would answer otherwise.
            KeyboardInterrupt: Within a second; the query is cancelled on the server.
        """
        rendered = to_postgresql(sql, self._resolve)
        kinds = list(rendered.columns.values())
        rows = self._run(lambda: self._fetch(rendered.sql, zone or self._zone))
        return [tuple(_plain(value, kind) for value, kind in zip(row, kinds, strict=True)) for row in rows]

    def fingerprint(self, sql: str) -> str:
        """A digest of the rows of a SELECT in DuckDB's dialect and of its columns, whatever the rows' order.

        It is worked out on the server in one pass, from two sums of 60 bits of each row's SHA-256.

        Raises:
            EngineFailure: As ``query``.
        """
        rendered = to_postgresql(sql, self._resolve)
        ((rows, first, second),) = self._run(lambda: self._fetch(_summing(rendered), "UTC"))
        columns = [f"{name}\x1f{kind.value}" for name, kind in rendered.columns.items()]
        whole = "\x1e".join([*columns, str(rows), str(first), str(second)])
        return hashlib.sha256(whole.encode()).hexdigest()

    def close(self) -> None:
        """End the session."""
        self._worker.shutdown(wait=not self._is_lost, cancel_futures=True)
        self._connection.close()

    def _resolve(self, name: str) -> Relation:
        return self._table(name)[0]

    def _table(self, name: str) -> tuple[Relation, Mapping[str, str]]:
        if name not in self._tables:
            found = self._run(lambda: find_table(self._connection, name))
            kinds = {column: kind_of_type(kind) or SqlKind.TEXT for column, kind in found.types.items()}
            self._tables[name] = Relation(found.sql, kinds), found.types
        return self._tables[name]

    def _begin(self) -> None:
        # Everything is set for the transaction alone, so that a pool of connections may stand between.
        self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name, value in {**_SETTINGS, "statement_timeout": f"{self._timeout}s"}.items():
            self._connection.execute(f"SET LOCAL {name} = {quote_text(value)}")
        self._connection.execute("SELECT 1")  # takes the snapshot

    def _fetch(self, sql: str, zone: str) -> list[tuple[Any, ...]]:
        connection = self._connection
        connection.execute("SAVEPOINT sqaudit")
        try:
            connection.execute(f"SET LOCAL TimeZone = {quote_text(zone)}")
            rows = connection.execute(sql.encode()).fetchall()
        except BaseException:
            if not connection.closed:
                connection.execute("ROLLBACK TO SAVEPOINT sqaudit")
            raise
        connection.execute("RELEASE SAVEPOINT sqaudit")
        return rows

    def _run(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401  what the work gives
        import psycopg

        if self._is_lost:
            raise EngineFailure(f"the connection to {ENGINE} is lost", lost=True)
        job: Future[Any] = self._worker.submit(work)
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    return job.result(timeout=0.1)
                if job.done():
                    return job.result()
        except KeyboardInterrupt:
            self._cancel(job)
            raise
        except psycopg.Error as error:
            self._is_lost |= self._connection.closed
            raise failure(error, timeout=self._timeout, is_lost=self._connection.closed) from None

    def _cancel(self, job: Future[Any]) -> None:
        """Stop what runs on the server; if it does not stop, the session is given up."""
        import psycopg

        begun = time.monotonic()
        with contextlib.suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=_PATIENCE)
        try:
            job.exception(timeout=max(_PATIENCE - (time.monotonic() - begun), 0.05))
        except TimeoutError:
            self._is_lost = True


def _summing(rendered: Rendered) -> str:
    pieces = ", ".join(f"sum(('x' || substr(h, {start}, 15))::bit(60)::bigint)::text" for start in (1, 16))
    digest = "encode(sha256(convert_to(_row::text, 'UTF8')), 'hex')"
    return f"SELECT count(*), {pieces} FROM (SELECT {digest} AS h FROM ({rendered.sql}) AS _row) AS _digests"


def _plain(value: Any, kind: SqlKind) -> object:  # noqa: ANN401  what the driver gives
    if isinstance(value, Decimal):
        if kind is SqlKind.WHOLE:
            return int(value)
        return float(value) if kind is SqlKind.FLOAT else value
    return value
