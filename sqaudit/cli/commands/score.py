"""``sqaudit score``: judge what was collected."""

from __future__ import annotations

import click

from sqaudit.cli.help import make_command
from sqaudit.cli.options import period_option
from sqaudit.cli.session import current_session
from sqaudit.cli.summary import exit_code_of, show_summary
from sqaudit.errors import msg


@make_command("score", msg("Score a collected cycle of PROGRAMME again."))
@click.argument("programme")
@period_option
def command(programme: str, period: str | None) -> int:
    """Score and summarise."""
    from sqaudit.workflow.score import score

    summary = score(current_session().open_context(), programme, period)
    show_summary(summary)
    return exit_code_of(summary)
