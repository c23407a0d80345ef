"""Rows that share a key: equal ones count once, contradicting cells are told.

Of the rows with one key the first (by file and record) stays; the others are duplicates. A cell in which they differ
becomes ``CONTRADICTING`` in the row that stays, whichever came first, so that no order decides what is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqaudit.model.measuring import FILE_COLUMN, ROW_COLUMN, SITE_COLUMN, Cell, cell_column
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import Column
from sqaudit.sources.rows import DUPLICATE, FATE, SITE_DIFFERS

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine


def unite_keys(engine: Engine, table: str, columns: Sequence[Column], keys: Sequence[str]) -> None:
    """Mark duplicates in ``:fate`` and contradicting cells, among rows that are not rejected and whose key is known."""
    key_list = ", ".join(quote_name(key) for key in keys)
    known = " AND ".join(f"{quote_name(key)} IS NOT NULL" for key in keys)
    place = f"({quote_name(FILE_COLUMN)}::BIGINT << 40) + {quote_name(ROW_COLUMN)}"
    differs = "".join(
        f", min({value}) IS DISTINCT FROM max({value}) OR min({cell}) <> max({cell}) AS d{number}"
        for number, column in enumerate(columns)
        for value, cell in [(quote_name(column.name), quote_name(cell_column(column.name)))]
    )
    site = quote_name(SITE_COLUMN)
    engine.query(
        f"CREATE TABLE united AS SELECT {', '.join(f'{quote_name(key)} AS k{i}' for i, key in enumerate(keys))},"
        f" min({place}) AS first, min({site}) <> max({site}) AS ds{differs}"
        f' FROM "{table}" WHERE "{FATE}" IS NULL AND {known} GROUP BY {key_list} HAVING count(*) > 1'
    )
    same = " AND ".join(f"{quote_name(key)} = united.k{number}" for number, key in enumerate(keys))
    of_key = f'FROM united WHERE "{FATE}" IS NULL AND {same}'
    engine.query(f"""UPDATE "{table}" SET "{FATE}" = '{DUPLICATE}' {of_key} AND {place} <> united.first""")
    for number, column in enumerate(columns):
        (contradicted,) = engine.query(f"SELECT count(*) FROM united WHERE d{number}")[0]
        if contradicted:
            engine.query(
                f'UPDATE "{table}" SET {quote_name(column.name)} = NULL,'
                f" {quote_name(cell_column(column.name))} = {int(Cell.CONTRADICTING)} {of_key} AND united.d{number}"
            )
    engine.query(f"""UPDATE "{table}" SET "{FATE}" = '{SITE_DIFFERS}' {of_key} AND united.ds""")
    engine.query("DROP TABLE united")
