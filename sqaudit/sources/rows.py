"""The raw table to the typed one: values, cells, and the fate of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqaudit.model.measuring import FILE_COLUMN, ROW_COLUMN, SITE_COLUMN, Cell, cell_column
from sqaudit.model.programme import Source
from sqaudit.model.quoting import quote_name, quote_text
from sqaudit.model.standard import Column
from sqaudit.sources.conversion import Conversion, present_sql, sql_type
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.reading import Raw

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine

FATE = ":fate"
NO_SITE = "no site"
BAD_CELL = "bad cell"
DUPLICATE = "duplicate"
SITE_DIFFERS = "site differs"


def is_needed(column: Column, source: Source) -> bool:
    """Whether a row without a valid cell in this column is rejected."""
    return not column.optional or column.name == source.time


def key_column(place: int) -> str:
    """The staged column of a part of the key that is no declared column; gone when staging is done."""
    return f":key {place}"


def type_rows(  # noqa: PLR0913  zones and sites belong together
    engine: Engine, prepared: PreparedSource, raw: Raw, *, zones: Mapping[str, str], zone: str, only_site: str | None
) -> None:
    """Create the dataset's table from the raw one; ``:fate`` says why a row is rejected, NULL if it is not."""
    source, columns = prepared.source, list(prepared.dataset.columns.values())
    if raw.has_site:
        site, used = present_sql("site", source.nulls), zones
    else:
        site = quote_text(only_site) if only_site is not None else "NULL::VARCHAR"
        used, zone = {}, zones.get(only_site, zone) if only_site is not None else zone
    zone_list, zone_number = _zone_numbers(used, zone)
    there = [
        Conversion(
            number=number,
            column=column,
            found=found,
            nulls=source.nulls,
            decimal=source.reading.decimal,
            dates=source.reading.dates,
        )
        for number, (column, found) in enumerate(zip(columns, raw.types, strict=True))
        if found is not None
    ]
    numbers = {column.name: number for number, column in enumerate(columns)}
    sql = (
        f'SELECT * REPLACE ({site} AS site) FROM "{raw.table}"'
        if raw.has_site
        else (f'SELECT *, {site} AS site FROM "{raw.table}"')
    )
    sql = _level(sql, [f"{each.trimmed()} AS s{each.number}" for each in there])
    sql = _level(sql, [f"{zone_number} AS z", *(f"{each.text()} AS t{each.number}" for each in there)])
    clocks = [(each.number, clock) for each in there if (clock := each.clock()) is not None]
    sql = _level(sql, [f"{naive} AS n{number}, {aware} AS a{number}" for number, (naive, aware) in clocks])
    absent = [number for number, found in enumerate(raw.types) if found is None]
    sql = _level(
        sql,
        [f"{each.value(zone_list)} AS v{each.number}" for each in there]
        + [f"NULL::{sql_type(columns[number])} AS v{number}" for number in absent],
    )
    sql = _level(
        sql,
        [f"{each.cell(numbers, is_expression=each.number in raw.expressions)} AS w{each.number}" for each in there]
        + [f"{int(Cell.MISSING)} AS w{number}" for number in absent],
    )
    engine.query(
        f"CREATE TABLE {quote_name(prepared.dataset.id)} AS SELECT {_staged_columns(source, columns, raw)} FROM ({sql})"
    )


def _level(sql: str, added: Sequence[str]) -> str:
    return f"SELECT *, {', '.join(added)} FROM ({sql})" if added else sql


def _zone_numbers(zones: Mapping[str, str], zone: str) -> tuple[list[str], str]:
    """The zones in use, the default first, and the SQL of a row's place among them."""
    others = sorted(set(zones.values()) - {zone})
    sites = [sorted(site for site, its in zones.items() if its == other) for other in others]
    cases = "".join(
        f" WHEN site IN ({', '.join(quote_text(site) for site in of_zone)}) THEN {number}"
        for number, of_zone in enumerate(sites, start=1)
    )
    return [zone, *others], f"CASE{cases} ELSE 0 END" if cases else "0"


def _staged_columns(source: Source, columns: Sequence[Column], raw: Raw) -> str:
    fates = [f"WHEN site IS NULL THEN '{NO_SITE}'"] if raw.has_site else []
    needed = [f"w{number} <> {int(Cell.VALID)}" for number, column in enumerate(columns) if is_needed(column, source)]
    if needed:
        fates.append(f"WHEN {' OR '.join(needed)} THEN '{BAD_CELL}'")
    fate = f"CASE {' '.join(fates)} END" if fates else "NULL"
    own = {"site": SITE_COLUMN, "file": FILE_COLUMN, "row": ROW_COLUMN}
    selected = [f"{name} AS {quote_name(column)}" for name, column in own.items()]
    for number, column in enumerate(columns):
        value = f"CASE WHEN w{number} = {int(Cell.VALID)} THEN v{number} END"
        selected.append(f"CAST({value} AS {sql_type(column)}) AS {quote_name(column.name)}")
        selected.append(f"CAST(w{number} AS UTINYINT) AS {quote_name(cell_column(column.name))}")
    selected += [
        f"{present_sql(key, source.nulls)} AS {quote_name(key_column(place))}" for place, key in enumerate(raw.keys)
    ]
    return ", ".join([*selected, f"CAST({fate} AS VARCHAR) AS {quote_name(FATE)}"])
