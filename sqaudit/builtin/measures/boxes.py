"""The boxes at one end of a scale."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqaudit.builtin.measures.forms import ShareOf, Tally
from sqaudit.builtin.measures.surveys import SCALE
from sqaudit.errors import msg
from sqaudit.measures.shaping import known
from sqaudit.model.ports import Argument, ArgumentKind, UnfitArgument

_HINT = msg("write top_box(csat, 2), or bottom_box(csat, 1)")
_SIGNATURES = ((ArgumentKind.NUMBER, ArgumentKind.CONSTANT),)


def _top(arguments: Sequence[Argument]) -> Tally:
    """``top_box(csat, 2)``: the share of answers in the two highest boxes of the column's declared scale.

    Example:
        ``measure: top_box(csat, 2)``
    """
    answer = arguments[0].sql
    boxes, _, highest = _scale(arguments, needs_low=False)
    edge = (highest or 0) - boxes + 1
    return Tally(valid=known(answer), inside=f"({answer} >= {edge})", outside=f"({answer} < {edge})")


def _bottom(arguments: Sequence[Argument]) -> Tally:
    """``bottom_box(csat, 2)``: the share of answers in the two lowest boxes of the column's declared scale.

    Example:
        ``measure: bottom_box(csat, 2)``
    """
    answer = arguments[0].sql
    boxes, lowest, _ = _scale(arguments, needs_low=True)
    edge = (lowest or 0) + boxes - 1
    return Tally(valid=known(answer), inside=f"({answer} <= {edge})", outside=f"({answer} > {edge})")


def _scale(arguments: Sequence[Argument], *, needs_low: bool) -> tuple[int, int | None, int | None]:
    answer, boxes = arguments
    column = answer.column
    low, high = (_whole(column.minimum), _whole(column.maximum)) if column is not None else (None, None)
    if needs_low and low is None:
        raise UnfitArgument(0, msg("bottom_box needs a column that declares a whole number as its min"), SCALE)
    if not needs_low and high is None:
        raise UnfitArgument(0, msg("top_box needs a column that declares a whole number as its max"), SCALE)
    number = _whole(boxes.constant)
    if number is None or number < 1:
        raise UnfitArgument(1, msg("the number of boxes is a whole number from 1"), _HINT)
    if low is not None and high is not None and number > high - low:
        raise UnfitArgument(1, msg("the scale has no more than {all} boxes", all=high - low + 1), _HINT)
    return number, low, high


def _whole(number: object) -> int | None:
    return int(number) if isinstance(number, Decimal) and number == int(number) else None


TOP_BOX = ShareOf("top_box", _top, _SIGNATURES, part="top")
BOTTOM_BOX = ShareOf("bottom_box", _bottom, _SIGNATURES, part="bottom")
