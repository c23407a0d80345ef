"""Who does something: one of the people of the project, where it declares any."""

from __future__ import annotations

from collections.abc import Collection

from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import InvalidInput, msg
from sqaudit.workflow.context import Context


def person_named(context: Context, name: str) -> str:
    """The name that is kept with what somebody does.

    It was declared, not proven: a login that the project names beside a person has to be the one of this process.

    Raises:
        InvalidInput: It is empty, the project declares people and nobody is called so, or another is logged in.
    """
    who = name.strip()
    if not who:
        raise InvalidInput("SQA813", msg("it is not said who does this"), msg("name the person: --as anna"))
    people = context.project.people
    if people and who not in people:
        raise nobody(who, people)
    login = people[who].login if who in people else None
    if login is not None and login != context.origin.login:
        raise InvalidInput(
            "SQA815",
            msg(
                "'{name}' is logged in as '{login}', and you are '{other}'",
                name=who,
                login=login,
                other=context.origin.login,
            ),
            msg("name yourself, or log in as the person: people.{name}.login in sqaudit.yaml", name=who),
        )
    return who


def nobody(name: str, known: Collection[str]) -> InvalidInput:
    """The refusal of a name that is not among those known."""
    return InvalidInput("SQA271", msg("nobody is called '{name}'", name=name), did_you_mean(name, known))
