"""What the catalogue knows of a table: its columns, and the DuckDB types that hold their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sqaudit.engines.postgresql.binding import ENGINE
from sqaudit.errors import UnusableSource, msg
from sqaudit.model.quoting import quote_name
from sqaudit.model.suggesting import closest

if TYPE_CHECKING:
    import psycopg

_RELATIONS = ["r", "p", "v", "m", "f"]
_PLAIN = {
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "real": "DOUBLE",
    "double precision": "DOUBLE",
    "text": "VARCHAR",
    "character varying": "VARCHAR",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp without time zone": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
    "interval": "INTERVAL",
}
# Read as the text that PostgreSQL shows.
_AS_TEXT = {"character", "uuid", "citext", "name", '"char"', "inet", "cidr", "json", "jsonb"}
_AS_TEXT |= {"time without time zone", "time with time zone"}
_ANY_NUMERIC = "DECIMAL(38,9)"
_MOST_DIGITS = 38
_FIND = """
SELECT c.oid, n.nspname, c.relname
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = ANY(%(kinds)s) AND CASE WHEN %(schema)s::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
  ELSE n.nspname = %(schema)s END AND (c.relname = %(table)s OR lower(c.relname) = lower(%(table)s))
ORDER BY c.relname <> %(table)s, n.nspname, c.relname
"""
_OTHERS = """
SELECT CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END, c.relname
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = ANY(%(kinds)s) AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY 1 LIMIT 10000
"""
_COLUMNS = """
SELECT a.attname,
  CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod)
    ELSE pg_catalog.format_type(a.atttypid, a.atttypmod) END,
  t.typtype = 'e', NOT coalesce(l.collisdeterministic, TRUE),
  pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
WHERE a.attrelid = %(table)s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""


class Table(Struct, frozen=True):
    """A table as it is selected from: its SQL, and the DuckDB type of each column in order."""

    sql: str
    types: Mapping[str, str]


def find_table(connection: psycopg.Connection[Any], name: str) -> Table:
    """The table or view of this name.

    Raises:
        UnusableSource: SQA518.
    """
    *schemas, table = re.findall(r'"(?:[^"]|"")*"|[^.]+', name)
    schema, table = (_bare(part) for part in (schemas[-1] if schemas else "", table))
    wanted = {"kinds": _RELATIONS, "schema": schema or None, "table": table}
    found = connection.execute(_FIND, wanted).fetchone()
    if found is None:
        raise _unknown(connection, name, table)
    number, own_schema, own_name = found
    columns = connection.execute(_COLUMNS, {"table": number}).fetchall()
    readable = [column for column in columns if column[4]]
    if columns and not readable:
        raise UnusableSource(
            "SQA518",
            msg("{engine} does not allow '{table}' to be read", engine=ENGINE, table=name),
            msg("GRANT SELECT on it to the user of the 'url', or name a view that the user may read"),
        )
    types = {str(column[0]): kind for column in readable if (kind := _duckdb_type(str(column[1]), is_enum=column[2]))}
    casts = {str(column[0]): cast for column in readable if (cast := _cast(*column[:4])) is not None}
    sql = f"{quote_name(own_schema)}.{quote_name(own_name)}"
    if casts.keys() & types.keys():
        listed = ", ".join(f"{quote_name(column)}{casts.get(column, '')} AS {quote_name(column)}" for column in types)
        sql = f"(SELECT {listed} FROM {sql})"
    return Table(sql, types)


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.strip()


def _unknown(connection: psycopg.Connection[Any], name: str, table: str) -> UnusableSource:
    others = connection.execute(_OTHERS, {"kinds": _RELATIONS}).fetchall()
    full = {str(bare): str(shown) for shown, bare in reversed(others)}
    near = closest(name, (str(shown) for shown, _ in others)) or full.get(closest(table, full) or "")
    hint = (
        msg("did you mean '{name}'?", name=near)
        if near
        else msg("write its schema before it, such as service.tickets, and see that the user of the 'url' may use it")
    )
    return UnusableSource("SQA518", msg("{engine} has no table or view '{table}'", engine=ENGINE, table=name), hint)


def _duckdb_type(native: str, *, is_enum: bool) -> str | None:
    """The DuckDB type of a column, or ``None`` if its values have no place in measures."""
    if is_enum:
        return "VARCHAR"
    plain = re.sub(r"\(\d+(,-?\d+)?\)", "", native)
    if plain == "numeric":
        digits = re.fullmatch(r"numeric\((\d+),(\d+)\)", native)
        if digits is None or int(digits[1]) > _MOST_DIGITS or int(digits[2]) > int(digits[1]):
            return _ANY_NUMERIC
        return f"DECIMAL({digits[1]},{digits[2]})"
    return _PLAIN.get(plain) or ("VARCHAR" if plain in _AS_TEXT else None)


def _cast(_: str, native: str, is_enum: bool, has_rules: bool) -> str | None:  # noqa: FBT001  a row of the catalogue
    """What a column needs behind its name: texts of other types as text, and compared by their bytes."""
    if native == "real":
        return "::double precision"
    if is_enum or re.sub(r"\(\d+\)", "", native) in _AS_TEXT:
        return "::text"
    return ' COLLATE "C"' if has_rules else None
