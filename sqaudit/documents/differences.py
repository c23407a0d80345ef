"""What changed between two states of a programme's documents, one change a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sqaudit.documents.resolving import ResolvedProgramme, canonical_json

# Members of a list are known by one of these keys.
_NAMES = ("id", "rating")
# Told elsewhere in the same document: what overrides change stands at the criteria, the order follows the dimensions.
_TOLD_ELSEWHERE = frozenset({("standard", "overrides"), ("standard", "dimension_order")})
# What an item without its own takes from its criterion; the title also from its question.
_INHERITED = ("title", "target")


class Change(Struct, frozen=True, kw_only=True):
    """One place of a document with what stood there before and stands there now; ``None`` where nothing does.

    ``document`` is ``standard``, ``programme`` or ``checklist:ID``; members of lists have their ids in ``path``, such
    as ``criteria.RS-2.target``. Texts are as they are, everything else is JSON.
    """

    document: str
    path: str
    before: str | None
    after: str | None


def differences(before: ResolvedProgramme, after: ResolvedProgramme) -> tuple[Change, ...]:
    """Every change, by document and place. What an item takes from elsewhere is told there alone."""
    old, new = before.documents(), after.documents()
    changes = [
        change
        for role in dict.fromkeys([*old, *new])
        for change in _compare(role, (), old.get(role), new.get(role))
        if (role, change.path.partition(".")[0]) not in _TOLD_ELSEWHERE
    ]
    echoes = _echoes(after, changes)
    return tuple(change for change in changes if change not in echoes)


def _compare(document: str, path: tuple[str, ...], before: object, after: object) -> Iterator[Change]:
    if before == after:
        return
    old, new = _members(before), _members(after)
    if path and (before is None or after is None or old is None or new is None):
        yield Change(document=document, path=".".join(path), before=_shown(before), after=_shown(after))
        return
    old, new = old or {}, new or {}
    for name in dict.fromkeys([*old, *new]):
        yield from _compare(document, (*path, name), old.get(name), new.get(name))
    shared = [[name for name in one if name in other] for one, other in ((old, new), (new, old))]
    if isinstance(before, list) and shared[0] != shared[1]:
        yield Change(document=document, path=".".join(path), before=" ".join(shared[0]), after=" ".join(shared[1]))


def _members(value: object) -> Mapping[str, object] | None:
    """The members of a mapping, or of a list whose members have names; ``None`` of everything else."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list) and value:
        named = {_name(member): member for member in value}
        return named if len(named) == len(value) and None not in named else None  # type: ignore[return-value]
    return None


def _name(member: Any) -> str | None:  # noqa: ANN401  anything that JSON can hold
    if not isinstance(member, Mapping):
        return None
    return next((str(member[key]) for key in _NAMES if key in member), None)


def _shown(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else canonical_json(value)


def _echoes(after: ResolvedProgramme, changes: Sequence[Change]) -> set[Change]:
    """Changes of items that only repeat those of their criteria, and titles that repeat those of the question."""
    criteria = {
        (f"checklist:{checklist['id']}", item["id"]): item.get("criterion")
        for checklist in after.checklists
        for item in checklist["items"]
    }
    told = {(change.document, change.path, change.before, change.after) for change in changes}
    echoes = set()
    for change in changes:
        place, item, key, *rest = [*change.path.split("."), "", ""]
        sources = [("standard", ["criteria", str(criteria.get((change.document, item)))], key)]
        if key == "title":
            sources.append((change.document, ["items", item], "ask"))
        for document, above, name in sources if place == "items" and key in _INHERITED else ():
            path = ".".join(part for part in (*above, name, *rest) if part)
            if (document, path, change.before, change.after) in told:
                echoes.add(change)
    return echoes
