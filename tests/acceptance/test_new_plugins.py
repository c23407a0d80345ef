"""`sqaudit plugins new`: what it writes passes its own tests, and is found, checked and used like any plugin."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import sqaudit
from sqaudit.testing import lay_plugin
from sqaudit.workflow.new_plugins import KINDS, write_plugin

pytestmark = pytest.mark.thorough


@pytest.fixture
def written(tmp_path):
    def write(name, kind):
        write_plugin(tmp_path / name, name, kind)
        return tmp_path / name

    return write


def run_tests(folder, *arguments, path=()):
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SQAUDIT_", "PYTEST_"))}
    places = [str(Path(sqaudit.__file__).parents[1]), *map(str, path)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=own | {"PYTHONPATH": os.pathsep.join(places), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_tests_of_new_plugins_pass_as_they_stand(written, tmp_path):
    """All kinds in one process, installed beside each other."""
    site = tmp_path / "site"
    for kind in KINDS:
        lay_plugin(written(f"tried-{kind}", kind), site)
    folders = [f"tried-{kind}/tests" for kind in KINDS]
    done = run_tests(tmp_path, "--import-mode=importlib", "--rootdir", ".", *folders, path=[site])
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_a_new_plugin_is_found_from_its_folder_without_being_installed(written):
    done = run_tests(written("tried-alone", "scorer"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_kind_comes_with_cases_or_a_run(written):
    for kind in KINDS:
        folder = written(f"tested-{kind}", kind)
        assert len([*(folder / "tests").rglob("test_*.py")]) >= 2, kind
        left = [
            path for path in folder.rglob("*") if path.is_file() and "@" in path.read_text().replace("@hookimpl", "")
        ]
        assert [path.name for path in left if "@1" not in path.read_text()] == []


def test_the_command_writes_names_and_refuses(project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = project()
    outcome = made.run("plugins", "new", "spa-hotel")
    assert outcome.code == 0, outcome.text
    assert "sqaudit-spa-hotel/sqaudit_spa_hotel/standards/spa-hotel/standard.yaml" in outcome.out.splitlines()
    assert "pip install -e 'sqaudit-spa-hotel[test]'" in outcome.err
    again = made.run("plugins", "new", "spa-hotel")
    assert (again.code, "SQA709" in again.err) == (2, True)
    for name, reason in (
        ("class", "word of Python"),
        ("builtin", "already"),
        ("Spa", "cannot be"),
        ("a--b", "cannot be"),
    ):
        refused = made.run("plugins", "new", name)
        assert (refused.code, "SQA432" in refused.err, reason in refused.err) == (2, True, True)
    assert made.run("plugins", "new", "spa", "--kind", "magic").code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["project", "sqaudit-spa-hotel"]


@pytest.fixture
def installed(tmp_path, monkeypatch, written):
    """A new plugin laid onto the path, so that commands in this process find it."""

    def install(name, kind, change=()):
        folder = written(name, kind)
        for file, old, new in change:
            path = folder / file
            assert old in path.read_text()
            path.write_text(path.read_text().replace(old, new))
        lay_plugin(folder, tmp_path / f"site-{name}")
        monkeypatch.syspath_prepend(str(tmp_path / f"site-{name}"))

    return install


def test_a_plugin_that_conforms_is_told_so_with_0(project, installed):
    installed("calm", "scorer")
    outcome = project().run("plugins", "check", "calm")
    assert outcome.code == 0, outcome.text
    assert "scorer-range" in outcome.out
    assert "it brings no measures" in outcome.out
    assert "the plugin 'calm' conforms" in outcome.err
    assert project().run("plugins", "check", "sqaudit-calm").code == 0, "the distribution's name will do"


def test_a_plugin_that_does_not_conform_ends_with_3_and_says_where_what_and_what_next(project, installed):
    change = [("sqaudit_rough/stars.py", "min(max(share, Decimal(0)), Decimal(1))", "share")]
    installed("rough", "scorer", change)
    outcome = project().run("plugins", "check", "rough")
    assert outcome.code == 3
    assert "scorer-range: rough-stars {'of': 5}: it gives Decimal(" in outcome.out
    assert "    a score is a Decimal from 0 to 100" in outcome.out
    chinese = project().run("plugins", "check", "rough", "--lang", "zh")
    assert "得分是 0 到 100 的 Decimal" in chinese.out
    rows = project().run("plugins", "check", "rough", "--format", "json").json
    assert {row["outcome"] for row in rows if row["check"] == "scorer-range"} == {"failed"}
    assert all(row["where"] and row["what"] and row["hint"] for row in rows if row["outcome"] == "failed")


def test_a_plugin_that_is_not_there_is_refused(project):
    outcome = project().run("plugins", "check", "builtni")
    assert outcome.code == 2
    assert "SQA431" in outcome.err
    assert "did you mean 'builtin'" in outcome.err
