"""``sqaudit cycle``: the periods a programme was run for."""

from __future__ import annotations

import click

from sqaudit.cli.fields import CHANGES, CYCLES, REVISIONS
from sqaudit.cli.help import make_group
from sqaudit.cli.options import as_option, filters
from sqaudit.cli.output import say, write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import msg

command = make_group("cycle", msg("The cycles in the store: their state and their revisions."), default="list")


@command.add("list", msg("List the cycles."))
@filters("programme", "period")
def list_(programme: str | None, period: str | None, format_: str) -> None:
    """Print the cycles."""
    from sqaudit.workflow.look_up import list_cycles

    write_rows(list_cycles(current_session().open_context(), programme=programme, period=period), CYCLES, format_)


@command.add("show", msg("List the revisions of one cycle, and what changed in each."))
@click.argument("programme")
@click.argument("period")
@filters()
def show(programme: str, period: str, format_: str) -> None:
    """Print the revisions."""
    from sqaudit.workflow.look_up import show_cycle

    write_rows(show_cycle(current_session().open_context(), programme, period), REVISIONS, format_)


@command.add("diff", msg("List what changed in PROGRAMME's documents from PERIOD to UNTIL; default: to now."))
@click.argument("programme")
@click.argument("period")
@click.argument("until", required=False)
@filters()
def diff(programme: str, period: str, until: str | None, format_: str) -> None:
    """Print the changes."""
    from sqaudit.workflow.corrections import list_changes

    write_rows(list_changes(current_session().open_context(), programme, period, until), CHANGES, format_)


@command.add("close", msg("Close a cycle: from now on late records and edits are reported, never absorbed."))
@click.argument("programme")
@click.argument("period")
@as_option(msg("who does it; the log keeps the name you are logged in with as well"), required=False)
def close(programme: str, period: str, who: str | None) -> None:
    """Close it."""
    from sqaudit.workflow.cycles import close_cycle

    close_cycle(current_session().open_context(), programme, period, who)
    say(msg("cycle {period} of '{programme}' is closed", programme=programme, period=period))


@command.add("reopen", msg("Open a closed cycle again."))
@click.argument("programme")
@click.argument("period")
@as_option(msg("who does it; the log keeps the name you are logged in with as well"), required=False)
def reopen(programme: str, period: str, who: str | None) -> None:
    """Reopen it."""
    from sqaudit.workflow.cycles import reopen_cycle

    reopen_cycle(current_session().open_context(), programme, period, who)
    say(msg("cycle {period} of '{programme}' is open", programme=programme, period=period))
