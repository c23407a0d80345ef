"""Tables whose cells keep their kind: what spreadsheets are made of. Nothing here knows what is reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct


class Kind(StrEnum):
    """How a number is shown: a score of 0 to 100, a share of 0 to 1 as a percentage, a count, any other number."""

    SCORE = "score"
    SHARE = "share"
    COUNT = "count"
    NUMBER = "number"


class Figure(Struct, frozen=True):
    """An exact number, and how it is shown."""

    number: Decimal | float
    kind: Kind


# A moment has no zone: it is told as the clock of its place shows it. ``None`` is not known.
Cell: TypeAlias = Figure | datetime | str | None


class Sheet(Struct, frozen=True, kw_only=True):
    """One table: its id, its title, a heading of its own for each column, and its rows, each as long as the headings.

    ``empty`` is what to say when there are no rows; without it there is then nothing to show.
    """

    id: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""


def plain_cell(cell: Cell) -> object:
    """A cell as CSV has it: numbers unrounded, moments in ISO 8601 to the minute."""
    match cell:
        case Figure(number):
            whole = isinstance(number, Decimal) and number == number.to_integral_value()
            return int(number) if whole else float(number)
        case datetime():
            return cell.isoformat(" ", timespec="minutes")
    return cell
