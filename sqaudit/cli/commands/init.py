"""``sqaudit init``: a project that runs at once."""

from __future__ import annotations

from pathlib import Path

import click

from sqaudit.cli.help import make_command, option
from sqaudit.cli.output import say, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import msg


@make_command("init", msg("Write a project into DIR that runs at once; nothing is overwritten."))
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@option("--template", metavar="TEMPLATE", default="minimal", about=msg("which example to start from; default: minimal"))
def command(folder: Path, template: str) -> None:
    """Write the files and name them."""
    from sqaudit.workflow.projects import init_project

    session = current_session()
    written = init_project(folder, template, session.language.code, session.open_host())
    write_text("".join(f"{path}\n" for path in written))
    say(msg("the project is in '{folder}'", folder=folder))
