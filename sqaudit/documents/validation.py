"""JSON Schema is the one truth about the shape of documents; its complaints become problems with a place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sqaudit.documents.complaints import complain
from sqaudit.documents.formats import FORMS
from sqaudit.documents.marks import RawDocument
from sqaudit.errors import Problem

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

KINDS = ("project", "standard", "checklist", "programme")


def schema_of(kind: str) -> dict[str, Any]:
    """The published JSON Schema of a kind of document: project, standard, checklist or programme."""
    text = files("sqaudit.documents").joinpath(f"schemas/{kind}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def validate_document(document: RawDocument, kind: str) -> list[Problem]:
    """Everything that is wrong with the shape of a document of this kind."""
    return _problems(document, _validator_of(kind), document.data, ())


def validate_part(
    document: RawDocument, schema: Mapping[str, object], path: tuple[str | int, ...], part: object
) -> list[Problem]:
    """Everything wrong with the shape of one part of a document, such as the parameters of a scorer."""
    return _problems(document, _validator(json.dumps(dict(schema))), part, path)


@cache
def _validator_of(kind: str) -> Draft202012Validator:
    return _validator(json.dumps(schema_of(kind)))


@cache
def _validator(schema_text: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator, FormatChecker

    checker = FormatChecker(formats=())
    for name, form in FORMS.items():
        checker.checks(name)(lambda value, fits=form.fits: not isinstance(value, str) or fits(value))
    return Draft202012Validator(json.loads(schema_text), format_checker=checker)


def _problems(
    document: RawDocument, validator: Draft202012Validator, part: object, path: tuple[str | int, ...]
) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[tuple[object, ...]] = set()
    leaves = [found for error in validator.iter_errors(part) for found in _leaves(error, path)]
    owners = {place: leaf.schema for leaf, place in leaves if leaf.validator == "additionalProperties"}
    for leaf, place in leaves:
        # One complaint of a kind at one place: "required" is told once for all the keys that are missing.
        told = (leaf.validator, *place, _what_else(leaf))
        if told not in seen:
            seen.add(told)
            owner = owners.get(place)
            problems += complain(document, leaf, place, owner if isinstance(owner, dict) else {})
    return problems


def _what_else(error: ValidationError) -> object:
    """What tells complaints of a kind at one place apart."""
    if "propertyNames" in error.schema_path:
        return error.instance
    return json.dumps(error.validator_value) if error.validator == "anyOf" else None


def _leaves(
    error: ValidationError, path: tuple[str | int, ...]
) -> Iterator[tuple[ValidationError, tuple[str | int, ...]]]:
    """The complaints that a person can act on: of alternatives only the one that was meant, where it shows."""
    place = (*path, *error.path)
    if error.validator == "anyOf":
        branches: dict[object, list[ValidationError]] = {}
        for inner in error.context or ():
            branches.setdefault(inner.schema_path[0], []).append(inner)
        meant = [inners for inners in branches.values() if not any(map(_is_other_type, inners))]
        if len(meant) == 1:
            for inner in meant[0]:
                yield from _leaves(inner, place)
            return
    yield error, place


def _is_other_type(error: ValidationError) -> bool:
    if error.path:
        return False
    return error.validator == "type" or (
        error.validator in {"const", "enum"} and isinstance(error.instance, dict | list)
    )
