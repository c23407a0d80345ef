"""Aggregates and window functions: sums stay exact, quantiles are those of type 7."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqaudit_spark.pieces import NUMBERS, Kind, Piece, Unrenderable, as_double, double, lumped, truth, whole, with_sql

Render = Callable[[Sequence[Piece]], Piece]


def _count(pieces: Sequence[Piece]) -> Piece:
    listed = ", ".join(lumped(piece).sql for piece in pieces) if pieces else "*"
    return whole(f"count({listed})")


def _truths(spark: str, make: Callable[[str], Piece]) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        (piece,) = pieces
        if piece.kind not in {Kind.TRUTH, Kind.NULL}:
            raise Unrenderable(f"{spark} of a {piece.kind}")
        return make(f"{spark}(CAST({piece.sql} AS BOOLEAN))" if piece.kind is Kind.NULL else f"{spark}({piece.sql})")

    return render


def _sum(pieces: Sequence[Piece]) -> Piece:
    (piece,) = pieces
    if piece.kind in {Kind.WHOLE, Kind.DURATION}:
        # A sum of BIGINT would overflow where DuckDB's does not.
        kind = Kind.HUGE if piece.kind is Kind.WHOLE else Kind.DURATION
        sql = f"sum(CAST({lumped(piece).sql} AS DECIMAL(20, 0)))"
        return Piece(sql=sql, kind=kind, calendar=piece.kind is Kind.DURATION)
    if piece.kind is Kind.HUGE:
        return with_sql(piece, f"sum({piece.sql})")
    if piece.kind is Kind.DECIMAL:
        return Piece(sql=f"sum({piece.sql})", kind=Kind.DECIMAL, digits=38, scale=piece.scale)
    if piece.kind in {Kind.DOUBLE, Kind.NULL}:
        return double(f"sum({as_double(piece)})")
    raise Unrenderable(f"the sum of a {piece.kind}")


def _average(pieces: Sequence[Piece]) -> Piece:
    if pieces[0].kind not in NUMBERS:
        raise Unrenderable(f"the average of a {pieces[0].kind}")
    return double(f"avg({as_double(pieces[0])})")


def _extreme(spark: str) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        (piece,) = pieces
        if piece.kind in {Kind.UNKNOWN, Kind.LIST}:
            raise Unrenderable(f"the {spark} of a {piece.kind}")
        if piece.kind is Kind.DURATION:
            return with_sql(lumped(piece), f"{spark}({lumped(piece).sql})")
        return with_sql(piece, f"{spark}({piece.sql})")

    return render


def _quantile(pieces: Sequence[Piece]) -> Piece:
    piece, share = pieces if len(pieces) > 1 else (pieces[0], double("0.5D"))
    if piece.kind is Kind.DURATION:
        raise Unrenderable("a quantile of a duration")
    if piece.kind not in {Kind.WHOLE, Kind.HUGE, Kind.DOUBLE}:
        raise Unrenderable(f"a quantile of a {piece.kind}")
    if share.kind is Kind.LIST:
        return Piece(sql=f"percentile({as_double(piece)}, {share.sql})", kind=Kind.LIST)
    return double(f"percentile({as_double(piece)}, {as_double(share)})")


AGGREGATES: Mapping[str, Render] = {
    "count": _count,
    "count_if": _truths("count_if", whole),
    "bool_or": _truths("bool_or", truth),
    "bool_and": _truths("bool_and", truth),
    "sum": _sum,
    "avg": _average,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "quantile_cont": _quantile,
    "median": _quantile,
}


def _counter(spark: str) -> Render:
    return lambda _: whole(f"{spark}()")


def _neighbour(spark: str) -> Render:
    def render(pieces: Sequence[Piece]) -> Piece:
        if pieces[0].kind is Kind.UNKNOWN or len(pieces) > 2 or (len(pieces) == 2 and pieces[1].number is None):  # noqa: PLR2004
            raise Unrenderable(f"'{spark}' with these arguments")
        first = lumped(pieces[0]) if pieces[0].kind is Kind.DURATION else pieces[0]
        return with_sql(first, f"{spark}({', '.join([first.sql, *(str(piece.number) for piece in pieces[1:])])})")

    return render


def _tiles(pieces: Sequence[Piece]) -> Piece:
    if pieces[0].number is None:
        raise Unrenderable("ntile of a number that is not written out")
    return whole(f"ntile({pieces[0].number})")


WINDOWED: Mapping[str, Render] = {
    **{name: _counter(name) for name in ("row_number", "rank", "dense_rank")},
    **{name: _neighbour(name) for name in ("lag", "lead", "first_value", "last_value")},
    "ntile": _tiles,
}
