"""Online shops for sqaudit: promised deliveries, chats with and without a bot, holidays against ordinary days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqaudit.plugin import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqaudit.model.ports import Collector, Measure, Pack

__version__ = "0.1.0"

sqaudit_api = ">=1,<2"


@hookimpl
def sqaudit_measures() -> Sequence[Measure]:
    """Promises kept, what a bot solves, and holidays against other days."""
    from sqaudit_ecommerce.measures.bots import BotSolved
    from sqaudit_ecommerce.measures.peaks import HolidayRatio
    from sqaudit_ecommerce.measures.promises import PromiseKept

    return [BotSolved(), HolidayRatio(), PromiseKept()]


@hookimpl
def sqaudit_collectors() -> Sequence[Collector]:
    """Exported chats."""
    from sqaudit_ecommerce.chats import ChatCollector

    return [ChatCollector()]


@hookimpl
def sqaudit_packs() -> Sequence[Pack]:
    """The standard, and a project with a story."""
    from sqaudit_ecommerce.pack import PACK

    return [PACK]
