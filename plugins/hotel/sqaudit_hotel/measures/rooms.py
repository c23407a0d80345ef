"""Guests who got the room they had booked."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.errors import told
from sqaudit.model.ports import Argument, ArgumentKind, Measure, UnfitArgument

from sqaudit_hotel.measures.shares import Counting, ShareOfRows, there

_PAIR = 2
_KINDS = (ArgumentKind.ANYTHING, ArgumentKind.ANYTHING)
_UNLIKE = told(
    {
        "en": "the assigned room is compared with the reserved one: both are columns of one type",
        "zh": "分配的房型要与预订的房型比较：两者须为同一类型的列",
    },
)
_ORDER = {"en": "'{order}' is no order of room types", "zh": "'{order}' 不是房型的排序"}
_ORDER_HINT = {
    "en": "name each type once, from the simplest to the best: 'single < double < suite'",
    "zh": "从最简单到最好，每种房型写一次：'single < double < suite'",
}


class RoomKept(ShareOfRows):
    """``room_kept(reserved, assigned)``: stays in the room type that was reserved, of those where both are known.

    With an order of types from the simplest to the best, ``room_kept(reserved, assigned, 'A < B < C')``, a better room
    keeps the promise too; a type that the order does not name is invalid. A booking without an assigned room, because
    it was cancelled or nobody came, is missing and in neither. Types are compared as they are written.

    Definition: ours, from reserved and assigned room type as property management systems keep them.

    Example:
        ``measure: room_kept(reserved_type, assigned_type, 'single < double < suite')``
    """

    name = "room_kept"
    signatures: Sequence[Sequence[ArgumentKind]] = (_KINDS, (*_KINDS, ArgumentKind.WORD))

    def __init__(self, kind: str = "same") -> None:
        self.formula = f"room_kept-{kind}/1"

    def member(self, arguments: Sequence[Argument]) -> Measure:
        """The same type, or one as good."""
        types = [None if argument.column is None else argument.column.type for argument in arguments[:_PAIR]]
        if types[0] != types[1]:
            raise UnfitArgument(1, _UNLIKE)
        if len(arguments) == _PAIR:
            return RoomKept()
        _types_in_order(arguments[_PAIR])
        return RoomKept("or_better")

    def counting(self, arguments: Sequence[Argument]) -> Counting:
        """Stays by the room they were in."""
        reserved, assigned = arguments[:_PAIR]
        known = f"({there(reserved)} AND {there(assigned)})"
        kept, ranked = f"({reserved.sql} = {assigned.sql})", "TRUE"
        if len(arguments) > _PAIR:
            places = [_place(argument, _types_in_order(arguments[_PAIR])) for argument in (reserved, assigned)]
            kept, ranked = f"({places[0]} <= {places[1]})", f"({places[0]} >= 0 AND {places[1]} >= 0)"
        return Counting(
            inside=f"({known} AND {ranked} AND {kept})",
            outside=f"({known} AND {ranked} AND NOT {kept})",
            refused=f"({known} AND NOT {ranked})",
            lacking=f"(NOT {known} AND NOT {reserved.unusable} AND NOT {assigned.unusable})",
        )


def _types_in_order(order: Argument) -> tuple[str, ...]:
    written = order.word or ""
    types = tuple(each.strip() for each in written.split("<"))
    if len(types) < _PAIR or not all(types) or len(set(types)) < len(types):
        raise UnfitArgument(_PAIR, told(_ORDER, order=written), told(_ORDER_HINT))
    return types


def _place(argument: Argument, types: Sequence[str]) -> str:
    """The place of a type in the order from 0; -1 for one that it does not name."""
    quoted = [each.replace("'", "''") for each in types]
    cases = " ".join(f"WHEN '{each}' THEN {place}" for place, each in enumerate(quoted))
    return f"(CASE CAST({argument.sql} AS VARCHAR) {cases} ELSE -1 END)"
