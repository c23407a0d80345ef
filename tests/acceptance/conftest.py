"""Worked audits as their user runs them: a project folder with audit, standard and records, and the forms they fill."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import sqaudit
from sqaudit.model.evidence import SourceRecord
from sqaudit.workflow.context import open_context

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SQAUDIT_TEST_DATA") or ROOT.parent / "shared" / "data")


@dataclass(frozen=True)
class WorkedAudit:
    """A project with one audit; ``records`` is the file of records it reads."""

    folder: Path
    programme: str
    records: Path

    def sqaudit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the project's folder; the package is the one under test."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("SQAUDIT_")}
        return subprocess.run(
            [sys.executable, "-m", "sqaudit", *arguments],
            cwd=self.folder,
            env={**own, "PYTHONPATH": str(Path(sqaudit.__file__).parents[1]), "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def run(self, period: str) -> None:
        """Run one cycle; findings alone never change the exit code."""
        done = self.sqaudit("run", self.programme, "--period", period)
        assert done.returncode == 0, done.stdout + done.stderr

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        """What a listing command prints as JSON on stdout."""
        done = self.sqaudit(*arguments, "--programme", self.programme, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="session")
def worked_audit(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, str], WorkedAudit]:
    """Make the project of a worked audit, on its own records or on real ones; skips by name where these are absent."""

    def make(programme: str, standard: str, records: str) -> WorkedAudit:
        own, original = ROOT / "audits" / programme / records, DATA / records
        if not own.is_file() and not original.is_file():
            pytest.skip(f"the data set {records} is not in $SQAUDIT_TEST_DATA or ../shared/data")
        folder = tmp_path_factory.mktemp(programme)
        shutil.copy(ROOT / "sqaudit.yaml", folder)
        shutil.copytree(ROOT / "standards" / standard, folder / "standards" / standard)
        audit = folder / "audits" / programme
        shutil.copytree(ROOT / "audits" / programme, audit, ignore=shutil.ignore_patterns("data"))
        if own.is_file():
            return WorkedAudit(folder, programme, audit / records)
        (audit / "data").mkdir()
        return WorkedAudit(folder, programme, Path(shutil.copy(original, audit / "data")))

    return make


@pytest.fixture(scope="session")
def data_set() -> Callable[[str], Path]:
    """A file of the public data sets; skips by name where they are absent."""

    def find(name: str) -> Path:
        if not (DATA / name).is_file():
            pytest.skip(f"the data set {name} is not in $SQAUDIT_TEST_DATA or ../shared/data")
        return DATA / name

    return find


@pytest.fixture(scope="session")
def read_records() -> Callable[[WorkedAudit, str], list[SourceRecord]]:
    """What the store keeps of the records read for the first revision of a cycle, one per dataset."""

    def read(audit: WorkedAudit, period: str) -> list[SourceRecord]:
        context = open_context(folder=audit.folder, environ={}, now=datetime.now(UTC))
        with context.store() as store:
            return store.read_sources(audit.programme, period, 1)

    return read


@pytest.fixture(scope="session")
def fill_form() -> Callable[..., list[list[str]]]:
    """Fill a workbook as a person would."""
    return runpy.run_path(str(ROOT / "tests" / "filling.py"))["fill"]
