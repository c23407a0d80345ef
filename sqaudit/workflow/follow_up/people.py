"""Who moves corrective actions: people whom the project declares, with roles."""

from __future__ import annotations

from collections.abc import Collection

from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.model.people import Person, Role
from sqaudit.workflow.context import Context
from sqaudit.workflow.people import nobody, person_named


def person_acting(context: Context, who: str) -> Person:
    """The person that somebody says to be.

    Raises:
        InvalidInput: Nobody is called so, the project declares nobody, or somebody else is logged in.
    """
    name = person_named(context, who)
    if not context.project.people:
        raise InvalidInput(
            "SQA878",
            msg("the project declares no people, so that nobody can follow findings up"),
            msg("write who is who in sqaudit.yaml: people: {{anna: {{roles: [owner]}}, bo: {{roles: [approver]}}}}"),
        )
    return context.project.people[name]


def person_in_role(context: Context, who: str, roles: Collection[Role], cannot: Message) -> Person:
    """The person that somebody says to be, who must have one of some roles; ``cannot`` says what takes them.

    Raises:
        InvalidInput: Nobody is called so, the person has none of the roles, or somebody else is logged in.
    """
    person = person_acting(context, who)
    if not frozenset(roles) & frozenset(person.roles):
        raise InvalidInput("SQA874", cannot, msg("that takes one of the roles {roles}", roles=", ".join(roles)))
    return person


def person_owning(context: Context, name: str) -> Person:
    """A person who may own something.

    Raises:
        InvalidInput: Nobody is called so, or the person has not the role.
    """
    people = context.project.people
    if name not in people:
        raise nobody(name, people)
    if Role.OWNER not in people[name].roles:
        raise InvalidInput(
            "SQA874",
            msg("'{name}' has no role that may own something", name=name),
            msg("name somebody who has, or give the role: people.{name}.roles in sqaudit.yaml", name=name),
        )
    return people[name]
