r"""Regular expressions of RE2, DuckDB's, as PostgreSQL's advanced ones.

Characters become explicit sets, so that ``\d`` and ``\w`` mean ASCII on every server. RE2 takes the first way to match,
PostgreSQL the longest: what is cut out or replaced is rendered only where a pattern can match in one way at most
(where every next character leaves one place in the pattern to go to).
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct, field

from sqaudit.engines.rendering import Unrenderable

Ranges: TypeAlias = tuple[tuple[int, int], ...]

_LAST = 0x10FFFF
_MOST_POSITIONS = 300
_CLASSES = {
    "d": "09",
    "w": "09AZ__az",
    "s": "\t\n\f\r  ",
    "alpha": "AZaz",
    "digit": "09",
    "alnum": "09AZaz",
    "upper": "AZ",
    "lower": "az",
    "space": "\t\r  ",
    "punct": "!/:@[`{~",
    "xdigit": "09AFaf",
    "blank": "\t\t  ",
    "word": "09AZ__az",
}
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_ALSO = {"k": "\u212a", "s": "\u017f"}  # what Unicode folds onto ASCII letters
_BOUNDARIES = {"b": r"\y", "B": r"\Y", "A": "^", "z": "$"}


class Pattern(Struct, frozen=True):
    """A pattern as PostgreSQL writes it. ``groups`` counts its groups, ``is_certain`` tells that it has but one way."""

    sql: str
    groups: int
    is_certain: bool
    may_be_empty: bool


class _Part(Struct):
    """A part of a pattern with its places: those it may begin and end at, and whether it may be left out."""

    sql: str
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    empty: bool = True


class _Reader:
    def __init__(self, text: str, *, folds: bool, dot_is_all: bool) -> None:
        self._text = text
        self._at = 0
        self._folds = folds
        self._dot_is_all = dot_is_all
        self.groups = 0
        self.is_certain = True
        self._sets: list[Ranges] = []
        self._follow: list[set[int]] = []

    def read(self) -> Pattern:
        flags = re.match(r"\(\?([is]+)\)", self._text)
        if flags is not None:
            self._folds |= "i" in flags[1]
            self._dot_is_all |= "s" in flags[1]
            self._at = flags.end()
        part = self._choice()
        if self._at < len(self._text):
            raise self._refused(self._text[self._at])
        certain = self.is_certain and self._one_way(part.first) and all(self._one_way(list(f)) for f in self._follow)
        return Pattern(part.sql, self.groups, certain, part.empty)

    def _refused(self, what: str) -> Unrenderable:
        return Unrenderable(f"the pattern {self._text}", "PostgreSQL", f"it has '{what}'")

    def _one_way(self, places: list[int]) -> bool:
        ranges = sorted(span for place in places for span in self._sets[place])
        return all(before[1] < after[0] for before, after in pairwise(ranges))

    def _peek(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _take(self) -> str:
        if self._at >= len(self._text):
            raise self._refused("an end too early")
        self._at += 1
        return self._text[self._at - 1]

    def _choice(self) -> _Part:
        parts = [self._sequence()]
        while self._peek("|"):
            self._at += 1
            parts.append(self._sequence())
        return _Part(
            "|".join(part.sql for part in parts),
            [place for part in parts for place in part.first],
            [place for part in parts for place in part.last],
            any(part.empty for part in parts),
        )

    def _sequence(self) -> _Part:
        whole = _Part("")
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            whole = self._joined(whole, self._repeated())
        return whole

    def _joined(self, left: _Part, right: _Part) -> _Part:
        for place in left.last:
            self._follow[place] |= set(right.first)
        return _Part(
            left.sql + right.sql,
            [*left.first, *(right.first if left.empty else [])],
            [*right.last, *(left.last if right.empty else [])],
            left.empty and right.empty,
        )

    def _repeated(self) -> _Part:
        start, groups = self._at, self.groups
        part = self._atom()
        found = re.compile(r"\*|\+|\?|\{(\d{1,3})(,(\d{0,3}))?\}").match(self._text, self._at)
        if found is None:
            return part
        sign = found[0]
        atom = self._text[start : self._at]
        self._at = found.end()
        if self._peek("?"):
            self._at += 1
            self.is_certain = False  # a lazy sign matches the same texts, but other pieces of them
        elif self._peek("+") or self._peek("*"):
            raise self._refused(sign + self._text[self._at])
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign, (0, 0))
        if sign[0] == "{":
            least = int(found[1])
            most = least if found[2] is None else int(found[3]) if found[3] else None
        return self._copies(part, atom, least, most, sign, groups)

    def _copies(  # noqa: PLR0913, PLR0917
        self, part: _Part, atom: str, least: int, most: int | None, sign: str, groups: int
    ) -> _Part:
        """The part so many times; for its places it is written out, for PostgreSQL it is not."""
        if not part.first:
            raise self._refused(atom + sign)
        whole, rest = part, self._text
        if most is None:
            for place in part.last:
                self._follow[place] |= set(part.first)
        extra = (least if most is None else most) - 1
        if len(self._sets) * max(extra, 0) > _MOST_POSITIONS:
            self.is_certain = False
            extra = 0
        after, known = self._at, self.groups
        for copy in range(max(extra, 0)):
            self._text, self._at, self.groups = atom, 0, groups
            again = self._atom()
            if most is None and copy == extra - 1:
                for place in again.last:
                    self._follow[place] |= set(again.first)
            again.empty |= copy + 1 >= least
            whole = self._joined(whole, again)
        self._text, self._at, self.groups = rest, after, known
        return _Part(part.sql + sign, whole.first, whole.last, whole.empty or least == 0)

    def _atom(self) -> _Part:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign in "^$":
            return self._edge(sign)
        if sign == ".":
            return self._chars(((0, _LAST),) if self._dot_is_all else _without(((10, 10),)))
        if sign == "[":
            return self._chars(self._bracket())
        if sign == "\\":
            return self._escaped()
        if sign in "*+?{}":
            raise self._refused(sign)
        return self._chars(((ord(sign), ord(sign)),))

    def _edge(self, sign: str) -> _Part:
        inside = self._text[self._at :] if sign == "$" else self._text[: self._at - 1]
        if inside.strip(")" if sign == "$" else "(?:"):
            self.is_certain = False
        return _Part(sign)

    def _group(self) -> _Part:
        named = re.compile(r"\?P?<[A-Za-z_]\w*>").match(self._text, self._at)
        if self._peek("?:"):
            self._at += 2
            opening = "(?:"
        elif self._peek("?") and named is None:
            raise self._refused("(?")
        else:
            self._at = named.end() if named else self._at
            self.groups += 1
            opening = "("
        part = self._choice()
        if not self._peek(")"):
            raise self._refused("(")
        self._at += 1
        part.sql = f"{opening}{part.sql})"
        return part

    def _escaped(self) -> _Part:
        sign = self._take()
        if sign in _BOUNDARIES:
            if sign in "Az":
                return self._edge(_BOUNDARIES[sign])
            self.is_certain = False
            return _Part(_BOUNDARIES[sign])
        self._at -= 1
        return self._chars(self._escape())

    def _escape(self) -> Ranges:
        sign = self._take()
        if sign.casefold() in {"d", "w", "s"}:
            ranges = _class(sign.casefold())
            return ranges if sign.islower() else _without(ranges)
        if sign in _ESCAPES:
            return ((ord(_ESCAPES[sign]),) * 2,)
        written = re.compile(r"([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\}").match(self._text, self._at)
        if sign == "x" and written is not None:
            self._at = written.end()
            return ((int(written[1] or written[2], 16),) * 2,)
        if sign.isalnum() or not sign.isascii():
            raise self._refused("\\" + sign)
        return ((ord(sign), ord(sign)),)

    def _bracket(self) -> Ranges:
        is_other = self._peek("^")
        self._at += is_other
        found: list[tuple[int, int]] = []
        begins = True
        while begins or not self._peek("]"):
            begins = False
            named = re.compile(r"\[:([a-z]+):\]").match(self._text, self._at)
            if named is not None and named[1] in _CLASSES:
                self._at = named.end()
                found += _class(named[1])
                continue
            if self._peek("[:"):
                raise self._refused("[:")
            one = self._one_in_bracket()
            if len(one) == 1 and one[0][0] == one[0][1] and self._peek("-") and not self._peek("-]"):
                self._at += 1
                end = self._one_in_bracket()
                if len(end) != 1 or end[0][0] != end[0][1] or end[0][0] < one[0][0]:
                    raise self._refused("-")
                one = ((one[0][0], end[0][0]),)
            found += one
        self._at += 1
        folded = self._folded(tuple(found))
        return _without(folded) if is_other else folded

    def _one_in_bracket(self) -> Ranges:
        sign = self._take()
        return self._escape() if sign == "\\" else ((ord(sign), ord(sign)),)

    def _folded(self, ranges: Ranges) -> Ranges:
        """Upper and lower case alike, where that is asked for."""
        merged = _merged(ranges)
        if not self._folds or merged[-1:] == ((merged[-1][0], _LAST),):
            return merged
        added: list[tuple[int, int]] = []
        for start, end in merged:
            for code in range(start, min(end, 0x7F) + 1):
                letter = chr(code)
                others = {letter.lower(), letter.upper()} | set(_ALSO.get(letter.lower(), ""))
                added += [(ord(other), ord(other)) for other in others if letter.isalpha()]
            for code in range(max(start, 0x80), end + 1):
                if chr(code).lower() != chr(code) or chr(code).upper() != chr(code):
                    raise self._refused(f"{chr(code)}, in upper and lower case")
        return _merged((*merged, *added))

    def _chars(self, ranges: Ranges) -> _Part:
        place = len(self._sets)
        ranges = self._folded(ranges)
        self._sets.append(ranges)
        self._follow.append(set())
        return _Part(_bracketed(ranges), [place], [place], empty=False)


def _class(name: str) -> Ranges:
    signs = _CLASSES[name]
    if name == "s":
        return ((9, 10), (12, 13), (32, 32))
    return tuple((ord(start), ord(end)) for start, end in zip(signs[::2], signs[1::2], strict=True))


def _merged(ranges: Ranges) -> Ranges:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _without(ranges: Ranges) -> Ranges:
    """Every other character."""
    found, start = [], 0
    for first, last in _merged(ranges):
        if first > start:
            found.append((start, first - 1))
        start = last + 1
    return (*found, (start, _LAST)) if start <= _LAST else tuple(found)


def _bracketed(ranges: Ranges) -> str:
    if ranges == ((0, _LAST),):
        return "."
    if ranges[-1][1] == _LAST:
        return f"[^{_listed(_without(ranges))}]"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _written(ranges[0][0])
    return f"[{_listed(ranges)}]"


def _listed(ranges: Ranges) -> str:
    return "".join(_written(start) if start == end else f"{_written(start)}-{_written(end)}" for start, end in ranges)


def _written(code: int) -> str:
    sign = chr(code)
    return sign if sign.isalnum() or code > 0x7F else f"\\u{code:04x}"  # noqa: PLR2004  the end of ASCII


@lru_cache(maxsize=1024)
def read_pattern(text: str, *, folds: bool = False, dot_is_all: bool = False) -> Pattern:
    """A pattern of RE2 as PostgreSQL writes it.

    Raises:
        Unrenderable: If it has parts that mean something else to PostgreSQL.
    """
    return _Reader(text, folds=folds, dot_is_all=dot_is_all).read()
