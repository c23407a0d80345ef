"""Is this machine, this project and this store in order?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from importlib.metadata import version

from msgspec import Struct

from sqaudit.errors import Gravity, Message, SqauditError, msg
from sqaudit.model.people import Role
from sqaudit.workflow.check import check_documents
from sqaudit.workflow.context import Context
from sqaudit.workflow.provisional import warn_of_programmes

# Whom an action needs between its finding and its proof.
_LEADING_TO_PROOF = (Role.OWNER, Role.APPROVER, Role.VERIFIER, Role.MANAGER)
_LIBRARIES = ("click", "duckdb", "jsonschema", "openpyxl", "pluggy", "pyyaml", "sqlalchemy", "sqlglot", "tabulate")


class Health(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Diagnosis(Struct, frozen=True):
    """One thing looked at, and what to do about it."""

    health: Health
    message: Message
    fix: Message | None = None


def examine(context: Context) -> tuple[Diagnosis, ...]:
    """Look at the machine, the plugins, the documents, calendars, people, the store and the texts, in this order."""
    return (
        *_machine(),
        *_plugins(context),
        *_documents(context),
        *_calendars(context),
        *_people(context),
        *_store(context),
        *_texts(context),
    )


def _machine() -> Iterator[Diagnosis]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Diagnosis(Health.OK, msg("Python {version}", version=python))
    yield Diagnosis(Health.OK, msg("libraries: {names}", names=", ".join(f"{n} {version(n)}" for n in _LIBRARIES)))


def _plugins(context: Context) -> Iterator[Diagnosis]:
    for plugin in context.host.plugins():
        if plugin.reason is None:
            yield Diagnosis(Health.OK, msg("plugin {name} {version}", name=plugin.name, version=plugin.version or ""))
        else:
            yield Diagnosis(
                Health.WARNING,
                msg("plugin {name}: {reason}", name=plugin.name, reason=plugin.reason),
                msg("`sqaudit plugins list` tells more; runs that need it stop"),
            )


def _documents(context: Context) -> Iterator[Diagnosis]:
    settings = context.settings
    problems = check_documents(context.folder, context.host, settings.now, settings.environ)
    errors = sum(problem.gravity is Gravity.ERROR for problem in problems)
    if errors:
        yield Diagnosis(
            Health.FAILED, msg("errors in the documents: {count}", count=errors), msg("`sqaudit check` lists them")
        )
    elif problems:
        yield Diagnosis(
            Health.WARNING,
            msg("warnings in the documents: {count}", count=len(problems)),
            msg("`sqaudit check` lists them"),
        )
    else:
        yield Diagnosis(Health.OK, msg("the documents have no problems"))


def _calendars(context: Context) -> Iterator[Diagnosis]:
    for warning in warn_of_programmes(context):
        yield Diagnosis(
            Health.WARNING,
            warning,
            msg("upgrade the library 'holidays' once they are, or write the days under 'closed' and 'special'"),
        )


def _people(context: Context) -> Iterator[Diagnosis]:
    """Whether somebody can lead an action to its end, where a programme follows findings up."""
    following = sorted(one.id for one in context.library.collection.programmes if "follow_up" in one.content)
    roles = {role for person in context.project.people.values() for role in person.roles}
    missing = [role.value for role in _LEADING_TO_PROOF if role not in roles]
    if following and missing:
        yield Diagnosis(
            Health.WARNING,
            msg(
                "'{programme}' follows findings up, and nobody is {roles}",
                programme=following[0],
                roles=", ".join(missing),
            ),
            msg("no action can be closed without them: give the roles under 'people' in sqaudit.yaml"),
        )


def _store(context: Context) -> Iterator[Diagnosis]:
    try:
        with context.store() as store:
            problems = store.verify()
    except SqauditError as error:
        yield Diagnosis(Health.FAILED, error.message, error.hint)
        return
    for problem in problems:
        yield Diagnosis(Health.FAILED, problem.message, problem.hint)
    if not problems:
        yield Diagnosis(Health.OK, msg("the store can be written and is whole"))


def _texts(context: Context) -> Iterator[Diagnosis]:
    languages = context.library.languages()
    for file, missing in sorted(context.library.missing_texts(languages).items()):
        yield Diagnosis(
            Health.WARNING,
            msg("{file}: texts that are not there in every language: {count}", file=file, count=missing),
            msg("readers of the other language see the text there is"),
        )
