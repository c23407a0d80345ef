"""Is this machine, this project and this store in order?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from importlib.metadata import version

from msgspec import Struct

from sqaudit.errors import Gravity, Message, SqauditError, msg
from sqaudit.workflow.check import check_documents
from sqaudit.workflow.context import Context
from sqaudit.workflow.provisional import warn_of_programmes

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
    """Look at the machine, the plugins, the documents, the calendars, the store and the texts, in this order."""
    return (
        *_machine(),
        *_plugins(context),
        *_documents(context),
        *_calendars(context),
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
    problems = check_documents(context.folder, context.host, context.settings.now)
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
