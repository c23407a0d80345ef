"""Sources whose records lie where another engine is, against the engines there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqaudit.documents.collection import Document
from sqaudit.documents.references.lookups import absent, unknown
from sqaudit.documents.resolving import read_choice
from sqaudit.documents.validation import validate_part
from sqaudit.errors import Problem, msg
from sqaudit.model.ports import RecordEngine

# What is done while records are fetched to this machine.
_NOT_WITH_ENGINE = ("query", "reach", "collector", "params", "read", "key")


def check_engine(
    holder: Document, dataset: str, source: Mapping[str, Any], engines: Mapping[str, RecordEngine]
) -> Iterator[Problem]:
    """What is wrong with a source that names an engine."""
    path = ("sources", dataset)
    raw = holder.raw
    name, parameters = read_choice(source["engine"])
    where = (*path, "engine") if isinstance(source["engine"], str) else (*path, "engine", name)
    for key in _NOT_WITH_ENGINE:
        if key in source:
            message = msg("'{key}' is not built for the engine '{engine}'", key=key, engine=name)
            yield Problem(raw.key_place((*path, key)), "SQA109", message, msg("leave it out for now"))
    if "table" in source and "path" in source:
        message = msg("'{key}' and '{other}' cannot both be there", key="path", other="table")
        yield Problem(raw.key_place((*path, "table")), "SQA128", message, msg("keep one of them"))
    if "table" not in source and "path" not in source and "query" not in source:
        message = msg("'{one}' or '{other}' is missing in {owner}", one="table", other="path", owner=dataset)
        yield Problem(raw.key_place(path), "SQA102", message, msg("add '{key}:'", key="table"))
    if name in engines:
        yield from absent(raw.place((*path, "engine")), engines[name])
        yield from validate_part(raw, engines[name].parameters_schema, where, parameters)
        return
    message = msg("no engine is called '{name}'", name=name)
    place = raw.place(where) if isinstance(source["engine"], str) else raw.key_place(where)
    yield unknown(place, "SQA228", message, name, engines)
