"""When inspection of a series of lots becomes stricter, and when it stops (MIL-STD-105E 4.7, ISO 2859-1 9.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.model.sample import Inspection

_WITHIN: Final = 5  # lots
_REJECTED_TO_TIGHTEN: Final = 2
_ACCEPTED_TO_RELAX: Final = 5
_REJECTED_TO_STOP: Final = 5


class Switching(Struct, frozen=True, kw_only=True):
    """Where a series of lots stands: how the next is looked at, and which were accepted since that was so, in order."""

    inspection: Inspection = Inspection.NORMAL
    accepted: tuple[bool, ...] = ()


def after_lot(state: Switching, accepted: bool) -> Switching:  # noqa: FBT001 - what became of the lot
    """Where a series stands after another lot, looked at for the first time: resubmitted lots do not count.

    From normal to tightened after 2 lots rejected within 5 in a row or fewer; back after 5 accepted in a row; stopped
    once 5 were rejected under tightened inspection.
    """
    lots = (*state.accepted, accepted)
    match state.inspection:
        case Inspection.NORMAL if lots[-_WITHIN:].count(False) >= _REJECTED_TO_TIGHTEN:
            return Switching(inspection=Inspection.TIGHTENED)
        case Inspection.TIGHTENED if lots[-_ACCEPTED_TO_RELAX:] == (True,) * _ACCEPTED_TO_RELAX:
            return Switching(inspection=Inspection.NORMAL)
        case Inspection.TIGHTENED if lots.count(False) >= _REJECTED_TO_STOP:
            return Switching(inspection=Inspection.DISCONTINUED)
        case Inspection.DISCONTINUED:
            raise ValueError("inspection is discontinued: no lot is looked at")
    return replace(state, accepted=lots)


def inspections(lots: Iterable[bool]) -> list[Inspection]:
    """How each lot of a series was to be looked at, by what became of those before, and how the next is.

    Raises:
        ValueError: There are lots after inspection was discontinued.
    """
    states = [Switching()]
    for accepted in lots:
        states.append(after_lot(states[-1], accepted))
    return [state.inspection for state in states]
