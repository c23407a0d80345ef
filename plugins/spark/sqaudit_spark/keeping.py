"""Rows that many queries read: worked out once on the cluster and kept there, in memory or on the workers' disks.

Only what Spark can work out anew is kept: rows that are lost with a worker come back from the files or the table.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sqaudit_spark.pieces import Piece, named, quoted
from sqaudit_spark.rendering import View

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_WHOLE_STAGE = "spark.sql.codegen.wholeStage"


class KeptRows(Mapping[str, str]):
    """The queries, by the names that their rows are called by, and what Spark has of them in each zone."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark
        self._queries: dict[str, str] = {}
        self._frames: list[DataFrame] = []
        # Spark takes kept rows for any query of the same plan, a server of Spark Connect also those of other sessions,
        # which may be of yesterday's files.
        self._mark = f"sqaudit-{uuid.uuid4()}"

    def __getitem__(self, name: str) -> str:
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._queries)

    def __len__(self) -> int:
        return len(self._queries)

    def add(self, sql: str) -> str:
        """Take up a query in DuckDB's dialect; gives the name of its rows, which no table has."""
        name = f":kept {len(self._queries) + 1}"
        self._queries[name] = sql
        return name

    def lay(self, name: str, zone: str, sql: str, columns: Mapping[str, Piece]) -> View:
        """The rows of a query in Spark SQL, in the zone that the session is in; computed when they are first read.

        Where two zones give the same plan, Spark keeps the rows once.
        """
        view = View(name=f"{name} in {zone}", columns=columns)
        frame = self._spark.sql(f"SELECT * FROM ({sql}) AS kept WHERE {quoted(self._mark)} IS NOT NULL")
        with self._compiled_in_parts():
            self._frames.append(frame.persist())  # it is planned now, and run later
        frame.createOrReplaceTempView(named(view.name))
        return view

    @contextlib.contextmanager
    def _compiled_in_parts(self) -> Iterator[None]:
        """Without the one method for a whole stage: of typed rows it is longer than Java compiles well."""
        self._spark.conf.set(_WHOLE_STAGE, "false")
        try:
            yield
        finally:
            self._spark.conf.set(_WHOLE_STAGE, "true")

    def let_go(self) -> None:
        """Give the workers their memory back."""
        for frame in self._frames:
            with contextlib.suppress(Exception):
                frame.unpersist()
