"""``sqaudit rescore``: a collected cycle by another version of its standard, beside what was concluded first."""

from __future__ import annotations

import click

from sqaudit.cli.fields import RESCORED, Fields
from sqaudit.cli.help import make_command, option
from sqaudit.cli.options import filters
from sqaudit.cli.output import say, write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import msg


@make_command(
    "rescore", msg("Score a collected cycle by another version of its standard; the first result stays as it is.")
)
@click.argument("programme")
@click.argument("period")
@option(
    "--standard",
    required=True,
    metavar="ID@VERSION",
    about=msg("by which standard: the newest that this fits, of the documents and of the store"),
)
@option("--as", "who", metavar="NAME", about=msg("who does it; the log keeps the name you are logged in with as well"))
@filters()
def command(programme: str, period: str, standard: str, who: str | None, format_: str) -> None:
    """Print what came out otherwise, and what to know of it."""
    from sqaudit.workflow.rescore import rescore

    rescored = rescore(current_session().open_context(), programme, period, standard, who)
    left_out = set() if any(row["rating_before"] or row["rating_after"] for row in rescored.rows) else {*_RATINGS}
    write_rows(
        rescored.rows, Fields(all=RESCORED.all, shown=[one for one in RESCORED.shown if one not in left_out]), format_
    )
    for note in rescored.notes:
        say(note)


_RATINGS = ("rating_before", "rating_after")
