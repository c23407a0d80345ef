"""New projects from templates, and the demo: a finished audit in one command."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from sqaudit.errors import CannotAccess, InvalidInput, Message, msg
from sqaudit.model.action import CorrectiveAction
from sqaudit.model.ports import ProjectTemplate, Story, ToldTemplate
from sqaudit.plugin.host import PluginHost
from sqaudit.store.actions import ActionChoice
from sqaudit.workflow.context import Context, open_context
from sqaudit.workflow.follow_up.effect import Judged
from sqaudit.workflow.follow_up.moving import move_action
from sqaudit.workflow.run import run
from sqaudit.workflow.score import RunSummary

OWN = "builtin"


class ToldAction(Struct, frozen=True, kw_only=True):
    """An action of a story, with what its data say; ``judged`` is ``None`` where that was told before."""

    action: CorrectiveAction
    judged: Judged | None


class Demo(Struct, frozen=True, kw_only=True):
    """A finished demo: where it lies, what its cycles came to, and the actions it tells of."""

    folder: Path
    programme: str
    context: Context
    cycles: tuple[RunSummary, ...]
    actions: tuple[ToldAction, ...] = ()


def find_templates(host: PluginHost) -> Mapping[str, ProjectTemplate]:
    """The project templates of all packs, by name.

    Nobody takes the place of one of ours; one that two other packs have is theirs whose pack comes first by name.
    """
    packs = host.packs()
    found = dict(packs[OWN].templates or {}) if OWN in packs else {}
    for pack in packs.values():
        for name, template in (pack.templates or {}).items():
            found.setdefault(name, template)
    return found


def init_project(folder: Path, template: str, language: str, host: PluginHost) -> tuple[Path, ...]:
    """Write a project that runs at once; nothing is written unless the folder is empty or not there.

    Raises:
        InvalidInput: Unknown template, or the folder is not empty.
        CannotAccess: The folder cannot be written.
    """
    return write_new_folder(folder, _template(template, host).files(language))


def write_new_folder(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Write files, by path relative to a folder that is empty or not there.

    Returns:
        What was written, sorted.

    Raises:
        InvalidInput: SQA709, the folder is not empty.
        CannotAccess: The folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInput(
            "SQA709",
            msg("'{folder}' is not an empty folder", folder=folder),
            msg("name a folder that is empty or does not exist yet"),
        )
    return _write(folder, files)


def run_demo(  # noqa: PLR0913 - what a command line knows
    folder: Path,
    template: str,
    *,
    language: str,
    host: PluginHost,
    environ: Mapping[str, str],
    now: datetime,
    progress: Callable[[float, Message], None] | None = None,
) -> Demo:
    """Write the demo's project and run its cycles; a demo that is there already is run again.

    Raises:
        InvalidInput: Unknown template, or the folder holds something else.
        CannotAccess: The folder cannot be written.
    """
    chosen = _template(template, host)
    files = chosen.files(language)
    if not _holds(folder, files):
        init_project(folder, template, language, host)
    own = {name: value for name, value in environ.items() if name != "SQAUDIT_STORE"}
    context = open_context(folder=folder, environ=own, now=now)
    cycles = []
    for done, period in enumerate(chosen.periods):
        if progress is not None:
            progress(done / len(chosen.periods), msg("running {period}", period=period))
        cycles.append(run(context, chosen.programme, period))
    stories = chosen.stories(language) if isinstance(chosen, ToldTemplate) else ()
    return Demo(
        folder=folder,
        programme=chosen.programme,
        context=context,
        cycles=tuple(cycles),
        actions=tuple(told for story in stories if (told := tell_story(context, chosen.programme, story)) is not None),
    )


def tell_story(context: Context, programme: str, story: Story) -> ToldAction | None:
    """Make the moves of a story that were not made yet; what a cycle itself did with the action is none of them."""
    with context.store() as store:
        treated = store.list_actions(ActionChoice(equal={"programme": programme}))
        action = next((one for one in treated if (one.criterion, one.site) == (story.criterion, story.site)), None)
        if action is None:
            return None
        made = sum(event.deed.who is not None for event in store.list_events(thing=action.id))
    judged = None
    for told in story.moves[made:]:
        outcome = move_action(context, action.id, told.move, who=told.who, given=told.given)
        action, judged = outcome.action, outcome.judged or judged
    return ToldAction(action=action, judged=judged)


def _template(name: str, host: PluginHost) -> ProjectTemplate:
    templates = find_templates(host)
    if name not in templates:
        raise InvalidInput(
            "SQA711",
            msg("no template is called '{name}'", name=name),
            msg("there are {names}", names=", ".join(sorted(templates))),
        )
    return templates[name]


def _holds(folder: Path, files: Mapping[str, str]) -> bool:
    return folder.is_dir() and all((folder / name).is_file() for name in files)


def _write(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    written = []
    try:
        for name in sorted(files):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[name], encoding="utf-8", newline="\n")
            written.append(path)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise CannotAccess(
            "SQA601",
            msg("cannot write '{file}': {reason}", file=error.filename or folder, reason=os.strerror(error.errno or 0)),
            msg("choose a folder that can be written, or free some disk space"),
        ) from error
    return tuple(written)
