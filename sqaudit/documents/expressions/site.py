"""One expression of a document: what it is for, what it may read and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from sqaudit.documents.marks import RawDocument
from sqaudit.errors import Place
from sqaudit.model.standard import Dataset


class ExpressionKind(StrEnum):
    """What an expression is for."""

    MEASURE = "measure"
    WHERE = "where"
    WHEN = "when"
    DERIVE = "derive"
    INTERVAL = "interval"
    WEIGHT = "weight"
    POPULATION = "population"
    SUMMARY = "summary"
    RATING = "rating"
    COLUMN = "column"
    SITE = "site"
    QUERY = "query"


class ExpressionSite(Struct, frozen=True, kw_only=True):
    """One expression and what it may read.

    ``dataset`` holds the columns of a measure or ``where`` (for a source's ``column`` and ``site``: of the dataset the
    source is for, while the expression itself reads the file's columns). ``names`` are the words of a condition or
    the items that a derived one may read; ``None`` where a file of sites has to tell them. An ``interval`` and a
    sample's ``weight`` stand with their measure as text. ``users`` are the programmes whose sites a measure or
    ``where`` is computed for. ``source`` is what is written beside a ``query``, and ``datasets`` those it may read.
    ``start`` is how far into the value at ``path`` the expression begins. A question's ``when`` may also read the
    answers to the ``earlier`` ones of its checklist, and never those to itself and to ``later`` ones.
    """

    kind: ExpressionKind
    text: str
    raw: RawDocument
    path: tuple[str | int, ...]
    dataset: Dataset | None = None
    names: tuple[str, ...] | None = None
    standard: str | None = None
    checklist: str | None = None
    item: str | None = None
    programme: str | None = None
    source: Mapping[str, Any] | None = None
    datasets: Mapping[str, Dataset] | None = None
    start: int = 0
    users: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    def place(self, offset: int | None = None) -> Place:
        """Where it stands; with ``offset`` characters into it where the file shows them one to one."""
        if self.kind in {ExpressionKind.INTERVAL, ExpressionKind.WEIGHT}:
            return self.raw.key_place(self.path)
        return self.raw.place(self.path, None if offset is None else self.start + offset)
