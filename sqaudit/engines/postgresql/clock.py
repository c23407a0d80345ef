"""Dates and times: their parts, differences and sums. Local times are those of the session's zone, as in DuckDB."""

from __future__ import annotations

from sqaudit.engines.postgresql.binding import ENGINE, bound
from sqaudit.engines.rendering import TIMES, Piece, SqlKind, Unrenderable, common_kind

_WHOLE_PARTS = frozenset("quarter month week day hour minute dow isodow doy".split())  # noqa: SIM905
_YEARS = frozenset({"year", "isoyear"})
_FRACTIONS = frozenset({"second", "millisecond", "microsecond"})
_SAME = {
    "dayofmonth": "day",
    "dayofyear": "doy",
    "weekofyear": "week",
    "dayofweek": "dow",
    "weekday": "dow",
}
_TRUNCATED = frozenset("year quarter month week day hour minute second millisecond microsecond".split())  # noqa: SIM905
NATIVE = {SqlKind.DATE: "date", SqlKind.LOCAL: "timestamp", SqlKind.MOMENT: "timestamptz"}


def local(moment: Piece) -> str:
    """SQL for a date or time as one that has a clock."""
    if moment.kind not in TIMES:
        raise Unrenderable("a part of a date", ENGINE, f"of a {moment.kind}")
    return f"({moment.sql})::timestamp" if moment.kind is SqlKind.DATE else moment.sql


def part(unit: str, moment: Piece) -> Piece:
    """A part of a date or time, such as its hour."""
    unit = _SAME.get(unit, unit)
    clock = local(moment)
    if unit in _WHOLE_PARTS:
        return made(f"extract({unit} FROM {clock})::bigint", SqlKind.WHOLE, moment)
    if unit in _YEARS:
        body = f"CASE WHEN isfinite(_v.n) THEN extract({unit} FROM _v.n)::bigint END"
        return made(bound(clock, body), SqlKind.WHOLE, moment)
    if unit in _FRACTIONS:
        return made(f"trunc(extract({unit} FROM {clock}))::bigint", SqlKind.WHOLE, moment)
    if unit == "epoch":
        body = "CASE WHEN isfinite(_v.n) THEN extract(epoch FROM _v.n)::double precision END"
        return made(bound(clock, body), SqlKind.FLOAT, moment)
    raise Unrenderable(f"date_part('{unit}')", ENGINE)


def made(sql: str, kind: SqlKind, *parts: Piece) -> Piece:
    """A piece made of others, of which each may fail."""
    return Piece(sql, kind, may_fail=any(piece.may_fail for piece in parts))


def truncated(unit: str, moment: Piece) -> Piece:
    """The beginning of the hour, day, month or other unit that a time lies in."""
    if unit not in _TRUNCATED:
        raise Unrenderable(f"date_trunc('{unit}')", ENGINE)
    kind = SqlKind.MOMENT if moment.kind is SqlKind.MOMENT else SqlKind.LOCAL
    return made(_truncated(unit, local(moment), kind), kind, moment)


def _truncated(unit: str, clock: str, kind: SqlKind) -> str:
    if unit == "hour" and kind is SqlKind.MOMENT:  # DuckDB reads the hour again: of a doubled one, the later reading
        return f"(date_trunc('hour', ({clock})::timestamp)::timestamptz)"
    return f"date_trunc('{unit}', {clock})"


def difference(unit: str, start: Piece, end: Piece) -> Piece:
    """How many beginnings of the unit lie between two times; weeks are whole ones of seven days, as in DuckDB."""
    kind = common_kind([start.kind, end.kind])
    if kind not in TIMES or unit not in _TRUNCATED:
        raise Unrenderable(f"date_diff('{unit}')", ENGINE)
    first, last = (_as_local(piece, kind) for piece in (start, end))
    if unit in {"year", "quarter", "month"}:
        count = {"year": 1, "quarter": 4, "month": 12}[unit]
        numbers = [
            f"extract(year FROM {side}) * {count}" + (f" + extract({unit} FROM {side})" if count > 1 else "")
            for side in (last, first)
        ]
        return made(f"(({numbers[0]}) - ({numbers[1]}))::bigint", SqlKind.WHOLE, start, end)
    if unit == "day":
        return made(f"(({last})::date - ({first})::date)::bigint", SqlKind.WHOLE, start, end)
    if unit == "week":
        days = f"(({last})::date - ({first})::date)"
        return made(f"({days} / 7)::bigint", SqlKind.WHOLE, start, end)
    size = {"hour": 3600, "minute": 60, "second": 1}.get(unit)
    if size is None:
        factor = {"millisecond": 1000, "microsecond": 1_000_000}[unit]
        numbers = [f"floor(extract(epoch FROM {side}) * {factor})" for side in (last, first)]
        return made(f"({numbers[0]} - {numbers[1]})::bigint", SqlKind.WHOLE, start, end)
    numbers = [f"extract(epoch FROM {_truncated(unit, side, kind)})" for side in (last, first)]
    return made(f"div({numbers[0]} - {numbers[1]}, {size})::bigint", SqlKind.WHOLE, start, end)


def _as_local(piece: Piece, kind: SqlKind) -> str:
    wanted = SqlKind.LOCAL if kind is SqlKind.DATE else kind
    return piece.sql if piece.kind is wanted else f"({piece.sql})::{NATIVE[wanted]}"


def last_day(moment: Piece) -> Piece:
    """The last day of the month."""
    sql = f"(date_trunc('month', ({local(moment)})::timestamp) + INTERVAL '1 month - 1 day')::date"
    return made(sql, SqlKind.DATE, moment)


def moved(moment: Piece, duration: Piece, sign: str) -> str:
    """SQL for a moment later (``+``) or earlier (``-``) by a duration whose days are days on the wall.

    PostgreSQL takes the later reading of a doubled hour; DuckDB stays 24 hours away while the clock shows the same.
    It adds months, days and hours, and where something is negative hours, months and days.
    """
    if duration.is_elapsed:
        return f"({moment.sql} {sign} {duration.sql})"
    step = duration.sql if sign == "+" else f"(- {duration.sql})"
    clock = "extract(hour FROM _d.d) * 3600 + extract(minute FROM _d.d) * 60 + extract(second FROM _d.d)"
    parts = (
        f"SELECT _d.m, (extract(year FROM _d.d) * 12 + extract(month FROM _d.d))::integer AS months,"
        f" extract(day FROM _d.d)::integer AS days, ({clock}) * INTERVAL '1 second' AS clock"
        f" FROM (SELECT {moment.sql} AS m, {step} AS d OFFSET 0) AS _d OFFSET 0"
    )
    is_back = "_p.months < 0 OR _p.days < 0 OR _p.clock < INTERVAL '0'"
    begun = (
        f"SELECT CASE WHEN {is_back} THEN _p.m + _p.clock ELSE _p.m END + make_interval(months => _p.months) AS m,"
        f" _p.days, CASE WHEN {is_back} THEN INTERVAL '0' ELSE _p.clock END AS clock FROM ({parts}) AS _p OFFSET 0"
    )
    elapsed, wall = "_b.m + _b.days * INTERVAL '24 hours'", "_b.m::timestamp + _b.days * INTERVAL '1 day'"
    return (
        f"(SELECT CASE WHEN ({elapsed})::timestamp = {wall} THEN {elapsed} ELSE ({wall})::timestamptz END + _b.clock"
        f" FROM ({begun}) AS _b)"
    )


def microseconds(value: Piece) -> str:
    """SQL for whole microseconds since 1970, or of a duration, in which a month has 30 days and a year 12 months."""
    if value.kind is SqlKind.DURATION:
        # PostgreSQL reckons 365.25 days a year.
        body = "((extract(epoch FROM _v.n) - extract(year FROM _v.n) * 453600) * 1000000)::bigint"
        return bound(value.sql, body)
    if value.kind is SqlKind.NOTHING:
        return "NULL::bigint"
    return bound(local(value), "CASE WHEN isfinite(_v.n) THEN (extract(epoch FROM _v.n) * 1000000)::bigint END")
