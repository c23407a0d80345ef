"""What makes the answers of people doubtful. A flag for a reader; it never changes a score."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from sqaudit.errors import Message


class DoubtKind(StrEnum):
    """Why answers are flagged."""

    ALL_PERFECT = "all_perfect"
    STRAIGHT_LINED = "straight_lined"
    TOO_FAST = "too_fast"
    BURST = "burst"
    OWN_SITE = "own_site"
    EVIDENCE_OUT_OF_PERIOD = "evidence_out_of_period"
    EVIDENCE_REUSED = "evidence_reused"


class Doubt(Struct, frozen=True, kw_only=True):
    """One flag: of a sheet, which is what one ``person`` answered of one checklist at one site about one subject.

    What concerns all sheets of a person names no site. ``statement`` says what was seen.
    """

    kind: DoubtKind
    person: str
    statement: Message
    site: str = ""
    checklist: str = ""
    subject: str = ""


class Doubts(Struct, frozen=True, kw_only=True):
    """All flags of a cycle, by kind and place; of how many sheets, and how many of them say nothing of their times."""

    flags: tuple[Doubt, ...] = ()
    sheets: int = 0
    untimed: int = 0
