"""How the process ends: with its exit code and all that it said, and without taking its values apart one by one."""

import json
import subprocess
import sys

import pytest

ENDS = "import atexit, sys; atexit.register(print, 'taken apart'); from sqaudit.__main__ import main; main()"


def ended(*arguments):
    return subprocess.run([sys.executable, "-c", ENDS, *arguments], capture_output=True, text=True, check=False)


def test_it_ends_at_once_where_no_plugin_has_run():
    done = ended("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("sqaudit ")
    assert "taken apart" not in done.stdout


def test_all_that_was_said_arrives():
    done = ended("schema", "standard")
    assert done.returncode == 0
    assert json.loads(done.stdout)["title"]


def test_the_exit_code_and_the_last_words_arrive(tmp_path):
    done = ended("--project", str(tmp_path), "check")
    assert done.returncode == 2
    assert "hint:" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="there is no device that is always full")
def test_what_cannot_be_said_is_no_success():
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "sqaudit", "--help"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode != 0
    assert b"No space left" in done.stderr
