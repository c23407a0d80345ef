"""``sqaudit run``: one cycle, from records to findings, or every cycle that is due."""

from __future__ import annotations

from collections.abc import Sequence

import click

from sqaudit.cli.help import make_command, option
from sqaudit.cli.options import SEVERITIES, period_option, sites_option
from sqaudit.cli.progress import shown_progress
from sqaudit.cli.session import current_session
from sqaudit.cli.summary import exit_code_of, show_summary
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.standard import Severity


@make_command(
    "run", msg("Collect and score one cycle of PROGRAMME, or all that is due; unchanged input changes nothing.")
)
@click.argument("programme", required=False)
@option("--due", is_flag=True, about=msg("instead of PROGRAMME: run what the schedules ask for, each cycle once"))
@option(
    "--now", "moment", metavar="MOMENT", about=msg("with --due: as if it were this moment, such as 2026-11-01T06:00")
)
@period_option
@sites_option
@option("--pilot", is_flag=True, about=msg("a trial evaluation: a cycle of its own, which counts in no trend"))
@option("--fail-on", type=click.Choice(SEVERITIES), about=msg("exit with 1 if there are findings this severe or worse"))
def command(  # noqa: PLR0913  one for each option
    programme: str | None,
    moment: str | None,
    period: str | None,
    sites: Sequence[str],
    fail_on: str | None,
    *,
    due: bool,
    pilot: bool,
) -> int:
    """Run, summarise, judge by ``--fail-on``."""
    severity = Severity(fail_on) if fail_on else None
    given = {"PROGRAMME": programme, "--period": period, "--site": sites, "--pilot": pilot}
    _refuse_mixture(due=due, moment=moment, given=[name for name, value in given.items() if value])
    if due:
        from sqaudit.cli.due import run_what_is_due

        return run_what_is_due(moment, severity)
    if programme is None:
        raise click.MissingParameter(ctx=click.get_current_context(), param_hint="'PROGRAMME'", param_type="argument")
    from sqaudit.documents.periods import pilot_of
    from sqaudit.workflow.run import run

    period = pilot_of(period) if pilot else period
    session = current_session()
    with shown_progress(session.language) as progress:
        summary = run(session.open_context(), programme, period, sites, progress)
    show_summary(summary)
    return exit_code_of(summary, severity)


def _refuse_mixture(*, due: bool, moment: str | None, given: Sequence[str]) -> None:
    if due and given:
        message = msg("'--due' decides what is run, and {given} would as well", given=", ".join(given))
        raise InvalidInput("SQA712", message, msg("leave one of them out"))
    if moment is not None and not due:
        raise InvalidInput(
            "SQA712", msg("'--now' goes with '--due'"), msg("write `sqaudit run --due --now {now}`", now=moment)
        )
