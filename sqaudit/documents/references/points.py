"""Items that count points, and a standard that deducts them: one without the other says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqaudit.documents.collection import Document
from sqaudit.documents.resolving import item_id, read_choice, read_score
from sqaudit.documents.summaries import read_summary
from sqaudit.errors import Problem, msg
from sqaudit.model.checklist import POINT_SCORERS, SummaryKind
from sqaudit.model.standard import Rollup

_CODE = "SQA255"


def deducts(scoring: Mapping[str, Any]) -> bool:
    """Whether a standard's scores start from a base."""
    return read_choice(scoring.get("rollup", Rollup.DIMENSIONS.value))[0] == Rollup.DEDUCTION


def check_points(document: Document, standard: Mapping[str, Any]) -> Iterator[Problem]:
    """Items of a checklist whose score does not go with the standard's rollup, or with the checklist's summary."""
    from_base = deducts(standard["scoring"])
    for position, item in enumerate(document.content["items"]):
        scorer, _ = read_score(item.get("score", "target"))
        counts_points = scorer in POINT_SCORERS
        if "criterion" not in item or counts_points == from_base:
            continue
        path = ("items", position, "score")
        place = document.raw.place(path) if "score" in item else document.raw.key_place(path[:-1])
        if from_base:
            message = msg(
                "'{standard}' deducts points, and '{item}' has none", standard=standard["id"], item=item_id(item)
            )
            yield Problem(place, _CODE, message, msg("write score: {{deduct: POINTS, cap: POINTS}}, or bonus"))
        else:
            message = msg(
                "'{item}' counts points, and '{standard}' deducts none", item=item_id(item), standard=standard["id"]
            )
            yield Problem(place, _CODE, message, msg("score it otherwise, or let the standard say rollup: deduction"))
    if from_base and read_summary(document.content.get("summary", "mean")).kind is SummaryKind.SHARE:
        message = msg("a share of subjects is no number of points")
        place = document.raw.place(("summary",))
        yield Problem(place, _CODE, message, msg("let the summary be mean, worst or latest"))


def check_base(document: Document, base: Mapping[str, Any] | None, scoring: Mapping[str, Any]) -> Iterator[Problem]:
    """A floor that is not below the base, or a standard that deducts when the one it extends does not."""
    name, limits = read_choice(scoring.get("rollup", Rollup.DIMENSIONS.value))
    own = document.content.get("scoring", {})
    if name == Rollup.DEDUCTION and limits and "rollup" in own:
        start, floor = limits.get("base", 100), limits.get("floor", 0)
        if floor >= start:
            message = msg("'floor' {floor} is not below 'base' {base}", floor=floor, base=start)
            place = document.raw.key_place(("scoring", "rollup", "deduction", "floor" if "floor" in limits else "base"))
            yield Problem(place, "SQA106", message, msg("correct one of them"))
    if base is not None and deducts(base) != deducts(scoring):
        message = msg("the standard it extends deducts points, or this one does, but not both")
        hint = msg("checklists score for one of them only: write a standard of its own")
        yield Problem(document.raw.place(("scoring", "rollup")), _CODE, message, hint)
