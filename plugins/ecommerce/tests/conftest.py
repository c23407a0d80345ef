"""Projects on disk that are run through the command line, as their users run them."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqaudit.cli.main import make_cli

DATA = Path(os.environ.get("SQAUDIT_TEST_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")
OWN = ("SQAUDIT_AS", "SQAUDIT_LANG", "SQAUDIT_STORE", "SQAUDIT_PLUGINS", "SQAUDIT_NO_PLUGINS", "SQAUDIT_DEBUG")
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "NO_COLOR", "FORCE_COLOR")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in (*OWN, *LOCALE):
        monkeypatch.delenv(name, raising=False)


@dataclass(frozen=True)
class Project:
    folder: Path

    def write(self, files):
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        return self

    def run(self, *arguments, code=0, lang=None):
        return self._outcome(arguments, code, lang).output

    def rows(self, *arguments):
        return json.loads(self._outcome((*arguments, "--format", "json"), 0, None).stdout)

    def _outcome(self, arguments, code, lang):
        words = [] if lang is None else ["--lang", lang]
        done = CliRunner().invoke(make_cli(), [*words, "--project", str(self.folder), *arguments])
        assert done.exit_code == code, done.output
        return done

    def results(self, *arguments):
        """Results by place and item; the place is a site, a region or the programme."""
        return {(row.get("site") or row.get("place"), row["item"]): row for row in self.rows("results", *arguments)}


@pytest.fixture(scope="session")
def open_project():
    return Project


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture(scope="session")
def data():
    def find(name):
        if not (DATA / name).is_dir():
            pytest.skip(f"the data set {name} is not in $SQAUDIT_TEST_DATA or ../shared/data")
        return DATA / name

    return find
