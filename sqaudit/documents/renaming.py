"""Documents under the ids that their criteria and items have now: the same content, told in today's names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sqaudit.documents.resolving import ResolvedProgramme
from sqaudit.expressions.names import id_finder
from sqaudit.model.ids import fold_id, renamed_ids

# A quoted text or name, a function, or a name; only the last is renamed.
_WORD = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_]\w*(?=\s*\()|(?P<name>[A-Za-z_]\w*)""")


class Renames(Struct, frozen=True, kw_only=True):
    """Old ids with those that took them over, of ``items`` and of ``criteria``."""

    items: Mapping[str, str] = field(default_factory=dict)
    criteria: Mapping[str, str] = field(default_factory=dict)


def renames_between(before: ResolvedProgramme, after: ResolvedProgramme) -> Renames:
    """What of ``before`` has another id in ``after``, as that says under ``was``."""
    return Renames(
        items=_renamed(_items_of(before), _items_of(after)),
        criteria=_renamed(_criteria_of(before), _criteria_of(after)),
    )


def under_new_ids(resolved: ResolvedProgramme, renames: Renames) -> ResolvedProgramme:
    """The same documents with the new ids, also where expressions name items."""
    if not renames.items and not renames.criteria:
        return resolved
    items = [item["id"] for item in _items_of(resolved)]
    standard = resolved.standard
    return replace(
        resolved,
        standard={
            **standard,
            "criteria": [{**one, "id": renames.criteria.get(one["id"], one["id"])} for one in standard["criteria"]],
            "ratings": [_with_names(rating, "when", items, renames) for rating in standard["ratings"]],
        },
        checklists=tuple(_checklist(checklist, items, renames) for checklist in resolved.checklists),
        programme=_with_names(resolved.programme, "summary", items, renames),
        overlays=tuple(_overlay(overlay, renames.criteria) for overlay in resolved.overlays),
    )


def _items_of(resolved: ResolvedProgramme) -> list[Mapping[str, Any]]:
    return [item for checklist in resolved.checklists for item in checklist["items"]]


def _criteria_of(resolved: ResolvedProgramme) -> list[Mapping[str, Any]]:
    layers = [layer for overlay in resolved.overlays for layer in overlay["layers"]]
    return [*resolved.standard["criteria"], *(one for layer in layers for one in layer["criteria"])]


def _overlay(overlay: Mapping[str, Any], criteria: Mapping[str, str]) -> Mapping[str, Any]:
    layers = [
        {
            **layer,
            "overrides": {criteria.get(name, name): changes for name, changes in layer["overrides"].items()},
            "criteria": [{**one, "id": criteria.get(one["id"], one["id"])} for one in layer["criteria"]],
        }
        for layer in overlay["layers"]
    ]
    return {**overlay, "layers": layers}


def _renamed(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return renamed_ids({one["id"] for one in before}, {one["id"]: one.get("was", ()) for one in after})


def _checklist(checklist: Mapping[str, Any], items: Collection[str], renames: Renames) -> Mapping[str, Any]:
    # Only a question's condition reads other items, and those are questions of its checklist.
    asked = [item["id"] for item in checklist["items"] if "answer" in item]
    return {
        **_with_names(checklist, "summary", items, renames),
        "items": [_item(item, items, asked if "answer" in item else (), renames) for item in checklist["items"]],
    }


def _item(
    item: Mapping[str, Any], items: Collection[str], asked: Collection[str], renames: Renames
) -> Mapping[str, Any]:
    renamed = {**item, "id": renames.items.get(item["id"], item["id"])}
    if "criterion" in item:
        renamed["criterion"] = renames.criteria.get(item["criterion"], item["criterion"])
    return _with_names(_with_names(renamed, "when", asked, renames), "derive", items, renames)


def _with_names(content: Mapping[str, Any], key: str, known: Collection[str], renames: Renames) -> Mapping[str, Any]:
    """The same with the new names in the expression under ``key``, if it has one; it may read the ``known`` ids."""
    if key not in content:
        return content
    find = id_finder(known)

    def new_name(word: re.Match[str]) -> str:
        item = find(word["name"]) if word["name"] else None
        new = renames.items.get(item) if item is not None else None
        return word[0] if new is None else fold_id(new)

    return {**content, key: _WORD.sub(new_name, content[key])}
