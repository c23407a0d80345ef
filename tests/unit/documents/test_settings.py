"""Settings: the environment and the command line beside the project file."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sqaudit.documents.project import find_project
from sqaudit.documents.settings import read_settings
from sqaudit.errors import InvalidInput

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_the_environment_names_the_store_or_leaves_it_to_the_project():
    assert read_settings(environ={"SQAUDIT_STORE": "sqlite:///b.db"}, now=NOW).store == "sqlite:///b.db"
    assert read_settings(environ={}, now=NOW).store is None


@pytest.mark.parametrize(
    ("written", "allowed"), [(None, None), ("", ()), ("hotel", ("hotel",)), (" hotel, ,shop ", ("hotel", "shop"))]
)
def test_allowed_plugins(written, allowed):
    environ = {} if written is None else {"SQAUDIT_PLUGINS": written}
    assert read_settings(environ=environ, now=NOW).plugins_allowed == allowed


@pytest.mark.parametrize(("written", "none"), [("", False), ("0", False), ("No", False), ("1", True), ("yes", True)])
def test_no_plugins(written, none):
    assert read_settings(environ={"SQAUDIT_NO_PLUGINS": written}, now=NOW).no_plugins is none
    assert read_settings(environ={"SQAUDIT_NO_PLUGINS": written}, now=NOW, no_plugins=True).no_plugins


def test_the_nearest_project_upward_is_found(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "sqaudit.yaml").write_text("project: x", encoding="utf-8")
    assert find_project(inner) == tmp_path.resolve()
    (tmp_path / "a" / "sqaudit.yaml").write_text("project: y", encoding="utf-8")
    assert find_project(inner) == (tmp_path / "a").resolve()


def test_no_project_is_told_with_a_hint(tmp_path):
    with pytest.raises(InvalidInput) as caught:
        find_project(tmp_path)
    assert caught.value.code == "SQA132"
    assert "sqaudit init" in str(caught.value.hint)
