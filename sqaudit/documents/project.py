"""The project file, and the folder it makes a project."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from sqaudit.documents.settings import read_memory
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.people import Person, Role
from sqaudit.model.target import read_duration
from sqaudit.model.texts import Text, plain

PROJECT_FILE = "sqaudit.yaml"


class Project(Struct, frozen=True, kw_only=True):
    """The settings that hold for all documents of a folder; ``memory_limit`` is in bytes.

    ``retention`` is how long the store may tell who did something; ``None`` is for ever. ``collect_limit`` is how many
    seconds a collector of a plugin may take until its first rows and between them, if not the usual time.
    """

    folder: Path
    id: str
    title: Text
    language: str = "en"
    timezone: str = "UTC"
    store: str = "sqlite:///sqaudit.db"
    requires: tuple[str, ...] = ()
    memory_limit: int | None = None
    people: Mapping[str, Person] = field(default_factory=dict)
    retention: timedelta | None = None
    collect_limit: float | None = None


def find_project(start: Path) -> Path:
    """The nearest folder from ``start`` upward that holds ``sqaudit.yaml``.

    Raises:
        InvalidInput: There is none.
    """
    resolved = start.resolve()
    for folder in (resolved, *resolved.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise InvalidInput(
        "SQA132",
        msg("there is no {file} in '{folder}' or above it", file=PROJECT_FILE, folder=start),
        msg("run `sqaudit init DIR`, or name the project's folder"),
    )


def build_project(folder: Path, content: Mapping[str, Any]) -> Project:
    """The project of a valid project file, or of ``{}`` for documents without one."""
    project_id = content.get("project", folder.name)
    return Project(
        folder=folder,
        id=project_id,
        title=build_text(content["title"]) if "title" in content else plain(project_id),
        language=content.get("language", "en"),
        timezone=content.get("timezone", "UTC"),
        store=content.get("store", "sqlite:///sqaudit.db"),
        requires=tuple(content.get("requires", ())),
        memory_limit=read_memory(content["memory_limit"]) if "memory_limit" in content else None,
        people={name: _person(name, person) for name, person in sorted(content.get("people", {}).items())},
        collect_limit=read_duration(content["collect_limit"]) if "collect_limit" in content else None,
        retention=_retention(content.get("retention", {})),
    )


def _retention(content: Mapping[str, Any]) -> timedelta | None:
    seconds = read_duration(content["persons"]) if "persons" in content else None
    return None if seconds is None else timedelta(seconds=seconds)


def _person(name: str, content: Mapping[str, Any]) -> Person:
    return Person(
        id=name,
        name=build_text(content.get("name", name)),
        roles=tuple(Role(role) for role in content.get("roles", ())),
        login=content.get("login"),
    )


def build_text(written: str | Mapping[str, str]) -> Text:
    """A text as documents write it: one text, or one per language."""
    return plain(written) if isinstance(written, str) else Text(dict(sorted(written.items())))
