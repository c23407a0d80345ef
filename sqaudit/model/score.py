"""Values, statuses and scores."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from sqaudit.model.spread import Spread
from sqaudit.model.standard import Severity
from sqaudit.model.target import Target

_SHOWN = Decimal("0.01")
_WHOLE = Fraction(1)
# The reason of a score that there is nothing to make of.
NOTHING_SCORED = "nothing_scored"


def shown_score(score: Decimal) -> Decimal:
    """The score as it is shown, and as it is rated: two decimals, half up."""
    return score.quantize(_SHOWN, rounding=ROUND_HALF_UP)


class Status(StrEnum):
    """What came of an item at a site."""

    PASS = "pass"  # noqa: S105 - a status, no password
    FAIL = "fail"
    ERROR = "error"
    NO_DATA = "no_data"
    NOT_APPLICABLE = "not_applicable"
    UNANSWERED = "unanswered"
    NOT_SELECTED = "not_selected"


class Level(StrEnum):
    """How far a score is rolled up."""

    SUBJECT = "subject"
    CRITERION = "criterion"
    DIMENSION = "dimension"
    VIEW = "view"
    AUDIT = "audit"
    REGION = "region"
    PROGRAMME = "programme"


class Value(Struct, frozen=True, kw_only=True):
    """A measured value. ``value`` is ``None`` with a ``reason``, never 0, when nothing could be measured.

    ``low`` and ``high`` are the interval made by ``interval`` (a method's name) at 95 % confidence, where there is one.
    A measure gives the ``spread`` it is made from, and leaves the interval itself to the core, which knows the sample;
    one that no spread fits gives its own limits.
    ``worth`` is how many independent answers one of the spread is worth in that sample: infinity, if it is all there
    are.
    """

    value: float | None
    unit: str
    formula: str
    low: float | None = None
    high: float | None = None
    interval: str | None = None
    reason: str | None = None
    spread: Spread | None = None
    worth: Fraction | float = _WHOLE


class ItemResult(Struct, frozen=True, kw_only=True):
    """An item at a site: its status, value and score (0 to 100, or ``None`` with the reason).

    ``subject`` and ``group`` say which part of the site it is about, as in ``Observation``; only groups of
    subjects that people were asked about have a score, that of their subjects. ``auditor`` is who gave the answer,
    where it is one of several to the same question.
    """

    site: str
    checklist: str
    item: str
    criterion: str | None
    dimension: str | None
    status: Status
    severity: Severity
    value: Value
    n: int = 0
    missing: int = 0
    invalid: int = 0
    target: Target | None = None
    score: Decimal | None = None
    weight: Decimal = Decimal(1)
    stale: bool = False
    reason: str | None = None
    subject: str = ""
    group: str = ""
    auditor: str = ""

    @property
    def is_part(self) -> bool:
        """Whether it stands beside the site's own result of the item: of a subject, a group, one of its auditors."""
        return bool(self.subject or self.group or self.auditor)


class Score(Struct, frozen=True, kw_only=True):
    """A score at one level: exact to 12 decimals, 0 to 100, or ``None`` with a reason.

    ``raw_score`` is the score before a critical failure changed it. ``coverage`` (0 to 1) is the share of the weight
    that could be scored. ``site`` is ``None`` above the site; ``view`` the tag that a score of the level VIEW is by.
    """

    level: Level
    id: str
    site: str | None
    score: Decimal | None
    raw_score: Decimal | None
    coverage: Decimal | None
    weight: Decimal
    items: int
    critical_failed: int = 0
    rating: str | None = None
    reason: str | None = None
    subject: str = ""
    view: str = ""

    @property
    def level_name(self) -> str:
        """The level as people name it, such as ``view:department``."""
        return f"{self.level.value}:{self.view}" if self.view else self.level.value


class Contribution(Struct, frozen=True, kw_only=True):
    """The part of a score that comes from one member; the parts sum to the score."""

    id: str
    score: Decimal | None
    weight: Decimal
    points: Decimal
