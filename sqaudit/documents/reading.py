"""YAML files to plain data with marks. A file can never run code, and never fails with more than a problem."""

from __future__ import annotations

import re
from pathlib import Path

from yaml import YAMLError
from yaml.error import MarkedYAMLError

from sqaudit.documents.composing import Composer, Refused
from sqaudit.documents.marks import RawDocument
from sqaudit.documents.syntax import explain_syntax
from sqaudit.errors import Place, Problem, msg

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def read_document(path: Path, name: str) -> tuple[RawDocument | None, list[Problem]]:
    """Read one YAML file.

    Args:
        path: The file.
        name: What problems call it: its path relative to the project.

    Returns:
        The document, or ``None`` if it cannot be read at all, and what is wrong with it.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = msg("the file cannot be read: {reason}", reason=reason)
        return None, [Problem(Place(name), "SQA117", message, msg("look at the file's name and permissions"))]
    return read_yaml(content, name)


def read_yaml(content: bytes, name: str) -> tuple[RawDocument | None, list[Problem]]:
    """Read the bytes of one YAML file; see ``read_document``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", errors="replace")
        return None, [_wrong_encoding(_place(name, before))]
    unprintable = _UNPRINTABLE.search(text)
    if unprintable is not None:
        return None, [_wrong_encoding(_place(name, text[: unprintable.start()]))]
    composer = Composer(text)
    try:
        data, marks = composer.compose()
    except Refused as refused:
        return None, [*_problems(name, composer), refused.problem(name)]
    except MarkedYAMLError as error:
        cut = composer.cut_expression
        problem = cut.problem(name) if cut is not None else explain_syntax(error, text, name)
        return None, [*_problems(name, composer), problem]
    except (YAMLError, ValueError) as error:
        message = msg("the YAML cannot be read: {reason}", reason=str(error).splitlines()[0] if str(error) else "?")
        return None, [Problem(Place(name), "SQA110", message)]
    return RawDocument(file=name, data=data, marks=marks), _problems(name, composer)


def _problems(name: str, composer: Composer) -> list[Problem]:
    return [refused.problem(name) for refused in composer.refused]


def _place(name: str, before: str) -> Place:
    line_start = before.rfind("\n") + 1
    return Place(name, before.count("\n") + 1, len(before) - line_start + 1)


def _wrong_encoding(place: Place) -> Problem:
    return Problem(
        place,
        "SQA116",
        msg("this is not readable UTF-8 text"),
        msg("save the file as UTF-8, without control characters"),
    )
