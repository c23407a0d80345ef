"""The raw table to the typed one: values, cells, and the fate of each row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqaudit.model.measuring import (
    FILE_COLUMN,
    ROW_COLUMN,
    SITE_COLUMN,
    SITE_NUMBER_COLUMN,
    Cell,
    cell_column,
    unusable_column,
)
from sqaudit.model.programme import Source
from sqaudit.model.quoting import quote_name, quote_text
from sqaudit.model.standard import Column
from sqaudit.sources.conversion import WHOLE_TYPES, Conversion, present_sql, sql_type
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.reading import Raw

FATE = ":fate"
NO_SITE = "no site"
BAD_CELL = "bad cell"
DUPLICATE = "duplicate"
SITE_DIFFERS = "site differs"


def is_needed(column: Column, source: Source) -> bool:
    """Whether a row without a valid cell in this column is rejected."""
    return not column.optional or column.name == source.time


def given_column(column: str) -> str:
    """What the file holds for a column, as text; beside the rows of a scan, for the rejects."""
    return f":given {column}"


def key_column(place: int) -> str:
    """The staged column of a part of the key that is no declared column; gone when staging is done."""
    return f":key {place}"


def typed_sql(  # noqa: PLR0913  zones and sites belong together
    prepared: PreparedSource,
    raw: Raw,
    *,
    zones: Mapping[str, str],
    zone: str,
    only_site: str | None,
    with_given: bool = False,
    with_marks: bool = False,
    present: Collection[int] = (),
) -> str:
    """The typed rows of a source as a query over what was read.

    ``:fate`` says why a row is rejected, NULL if it is not. ``with_given`` adds what the file holds for each column,
    ``with_marks`` whether its cell cannot be used, and the site as a number if it is one. Cells of the columns
    ``present``, by their number, are known to be usable.
    """
    source, columns = prepared.source, list(prepared.dataset.columns.values())
    if raw.has_site:
        site, used = site_sql(raw, source), zones
    else:
        site = quote_text(only_site) if only_site is not None else "NULL::VARCHAR"
        used, zone = {}, zones.get(only_site, zone) if only_site is not None else zone
    zone_list, zone_number = _zone_numbers(used, zone)
    everything = conversions(prepared, raw)
    twins = _twins(everything, raw)
    there = [each for each in everything if each.number not in twins]
    numbers = {column.name: number for number, column in enumerate(columns)}
    sql = f"SELECT *, {site} AS place FROM {raw.relation} AS raw"
    sql = _level(sql, [f"{each.trimmed()} AS s{each.number}" for each in there])
    sql = _level(sql, [f"{zone_number} AS z", *(f"{each.text()} AS t{each.number}" for each in there)])
    clocks = [(each.number, clock) for each in there if (clock := each.clock()) is not None]
    decimals = [(each.number, exact) for each in there if (exact := each.exact()) is not None]
    sql = _level(
        sql,
        [f"{naive} AS n{number}, {aware} AS a{number}" for number, (naive, aware) in clocks]
        + [f"{exact} AS d{number}" for number, exact in decimals],
    )
    absent = [number for number, found in enumerate(raw.types) if found is None]
    sql = _level(
        sql,
        [f"{each.value(zone_list)} AS v{each.number}" for each in there]
        + [f"NULL::{sql_type(columns[number])} AS v{number}" for number in absent],
    )
    sql = _level(sql, [f"t{twin} AS t{number}, v{twin} AS v{number}" for number, twin in twins.items()])
    sql = _level(
        sql,
        [f"{each.kept(numbers)} AS u{each.number}" for each in everything]
        + [f"v{number} AS u{number}" for number in absent],
    )
    sql = _level(
        sql,
        [f"{each.cell(numbers, is_expression=each.number in raw.expressions)} AS w{each.number}" for each in everything]
        + [f"{int(Cell.MISSING)} AS w{number}" for number in absent],
    )
    given = [
        f"{given_sql(number, raw)} AS {quote_name(given_column(each.name))}" for number, each in enumerate(columns)
    ]
    unusable = {each.column.name: each.unusable(is_expression=each.number in raw.expressions) for each in everything}
    marks = [f"{condition} AS {quote_name(unusable_column(name))}" for name, condition in unusable.items()]
    lacking = {each.number: each.lacking(numbers) for each in everything} | dict.fromkeys(present, "FALSE")
    selected = [*_staged_columns(source, columns, raw, lacking), *(given if with_given else ())]
    if with_marks:
        number = "site" if site_is_number(raw, source) else "CAST(NULL AS BIGINT)"
        selected += [*marks, f"{number} AS {quote_name(SITE_NUMBER_COLUMN)}"]
    return f"SELECT {', '.join(selected)} FROM ({sql}) AS level"


def _twins(there: Sequence[Conversion], raw: Raw) -> dict[int, int]:
    """The columns read from the same place as an earlier one and converted alike, so that only their ranges differ."""
    first: dict[object, int] = {}
    twins = {}
    for each in there:
        column = each.column
        alike = (raw.places[each.number], column.type, column.scale, column.nulls)
        earlier = first.setdefault(alike, each.number)
        if earlier != each.number:
            twins[each.number] = earlier
    return twins


def conversions(prepared: PreparedSource, raw: Raw) -> list[Conversion]:
    """How each column that the files have is converted."""
    source = prepared.source
    return [
        Conversion(
            number=number,
            column=column,
            found=found,
            nulls=source.nulls,
            decimal=source.reading.decimal,
            dates=source.reading.dates,
        )
        for number, (column, found) in enumerate(zip(prepared.dataset.columns.values(), raw.types, strict=True))
        if found is not None
    ]


def sure_columns(prepared: PreparedSource, raw: Raw) -> frozenset[str]:
    """The columns whose cells can all be used in an accepted row, told by types; those that no file has among them."""
    unsure = {
        each.column.name
        for each in conversions(prepared, raw)
        if not is_needed(each.column, prepared.source)
        and not each.is_sure(is_expression=each.number in raw.expressions)
    }
    return frozenset(prepared.dataset.columns) - unsure


def given_sql(number: int, raw: Raw, relation: str = "") -> str:
    """What the file holds for the column of this number, as text; what an expression was given where it failed."""
    given = "NULL" if raw.types[number] is None else f"CAST({relation}r{number} AS VARCHAR)"
    return f"coalesce({relation}x{number}, {given})" if number in raw.expressions else given


def site_is_number(raw: Raw, source: Source) -> bool:
    """Whether sites are whole numbers, of which none stands for a missing site."""
    return raw.site_type in WHOLE_TYPES and not any(word.strip().lstrip("+-").isdigit() for word in source.nulls)


def site_sql(raw: Raw, source: Source) -> str:
    """A row's site as text, NULL where it is missing; a whole number has no blanks that would have to go."""
    if site_is_number(raw, source):
        return "CAST(site AS VARCHAR)"
    return present_sql("CAST(site AS VARCHAR)", source.nulls)


def _level(sql: str, added: Sequence[str]) -> str:
    return f"SELECT *, {', '.join(added)} FROM ({sql}) AS level" if added else sql


def _zone_numbers(zones: Mapping[str, str], zone: str) -> tuple[list[str], str]:
    """The zones in use, the default first, and the SQL of a row's place among them."""
    others = sorted(set(zones.values()) - {zone})
    sites = [sorted(site for site, its in zones.items() if its == other) for other in others]
    cases = "".join(
        f" WHEN place IN ({', '.join(quote_text(site) for site in of_zone)}) THEN {number}"
        for number, of_zone in enumerate(sites, start=1)
    )
    return [zone, *others], f"CASE{cases} ELSE 0 END" if cases else "0"


def _staged_columns(source: Source, columns: Sequence[Column], raw: Raw, lacking: Mapping[int, str]) -> list[str]:
    """The columns of a typed row; ``lacking`` says by number where a column has no usable cell."""
    fates = [f"WHEN place IS NULL THEN '{NO_SITE}'"] if raw.has_site else []
    needed = [lacking.get(number, "TRUE") for number, column in enumerate(columns) if is_needed(column, source)]
    needed = [condition for condition in needed if condition != "FALSE"]
    if needed:
        fates.append(f"WHEN {' OR '.join(needed)} THEN '{BAD_CELL}'")
    fate = f"CASE {' '.join(fates)} END" if fates else "NULL"
    own = {"place": SITE_COLUMN, "file": FILE_COLUMN, "row": ROW_COLUMN}
    selected = [f"{name} AS {quote_name(column)}" for name, column in own.items()]
    for number, column in enumerate(columns):
        selected.append(f"CAST(u{number} AS {sql_type(column)}) AS {quote_name(column.name)}")
        selected.append(f"CAST(w{number} AS UTINYINT) AS {quote_name(cell_column(column.name))}")
    selected += [
        f"{present_sql(key, source.nulls)} AS {quote_name(key_column(place))}" for place, key in enumerate(raw.keys)
    ]
    return [*selected, f"CAST({fate} AS VARCHAR) AS {quote_name(FATE)}"]
