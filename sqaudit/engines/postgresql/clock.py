"""Dates and times: their parts, differences and texts. Local times are those of the session's zone, as in DuckDB."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqaudit.engines.postgresql.binding import ENGINE, bound
from sqaudit.engines.rendering import TIMES, Piece, SqlKind, Unrenderable, common_kind
from sqaudit.model.quoting import quote_text

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
_NATIVE = {SqlKind.DATE: "date", SqlKind.LOCAL: "timestamp", SqlKind.MOMENT: "timestamptz"}
_SHOWN = {
    "Y": "YYYY",
    "y": "YY",
    "m": "MM",
    "d": "DD",
    "H": "HH24",
    "I": "HH12",
    "M": "MI",
    "S": "SS",
    "f": "US",
    "g": "MS",
    "p": "AM",
    "j": "DDD",
    "a": "Dy",
    "A": "FMDay",
    "b": "Mon",
    "h": "Mon",
    "B": "FMMonth",
    "u": "ID",
    "V": "IW",
    "G": "IYYY",
    "x": "YYYY-MM-DD",
    "X": "HH24:MI:SS",
}
_SHORT = frozenset("mdHIMSj")
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DIGITS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "f": 6, "j": 3}
_LAST_YEAR = 200_000
_SPECIFIER = re.compile(r"%(-?[A-Za-z]|%)| +|[^% ]+", re.DOTALL)


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
        return _made(f"extract({unit} FROM {clock})::bigint", SqlKind.WHOLE, moment)
    if unit in _YEARS:
        body = f"CASE WHEN isfinite(_v.n) THEN extract({unit} FROM _v.n)::bigint END"
        return _made(bound(clock, body), SqlKind.WHOLE, moment)
    if unit in _FRACTIONS:
        return _made(f"trunc(extract({unit} FROM {clock}))::bigint", SqlKind.WHOLE, moment)
    if unit == "epoch":
        body = "CASE WHEN isfinite(_v.n) THEN extract(epoch FROM _v.n)::double precision END"
        return _made(bound(clock, body), SqlKind.FLOAT, moment)
    raise Unrenderable(f"date_part('{unit}')", ENGINE)


def _made(sql: str, kind: SqlKind, *parts: Piece) -> Piece:
    return Piece(sql, kind, may_fail=any(piece.may_fail for piece in parts))


def truncated(unit: str, moment: Piece) -> Piece:
    """The beginning of the hour, day, month …"""
    if unit not in _TRUNCATED:
        raise Unrenderable(f"date_trunc('{unit}')", ENGINE)
    kind = SqlKind.MOMENT if moment.kind is SqlKind.MOMENT else SqlKind.LOCAL
    return _made(_truncated(unit, local(moment), kind), kind, moment)


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
        return _made(f"(({numbers[0]}) - ({numbers[1]}))::bigint", SqlKind.WHOLE, start, end)
    if unit == "day":
        return _made(f"(({last})::date - ({first})::date)::bigint", SqlKind.WHOLE, start, end)
    if unit == "week":
        days = f"(({last})::date - ({first})::date)"
        return _made(f"({days} / 7)::bigint", SqlKind.WHOLE, start, end)
    size = {"hour": 3600, "minute": 60, "second": 1}.get(unit)
    if size is None:
        factor = {"millisecond": 1000, "microsecond": 1_000_000}[unit]
        numbers = [f"floor(extract(epoch FROM {side}) * {factor})" for side in (last, first)]
        return _made(f"({numbers[0]} - {numbers[1]})::bigint", SqlKind.WHOLE, start, end)
    numbers = [f"extract(epoch FROM {_truncated(unit, side, kind)})" for side in (last, first)]
    return _made(f"div({numbers[0]} - {numbers[1]}, {size})::bigint", SqlKind.WHOLE, start, end)


def _as_local(piece: Piece, kind: SqlKind) -> str:
    wanted = SqlKind.LOCAL if kind is SqlKind.DATE else kind
    return piece.sql if piece.kind is wanted else f"({piece.sql})::{_NATIVE[wanted]}"


def last_day(moment: Piece) -> Piece:
    """The last day of the month."""
    sql = f"(date_trunc('month', ({local(moment)})::timestamp) + INTERVAL '1 month - 1 day')::date"
    return _made(sql, SqlKind.DATE, moment)


def microseconds(value: Piece) -> str:
    """SQL for whole microseconds since 1970, or of a duration, in which a month has 30 days and a year 12 months."""
    if value.kind is SqlKind.DURATION:
        # PostgreSQL reckons 365.25 days a year.
        body = "((extract(epoch FROM _v.n) - extract(year FROM _v.n) * 453600) * 1000000)::bigint"
        return bound(value.sql, body)
    if value.kind is SqlKind.NOTHING:
        return "NULL::bigint"
    return bound(local(value), "CASE WHEN isfinite(_v.n) THEN (extract(epoch FROM _v.n) * 1000000)::bigint END")


def shown(moment: Piece, form: str) -> Piece:
    """``strftime``."""
    pieces = []
    for found in _SPECIFIER.finditer(form):
        spec = found[1]
        if spec is None or spec == "%":
            text = (spec or found[0]).replace("\\", "\\\\").replace('"', '\\"')
            pieces.append(f'"{text}"')
        elif spec.startswith("-") and spec[1:] in _SHORT:
            pieces.append("FM" + _SHOWN[spec[1:]])
        elif spec in _SHOWN:
            pieces.append(_SHOWN[spec])
        else:
            raise Unrenderable(f"strftime with %{spec}", ENGINE)
    if "".join(found[0] for found in _SPECIFIER.finditer(form)) != form:
        raise Unrenderable("strftime with an unfinished %", ENGINE)
    return _made(f"to_char({local(moment)}, {quote_text(''.join(pieces))})", SqlKind.TEXT, moment)


def read(text: Piece, form: str) -> Piece:
    """``try_strptime``: every specifier takes as many digits as it can, as in DuckDB."""
    pattern, kind = "", SqlKind.LOCAL
    groups: dict[str, int] = {}
    number = 0
    if "".join(found[0] for found in _SPECIFIER.finditer(form)) != form:
        raise Unrenderable("strptime with an unfinished %", ENGINE)
    for found in _SPECIFIER.finditer(form):
        spec = (found[1] or "").removeprefix("-")
        if not spec or spec == "%":
            pattern += " +" if found[0].isspace() else _literal("%" if spec else found[0])
            continue
        if spec in groups or (spec in "hbB" and groups.keys() & {"b", "B", "h"}):
            raise Unrenderable(f"strptime with %{spec} twice", ENGINE)
        if spec in _DIGITS:
            most = _DIGITS[spec]
            fewer = rf"|\d{{1,{most - 1}}}(?!\d)" if most > 1 else ""
            pattern += rf"(\d{{{most}}}{fewer})"
        elif spec in "bhB":
            pattern += f"({'|'.join(_any_case(name if spec == 'B' else name[:3]) for name in _MONTHS)})"
        elif spec in "aA":
            pattern += f"(?:{'|'.join(_any_case(day if spec == 'A' else day[:3]) for day in _DAYS)})"
            continue
        elif spec == "p":
            pattern += "([AaPp][Mm])"
        elif spec == "z":
            pattern, kind = pattern + r"([+-]\d{2}(?::?\d{2})?)", SqlKind.MOMENT
        else:
            raise Unrenderable(f"strptime with %{spec}", ENGINE)
        number += 1
        groups["b" if spec in "hB" else spec] = number
    begins = "" if form.startswith(" ") else "[ \\t\\n\\r\\f\\v]*"
    sql = moment_of_parts(text.sql, f"^{begins}{pattern}[ \\t\\n\\r\\f\\v]*$", groups, _NATIVE[kind], is_strict=True)
    return _made(sql, kind, text)


def _literal(text: str) -> str:
    return "".join(sign if sign.isalnum() or not sign.isascii() else f"\\u{ord(sign):04x}" for sign in text)


def _any_case(name: str) -> str:
    return "".join(f"[{sign.upper()}{sign.lower()}]" for sign in name)


def moment_of_parts(text: str, pattern: str, groups: Mapping[str, int], native: str, *, is_strict: bool = False) -> str:
    """SQL that reads a text by a pattern whose groups are parts of a date, NULL where there is no such date.

    ``groups`` gives the place of each part by its letter in strptime. Unless ``is_strict``, a day has an hour 24.
    """

    def number(letter: str, default: int) -> str:
        if letter not in groups:
            return str(default)
        return f"coalesce(_m.g[{groups[letter]}]::integer, {default})"

    year = number("Y", 1900)
    if "y" in groups:
        year = f"(CASE WHEN {number('y', 0)} < 69 THEN 2000 ELSE 1900 END + {number('y', 0)})"
    month = number("m", 1)
    if "b" in groups:
        names = "".join(name[:3].lower() for name in _MONTHS)
        month = f"((strpos('{names}', lower(left(_m.g[{groups['b']}], 3))) + 2) / 3)"
    day, hour = number("d", 1), number("I" if "I" in groups else "H", 0)
    minute, second = number("M", 0), number("S", 0)
    conditions = [f"{year} BETWEEN 1 AND {_LAST_YEAR}", f"{month} BETWEEN 1 AND 12"]
    conditions.append(f"{day} BETWEEN 1 AND {_days_of_month(year, month)}")
    if "I" in groups or "p" in groups:
        conditions.append(f"{hour} BETWEEN 1 AND 12")
    elif is_strict:
        conditions.append(f"{hour} <= 23")
    else:
        conditions.append(f"({hour} <= 23 OR {hour} = 24 AND {minute} = 0 AND {second} = 0)")
    if "p" in groups:
        hour = f"({hour} % 12 + CASE WHEN lower(_m.g[{groups['p']}]) = 'pm' THEN 12 ELSE 0 END)"
    conditions += [f"{minute} <= 59", f"{second} <= 59"]
    made = f"make_date({year}, {month}, {day})"
    if "j" in groups:
        conditions.append(f"{number('j', 1)} BETWEEN 1 AND 337 + {_days_of_month(year, '2')}")
        made = f"(make_date({year}, 1, 1) + {number('j', 1)} - 1)"
    if native != "date":
        micros = f"left(rpad(coalesce(_m.g[{groups['f']}], ''), 6, '0'), 6)::integer" if "f" in groups else "0"
        clock = f"make_interval(hours => {hour}, mins => {minute}, secs => {second})"
        made = f"({made} + {clock} + {micros} * INTERVAL '1 microsecond')"
    if native == "timestamptz":
        made = _zoned(made, f"_m.g[{groups['z']}]") if "z" in groups else f"{made}::timestamptz"
    found = f"regexp_match(({text}) COLLATE \"C\", '{pattern}')"
    return f"(SELECT CASE WHEN {' AND '.join(conditions)} THEN {made} END FROM {found} AS _m(g) WHERE _m.g IS NOT NULL)"


def _zoned(wall: str, offset: str) -> str:
    digits = f"rpad(replace(substr({offset}, 2), ':', ''), 4, '0')"
    minutes = f"(left({digits}, 2)::integer * 60 + right({digits}, 2)::integer)"
    return (
        f"CASE WHEN {offset} IS NULL THEN {wall}::timestamptz WHEN {offset} IN ('Z', ' UTC') THEN {wall} AT TIME ZONE 'UTC'"
        f" ELSE ({wall} AT TIME ZONE 'UTC') - CASE WHEN left({offset}, 1) = '-' THEN -1 ELSE 1 END"
        f" * make_interval(mins => {minutes}) END"
    )


def _days_of_month(year: str, month: str) -> str:
    leap = f"({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))"
    return f"CASE WHEN {month} IN (4, 6, 9, 11) THEN 30 WHEN {month} <> 2 THEN 31 WHEN {leap} THEN 29 ELSE 28 END"
