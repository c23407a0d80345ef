"""The team of a programme, against the people that the project declares."""

from __future__ import annotations

from collections.abc import Iterator

from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.references.lookups import unknown
from sqaudit.errors import Problem, msg
from sqaudit.model.people import Several


def check_team(collection: Collection, document: Document) -> Iterator[Problem]:
    """Members that nobody declared, and a lead who is to choose and is not named."""
    raw, team = document.raw, document.content.get("team", {})
    if team.get("several") == Several.LEAD and "lead" not in team:
        message = msg("'{key}' is missing in {owner}", key="lead", owner="team")
        yield Problem(raw.key_place(("team", "several")), "SQA102", message, msg("add '{key}:'", key="lead"))
    project = collection.project
    people = project.content.get("people", {}) if project is not None and project.valid else {}
    named: list[tuple[tuple[str | int, ...], str]] = []
    if "lead" in team:
        named.append((("team", "lead"), team["lead"]))
    named += [(("team", "auditors", position), name) for position, name in enumerate(team.get("auditors", ()))]
    for path, name in named:
        if people and name not in people:
            message = msg("nobody is called '{name}'", name=name)
            yield unknown(raw.place(path), "SQA271", message, name, people)
