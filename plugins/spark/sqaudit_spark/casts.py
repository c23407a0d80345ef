"""CAST and TRY_CAST: what DuckDB reads in a text and how it rounds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from sqaudit_spark.formats import ISO_LOCAL, ISO_MOMENT, OFFSET_AT_END, WITHOUT_SECONDS
from sqaudit_spark.pieces import WHEN, Kind, Piece, Unrenderable, quoted, text
from sqaudit_spark.times import day, local, moment, reading

_WHOLE = {
    "TINYINT": "TINYINT",
    "SMALLINT": "SMALLINT",
    "INTEGER": "INT",
    "INT": "INT",
    "BIGINT": "BIGINT",
    "UTINYINT": "SMALLINT",
    "USMALLINT": "INT",
    "UINTEGER": "BIGINT",
}
_HUGE = {"UBIGINT": "DECIMAL(20, 0)", "HUGEINT": "DECIMAL(38, 0)", "INT128": "DECIMAL(38, 0)"}
_NEVER_NEGATIVE = {"UTINYINT": 2**8, "USMALLINT": 2**16, "UINTEGER": 2**32, "UBIGINT": 2**64}
_OTHERS = {
    "FLOAT": (Kind.DOUBLE, "FLOAT"),
    "REAL": (Kind.DOUBLE, "FLOAT"),
    "DOUBLE": (Kind.DOUBLE, "DOUBLE"),
    "TEXT": (Kind.TEXT, "STRING"),
    "VARCHAR": (Kind.TEXT, "STRING"),
    "BOOLEAN": (Kind.TRUTH, "BOOLEAN"),
    "DATE": (Kind.DATE, "DATE"),
    "TIMESTAMP": (Kind.LOCAL, "TIMESTAMP_NTZ"),
    "TIMESTAMPNTZ": (Kind.LOCAL, "TIMESTAMP_NTZ"),
    "TIMESTAMPTZ": (Kind.MOMENT, "TIMESTAMP"),
    "TIMESTAMP WITH TIME ZONE": (Kind.MOMENT, "TIMESTAMP"),
}
_DECIMAL = re.compile(r"DECIMAL(?:\((\d+), ?(\d+)\))?")
_LETTERS = r"\A\s*[+-]?(inf|infinity|nan)\s*\z"
_NUMERAL = r"\A\s*[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)([eE][+-]?\d+)?\s*\z"
_DIGITS = r"\A\s*[+-]?\d{1,19}\s*\z"


def piece_of_type(name: str, sql: str) -> Piece:
    """A value of DuckDB's type ``name``, such as a column; of a type that is not known, nothing can be computed."""
    name = name.upper()
    if name in _WHOLE:
        return Piece(sql=sql, kind=Kind.WHOLE)
    if name in _HUGE:
        return Piece(sql=sql, kind=Kind.HUGE)
    if name in _OTHERS:
        return Piece(sql=sql, kind=_OTHERS[name][0])
    decimal = _DECIMAL.fullmatch(name)
    if decimal is not None:
        return Piece(sql=sql, kind=Kind.DECIMAL, digits=int(decimal[1] or 18), scale=int(decimal[2] or 3))
    return Piece(sql=sql, kind=Kind.NULL if name in {"NULL", '"NULL"'} else Kind.UNKNOWN)


def spark_type(name: str) -> str:
    """Spark's type for DuckDB's type ``name``."""
    name = name.upper()
    if name in _WHOLE or name in _HUGE:
        return _WHOLE.get(name) or _HUGE[name]
    if name in _OTHERS:
        return _OTHERS[name][1]
    piece = piece_of_type(name, "")
    if piece.kind is not Kind.DECIMAL:
        raise Unrenderable(f"the type {name}")
    return f"DECIMAL({piece.digits}, {piece.scale})"


def cast(piece: Piece, name: str, *, strict: bool) -> Piece:
    """``CAST`` (``strict``) or ``TRY_CAST`` to DuckDB's type ``name``."""
    target, wanted = piece_of_type(name, ""), spark_type(name)
    word = "CAST" if strict else "try_cast"
    if piece.kind in {Kind.UNKNOWN, Kind.LIST, Kind.DURATION}:
        raise Unrenderable(f"a cast of a {piece.kind} to {name}")
    if piece.kind is Kind.NULL:
        return piece_of_type(name, f"CAST(NULL AS {wanted})")
    if target.kind is Kind.TEXT:
        return text(as_text(piece))
    if target.kind in WHEN:
        return _to_time(piece, target.kind, strict=strict)
    if piece.kind in WHEN:
        raise Unrenderable(f"a cast of a {piece.kind} to {name}")
    if piece.kind is Kind.TEXT:
        if strict:
            raise Unrenderable(f"a cast of a text to {name} that may fail")
        return piece_of_type(name, _from_text(piece.sql, target.kind, wanted))
    return _to_number(piece, target.kind, name, word)


def _to_number(piece: Piece, kind: Kind, name: str, word: str) -> Piece:
    """A number or truth value as a number (or a truth value)."""
    sql = piece.sql
    if kind in {Kind.WHOLE, Kind.HUGE}:
        sql = {Kind.DOUBLE: f"rint({sql})", Kind.DECIMAL: f"round({sql}, 0)"}.get(piece.kind, sql)
        limit = _NEVER_NEGATIVE.get(name.upper())
        if limit is not None and word != "CAST" and piece.kind is not Kind.TRUTH:
            sql = f"CASE WHEN {sql} >= 0 AND {sql} < {limit} THEN {sql} END"
    elif kind is Kind.DECIMAL and piece.kind is Kind.DOUBLE:
        sql = f"CAST({sql} AS DOUBLE)"  # a FLOAT with its own digits, as DuckDB has them
    return piece_of_type(name, f"{word}({sql} AS {spark_type(name)})")


def as_text(piece: Piece) -> str:
    """A value as the text that DuckDB makes of it."""
    if piece.kind is Kind.TEXT:
        return piece.sql
    if piece.kind in {Kind.WHOLE, Kind.HUGE, Kind.DECIMAL, Kind.TRUTH, Kind.DATE, Kind.LOCAL, Kind.NULL}:
        return f"CAST({piece.sql} AS STRING)"
    raise Unrenderable(f"a {piece.kind} as text")


def _from_text(sql: str, kind: Kind, wanted: str) -> str:
    if kind is Kind.TRUTH:
        return (
            f"CASE WHEN lower({sql}) IN ('true', 't', 'yes', 'y', '1') THEN TRUE"
            f" WHEN lower({sql}) IN ('false', 'f', 'no', 'n', '0') THEN FALSE END"
        )
    bare = f"replace({sql}, '_', '')"
    numeral = f"{sql} RLIKE {quoted(_NUMERAL)}"
    if kind is Kind.DOUBLE:
        letters = f"lower({sql}) RLIKE {quoted(_LETTERS)}"
        word = f"WHEN {letters} THEN try_cast({sql} AS {wanted})"
        return f"CASE WHEN {numeral} THEN try_cast({bare} AS {wanted}) {word} END"
    if kind is Kind.DECIMAL:
        return f"CASE WHEN {numeral} THEN try_cast({bare} AS {wanted}) END"
    digits = f"{sql} RLIKE {quoted(_DIGITS)}"
    rounded = f"try_cast(round(try_cast({bare} AS DECIMAL(38, 18)), 0) AS {wanted})"
    return f"CASE WHEN {digits} THEN try_cast({sql} AS {wanted}) WHEN {numeral} THEN {rounded} END"


def _to_time(piece: Piece, kind: Kind, *, strict: bool) -> Piece:
    if piece.written is not None:
        return literal(piece.written, kind)
    if piece.kind is Kind.TEXT:
        if strict:
            raise Unrenderable("a cast of a text to a time that may fail")
        return Piece(sql=_time_from_text(piece.sql, kind), kind=kind)
    if piece.kind not in WHEN:
        raise Unrenderable(f"a cast of a {piece.kind} to a {kind}")
    turned = {Kind.DATE: day, Kind.LOCAL: local, Kind.MOMENT: moment}[kind]
    return Piece(sql=turned(piece), kind=kind)


def _time_from_text(sql: str, kind: Kind) -> str:
    is_local, is_zoned = f"{sql} RLIKE {quoted(ISO_LOCAL)}", f"{sql} RLIKE {quoted(ISO_MOMENT)}"
    wall = f"try_cast({sql} AS TIMESTAMP_NTZ)"
    if kind is Kind.MOMENT:
        # Spark reads no offset behind a time without seconds.
        padded = f"regexp_replace({sql}, {quoted(WITHOUT_SECONDS)}, {quoted('$1:00$2')})"
        zoned = f"try_cast({padded} AS TIMESTAMP)"
        return f"CASE WHEN {is_zoned} THEN {zoned} WHEN {is_local} THEN {reading(wall)} END"
    bare = f"try_cast(regexp_replace({sql}, {quoted(OFFSET_AT_END)}, '') AS TIMESTAMP_NTZ)"  # the offset is ignored
    found = f"CASE WHEN {is_local} THEN {wall} WHEN {is_zoned} THEN {bare} END"
    return found if kind is Kind.LOCAL else f"CAST({found} AS DATE)"


def literal(written: str, kind: Kind) -> Piece:
    """A date or time that was written out in ISO 8601."""
    try:
        if kind is Kind.DATE:
            return Piece(sql=f"DATE'{date.fromisoformat(written.strip()).isoformat()}'", kind=kind)
        found = datetime.fromisoformat(written.strip())
    except ValueError:
        raise Unrenderable(f"'{written}' as a {kind}") from None
    if kind is Kind.MOMENT and found.tzinfo is not None:
        utc = found.astimezone(UTC).replace(tzinfo=None)
        return Piece(sql=f"TIMESTAMP_LTZ'{utc.isoformat(sep=' ')}Z'", kind=kind)
    if found.tzinfo is not None:
        raise Unrenderable(f"'{written}', a moment, as a {kind}")
    wall = f"TIMESTAMP_NTZ'{found.isoformat(sep=' ')}'"
    return Piece(sql=reading(wall) if kind is Kind.MOMENT else wall, kind=kind)
