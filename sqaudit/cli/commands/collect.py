"""``sqaudit collect``: the records of one cycle, without judging them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sqaudit.cli.help import make_command
from sqaudit.cli.options import period_option, sites_option
from sqaudit.cli.output import say, write_lines
from sqaudit.cli.progress import shown_progress
from sqaudit.cli.session import current_session
from sqaudit.cli.summary import heading
from sqaudit.errors import msg


@make_command("collect", msg("Collect the records of one cycle of PROGRAMME; `sqaudit score` judges them."))
@click.argument("programme")
@period_option
@sites_option
def command(programme: str, period: str | None, sites: Sequence[str]) -> None:
    """Collect and say which revision it is."""
    from sqaudit.workflow.collect import collect

    session = current_session()
    with shown_progress(session.language) as progress:
        summary = collect(session.open_context(), programme, period, sites, progress)
    lines = [
        heading(summary),
        *(msg("changed: {change}", change=change) for change in summary.changes),
    ]
    write_lines(lines)
    for warning in summary.warnings:
        say(msg("warning: {message}", message=warning))
