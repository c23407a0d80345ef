"""Which files of a folder are documents, and what each of them is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from sqaudit.documents.collection import Document
from sqaudit.documents.marks import RawDocument
from sqaudit.documents.project import PROJECT_FILE
from sqaudit.documents.reading import read_document
from sqaudit.documents.suggesting import did_you_mean
from sqaudit.documents.validation import KINDS, validate_document
from sqaudit.errors import Problem, msg

_DOCUMENT_FOLDERS = ("standards", "audits")
_DOCUMENT_NAMES = frozenset({"standard", "programme"})
_SUFFIXES = frozenset({".yaml", ".yml"})
_ID_LINE = re.compile(rb"^id:[ \t]*[\"']?([A-Za-z][A-Za-z0-9-]*)", re.MULTILINE)


class Candidate(Struct, frozen=True, kw_only=True):
    """A file that may be a document. ``wanted``: that it is one is plain from its place, whatever it holds."""

    path: Path
    name: str
    wanted: bool


class Found(Struct, frozen=True, kw_only=True):
    """What one file holds: a document, or at least the id it seems to have."""

    document: Document | None = None
    unreadable_id: str | None = None
    problems: tuple[Problem, ...] = ()


def project_files(folder: Path) -> Iterator[Candidate]:
    """YAML files below a project's ``standards`` and ``audits``, in the order of their names."""
    for part in _DOCUMENT_FOLDERS:
        yield from _below(folder / part, part, all_wanted=False)


def pack_files(pack: str, folder: Path) -> Iterator[Candidate]:
    """YAML files of the standards that a plugin brings, called ``pack:NAME/…``."""
    yield from _below(folder, f"pack:{pack}", all_wanted=False)


def lone_files(path: Path) -> Iterator[Candidate]:
    """One file, or all YAML files of a folder that is no project."""
    if path.is_file():
        yield Candidate(path=path, name=path.name, wanted=True)
    else:
        yield from _below(path, "", all_wanted=True)


def _below(folder: Path, name: str, *, all_wanted: bool) -> Iterator[Candidate]:
    paths = [path for path in folder.rglob("*") if path.suffix in _SUFFIXES and not path.is_dir()]
    for path in sorted(paths, key=lambda path: path.relative_to(folder).as_posix()):
        relative = path.relative_to(folder)
        if any(part.startswith(".") for part in relative.parts):
            continue
        wanted = all_wanted or path.stem in _DOCUMENT_NAMES or relative.parent.name == "checklists"
        yield Candidate(path=path, name="/".join(filter(None, (name, relative.as_posix()))), wanted=wanted)


def read_project_file(path: Path) -> Found:
    """The project file."""
    raw, problems = read_document(path, PROJECT_FILE)
    if raw is None:
        return Found(unreadable_id=PROJECT_FILE, problems=tuple(problems))
    return _found(raw, "project", "project", problems)


def read_candidate(candidate: Candidate) -> Found:
    """The document in a file; nothing at all for a YAML file that is none and need not be one."""
    raw, problems = read_document(candidate.path, candidate.name)
    if raw is None:
        return _unreadable(candidate, problems)
    kind = raw.data.get("kind") if isinstance(raw.data, dict) else None
    if candidate.path.name == PROJECT_FILE and kind is None:
        return _found(raw, "project", "project", problems)
    if kind is None and not candidate.wanted:
        return Found()
    if kind not in KINDS[1:]:
        return Found(problems=(*problems, _unknown_kind(raw, kind)))
    return _found(raw, str(kind), "id", problems)


def read_packed(candidate: Candidate) -> Found:
    """The document in a file of a plugin, read once in a process as long as the file stays as it is.

    Projects are opened again and again by whatever runs longer than one command, and what plugins bring is most of it.
    """
    try:
        stat = candidate.path.stat()
    except OSError:
        return read_candidate(candidate)
    return _read_as_it_is(candidate, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=1024)
def _read_as_it_is(candidate: Candidate, _changed_at: int, _size: int) -> Found:
    return read_candidate(candidate)


def _found(raw: RawDocument, kind: str, id_key: str, problems: list[Problem]) -> Found:
    shape = [*problems, *validate_document(raw, kind)]
    document_id: Any = raw.data.get(id_key) if isinstance(raw.data, dict) else None
    if not isinstance(document_id, str):
        return Found(problems=tuple(shape))
    return Found(document=Document(kind=kind, id=document_id, raw=raw, valid=not shape), problems=tuple(shape))


def _unreadable(candidate: Candidate, problems: list[Problem]) -> Found:
    try:
        content = candidate.path.read_bytes()
    except OSError:
        return Found(problems=tuple(problems))
    if not candidate.wanted and b"kind:" not in content:
        return Found()
    match = _ID_LINE.search(content)
    return Found(unreadable_id=match[1].decode() if match else None, problems=tuple(problems))


def _unknown_kind(raw: RawDocument, kind: object) -> Problem:
    if kind is None:
        hint = msg("begin with 'kind: standard', 'kind: checklist' or 'kind: programme'")
        return Problem(raw.place(()), "SQA122", msg("the document does not say what kind it is"), hint)
    message = msg("there is no kind of document '{kind}'", kind=kind)
    return Problem(raw.place(("kind",)), "SQA122", message, did_you_mean(str(kind), KINDS[1:]))
