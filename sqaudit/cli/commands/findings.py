"""``sqaudit findings``: criteria that were not met."""

from __future__ import annotations

import click

from sqaudit.cli.fields import FINDINGS, RESULTS
from sqaudit.cli.help import make_group
from sqaudit.cli.options import filters
from sqaudit.cli.output import render_table, write_rows, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import msg

command = make_group("findings", msg("Criteria that were not met."), default="list")


@command.add("list", msg("List findings, of the newest revision of each cycle."))
@filters("programme", "period", "site", "severity", "criterion")
def list_(format_: str, **wanted: str | None) -> None:
    """Print the findings."""
    from sqaudit.workflow.look_up import list_findings

    write_rows(list_findings(current_session().open_context(), **wanted), FINDINGS, format_)


@command.add("show", msg("Show the finding ID with what was measured and what the standard advises."))
@click.argument("identity", metavar="ID")
@filters()
def show(identity: str, format_: str) -> None:
    """Print one finding."""
    from sqaudit.workflow.look_up import show_finding

    session = current_session()
    finding = show_finding(session.open_context(), identity)
    write_rows([finding], FINDINGS, format_)
    if format_ == "table":
        write_text("\n" + render_table(finding["results"], RESULTS.shown, session.language))
        for remedy in finding["remedies"]:
            write_text(f"\n{session.language.text(msg('remedy: {remedy}', remedy=remedy))}\n")
