"""Projects on disk, run as a user runs them, and the data sets that the acceptance tests read."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqaudit.cli.main import make_cli

_CHECKOUT = Path(__file__).parents[3]


@dataclass
class Project:
    folder: Path

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self, *arguments):
        """The output of a command that has to succeed; findings are no failure."""
        outcome = CliRunner().invoke(make_cli(), ["--project", str(self.folder), *arguments])
        assert outcome.exit_code in {0, 1}, outcome.output
        return outcome.stdout

    def refused(self, *arguments):
        """What a command says that is given something it cannot use."""
        return self._failing(2, arguments)

    def incomplete(self, *arguments):
        """What a command says to which something is missing."""
        return self._failing(3, arguments)

    def _failing(self, code, arguments):
        outcome = CliRunner().invoke(make_cli(), ["--project", str(self.folder), *arguments])
        assert outcome.exit_code == code, outcome.output
        return outcome.output

    def results(self, *arguments):
        """Results as the command shows them in JSON, by place, item and group."""
        told = json.loads(self.run("results", "--format", "json", *arguments))
        rows = told if isinstance(told, list) else told["results"]
        return {(row.get("site") or row.get("place"), row["item"], row.get("group")): row for row in rows}


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture(scope="session")
def projects():
    """For a project that several tests look at."""
    return Project


@pytest.fixture(scope="session")
def data_set():
    """The path of a real data set, kept outside of the repository; without it the test is skipped by name."""
    folder = Path(os.environ.get("SQAUDIT_TEST_DATA") or _CHECKOUT.parent / "shared" / "data")

    def find(name):
        path = folder / name
        if not path.is_file():
            pytest.skip(f"the data set {name} is not in $SQAUDIT_TEST_DATA or ../shared/data")
        return path

    return find
