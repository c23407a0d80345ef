"""Service quality of housing estates: a standard, measures of the trade, and a demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqaudit.plugin import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqaudit.model.ports import Measure, Pack

__version__ = "0.1.0"

sqaudit_api = ">=1,<2"


@hookimpl
def sqaudit_measures() -> Iterable[Measure]:
    """Backlog, repeats and group complaints."""
    from sqaudit_property.measures import MEASURES

    return MEASURES


@hookimpl
def sqaudit_packs() -> Iterable[Pack]:
    """The standard ``property-service`` and the template ``property``."""
    from sqaudit_property.packs import PACK

    return [PACK]
