"""``sqaudit report``: one cycle, as one of the reporters shows it."""

from __future__ import annotations

from pathlib import Path

import click

from sqaudit.cli.help import make_command, option
from sqaudit.cli.options import output_option, period_option
from sqaudit.cli.output import say, write_file, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import msg


@make_command("report", msg("Show the report of one cycle of PROGRAMME."))
@click.argument("programme")
@period_option
@option(
    "--format",
    "format_",
    metavar="FORMAT",
    default="table",
    about=msg("table, markdown, json, csv or one that a plugin brings"),
)
@output_option
def command(programme: str, period: str | None, format_: str, output: Path | None) -> None:
    """Render the view and write it."""
    from sqaudit.workflow.report import build_report, render_report

    session = current_session()
    context = session.open_context()
    text = render_report(context, format_, build_report(context, programme, period), session.language)
    if output is None:
        write_text(text)
    else:
        write_file(output, text)
        say(msg("the report is in '{path}'", path=output))
