"""Which guest stands for which object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqaudit.model.ports import FolderReporter, MeasureFamily
from sqaudit.plugin.guarding import Guard
from sqaudit.plugin.guests.collectors import GuestCollector
from sqaudit.plugin.guests.engines import GuestEngine
from sqaudit.plugin.guests.measures import GuestFamily, GuestMeasure
from sqaudit.plugin.guests.packs import guest_language, guest_pack
from sqaudit.plugin.guests.reporters import GuestFolderReporter, GuestReporter
from sqaudit.plugin.guests.scorers import GuestScorer


def _measure(guard: Guard, measure: Any) -> GuestMeasure:  # noqa: ANN401  looked at by its kind
    return (GuestFamily if isinstance(measure, MeasureFamily) else GuestMeasure)(guard, measure)


def _reporter(guard: Guard, reporter: Any) -> GuestReporter:  # noqa: ANN401  looked at by its kind
    return (GuestFolderReporter if isinstance(reporter, FolderReporter) else GuestReporter)(guard, reporter)


_GUESTS: Mapping[str, Callable[[Guard, Any], object]] = {
    "collectors": GuestCollector,
    "measures": _measure,
    "scorers": GuestScorer,
    "reporters": _reporter,
    "engines": GuestEngine,
    "packs": guest_pack,
    "languages": lambda _guard, catalogue: guest_language(catalogue),
}


def guest_of(guard: Guard, kind: str, offer: object) -> object:
    """The guarded object; runs inside the guard.

    Raises:
        Unusable: What the object states cannot be used.
    """
    return _GUESTS[kind](guard, offer)
