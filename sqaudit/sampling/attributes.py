"""Single sampling plans for inspection by attributes: how many of a lot are looked at, and how many faults it may show.

The tables are those of MIL-STD-105E (10 May 1989, tables I, II-A and II-B; approved for public release), whose numbers
ISO 2859-1 shares. The master tables repeat themselves along their diagonals: one sample size further and one quality
level stricter, the numbers are the same, so that each table is written as one row. Arrows lead to the nearest plan
below or above, which is used with its own sample size; where there is none in that direction, the arrow turns. An AQL
is in nonconforming units per 100, above 10 only in nonconformities per 100. Reduced inspection is left out: editions
differ.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from msgspec import Struct

from sqaudit.model.sample import InspectionLevel


class Strictness(StrEnum):
    """How strict inspection is."""

    NORMAL = "normal"
    TIGHTENED = "tightened"


class SinglePlan(Struct, frozen=True, kw_only=True):
    """One sample of ``size`` units; the lot is accepted with up to ``accept`` faults, rejected from ``reject`` on."""

    letter: str
    size: int
    accept: int

    @property
    def reject(self) -> int:
        """The least number of faults that rejects a lot."""
        return self.accept + 1

    def accepts(self, faults: int) -> bool:
        """Whether a sample with so many faults accepts its lot.

        Raises:
            ValueError: ``faults`` is below 0.
        """
        if faults < 0:
            raise ValueError(f"there cannot be {faults} faults")
        return faults <= self.accept


_LARGEST_LOTS: Final = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
_LETTERS_BY_LOT: Final[Mapping[str, str]] = {
    "S-1": "AAAABBBBCCCCDDD",
    "S-2": "AAABBBCCCDDDEEE",
    "S-3": "AABBCCDDEEFFGGH",
    "S-4": "AABCCDEEFGGHJJK",
    "I": "AABCCDEFGHJKLMN",
    "II": "ABCDEFGHJKLMNPQ",
    "III": "BCDEFGHJKLMNPQR",
}
_LETTERS: Final = "ABCDEFGHJKLMNPQRS"
_SIZES: Final = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
_AQLS_WRITTEN: Final = """
    0.010 0.015 0.025 0.040 0.065 0.10 0.15 0.25 0.40 0.65 1.0 1.5 2.5 4.0 6.5 10 15 25 40 65 100 150 250 400 650 1000
"""
AQLS: Final = tuple(map(Decimal, _AQLS_WRITTEN.split()))

# Acceptance numbers along the diagonals, from the one on which the first stands; None is an arrow.
_FIRST: Final = {Strictness.NORMAL: 14, Strictness.TIGHTENED: 15}
_UP, _DOWN = "up", "down"
_DIAGONALS: Final[Mapping[Strictness, tuple[int | str, ...]]] = {
    Strictness.NORMAL: (0, _UP, _DOWN, 1, 2, 3, 5, 7, 10, 14, 21, 30, 44),
    Strictness.TIGHTENED: (0, _DOWN, _DOWN, 1, 2, 3, 5, 8, 12, 18, 27, 41),
}
_LAST_DIAGONAL_OF_LARGE_SAMPLES: Final = 24
_LAST_SMALL_SAMPLE: Final = _LETTERS.index("E")


def code_letter(lot: int, level: InspectionLevel = "II") -> str:
    """The letter that stands for a lot's sample size (table I).

    Raises:
        ValueError: A lot has at least 2 units.
    """
    if lot < 2:  # noqa: PLR2004 - of one unit there is no sample
        raise ValueError(f"a lot has at least 2 units, got {lot}")
    return _LETTERS_BY_LOT[level][bisect_left(_LARGEST_LOTS, lot)]


def single_plan(
    lot: int, aql: Decimal | str, level: InspectionLevel = "II", strictness: Strictness = Strictness.NORMAL
) -> SinglePlan:
    """The plan for a lot. Where its sample would be the whole lot or more, every unit is looked at.

    Args:
        lot: How many units it has, at least 2.
        aql: The acceptance quality limit, one of ``AQLS``.
        level: The inspection level; II unless there is a reason.
        strictness: How strict, as the switching rules say.

    Raises:
        ValueError: There is no such AQL, or the lot has fewer than 2 units.
    """
    limit = Decimal(aql)
    if limit not in AQLS:
        raise ValueError(f"an AQL is one of {', '.join(map(str, AQLS))}, got {aql}")
    found = plan_of_letter(code_letter(lot, level), limit, strictness)
    return SinglePlan(letter=found.letter, size=min(found.size, lot), accept=found.accept)


def plan_of_letter(letter: str, aql: Decimal, strictness: Strictness = Strictness.NORMAL) -> SinglePlan:
    """The plan in a cell of table II-A or II-B, or the one to which its arrow leads."""
    start, column = _LETTERS.index(letter), AQLS.index(aql)
    rows = len(_LETTERS) - (strictness is Strictness.NORMAL)  # the last letter is for tightened inspection alone
    below, above = range(start, rows), range(start, -1, -1)
    order = (*above, *below) if _cell(start, column, strictness) == _UP else (*below, *above)
    plans = ((row, cell) for row in order if isinstance(cell := _cell(row, column, strictness), int))
    row, accept = next(plans)
    return SinglePlan(letter=_LETTERS[row], size=_SIZES[row], accept=accept)


def _cell(row: int, column: int, strictness: Strictness) -> int | str:
    """An acceptance number, or the direction of an arrow."""
    if strictness is Strictness.TIGHTENED and (row, AQLS[column]) == (0, Decimal(10)):
        return _DOWN  # the one cell that leaves its diagonal
    diagonal, numbers = row + column, _DIAGONALS[strictness]
    if diagonal < _FIRST[strictness]:
        return _DOWN
    if diagonal > _LAST_DIAGONAL_OF_LARGE_SAMPLES and row > _LAST_SMALL_SAMPLE:
        return _UP
    place = diagonal - _FIRST[strictness]
    return numbers[place] if place < len(numbers) else _UP
