"""Casts: what does not fit becomes NULL, as TRY_CAST has it, where PostgreSQL's own cast would give up."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqaudit.engines.postgresql.binding import ENGINE, bound
from sqaudit.engines.postgresql.formats import moment_of_parts
from sqaudit.engines.rendering import NUMBERS, TIMES, Node, Piece, SqlKind, Unrenderable
from sqaudit.model.quoting import quote_text

_BITS = {
    "TINYINT": (8, True),
    "SMALLINT": (16, True),
    "INT": (32, True),
    "BIGINT": (64, True),
    "INT128": (128, True),
    "UTINYINT": (8, False),
    "USMALLINT": (16, False),
    "UINT": (32, False),
    "UBIGINT": (64, False),
}
_NATIVE = {"SMALLINT": "smallint", "TINYINT": "smallint", "UTINYINT": "smallint", "INT": "integer", "BIGINT": "bigint"}
_DECIMAL = r"^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)([eE][+-]?\d+(_\d+)*)?$"
_BLANKS = r"E' \t\n\x0b\f\r'"
_SPACE = r"[ \t\n\r\f\v]*"
_DAY = _SPACE + r"(\d{1,6})([-/ \\])(\d{1,2})\2(\d{1,2})"
_CLOCK = r"(?:T|[ ]+)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?"
_OFFSET = r"(Z| UTC|[+-]\d{2}(?::?\d{2})?)?"
_ANY_ZONE = r"(?:Z|[+-]\d{2}(?::?\d{2}(?::\d{2})?)?| [A-Za-z0-9/_+-]+)?"
_WORDS = {"DATE": "date", "TIMESTAMP": "timestamp", "TIMESTAMPNTZ": "timestamp", "TIMESTAMPTZ": "timestamptz"}
# The same digits, but a power of ten from 1e16 on, and always a point.
_PLAIN = "CASE WHEN abs(_v.n) >= 1e15 AND abs(_v.n) < 1e16 THEN _v.n::text::numeric::text ELSE _v.n::text END"
_FLOAT_AS_TEXT = (
    "CASE WHEN _v.n = 'nan' THEN 'nan' WHEN _v.n = 'inf' THEN 'inf' WHEN _v.n = '-inf' THEN '-inf'"
    f" ELSE {_PLAIN} || CASE WHEN {_PLAIN} ~ '[.e]' THEN '' ELSE '.0' END END"
)


def cast(inner: Piece, to: Node, *, is_try: bool) -> Piece:
    """``CAST`` or ``TRY_CAST`` of a value to a DuckDB type."""
    name = to.this.name if hasattr(to.this, "name") else str(to.this)
    numbers = [int(str(part.this.this)) for part in to.expressions]
    if name in _BITS:
        return _strict(inner, _whole(inner, name), is_try=is_try)
    if name == "DECIMAL":
        precision, scale = (*numbers, 0)[:2] if numbers else (18, 3)
        return _strict(inner, _decimal(inner, precision, scale), is_try=is_try)
    if name in {"DOUBLE", "FLOAT"}:
        return _strict(inner, _float(inner, "double precision" if name == "DOUBLE" else "real"), is_try=is_try)
    if name in {"VARCHAR", "TEXT"}:
        return as_text(inner)
    if name == "BOOLEAN":
        return _strict(inner, _boolean(inner), is_try=is_try)
    if name in _WORDS:
        return _strict(inner, _when(inner, _WORDS[name]), is_try=is_try)
    raise _refused(inner, name)


def _refused(inner: Piece, name: str) -> Unrenderable:
    return Unrenderable(f"CAST AS {name}", ENGINE, f"of a {inner.kind}")


def _strict(inner: Piece, made: Piece, *, is_try: bool) -> Piece:
    """A plain CAST gives up where it does not fit; of a text that is left to TRY_CAST."""
    if is_try or inner.kind is not SqlKind.TEXT or inner.text is not None:
        return made
    raise Unrenderable("CAST of a text", ENGINE, "only TRY_CAST is known")


def as_text(inner: Piece) -> Piece:
    """A value as text, written as DuckDB writes it."""
    if inner.kind in {SqlKind.TEXT, SqlKind.NOTHING}:
        return Piece(f"({inner.sql})::text", SqlKind.TEXT, inner.text, may_fail=inner.may_fail)
    if inner.kind is SqlKind.FLOAT:
        return _typed(bound(inner.sql, _FLOAT_AS_TEXT), SqlKind.TEXT, inner)
    if inner.kind in {SqlKind.DURATION, SqlKind.FLOATS}:
        raise Unrenderable("CAST AS VARCHAR", ENGINE, f"a {inner.kind} is written in another way")
    return Piece(f"({inner.sql})::text", SqlKind.TEXT, may_fail=inner.may_fail)


def as_float(inner: Piece) -> str:
    """SQL for a number as a floating-point one."""
    return inner.sql if inner.kind is SqlKind.FLOAT else f"({inner.sql})::double precision"


def _typed(sql: str, kind: SqlKind, inner: Piece) -> Piece:
    return Piece(sql, kind, may_fail=inner.may_fail)


def _number_in_text(text: str) -> str:
    """The number that a text holds, as numeric; a power of ten beyond 999 is 0 or too large."""
    digits = "replace(_t.t, '_', '')"
    huge = rf"{digits} ~ '[eE][+-]?0*[1-9]\d{{3}}$'"
    number = (
        rf"CASE WHEN _t.t !~ '{_DECIMAL}' OR {digits} ~ '[eE][+-]?0*[1-9]\d{{4,}}$' THEN NULL"
        rf" WHEN {huge} THEN CASE WHEN {digits} ~ '[eE]-' OR {digits} ~ '^[+-]?[0.]+[eE]' THEN 0 END"
        f" ELSE {digits}::numeric END"
    )
    return f'(SELECT {number} FROM (SELECT btrim({text}, {_BLANKS}) COLLATE "C" AS t OFFSET 0) AS _t)'


def _range(name: str) -> tuple[int, int]:
    bits, is_signed = _BITS[name]
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if is_signed else (0, 2**bits - 1)


def _whole(inner: Piece, name: str) -> Piece:
    low, high = _range(name)
    native = _NATIVE.get(name, "numeric")
    if inner.kind is SqlKind.NOTHING:
        return Piece(f"NULL::{native}", SqlKind.WHOLE)
    if inner.kind is SqlKind.BOOLEAN:
        return _typed(f"(({inner.sql})::integer)::{native}", SqlKind.WHOLE, inner)
    if inner.kind is SqlKind.FLOAT:
        fits = f"_v.n >= ({low})::float8 AND _v.n < ({high + 1})::float8"
        whole = "_v.n::bigint" if native != "numeric" else "round(_v.n)::text::numeric"
        body = f"CASE WHEN {fits} AND round(_v.n) BETWEEN {low} AND {high} THEN ({whole})::{native} END"
        return _typed(bound(inner.sql, body), SqlKind.WHOLE, inner)
    if inner.kind is SqlKind.TEXT and name in {"INT128", "UBIGINT"}:
        raise Unrenderable("TRY_CAST AS HUGEINT", ENGINE, "of a text; cast it to BIGINT or DECIMAL(38, 0)")
    if inner.kind is SqlKind.TEXT:
        return _typed(_whole_in_text(inner.sql, low, high, native), SqlKind.WHOLE, inner)
    if inner.kind in NUMBERS:
        rounded = "round(_v.n::numeric)"
        body = f"CASE WHEN {rounded} BETWEEN {low} AND {high} THEN {rounded}::{native} END"
        return _typed(bound(inner.sql, body), SqlKind.WHOLE, inner)
    return Piece(f"NULL::{native}", SqlKind.WHOLE)


def _whole_in_text(text: str, low: int, high: int, native: str) -> str:
    digits = "replace(_x.t, '_', '')"
    sixteen = f"('x' || lpad(substr({digits}, 3), 16, '0'))::bit(64)::bigint"
    binary = f"(lpad(substr({digits}, 3), 64, '0'))::bit(64)::bigint"
    number = (
        rf"CASE WHEN _x.t ~ '^0[xX][0-9a-fA-F]+(_[0-9a-fA-F]+)*$' AND length({digits}) <= 18 THEN"
        rf" CASE WHEN {sixteen} >= 0 THEN ({sixteen})::numeric END"
        rf" WHEN _x.t ~ '^0[bB][01]+(_[01]+)*$' AND length({digits}) <= 65 THEN ({binary})::numeric"
        f" ELSE {_number_in_text('_x.t')} END"
    )
    read = f'(SELECT {number} FROM (SELECT btrim({text}, {_BLANKS}) COLLATE "C" AS t OFFSET 0) AS _x)'
    rounded = "round(_v.n)"
    return bound(read, f"CASE WHEN {rounded} BETWEEN {low} AND {high} THEN {rounded}::{native} END")


def _decimal(inner: Piece, precision: int, scale: int) -> Piece:
    kind = f"numeric({precision}, {scale})"
    limit = 10 ** (precision - scale)
    if inner.kind is SqlKind.NOTHING:
        return Piece(f"NULL::{kind}", SqlKind.DECIMAL)
    if inner.kind is SqlKind.BOOLEAN:
        return _typed(f"(({inner.sql})::integer)::{kind}", SqlKind.DECIMAL, inner)
    if inner.kind is SqlKind.FLOAT:
        # By way of the shortest text: PostgreSQL's own cast keeps 15 digits only.
        body = (
            f"CASE WHEN abs(_v.n) < {limit} AND abs(round(_v.n::text::numeric, {scale})) < {limit}"
            f" THEN _v.n::text::{kind} END"
        )
        return _typed(bound(inner.sql, body), SqlKind.DECIMAL, inner)
    number = _number_in_text(inner.sql) if inner.kind is SqlKind.TEXT else f"({inner.sql})::numeric"
    if inner.kind is not SqlKind.TEXT and inner.kind not in NUMBERS:
        return Piece(f"NULL::{kind}", SqlKind.DECIMAL)
    body = f"CASE WHEN abs(round(_v.n, {scale})) < {limit} THEN _v.n::{kind} END"
    return _typed(bound(number, body), SqlKind.DECIMAL, inner)


def _float(inner: Piece, native: str) -> Piece:
    if inner.kind in NUMBERS | {SqlKind.NOTHING}:
        if native == "real" and inner.kind is not SqlKind.NOTHING:
            is_special = "abs(_v.n::float8) IN ('inf', 'nan')"
            body = f"CASE WHEN abs(_v.n::float8) <= 3.4028235e38 OR {is_special} THEN (_v.n::real)::float8 END"
            return _typed(bound(inner.sql, body), SqlKind.FLOAT, inner)
        return _typed(f"({inner.sql})::double precision", SqlKind.FLOAT, inner)
    if inner.kind is SqlKind.BOOLEAN:
        return _typed(f"(({inner.sql})::integer)::float8", SqlKind.FLOAT, inner)
    if inner.kind is not SqlKind.TEXT:
        return Piece("NULL::float8", SqlKind.FLOAT)
    if native == "real":
        raise _refused(inner, "FLOAT")
    number = _number_in_text("_w.t")
    body = (
        "CASE WHEN abs(_v.n) >= 1.7976931348623158e308 THEN CASE WHEN _v.n > 0 THEN 'inf' ELSE '-inf' END::float8"
        " WHEN abs(_v.n) < 2.4703282292062327e-324 THEN 0::float8 ELSE _v.n::float8 END"
    )
    word = f'(btrim({inner.sql}, {_BLANKS}) COLLATE "C")'
    huge = rf"replace(_w.t, '_', '') ~ '^[+-]?[0-9.]*[1-9][0-9.]*[eE][+]?0*[1-9]\d{{3,}}$' AND _w.t ~ '{_DECIMAL}'"
    tiny = rf"replace(_w.t, '_', '') ~ '[eE][+-]?0*[1-9]\d{{3,}}$' AND _w.t ~ '{_DECIMAL}'"
    sql = (
        "(SELECT CASE WHEN lower(_w.t) IN ('nan', '+nan', '-nan') THEN 'nan'::float8"
        " WHEN lower(_w.t) IN ('inf', '+inf', 'infinity', '+infinity') THEN 'inf'::float8"
        " WHEN lower(_w.t) IN ('-inf', '-infinity') THEN '-inf'::float8"
        f" WHEN {huge} THEN CASE WHEN left(_w.t, 1) = '-' THEN '-inf' ELSE 'inf' END::float8"
        f" WHEN {tiny} THEN 0::float8 ELSE {bound(number, body)} END FROM (SELECT {word} AS t OFFSET 0) AS _w)"
    )
    return _typed(sql, SqlKind.FLOAT, inner)


def _boolean(inner: Piece) -> Piece:
    if inner.kind in {SqlKind.BOOLEAN, SqlKind.NOTHING}:
        return _typed(f"({inner.sql})::boolean", SqlKind.BOOLEAN, inner)
    if inner.kind in NUMBERS:
        return _typed(f"({inner.sql} <> 0)", SqlKind.BOOLEAN, inner)
    if inner.kind is SqlKind.TEXT:
        word = f'lower(({inner.sql}) COLLATE "C")'
        body = (
            "CASE WHEN _v.n IN ('true', 't', 'yes', 'y', '1') THEN TRUE"
            " WHEN _v.n IN ('false', 'f', 'no', 'n', '0') THEN FALSE END"
        )
        return _typed(bound(word, body), SqlKind.BOOLEAN, inner)
    return Piece("NULL::boolean", SqlKind.BOOLEAN)


def _when(inner: Piece, native: str) -> Piece:
    kind = {"date": SqlKind.DATE, "timestamp": SqlKind.LOCAL, "timestamptz": SqlKind.MOMENT}[native]
    if inner.text is not None and (written := _iso(inner.text, native)) is not None:
        return Piece(f"{quote_text(written)}::{native}", kind)
    if inner.kind is kind:
        return inner
    if inner.kind in TIMES | {SqlKind.NOTHING}:
        return _typed(f"({inner.sql})::{native}", kind, inner)
    if inner.kind is not SqlKind.TEXT:
        return Piece(f"NULL::{native}", kind)
    # A wall-clock time leaves out what is said about a zone, as DuckDB does; a moment knows offsets and UTC only.
    ending = _OFFSET if native == "timestamptz" else _ANY_ZONE
    pattern = (
        rf"^{_DAY}(?:{_CLOCK}{ending}{_SPACE})?$" if native != "date" else rf"^{_DAY}(?:{_CLOCK}{ending})?{_SPACE}$"
    )
    sql = moment_of_parts(
        inner.sql,
        pattern,
        {"Y": 1, "m": 3, "d": 4, "H": 5, "M": 6, "S": 7, "f": 8} | ({"z": 9} if native == "timestamptz" else {}),
        native,
    )
    return _typed(sql, kind, inner)


def _iso(text: str, native: str) -> str | None:
    """The text if it is a date or time that both engines read alike."""
    try:
        if native == "date":
            return date.fromisoformat(text).isoformat() if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if native == "timestamp":
        moment = moment.replace(tzinfo=None)
    return moment.isoformat(sep=" ")
