"""Which units are looked at, drawn so that anybody can draw them again."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal, TypeAlias

from msgspec import Struct

InspectionLevel: TypeAlias = Literal["S-1", "S-2", "S-3", "S-4", "I", "II", "III"]

# Strata made of the moment of a subject's first row, where no column has the name.
TIME_STRATA = ("day", "week", "month")


class DrawMethod(StrEnum):
    """How units are drawn within a stratum."""

    SIMPLE = "simple"
    SYSTEMATIC = "systematic"


class Inspection(StrEnum):
    """How strictly a lot is looked at; ``discontinued``: as if tightened, but it is high time to put things right."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    DISCONTINUED = "discontinued"


class Precision(Struct, frozen=True, kw_only=True):
    """A total that is worked out from the frame: a share of about ``expected`` is known to within ``margin``."""

    margin: Decimal
    expected: Decimal = Decimal("0.5")
    confidence: Decimal = Decimal("0.95")


class Acceptance(Struct, frozen=True, kw_only=True):
    """A plan by attributes: the acceptance quality limit in nonconforming units per 100, and the inspection level."""

    aql: Decimal
    level: InspectionLevel = "II"


class Unit(Struct, frozen=True, kw_only=True, order=True):
    """What may be drawn: a site, or a subject at one; ``site`` and ``id`` together name it.

    The ``id`` of a subject is the JSON list of its columns' values as text, as in results; that of a site is empty.
    ``stratum`` holds the values of the strata's columns. ``value`` is there in a frame whose total is shared by how
    much it varies; units that were drawn are kept without it.
    """

    site: str
    id: str
    stratum: tuple[str, ...] = ()
    value: Fraction | None = None

    @property
    def drawn_with(self) -> tuple[str, ...]:
        """What units have in common that are drawn together: of subjects also the site."""
        return (self.site if self.id else "", *self.stratum)


class Exclusion(Struct, frozen=True, kw_only=True, order=True):
    """A unit that is in the frame's source and not to be drawn, and why."""

    site: str
    id: str
    reason: str


class SamplePlan(Struct, frozen=True, kw_only=True):
    """What a document says about a sample.

    ``size`` is how many are drawn in each stratum, ``total`` how many in all, or how precise they shall be; with
    ``acceptance``, each lot has its own number. One of the three is there. ``strata`` names the columns or attributes
    whose values make the strata. A total is shared in proportion to the strata, or by the spread of ``neyman``.
    """

    size: int | None = None
    total: int | Precision | None = None
    strata: tuple[str, ...] = ()
    method: DrawMethod = DrawMethod.SIMPLE
    neyman: str | None = None
    acceptance: Acceptance | None = None


class Stratum(Struct, frozen=True, kw_only=True):
    """How many units a stratum has, and how many of them were drawn; subjects are drawn site by site.

    Where a total was shared by spread, ``valued`` units had a value, with this standard ``deviation`` (``None``: of
    fewer than two nothing is known). A lot is a stratum that is taken with up to ``accept`` nonconforming units.
    """

    site: str
    values: tuple[str, ...]
    units: int
    drawn: int
    valued: int | None = None
    deviation: float | None = None
    accept: int | None = None
    inspection: Inspection | None = None


class Draw(Struct, frozen=True, kw_only=True):
    """What was drawn: ``units`` in the order of the draw, by ``seed`` from the frame that ``frame_hash`` stands for."""

    plan: SamplePlan
    seed: str
    frame_hash: str
    frame_size: int
    exclusions: tuple[Exclusion, ...]
    strata: tuple[Stratum, ...]
    units: tuple[Unit, ...]


class SampleRecord(Struct, frozen=True, kw_only=True):
    """A draw as it is kept: for which checklist of which programme and period, who drew it and when.

    ``frame`` says where the frame was from: ``records``, ``sites``, or the name of a file in the project.
    """

    id: str
    programme: str
    checklist: str
    period: str
    frame: str
    draw: Draw
    drawn_at: datetime
    drawn_by: str | None = None


class Lot(Struct, frozen=True, kw_only=True):
    """The subjects of a site that were drawn, by their ids, and how many of them may fail."""

    subjects: frozenset[str]
    accept: int
