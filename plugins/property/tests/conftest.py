"""A project in a folder, run as its user runs it; measures worked out in DuckDB from rows of one's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("SQAUDIT_TEST_DATA") or PLUGIN.parents[2] / "shared" / "data")


@dataclass(frozen=True)
class Project:
    """A project in a folder."""

    folder: Path

    def write(self, files):
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def start(self, *words, folder=None):
        own = {name: value for name, value in os.environ.items() if not name.startswith("SQAUDIT_")}
        return subprocess.Popen(
            [sys.executable, "-m", "sqaudit", *words],
            cwd=folder or self.folder,
            env={**own, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, *words):
        started = self.start(*words)
        out, err = started.communicate()
        assert started.returncode == 0, out + err
        return out + err

    def refused(self, *words):
        started = self.start(*words)
        out, err = started.communicate()
        assert started.returncode, out + err
        return out + err

    def rows(self, *words):
        started = self.start(*words, "--format", "json")
        out, err = started.communicate()
        assert started.returncode == 0, out + err
        return json.loads(out)


@pytest.fixture(scope="session")
def project_in():
    """A project in a folder."""
    return Project


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture(scope="session")
def data_set():
    """A file of the public data sets; skips by name where they are absent."""

    def find(name):
        if not (DATA / name).is_file():
            pytest.skip(f"the data set {name} is not in $SQAUDIT_TEST_DATA or ../shared/data")
        return DATA / name

    return find


@pytest.fixture(scope="session")
def template_sources():
    """Sources of the template's programme as they are written there, by name."""
    from sqaudit_property.templates import TEMPLATES

    lines = TEMPLATES["property"].files("en")["audits/estate-months/programme.yaml"].splitlines()

    def find(*names):
        kept, inside = [], False
        for line in lines:
            if line.startswith("  ") and not line.startswith("   "):
                inside = line.strip().split(":")[0] in names
            if inside:
                kept.append(line)
        return "\n".join(kept)

    return find
