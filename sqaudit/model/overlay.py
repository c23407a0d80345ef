"""What a standard changes of the one a programme names, for some of its sites; and what several of them make together.

An overlay is made of layers: the standards between it and the programme's, the nearest to that first. Layers are known
by ``id@version``; of two layers in one line of descent the one further from the programme's standard is the closer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from sqaudit.model.standard import Criterion, Standard
from sqaudit.model.texts import Text

# The key of a criterion as a whole: whether it is there.
WHOLE = ""


class Layer(Struct, frozen=True, kw_only=True):
    """What one standard changes: values by key of a criterion, ``None`` where it is removed, and what is ``added``."""

    standard: str
    changes: Mapping[str, Mapping[str, Any] | None]
    added: Mapping[str, Criterion]

    def values(self) -> Iterator[tuple[str, str, Any]]:
        """Criterion, key and value of everything that it says; of a whole criterion ``None``, or the criterion."""
        for criterion, changes in self.changes.items():
            if changes is None:
                yield criterion, WHOLE, None
            for key, value in (changes or {}).items():
                yield criterion, key, value
        for criterion, added in self.added.items():
            yield criterion, WHOLE, added
            yield from ((criterion, key, value) for key, value in asdict(added).items())


class Overlay(Struct, frozen=True, kw_only=True):
    """A standard whose changes hold at the sites for which ``when`` holds. ``layers``: the closest is the last."""

    id: str
    version: str
    title: Text
    when: str
    layers: tuple[Layer, ...]

    @property
    def reference(self) -> str:
        """Its standard as ``id@version``."""
        return f"{self.id}@{self.version}"


class Contradiction(Struct, frozen=True, kw_only=True):
    """Two layers that say different things of one key of a criterion (``WHOLE``: whether it is there)."""

    criterion: str
    key: str
    first: str
    second: str


class Joined(Struct, frozen=True, kw_only=True):
    """What overlays say together: of each criterion the values by key, each with the layers that say so."""

    values: Mapping[str, Mapping[str, Any]]
    said_by: Mapping[tuple[str, str], tuple[str, ...]]
    contradictions: tuple[Contradiction, ...] = ()


def join(overlays: Sequence[Overlay]) -> Joined:
    """What overlays that hold at one site say together, in whatever order they are given.

    Changes of different keys join. Of one key the closer layer wins; layers of which none is the closer must agree.
    """
    lines = [[layer.standard for layer in overlay.layers] for overlay in overlays]
    layers = {layer.standard: layer for overlay in overlays for layer in overlay.layers}
    above = {name: frozenset(line[: line.index(name)]) for line in lines for name in line}
    said: defaultdict[str, defaultdict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for name in sorted(layers):
        for criterion, key, value in layers[name].values():
            said[criterion][key][name] = value
    values: dict[str, dict[str, Any]] = {}
    said_by: dict[tuple[str, str], tuple[str, ...]] = {}
    contradictions: list[Contradiction] = []
    for criterion, keys in said.items():
        whole = keys.get(WHOLE, {})
        for key, by_layer in keys.items():
            # Who adds or removes the criterion knew what those above it say, and replaces that.
            outdone = frozenset().union(*(above[name] for name in (*by_layer, *whole)))
            closest = {name: value for name, value in by_layer.items() if name not in outdone}
            contradictions += _differing(criterion, key, closest)
            if closest:
                values.setdefault(criterion, {})[key] = next(iter(closest.values()))
                said_by[criterion, key] = tuple(closest)
        if all(one.criterion != criterion for one in contradictions):
            contradictions += _removed_and_changed(criterion, values.get(criterion, {}), said_by)
    return Joined(values=values, said_by=said_by, contradictions=tuple(contradictions))


def _differing(criterion: str, key: str, closest: Mapping[str, Any]) -> Iterator[Contradiction]:
    first, *others = closest or [""]
    for other in others:
        if closest[other] != closest[first]:
            yield Contradiction(criterion=criterion, key=key, first=first, second=other)
            return


def _removed_and_changed(
    criterion: str, values: Mapping[str, Any], said_by: Mapping[tuple[str, str], Sequence[str]]
) -> Iterator[Contradiction]:
    if WHOLE not in values or values[WHOLE] is not None:
        return
    changed = next((key for key in values if key != WHOLE), None)
    if changed is not None:
        first, second = said_by[criterion, WHOLE][0], said_by[criterion, changed][0]
        yield Contradiction(criterion=criterion, key=WHOLE, first=first, second=second)


def apply_overlays(standard: Standard, overlays: Sequence[Overlay]) -> Standard:
    """The standard of a site where these overlays hold, which must not contradict each other.

    Changes of criteria that the standard does not have are left out. Added ones stand at the end, by their ids.
    """
    if not overlays:
        return standard
    joined = join(overlays)
    criteria = dict(standard.criteria)
    for criterion, values in sorted(joined.values.items()):
        whole = values.get(WHOLE, criteria.get(criterion))
        changes = {key: value for key, value in values.items() if key != WHOLE}
        if whole is None:
            criteria.pop(criterion, None)
        else:
            criteria[criterion] = replace(whole, **changes)
    return replace(standard, criteria=criteria)
