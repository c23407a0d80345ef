"""``sqaudit plugins``: what is installed, what is wrong with it, whether it conforms, and a new one to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sqaudit.cli.fields import PLUGIN_CHECKS, PLUGINS
from sqaudit.cli.help import make_group, option
from sqaudit.cli.options import filters
from sqaudit.cli.output import say, write_rows, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import Incomplete, Message, msg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqaudit.conformance.report import Report

_KINDS = ["industry", "measure", "collector", "scorer", "reporter"]
command = make_group("plugins", msg("The plugins, our own first."), default="list")


@command.add("list", msg("List the plugins, what they bring and what is wrong with them."))
@filters()
def list_(format_: str) -> None:
    """Print the plugins."""
    host = current_session().open_host()
    rows = [
        {
            "name": plugin.name,
            "distribution": plugin.distribution,
            "version": plugin.version,
            "state": plugin.state.value,
            "offers": "; ".join(f"{kind}: {' '.join(names)}" for kind, names in plugin.offers.items()),
            "reason": plugin.reason,
        }
        for plugin in host.plugins()
    ]
    write_rows(rows, PLUGINS, format_)


@command.add("check", msg("Look whether the plugin NAME keeps what plugins promise."))
@click.argument("name", metavar="NAME")
@filters()
def check(name: str, format_: str) -> int:
    """Print the checks; what failed is told with what to do about it."""
    from sqaudit.conformance.checking import check_plugin
    from sqaudit.conformance.subject import find_plugin

    session = current_session()
    plugins = session.discover()
    report = check_plugin(find_plugin(name, plugins), plugins, now=session.now)
    if format_ == "table":
        write_rows([*_rows_of_checks(report)], PLUGIN_CHECKS, format_)
        if not report.conforms:
            write_text(f"\n{report.text(session.language)}\n")
        else:
            say(msg("the plugin '{name}' conforms", name=report.plugin))
    else:
        write_rows([*_rows_of_faults(report)], PLUGIN_CHECKS, format_)
    return 0 if report.conforms else Incomplete.exit_code


def _rows_of_checks(report: Report) -> Iterator[dict[str, object]]:
    for one in report.checks:
        what: Message | None = msg("faults: {count}", count=len(one.faults)) if one.faults else one.reason
        yield {"check": one.name, "outcome": one.outcome.value, "what": what}


def _rows_of_faults(report: Report) -> Iterator[dict[str, object]]:
    for one in report.checks:
        row: dict[str, object] = {
            "plugin": report.plugin,
            "version": report.version,
            "check": one.name,
            "outcome": one.outcome.value,
            "what": one.reason,
        }
        if not one.faults:
            yield row
        for fault in one.faults:
            yield {**row, "where": fault.where, "what": fault.message, "hint": fault.hint}


@command.add("new", msg("Write a plugin to begin with; its tests pass as it stands."))
@click.argument("name", metavar="NAME")
@option("--kind", type=click.Choice(_KINDS), default="industry", about=msg("what it brings; default: industry"))
@option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    about=msg("the folder to make; default: sqaudit-NAME"),
)
def new(name: str, kind: str, folder: Path | None) -> None:
    """Write the files and name them."""
    from sqaudit.workflow.new_plugins import write_plugin

    taken = {found.name for found in current_session().discover()}
    target = folder or Path(f"sqaudit-{name}")
    written = write_plugin(target, name, kind, taken)
    write_text("".join(f"{path}\n" for path in written))
    say(msg("the plugin is in '{folder}'; next: pip install -e '{folder}[test]', then pytest {folder}", folder=target))
