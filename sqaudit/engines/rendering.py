"""Generated SQL on its way to an engine of another dialect: read as a tree, and typed as far as its meaning needs it.

The core writes SQL in DuckDB's dialect. What a construct means depends on what it is applied to (``/`` of numbers is a
number, of durations a duration), so a rendering follows the kinds of values from the table's columns upward, and
refuses by name what it cannot say with the same meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from msgspec import Struct

from sqaudit.errors import Message, msg
from sqaudit.expressions.grammar import duckdb_grammar
from sqaudit.model.ports import EngineFailure

Node: TypeAlias = Any  # a node of sqlglot's syntax tree; sqlglot is slow to import and loads on use


class Unrenderable(EngineFailure):
    """Raised for SQL that an engine cannot compute with the same meaning; ``construct`` names the part."""

    def __init__(self, construct: str, engine: str, why: str = "") -> None:
        super().__init__(f"{engine} cannot compute '{construct}' as the other engines do{f': {why}' if why else ''}")
        self.construct = construct
        self.message: Message = msg(
            "{engine} cannot compute '{construct}' as the other engines do", engine=engine, construct=construct
        )


class SqlKind(StrEnum):
    """What a value is: as much of its type as its meaning depends on."""

    NOTHING = "null"
    WHOLE = "whole number"
    DECIMAL = "decimal number"
    FLOAT = "floating-point number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    LOCAL = "local time"
    MOMENT = "moment"
    DURATION = "duration"
    FLOATS = "list of numbers"


NUMBERS = frozenset({SqlKind.WHOLE, SqlKind.DECIMAL, SqlKind.FLOAT})
TIMES = frozenset({SqlKind.DATE, SqlKind.LOCAL, SqlKind.MOMENT})
_WIDTH = {kind: place for place, kind in enumerate((SqlKind.WHOLE, SqlKind.DECIMAL, SqlKind.FLOAT))}
_REACH = {kind: place for place, kind in enumerate((SqlKind.DATE, SqlKind.LOCAL, SqlKind.MOMENT))}
_KINDS = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "INT128"), SqlKind.WHOLE),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER", "UINT", "UBIGINT"), SqlKind.WHOLE),
    "DECIMAL": SqlKind.DECIMAL,
    **dict.fromkeys(("DOUBLE", "FLOAT"), SqlKind.FLOAT),
    **dict.fromkeys(("VARCHAR", "TEXT"), SqlKind.TEXT),
    "BOOLEAN": SqlKind.BOOLEAN,
    "DATE": SqlKind.DATE,
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMPNTZ"), SqlKind.LOCAL),
    **dict.fromkeys(("TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"), SqlKind.MOMENT),
    "INTERVAL": SqlKind.DURATION,
    "DOUBLE[]": SqlKind.FLOATS,
}


def kind_of_type(name: str) -> SqlKind | None:
    """The kind of a DuckDB type such as ``DECIMAL(18, 4)``; ``None`` if it has no place in measures."""
    return _KINDS.get(re.sub(r"\s*\(.*\)", "", name).upper())


def common_kind(kinds: Iterable[SqlKind]) -> SqlKind | None:
    """The kind of a value that may be any of these; ``None`` if they do not go together."""
    known = {kind for kind in kinds if kind is not SqlKind.NOTHING}
    if len(known) <= 1:
        return next(iter(known), SqlKind.NOTHING)
    if known <= NUMBERS:
        return max(known, key=lambda kind: _WIDTH[kind])
    if known <= TIMES:
        return max(known, key=lambda kind: _REACH[kind])
    return None


class Piece(Struct, frozen=True):
    """SQL of one value in the other dialect, closed in itself.

    ``text`` is the text of a text literal, ``number`` a number as it was written. ``may_fail`` tells that a row can
    make the engine give up, where DuckDB's ``TRY`` would give NULL. ``is_elapsed`` tells a duration that has neither
    days nor months, so that it is the same time in every zone.
    """

    sql: str
    kind: SqlKind
    text: str | None = None
    number: str | None = None
    may_fail: bool = False
    is_elapsed: bool = False


class Relation(Struct, frozen=True):
    """Something to select from: its SQL in the other dialect, and the kinds of its columns in their order."""

    sql: str
    columns: Mapping[str, SqlKind]


Resolve: TypeAlias = Callable[[str], Relation]
"""Finds a table by its name, with dots between its parts."""


def parse_query(sql: str, engine: str) -> Node:
    """The tree of one generated SELECT.

    Raises:
        Unrenderable: If it is anything else.
    """
    from sqlglot import ErrorLevel
    from sqlglot.errors import ParseError, TokenError

    try:
        dialect = duckdb_grammar()
        trees = dialect.parser(error_level=ErrorLevel.IMMEDIATE).parse(dialect.tokenize(sql), sql)
    except (ParseError, TokenError) as error:
        raise Unrenderable("this statement", engine, str(error).partition("\n")[0]) from None
    if len(trees) != 1 or type(trees[0]).__name__ not in {"Select", "Union", "Intersect", "Except", "Subquery"}:
        raise Unrenderable("anything but one SELECT", engine)
    return trees[0]


def name_of(node: Node) -> str:
    """What a node is called: the function's name as it was written, else the kind of node."""
    kind = type(node).__name__
    return str(node.this).casefold() if kind == "Anonymous" else kind.upper()


def unexpected_part(node: Node, allowed: frozenset[str]) -> str | None:
    """A part of the node that is there and not among the allowed ones."""
    return next((part for part, value in sorted(node.args.items()) if value and part not in allowed), None)
