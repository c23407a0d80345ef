"""Clocks that need a calendar: places in the SQL of an expression that the row's calendar fills.

``":open 3f2a91…"`` stands for the open time before a moment on the calendar of the row's site, in microseconds;
``":due 3f2a91…"`` for the first moment that has so much open time before it. The names are made from the SQL they
stand for, so that the same moment is looked up once however often it is used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from sqaudit.model.quoting import quote_name

_QUOTED = re.compile(r"""'(?:[^']|'')*'|"((?:[^"]|"")*)\"""")


class ClockKind(StrEnum):
    """Which way a clock is read: from a moment to open time, or from open time to a moment."""

    OPEN = "open"
    DUE = "due"


class Clock(Struct, frozen=True, kw_only=True):
    """One place, as a column that rows get: a whole number for OPEN, a TIMESTAMPTZ for DUE, NULL where unknown.

    ``sql`` is the moment (TIMESTAMPTZ) of OPEN, or the open time (whole microseconds) that DUE looks for; ``adds`` is
    the part of it, in microseconds, that lies behind the moment where DUE begins. ``needs`` names the places in them.
    """

    name: str
    kind: ClockKind
    sql: str
    needs: tuple[str, ...] = ()
    adds: str | None = None


def open_place(moment: str, registry: dict[str, Clock]) -> str:
    """The place of the open time before a moment, entered in ``registry``."""
    return _enter(ClockKind.OPEN, moment, None, registry)


def due_place(begin: str, adds: str, registry: dict[str, Clock]) -> str:
    """The place of the moment at which so much open time (microseconds) has passed since the moment ``begin``."""
    return _enter(ClockKind.DUE, f"({open_place(begin, registry)} + {adds})", adds, registry)


def _enter(kind: ClockKind, sql: str, adds: str | None, registry: dict[str, Clock]) -> str:
    digest = hashlib.sha256(sql.encode()).hexdigest()
    name = f":{kind} {digest[:12]}"
    registry[name] = Clock(name=name, kind=kind, sql=sql, needs=tuple(places_in(sql, registry)), adds=adds)
    return quote_name(name)


def places_in(sql: str, registry: Mapping[str, Clock]) -> list[str]:
    """The names of the clocks that this SQL reads itself, sorted."""
    return sorted({name for match in _QUOTED.finditer(sql) if (name := match[1]) in registry})


def clocks_in(sql_texts: Iterable[str], registry: Mapping[str, Clock]) -> tuple[Clock, ...]:
    """The clocks that these texts need, each after those that it needs itself; the same for the same texts."""
    found: dict[str, Clock] = {}

    def add(name: str) -> None:
        for needed in registry[name].needs:
            add(needed)
        found.setdefault(name, registry[name])

    for name in sorted({name for sql in sql_texts for name in places_in(sql, registry)}):
        add(name)
    return tuple(found.values())
