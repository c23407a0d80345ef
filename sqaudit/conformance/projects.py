"""A project made of a template and run to its end, with the plugins of a host."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from sqaudit.documents.settings import read_settings
from sqaudit.model.ports import ToldTemplate
from sqaudit.plugin.host import PluginHost
from sqaudit.workflow.context import Context, read_documents
from sqaudit.workflow.projects import find_templates, init_project, tell_story
from sqaudit.workflow.run import run
from sqaudit.workflow.score import RunSummary


class Finished(Struct, frozen=True, kw_only=True):
    """A project whose cycles have been run; ``untold`` are the criteria of stories of which there is no action."""

    context: Context
    programme: str
    cycles: tuple[RunSummary, ...]
    untold: tuple[str, ...] = ()


def written_project(folder: Path, template: str, language: str, host: PluginHost, now: datetime) -> Context:
    """A project made of a template in a folder that is not there yet."""
    init_project(folder, template, language, host)
    return Context(
        folder=folder, library=read_documents(folder, host, now), host=host, settings=read_settings(environ={}, now=now)
    )


def finished_project(folder: Path, template: str, language: str, host: PluginHost, now: datetime) -> Finished:
    """The same with its cycles run and its stories told; raises what running raises."""
    context = written_project(folder, template, language, host, now)
    chosen = find_templates(host)[template]
    cycles = tuple(run(context, chosen.programme, period) for period in chosen.periods)
    stories = chosen.stories(language) if isinstance(chosen, ToldTemplate) else ()
    untold = [story.criterion for story in stories if tell_story(context, chosen.programme, story) is None]
    return Finished(context=context, programme=chosen.programme, cycles=cycles, untold=tuple(untold))
