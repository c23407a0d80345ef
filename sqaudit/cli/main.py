"""The commands, and what surrounds every one of them."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click
from msgspec.structs import replace

from sqaudit import __version__
from sqaudit.cli.boundary import Terminated, exit_code_of
from sqaudit.cli.help import Entry, LazyGroup, language_of, option
from sqaudit.cli.session import Session, click_speaks, current_session, start_session, take_option
from sqaudit.errors import Incomplete, Message, PluginFailed, SqauditError, msg

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from sqaudit.plugin.guarding import Guard

NAME = "sqaudit"
_FOUND = "sqaudit.commands"  # the key of the commands that plugins bring
_GUEST = "sqaudit.guest"  # the key of who brings the command that runs
_PLUGIN_HINT = msg("repair, upgrade or reinstall it; `sqaudit plugins list` shows its state")


def _entry(name: str, about: Message) -> Entry:
    return Entry(f"sqaudit.cli.commands.{name}", about)


COMMANDS: Mapping[str, Entry] = {
    "demo": _entry("demo", msg("make a finished audit to look at")),
    "init": _entry("init", msg("start a project that runs at once")),
    "check": _entry("check", msg("list every problem of every document")),
    "run": _entry("run", msg("collect and score one cycle, or all that is due")),
    "schedule": _entry("schedule", msg("show when audits fall due, and what became of them")),
    "form": _entry("form", msg("write checklists as spreadsheets, and take answers in")),
    "answers": _entry(
        "answers", msg("list what people answered and what is doubtful, and choose where auditors differ")
    ),
    "disputes": _entry("disputes", msg("open, decide and list disputes of answers")),
    "plan": _entry("plan", msg("show what a run would look at")),
    "collect": _entry("collect", msg("only collect a cycle's records")),
    "score": _entry("score", msg("only score a collected cycle")),
    "report": _entry("report", msg("show a cycle's report")),
    "cycle": _entry("cycle", msg("list, show, close or reopen cycles")),
    "results": _entry("results", msg("list item results, and the records behind one")),
    "scores": _entry("scores", msg("list scores at every level")),
    "findings": _entry("findings", msg("list findings, or show one")),
    "actions": _entry("actions", msg("list corrective actions, and move them until data prove them")),
    "concessions": _entry("concessions", msg("grant, revoke and list accepted departures")),
    "compare": _entry("compare", msg("compare two cycles, and tell change from chance")),
    "trend": _entry("trend", msg("show cycles as a series, with limits and signals")),
    "rank": _entry("rank", msg("rank sites, and tell which cannot be told apart")),
    "rescore": _entry("rescore", msg("score a cycle by another version of its standard, beside the first result")),
    "sample": _entry("sample", msg("draw samples, list them, draw them again")),
    "calibration": _entry("calibration", msg("let auditors rate the same things, and see whether they agree")),
    "explain": _entry("explain", msg("explain a problem code, criterion, finding or score")),
    "schema": _entry("schema", msg("print the JSON Schema of a kind of document")),
    "plugins": _entry("plugins", msg("list the plugins and what is wrong with them")),
    "doctor": _entry("doctor", msg("look for what may be wrong with this installation")),
    "store": _entry("store", msg("upgrade, verify or back up the store")),
}


class Root(LazyGroup):
    """``sqaudit`` itself: its own commands and those of plugins, inside the error boundary."""

    entries = COMMANDS

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,  # noqa: ARG002 we are always called the same
        standalone_mode: bool = True,  # noqa: FBT001, FBT002
        now: datetime | None = None,
    ) -> int:
        """Run one command line and return its exit code; leave the process with it in standalone mode.

        ``now`` is the moment that counts as now; default: the clock's.
        """
        self._main_shell_completion({}, NAME)
        code = self._answer(list(sys.argv[1:] if args is None else args), now)
        if standalone_mode:
            sys.exit(code)
        return code

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our own commands, then those of plugins by name."""
        return [*super().list_commands(ctx), *sorted(_plugin_commands(ctx))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one of our commands, or load that of a plugin."""
        if cmd_name in self.entries:
            return super().get_command(ctx, cmd_name)
        found = _plugin_commands(ctx).get(cmd_name)
        if found is None:
            return None
        ctx.meta[_GUEST] = guest = _guest(found)
        return _load_command(cmd_name, found, guest)

    def describe_command(self, ctx: click.Context, name: str) -> str:
        """One line about a command; a plugin's is not loaded for it."""
        if name in self.entries:
            return super().describe_command(ctx, name)
        command = _plugin_commands(ctx)[name]
        brought_by = _owner(command)[0]
        return language_of(ctx).text(msg("by the plugin {plugin}", plugin=brought_by))

    def _answer(self, arguments: list[str], now: datetime | None) -> int:
        _prepare_streams()
        # Until the language is chosen, what is wrong with the choice is said in the environment's.
        session = start_session(None, None, os.environ, now)
        try:
            arguments, wish = take_option("--lang", arguments)
            session = start_session(wish, _folder_of(arguments), os.environ, now)
            with click_speaks(session.language):
                return self._invoke(arguments, session)
        except SqauditError as error:
            return exit_code_of(error, session)

    def _invoke(self, arguments: list[str], session: Session) -> int:
        context: click.Context | None = None
        try:
            with self.make_context(NAME, arguments, obj=session, color=session.color) as context:
                answer = self.invoke(context)
            sys.stdout.flush()
        except BaseException as error:  # noqa: BLE001 this is the boundary
            return exit_code_of(_told_of_plugin(error, context), session)
        return answer if isinstance(answer, int) else 0


def make_cli() -> Root:
    """The command ``sqaudit``."""
    return _root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    _own_output()
    try:
        return make_cli().main(arguments, standalone_mode=False)
    finally:
        _end_output()


def _own_output() -> None:
    """Keep the standard output for ourselves; programs that plugins start, and C code, write to the standard error."""
    if not isinstance(sys.stdout, io.TextIOWrapper):
        return
    try:
        kept = os.dup(sys.stdout.fileno())
        sys.stdout.flush()
        os.dup2(sys.stderr.fileno(), 1)
    except (OSError, ValueError, AttributeError):  # one of them is closed
        return
    sys.stdout = open(  # noqa: PTH123, SIM115  by its number; it stays open as long as the process
        kept, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors, buffering=1 if os.isatty(kept) else -1
    )


def _end_output() -> None:
    if "sqaudit.plugin.streams" in sys.modules:
        from sqaudit.plugin.streams import close_output

        close_output()


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        click.echo(f"{NAME} {__version__}")
        ctx.exit()


@click.command(
    NAME,
    cls=Root,
    about=msg("service-quality audits as code: measure, score, find and follow up"),
    no_args_is_help=True,
    subcommand_metavar="COMMAND ...",
)
@option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    about=msg("the project's folder; default: the nearest one with a sqaudit.yaml, from here upward"),
)
@option("--no-plugins", is_flag=True, is_eager=True, about=msg("load no plugins but our own"))
@option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    about=msg("show the version and exit"),
)
@click.pass_context
def _root(ctx: click.Context, project: Path | None, no_plugins: bool) -> None:  # noqa: FBT001
    ctx.obj = replace(ctx.ensure_object(Session), folder=project, no_plugins=no_plugins)


def _plugin_commands(ctx: click.Context) -> Mapping[str, EntryPoint]:
    """Entry points of plugin commands by name; none if they cannot be listed, as help must always come."""
    without = bool(ctx.params.get("no_plugins"))
    key = f"{_FOUND} {without}"
    if key not in ctx.meta:
        ctx.meta[key] = _find_plugin_commands(ctx, without=without)
    found: Mapping[str, EntryPoint] = ctx.meta[key]
    return found


def _find_plugin_commands(ctx: click.Context, *, without: bool) -> Mapping[str, EntryPoint]:
    session = ctx.find_object(Session) or current_session()
    try:
        from sqaudit.documents.settings import read_settings
        from sqaudit.plugin.discovery import find_commands

        settings = read_settings(environ=session.environ, now=session.now, no_plugins=without)
        found = find_commands(allowed=settings.plugins_allowed, disabled=settings.no_plugins)
        return {name: command for name, command in found.items() if name not in COMMANDS}
    except Exception:  # noqa: BLE001 `sqaudit doctor` tells what is wrong with plugins
        return {}


def _owner(found: EntryPoint) -> tuple[str, str | None]:
    """The distribution that brings a command, and its version."""
    from sqaudit.plugin.discovery import identity_of

    name, version = (None, None) if found.dist is None else identity_of(found.dist)
    return name or found.value, version


def _guest(found: EntryPoint) -> Guard:
    """Who brings a command."""
    from sqaudit.plugin.guarding import Guard

    return Guard(*_owner(found))


def _told_of_plugin(error: BaseException, context: click.Context | None) -> BaseException:
    """An error that the command of a plugin raised by mistake, as the plugin's."""
    guest: Guard | None = None if context is None else context.meta.get(_GUEST)
    foreseen = (SqauditError, click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError)
    if guest is None or not isinstance(error, Exception) or isinstance(error, foreseen):
        return error
    from sqaudit.plugin.guarding import words_of

    return guest.failed("command", "", words_of(error))


def _load_command(name: str, found: EntryPoint, guest: Guard) -> click.Command:
    from sqaudit.plugin.limits import Phase

    try:
        loaded = guest.call(Phase.COMMAND, "", found.load, allowed=(Incomplete,))
    except PluginFailed as failure:
        wrong = msg("the plugin command '{name}' cannot be loaded: {error}", name=name, error=failure.message)
        raise Incomplete("SQA401", wrong, _PLUGIN_HINT) from failure
    if not isinstance(loaded, click.Command):
        raise Incomplete("SQA401", msg("the plugin command '{name}' is not a click command", name=name), _PLUGIN_HINT)
    return loaded


def _folder_of(arguments: Sequence[str]) -> Path | None:
    _rest, folder = take_option("--project", arguments)
    return Path(folder) if folder is not None else None


def _prepare_streams() -> None:
    # What we write is UTF-8 wherever it goes; a terminal that cannot show a character shows a question mark.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8")


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated
