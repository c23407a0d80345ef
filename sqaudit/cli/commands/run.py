"""``sqaudit run``: one cycle, from records to findings."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sqaudit.cli.help import make_command, option
from sqaudit.cli.options import SEVERITIES, period_option, sites_option
from sqaudit.cli.progress import shown_progress
from sqaudit.cli.session import current_session
from sqaudit.cli.summary import exit_code_of, show_summary
from sqaudit.errors import msg
from sqaudit.model.standard import Severity


@make_command("run", msg("Collect and score one cycle of PROGRAMME; unchanged input changes nothing."))
@click.argument("programme")
@period_option
@sites_option
@option("--pilot", is_flag=True, about=msg("a trial evaluation: a cycle of its own, which counts in no trend"))
@option("--fail-on", type=click.Choice(SEVERITIES), about=msg("exit with 1 if there are findings this severe or worse"))
def command(programme: str, period: str | None, sites: Sequence[str], fail_on: str | None, *, pilot: bool) -> int:
    """Run, summarise, judge by ``--fail-on``."""
    from sqaudit.documents.periods import pilot_of
    from sqaudit.workflow.run import run

    period = pilot_of(period) if pilot else period
    session = current_session()
    with shown_progress(session.language) as progress:
        summary = run(session.open_context(), programme, period, sites, progress)
    show_summary(summary)
    return exit_code_of(summary, Severity(fail_on) if fail_on else None)
