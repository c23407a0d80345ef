"""The formats of ``strftime`` and ``strptime``, specifier by specifier."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqaudit_spark.pieces import Kind, Piece, Unrenderable, quoted, text
from sqaudit_spark.times import MONTH_NAMES, name_of_day, name_of_month, part

_SPECIFIER = re.compile(r"%(-?[A-Za-z%])")
_PIVOT = 69  # two-digit years from here on belong to the 1900s


def _padded(sql: str, width: int) -> str:
    return f"lpad(CAST({sql} AS STRING), {width}, '0')"


def _short(name: Callable[[Piece], Piece]) -> Callable[[Piece], str]:
    return lambda when: f"left({name(when).sql}, 3)"


def _number(unit: str, width: int) -> Callable[[Piece], str]:
    return lambda when: _padded(part(unit, when).sql, width)


def _bare(unit: str) -> Callable[[Piece], str]:
    return lambda when: f"CAST({part(unit, when).sql} AS STRING)"


def _hour12(when: Piece) -> str:
    return f"(pmod({part('hour', when).sql} + 11, 12) + 1)"


_WRITERS: dict[str, Callable[[Piece], str]] = {
    "Y": _number("year", 4),
    "m": _number("month", 2),
    "d": _number("day", 2),
    "H": _number("hour", 2),
    "M": _number("minute", 2),
    "S": _number("second", 2),
    "j": _number("doy", 3),
    "V": _number("week", 2),
    "G": _number("isoyear", 4),
    "u": _number("isodow", 1),
    "w": _number("dow", 1),
    "f": lambda when: _padded(f"pmod({part('microsecond', when).sql}, 1000000)", 6),
    "y": lambda when: _padded(f"pmod({part('year', when).sql}, 100)", 2),
    "I": lambda when: _padded(_hour12(when), 2),
    "p": lambda when: f"CASE WHEN {part('hour', when).sql} < 12 THEN 'AM' ELSE 'PM' END",
    "B": lambda when: name_of_month(when).sql,
    "b": _short(name_of_month),
    "A": lambda when: name_of_day(when).sql,
    "a": _short(name_of_day),
    **{
        f"-{letter}": _bare(unit)
        for letter, unit in {"d": "day", "m": "month", "H": "hour", "M": "minute", "S": "second", "j": "doy"}.items()
    },
    "-I": lambda when: f"CAST({_hour12(when)} AS STRING)",
}


def _cut(pattern: str) -> list[tuple[str, bool]]:
    """The pieces of a format in their order: literal texts, and specifiers (marked True)."""
    found, place = [], 0
    for match in _SPECIFIER.finditer(pattern):
        found.append((pattern[place : match.start()], False))
        found.append(("%", False) if match[1] == "%" else (match[1], True))
        place = match.end()
    found.append((pattern[place:], False))
    if any("%" in piece and piece != "%" for piece, is_specifier in found if not is_specifier):
        raise Unrenderable(f"the format '{pattern}'")
    return [(piece, is_specifier) for piece, is_specifier in found if piece]


def written(when: Piece, pattern: str) -> Piece:
    """DuckDB's ``strftime``."""
    parts = []
    for piece, is_specifier in _cut(pattern):
        writer = _WRITERS.get(piece) if is_specifier else None
        if is_specifier and writer is None:
            raise Unrenderable(f"'%{piece}' in the format '{pattern}'")
        parts.append(writer(when) if writer is not None else quoted(piece))
    return text(f"concat({', '.join(parts) or quoted('')})")


_MONTHS = "|".join(MONTH_NAMES)
_READERS = {
    "Y": r"\d{1,4}",
    "y": r"\d{1,2}",
    "m": r"\d{1,2}",
    "d": r"\d{1,2}",
    "H": r"\d{1,2}",
    "I": r"\d{1,2}",
    "M": r"\d{1,2}",
    "S": r"\d{1,2}",
    "f": r"\d{1,6}",
    "p": "[AaPp][Mm]",
    "B": f"(?i:{_MONTHS})",
    "b": f"(?i:{'|'.join(name[:3] for name in MONTH_NAMES)})",
}


_ONCE = ({"y", "Y"}, {"m", "b", "B"}, {"H", "I"})  # of each of these a format has one


def parsed(source: Piece, pattern: str) -> Piece:  # noqa: C901  one step per part of a date
    """DuckDB's ``try_strptime``: the wall-clock time, NULL where the text does not fit."""
    regex = [r"\s*"]
    places: dict[str, int] = {}
    for piece, is_specifier in _cut(pattern):
        if not is_specifier:
            regex += [r"\s+" if char.isspace() else re.sub(r"(\W)", r"\\\1", char, flags=re.ASCII) for char in piece]
            continue
        letter = piece.removeprefix("-")
        if letter not in _READERS or letter in places:
            raise Unrenderable(f"'%{piece}' in the format '{pattern}'")
        places[letter] = len(places) + 1
        regex.append(f"({_READERS[letter]})")
    if any(len(once & places.keys()) > 1 for once in _ONCE) or ("I" in places) != ("p" in places):
        raise Unrenderable(f"the format '{pattern}'")
    whole = quoted(rf"\A{''.join(regex)}\s*\z")

    def group(letter: str) -> str:
        return f"regexp_extract({source.sql}, {whole}, {places[letter]})"

    def number(letter: str, default: int) -> str:
        return f"CAST({group(letter)} AS INT)" if letter in places else str(default)

    year, month, hour = number("Y", 1900), number("m", 1), number("H", 0)
    if "y" in places:
        short = number("y", 0)
        year = f"({short} + CASE WHEN {short} < {_PIVOT} THEN 2000 ELSE 1900 END)"
    for letter in {"b", "B"} & set(places):
        names = ", ".join(quoted(name[:3].lower()) for name in MONTH_NAMES)
        month = f"array_position(array({names}), lower(left({group(letter)}, 3)))"
    limits = [f"{source.sql} RLIKE {whole}"]
    if "I" in places:
        twelve = number("I", 12)
        limits.append(f"{twelve} BETWEEN 1 AND 12")
        hour = f"({twelve} % 12 + CASE WHEN lower({group('p')}) = 'pm' THEN 12 ELSE 0 END)"
    if "S" in places:
        limits.append(f"{number('S', 0)} < 60")
    fraction = f" + CAST(rpad({group('f')}, 6, '0') AS DECIMAL(8, 6)) / 1000000" if "f" in places else ""
    second = f"CAST({number('S', 0)}{fraction} AS DECIMAL(8, 6))"
    made = f"try_make_timestamp_ntz({year}, CAST({month} AS INT), {number('d', 1)}, {hour}, {number('M', 0)}, {second})"
    for limit in reversed(limits):  # one within the other: numbers are read only of texts that fit
        made = f"CASE WHEN {limit} THEN {made} END"
    return Piece(sql=made, kind=Kind.LOCAL)


_DATE = r"\d{4,6}-\d{1,2}-\d{1,2}"
_CLOCK = r"\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{1,9})?)?"
_OFFSET = r"(Z|[+-]\d{2}(:?\d{2})?)"
ISO_LOCAL = rf"\A\s*{_DATE}([T ]{_CLOCK})?\s*\z"
ISO_MOMENT = rf"\A\s*{_DATE}[T ]{_CLOCK}{_OFFSET}\s*\z"
WITHOUT_SECONDS = r"\A(\s*[\d-]+[T ]\d{1,2}:\d{1,2})(Z|[+-])"
OFFSET_AT_END = rf"{_OFFSET}\s*\z"
