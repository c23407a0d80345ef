"""``sqaudit report``: one cycle, as one of the reporters or a user's own template shows it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sqaudit.cli.help import make_command, option
from sqaudit.cli.moments import as_of
from sqaudit.cli.options import now_option, period_option
from sqaudit.cli.output import say, write_bytes, write_file, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.report_parts import Audience

if TYPE_CHECKING:
    from sqaudit.model.report import ReportView
    from sqaudit.workflow.context import Context


@make_command("report", msg("Show the report of one cycle of PROGRAMME."))
@click.argument("programme")
@period_option
@option(
    "--format",
    "format_",
    metavar="FORMAT",
    about=msg("table, markdown, html, json, csv, xlsx, pdf, junit, ...; default: by the file's name, else table"),
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
@option(
    "--output",
    type=click.Path(),
    metavar="FILE",
    about=msg("write to this file, or the tables of a CSV report into this folder: FOLDER/"),
)
def command(  # noqa: PLR0913, PLR0917  one for each option
    programme: str,
    period: str | None,
    format_: str | None,
    audience: str,
    site: str | None,
    template: Path | None,
    moment: str | None,
    output: str | None,
) -> None:
    """Render the view and write it."""
    from sqaudit.workflow.report import build_report, narrow_report

    if template is not None and format_ is not None:
        raise InvalidInput(
            "SQA712",
            msg("'--template' and '--format' exclude each other"),
            msg("a template decides the form: leave '--format' out"),
        )
    context = as_of(current_session().open_context(), moment)
    target = None if output is None else Path(output)
    if format_ is None and template is None:
        format_ = (None if target is None else _format_of(context, target)) or "table"
    view = narrow_report(build_report(context, programme, period), Audience(audience), site)
    if template is not None:
        _lay_out(template, view, target)
        return
    assert format_ is not None  # noqa: S101 - settled above
    if output is None or target is None:
        _show(context, format_, view)
    elif output.endswith(("/", "\\")) or target.is_dir():
        _fill(context, format_, view, target)
    else:
        _write(context, format_, view, target)


def _lay_out(template: Path, view: ReportView, target: Path | None) -> None:
    from sqaudit.reports.rendering import render_template

    text = render_template(template, view, current_session().language)
    if target is None:
        write_text(text)
    else:
        write_file(target, text)
        say(msg("the report is in '{path}'", path=target))


def _format_of(context: Context, target: Path) -> str | None:
    from sqaudit.workflow.report import reporter_of_file

    return reporter_of_file(context, target)


def _show(context: Context, format_: str, view: ReportView) -> None:
    from sqaudit.workflow.report import render_report

    content = render_report(context, format_, view, current_session().language)
    if isinstance(content, str):
        write_text(content)
    elif sys.stdout.isatty():
        raise InvalidInput(
            "SQA422",
            msg("a report as '{format}' is no text for a terminal", format=format_),
            msg("name a file: `--output report.{extension}`", extension=context.host.reporter(format_).extension),
        )
    else:
        write_bytes(content, None)


def _write(context: Context, format_: str, view: ReportView, target: Path) -> None:
    from sqaudit.workflow.report import render_report

    write_file(target, render_report(context, format_, view, current_session().language))
    say(msg("the report is in '{path}'", path=target))


def _fill(context: Context, format_: str, view: ReportView, folder: Path) -> None:
    from sqaudit.workflow.report import render_folder

    for name, content in render_folder(context, format_, view, current_session().language).items():
        write_file(folder / name, content)
    say(msg("the report is in '{path}'", path=folder))
