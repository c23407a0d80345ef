"""An open session on Spark, as the core asks for it: columns and queries in DuckDB's words."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from sqaudit.model.ports import EngineFailure
from sqaudit.model.quoting import quote_name

from sqaudit_spark.failures import failure_of
from sqaudit_spark.keeping import KeptRows
from sqaudit_spark.pieces import Piece, Unrenderable
from sqaudit_spark.rendering import Tables, View, Views, table_name, to_digest, to_rows, to_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Rendered = TypeVar("Rendered")
Answer = TypeVar("Answer")
Value = TypeVar("Value")
PATIENCE = 60  # seconds without a single executor before the cluster counts as lost
_ZONE = "spark.sql.session.timeZone"
_LET_GO = 0.8  # seconds that a cancelled query has to end before it is left behind
_DUCKDB_TYPES = {
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "timestamp_ntz": "TIMESTAMP",
    "string": "VARCHAR",
    "binary": "BLOB",
    "void": '"NULL"',
}


def duckdb_type(name: str) -> str:
    """DuckDB's type for the values of Spark's type ``name`` (as ``simpleString`` writes it)."""
    if name.startswith("decimal"):
        return name.upper()
    if name.startswith(("varchar", "char", "string")):
        return "VARCHAR"
    return _DUCKDB_TYPES.get(name, name.upper())


class Session:
    """Reads through a ``SparkSession`` with jobs that can be cancelled (see ``EngineSession``)."""

    def __init__(self, spark: SparkSession, *, zone: str, timeout: float, is_cluster: bool = True) -> None:
        self._spark = spark
        self._zone = zone
        self._timeout = timeout
        self._is_cluster = is_cluster
        self._context: Any = getattr(spark, "_sc", None)  # Spark Connect has none
        self._types: dict[str, Mapping[str, str]] = {}
        self._kept = KeptRows(spark)
        self._views: dict[tuple[str, str], View] = {}
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="sqaudit-spark")
        self._is_lost = False

    def columns(self, table: str) -> Mapping[str, str]:
        """The columns of a table or of the registered files, each with DuckDB's type; raises ``EngineFailure``."""
        if table not in self._types:
            self._types[table] = self._run(lambda: self._columns(table))
        return self._types[table]

    def _columns(self, table: str) -> dict[str, str]:
        fields = self._spark.table(table_name(table)).schema.fields
        return {field.name: duckdb_type(field.dataType.simpleString()) for field in fields}

    def query(self, sql: str, *, zone: str | None = None) -> list[tuple[object, ...]]:
        """All rows of a query in DuckDB's dialect, reckoned in ``zone`` or else the zone of the request.

        Raises:
            EngineFailure: If it cannot be put into Spark SQL, Spark fails, or the cluster is gone (``lost``).
            KeyboardInterrupt: Within a second.
        """
        zone = zone or self._zone
        rendered = self._rendered(to_spark, sql, zone)
        return self._run(lambda: self._rows(rendered, zone))

    def fingerprint(self, sql: str) -> str:
        """A digest of the rows of a query, whatever their order; raises as ``query``."""
        rendered, columns = self._rendered(to_digest, sql, "UTC")
        ((rows, first, second),) = self._run(lambda: self._rows(rendered, "UTC"))
        whole = "\x1e".join([columns, str(rows), str(first or 0), str(second or 0)])
        return hashlib.sha256(whole.encode()).hexdigest()

    def keep(self, sql: str) -> str:
        """The relation of a query's rows, which Spark computes once and keeps until the session is closed.

        They are computed anew where a worker is lost with them. Raises ``EngineFailure`` if the query cannot be put
        into Spark SQL.
        """
        self._rendered(to_rows, sql, self._zone)
        return quote_name(self._kept.add(sql))

    def _rendered(self, render: Callable[[str, Tables, Views], Rendered], sql: str, zone: str) -> Rendered:
        try:
            return render(sql, _Found(self.columns), _Found(lambda name: self._view(name, zone)))
        except Unrenderable as error:
            raise EngineFailure(f"{error} cannot be computed on Spark") from error

    def _view(self, name: str, zone: str) -> View:
        """The kept rows of a name as they are in a zone."""
        if (name, zone) not in self._views:
            sql, columns = self._rendered(to_rows, self._kept[name], zone)
            self._views[name, zone] = self._run(lambda: self._lay(name, zone, sql, columns))
        return self._views[name, zone]

    def _lay(self, name: str, zone: str, sql: str, columns: Mapping[str, Piece]) -> View:
        self._spark.conf.set(_ZONE, zone)
        return self._kept.lay(name, zone, sql, columns)

    def prepare(self, work: Callable[[SparkSession], None]) -> None:
        """Do something with the session that queries need, such as registering files; raises ``EngineFailure``."""
        self._run(lambda: work(self._spark))

    def _rows(self, sql: str, zone: str) -> list[tuple[object, ...]]:
        self._spark.conf.set(_ZONE, zone)
        return [tuple(plain(value) for value in row) for row in self._spark.sql(sql).collect()]

    def _run(self, work: Callable[[], Answer]) -> Answer:
        if self._is_lost:
            raise EngineFailure("the cluster is gone", lost=True)
        group = f"sqaudit-{uuid.uuid4()}"

        def in_group() -> Answer:
            if self._context is not None:
                self._context.setJobGroup(group, "sqaudit", interruptOnCancel=True)
            else:
                self._spark.addTag(group)
            return work()

        job = self._worker.submit(in_group)
        try:
            self._wait(job)
            return job.result()
        except KeyboardInterrupt:
            self._let_go(job, group)
            raise
        except EngineFailure:
            self._let_go(job, group)
            raise
        except Exception as error:
            failure = failure_of(error)
            self._is_lost = failure.lost
            raise failure from error

    def _wait(self, job: Future[Any]) -> None:
        begun = alone_since = time.monotonic()
        looked = begun
        while not job.done():
            with contextlib.suppress(TimeoutError):
                job.exception(timeout=0.1)
            now = time.monotonic()
            if job.done():
                return
            if now - begun > self._timeout:
                raise EngineFailure(f"the query did not end within {self._timeout:g} seconds")
            if now - looked >= 1:
                looked = now
                alone_since = now if self._has_executors() else alone_since
                if now - alone_since > PATIENCE:
                    self._is_lost = True
                    raise EngineFailure(f"the cluster has had no worker for {PATIENCE:g} seconds", lost=True)

    def _has_executors(self) -> bool:
        if not self._is_cluster or self._context is None:
            return True
        try:
            return int(self._context._jsc.sc().getExecutorMemoryStatus().size()) > 1  # noqa: SLF001  the driver is one
        except Exception:  # noqa: BLE001  a driver that does not answer has no executors either
            return False

    def _let_go(self, job: Future[Any], group: str) -> None:
        """Cancel the job; where it does not end at once, it is left behind with its thread."""

        def cancel() -> None:
            with contextlib.suppress(Exception):
                if self._context is not None:
                    self._context.cancelJobGroup(group)
                else:
                    self._spark.interruptTag(group)

        threading.Thread(target=cancel, daemon=True).start()
        with contextlib.suppress(BaseException):
            job.exception(timeout=_LET_GO)
        if not job.done():
            self._worker.shutdown(wait=False)
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="sqaudit-spark")

    def close(self) -> None:
        """Let kept rows and the worker thread go; the session itself belongs to who opened it."""
        if not self._is_lost:
            self._kept.let_go()
        self._worker.shutdown(wait=False, cancel_futures=True)


class _Found(Mapping[str, Value]):
    """What is looked up when a query names it."""

    def __init__(self, find: Callable[[str], Value]) -> None:
        self._find = find

    def __getitem__(self, name: str) -> Value:
        return self._find(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def plain(value: object) -> object:
    """A value of a row as the core takes it: whole decimals as int, lists of numbers as lists."""
    if isinstance(value, Decimal) and value.as_tuple().exponent == 0:
        return int(value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value
