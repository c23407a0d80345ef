"""Which units are looked at, drawn so that anybody can draw them again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

# Strata made of the moment of a subject's first row, where no column has the name.
TIME_STRATA = ("day", "week", "month")


class DrawMethod(StrEnum):
    """How units are drawn within a stratum."""

    SIMPLE = "simple"
    SYSTEMATIC = "systematic"


class Unit(Struct, frozen=True, kw_only=True, order=True):
    """What may be drawn: a site, or a subject at one; ``site`` and ``id`` together name it.

    The ``id`` of a subject is the JSON list of its columns' values as text, as in results; that of a site is empty.
    ``stratum`` holds the values of the strata's columns.
    """

    site: str
    id: str
    stratum: tuple[str, ...] = ()

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

    ``size`` is how many are drawn in each stratum, ``total`` how many in all, shared in proportion to the strata; one
    of them is there. ``strata`` names the columns or attributes whose values make the strata.
    """

    size: int | None = None
    total: int | None = None
    strata: tuple[str, ...] = ()
    method: DrawMethod = DrawMethod.SIMPLE


class Stratum(Struct, frozen=True, kw_only=True):
    """How many units a stratum has, and how many of them were drawn; subjects are drawn site by site."""

    site: str
    values: tuple[str, ...]
    units: int
    drawn: int


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
