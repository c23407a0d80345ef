"""Pieces of Spark SQL: text that knows what it yields, so that nothing is rendered on a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

MOST_DIGITS = 38
MICROSECONDS_OF_A_DAY = 86_400_000_000
_BRACKETS = re.compile(r"""[()]|'(?:[^'\\]|\\.)*'|`[^`]*`""", re.DOTALL)
DAYS_OF_A_MONTH = 30  # as DuckDB reckons where months are compared with days


class Unrenderable(Exception):
    """Raised for SQL that has no counterpart of the same meaning on Spark; says what, in words."""


class Kind(StrEnum):
    """What a piece yields. ``HUGE`` is a whole number of up to 38 digits, ``DURATION`` whole microseconds."""

    WHOLE = "whole number"
    HUGE = "long whole number"
    DECIMAL = "decimal number"
    DOUBLE = "floating-point number"
    TEXT = "text"
    TRUTH = "condition"
    DATE = "date"
    LOCAL = "wall-clock time"
    MOMENT = "moment"
    DURATION = "duration"
    LIST = "list"
    NULL = "NULL"
    UNKNOWN = "value of unknown type"


NUMBERS = (Kind.WHOLE, Kind.HUGE, Kind.DECIMAL, Kind.DOUBLE)
WHEN = (Kind.DATE, Kind.LOCAL, Kind.MOMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Spark SQL of one value, closed in itself.

    ``digits`` and ``scale`` belong to DECIMAL. A DURATION is a BIGINT of elapsed microseconds; ``days`` and ``months``
    are SQL of whole numbers kept apart as long as they may still be added to a time, where they follow the calendar.
    ``calendar`` tells a duration that once had such parts and was reduced to microseconds. ``written`` is the text of a
    text literal, ``number`` the value of a whole literal.
    """

    sql: str
    kind: Kind
    digits: int = 0
    scale: int = 0
    days: str | None = None
    months: str | None = None
    calendar: bool = False
    written: str | None = None
    number: int | None = None


def quoted(text: str) -> str:
    """A text literal; nothing in it means anything to Spark."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("$", "\\u0024")
    return f"'{escaped}'"


def named(name: str) -> str:
    """An identifier, quoted."""
    return "`" + name.replace("`", "``") + "`"


def bare(sql: str) -> str:
    """SQL without the brackets around the whole of it: at each level of them Spark's parser looks far ahead.

    Only for a place that ends by itself, such as between WHEN and THEN.
    """
    depth = 0
    for match in _BRACKETS.finditer(sql):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if not depth:
            return sql[1:-1] if sql.startswith("(") and match.end() == len(sql) else sql
    return sql


def whole(sql: str) -> Piece:
    """A BIGINT."""
    return Piece(sql=sql, kind=Kind.WHOLE)


def double(sql: str) -> Piece:
    """A DOUBLE."""
    return Piece(sql=sql, kind=Kind.DOUBLE)


def text(sql: str) -> Piece:
    """A STRING."""
    return Piece(sql=sql, kind=Kind.TEXT)


def truth(sql: str) -> Piece:
    """A BOOLEAN."""
    return Piece(sql=sql, kind=Kind.TRUTH)


def as_double(piece: Piece) -> str:
    """A number as DOUBLE."""
    return piece.sql if piece.kind is Kind.DOUBLE else f"CAST({piece.sql} AS DOUBLE)"


def lumped(piece: Piece) -> Piece:
    """A duration as microseconds alone: a day is 24 hours, a month 30 days, as where durations are compared."""
    if piece.days is None and piece.months is None:
        return piece
    parts = [piece.sql] if piece.sql != "0L" else []
    if piece.days is not None:
        parts.append(f"CAST({piece.days} AS BIGINT) * {MICROSECONDS_OF_A_DAY}L")
    if piece.months is not None:
        parts.append(f"CAST({piece.months} AS BIGINT) * {DAYS_OF_A_MONTH * MICROSECONDS_OF_A_DAY}L")
    return Piece(sql=f"({' + '.join(parts)})", kind=Kind.DURATION, calendar=True)


def common_kind(pieces: Sequence[Piece], what: str) -> Kind:
    """The kind that values of all these kinds have in common, as DuckDB finds it."""
    kinds = {piece.kind for piece in pieces} - {Kind.NULL}
    if len(kinds) <= 1:
        return next(iter(kinds), Kind.NULL)
    if kinds <= set(NUMBERS):
        return max(kinds, key=NUMBERS.index)
    if kinds <= set(WHEN):
        return max(kinds, key=WHEN.index)
    listed = " and ".join(sorted(f"a {kind}" for kind in kinds))
    raise Unrenderable(f"{what} of {listed}")


def shaped_like(pieces: Sequence[Piece], kind: Kind) -> Piece:
    """What a choice among ``pieces`` yields, without its SQL."""
    decimals = [piece for piece in pieces if piece.kind is Kind.DECIMAL]
    scale = max((piece.scale for piece in decimals), default=0)
    before = max((piece.digits - piece.scale for piece in decimals), default=0)
    if any(piece.kind in {Kind.WHOLE, Kind.HUGE} for piece in pieces):
        before = MOST_DIGITS if any(piece.kind is Kind.HUGE for piece in pieces) else max(before, 19)
    return Piece(
        sql="",
        kind=kind,
        digits=min(before + scale, MOST_DIGITS),
        scale=scale,
        calendar=any(piece.calendar or piece.days or piece.months for piece in pieces),
    )


def with_sql(shape: Piece, sql: str) -> Piece:
    """A piece of this shape."""
    return replace(shape, sql=sql)
