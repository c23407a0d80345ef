"""A project on disk, and commands run in it, in this process."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from sqaudit.cli.main import make_cli


@dataclass(frozen=True)
class Outcome:
    """What one command line came to: its exit code, what it printed, and what it said to the person."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """All that was written."""
        return self.out + self.err

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever a command prints
        """The output of ``--format json``."""
        return json.loads(self.out)


@dataclass(frozen=True)
class ProjectOnDisk:
    """A project and the commands run in it; ``now`` is the moment at which all of them begin, in UTC unless it says."""

    folder: Path
    now: str | datetime | None = None

    def run(self, *arguments: str, now: str | datetime | None = None) -> Outcome:
        """Run ``sqaudit`` with these arguments, at a moment of its own if there is one."""
        moment = now if now is not None else self.now
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        if moment is not None and moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        given = ["--project", str(self.folder), *arguments]
        result = CliRunner().invoke(make_cli(), given, now=moment)
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a piece of a file that must be there."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8", newline="\n")

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file, and the folders above it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def remove(self, name: str) -> None:
        """Remove a file or a folder."""
        path = self.folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def files(self) -> dict[str, bytes]:
        """Every file with what it holds, by its path in the project."""
        return {str(p.relative_to(self.folder)): p.read_bytes() for p in sorted(self.folder.rglob("*")) if p.is_file()}
