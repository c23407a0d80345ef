"""The one place where errors become words and exit codes. 70 is our own bug: Python's 1 would look like findings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from sqaudit import __version__
from sqaudit.cli.session import Session
from sqaudit.errors import InvalidDocuments, SqauditError, msg

BUG = 70
INTERRUPTED = 130
BROKEN_PIPE = 141
TERMINATED = 143


class Terminated(KeyboardInterrupt):
    """We were asked to end (SIGTERM); whatever stops for Ctrl-C stops for this."""


def exit_code_of(error: BaseException, session: Session) -> int:  # noqa: PLR0911 one line for each kind
    """Say on the standard error what happened, and give the exit code for it."""
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case SystemExit():
            return error.code if isinstance(error.code, int) else int(error.code is not None)
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message(), err=True, color=session.color)
            return error.exit_code
        case click.ClickException():
            error.show()
            return error.exit_code
        case Terminated():
            return TERMINATED
        case BrokenPipeError():
            _close_standard_output()
            return BROKEN_PIPE
        case SqauditError():
            show_error(error, session)
            return error.exit_code
    if _was_interrupted(error):
        text = msg("interrupted; nothing half-written, run the same command again")
        click.echo(session.language.text(text), err=True)
        return INTERRUPTED
    _show_bug(error, session)
    return BUG


def show_error(error: SqauditError, session: Session) -> None:
    """Say on the standard error what is wrong, and what to do about it."""
    from sqaudit.cli.problems import hint_line, render_problems

    language = session.language
    if isinstance(error, InvalidDocuments):
        click.echo(render_problems(error.problems, "text", language), err=True, nl=False)
    text = language.text(msg("error: {code} {message}", code=error.code, message=error.message))
    click.echo(click.style(text, fg="red"), err=True, color=session.color)
    if error.hint is not None:
        click.echo(hint_line(error.hint, language), err=True)


def _was_interrupted(error: BaseException | None) -> bool:
    # A library that was stopped in its own code may raise its own error from the interruption.
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, KeyboardInterrupt | click.Abort):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


def _show_bug(error: BaseException, session: Session) -> None:
    import platform
    import traceback

    from sqaudit.cli.problems import hint_line

    trace = "".join(traceback.format_exception(error))
    about = f"sqaudit {__version__}, Python {platform.python_version()}, {platform.platform()}\n\n{trace}"
    name = f"{type(error).__name__}: {error}"
    click.echo(session.language.text(msg("this is a bug in sqaudit: {error}", error=name)), err=True)
    saved = _save(about)
    if saved is not None:
        hint = msg("please report it with the file '{path}'; SQAUDIT_DEBUG=1 shows it here", path=saved)
        click.echo(hint_line(hint, session.language), err=True)
    if saved is None or session.environ.get("SQAUDIT_DEBUG"):
        click.echo(about, err=True)


def _save(text: str) -> Path | None:
    import tempfile

    try:
        number, path = tempfile.mkstemp(prefix="sqaudit-", suffix=".txt")
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return None
    return Path(path)


def _close_standard_output() -> None:
    # Whoever read us has gone; without this Python complains once more when it flushes at the end.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
