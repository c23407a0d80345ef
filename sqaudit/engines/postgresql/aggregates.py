"""Aggregates over the rows of a group, and functions over a window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqaudit.engines.postgresql.binding import ENGINE
from sqaudit.engines.postgresql.casts import as_float
from sqaudit.engines.rendering import NUMBERS, Node, Piece, SqlKind, Unrenderable

AGGREGATES = frozenset(
    {"avg", "bool_and", "bool_or", "count", "count_if", "max", "median", "min", "quantile_cont", "sum"}
)
WINDOW_FUNCTIONS = frozenset({"dense_rank", "first_value", "lag", "last_value", "lead", "ntile", "rank", "row_number"})


def has_aggregate(node: Node) -> bool:
    """Whether a select's expression folds the rows of a group into one."""
    kind = type(node).__name__
    if kind == "Window":
        inner = node.this.this if type(node.this).__name__ == "Filter" else node.this
        return any(has_aggregate(part) for part in inner.expressions)
    if kind == "Anonymous" and str(node.this).casefold() in AGGREGATES:
        return True
    return any(has_aggregate(child) for child in node.iter_expressions())


def aggregate(  # noqa: PLR0913  the parts of one call
    name: str, parts: Sequence[Piece], *, is_distinct: bool, is_star: bool, where: str | None, over: str
) -> Piece:
    """An aggregate, with the condition of its FILTER and its OVER as SQL."""
    if name in WINDOW_FUNCTIONS:
        return _of_window(name, parts, over)
    if name == "count_if":
        asked = parts[0].sql if where is None else f"({parts[0].sql} AND {where})"
        return Piece(f"count(*) FILTER (WHERE {asked}){over}", SqlKind.WHOLE)
    suffix = ("" if where is None else f" FILTER (WHERE {where})") + over
    if name == "count":
        if is_star or not parts:
            return Piece(f"count(*){suffix}", SqlKind.WHOLE)
        return Piece(f"count({'DISTINCT ' if is_distinct else ''}{parts[0].sql}){suffix}", SqlKind.WHOLE)
    if is_distinct:
        raise Unrenderable(f"{name}(DISTINCT …)", ENGINE)
    maker = _MAKERS.get(name)
    if maker is None:
        raise Unrenderable(name, ENGINE)
    return maker(parts, suffix)


def _of_window(name: str, parts: Sequence[Piece], over: str) -> Piece:
    listed = [parts[0].sql, *(f"({part.sql})" for part in parts[1:])] if parts else []
    if name in {"lag", "lead"} and len(parts) > 1:
        listed[1] = f"({parts[1].sql})::integer"
    if name == "ntile":
        listed = [f"({parts[0].sql})::integer"]
    kind = parts[0].kind if name in {"lag", "lead", "first_value", "last_value"} else SqlKind.WHOLE
    return Piece(f"{name}({', '.join(listed)}){over}", kind)


def _total(parts: Sequence[Piece], suffix: str) -> Piece:
    number = parts[0]
    if number.kind not in NUMBERS | {SqlKind.NOTHING}:
        raise Unrenderable("sum", ENGINE, f"of a {number.kind}")
    sql = f"({number.sql})::numeric" if number.kind is SqlKind.NOTHING else number.sql
    return Piece(f"sum({sql}){suffix}", number.kind)


def _average(parts: Sequence[Piece], suffix: str) -> Piece:
    if parts[0].kind not in NUMBERS:
        raise Unrenderable("avg", ENGINE, f"of a {parts[0].kind}")
    return Piece(f"(avg({parts[0].sql}){suffix})::double precision", SqlKind.FLOAT)


def _extreme(name: str) -> Callable[[Sequence[Piece], str], Piece]:
    def make(parts: Sequence[Piece], suffix: str) -> Piece:
        value = parts[0]
        if value.kind is SqlKind.BOOLEAN:
            return Piece(f"{'bool_and' if name == 'min' else 'bool_or'}({value.sql}){suffix}", value.kind)
        sql = f'({value.sql})::text COLLATE "C"' if value.kind is SqlKind.TEXT else value.sql
        return Piece(f"{name}({sql}){suffix}", value.kind)

    return make


def _every(name: str) -> Callable[[Sequence[Piece], str], Piece]:
    return lambda parts, suffix: Piece(f"{name}({parts[0].sql}){suffix}", SqlKind.BOOLEAN)


def _quantile(parts: Sequence[Piece], suffix: str) -> Piece:
    number, share = parts
    if "OVER" in suffix:
        raise Unrenderable("quantile_cont", ENGINE, "with OVER")
    if number.kind not in NUMBERS - {SqlKind.DECIMAL}:  # DuckDB rounds a decimal's quantile to its decimals
        raise Unrenderable("quantile_cont", ENGINE, f"of a {number.kind}; cast it to DOUBLE")
    kind = SqlKind.FLOATS if share.kind is SqlKind.FLOATS else SqlKind.FLOAT
    ordered = f"WITHIN GROUP (ORDER BY {as_float(number)})"
    return Piece(f"percentile_cont({share.sql}) {ordered}{suffix}", kind)


def _median(parts: Sequence[Piece], suffix: str) -> Piece:
    return _quantile([parts[0], Piece("0.5", SqlKind.DECIMAL)], suffix)


_MAKERS: Mapping[str, Callable[[Sequence[Piece], str], Piece]] = {
    "avg": _average,
    "bool_and": _every("bool_and"),
    "bool_or": _every("bool_or"),
    "max": _extreme("max"),
    "median": _median,
    "min": _extreme("min"),
    "quantile_cont": _quantile,
    "sum": _total,
}
