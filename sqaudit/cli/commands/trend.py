"""``sqaudit trend``: the cycles of a programme as a series."""

from __future__ import annotations

import click

from sqaudit.cli.fields import TRENDS, Fields
from sqaudit.cli.help import make_command
from sqaudit.cli.options import filters
from sqaudit.cli.output import say, write_rows
from sqaudit.cli.session import current_session
from sqaudit.errors import msg


@make_command("trend", msg("Show the cycles of PROGRAMME as a series: limits, signals, and what it was a year before."))
@click.argument("programme")
@filters("site", "item")
def command(programme: str, site: str | None, item: str | None, format_: str) -> None:
    """Print the points, and how to read them."""
    from sqaudit.workflow.trend import read_trends, trend_notes
    from sqaudit.workflow.trending.rows import trend_rows

    trends = read_trends(current_session().open_context(), programme, site=site, item=item)
    rows = trend_rows(trends)
    shown = [name for name in TRENDS.shown if any(row[name] is not None and row[name] != () for row in rows)]
    write_rows(rows, Fields(all=TRENDS.all, shown=shown), format_)
    for note in trend_notes(trends):
        say(note)
