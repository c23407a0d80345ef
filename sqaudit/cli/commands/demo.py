"""``sqaudit demo``: a finished audit to look at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sqaudit.cli.action_moves import write_judged
from sqaudit.cli.help import make_command, option
from sqaudit.cli.options import SEVERITIES
from sqaudit.cli.output import render_table, say, write_file, write_lines, write_text
from sqaudit.cli.progress import shown_progress
from sqaudit.cli.session import current_session
from sqaudit.errors import NotInstalled, PluginFailed, msg
from sqaudit.model.standard import Severity

if TYPE_CHECKING:
    from sqaudit.workflow.projects import Demo
    from sqaudit.workflow.score import RunSummary

_COLUMNS = ("period", "score", "rating", "coverage", *SEVERITIES)


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
@option("--open", "opens", is_flag=True, about=msg("open the report in the browser"))
def command(template: str, folder: Path, *, opens: bool) -> None:
    """Make, run, report, and say how to look around."""
    import webbrowser

    from sqaudit.workflow.projects import run_demo
    from sqaudit.workflow.report import build_report, render_report

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
    write_lines([msg("score and findings of each cycle:")])
    write_text(render_table([_cycle_row(summary) for summary in demo.cycles], _COLUMNS, session.language) + "\n")
    view = build_report(demo.context, demo.programme)
    reports = folder / "reports"
    stem = f"{view.programme}-{view.period.replace('/', '_')}"
    for name, reporter in sorted(demo.context.host.reporters().items()):
        path = reports / f"{stem}.{reporter.extension}"
        try:
            content = render_report(demo.context, name, view, session.language)
        except (NotInstalled, PluginFailed) as error:
            say(msg("left out: {reason} ({hint})", reason=error.message, hint=error.hint))
            continue
        write_file(path, content)
        if name == "table":
            write_text(f"{content!s}\n")
    for told in demo.actions:
        if told.judged is not None:
            named = msg("what was done about '{criterion}' was judged by data:", criterion=told.action.criterion)
            write_lines([named])
            write_judged(told.judged)
            write_text("\n")
    project = msg("the project is in '{folder}'; read its YAML, then look around:", folder=folder)
    looks = [
        msg("sqaudit --project {folder} findings --period {period}", folder=folder, period=_worst_cycle(demo)),
        msg(
            "sqaudit --project {folder} explain {programme} --site {site}",
            folder=folder,
            programme=view.programme,
            site=view.sites[0].id,  # the one with the lowest score
        ),
        msg("sqaudit --project {folder} actions", folder=folder),
        *(
            msg("sqaudit --project {folder} actions show {id}", folder=folder, id=told.action.id)
            for told in demo.actions
        ),
    ]
    page = reports / f"{stem}.html"
    write_lines([project, *looks, msg("the reports are in '{folder}'", folder=reports)])
    write_lines([msg("the report to read, and to hand on, is '{path}'", path=page)])
    if opens:
        webbrowser.open(page.resolve().as_uri())


def _worst_cycle(demo: Demo) -> str:
    """The period with the most findings."""
    return max(demo.cycles, key=lambda cycle: sum(cycle.findings.values())).period


def _cycle_row(summary: RunSummary) -> dict[str, object]:
    score = summary.score
    return {
        "period": summary.period,
        "score": None if score is None or score.score is None else float(score.score),
        "rating": None if score is None else score.rating,
        "coverage": None if score is None or score.coverage is None else float(score.coverage),
        **{severity: summary.findings.get(Severity(severity), 0) for severity in SEVERITIES},
    }
