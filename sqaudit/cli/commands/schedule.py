"""``sqaudit schedule``: when audits fall due, and what became of them."""

from __future__ import annotations

import click

from sqaudit.cli.boundary import show_error
from sqaudit.cli.due import worst
from sqaudit.cli.fields import OCCURRENCES, SCHEDULES
from sqaudit.cli.help import make_group, option
from sqaudit.cli.moments import read_day
from sqaudit.cli.options import table_format_option
from sqaudit.cli.output import say, write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import msg

command = make_group("schedule", msg("When audits fall due, and what became of them."), default="list")


@command.add("list", msg("List what is due, missed or coming up, and what was done last."))
@table_format_option
def list_(format_: str) -> int:
    """Print the cycles that schedules ask for."""
    from sqaudit.workflow.schedules.looking import list_schedules

    session = current_session()
    context = session.open_context()
    listing = list_schedules(context)
    if context.library.scheduled or format_ != "table":
        write_rows(listing.rows, SCHEDULES, format_)
    else:
        say(msg("no programme has a schedule"))
    for error in listing.errors:
        show_error(error, session)
    return worst([error.exit_code for error in listing.errors])


@command.add(
    "preview", msg("Show the next days on which audits of PROGRAMME fall due, and which periods they are about.")
)
@click.argument("programme")
@option("--from", "first", metavar="DATE", about=msg("from this day on; default: today"))
@option("--count", type=click.IntRange(1, 1000), default=10, metavar="N", about=msg("how many; default: 10"))
@table_format_option
def preview(programme: str, first: str | None, count: int, format_: str) -> None:
    """Print the occurrences."""
    from sqaudit.workflow.schedules.looking import preview_schedule

    rows = preview_schedule(current_session().open_context(), programme, read_day(first), count)
    write_rows(rows, OCCURRENCES, format_)
