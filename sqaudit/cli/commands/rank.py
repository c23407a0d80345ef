"""``sqaudit rank``: the sites of a cycle side by side."""

from __future__ import annotations

import click

from sqaudit.cli.fields import RANKS, Fields
from sqaudit.cli.help import make_command, option
from sqaudit.cli.options import filters
from sqaudit.cli.output import say, write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import msg


@make_command("rank", msg("Rank the sites of PROGRAMME in a cycle, and tell which cannot be told apart."))
@click.argument("programme")
@option("--period", metavar="PERIOD", about=msg("which cycle; default: the newest one collected"))
@filters("item")
def command(programme: str, period: str | None, item: str | None, format_: str) -> None:
    """Print the sites, and how to read their ranks."""
    from sqaudit.workflow.rank import rank_notes, rank_sites
    from sqaudit.workflow.ranking.rows import rank_rows

    ranking = rank_sites(current_session().open_context(), programme, period, item)
    rows = rank_rows(ranking)
    shown = [name for name in RANKS.shown if name == "rank" or any(row[name] is not None for row in rows)]
    write_rows(rows, Fields(all=RANKS.all, shown=shown), format_)
    for note in rank_notes(ranking):
        say(note)
