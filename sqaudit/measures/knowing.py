"""When the value of an expression is known, told from the columns it reads alone.

The expressions are those that translation made: quoted names, literals, operators and calls. Where every part yields
an unknown value just for unknown operands, the whole is known in the rows in which all its columns are; asking for
those is far cheaper than working the expression out, and many measures ask the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from sqaudit.expressions.terms import any_unusable
from sqaudit.model.measuring import unusable_column
from sqaudit.model.quoting import quote_name

_CELL = '":cell '
NAME = r'"(?:[^"]|"")*"'
_STRICT = re.compile(
    rf"""{NAME} | '(?:[^']|'')*' | [0-9.]+ | [()+\-*,<>=\s] | <> | \bNOT\b | \bBETWEEN\b | \bAND\b | \bOR\b | \bIN\b
    | \bTRUE\b | \bFALSE\b | \bINTERVAL\b | \b(?:SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|QUARTER|YEAR)\b
    | \b(?:epoch_us|to_microseconds|CAST\ \(|AS\ TIMESTAMPTZ|AS\ DATE|CAST)\b""",
    re.VERBOSE,
)
TEXT = r"'(?:[^']|'')*'"
_TOKENS = re.compile(rf"{TEXT}|{NAME}|\b\w+\b|[()]")
_KNOWN = re.compile(r"\((?P<inner>.*) IS NOT NULL\)", re.DOTALL)
# Texts and names come first everywhere, so that nothing is found in the middle of one.
_MARK = re.compile(rf"{TEXT}|{NAME}(?: >= \d)?")
_NO_DOUBT = re.compile(rf"{TEXT}|{NAME}|(?<!\w)(?<!\bIN )(?P<no_doubt>\(FALSE(?: OR FALSE)*\))")
_ABSENT = re.compile(
    rf"{TEXT}|\(CASE WHEN (?P<name>{NAME}) IS NOT NULL THEN FALSE WHEN FALSE THEN NULL ELSE TRUE END\)|{NAME}"
)
_DOUBTFUL = re.compile(
    rf"\((?:NOT \()?CASE WHEN (?P<name>{NAME}) IS NOT NULL THEN FALSE WHEN \((?P<unusable>{NAME})\) THEN NULL"
    r" ELSE TRUE END\)?\)"
)
_ABSENCE = re.compile(rf"\((?P<name>{NAME}) IS NULL\)")
_HARMLESS = re.compile(rf"{NAME}|'(?:[^']|'')*'|[0-9.]+|[()<>=,\s]|\b(?:NOT|BETWEEN|AND|OR|IN|IS|NULL|TRUE|FALSE)\b")
_ZONE_FREE = re.compile(rf"{NAME}|[0-9.]+|[()+\-*/,\s]|\b(?:TRUE|epoch_us|to_microseconds|nullif)\b")


@cache
def strict_columns(sql: str) -> frozenset[str] | None:
    """The quoted columns of an expression that is known just where they all are; ``None`` if it is none such."""
    rest = _STRICT.sub("", sql)
    if rest.strip():
        return None
    tokens = _TOKENS.findall(sql)
    names = frozenset(word for word in tokens if word[0] == '"')
    if any(name.startswith('":') for name in names) or not _needs_all(tokens, several=len(names) > 1):
        return None
    return names


def _needs_all(tokens: Sequence[str], *, several: bool) -> bool:
    """Whether nothing is known in spite of an unknown part, as are true OR unknown and 1 IN (1, unknown).

    1 BETWEEN 2 AND unknown is known too. Of one column all parts are known, or none is, unless a part has no column.
    """
    parts = [False]  # whether each part between AND and OR reads a column
    within: list[bool] = []  # whether each bracket that is open is behind IN or BETWEEN
    ranges = 0
    for before, word in zip(["", *tokens], tokens, strict=False):
        is_list = within[-1] if within else False
        if word == "(":
            within.append(is_list or before == "IN")
        elif word == ")":
            if within:
                within.pop()
        elif word == "BETWEEN" and within:
            within[-1] = True
            ranges += 1
        elif word in {"AND", "OR"}:
            if word == "AND" and is_list and ranges:
                ranges -= 1  # the one of BETWEEN
            else:
                parts.append(False)
        elif word[0] == '"':
            if is_list:
                return False
            parts[-1] = True
    return len(parts) == 1 or (all(parts) and not several)


def without_doubt(sql: str, sure: Collection[str], marked: Collection[str] = ()) -> str:
    """An expression without the care for unusable cells of columns that are ``sure`` to hold none.

    Those of ``marked`` columns are told by the column that says so.
    """
    if _CELL not in sql:
        return sql
    marks = {any_unusable([name])[1:-1]: quote_name(unusable_column(name)) for name in marked}
    marks |= {any_unusable([name])[1:-1]: "FALSE" for name in sure}
    sql = _MARK.sub(lambda found: marks.get(found.group(), found.group()), sql)
    sql = _NO_DOUBT.sub(lambda found: "FALSE" if found["no_doubt"] else found.group(), sql)
    return _ABSENT.sub(lambda found: f"({found['name']} IS NULL)" if found["name"] else found.group(), sql)


def simplified(condition: str, always_known: Collection[str]) -> str:
    """``(… IS NOT NULL)`` said of the columns, but for those ``always_known``; other conditions as they are."""
    asked = _KNOWN.fullmatch(condition)
    if asked is not None and _ABSENCE.fullmatch(asked["inner"]):
        return "TRUE"
    doubtful = _DOUBTFUL.fullmatch(asked["inner"]) if asked is not None else None
    if doubtful is not None:
        return f"(NOT {doubtful['unusable']})"
    columns = strict_columns(asked["inner"]) if asked is not None and is_closed(asked["inner"]) else None
    if columns is None:
        return condition
    left = sorted(columns - {quote_name(name) for name in always_known})
    return f"({' AND '.join(f'{name} IS NOT NULL' for name in left)})" if left else "TRUE"


def known_columns(condition: str) -> tuple[str, ...] | None:
    """The quoted columns of a condition that only asks whether they are known."""
    if condition == "TRUE":
        return ()
    if re.fullmatch(rf"\({NAME} IS NOT NULL(?: AND {NAME} IS NOT NULL)*\)", condition) is None:
        return None
    return tuple(re.findall(NAME, condition))


def absent_column(condition: str) -> str | None:
    """The quoted column of a condition that only asks whether it is unknown; the brackets around it may be gone."""
    found = _ABSENCE.fullmatch(f"({condition})")
    return None if found is None else found["name"]


@cache
def is_harmless(sql: str) -> bool:
    """Whether an expression only compares, so that it cannot fail whatever a row holds; when in doubt, not."""
    return not _HARMLESS.sub("", sql)


def is_zone_free(sql: str) -> bool:
    """Whether an expression gives the same in every zone; when in doubt, not."""
    return not _ZONE_FREE.sub("", sql)


def is_closed(sql: str) -> bool:
    """Whether the brackets of a piece of an expression close in it."""
    depth = 0
    for sign in re.sub(rf"'(?:[^']|'')*'|{NAME}", "", sql):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0
