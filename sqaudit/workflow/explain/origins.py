"""Where what a criterion asks comes from: each of its keys, the documents that speak of it, and the one that counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from sqaudit.documents.building import build_overlay, build_programme
from sqaudit.documents.collection import Document
from sqaudit.documents.overlays import OverlayDocument, name_of, overlay_documents, place_of
from sqaudit.documents.project import build_text
from sqaudit.documents.resolving import resolve_overlay, resolve_standard
from sqaudit.errors import Message, Place, SqauditError, msg
from sqaudit.model.overlay import WHOLE, Joined, join
from sqaudit.model.programme import Programme, Site
from sqaudit.workflow.context import Context
from sqaudit.workflow.overlays import holding
from sqaudit.workflow.rows import Row
from sqaudit.workflow.sites import known_sites

_PACK = "pack:"
_REMOVED = "removed"
_KEYS = ("dimension", "title", "weight", "severity", "target", "combine", "origin", "remedies", "tags", "was")


class Said(Struct, frozen=True):
    """What one standard says of one key of a criterion (``WHOLE``: that it is removed), and where."""

    key: str
    value: Any
    standard: Document
    place: Place


class Origin(Struct, frozen=True, kw_only=True):
    """A standard, and the overlays that change it in one place; ``unknown`` are those of which that is not known."""

    programme: Document | None
    standard: Document
    overlays: tuple[OverlayDocument, ...] = ()
    unknown: tuple[OverlayDocument, ...] = ()

    @property
    def chain(self) -> str:
        """The standards from the first to the closest."""
        layers = [layer for overlay in self.overlays for layer in overlay.layers]
        return " → ".join(dict.fromkeys(map(name_of, layers)))


def origins_at(context: Context, criterion: str, site: str) -> list[tuple[Origin, Programme, Site]]:
    """Every programme that has the site and knows the criterion, with the overlays that hold there."""
    found = []
    for document in context.library.collection.programmes:
        try:
            programme = build_programme(context.library.resolved(document.id))
            sites = known_sites(programme, context.folder) or _collected(context, programme.id)
        except SqauditError:
            continue  # its documents have errors, which `check` tells
        place = next((one for one in sites if one.id == site), None)
        standard = context.library.collection.standard(document.content["standard"])
        if place is None or standard is None or criterion not in programme.criteria:
            continue
        overlays = overlay_documents(context.library.collection, document, standard)
        held = list(zip(overlays, holding(programme, place, sites), strict=True))
        origin = Origin(
            programme=document,
            standard=standard,
            overlays=tuple(one for one, holds in held if holds),
            unknown=tuple(one for one, holds in held if holds is None),
        )
        found.append((origin, programme, place))
    return found


def _collected(context: Context, programme: str) -> Sequence[Site]:
    """The sites of the newest cycle, where a dataset tells them."""
    with context.store(create=False) as store:
        cycles = [cycle for cycle in store.list_cycles(programme=programme) if cycle.revisions]
        newest = max(cycles, key=lambda cycle: (cycle.is_regular, cycle.start, cycle.end), default=None)
        return () if newest is None else store.read_sites(programme, newest.period, newest.revisions[-1].number)


def origin_rows(context: Context, origin: Origin, criterion: str) -> tuple[Row, ...]:
    """One row for each standard that says something of a key of the criterion; the one that counts comes first."""
    library = context.library.collection
    base = list(reversed(library.lineage(origin.standard)))
    layers = {name_of(layer): layer for overlay in origin.overlays for layer in overlay.layers}
    said = [one for standard in (*base, *layers.values()) for one in _said_by(standard, criterion)]
    decided = _decided(said, base, layers, _joined(context, origin), criterion)
    keys = [key for key in (WHOLE, *_KEYS) if any(one.key == key for one in said)]
    return tuple(
        {
            "programme": origin.programme.id if origin.programme is not None else None,
            "key": key or "criterion",
            "written": _shown(one.value),
            "standard": name_of(one.standard),
            **_opened(context, one.place),
            "wins": one is decided.get(key),
        }
        for key in keys
        for one in sorted(
            (one for one in reversed(said) if one.key == key), key=lambda one: one is not decided.get(one.key)
        )
    )


def told_origin(origin: Origin, site: str | None) -> Iterator[Message]:
    """Which standards a criterion goes through, and the overlays that hold."""
    if site is None or origin.programme is None:
        return
    values = {"site": site, "programme": origin.programme.id, "standard": name_of(origin.standard)}
    if origin.overlays:
        yield msg(
            "at '{site}' of programme '{programme}', overlays change {standard}: {chain}", **values, chain=origin.chain
        )
    else:
        yield msg("at '{site}' of programme '{programme}' no overlay changes {standard}", **values)
    for one in origin.unknown:
        yield msg("whether the overlay '{id}' holds there is not known: {when}", id=name_of(one.closest), when=one.when)


def _joined(context: Context, origin: Origin) -> Joined:
    base = resolve_standard(context.library.collection, origin.standard)
    return join([build_overlay(resolve_overlay(one, base), one.when) for one in origin.overlays])


def _said_by(standard: Document, criterion: str) -> Iterator[Said]:
    changes = standard.content.get("overrides", {}).get(criterion, {})
    if changes == _REMOVED:
        yield Said(WHOLE, _REMOVED, standard, place_of(standard, criterion, WHOLE))
        return
    added: Mapping[str, Any] = next((one for one in standard.content.get("criteria", ()) if one["id"] == criterion), {})
    for key, value in (added or changes).items():
        if key != "id":
            yield Said(key, value, standard, place_of(standard, criterion, key))


def _decided(
    said: Sequence[Said], base: Sequence[Document], layers: Mapping[str, Document], joined: Joined, criterion: str
) -> dict[str, Said]:
    """By key what counts: of the standards that extend each other the closest, of overlays what they say together."""
    decided: dict[str, Said] = {}
    for standard in base:
        own = [one for one in said if one.standard is standard]
        if any(one["id"] == criterion for one in standard.content.get("criteria", ())):
            decided.clear()  # it is a new one, whatever was called so before
        decided |= {one.key: one for one in own}
    values = joined.values.get(criterion, {})
    if WHOLE in values:
        decided.clear()
    closest = {key: layers[joined.said_by[criterion, key][0]] for key in values}
    return decided | {one.key: one for one in said if closest.get(one.key) is one.standard}


def _opened(context: Context, place: Place) -> Row:
    """A place as a file that can be opened: those of packs lie where they were installed."""
    file = place.file
    if file.startswith(_PACK):
        name, _, rest = file.removeprefix(_PACK).partition("/")
        pack = context.host.packs().get(name)
        if pack is not None and pack.standards is not None:
            file = str(Path(pack.standards) / rest)
    return {"place": f"{file}:{place.line}", "file": file, "line": place.line}


def _shown(value: Any) -> object:  # noqa: ANN401 - whatever a key holds
    if isinstance(value, list):
        return [_shown(part) for part in value]
    if isinstance(value, Mapping):
        is_text = {"en", "zh"} & value.keys()
        return build_text(value) if is_text else ", ".join(f"{key}: {one}" for key, one in value.items())
    return str(value)
