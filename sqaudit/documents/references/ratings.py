"""A rating scale gives every score exactly one rating, and every rating to some score."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Any

from sqaudit.documents.marks import RawDocument
from sqaudit.documents.references.points import deducts
from sqaudit.documents.references.twice import repeated
from sqaudit.documents.resolving import read_choice
from sqaudit.errors import Place, Problem, msg
from sqaudit.model.standard import CriticalPolicy

_SCORE_FROM = re.compile(r"score\s*(?P<sign>>=?)\s*(?P<start>\d+(\.\d+)?)")
_SHOWN = Decimal("0.01")


def check_ratings(raw: RawDocument, ratings: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """What makes a scale of a valid standard incomplete or ambiguous."""
    yield from repeated((str(entry["rating"]), raw.place(("ratings", i, "rating"))) for i, entry in enumerate(ratings))
    if any("when" in entry for entry in ratings):
        yield from _check_conditions(raw, ratings)
    elif ratings:
        yield from _check_starts(raw, ratings)


def _check_conditions(raw: RawDocument, ratings: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    for position, entry in enumerate(ratings):
        is_last = position == len(ratings) - 1
        if "from" in entry:
            message = msg("a scale with conditions has no 'from'")
            hint = msg("write it as a condition: when: score >= {start}", start=entry["from"])
            yield Problem(raw.key_place(("ratings", position, "from")), "SQA212", message, hint)
        elif is_last and "when" in entry:
            message = msg("the last rating has a condition: some scores would get no rating")
            yield Problem(raw.key_place(("ratings", position, "when")), "SQA211", message, msg("remove its 'when'"))
        elif not is_last and "when" not in entry:
            message = msg("only the last rating may be without condition, those after it are never given")
            yield Problem(raw.key_place(("ratings", position)), "SQA212", message, msg("add 'when', or put it last"))


def _check_starts(raw: RawDocument, ratings: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    starts: dict[float, int] = {}
    for position, entry in enumerate(ratings):
        if "from" not in entry:
            message = msg("rating '{rating}' does not say from which score", rating=entry["rating"])
            yield Problem(raw.key_place(("ratings", position)), "SQA211", message, msg("add 'from'"))
        elif entry["from"] in starts:
            message = msg("two ratings start from {start}", start=entry["from"])
            yield Problem(raw.place(("ratings", position, "from")), "SQA212", message, msg("correct one of them"))
        else:
            starts[entry["from"]] = position
    if starts and min(starts) > 0:
        lowest = min(starts)
        message = msg("scores below {start} have no rating", start=lowest)
        place = raw.place(("ratings", starts[lowest], "from"))
        yield Problem(place, "SQA211", message, msg("let the lowest rating start from 0"))


def check_reach(
    raw: RawDocument, ratings: Sequence[Mapping[str, Any]], scoring: Mapping[str, Any], *, own: bool
) -> Iterator[Problem]:
    """Ratings of a resolved standard that no score can be given, since scores are rated at two decimals.

    ``own`` tells whether the ratings stand in this document, or are those of the standard that it extends.
    """
    for position in sorted(_unreached(ratings, scoring)):
        place: Place = raw.key_place(("ratings", position)) if own else raw.key_place(("scoring",))
        message = msg("rating '{rating}' is never given", rating=ratings[position]["rating"])
        yield Problem(place, "SQA254", message, msg("remove it, or correct where it starts"))


def _unreached(ratings: Sequence[Mapping[str, Any]], scoring: Mapping[str, Any]) -> Iterator[int]:
    if any("when" in entry for entry in ratings):
        yield from _hidden_by_others(ratings)
        return
    lowest, highest = _limits(scoring)
    starts = sorted((Decimal(str(entry["from"])), i) for i, entry in enumerate(ratings) if "from" in entry)
    for (start, position), (end, _) in pairwise([*starts, (Decimal(101), -1)]):
        first = max(start, lowest).quantize(_SHOWN, rounding=ROUND_CEILING)
        is_for_critical = position == starts[0][1] and _critical(scoring) is CriticalPolicy.RATING_ONLY
        if start < end and (first >= end or first > highest) and not is_for_critical:
            yield position


def _limits(scoring: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """The lowest and the highest score that there can be."""
    lowest, highest = Decimal(0), Decimal(100)
    if deducts(scoring):
        _, limits = read_choice(scoring["rollup"])
        lowest, highest = Decimal(str(limits.get("floor", 0))), Decimal(str(limits.get("base", 100)))
    policy = _critical(scoring)
    if policy is CriticalPolicy.ZERO:
        lowest = Decimal(0)
    elif policy is CriticalPolicy.CAP:
        lowest = min(lowest, Decimal(str(scoring["critical"]["cap"])))
    return lowest, highest


def _critical(scoring: Mapping[str, Any]) -> CriticalPolicy:
    return CriticalPolicy(read_choice(scoring.get("critical", CriticalPolicy.RATING_ONLY.value))[0])


def _hidden_by_others(ratings: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """Ratings whose condition was asked before, or asks for a score that an earlier one has taken already."""
    seen: set[str] = set()
    taken: tuple[Decimal, bool] | None = None
    for position, entry in enumerate(ratings):
        condition = " ".join(str(entry.get("when", "")).split())
        asked = _SCORE_FROM.fullmatch(condition)
        # (start, False) takes its start as well and comes below (start, True).
        wanted = None if asked is None else (Decimal(asked["start"]), asked["sign"] == ">")
        if condition in seen or (wanted is not None and taken is not None and wanted >= taken):
            yield position
        elif wanted is not None:
            taken = wanted
        seen |= {condition} - {""}
