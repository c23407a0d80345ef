"""Texts: upper and lower case, blanks, and parts of a text, as DuckDB has them."""

from __future__ import annotations

import functools

from sqaudit.engines.postgresql.binding import bound
from sqaudit.model.quoting import quote_text

_LAST_CASED = 0x1E943
_NEAR = 64
_BLANKS = "\u0020\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u202f\u205f\u3000"
_NOT_IN_TABLES = {"\u0130": "i"}  # its lower case has two characters, of which DuckDB keeps the first


@functools.cache
def _lowering() -> dict[str, str]:
    """Every character beyond ASCII that has another lower case, of one character."""
    letters = map(chr, range(0x80, _LAST_CASED + 1))
    return {letter: low for letter in letters if len(low := letter.lower()) == 1 and low != letter} | _NOT_IN_TABLES


@functools.cache
def _raising() -> dict[str, str]:
    back: dict[str, str] = {}
    for letter, low in _lowering().items():
        if letter not in _NOT_IN_TABLES:
            back.setdefault(low, letter)
    table = {}
    for letter in map(chr, range(0x80, _LAST_CASED + 1)):
        high = letter.upper()
        found = high if len(high) == 1 else back.get(letter, letter)
        if found != letter:
            table[letter] = found
    return table


def lower(text: str) -> str:
    """SQL for a text in lower case, the same under every collation."""
    return _cased("lower", text, _lowering())


def upper(text: str) -> str:
    """SQL for a text in upper case."""
    return _cased("upper", text, _raising())


def _cased(name: str, text: str, table: dict[str, str]) -> str:
    # The table is long: it is gone through only for texts with a letter of a script that has two cases.
    plain = f'{name}((_v.n) COLLATE "C")'
    signs, others = quote_text("".join(table)), quote_text("".join(table.values()))
    others_only = f"(_v.n COLLATE \"C\") !~ '[{_ranges(''.join(table))}]'"
    body = (
        f"CASE WHEN octet_length(_v.n) = length(_v.n) OR {others_only} THEN {plain}"
        f" ELSE translate({plain}, {signs}, {others}) END"
    )
    return bound(text, body)


@functools.cache
def _ranges(letters: str) -> str:
    """Ranges of characters with all these letters and some near them."""
    found: list[list[int]] = []
    for code in sorted(map(ord, letters)):
        if found and code <= found[-1][1] + _NEAR:
            found[-1][1] = code
        else:
            found.append([code, code])
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in found)


def trim(name: str, text: str, signs: str | None) -> str:
    """SQL for a text without signs at its ends, blanks unless said."""
    trimmer = {"trim": "btrim", "ltrim": "ltrim", "rtrim": "rtrim"}[name]
    return f"{trimmer}({text}, {quote_text(_BLANKS) if signs is None else signs})"


def substring(text: str, start: str, length: str | None) -> str:
    """SQL for a part of a text: a negative start counts from the end, a negative length goes back."""
    begin = f"(CASE WHEN {start} < 0 THEN length({text}) + {start} + 1 ELSE {start} END)::integer"
    if start.lstrip("(").isdigit() or start.isdigit():
        begin = start
    if length is None:
        return f"substr({text}, greatest({begin}, 1))"
    if length.isdigit():
        return f"substr({text}, {begin}, {length})"
    back = f"substr({text}, ({begin} + {length})::integer, (- {length})::integer)"
    return f"(CASE WHEN {length} < 0 THEN {back} ELSE substr({text}, {begin}, ({length})::integer) END)"
