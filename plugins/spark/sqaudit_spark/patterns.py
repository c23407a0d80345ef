r"""Regular expressions of RE2, as DuckDB has them, as patterns of Java that find the same.

What differs is rewritten (``$``, ``.``, ``\s``, ``\b``, ``\v``, ``[`` inside brackets, groups with ``?P<``) and what
has no equal (lookarounds and back references, which RE2 has not, possessive quantifiers, ``(?U)``) is refused.
"""

from __future__ import annotations

import re

from sqaudit_spark.pieces import Unrenderable

_SPACES = r"\t\n\f\r "
_BOUNDARY = "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))"
_NO_BOUNDARY = "(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))"
_ESCAPES = {
    "s": f"[{_SPACES}]",
    "S": f"[^{_SPACES}]",
    "b": _BOUNDARY,
    "B": _NO_BOUNDARY,
    "v": r"\x0B",
    "z": r"\z",
    "A": r"\A",
    **{letter: f"\\{letter}" for letter in "dDwWtnrfaQ"},
}
_IN_BRACKETS = {"s": _SPACES, "v": r"\x0B", **{letter: f"\\{letter}" for letter in "dDwWtnrfa"}}
_CODE = re.compile(r"\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))")
_PROPERTY = re.compile(r"\\([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))")
_FLAGS = re.compile(r"\(\?([ims]*)(-[ims]+)?([:)])")
_NAME = re.compile(r"\(\?P?<([A-Za-z][A-Za-z0-9]*)>")
_COUNT = re.compile(r"\{\d+(,\d*)?\}")
_POSIX = re.compile(r"\[:(\^?)(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]")
_POSIX_NAMES = {"ascii": "ASCII", "xdigit": "XDigit"}
_CATEGORY = re.compile(r"[LMNPSZC][a-z]?")


def java_pattern(pattern: str) -> str:
    """The Java pattern that finds what RE2 finds with ``pattern``."""
    return "(?d)" + _Reader(pattern).read()


def anchored(pattern: str) -> str:
    """The Java pattern for a text that matches as a whole."""
    return rf"(?d)\A(?:{_Reader(pattern).read()})\z"


def first_match(pattern: str) -> str:
    """The Java pattern for all up to and with the first match: group 1 is what stands before, group 2 the match."""
    return rf"(?d)\A([\s\S]*?)({_Reader(pattern).read()})"


def java_replacement(replacement: str, shift: int) -> str:
    r"""A replacement with RE2's ``\1`` as one of Java's, its groups moved on by ``shift``."""
    found, place = [], 0
    while place < len(replacement):
        char = replacement[place]
        following = replacement[place + 1 : place + 2]
        if char == "\\" and following.isdecimal() and following.isascii():
            found.append(f"${int(following) + shift}")
            if replacement[place + 2 : place + 3].isdecimal():
                found.append("\\" + replacement[place + 2])  # Java would read it as part of the group's number
                place += 1
            place += 2
        elif char == "\\" and following == "\\":
            found.append("\\\\")
            place += 2
        elif char == "\\":
            raise Unrenderable(f"the replacement '{replacement}'")
        else:
            found.append(f"\\{char}" if char == "$" else char)
            place += 1
    return "".join(found)


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._place = 0

    def read(self) -> str:
        found = []
        while self._place < len(self._pattern):
            found.append(self._next())
        return "".join(found)

    def _refuse(self) -> Unrenderable:
        return Unrenderable(f"the pattern '{self._pattern}'")

    def _match(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        match = expression.match(self._pattern, self._place)
        if match is not None:
            self._place = match.end()
        return match

    def _next(self) -> str:
        char = self._pattern[self._place]
        if char == "\\":
            return self._escape(_ESCAPES)
        if char == "[":
            return self._brackets()
        if char == "(" and self._pattern.startswith("(?", self._place):
            return self._group()
        if char == "{":
            match = self._match(_COUNT)
            self._place += 0 if match else 1
            return self._quantifier(match.group()) if match else r"\{"
        self._place += 1
        if char in "*+?":
            return self._quantifier(char)
        return {"$": r"\z", "}": r"\}"}.get(char, char)

    def _quantifier(self, written: str) -> str:
        following = self._pattern[self._place : self._place + 1]
        if following in {"+", "*"}:
            raise self._refuse()
        if following == "?":
            self._place += 1
            return written + "?"
        return written

    def _escape(self, known: dict[str, str]) -> str:
        letter = self._pattern[self._place + 1 : self._place + 2]
        code = self._match(_CODE)
        if code is not None:
            return f"\\x{{{code[1] or code[2]}}}"
        kind = self._match(_PROPERTY)
        if kind is not None:
            name = kind[3] or kind[4]
            negated = (kind[1] == "P") != bool(kind[2])
            return f"\\{'P' if negated else 'p'}{{{name if _CATEGORY.fullmatch(name) else f'Is{name}'}}}"
        self._place += 2
        if letter == "Q" and known is _ESCAPES:
            end = self._pattern.find(r"\E", self._place)
            kept = self._pattern[self._place : end if end >= 0 else None]
            self._place = len(self._pattern) if end < 0 else end + 2
            return re.sub(r"([^0-9A-Za-z_\s])", r"\\\1", kept)
        if letter in known:
            return known[letter]
        if letter and not letter.isalnum() and letter.isascii():
            return f"\\{letter}"
        raise self._refuse()

    def _group(self) -> str:
        name = self._match(_NAME)
        if name is not None:
            return f"(?<{name[1]}>"
        flags = self._match(_FLAGS)
        if flags is None:
            raise self._refuse()
        if "m" in flags[1]:  # then $ is the end of a line
            raise self._refuse()
        switched = flags[1].replace("i", "iu") + (flags[2] or "").replace("i", "iu")
        return f"(?{switched}{flags[3]}"

    def _brackets(self) -> str:
        self._place += 1
        found = ["["]
        if self._pattern.startswith("^", self._place):
            found.append("^")
            self._place += 1
        is_first = True
        while self._place < len(self._pattern):
            char = self._pattern[self._place]
            if char == "]" and not is_first:
                self._place += 1
                return "".join(found) + "]"
            posix = self._match(_POSIX)
            if posix is not None:
                shown = r"\w" if posix[2] == "word" else f"\\p{{{_POSIX_NAMES.get(posix[2], posix[2].capitalize())}}}"
                found.append(shown.replace("\\p", "\\P").replace("\\w", "\\W") if posix[1] else shown)
            elif char == "\\":
                found.append(self._escape(_IN_BRACKETS))
            else:
                self._place += 1
                found.append(f"\\{char}" if char in "[&]^" else char)
            is_first = False
        raise self._refuse()


def like_pattern(pattern: str) -> str:
    """A LIKE pattern in which a backslash means itself, as in DuckDB."""
    return pattern.replace("\\", "\\\\")
