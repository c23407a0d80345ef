"""When the audits of a programme fall due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from enum import StrEnum

from msgspec import Struct, field


class CatchUp(StrEnum):
    """Which audits are still carried out that were not when they fell due: the newest, all, or none that is over."""

    LATEST = "latest"
    ALL = "all"
    SKIP = "skip"


class Schedule(Struct, frozen=True, kw_only=True):
    """A recurrence rule of RFC 5545 for days, counted from ``start``, with its exceptions.

    Audits fall due ``at`` a time of day in the programme's zone, and are to be carried out within the ``window``.
    """

    rrule: str
    window: timedelta
    start: date | None = None
    at: time = time(6)
    skip: frozenset[date] = frozenset()
    move: Mapping[date, date] = field(default_factory=dict)
    catch_up: CatchUp = CatchUp.LATEST


class Occurrence(Struct, frozen=True, kw_only=True):
    """A day that a schedule names: ``day`` by its rule, ``on`` where it takes place.

    One that is ``skipped`` does not take place; a ``clamped`` one is the last day of a month that lacks the day named.
    """

    day: date
    on: date
    skipped: bool = False
    clamped: bool = False
