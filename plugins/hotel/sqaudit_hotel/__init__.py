"""Hotels: measures of the trade, nights, standards with checklists, and a demo. Hooks only, which import on call."""

from __future__ import annotations

from collections.abc import Iterable

from sqaudit.model.ports import Collector, Measure, Pack
from sqaudit.plugin import hookimpl

__version__ = "1.0.0"
sqaudit_api = ">=1,<2"


@hookimpl
def sqaudit_measures() -> Iterable[Measure]:
    """``cancellation_rate``, ``no_show_rate``, ``room_kept`` and ``review_index``."""
    from sqaudit_hotel.measures import MEASURES

    return MEASURES


@hookimpl
def sqaudit_collectors() -> Iterable[Collector]:
    """The collector ``nights``."""
    from sqaudit_hotel.nights import NightsCollector

    return [NightsCollector()]


@hookimpl
def sqaudit_packs() -> Iterable[Pack]:
    """The standard ``hotel-service`` and the template ``hotel``."""
    from sqaudit_hotel.pack import PACK

    return [PACK]
