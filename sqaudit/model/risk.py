"""How much harm a failure may do and how often: a place in a matrix of five by five, or a product on ten-point scales.

Levels of the matrix: 1 to 4 low, 5 to 9 medium, 10 to 16 high, 17 to 25 extreme. The product of three is the risk
priority number of FMEA, 1 to 1000. All of them are ordinal: they put things in an order, and their differences,
ratios and sums mean nothing (Bowles 2003, An assessment of RPN prioritization in a failure modes effects and
criticality analysis).
"""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct

MOST_OF_MATRIX, MOST_OF_FMEA = 5, 10
# From here on an effect concerns safety or the law, and no rareness outweighs it.
_ALWAYS_FIRST = 9
_ENDS = (4, 9, 16, 25)
_WRITTEN = re.compile(r"\s*(\d{1,2})\s*,\s*(\d{1,2})\s*(?:,\s*(\d{1,2})\s*)?")


class RiskLevel(StrEnum):
    """A region of the matrix, lowest first."""

    LOW = "low_risk"
    MEDIUM = "medium_risk"
    HIGH = "high_risk"
    EXTREME = "extreme_risk"


class Risk(Struct, frozen=True, kw_only=True, gc=False):
    """What somebody judged: how severe the effect, how often the cause, and how hard it is to notice (``detection``).

    Without ``detection`` the scales go from 1 to 5, with it from 1 to 10; more is always worse.
    """

    severity: int
    occurrence: int
    detection: int | None = None

    @property
    def product(self) -> int:
        """The number by which risks of one scale are put in order."""
        return self.severity * self.occurrence * (1 if self.detection is None else self.detection)

    @property
    def level(self) -> RiskLevel | None:
        """The region of the matrix; there is none for three numbers."""
        if self.detection is not None:
            return None
        return next(level for level, end in zip(RiskLevel, _ENDS, strict=True) if self.product <= end)

    @property
    def rpn(self) -> int | None:
        """The risk priority number; there is none without ``detection``."""
        return None if self.detection is None else self.product

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """The place in a list, the worst first: severities of 9 and 10 of ten, then the matrix, then the numbers.

        The two scales cannot be compared and stand one behind the other; ties are broken by the severity.
        """
        of_ten = self.detection is not None
        return not (of_ten and self.severity >= _ALWAYS_FIRST), of_ten, -self.product, -self.severity

    @property
    def written(self) -> str:
        """As ``read_risk`` reads it."""
        return ",".join(str(one) for one in (self.severity, self.occurrence, self.detection) if one is not None)


def read_risk(text: str) -> Risk | None:
    """``S,O`` from 1 to 5, or ``S,O,D`` from 1 to 10; ``None`` if it is neither."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return None
    severity, occurrence, detection = (None if part is None else int(part) for part in found.groups())
    assert severity is not None  # noqa: S101 - the pattern has both
    assert occurrence is not None  # noqa: S101
    most = MOST_OF_MATRIX if detection is None else MOST_OF_FMEA
    if not all(1 <= one <= most for one in (severity, occurrence, 1 if detection is None else detection)):
        return None
    return Risk(severity=severity, occurrence=occurrence, detection=detection)
