"""Who acts in the story, and what is said in each of its actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeAlias

from sqaudit.model.action import Move
from sqaudit.model.ports import ToldMove

from sqaudit_hotel.templates.houses import BLOCKED_STAIRS, TROUBLED

QUALITY, APPROVER, VERIFIER = "quality", "operations", "internal-audit"
HOUSEKEEPING, FRONT_OFFICE = "housekeeping", "front-office"
MANAGERS = {house: f"manager-{number:02}" for number, house in enumerate(TROUBLED, 1)} | {BLOCKED_STAIRS: "manager-05"}

Say: TypeAlias = Callable[[str, str], str]


def contained(on: date, **said: str) -> Mapping[str, object]:
    """What is done at once: correction, containment, and what it meant for guests."""
    return {**said, "on": on}


def proven(seen: str, lessons: str, updates: str) -> Iterator[ToldMove]:
    """The evidence is looked at, the data are asked, the action is closed."""
    yield ToldMove(Move.VERIFY, VERIFIER, {"evidence": seen})
    yield ToldMove(Move.VERIFY, VERIFIER)
    yield ToldMove(Move.CLOSE, VERIFIER, {"lessons": lessons, "updates": updates})
