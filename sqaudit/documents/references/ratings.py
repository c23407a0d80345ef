"""A rating scale gives every score exactly one rating."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqaudit.documents.marks import RawDocument
from sqaudit.documents.references.twice import repeated
from sqaudit.errors import Problem, msg


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
