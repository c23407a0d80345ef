"""Queries in DuckDB's dialect, as the core generates them, to Spark SQL (ANSI mode) of the same meaning.

sqlglot cuts the query into a tree and is told to know no function; every value is then rendered with its type, from the
columns of the tables upwards. What cannot be typed, or has no counterpart of the same meaning, is refused.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqaudit.expressions.grammar import duckdb_grammar

from sqaudit_spark.casts import piece_of_type
from sqaudit_spark.expressions import alike, condition, known, ordered, render
from sqaudit_spark.pieces import Kind, Piece, Unrenderable, common_kind, lumped, named, shaped_like, with_sql

Tables = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Rows of a query that Spark has under a name of its own, with their columns."""

    name: str
    columns: Mapping[str, Piece]


Views = Mapping[str, View]
_CLAUSES = frozenset(
    {
        "kind",
        "expressions",
        "from_",
        "from",
        "where",
        "group",
        "having",
        "order",
        "limit",
        "distinct",
        "joins",
        "with_",
        "with",
    }
)


def to_spark(sql: str, tables: Tables | None = None, views: Views | None = None) -> str:
    """A query of one statement as Spark SQL.

    Args:
        sql: The query in DuckDB's dialect.
        tables: The columns of the tables it reads, each with the name of DuckDB's type. Of tables that are not among
            them nothing is known, so that whatever depends on a type is refused.
        views: What queries call by other names than Spark does.

    Raises:
        Unrenderable: If there is no Spark SQL of the same meaning.
    """
    query = _rendered(sql, tables, views)
    for name, piece in query.columns.items():
        if piece.kind in {Kind.MOMENT, Kind.LOCAL}:
            raise Unrenderable(f"fetching '{name}', a {piece.kind}; epoch_us of it can be fetched")
    return query.sql


def to_rows(sql: str, tables: Tables | None = None, views: Views | None = None) -> tuple[str, Mapping[str, Piece]]:
    """Spark SQL of a query whose rows stay where they are, and its columns as others see them.

    Raises ``Unrenderable``.
    """
    query = _rendered(sql, tables, views)
    return query.sql, _outside(query.columns)


def to_digest(sql: str, tables: Tables | None = None, views: Views | None = None) -> tuple[str, str]:
    """Spark SQL of one row that tells the rows of a query apart from others, in any order, and the query's columns.

    The row holds their number and two sums of 60 bits of each row's SHA-256. Raises ``Unrenderable``.
    """
    query = _rendered(sql, tables, views)
    if not query.columns:
        raise Unrenderable("a digest of a table whose columns are not known")
    cells = []
    for name, piece in query.columns.items():
        own = named(name)
        text = f"CAST({f'unix_micros({own})' if piece.kind is Kind.MOMENT else own} AS STRING)"
        cells.append(f"coalesce(concat(CAST(octet_length({text}) AS STRING), ':', {text}), '-')")
    hashes = f"SELECT sha2(concat({', '.join(cells)}), 256) AS h FROM ({query.sql}) AS r"
    sums = ", ".join(f"sum(CAST(conv(substring(h, {start}, 15), 16, 10) AS DECIMAL(20, 0)))" for start in (1, 16))
    columns = "\x1f".join(f"{name}\x1e{piece.kind}" for name, piece in query.columns.items())
    return f"SELECT count(*), {sums} FROM ({hashes}) AS hashes", columns


def _rendered(sql: str, tables: Tables | None, views: Views | None) -> _Query:
    tree = _tree(sql)
    try:
        return _query(tree, _Known(tables if tables is not None else {}, views if views is not None else {}))
    except RecursionError:
        raise Unrenderable("a query that is nested so deeply") from None


def _tree(sql: str) -> Any:  # noqa: ANN401
    from sqlglot import ErrorLevel
    from sqlglot.errors import SqlglotError

    dialect = duckdb_grammar()
    try:
        trees = dialect.parser(error_level=ErrorLevel.IMMEDIATE).parse(dialect.tokenize(sql), sql)
    except SqlglotError as error:
        raise Unrenderable(f"a query that cannot be read ({str(error).partition(chr(10))[0]})") from None
    except RecursionError:
        raise Unrenderable("a query that is nested so deeply") from None
    if len(trees) != 1 or trees[0] is None:
        raise Unrenderable("more than one statement")
    return trees[0]


@dataclass(frozen=True, slots=True)
class _Known:
    """The tables and named queries that may be read, by name in lower case, with the columns that are known."""

    tables: Tables
    views: Views
    queries: Mapping[str, Mapping[str, Piece]] | None = None

    def columns(self, table: str) -> Mapping[str, Piece] | None:
        """The columns of a table; ``None`` if nothing is known of it."""
        if self.queries is not None and table.casefold() in self.queries:
            return self.queries[table.casefold()]
        types = self.tables.get(table)
        if types is None:
            return None
        return {name: piece_of_type(kind, named(name)) for name, kind in types.items()}


@dataclass(frozen=True, slots=True)
class _Query:
    sql: str
    columns: dict[str, Piece]


@dataclass(frozen=True, slots=True)
class _Source:
    """What stands after FROM or JOIN: its name and columns; ``None`` if they are not known."""

    sql: str
    name: str
    columns: Mapping[str, Piece] | None


def _query(node: Any, tables: _Known) -> _Query:  # noqa: ANN401
    name = type(node).__name__
    if name == "Subquery":
        return _query(node.this, tables)
    if name == "Union":
        if node.args.get("by_name") or node.args.get("order") or node.args.get("limit"):
            raise Unrenderable("this UNION")
        first, second = _query(node.this, tables), _query(node.expression, tables)
        word = "UNION" if node.args.get("distinct") else "UNION ALL"
        kinds = [[piece.kind for piece in query.columns.values()] for query in (first, second)]
        if kinds[0] != kinds[1]:
            raise Unrenderable("a UNION of queries with different columns")
        return _Query(f"({first.sql}) {word} ({second.sql})", first.columns)
    if name != "Select":
        raise Unrenderable(f"'{name.upper()}'")
    return _select(node, tables)


def _select(node: Any, tables: _Known) -> _Query:  # noqa: ANN401
    extra = sorted(key for key, value in node.args.items() if value and key not in _CLAUSES)
    if extra:
        raise Unrenderable(f"'{extra[0].strip('_').upper()}'")
    prefix = ""
    ctes = node.args.get("with_") or node.args.get("with")
    if ctes is not None:
        prefix, tables = _named_queries(ctes, tables)
    sources = _sources(node, tables)

    def column(table: str, name: str) -> Piece:
        return _column(sources, table, name)

    selected, columns = [], {}
    for place, part in enumerate(node.expressions):
        for sql, name, piece in _selected(part, place, sources, column):
            selected += [sql] if sql else []
            if name is not None:
                columns[name] = piece
    parts = [f"{prefix}SELECT {'DISTINCT ' if node.args.get('distinct') else ''}{', '.join(selected)}"]
    if sources:
        parts.append("FROM " + " ".join(source.sql for source in sources))
    parts += _clauses(node, column, columns)
    return _Query("\n".join(parts), columns)


def _clauses(node: Any, column: Any, columns: Mapping[str, Piece]) -> list[str]:  # noqa: ANN401
    parts = []
    if node.args.get("where") is not None:
        parts.append(f"WHERE {condition(node.args['where'].this, column)}")
    if node.args.get("group") is not None:
        parts.append(_grouped(node.args["group"], column))
    if node.args.get("having") is not None:
        parts.append(f"HAVING {condition(node.args['having'].this, column)}")
    if node.args.get("order") is not None:
        parts.append(ordered(node.args["order"], _with_aliases(column, columns)))
    if node.args.get("limit") is not None:
        parts.append(f"LIMIT {int(str(node.args['limit'].expression.this))}")
    return parts


def _with_aliases(column: Any, columns: Mapping[str, Piece]) -> Any:  # noqa: ANN401
    def find(table: str, name: str) -> Piece:
        if not table and name in columns:
            return with_sql(columns[name], named(name))
        return column(table, name)  # type: ignore[no-any-return]

    return find


def _named_queries(node: Any, tables: _Known) -> tuple[str, _Known]:  # noqa: ANN401
    if node.args.get("recursive"):
        raise Unrenderable("WITH RECURSIVE")
    parts, queries = [], dict(tables.queries or {})
    for one in node.expressions:
        query = _query(one.this, _Known(tables.tables, tables.views, queries))
        columns = _outside(query.columns)
        names = [name.name for name in one.args["alias"].columns]
        if names:
            columns = dict(zip(names, _renamed(names, columns), strict=True))
        listed = f"({', '.join(map(named, names))})" if names else ""
        parts.append(f"{named(one.alias)}{listed} AS ({query.sql})")
        queries[one.alias.casefold()] = columns
    return f"WITH {', '.join(parts)} ", _Known(tables.tables, tables.views, queries)


def _renamed(names: Sequence[str], columns: Mapping[str, Piece]) -> list[Piece]:
    if len(names) != len(columns):
        raise Unrenderable("WITH and names of some columns")
    return [with_sql(piece, named(name)) for name, piece in zip(names, columns.values(), strict=True)]


def _outside(columns: Mapping[str, Piece]) -> dict[str, Piece]:
    """The columns as the query around sees them."""
    return {
        name: Piece(sql=named(name), kind=piece.kind, digits=piece.digits, scale=piece.scale, calendar=piece.calendar)
        for name, piece in columns.items()
    }


def _sources(node: Any, tables: _Known) -> list[_Source]:  # noqa: ANN401
    first = node.args.get("from_") or node.args.get("from")
    if first is None:
        return []
    sources = [_source(first.this, tables)]
    for join in node.args.get("joins") or ():
        kind, side = str(join.args.get("kind") or "").upper(), str(join.args.get("side") or "").upper()
        if kind not in {"", "INNER", "CROSS"} or side not in {"", "LEFT"} or join.args.get("method"):
            raise Unrenderable(f"a {side or kind} JOIN")
        source = _source(join.this, tables)
        if join.args.get("using"):
            raise Unrenderable("JOIN USING")
        word = "LEFT JOIN" if side else "CROSS JOIN" if join.args.get("on") is None else "JOIN"
        reach = [*sources, source]
        on = ""
        if join.args.get("on") is not None:
            on = f" ON {condition(join.args['on'], functools.partial(_column, reach))}"
        sources.append(_Source(f"{word} {source.sql}{on}", source.name, source.columns))
    return sources


def _source(node: Any, tables: _Known) -> _Source:  # noqa: ANN401
    alias = f" AS {named(node.alias)}" if node.alias else ""
    if type(node).__name__ == "Subquery":
        query = _query(node.this, tables)
        return _Source(f"({query.sql}){alias}", node.alias, _outside(query.columns))
    if type(node).__name__ == "Values":
        alias = node.args.get("alias")
        return _values(node, node.alias, [name.name for name in alias.columns] if alias is not None else [])
    if type(node).__name__ != "Table" or type(node.this).__name__ != "Identifier":
        raise Unrenderable(f"reading '{node.sql(dialect='duckdb')}'")
    table = ".".join(part.name for part in node.parts)
    view = tables.views.get(table)
    if view is not None:
        return _Source(named(view.name) + alias, node.alias or table, view.columns)
    columns = tables.columns(table)
    return _Source(table_name(table) + alias, node.alias or table.rpartition(".")[2], columns)


def _values(node: Any, alias: str, names: Sequence[str]) -> _Source:  # noqa: ANN401
    """``(VALUES (…), …) AS alias(name, …)``."""

    def none(_: str, name: str) -> Piece:
        raise Unrenderable(f"the column '{name}' among values")

    rows = [[render(cell, none) for cell in row.expressions] for row in node.expressions]
    names = names or [f"col{place}" for place in range(len(rows[0]))]  # as DuckDB names them
    if any(len(row) != len(names) for row in rows):
        raise Unrenderable("VALUES of different lengths")
    columns = {}
    for name, cells in zip(names, zip(*rows, strict=True), strict=True):
        fitted = alike(cells, "VALUES")
        columns[name] = with_sql(shaped_like(fitted, common_kind(fitted, "VALUES")), named(name))
    listed = ", ".join(f"({', '.join(cell.sql for cell in row)})" for row in rows)
    named_columns = ", ".join(named(name) for name in names)
    return _Source(f"(VALUES {listed}) AS {named(alias)}({named_columns})", alias, columns)


def table_name(table: str) -> str:
    """A table's name as Spark reads it; dots part the names of catalogue, schema and table."""
    return ".".join(named(part) for part in table.split("."))


def _column(sources: list[_Source], table: str, name: str) -> Piece:
    prefix = f"{named(table)}." if table else ""
    found = []
    for source in sources:
        if table and source.name.casefold() != table.casefold():
            continue
        if source.columns is None:
            found.append(Piece(sql=prefix + named(name), kind=Kind.UNKNOWN))
            continue
        found += [
            with_sql(piece, prefix + named(own))
            for own, piece in source.columns.items()
            if own.casefold() == name.casefold()
        ]
    if not found:
        raise Unrenderable(f"the column '{name}', which no table has")
    if len(found) > 1 and len({piece.kind for piece in found}) > 1:
        raise Unrenderable(f"the column '{name}', which several tables have")
    return found[0]


def _selected(node: Any, place: int, sources: list[_Source], column: Any) -> list[tuple[str, str | None, Piece]]:  # noqa: ANN401
    nothing = Piece(sql="*", kind=Kind.UNKNOWN)
    if type(node).__name__ == "Star":
        return _star(node, sources, column, nothing)
    if type(node).__name__ == "Column" and type(node.this).__name__ == "Star":
        own = [source for source in sources if source.name.casefold() == node.table.casefold()]
        listed = [(name, piece) for source in own for name, piece in (source.columns or {}).items()]
        if len(own) != 1 or not listed:
            raise Unrenderable(f"'{node.sql(dialect='duckdb')}'")
        return [
            (f"{named(node.table)}.*" if not place else "", name, piece) for place, (name, piece) in enumerate(listed)
        ]
    name = node.alias_or_name or f"column{place}"
    piece = render(node.this if type(node).__name__ == "Alias" else node, column)
    if piece.kind is Kind.DURATION:
        piece = lumped(piece)
    if type(node).__name__ == "Alias" or type(node).__name__ != "Column":
        return [(f"{piece.sql} AS {named(name)}", name, piece)]
    return [(piece.sql, name, piece)]


def _star(node: Any, sources: list[_Source], column: Any, nothing: Piece) -> list[tuple[str, str | None, Piece]]:  # noqa: ANN401
    replaced = {one.alias.casefold(): one.this for one in node.args.get("replace") or node.args.get("replace_") or ()}
    excluded = node.args.get("except_") or node.args.get("except") or ()
    left_out = {one.name.casefold() for one in excluded}
    if node.args.get("rename"):
        raise Unrenderable("* RENAME")
    known_columns = [source.columns for source in sources]
    if any(columns is None for columns in known_columns):
        if replaced or left_out:
            raise Unrenderable("* REPLACE over a table whose columns are not known")
        return [("*", None, nothing)]
    listed = [(name, piece) for columns in known_columns for name, piece in (columns or {}).items()]
    if not replaced and not left_out:
        return [("*" if not place else "", name, piece) for place, (name, piece) in enumerate(listed)] or [
            ("*", None, nothing)
        ]
    found: list[tuple[str, str | None, Piece]] = []
    for name, piece in listed:
        if name.casefold() in left_out:
            continue
        own = render(replaced[name.casefold()], column) if name.casefold() in replaced else piece
        found.append((f"{known(own)} AS {named(name)}", name, own))
    return found


def _grouped(node: Any, column: Any) -> str:  # noqa: ANN401
    if node.args.get("all"):
        return "GROUP BY ALL"
    if any(value for key, value in node.args.items() if key not in {"expressions", "all"}):
        raise Unrenderable("GROUPING SETS")
    return f"GROUP BY {', '.join(known(render(part, column)) for part in node.expressions)}"
