"""What the store tells of people, taken out of it when it may not be kept any longer."""

from __future__ import annotations

from collections.abc import Mapping

from sqaudit.documents.project import PROJECT_FILE
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.erasure import Erasure
from sqaudit.model.people import Person
from sqaudit.workflow.context import Context
from sqaudit.workflow.people import person_named


def erase_person(context: Context, person: str, *, who: str, reason: str) -> Erasure:
    """Take a person out of the store: everything that names them by id, login or name.

    The person need not be declared any more. Where nothing names them, nothing is changed.

    Raises:
        InvalidInput: Nobody is called ``who``, or that is the person; there is no reason.
        CannotAccess: The store is not there, or cannot be written.
    """
    from sqaudit.store.erasure import Erasing

    who, names = person_named(context, who), names_of(context.project.people, person)
    if not reason.strip():
        raise InvalidInput("SQA867", msg("no reason is given"), msg("say why: --reason 'TEXT'"))
    _see_that_another_does_it(names, who, context.origin.login)
    erasing = Erasing(who=who, when=context.settings.now, why=reason.strip())
    with context.store(create=False) as store:
        return store.erase_person(names, erasing)


def expire_persons(context: Context, *, who: str) -> Erasure:
    """Take out of the store whom it need not name any longer, by the project's ``retention``; twice is once.

    Raises:
        InvalidInput: Nobody is called ``who``, or the project does not say how long names are kept.
        CannotAccess: The store is not there, or cannot be written.
    """
    from sqaudit.store.erasure import Erasing

    who, kept = person_named(context, who), context.project.retention
    if kept is None:
        raise InvalidInput(
            "SQA636",
            msg("the project does not say how long people are named"),
            msg("write it in {file}: 'retention: {{persons: P1095D}}'", file=PROJECT_FILE),
        )
    now = context.settings.now
    erasing = Erasing(who=who, when=now, why=f"retention: P{kept.days}D")
    people = context.project.people
    called = {name: one for one in people for name in names_of(people, one) if name != one}
    with context.store(create=False) as store:
        return store.expire_persons(now - kept, erasing, called)


def names_of(people: Mapping[str, Person], named: str) -> tuple[str, ...]:
    """All that a person is called by, the id first; whom nobody declares has the one name.

    A name that somebody else of the project has too is left out: it does not tell who is meant.

    Raises:
        InvalidInput: The name is empty.
    """
    name = named.strip()
    if not name:
        raise InvalidInput(
            "SQA635", msg("it is not said whom to erase"), msg("name the person: sqaudit store erase anna")
        )
    of = {one.id: _called(one) for one in people.values()}
    found = name if name in of else next((one for one, called in of.items() if name in called), None)
    if found is None:
        return (name,)
    others = {called for one, names in of.items() if one != found for called in names}
    return tuple(dict.fromkeys([found, *(called for called in of[found] if called not in others)]))


def _called(person: Person) -> tuple[str, ...]:
    return tuple(one for one in (person.id, person.login, *person.name.by_language.values()) if one)


def _see_that_another_does_it(names: tuple[str, ...], who: str, login: str | None) -> None:
    """The event that tells of an erasing names who did it, and would name the person again."""
    if who in names or login in names:
        raise InvalidInput(
            "SQA634",
            msg("'{name}' cannot erase what tells of '{name}'", name=names[0]),
            msg("the log names who erases: let somebody else do it, who is logged in under another name"),
        )
