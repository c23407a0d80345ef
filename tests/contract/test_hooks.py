"""Every hook is really called, by what a user does."""

from __future__ import annotations

import inspect

import pytest

from sqaudit.plugin import hookspecs
from sqaudit.plugin.loading import HOOKS


@pytest.fixture(scope="module")
def called(tmp_path_factory, run_sqaudit, install_plugin) -> list[str]:
    """The hooks that one audit calls on a plugin that implements all of them."""
    folder = tmp_path_factory.mktemp("hooks")
    distribution, site, record = folder / "sqaudit-witness", folder / "site", folder / "calls.txt"
    (distribution / "witness").mkdir(parents=True)
    (distribution / "pyproject.toml").write_text(
        '[project]\nname = "sqaudit-witness"\nversion = "1.0"\n[project.entry-points.sqaudit]\nwitness = "witness"\n'
    )
    hooks = "".join(
        f"@hookimpl\ndef {name}({', '.join(inspect.signature(getattr(hookspecs, name)).parameters)}):\n"
        f"    return told({name!r})\n"
        for name in HOOKS
    )
    (distribution / "witness" / "__init__.py").write_text(
        "from pathlib import Path\n"
        "from sqaudit.plugin import hookimpl\n"
        'sqaudit_api = ">=1,<2"\n'
        "def told(name):\n"
        f"    with Path({str(record)!r}).open('a') as file:\n"
        "        file.write(name + '\\n')\n"
        "    return []\n"
        f"{hooks}"
    )
    install_plugin(distribution, site)
    for code, *arguments in (
        (0, "init", "project"),
        (0, "--project", "project", "run", "first-audit", "--period", "2026-10"),
        (0, "--project", "project", "report", "first-audit"),
        (2, "--lang", "de", "--version"),  # the witness has no language either
    ):
        done = run_sqaudit(folder, *arguments, plugins=(site,))
        assert done.returncode == code, done.stderr
    return record.read_text().split()


@pytest.mark.parametrize("hook", HOOKS)
def test_the_hook_is_called(hook, called):
    assert hook in called


def test_the_observer_is_called_once_a_revision(called):
    assert called.count("sqaudit_cycle_finished") == 1


@pytest.mark.parametrize("hook", HOOKS)
def test_the_hook_says_when_it_is_called(hook):
    assert "called" in (getattr(hookspecs, hook).__doc__ or "")
