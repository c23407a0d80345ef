"""How a standard's criteria are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqaudit.model.target import Target
from sqaudit.model.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRule:
    """Which scorer turns an item's value into 0 to 100, with its parameters as written."""

    scorer: str = "target"
    parameters: Mapping[str, object] | tuple[object, ...] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """How one criterion is observed at a site. An item without criterion informs, without points.

    ``where`` picks rows, ``when`` decides whether the item applies to a site, ``time`` names the column that places a
    row in the period (default: the source's). ``target`` is the item's own, else its criterion's.
    """

    id: str
    title: Text
    dataset: str
    measure: str
    criterion: str | None = None
    where: str | None = None
    when: str | None = None
    time: str | None = None
    target: Target | None = None
    score: ScoreRule = field(default_factory=ScoreRule)
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """Ordered items of one standard."""

    id: str
    standard: str
    title: Text
    items: tuple[Item, ...]
