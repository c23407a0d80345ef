"""Packs and languages of plugins: folders that are there, and templates that stay within theirs."""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqaudit.errors import msg
from sqaudit.model.ports import LanguageCatalogue, Pack, ProjectTemplate, Story, ToldTemplate
from sqaudit.plugin.guarding import Guard, Unusable, wanted
from sqaudit.plugin.guests.stated import stated_name, stated_text
from sqaudit.plugin.guests.stories import made_story
from sqaudit.plugin.guests.texts import made_files, made_text
from sqaudit.plugin.limits import Phase

_DOMAIN = "sqaudit"


class GuestTemplate:
    """A project template of a plugin."""

    def __init__(self, guard: Guard, name: str, template: ProjectTemplate) -> None:
        self.name = name
        self.programme = stated_text(template, "programme")
        self.periods: Sequence[str] = _texts("'periods'", template.periods)
        self._guard = guard
        self._template = template
        self._what = f"template '{name}'"

    def files(self, language: str) -> Mapping[str, str]:
        """The files to write, all of them texts within the project's folder."""

        def make() -> dict[str, str]:
            files = made_files(self._template.files(language))
            return {name: made_text(f"'{name}'", content) for name, content in files.items()}

        return self._guard.call(Phase.FILES, self._what, make)


class GuestToldTemplate(GuestTemplate):
    """A project template of a plugin that tells stories as well."""

    _template: ToldTemplate  # type: ignore[assignment]  # both in one

    def stories(self, language: str) -> Sequence[Story]:
        """The stories."""

        def tell() -> tuple[Story, ...]:
            found = self._template.stories(language)
            if not isinstance(found, list | tuple):
                raise wanted("the stories", "a list", found)
            return tuple(map(made_story, found))

        return self._guard.call(Phase.STORY, self._what, tell)


def guest_pack(guard: Guard, pack: Pack) -> Pack:
    """The pack with its templates guarded; runs inside the guard.

    Raises:
        Unusable: It is no pack, or a folder of it is not there.
    """
    templates = pack.templates if pack.templates is not None else {}
    if not isinstance(templates, Mapping):
        raise wanted("'templates'", "a mapping of names to templates", templates)
    return Pack(
        name=stated_name(pack),
        standards=None if pack.standards is None else _folder("'standards'", pack.standards),
        templates={str(name): _guest_template(guard, str(name), one) for name, one in templates.items()},
    )


def guest_language(catalogue: LanguageCatalogue) -> LanguageCatalogue:
    """The language with a catalogue that can be read; runs inside the guard.

    Raises:
        Unusable: It has none, or takes the place of one of ours.
    """
    name = stated_name(catalogue)
    if name in {"en", "zh"}:
        raise Unusable(msg("the language '{name}' is sqaudit's own", name=name))
    folder = _folder("'folder'", catalogue.folder)
    gettext.translation(_DOMAIN, folder, [name])
    return LanguageCatalogue(name=name, folder=folder)


def _guest_template(guard: Guard, name: str, template: ProjectTemplate) -> ProjectTemplate:
    if not callable(getattr(template, "files", None)):
        raise Unusable(msg("the template '{name}' has no '{attribute}'", name=name, attribute="files"))
    told = isinstance(template, ToldTemplate)
    return GuestToldTemplate(guard, name, template) if told else GuestTemplate(guard, name, template)


def _folder(what: str, given: object) -> Path:
    if not isinstance(given, Path):
        raise wanted(what, "the Path of a folder", given)
    if not given.is_dir():
        raise Unusable(msg("{what}: there is no folder '{folder}'", what=what, folder=str(given)))
    return given


def _texts(what: str, given: object) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise wanted(what, "a list of texts", given)
    return tuple(given)
