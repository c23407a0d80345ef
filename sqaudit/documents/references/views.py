"""The views of a standard against the tags that its criteria and dimensions bear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqaudit.documents.collection import Document
from sqaudit.documents.references.lookups import unknown
from sqaudit.documents.references.twice import repeated
from sqaudit.errors import Gravity, Problem, msg


def check_views(document: Document, resolved: Mapping[str, Any]) -> Iterator[Problem]:
    """Views by a tag that nothing bears, titles of values that nothing has, criteria that are in no group."""
    written = document.content.get("scoring", {}).get("views", ())
    path = ("scoring", "views")
    tags = [view if isinstance(view, str) else view["tag"] for view in written]
    places = [
        document.raw.place((*path, place) if isinstance(view, str) else (*path, place, "tag"))
        for place, view in enumerate(written)
    ]
    yield from repeated(zip(tags, places, strict=True))
    borne = {criterion["id"]: _tags(resolved, criterion) for criterion in resolved["criteria"]}
    known = sorted({tag for own in borne.values() for tag in own})
    for number, (view, tag, here) in enumerate(zip(written, tags, places, strict=True)):
        if tag not in known:
            yield unknown(here, "SQA234", msg("no criterion has a tag '{name}'", name=tag), tag, known)
            continue
        groups = {own[tag] for own in borne.values() if tag in own}
        for value in view.get("values", ()) if isinstance(view, dict) else ():
            if value not in groups:
                at = document.raw.key_place((*path, number, "values", value))
                message = msg("no criterion has '{value}' as its tag '{tag}'", value=value, tag=tag)
                yield unknown(at, "SQA234", message, value, groups)
        outside = [name for name, own in borne.items() if tag not in own]
        if outside:
            yield Problem(
                here,
                "SQA235",
                msg("criteria in no group of the view '{tag}': {names}", tag=tag, names=", ".join(outside)),
                msg("give them or their dimensions the tag '{tag}'", tag=tag),
                Gravity.WARNING,
            )


def _tags(resolved: Mapping[str, Any], criterion: Mapping[str, Any]) -> Mapping[str, str]:
    dimension = resolved["dimensions"].get(criterion["dimension"], {})
    return {**dimension.get("tags", {}), **criterion.get("tags", {})}
