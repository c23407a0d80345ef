"""What good service means: dimensions, criteria, ratings, and the data the measures may rely on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from sqaudit.model.masking import Masking
from sqaudit.model.target import Target
from sqaudit.model.texts import Text


class Severity(StrEnum):
    """How much a failed criterion weighs, heaviest first; what an auditor found to be good stands at the end."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    OPPORTUNITY = "opportunity"
    GOOD_PRACTICE = "good_practice"

    @property
    def rank(self) -> int:
        """0 for critical, growing as the severity falls."""
        return list(Severity).index(self)


class ColumnType(StrEnum):
    """What a cell holds. ``timestamp`` is a moment, ``date`` a day, ``number`` an exact decimal."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


class Column(Struct, frozen=True, kw_only=True):
    """One column a measure may rely on.

    A row whose required column (``optional`` false) is missing, unreadable or out of range is rejected; a bad cell of
    an optional column is invalid for that column only. ``scale`` is the number of decimals of a ``number``.
    ``minimum`` and ``maximum`` are a number, or the name of another column of the dataset. What a column with a
    ``mask`` holds is computed with, and told masked only.
    """

    name: str
    type: ColumnType
    optional: bool = False
    scale: int = 4
    minimum: Decimal | str | None = None
    maximum: Decimal | str | None = None
    values: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()
    about_persons: bool = False
    mask: Masking | None = None


class Dataset(Struct, frozen=True, kw_only=True):
    """The columns that measures of a standard rely on, by name."""

    id: str
    columns: Mapping[str, Column]
    about_persons: bool = False


class Dimension(Struct, frozen=True, kw_only=True):
    """A group of criteria with one weight."""

    id: str
    title: Text
    weight: Decimal = Decimal(1)
    tags: Mapping[str, str] = field(default_factory=dict)


class Combine(StrEnum):
    """How several items make one criterion's score."""

    MEAN = "mean"
    WORST = "worst"


class Criterion(Struct, frozen=True, kw_only=True):
    """One requirement that evidence is compared with; it carries the weight. ``was`` are the ids it had before."""

    id: str
    dimension: str
    title: Text
    weight: Decimal = Decimal(1)
    severity: Severity = Severity.MINOR
    target: Target | None = None
    origin: str | None = None
    combine: Combine = Combine.MEAN
    remedies: tuple[Text, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    was: tuple[str, ...] = ()


class Rollup(StrEnum):
    """How criteria make the audit score; those of XCCDF are the models of NISTIR 7275r4, section 7.3."""

    DIMENSIONS = "dimensions"
    FLAT = "flat"
    POINTS = "points"
    XCCDF_DEFAULT = "xccdf-default"
    XCCDF_FLAT = "xccdf-flat"
    XCCDF_FLAT_UNWEIGHTED = "xccdf-flat-unweighted"
    XCCDF_ABSOLUTE = "xccdf-absolute"
    DEDUCTION = "deduction"

    @property
    def is_xccdf(self) -> bool:
        """Whether an item counts by its outcome, whatever its score."""
        return self.value.startswith("xccdf")


class NotApplicable(StrEnum):
    """What an item counts at a site that it is not for: nothing, 100 or 0."""

    EXCLUDE = "exclude"
    FULL = "full"
    ZERO = "zero"


class Unanswered(StrEnum):
    """What an item counts that nobody answered: nothing, which lowers the coverage, or 0."""

    INCOMPLETE = "incomplete"
    ZERO = "zero"


class CriticalPolicy(StrEnum):
    """What a failed critical criterion does to the audit score; the raw score is always kept."""

    ZERO = "zero"
    CAP = "cap"
    RATING_ONLY = "rating_only"


class View(Struct, frozen=True, kw_only=True):
    """A second roll-up of the criteria, by the values of a tag; ``values`` holds the titles of those that have one."""

    tag: str
    title: Text
    values: Mapping[str, Text] = field(default_factory=dict)


class Scoring(Struct, frozen=True, kw_only=True):
    """The scoring policy of a standard.

    ``cap`` is a score, 0 to 100; ``min_coverage`` a share, 0 to 1. ``base`` and ``floor``, 0 to 100, belong to
    DEDUCTION: where a score starts, and below which it does not fall.
    """

    rollup: Rollup = Rollup.DIMENSIONS
    base: Decimal = Decimal(100)
    floor: Decimal = Decimal(0)
    not_applicable: NotApplicable = NotApplicable.EXCLUDE
    unanswered: Unanswered = Unanswered.INCOMPLETE
    critical: CriticalPolicy = CriticalPolicy.RATING_ONLY
    cap: Decimal | None = None
    min_coverage: Decimal = Decimal("0.8")
    views: tuple[View, ...] = ()


# What a rating's condition may read, beside the values of items by their ids.
RATING_WORDS = ("score", "coverage", "critical", "major", "minor")


class Rating(Struct, frozen=True, kw_only=True):
    """One rating: for scores from ``start`` (0 to 100, inclusive) or under the condition ``when``.

    Of ratings with conditions the first that holds is given; the last has none.
    """

    rating: str
    title: Text
    start: Decimal | None = None
    when: str | None = None


class Override(Struct, frozen=True, kw_only=True):
    """What a standard changed of the one it extends: ``changes`` by key, or ``None`` where the criterion is removed."""

    criterion: str
    changes: Mapping[str, tuple[object, object]] | None


class Standard(Struct, frozen=True, kw_only=True):
    """One document: what good service means. ``retired`` are the ids of criteria that ended on purpose."""

    id: str
    version: str
    title: Text
    scoring: Scoring
    ratings: tuple[Rating, ...]
    dimensions: Mapping[str, Dimension]
    datasets: Mapping[str, Dataset]
    criteria: Mapping[str, Criterion]
    extends: str | None = None
    overrides: tuple[Override, ...] = ()
    review_by: date | None = None
    retired: tuple[str, ...] = ()
