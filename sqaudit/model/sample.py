"""Which units are looked at, drawn so that anybody can draw them again."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class DrawMethod(StrEnum):
    """How units are drawn within a stratum."""

    SIMPLE = "simple"
    SYSTEMATIC = "systematic"


class Unit(Struct, frozen=True, kw_only=True, order=True):
    """What may be drawn: a site, or a subject at one. ``site`` and ``id`` together name it; a list has no sites."""

    site: str
    id: str
    stratum: tuple[str, ...] = ()


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
    """How many units a stratum has, and how many of them were drawn."""

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
