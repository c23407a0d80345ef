"""The program as its users meet it: commands in a subprocess, the pages of the documentation, plugins on the path."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import sqaudit
from sqaudit.locale.catalogues import compile_catalogues
from sqaudit.testing import lay_plugin

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(sqaudit.__file__).parent
_BLOCK = re.compile(
    r"^(?:<!-- (?P<marker>[^\n]*?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, and the comment right above it, such as ``file: sqaudit.yaml``."""

    language: str
    marker: str
    text: str
    start: int
    line: int


def _clean_environment(*more: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("SQAUDIT_", "LC_", "LANG"))}
    path = os.pathsep.join(str(folder) for folder in (PACKAGE.parent, *more))
    spoken = {"LANG": "C.UTF-8", "NO_COLOR": "1", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    return own | spoken | {"PYTHONPATH": path}


@pytest.fixture(scope="session", autouse=True)
def _catalogues():
    compile_catalogues()


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def sources() -> list[Path]:
    """Every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


@pytest.fixture(scope="session")
def pages() -> list[Path]:
    """Every page of the documentation, and those beside the code."""
    beside = [path for path in ROOT.glob("*.md") if path.name != "TODO.md"]
    return sorted([*beside, *(ROOT / "docs").rglob("*.md"), *(ROOT / "plugins").glob("*.md")])


@pytest.fixture(scope="session")
def blocks_of() -> Callable[[Path], list[Block]]:
    """The fenced blocks of a page, in order."""

    def read(page: Path) -> list[Block]:
        text = page.read_text(encoding="utf-8")
        return [
            Block(
                language=match["language"],
                marker=match["marker"] or "",
                text=match["text"],
                start=match.start("text"),
                line=text.count("\n", 0, match.start()) + 1,
            )
            for match in _BLOCK.finditer(text)
        ]

    return read


@pytest.fixture(scope="session")
def run_sqaudit() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run one command line in a folder, with the plugins that lie in other folders."""

    def run(
        folder: Path, *arguments: str, plugins: tuple[Path, ...] = (), environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "sqaudit", *arguments],
            cwd=folder,
            env=_clean_environment(*plugins) | dict(environ or {}),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def demo(tmp_path_factory, run_sqaudit) -> Path:
    """The folder of a finished demo."""
    folder = tmp_path_factory.mktemp("demo")
    done = run_sqaudit(folder, "demo", "--dir", "project")
    assert done.returncode == 0, done.stderr
    return folder / "project"


@pytest.fixture(scope="session")
def install_plugin() -> Callable[[Path, Path], None]:
    """Lay a distribution, as it stands in its folder, onto a path from which plugins are found."""
    return lay_plugin


@dataclass
class Walkthrough:
    """Follows a page in an empty folder: writes its files, runs its commands, keeps what they show.

    ``<!-- file: PATH -->`` above a block writes it; ``<!-- run -->`` above a ``sh`` block runs it;
    ``<!-- install: DIR -->`` above one installs the plugin in that folder instead of running ``pip``.
    """

    folder: Path
    tools: Path
    shown: str = ""
    here: Path = field(init=False)

    def __post_init__(self) -> None:
        self.here = self.folder
        self.tools.mkdir()
        for module in ("sqaudit", "pytest"):
            command = self.tools / module
            command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
            command.chmod(0o755)

    def follow(self, block: Block, *, run_all: bool) -> None:
        """Do what the block asks a reader to do."""
        kind, _, value = block.marker.partition(": ")
        if kind == "file":
            path = self.here / value
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8", newline="\n")
        elif kind == "install":
            lay_plugin(self.here / value, self.tools / "site")
        elif block.language == "sh" and (run_all or kind == "run"):
            self._run(block.text)

    def _run(self, script: str) -> None:
        place = self.tools / "here"
        environment = _clean_environment(self.tools / "site")
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{script}\npwd > {place}"],
            cwd=self.here,
            env=environment | {"PATH": f"{self.tools}{os.pathsep}{environment['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}"
        self.shown = done.stdout
        self.here = Path(place.read_text().strip())


@pytest.fixture
def walkthrough(tmp_path) -> Walkthrough:
    """Somebody who does what a page says."""
    (tmp_path / "work").mkdir()
    return Walkthrough(folder=tmp_path / "work", tools=tmp_path / "tools")
