"""Our own plugin: what sqaudit brings along, through the same door as everybody else's."""

from __future__ import annotations

from collections.abc import Iterable

from sqaudit.model.ports import Collector, Measure, Pack, RecordEngine, Reporter, Scorer
from sqaudit.plugin import hookimpl

sqaudit_api = ">=1,<2"


@hookimpl
def sqaudit_collectors() -> Iterable[Collector]:
    """Files of the project, databases, web services and returned forms."""
    from sqaudit.builtin.collectors import COLLECTORS

    return COLLECTORS


@hookimpl
def sqaudit_measures() -> Iterable[Measure]:
    """The named measures, such as share, mean and nps."""
    from sqaudit.builtin.measures import MEASURES

    return MEASURES


@hookimpl
def sqaudit_scorers() -> Iterable[Scorer]:
    """The scorers target, linear, bands and value."""
    from sqaudit.builtin.scorers import SCORERS

    return SCORERS


@hookimpl
def sqaudit_reporters() -> Iterable[Reporter]:
    """Reports that need nothing but text."""
    from sqaudit.builtin.reporters import REPORTERS

    return REPORTERS


@hookimpl
def sqaudit_engines() -> Iterable[RecordEngine]:
    """PostgreSQL."""
    from sqaudit.builtin.engines.postgresql import PostgreSQLEngine

    return [PostgreSQLEngine()]


@hookimpl
def sqaudit_packs() -> Iterable[Pack]:
    """Our standards and project templates."""
    from sqaudit.builtin.packs import PACKS

    return PACKS
