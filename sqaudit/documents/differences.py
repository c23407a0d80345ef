"""What changed between two states of a programme's documents, one change a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from msgspec import Struct

from sqaudit.documents.resolving import ResolvedProgramme, canonical_json
from sqaudit.model.ids import renamed_ids

# Members of a list are known by one of these keys.
_NAMES = ("id", "rating", "standard")
# Told elsewhere in the same document: what overrides change stands at the criteria, the order follows the dimensions.
_TOLD_ELSEWHERE = frozenset({("standard", "overrides"), ("standard", "dimension_order")})
# What an item without its own takes from its criterion; the title also from its question.
_INHERITED = ("title", "target")
# What says of an item that it takes its target from its criterion: nothing that anybody wrote.
_MARK = "takes_target"
# What in an item is the name of its criterion, or may be.
_NAMED_AFTER = ("id", "criterion")


class Change(Struct, frozen=True, kw_only=True):
    """One place of a document with what stood there before and stands there now; ``None`` where nothing does.

    ``document`` is ``standard``, ``programme``, ``checklist:ID`` or ``overlay:ID``; members of lists have their ids in
    ``path``, such as ``criteria.RS-2.target``. Texts are as they are, everything else is JSON. What was renamed stands
    under its new id, as a change of that ``id``.
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
        if (role, change.path.partition(".")[0]) not in _TOLD_ELSEWHERE and not change.path.endswith(_MARK)
    ]
    echoes = _echoes(after, changes) | _of_renames(changes)
    return tuple(change for change in changes if change not in echoes)


def _compare(document: str, path: tuple[str, ...], before: object, after: object) -> Iterator[Change]:
    if before == after:
        return
    old, new = _renamed(_members(before), _members(after)), _members(after)
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


def _renamed(old: Mapping[str, object] | None, new: Mapping[str, object] | None) -> Mapping[str, object] | None:
    """The old members, those that were renamed under their new names."""
    if not old or not new:
        return old
    was = {name: _old_ids(member) for name, member in new.items()}
    now = renamed_ids(old, was) if any(was.values()) else {}
    return {now.get(name, name): member for name, member in old.items()}


def _old_ids(member: object) -> Sequence[str]:
    return cast("Sequence[str]", member.get("was", ())) if isinstance(member, Mapping) and "id" in member else ()


def _of_renames(changes: Sequence[Change]) -> set[Change]:
    """Changes of the lists of old ids of what was renamed: the rename itself is told."""
    renamed = {(one.document, one.path.removesuffix(".id")) for one in changes if one.path.endswith(".id")}
    return {one for one in changes if one.path.endswith(".was") and (one.document, one.path[:-4]) in renamed}


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
        criterion = str(criteria.get((change.document, item)))
        sources = [("standard", ["criteria", criterion], "id" if key in _NAMED_AFTER else key)]
        if key == "title":
            sources += [(change.document, ["items", item], name) for name in ("ask", "id")]
            sources.append(("standard", ["criteria", criterion], "id"))
        for document, above, name in sources if place == "items" and key in {*_INHERITED, *_NAMED_AFTER} else ():
            path = ".".join(part for part in (*above, name, *rest) if part)
            if (document, path, change.before, change.after) in told:
                echoes.add(change)
    return echoes
