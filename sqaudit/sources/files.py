"""The files of a source: found, fingerprinted, and unchanged while they were read."""

from __future__ import annotations

import difflib
import glob
import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from sqaudit.errors import Message, UnusableSource, msg
from sqaudit.model.evidence import SourceFile
from sqaudit.model.programme import Source

_COARSE_NS = 2_000_000_000


def find_files(source: Source, project: Path) -> tuple[Path, ...]:
    """The files a source names, globs expanded, sorted by name, each once.

    Paths are relative to the source's folder, which is relative to the project. Raises ``UnusableSource`` if a file
    is missing (SQA501), a pattern matches nothing (SQA502), or a folder is named instead of a file (SQA503).
    """
    folder = project / source.folder
    found: dict[Path, Path] = {}
    for pattern in source.paths:
        for path in _matches(folder, pattern, project):
            found.setdefault(path.resolve(), path)
    return tuple(sorted(found.values(), key=lambda path: name_in_project(path, project)))


def _matches(folder: Path, pattern: str, project: Path) -> Sequence[Path]:
    path = folder / pattern
    if path.is_file():
        return [path]
    if path.is_dir():
        raise UnusableSource(
            "SQA503",
            msg("'{path}' is a folder, not a file", path=pattern),
            msg("name its files, such as '{example}'", example=f"{pattern.rstrip('/')}/*.csv"),
        )
    if glob.has_magic(pattern):
        names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207  Path.glob shows hidden files
        paths = [folder / name for name in sorted(names) if (folder / name).is_file()]
        if paths:
            return paths
        raise UnusableSource(
            "SQA502",
            msg("no file matches '{pattern}' in folder '{folder}'", pattern=pattern, folder=_shown(folder, project)),
            _near(path),
        )
    raise UnusableSource(
        "SQA501",
        msg("there is no file '{path}' in folder '{folder}'", path=pattern, folder=_shown(folder, project)),
        _near(path),
    )


def _near(path: Path) -> Message:
    """What lies near a path that is not there."""
    if not path.parent.is_dir():
        return msg("the folder '{folder}' does not exist", folder=path.parent.name)
    names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    if near:
        return msg("did you mean {names}?", names=quoted(near))
    if not names:
        return msg("the folder '{folder}' has no files", folder=path.parent.name)
    return msg("the folder has {names}", names=quoted(names[:5]) + (" …" if len(names) > 5 else ""))  # noqa: PLR2004


def quoted(names: Iterable[str]) -> str:
    """Names for a message: ``'a', 'b'``."""
    return ", ".join(f"'{name}'" for name in names)


def _shown(folder: Path, project: Path) -> str:
    return name_in_project(folder, project)


def name_in_project(path: Path, project: Path) -> str:
    """A path as it is written in records and messages: relative to the project, with ``/``."""
    try:
        return Path(os.path.relpath(path, project)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def fingerprint_files(paths: Sequence[Path], project: Path) -> tuple[str, tuple[SourceFile, ...]]:
    """The fingerprint of a source and of each of its files, in the given order.

    A file's is the sha256 of its bytes as given; the source's is the sha256 over the sorted lines
    ``digest  name``, so that the order of files does not matter.
    """
    files = tuple(_fingerprint(path, project) for path in paths)
    lines = sorted(f"{file.sha256}  {file.name}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest(), files


def _fingerprint(path: Path, project: Path) -> SourceFile:
    name = name_in_project(path, project)
    try:
        seen = path.stat()
        digest = _digest if _has_rested(seen) else _digest.__wrapped__
        size, sha256 = digest(path, seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)
    except OSError as error:
        raise cannot_read(name, error) from error
    return SourceFile(name=name, size=size, sha256=sha256)


@lru_cache(maxsize=4096)
def _digest(path: Path, *state: int) -> tuple[int, str]:  # noqa: ARG001  the state tells one content from another
    """Size and sha256 of a file, read once as long as the file system says that nothing was written.

    The inode's change time cannot be set by any program, so that a file of the same state has the same content.
    """
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        return stream.tell(), sha256


def _has_rested(seen: os.stat_result) -> bool:
    """Whether a change after this moment would show: the clocks of file systems are coarse."""
    return time.time_ns() - max(seen.st_ctime_ns, seen.st_mtime_ns) > _COARSE_NS


def changed_since(files: Sequence[SourceFile], project: Path) -> None:
    """Raise ``UnusableSource`` (SQA511) if a file is no longer what it was when it was fingerprinted."""
    for file in files:
        if _fingerprint(project / file.name, project) != file:
            raise UnusableSource(
                "SQA511",
                msg("'{file}' was changed while it was read", file=file.name),
                msg("run again when the file is complete, or read a copy of it"),
            )


def cannot_read(name: str, reason: object) -> UnusableSource:
    """The error for a file that cannot be opened or is damaged."""
    said = reason.strerror if isinstance(reason, OSError) and reason.strerror else reason
    return UnusableSource(
        "SQA503",
        msg("'{file}' cannot be read: {reason}", file=name, reason=said),
        msg("look whether the file opens in the program that wrote it, and export it again"),
    )
