"""Every hook a plugin may implement, and when it is called.

A plugin is a module (or object) named in the entry-point group ``sqaudit``. It marks its functions with ``hookimpl``
and states the range of hook versions it was written for:

    from sqaudit.plugin import hookimpl

    sqaudit_api = ">=1,<2"

    @hookimpl
    def sqaudit_scorers():
        from hotel.scorers import StarScorer
        return [StarScorer()]

Imports belong inside the functions: they are called only when a name of their kind is needed. The functions below only
declare what a hook is called with and returns; none of them is ever called itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pluggy

from sqaudit.model.ports import Collector, LanguageCatalogue, Measure, Pack, RecordEngine, Reporter, Scorer
from sqaudit.model.score import Score
from sqaudit.plugin import PROJECT

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def sqaudit_collectors() -> Iterable[Collector]:
    """Collectors that sources may name; called when the sources of a programme are looked up."""


@hookspec
def sqaudit_measures() -> Iterable[Measure]:
    """Named measures; called when the expressions of checklists are read."""


@hookspec
def sqaudit_scorers() -> Iterable[Scorer]:
    """Scorers that items may name; called when checklists are read or items are scored."""


@hookspec
def sqaudit_reporters() -> Iterable[Reporter]:
    """Forms in which a report can be written; called when a report is asked for."""


@hookspec
def sqaudit_engines() -> Iterable[RecordEngine]:
    """Engines that hold records and compute measures where they lie; called when sources name one."""


@hookspec
def sqaudit_packs() -> Iterable[Pack]:
    """Standards and project templates shipped as package data; called when a standard or template is looked up."""


@hookspec
def sqaudit_languages() -> Iterable[LanguageCatalogue]:
    """Languages beside English and Chinese; called when a person or a project asks for one that is not ours."""


@hookspec
def sqaudit_cycle_finished(programme: str, period: str, revision: int, scores: Sequence[Score]) -> None:
    """Look on: called after a revision was scored and saved. What it returns is ignored, what it raises is reported.

    The ``period`` of a trial evaluation ends with ``-pilot``; it counts in no trend.
    """
