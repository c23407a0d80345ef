"""``sqaudit answers``: what people answered."""

from __future__ import annotations

import click

from sqaudit.cli.fields import DOUBTS
from sqaudit.cli.help import make_group
from sqaudit.cli.options import filters
from sqaudit.cli.output import say, write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import msg

command = make_group("answers", msg("The answers of people, and which of them are doubtful."))


@command.add("doubts", msg("List what is doubtful in the answers of PROGRAMME; it never changes a score."))
@click.argument("programme")
@filters("period", "site")
def doubts(programme: str, period: str | None, site: str | None, format_: str) -> None:
    """Print the flags, and say what is not known."""
    from sqaudit.reports.policies import pace_in_words
    from sqaudit.workflow.doubts import list_doubts

    rows, found = list_doubts(current_session().open_context(), programme, period, site)
    write_rows(rows, DOUBTS, format_)
    if found.sheets:
        say(pace_in_words(found.sheets, found.untimed))
