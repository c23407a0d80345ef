"""The kit for authors of plugins. It needs pytest; ``pytest_plugins = ["sqaudit.testing"]`` in a conftest.py opts in.

Then there is the fixture ``project``, and a plugin is found from its own pyproject.toml also where it is not installed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from sqaudit.plugin.host import open_host
from sqaudit.testing.cases import case_tests
from sqaudit.testing.conforming import assert_plugin_conforms
from sqaudit.testing.installing import lay_plugin, show_plugin
from sqaudit.testing.projects import Outcome, ProjectOnDisk
from sqaudit.workflow.projects import find_templates

__all__ = [
    "Outcome",
    "ProjectOnDisk",
    "assert_plugin_conforms",
    "case_tests",
    "lay_plugin",
    "plain_environment",
    "project",
]

_VARIABLES = ("AS", "LANG", "STORE", "PLUGINS", "NO_PLUGINS", "DEBUG", "MEMORY_LIMIT")
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "NO_COLOR", "FORCE_COLOR")


def pytest_configure(config: pytest.Config) -> None:
    """Let the plugin whose tests are run be found as if it were installed."""
    config.add_cleanup(show_plugin(config.rootpath))


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine chooses a language, a store or plugins."""
    for name in (*(f"SQAUDIT_{name}" for name in _VARIABLES), *_LOCALE):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path: Path, plain_environment: None) -> Callable[..., ProjectOnDisk]:  # noqa: ARG001
    """Make a project of a template (default: the smallest), with ``files`` on top; ``now`` stops its clock.

    ``project({"sqaudit.yaml": …}, template="clinic", now="2026-11-01T08:00").run("check")`` gives an ``Outcome``.
    """

    def make(
        files: Mapping[str, str | bytes] | None = None,
        template: str = "minimal",
        now: str | datetime | None = None,
        language: str = "en",
    ) -> ProjectOnDisk:
        made = ProjectOnDisk(tmp_path / "project", now)
        chosen = find_templates(open_host())[template]
        for name, content in {**chosen.files(language), **(files or {})}.items():
            made.write(name, content)
        return made

    return make
