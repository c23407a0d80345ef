"""``sqaudit check``: every problem of every document, in one go."""

from __future__ import annotations

from pathlib import Path

import click

from sqaudit.cli.help import make_command, option
from sqaudit.cli.output import say, write_text
from sqaudit.cli.problems import render_problems
from sqaudit.cli.session import current_session
from sqaudit.errors import Gravity, Incomplete, InvalidDocuments, msg

# The documents are right, and a plugin that they need is not.
_OF_PLUGINS = frozenset({"SQA401", "SQA405", "SQA408"})


@make_command("check", msg("List every problem of every document of the project, or of PATH."))
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    about=msg("how to write the problems"),
)
def command(path: Path | None, format_: str) -> int:
    """Print the problems; warnings alone are no reason to fail, unless a plugin cannot be used."""
    from sqaudit.documents.project import find_project
    from sqaudit.workflow.check import check_documents

    session = current_session()
    place = path or find_project(session.folder or Path.cwd())
    problems = check_documents(place, session.open_host(), session.now, session.environ)
    write_text(render_problems(problems, format_, session.language))
    errors = sum(problem.gravity is Gravity.ERROR for problem in problems)
    say(msg("errors: {errors}, warnings: {warnings}", errors=errors, warnings=len(problems) - errors))
    if errors:
        return InvalidDocuments.exit_code
    return Incomplete.exit_code if any(problem.code in _OF_PLUGINS for problem in problems) else 0
