"""Dates and times as texts: ``strftime`` and ``strptime``, and texts that are read by a pattern."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqaudit.engines.postgresql.binding import ENGINE
from sqaudit.engines.postgresql.clock import NATIVE, local, made
from sqaudit.engines.rendering import Piece, SqlKind, Unrenderable
from sqaudit.model.quoting import quote_text

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
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DIGITS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "f": 6, "j": 3}
_LAST_YEAR = 200_000
_FIRST_SHORT_YEAR = 69
_SPECIFIER = re.compile(r"%(-?[A-Za-z]|%)| +|[^% ]+", re.DOTALL)


def shown(moment: Piece, form: str) -> Piece:
    """A date or time as text, as ``strftime`` writes it."""
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
    return made(f"to_char({local(moment)}, {quote_text(''.join(pieces))})", SqlKind.TEXT, moment)


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
            pattern += r"[ \t\n\r\f\v]+" if found[0].isspace() else _literal("%" if spec else found[0])
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
    sql = moment_of_parts(text.sql, f"^{begins}{pattern}[ \\t\\n\\r\\f\\v]*$", groups, NATIVE[kind], is_strict=True)
    return made(sql, kind, text)


def _literal(text: str) -> str:
    return "".join(sign if sign.isalnum() or not sign.isascii() else f"\\u{ord(sign):04x}" for sign in text)


def _any_case(name: str) -> str:
    return "".join(f"[{sign.upper()}{sign.lower()}]" for sign in name)


def moment_of_parts(text: str, pattern: str, groups: Mapping[str, int], native: str, *, is_strict: bool = False) -> str:
    """SQL that reads a text by a pattern whose groups are parts of a date, NULL where there is no such date.

    ``groups`` gives the place of each part by its letter in strptime. Unless ``is_strict``, a day has an hour 24.
    """
    day, is_day = _day(groups)
    hour, is_clock = _hour(groups, is_strict=is_strict)
    made = day
    if native != "date":
        micros = f"left(rpad(coalesce({_group(groups, 'f')}, ''), 6, '0'), 6)::integer" if "f" in groups else "0"
        clock = f"make_interval(hours => {hour}, mins => {_number(groups, 'M', 0)}, secs => {_number(groups, 'S', 0)})"
        made = f"({day} + {clock} + {micros} * INTERVAL '1 microsecond')"
    if native == "timestamptz":
        made = _zoned(made, _group(groups, "z")) if "z" in groups else f"{made}::timestamptz"
    found = f"regexp_match(({text}) COLLATE \"C\", '{pattern}')"
    return (
        f"(SELECT CASE WHEN {' AND '.join([*is_day, *is_clock])} THEN {made} END"
        f" FROM {found} AS _m(g) WHERE _m.g IS NOT NULL)"
    )


def _group(groups: Mapping[str, int], letter: str) -> str:
    return f"_m.g[{groups[letter]}]"


def _number(groups: Mapping[str, int], letter: str, default: int) -> str:
    return f"coalesce({_group(groups, letter)}::integer, {default})" if letter in groups else str(default)


def _day(groups: Mapping[str, int]) -> tuple[str, list[str]]:
    """The date, and the conditions for there being one."""
    year, month, day = (_number(groups, letter, default) for letter, default in (("Y", 1900), ("m", 1), ("d", 1)))
    if "y" in groups:
        short = _number(groups, "y", 0)
        year = f"(CASE WHEN {short} < {_FIRST_SHORT_YEAR} THEN 2000 ELSE 1900 END + {short})"
    if "b" in groups:
        names = "".join(name[:3].lower() for name in _MONTHS)
        month = f"((strpos('{names}', lower(left({_group(groups, 'b')}, 3))) + 2) / 3)"
    conditions = [f"{year} BETWEEN 1 AND {_LAST_YEAR}", f"{month} BETWEEN 1 AND 12"]
    conditions.append(f"{day} BETWEEN 1 AND {_days_of_month(year, month)}")
    if "j" in groups:
        place = _number(groups, "j", 1)
        return f"(make_date({year}, 1, 1) + {place} - 1)", [*conditions, f"{place} BETWEEN 1 AND 366"]
    return f"make_date({year}, {month}, {day})", conditions


def _hour(groups: Mapping[str, int], *, is_strict: bool) -> tuple[str, list[str]]:
    """The hour of the day, and the conditions for the time on the clock being one."""
    hour = _number(groups, "I" if "I" in groups else "H", 0)
    minute, second = _number(groups, "M", 0), _number(groups, "S", 0)
    conditions = [f"{minute} <= 59", f"{second} <= 59"]
    if "I" in groups or "p" in groups:
        conditions.append(f"{hour} BETWEEN 1 AND 12")
    elif is_strict:
        conditions.append(f"{hour} <= 23")
    else:
        conditions.append(f"({hour} <= 23 OR {hour} = 24 AND {minute} = 0 AND {second} = 0)")
    if "p" in groups:
        hour = f"({hour} % 12 + CASE WHEN lower({_group(groups, 'p')}) = 'pm' THEN 12 ELSE 0 END)"
    return hour, conditions


def _zoned(wall: str, offset: str) -> str:
    digits = f"rpad(replace(substr({offset}, 2), ':', ''), 4, '0')"
    minutes = f"(left({digits}, 2)::integer * 60 + right({digits}, 2)::integer)"
    return (
        f"CASE WHEN {offset} IS NULL THEN {wall}::timestamptz"
        f" WHEN {offset} IN ('Z', ' UTC') THEN {wall} AT TIME ZONE 'UTC'"
        f" ELSE ({wall} AT TIME ZONE 'UTC') - CASE WHEN left({offset}, 1) = '-' THEN -1 ELSE 1 END"
        f" * make_interval(mins => {minutes}) END"
    )


def _days_of_month(year: str, month: str) -> str:
    leap = f"({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))"
    return f"CASE WHEN {month} IN (4, 6, 9, 11) THEN 30 WHEN {month} <> 2 THEN 31 WHEN {leap} THEN 29 ELSE 28 END"
