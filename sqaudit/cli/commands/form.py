"""``sqaudit form``: checklists that people fill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from sqaudit.cli.help import make_group, option
from sqaudit.cli.options import as_option, period_option, sites_option
from sqaudit.cli.output import say, write_lines, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import msg

command = make_group("form", msg("Checklists as spreadsheets: write them, and take the answers in."))


@command.add("export", msg("Write one workbook for each audit of PROGRAMME, to be filled by people."))
@click.argument("programme")
@sites_option
@period_option
@option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    about=msg("the folder to write to; default: here"),
)
@option("--as", "who", metavar="NAME", about=msg("where several auditors answer: with the answers of this one"))
def export(programme: str, sites: Sequence[str], period: str | None, folder: Path, who: str | None) -> None:
    """Write them and name them."""
    from sqaudit.workflow.forms.exporting import export_forms

    session = current_session()
    for path in export_forms(session.open_context(), programme, period, sites, folder, session.language, who):
        write_text(f"{path}\n")


@command.add("import", msg("Take in the answers of workbooks, CSV and YAML files: all of them, or none."))
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE...")
@as_option(msg("who gives these answers"))
def import_(files: Sequence[Path], who: str) -> None:
    """Take them in and count them."""
    from sqaudit.workflow.forms.importing import import_answers

    summary = import_answers(current_session().open_context(), files, who)
    for warning in summary.warnings:
        say(msg("warning: {message}", message=warning))
    write_lines(
        [
            msg(
                "answers: {added} new, {corrected} corrected, {unchanged} unchanged",
                added=summary.added,
                corrected=summary.corrected,
                unchanged=summary.unchanged,
            )
        ]
    )
