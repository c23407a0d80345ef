"""Files that stand beside answers, kept once by the sha256 of their content."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from sqaudit.errors import CannotAccess, cannot_write, msg

FOLDER = "evidence"


def hash_file(path: Path) -> str:
    """The sha256 of a file's content; raises ``OSError`` if it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def kept_path(project: Path, sha256: str, name: str) -> Path:
    """Where a file of this content is kept; its suffix stays, so that programs open it."""
    return project / FOLDER / sha256[:2] / f"{sha256}{Path(name).suffix.lower()}"


def keep_file(project: Path, path: Path, sha256: str) -> None:
    """Copy a file to its place, unless it is there.

    Raises:
        CannotAccess: It cannot be copied, or has changed since its hash was made.
    """

    def copy(target: Path) -> None:
        shutil.copyfile(path, target)
        if hash_file(target) != sha256:
            raise CannotAccess(
                "SQA812", msg("'{path}' has changed while it was read", path=path), msg("import the files again")
            )

    _keep(kept_path(project, sha256, path.name), copy)


def keep_content(project: Path, content: bytes, name: str, sha256: str) -> None:
    """Keep what a file holds in its place, unless it is there; raises ``CannotAccess`` if it cannot be written."""
    _keep(kept_path(project, sha256, name), lambda target: target.write_bytes(content))


def _keep(target: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place, and put it there when it is whole: the store will say that it is there."""
    if target.exists():
        return
    beside = target.with_suffix(f".{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write(beside)
        with beside.open("rb") as copy:
            os.fsync(copy.fileno())
        beside.replace(target)
    except OSError as error:
        raise cannot_write(target, error.strerror or error) from error
    finally:
        beside.unlink(missing_ok=True)
