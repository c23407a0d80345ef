"""Derived items: items that are derived in a circle; and what may not stand beside ``derive`` or ``answer``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqaudit.documents.collection import Document
from sqaudit.documents.resolving import item_id
from sqaudit.errors import Problem, msg
from sqaudit.expressions.names import id_finder, names_read

# What only makes sense for what is measured over a dataset.
_OF_MEASURED = ("measure", "dataset", "where", "time", "by", "interval", "sample")
_NOT_WITH = {"derive": _OF_MEASURED, "answer": ("derive", *(key for key in _OF_MEASURED if key != "by"))}


def check_beside(document: Document) -> Iterator[Problem]:
    """Keys that only measured items can have, beside those that say where else a value comes from."""
    for position, item in enumerate(document.content["items"]):
        path = ("items", position)
        for key, others in _NOT_WITH.items():
            yield from (cannot_both(document, path, key, other) for other in others if key in item and other in item)


def cannot_both(document: Document, path: tuple[str | int, ...], key: str, other: str) -> Problem:
    """The problem of two keys of the mapping at ``path`` that exclude each other, told at the second."""
    message = msg("'{key}' and '{other}' cannot both be there", key=key, other=other)
    return Problem(document.raw.key_place((*path, other)), "SQA128", message, msg("keep one of them"))


def check_circles(checklists: Iterable[Document]) -> Iterator[Problem]:
    """One problem for every ring of items of these checklists that are derived from each other."""
    found = {
        item_id(item): (document, position)
        for document in checklists
        for position, item in enumerate(document.content["items"])
        if "derive" in item
    }
    find = id_finder(found)
    needed = {
        item: [need for name in names_read(_derive(*place)) if (need := find(name)) is not None]
        for item, place in found.items()
    }
    told: set[str] = set()
    for item, (document, position) in found.items():
        ring = _ring(item, needed)
        if told.isdisjoint(ring):
            told |= set(ring)
            if ring:
                message = msg("the item is derived from itself: {ring}", ring=" → ".join([*ring, item]))
                place = document.raw.place(("items", position, "derive"))
                yield Problem(place, "SQA229", message, msg("let one of them use other items"))


def _derive(document: Document, position: int) -> str:
    return str(document.content["items"][position]["derive"])


def _ring(start: str, needed: Mapping[str, list[str]]) -> list[str]:
    """The shortest way from an item through what it needs back to itself, without the last step; empty if none."""
    came_from: dict[str, str] = {}
    waiting = [start]
    for item in waiting:
        for need in needed[item]:
            if need == start:
                way = [item]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if need not in came_from:
                came_from[need] = item
                waiting.append(need)
    return []
