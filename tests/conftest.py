"""The project fixture: a small project on disk, run through the command line."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import settings

from sqaudit.builtin.templates import TEMPLATES
from sqaudit.cli.main import make_cli
from sqaudit.locale.catalogues import compile_catalogues

# How long an example takes is the machine's affair, and no property of the program.
settings.register_profile("sqaudit", settings.default, deadline=None)
settings.load_profile("sqaudit")

ENVIRONMENT = ("SQAUDIT_AS", "SQAUDIT_LANG", "SQAUDIT_STORE", "SQAUDIT_PLUGINS", "SQAUDIT_NO_PLUGINS", "SQAUDIT_DEBUG")
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "NO_COLOR", "FORCE_COLOR")


@pytest.fixture(scope="session", autouse=True)
def _catalogues():
    """Both languages are spoken from compiled catalogues, also in a checkout that was never built."""
    compile_catalogues()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in (*ENVIRONMENT, *LOCALE):
        monkeypatch.delenv(name, raising=False)


@dataclass(frozen=True)
class Outcome:
    """What one command line came to."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


@dataclass(frozen=True)
class ProjectOnDisk:
    """A project and the commands run in it."""

    folder: Path

    def run(self, *arguments: str) -> Outcome:
        result = CliRunner().invoke(make_cli(), ["--project", str(self.folder), *arguments])
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")

    def write(self, name: str, content: str | bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def remove(self, name: str) -> None:
        path = self.folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def files(self) -> dict[str, bytes]:
        return {str(p.relative_to(self.folder)): p.read_bytes() for p in sorted(self.folder.rglob("*")) if p.is_file()}


@pytest.fixture
def project(tmp_path):
    """Make a project of a template (default: the smallest), with ``files`` on top."""

    def make(files=None, template="minimal"):
        made = ProjectOnDisk(tmp_path / "project")
        for name, content in {**TEMPLATES[template].files("en"), **(files or {})}.items():
            made.write(name, content)
        return made

    return make


@pytest.fixture(scope="session")
def project_on_disk():
    """What ``project`` makes, for a folder that several tests look at."""
    return ProjectOnDisk
