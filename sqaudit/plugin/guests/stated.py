"""What objects of plugins state about themselves: read once, inside the guard, and kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqaudit.errors import msg
from sqaudit.plugin.guarding import Unusable, wanted
from sqaudit.plugin.guests.copies import copied


def stated_text(thing: object, attribute: str) -> str:
    """A text on one line.

    Raises:
        Unusable: It is none.
    """
    text = getattr(thing, attribute)
    if not isinstance(text, str) or not text.isprintable():
        raise wanted(f"'{attribute}'", "a text on one line", text)
    return str(text)


def stated_name(thing: object) -> str:
    """The name that documents call it by."""
    return stated_text(thing, "name")


def stated_schema(thing: object) -> Mapping[str, object]:
    """The JSON Schema of its parameters, as a copy; whether it is a good one is seen where it is used.

    Raises:
        Unusable: It is no mapping, or holds what JSON cannot hold.
    """
    schema: Any = thing.parameters_schema  # type: ignore[attr-defined]
    if not isinstance(schema, Mapping):
        raise wanted("'parameters_schema'", "a JSON Schema as a mapping", schema)
    try:
        made: dict[str, object] = json.loads(json.dumps(copied(dict(schema)), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise Unusable(msg("'parameters_schema' cannot be written as JSON: {error}", error=str(error))) from error
    _try_schema(made)
    return made


def _try_schema(schema: Mapping[str, object]) -> None:
    """Refuse a schema that would fail where a document is held against it, or that asks for another one elsewhere."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    elsewhere = [one for one in _references(schema) if not (isinstance(one, str) and one.startswith("#"))]
    if elsewhere:
        raise Unusable(msg("'parameters_schema' refers to '{other}', outside itself", other=str(elsewhere[0])))
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise Unusable(msg("'parameters_schema' is no JSON Schema: {error}", error=error.message)) from error
    samples: tuple[object, ...] = ({}, [], "", 0)
    for sample in samples:
        list(Draft202012Validator(schema).iter_errors(sample))


def _references(part: object) -> Iterator[object]:
    if isinstance(part, Mapping):
        yield from (part[key] for key in ("$ref", "$dynamicRef") if key in part)
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)
