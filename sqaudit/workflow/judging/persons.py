"""What is not shown because it would tell what single persons said or did."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.statistics.bases import SUPPRESS_BELOW, what_may_be_shown

SUPPRESSED = "suppressed"
SUPPRESSED_WITH_ANOTHER = "suppressed_with_another"
FEWEST_PERSONS = SUPPRESS_BELOW


def reveals_persons(n: int) -> bool:
    """Whether a value about persons rests on so few answers that it would tell what one of them said."""
    return what_may_be_shown(n, True) == SUPPRESSED  # noqa: FBT003 - that it is about persons


def hide_persons(parts: Sequence[ItemResult]) -> list[ItemResult]:
    """The results of one item in the subjects or groups of one site, as they may be shown.

    If only one of them is suppressed it could be had by taking the others from the whole, so the next smallest is too.
    """
    few = [part for part in parts if reveals_persons(part.n)]
    shown = [part for part in parts if part.n and not reveals_persons(part.n)]
    beside = min(shown, key=_size, default=None) if len(few) == 1 else None
    return [
        hidden(part, SUPPRESSED)
        if reveals_persons(part.n)
        else hidden(part, SUPPRESSED_WITH_ANOTHER)
        if part is beside
        else part
        for part in parts
    ]


def hides_another(sizes: Sequence[int]) -> bool:
    """Whether a whole would tell the one part of it that is suppressed, its parts being of these sizes."""
    return [reveals_persons(n) for n in sizes].count(True) == 1 and sum(map(bool, sizes)) > 1


def hidden(result: ItemResult, reason: str) -> ItemResult:
    """A result without everything that was measured."""
    nothing = Value(value=None, unit=result.value.unit, formula=result.value.formula)
    return replace(
        result, status=Status.NO_DATA, value=nothing, n=0, missing=0, invalid=0, score=None, stale=False, reason=reason
    )


def _size(part: ItemResult) -> tuple[int, str, str]:
    return part.n, part.subject, part.group
