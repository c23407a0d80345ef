"""What one call of the command line knows before any command starts: the language, the folder, the moment."""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from sqaudit.locale import DOMAIN, FOLDER, LANGUAGES, choose_language, fold_language, open_language
from sqaudit.model.language import Language

if TYPE_CHECKING:
    from sqaudit.plugin.discovery import Found
    from sqaudit.plugin.host import PluginHost
    from sqaudit.workflow.context import Context

PROJECT_FILE = "sqaudit.yaml"
_LANGUAGE_LINE = re.compile(r"""^language:\s*["']?([A-Za-z_-]+)""", re.MULTILINE)


class Session(Struct, frozen=True, kw_only=True):
    """One call. ``folder`` is where to look for the project; ``None`` is where we stand."""

    language: Language
    environ: Mapping[str, str]
    now: datetime
    folder: Path | None = None
    no_plugins: bool = False

    @property
    def color(self) -> bool | None:
        """Whether to colour: never under NO_COLOR, always under FORCE_COLOR, else (``None``) as the terminal can."""
        if self.environ.get("NO_COLOR"):
            return False
        return True if self.environ.get("FORCE_COLOR") else None

    def open_context(self) -> Context:
        """Read the project; raises what ``workflow.context.open_context`` raises."""
        from sqaudit.workflow.context import open_context

        return open_context(
            folder=self.folder,
            environ=self.environ,
            now=self.now,
            no_plugins=self.no_plugins,
        )

    def open_host(self) -> PluginHost:
        """The plugins, without a project."""
        from sqaudit.plugin.host import PluginHost

        return PluginHost(self.discover())

    def discover(self) -> tuple[Found, ...]:
        """The installed plugins, ours first; nothing of them is imported."""
        from sqaudit.documents.settings import read_settings
        from sqaudit.plugin.discovery import discover

        settings = read_settings(no_plugins=self.no_plugins, environ=self.environ, now=self.now)
        return discover(allowed=settings.plugins_allowed, disabled=settings.no_plugins)


def current_session() -> Session:
    """The session of the running command; one in English where there is no command line around it."""
    context = click.get_current_context(silent=True)
    found = context.find_object(Session) if context is not None else None
    return found or Session(language=open_language("en"), environ=os.environ, now=datetime.now(UTC))


def start_session(
    wish: str | None, folder: Path | None, environ: Mapping[str, str], now: datetime | None = None
) -> Session:
    """A session in the language that was asked for, by ``--lang``, the environment or the project.

    ``now`` is the moment that counts as now; default: the clock's.

    Plugins are asked for their languages only where somebody asks for one that is not ours.

    Raises:
        InvalidInput: There is no such language.
    """
    now, project = now or datetime.now(UTC), project_language(folder or Path())
    catalogues: Mapping[str, Path] = {}
    if any(asked and fold_language(asked) is None for asked in (wish, environ.get("SQAUDIT_LANG"), project)):
        host = Session(language=open_language("en"), environ=environ, now=now).open_host()
        catalogues = {code: one.folder for code, one in host.languages().items()}
    code = choose_language(wish, environ, project, {*LANGUAGES, *catalogues})
    fallback = None if project is None else fold_language(project, {*LANGUAGES, *catalogues}) or project
    language = open_language(code, catalogues.get(code, FOLDER), fallback)
    return Session(language=language, environ=environ, now=now)


def take_option(name: str, arguments: Sequence[str]) -> tuple[list[str], str | None]:
    """The arguments without ``name`` and its value, wherever they stand before ``--``; and the last such value."""
    rest: list[str] = []
    value: str | None = None
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "--":
            return [*rest, argument, *remaining], value
        if argument.startswith(f"{name}="):
            value = argument.removeprefix(f"{name}=")
        elif argument == name:
            following = next(remaining, None)
            if following is None:
                rest.append(argument)
            else:
                value = following
        else:
            rest.append(argument)
    return rest, value


def project_language(folder: Path) -> str | None:
    """The language of the nearest project at or above ``folder``; read by its one line, as YAML takes long to load."""
    try:
        start = folder.absolute()
    except OSError:  # the folder we stand in is gone
        return None
    for place in (start, *start.parents):
        try:
            text = (place / PROJECT_FILE).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        match = _LANGUAGE_LINE.search(text)
        return match[1] if match else None
    return None


@contextmanager
def click_speaks(language: Language) -> Iterator[None]:
    """Let click's own words ("Usage", "No such option") come from our catalogues, in one language, for a while."""
    domain = gettext.textdomain()
    before = os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, language.folder)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language.code
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before
