import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime

import click
import pytest

from sqaudit.cli.boundary import exit_code_of
from sqaudit.cli.main import main
from sqaudit.cli.session import Session, take_option
from sqaudit.errors import (
    CannotAccess,
    Gravity,
    Incomplete,
    InvalidDocuments,
    InvalidInput,
    NothingEvaluated,
    Place,
    Problem,
    msg,
)
from sqaudit.locale import open_language


def _session(code="en", **environ):
    return Session(language=open_language(code), environ=environ, now=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "code"), [(InvalidInput, 2), (Incomplete, 3), (NothingEvaluated, 4), (CannotAccess, 74)]
)
def test_our_errors_become_their_exit_codes_with_a_hint(capsys, kind, code):
    error = kind("SQA999", msg("'{name}' is odd", name="x"), msg("make it even"))
    assert exit_code_of(error, _session()) == code
    assert capsys.readouterr() == ("", "error: SQA999 'x' is odd\nhint: make it even\n")


def test_documents_name_every_place(capsys):
    problems = [
        Problem(Place("standard.yaml", 9, 5), "SQA101", msg("unknown key 'check'"), msg("did you mean 'checks'?")),
        Problem(Place("sqaudit.yaml"), "SQA102", msg("odd"), gravity=Gravity.WARNING),
    ]
    assert exit_code_of(InvalidDocuments(problems), _session()) == 2
    assert capsys.readouterr().err == (
        "standard.yaml:9:5: SQA101 unknown key 'check'\n"
        "  hint: did you mean 'checks'?\n"
        "sqaudit.yaml: SQA102 warning: odd\n"
        "error: SQA100 the documents have problems: 2\n"
    )


def test_an_interruption_is_one_line(capsys):
    assert exit_code_of(KeyboardInterrupt(), _session()) == 130
    assert capsys.readouterr().err == "interrupted; nothing half-written, run the same command again\n"


def test_an_interruption_inside_a_library_is_an_interruption():
    error = RuntimeError("Query interrupted")
    error.__context__ = KeyboardInterrupt()
    assert exit_code_of(error, _session()) == 130


def _bug(tmp_path, monkeypatch, **environ):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return exit_code_of(ZeroDivisionError("by zero"), _session("zh", **environ))


def test_a_bug_is_70_and_its_trace_is_kept(capsys, tmp_path, monkeypatch):
    assert _bug(tmp_path, monkeypatch) == 70
    shown = capsys.readouterr().err
    (saved,) = tmp_path.iterdir()
    assert "ZeroDivisionError: by zero" in shown
    assert str(saved) in shown
    assert "Python 3" not in shown
    assert "Python 3" in saved.read_text(encoding="utf-8")


def test_a_bug_is_shown_to_who_wants_to_see_it(capsys, tmp_path, monkeypatch):
    assert _bug(tmp_path, monkeypatch, SQAUDIT_DEBUG="1") == 70
    assert "Python 3" in capsys.readouterr().err


def test_a_bug_is_shown_if_it_cannot_be_kept(capsys, tmp_path, monkeypatch):
    assert _bug(tmp_path / "gone", monkeypatch) == 70
    assert "Python 3" in capsys.readouterr().err


def test_exits_pass():
    assert exit_code_of(click.exceptions.Exit(3), _session()) == 3
    assert exit_code_of(SystemExit(143), _session()) == 143
    assert exit_code_of(SystemExit(None), _session()) == 0
    assert exit_code_of(SystemExit("no"), _session()) == 1


@pytest.mark.parametrize(
    ("environ", "coloured"), [({"NO_COLOR": "1"}, False), ({"FORCE_COLOR": "1"}, True), ({}, False)]
)
def test_colour_is_as_the_environment_says(capsys, environ, coloured):
    """Without a wish a pipe has no colour."""
    exit_code_of(InvalidInput("SQA999", msg("odd")), _session(**environ))
    assert ("\x1b" in capsys.readouterr().err) is coloured


def _on_a_terminal(*arguments, **environ):
    parent, child = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    command = [sys.executable, "-m", "sqaudit", *arguments]
    running = subprocess.Popen(command, stdout=child, stderr=child, env=clean | {"TERM": "xterm"} | environ)
    os.close(child)
    output = b""
    try:
        while part := os.read(parent, 4096):
            output += part
    except OSError:  # the other end is closed
        pass
    running.wait()
    os.close(parent)
    return output


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_no_escape_reaches_a_terminal_that_wants_no_colour():
    assert b"\x1b" in _on_a_terminal("--lang", "fr")
    assert b"\x1b" not in _on_a_terminal("--lang", "fr", NO_COLOR="1")
    assert b"\x1b" not in _on_a_terminal("--help", NO_COLOR="1")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
def test_a_reader_that_leaves_is_no_error():
    script = (
        "import sys, click; from sqaudit.cli import main as m;"
        "m.Root.invoke = lambda *_: [click.echo('x' * 1000) for _ in range(1000)];"
        "sys.exit(m.main(['schema', 'project']))"
    )
    running = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    running.stdout.readline()
    running.stdout.close()
    assert running.wait(timeout=30) == 141
    assert running.stderr.read() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_stopped_run_cleans_up(tmp_path, sent, code):
    script = (
        "import sys, time, pathlib; from sqaudit.cli import main as m\n"
        "def work(*_):\n"
        "    try:\n"
        "        pathlib.Path('started').touch(); time.sleep(30)\n"
        "    finally:\n"
        "        pathlib.Path('cleaned').touch()\n"
        "m.Root.invoke = work\n"
        "sys.exit(m.main(['schema', 'project']))"
    )
    running = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stderr=subprocess.PIPE)
    while not (tmp_path / "started").exists():
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(sent)
    assert running.wait(timeout=20) == code
    assert (tmp_path / "cleaned").exists()
    assert b"Traceback" not in running.stderr.read()


def test_what_a_command_returns_is_the_exit_code(monkeypatch, capsys):
    monkeypatch.setattr("sqaudit.cli.main.Root.invoke", lambda *_: 3)
    assert main(["schema", "project"]) == 3
    monkeypatch.setattr("sqaudit.cli.main.Root.invoke", lambda *_: None)
    assert main(["schema", "project"]) == 0


def test_the_folder_we_stand_in_may_be_gone(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = "import os, sys; os.rmdir(os.getcwd()); from sqaudit.cli.main import main; sys.exit(main(['--version']))"
    done = subprocess.run([sys.executable, "-c", script], cwd=gone, check=False, capture_output=True, text=True)
    assert re.fullmatch(r"sqaudit \d\S*\n", done.stdout)
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "rest", "value"),
    [
        (["run", "--lang", "zh", "x"], ["run", "x"], "zh"),
        (["--lang=en", "run", "--lang", "zh"], ["run"], "zh"),
        (["run", "--", "--lang", "zh"], ["run", "--", "--lang", "zh"], None),
        (["run", "--lang"], ["run", "--lang"], None),
        (["run", "--language", "zh"], ["run", "--language", "zh"], None),
    ],
)
def test_an_option_is_taken_from_anywhere(arguments, rest, value):
    assert take_option("--lang", arguments) == (rest, value)
