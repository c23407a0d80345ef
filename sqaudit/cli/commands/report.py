"""``sqaudit report``: one cycle, as one of the reporters or a user's own template shows it."""

from __future__ import annotations

from pathlib import Path

import click

from sqaudit.cli.help import make_command, option
from sqaudit.cli.moments import as_of
from sqaudit.cli.options import now_option, output_option, period_option
from sqaudit.cli.output import say, write_file, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.report_parts import Audience


@make_command("report", msg("Show the report of one cycle of PROGRAMME."))
@click.argument("programme")
@period_option
@option(
    "--format",
    "format_",
    metavar="FORMAT",
    about=msg("table (default), markdown, html, json, csv or one that a plugin brings"),
)
@option(
    "--audience",
    type=click.Choice([one.value for one in Audience]),
    default=Audience.FULL.value,
    about=msg("only what these read; default: full"),
)
@option("--site", metavar="SITE", about=msg("only this site"))
@option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    about=msg("lay it out by this Jinja template instead of a format"),
)
@now_option
@output_option
def command(  # noqa: PLR0913, PLR0917  one for each option
    programme: str,
    period: str | None,
    format_: str | None,
    audience: str,
    site: str | None,
    template: Path | None,
    moment: str | None,
    output: Path | None,
) -> None:
    """Render the view and write it."""
    from sqaudit.reports.rendering import render_template
    from sqaudit.workflow.report import build_report, narrow_report, render_report

    if template is not None and format_ is not None:
        raise InvalidInput(
            "SQA712",
            msg("'--template' and '--format' exclude each other"),
            msg("a template decides the form: leave '--format' out"),
        )
    session = current_session()
    context = as_of(session.open_context(), moment)
    view = narrow_report(build_report(context, programme, period), Audience(audience), site)
    if template is None:
        text = render_report(context, format_ or "table", view, session.language)
    else:
        text = render_template(template, view, session.language)
    if output is None:
        write_text(text)
    else:
        write_file(output, text)
        say(msg("the report is in '{path}'", path=output))
