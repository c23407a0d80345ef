"""``sqaudit calibration``: auditors rate the same things blind, and are told how far they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from sqaudit.cli.fields import ROUND_REPORT, ROUNDS
from sqaudit.cli.help import make_group, option
from sqaudit.cli.options import as_option, filters, period_option
from sqaudit.cli.output import say, write_lines, write_rows, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import msg

command = make_group(
    "calibration",
    msg("Calibration rounds: several auditors rate the same things; sites' scores know nothing of it."),
    default="list",
)


@command.add("list", msg("List the calibration rounds in the store."))
@filters("programme", "checklist")
def list_(programme: str | None, checklist: str | None, format_: str) -> None:
    """Print the rounds."""
    from sqaudit.workflow.calibration.rounds import list_rounds

    rows = list_rounds(current_session().open_context(), programme=programme, checklist=checklist)
    write_rows(rows, ROUNDS, format_)


@command.add("open", msg("Open a round over the questions of one checklist of PROGRAMME, as they are now."))
@click.argument("programme")
@option("--checklist", required=True, metavar="CHECKLIST", about=msg("whose questions are asked"))
@option(
    "--units",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    about=msg("what to rate: a list with the columns id, title, repeats"),
)
@option("--unit", "units", multiple=True, metavar="ID", about=msg("one more thing to rate; may be repeated"))
@as_option(msg("who opens it; default: the name you are logged in with"), required=False)
@period_option
def open_(  # noqa: PLR0913, PLR0917  one for each option
    programme: str, checklist: str, file: Path | None, units: Sequence[str], who: str | None, period: str | None
) -> None:
    """Open it, and say what it waits for."""
    from sqaudit.scoring.calibration import FEWEST_UNITS
    from sqaudit.workflow.calibration.rounds import open_round

    session = current_session()
    found = open_round(
        session.open_context(),
        programme,
        checklist,
        units=units,
        file=file.absolute() if file is not None else None,
        period=period,
        opened_by=who or session.environ.get("LOGNAME") or session.environ.get("USERNAME"),
    )
    things = len(set(found.round.originals.values()))
    write_lines(
        [
            msg(
                "calibration round {id}: units {units}, questions {questions}",
                id=found.round.id,
                units=len(found.round.units),
                questions=len(found.questions),
            ),
            msg("it waits for two auditors or more, and for a reference if there is one")
            if not found.auditors
            else msg(
                "it waits for {auditors}, and for a reference if there is one", auditors=", ".join(found.auditors)
            ),
        ]
    )
    if things < FEWEST_UNITS:
        say(
            msg(
                "warning: with {units} units there will be figures and no verdict on an auditor; that takes {fewest}",
                units=things,
                fewest=FEWEST_UNITS,
            )
        )


@command.add("form", msg("Write one workbook to be filled by any rater of ROUND, without what others said."))
@click.argument("identity", metavar="ROUND")
@option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    about=msg("the folder to write to; default: here"),
)
def form(identity: str, folder: Path) -> None:
    """Write it and name it."""
    from sqaudit.workflow.calibration.forms import export_round_form

    session = current_session()
    path = export_round_form(session.open_context(), identity, folder, session.language)
    write_text(f"{path}\n")


@command.add("rate", msg("Take in the ratings of one person from workbooks, CSV and YAML files: all of them, or none."))
@click.argument("identity", metavar="ROUND")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE...")
@as_option(msg("whose ratings they are"))
@option("--reference", "is_reference", is_flag=True, about=msg("these are what an expert panel holds to be right"))
def rate(identity: str, files: Sequence[Path], who: str, *, is_reference: bool) -> None:
    """Take them in and count them."""
    from sqaudit.workflow.calibration.rating import rate as take_in

    summary = take_in(current_session().open_context(), identity, files, who, is_reference=is_reference)
    for warning in summary.warnings:
        say(msg("warning: {message}", message=warning))
    write_lines(
        [
            msg(
                "ratings: {added} new, {corrected} corrected, {unchanged} unchanged",
                added=summary.added,
                corrected=summary.corrected,
                unchanged=summary.unchanged,
            )
        ]
    )


@command.add("close", msg("Close ROUND: no more ratings, and everybody may see what it came to."))
@click.argument("identity", metavar="ROUND")
@as_option(msg("who closes it"))
def close(identity: str, who: str) -> None:
    """Close it, and say whose ratings are missing."""
    from sqaudit.workflow.calibration.rounds import close_round

    found = close_round(current_session().open_context(), identity, who)
    say(msg("the calibration round '{id}' is closed", id=identity))
    if found.waits_for:
        say(msg("warning: not everything was rated by {auditors}", auditors=", ".join(found.waits_for)))


@command.add("report", msg("Show what ROUND came to; of an open one only how far everybody is."))
@click.argument("identity", metavar="ROUND")
@option(
    "--format",
    "format_",
    type=click.Choice(["table", "json", "csv", "markdown"]),
    default="table",
    about=msg("how to write it"),
)
def report(identity: str, format_: str) -> None:
    """Print its tables, or its rows."""
    from sqaudit.reports.calibration import as_markdown, as_text, calibration_tables
    from sqaudit.workflow.calibration.reporting import report_round

    session = current_session()
    found, rows = report_round(session.open_context(), identity)
    tables = calibration_tables(rows, session.language)
    if format_ == "markdown":
        title = msg("Calibration round {id}: {checklist}", id=identity, checklist=found.round.checklist)
        write_text(as_markdown(session.language.text(title), tables))
    elif format_ == "table":
        write_text(as_text(tables))
        if not rows:
            say(msg("nobody has rated yet"))
    else:
        write_rows([{**row, "prevalence": _flat(row.get("prevalence"))} for row in rows], ROUND_REPORT, format_)


def _flat(parts: object) -> list[str] | None:
    return [f"{name}={part}" for name, part in parts.items()] if isinstance(parts, Mapping) else None
