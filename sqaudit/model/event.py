"""What was done that matters, as the log of a store keeps it: each event names the hash of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class EventKind(StrEnum):
    """What was done."""

    STORE_UPGRADED = "store_upgraded"
    REVISION_COLLECTED = "revision_collected"
    CYCLE_CLOSED = "cycle_closed"
    CYCLE_REOPENED = "cycle_reopened"
    CYCLE_RESCORED = "cycle_rescored"
    SAMPLE_DRAWN = "sample_drawn"
    ANSWERS_TAKEN_IN = "answers_taken_in"
    ANSWER_CHOSEN = "answer_chosen"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_DECIDED = "dispute_decided"
    ROUND_OPENED = "round_opened"
    ROUND_CLOSED = "round_closed"
    FINDINGS_RAISED = "findings_raised"
    FINDING_REPLIED = "finding_replied"
    FOLLOW_UP_ASKED = "follow_up_asked"
    ACTION_OPENED = "action_opened"
    ACTION_MOVED = "action_moved"
    CONCESSION_GRANTED = "concession_granted"
    CONCESSION_REVOKED = "concession_revoked"
    PAYLOADS_ERASED = "payloads_erased"


class Origin(Struct, frozen=True, kw_only=True):
    """Where a command was given, as far as it is known: who is logged in on which machine, and in the database."""

    login: str | None = None
    host: str | None = None
    database_user: str | None = None


class Deed(Struct, frozen=True, kw_only=True):
    """Something done. ``programme``, ``period`` and ``thing`` (an id, a number) say to what; ``who`` was declared.

    ``before`` and ``after`` are plain JSON: texts, whole numbers, truths, lists and mappings of them.
    """

    kind: str
    when: datetime
    programme: str | None = None
    period: str | None = None
    thing: str | None = None
    who: str | None = None
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None
    why: str | None = None


class Event(Struct, frozen=True, kw_only=True):
    """One entry of the log. What a person did and said is gone if ``erased_by`` names the event that erased it."""

    number: int
    deed: Deed
    origin: Origin
    previous_hash: str
    payload_hash: str
    hash: str
    erased_by: int | None = None


class Head(Struct, frozen=True, kw_only=True):
    """The newest event of a log, which stands for all before it: its number and its hash."""

    number: int
    hash: str


EMPTY = Head(number=0, hash="0" * 64)
