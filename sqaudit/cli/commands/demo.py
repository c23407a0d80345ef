"""``sqaudit demo``: a finished audit to look at."""

from __future__ import annotations

from pathlib import Path

import click

from sqaudit.cli.help import make_command, option
from sqaudit.cli.output import say, write_file, write_text
from sqaudit.cli.progress import shown_progress
from sqaudit.cli.session import current_session
from sqaudit.cli.summary import show_summary
from sqaudit.errors import msg


@make_command("demo", msg("Make a project from TEMPLATE, run its cycles and write the report of the last one."))
@click.argument("template", default="demo")
@option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sqaudit-demo"),
    metavar="DIR",
    about=msg("the folder to make; default: sqaudit-demo"),
)
def command(template: str, folder: Path) -> None:
    """Make, run, report, and say how to look around."""
    from sqaudit.workflow.projects import run_demo
    from sqaudit.workflow.report import build_report

    session = current_session()
    with shown_progress(session.language) as progress:
        demo = run_demo(
            folder,
            template,
            language=session.language.code,
            host=session.open_host(),
            environ=session.environ,
            now=session.now,
            progress=progress,
        )
    for summary in demo.cycles:
        show_summary(summary)
    view = build_report(demo.context, demo.programme)
    for reporter in demo.context.host.reporters().values():
        path = folder / "reports" / f"{view.programme}-{view.period.replace('/', '_')}.{reporter.extension}"
        write_file(path, reporter.render(view, session.language))
        write_text(f"{path}\n")
    say(msg("look around with `sqaudit --project {folder} findings`", folder=folder))
