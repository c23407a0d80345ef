"""Answers in YAML: one audit, or a list of audits, with their answers by item; ratings of units likewise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqaudit.documents.marks import Path, RawDocument
from sqaudit.documents.reading import read_yaml
from sqaudit.documents.validation import schema_of, validate_part
from sqaudit.errors import Place, Problem
from sqaudit.model.answer import SEPARATOR, TIME_CELLS, Cell, WrittenAnswer

_OF_AUDIT = ("programme", "period", "site", "subject")
_OF_UNIT = ("unit",)


def read_answer_file(content: bytes, name: str) -> tuple[tuple[WrittenAnswer, ...], tuple[Problem, ...]]:
    """The answers of a YAML file, and what is wrong with its shape; then there are no answers."""
    return _read(content, name, "answers", (*_OF_AUDIT, *TIME_CELLS))


def read_rating_file(content: bytes, name: str) -> tuple[tuple[WrittenAnswer, ...], tuple[Problem, ...]]:
    """The same of ratings, whose answers are about units."""
    return _read(content, name, "ratings", _OF_UNIT)


def _read(
    content: bytes, name: str, kind: str, about: Sequence[str]
) -> tuple[tuple[WrittenAnswer, ...], tuple[Problem, ...]]:
    raw, problems = read_yaml(content, name)
    if raw is None:
        return (), tuple(problems)
    is_list = isinstance(raw.data, list)
    audits: list[Any] = raw.data if isinstance(raw.data, list) else [raw.data]
    schema = schema_of(kind)
    paths: list[Path] = [(position,) if is_list else () for position in range(len(audits))]
    for path, audit in zip(paths, audits, strict=True):
        problems = [*problems, *validate_part(raw, schema, path, audit)]
    if problems:
        return (), tuple(problems)
    found = (answer for path, audit in zip(paths, audits, strict=True) for answer in _of_audit(raw, path, audit, about))
    return tuple(found), ()


def _of_audit(raw: RawDocument, path: Path, audit: Mapping[str, Any], about: Sequence[str]) -> Iterator[WrittenAnswer]:
    shared = {name: Cell(str(audit[name]), raw.place((*path, name))) for name in about if name in audit}
    for item, written in audit["answers"].items():
        place = (*path, "answers", item)
        given = written if isinstance(written, dict) else {"answer": written}
        told = {key: Cell(_text(value), _place(raw, place, key, written)) for key, value in given.items()}
        cells = {**shared, "item": Cell(item, raw.key_place(place)), **told}
        yield WrittenAnswer(place=raw.key_place(place), cells=cells)


def _place(raw: RawDocument, path: Path, key: str, written: object) -> Place:
    return raw.place((*path, key)) if isinstance(written, dict) else raw.place(path)


def _text(value: object) -> str:
    if isinstance(value, list):
        return SEPARATOR.join(map(_text, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
