"""``sqaudit store``: the database that keeps cycles, results and findings."""

from __future__ import annotations

import json
import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sqaudit.cli.fields import EVENTS
from sqaudit.cli.help import make_group, option
from sqaudit.cli.options import filters, output_option
from sqaudit.cli.output import Row, say, write_file, write_lines, write_rows, write_text
from sqaudit.cli.problems import render_problems
from sqaudit.cli.session import current_session
from sqaudit.errors import CannotAccess, InvalidInput, msg

if TYPE_CHECKING:
    from sqaudit.model.erasure import Erasure
    from sqaudit.store.engine import Store

_HASH = re.compile("[0-9a-f]{64}")

command = make_group("store", msg("The database that keeps cycles, results and findings."))


@command.add("upgrade", msg("Bring the store to the version this sqaudit writes."))
def upgrade() -> None:
    """Upgrade it."""
    with _open_store(any_version=True) as store:
        changed = store.upgrade()
    say(msg("the store was upgraded") if changed else msg("the store needs no upgrade"))


@command.add("verify", msg("Look for damage in the store: lost rows, altered documents, a broken log."))
@option("--head", metavar="HASH", about=msg("what `sqaudit store head` printed once; the log must still hold it"))
def verify(head: str | None) -> int:
    """List the damage."""
    if head is not None and _HASH.fullmatch(head) is None:
        raise InvalidInput(
            "SQA713",
            msg("'{text}' is no hash of an event", text=head),
            msg("give the 64 characters that `sqaudit store head` printed"),
        )
    with _open_store() as store:
        problems = store.verify(head)
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


@command.add("events", msg("List what was done: the log, which is only ever added to."))
@filters("programme")
@option("--about", metavar="ID", about=msg("only about this thing: the id of a dispute, a sample, a round, an item"))
def events(programme: str | None, about: str | None, format_: str) -> None:
    """Print the log."""
    from sqaudit.workflow.events import list_events

    rows: list[Row] = [*list_events(current_session().open_context(), programme=programme, about=about)]
    if format_ == "table":
        rows = [_told_briefly(row) for row in rows]
    elif format_ == "csv":
        rows = [{**row, **{name: _as_text(row[name]) for name in ("before", "after")}} for row in rows]
    write_rows(rows, EVENTS, format_)


@command.add("head", msg("Print number and hash of the newest event: write them down where nobody can change them."))
@output_option
@option("--mail", "address", metavar="ADDRESS", about=msg("send it there, by the server that SQAUDIT_SMTP names"))
def head(output: Path | None, address: str | None) -> None:
    """Print the head, or send it."""
    from sqaudit.workflow.events import read_head
    from sqaudit.workflow.mailing import mail_head

    session = current_session()
    context = session.open_context()
    found = read_head(context)
    line = f"{found.number} {found.hash}\n"
    if address is not None:
        mail_head(context, found, address, session.language)
        say(msg("the head of the log was sent to {address}", address=address))
    if output is not None:
        write_file(output, line)
        say(msg("the head of the log was written to '{file}'", file=output))
    elif address is None:
        write_text(line)


@command.add("erase", msg("Take PERSON out of the store; scores stay, the log tells that it was done and not of whom."))
@click.argument("person")
@option("--reason", required=True, metavar="TEXT", about=msg("why; do not name the person"))
@option("--as", "who", required=True, metavar="NAME", about=msg("who does it"))
def erase(person: str, reason: str, who: str) -> None:
    """Erase, and say what still names the person."""
    from sqaudit.workflow.persons import erase_person

    _tell_erasure(erase_person(current_session().open_context(), person, who=who, reason=reason))


@command.add("expire", msg("Take out of the store whom it need not name any longer, as the project's retention says."))
@option("--as", "who", required=True, metavar="NAME", about=msg("who does it"))
def expire(who: str) -> None:
    """Take them out, and say how many events and rows that was."""
    from sqaudit.workflow.persons import expire_persons

    _tell_erasure(expire_persons(current_session().open_context(), who=who))


def _tell_erasure(erased: Erasure) -> None:
    """What was erased, and what a person still has to do."""
    if erased.is_empty:
        say(msg("nothing that could be erased was found; nothing was changed"))
    else:
        counts = {"events": len(erased.events), "rows": sum(erased.rows.values())}
        tables = ", ".join(f"{table} {count}" for table, count in erased.rows.items()) or "-"
        write_lines([msg("events blanked: {events}; rows with pseudonyms: {rows} ({tables})", **counts, tables=tables)])
    for one in erased.documents:
        if one.version:
            told = {"kind": one.kind, "id": one.id, "version": one.version}
            say(msg("warning: still named in the {kind} '{id}' {version}", **told))
        else:
            say(msg("warning: still named in the {kind} '{id}'", kind=one.kind, id=one.id))
    if erased.documents:
        say(
            msg(
                "stored documents are kept by their hash and cannot be changed: take the name out of the project's "
                "files, so that no later revision has it"
            )
        )
    for place, count in erased.left.items():
        say(
            msg(
                "warning: still named in {place}, rows: {count}; records or options are called so",
                place=place,
                count=count,
            )
        )
    if erased.is_wiped is None:
        say(msg("ask whoever looks after the server to run VACUUM FULL, and when backups and archived logs end"))
    elif not erased.is_wiped:
        say(msg("warning: others are using the store, so that traces may be left in its file; give the command again"))


def _told_briefly(row: Row) -> Row:
    """A row for people: what it is about in one cell, and the login of whom nobody named."""
    about = " ".join(str(row[name]) for name in ("programme", "period", "about") if row[name] is not None)
    return {**row, "about": about, "who": row["who"] or row["login"]}


def _as_text(content: object) -> str | None:
    return None if content is None else json.dumps(content, ensure_ascii=False)


def _open_store(*, any_version: bool = False) -> AbstractContextManager[Store]:
    from sqaudit.store.engine import open_store

    context = current_session().open_context()
    url, origin = context.store_url, context.origin
    return open_store(url, context.folder, create=False, any_version=any_version, origin=origin)
