"""``sqaudit store``: the database that keeps cycles, results and findings."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sqaudit.cli.help import make_group
from sqaudit.cli.output import say, write_text
from sqaudit.cli.problems import render_problems
from sqaudit.cli.session import current_session
from sqaudit.errors import CannotAccess, msg

if TYPE_CHECKING:
    from sqaudit.store.engine import Store

command = make_group("store", msg("The database that keeps cycles, results and findings."))


@command.add("upgrade", msg("Bring the store to the version this sqaudit writes."))
def upgrade() -> None:
    """Upgrade it."""
    with _open_store(any_version=True) as store:
        changed = store.upgrade()
    say(msg("the store was upgraded") if changed else msg("the store needs no upgrade"))


@command.add("verify", msg("Look for damage in the store: lost rows, altered documents."))
def verify() -> int:
    """List the damage."""
    with _open_store() as store:
        problems = store.verify()
    write_text(render_problems(problems, "text", current_session().language))
    if problems:
        return CannotAccess.exit_code
    say(msg("the store is whole"))
    return 0


@command.add("backup", msg("Copy the store to FILE, also while it is in use."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Copy it."""
    with _open_store() as store:
        store.backup(file)
    say(msg("the store was copied to '{file}'", file=file))


def _open_store(*, any_version: bool = False) -> AbstractContextManager[Store]:
    from sqaudit.store.engine import open_store

    context = current_session().open_context()
    url = context.store_url
    return open_store(url, context.folder, create=False, any_version=any_version)
