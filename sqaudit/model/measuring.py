"""What passes between the records and a value: staged datasets and sufficient statistics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct, field

from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import Column

SITE_COLUMN = ":site"
SITE_NUMBER_COLUMN = ":site number"
FILE_COLUMN = ":file"
ROW_COLUMN = ":row"
# What stands in the SQL of a measure for moments that expressions know by name, until the query is rendered.
MOMENT_NAMES = (":as_of", ":period_start", ":period_end")
AS_OF, PERIOD_START, PERIOD_END = (quote_name(name) for name in MOMENT_NAMES)


class Cell(IntEnum):
    """What became of a cell, kept beside each column of a staged dataset."""

    MISSING = 0
    VALID = 1
    UNREADABLE = 2
    OUT_OF_RANGE = 3
    CONTRADICTING = 4


def cell_column(column: str) -> str:
    """The staged column that keeps what became of ``column``'s cells (a ``Cell``)."""
    return f":cell {column}"


def unusable_column(column: str) -> str:
    """The column that a ``marked`` dataset has beside: whether a cell of ``column`` is there but cannot be used."""
    return f":unusable {column}"


class StagedDataset(Struct, frozen=True, kw_only=True):
    """Typed rows of one dataset: a table or view of the engine.

    Besides one column per declared column (timestamps as TIMESTAMPTZ, numbers as DECIMAL of their scale, bad cells
    NULL) the table has ``:site`` (text), ``:file`` (1-based place in the source's sorted files), ``:row`` (1-based
    record number in that file, header not counted) and a ``:cell NAME`` per column. Columns that are ``sure`` hold no
    unusable cell. Where the rows lie in another engine, ``rows_sql`` is the query for them, and there is no table.
    ``within`` is the stretch of time, half open, that all rows are known to lie in by their ``time``. A ``marked``
    dataset tells unusable cells by a column of their own, which is quicker to work out than a ``:cell NAME``.
    ``site_column`` tells sites apart at the least cost: it may be a whole number that reads as the site's id.
    ``masks`` names, for masked columns, the tables of the engine that have the ``mask`` of every ``value``.
    """

    dataset: str
    table: str
    columns: Mapping[str, Column]
    time: str | None
    sure: frozenset[str] = frozenset()
    rows_sql: str | None = None
    within: tuple[datetime, datetime] | None = None
    marked: bool = False
    site_column: str = SITE_COLUMN
    masks: Mapping[str, str] = field(default_factory=dict)

    @property
    def relation(self) -> str:
        """What stands behind FROM."""
        return f"({self.rows_sql})" if self.rows_sql is not None else quote_name(self.table)


class StatisticKind(StrEnum):
    """How a statistic is computed; only the additive ones (count, sum, squares, min, max) merge upward."""

    COUNT = "count"
    SUM = "sum"
    SQUARES = "squares"
    MIN = "min"
    MAX = "max"
    QUANTILE = "quantile"
    DISTINCT = "distinct"


class Statistic(Struct, frozen=True, kw_only=True):
    """One aggregate a measure needs.

    ``expression`` is a checked SQL row expression: a condition for COUNT (rows where it is true), a number or duration
    for the others. Sums are exact; durations become whole microseconds. SQUARES is the sum of each row's square, in the
    unit squared. ``q`` (0 to 1) belongs to QUANTILE, type 7.
    """

    kind: StatisticKind
    expression: str
    q: float | None = None
