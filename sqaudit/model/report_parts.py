"""What a report says beside its figures: for whom, how scores went, what they lack, what is done and to be decided."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from sqaudit.model.action import ActionState, Move
from sqaudit.model.standard import Severity
from sqaudit.model.texts import Text

if TYPE_CHECKING:
    from sqaudit.errors import Message


class Audience(StrEnum):
    """Whom a report is for: what each of them reads is a layer of it."""

    EXECUTIVE = "executive"
    SITE = "site"
    FRONTLINE = "frontline"
    FULL = "full"


class TrendRow(Struct, frozen=True, kw_only=True):
    """The score of one cycle in a row of them, or ``None`` with a ``reason``; trial evaluations are not among them.

    ``centre``, ``low`` and ``high`` are the limits of usual variation and ``signals`` say what is no chance, where
    they are known. ``begins_phase`` says that from here on other limits hold.
    """

    period: str
    score: Decimal | None
    rating: str | None = None
    reason: str | None = None
    centre: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    signals: tuple[Message, ...] = ()
    begins_phase: bool = False


class ReferenceRow(Struct, frozen=True, kw_only=True):
    """A score of others to compare with, such as an industry's mean, and where the figure is from."""

    title: Text
    score: Decimal
    source: str


class CriterionRow(Struct, frozen=True, kw_only=True):
    """What one criterion cost: at a site, or on average over all sites with a score.

    ``score`` is 0 to 100; ``lost`` the points of the raw score that it took, so that those of all criteria sum to what
    the score lacks. ``sites`` counts those where it has a score, ``missed`` those where one of its items failed.
    """

    id: str
    title: Text
    dimension: str
    severity: Severity
    score: Decimal | None
    lost: Decimal
    sites: int = 1
    missed: int = 0


class StepRow(Struct, frozen=True, kw_only=True):
    """One step of what is done about a finding; ``due`` and ``done_on`` are days, ISO 8601."""

    text: str
    owner: str | None = None
    due: str | None = None
    done_on: str | None = None


class ActionRow(Struct, frozen=True, kw_only=True):
    """A corrective action that something is left to do of, as it stood at the moment of the report.

    ``due`` is when its next step (``due_for``) is due, ISO 8601 by the clocks of its site. ``site`` is ``None`` where
    it treats many sites. ``steps`` are what was planned, or the correction that was made.
    """

    id: str
    finding: str
    site: str | None
    site_title: Text
    criterion: str
    criterion_title: Text
    dimension: str | None
    severity: Severity
    state: ActionState
    owner: str | None = None
    due: str | None = None
    due_for: Move | None = None
    overdue: bool = False
    steps: tuple[StepRow, ...] = ()


class DecisionKind(StrEnum):
    """Why something has to be decided, the most pressing first."""

    CRITICAL = "critical"
    OVERDUE = "overdue"
    UNOWNED = "unowned"
    COSTLY = "costly"


class DecisionRow(Struct, frozen=True, kw_only=True):
    """What has to be decided: what, why, at which sites, and by when (ISO 8601; ``None``: no day is set, or now)."""

    kind: DecisionKind
    what: Message
    why: Message
    sites: tuple[Text, ...] = ()
    due: str | None = None


class StrengthRow(Struct, frozen=True, kw_only=True):
    """Something that works, and at which places; at all of them where none is named."""

    what: Message
    places: tuple[Text, ...] = ()


class AtTarget(Struct, frozen=True, kw_only=True):
    """How many sites are at target: no failed critical criterion, and the best rating of the scale.

    ``rating`` is that rating; ``None`` where the standard has no scale, so that no criterion may be missed. Of
    ``unknown`` sites it cannot be said.
    """

    reached: int
    missed: int
    unknown: int
    rating: str | None = None


class ItemRow(Struct, frozen=True, kw_only=True):
    """One item over all sites: how it is measured, how good the data were. The counts are of sites, then of rows."""

    checklist: str
    item: str
    title: Text
    criterion: str | None
    formula: str
    target: str | None
    passed: int = 0
    failed: int = 0
    without_verdict: int = 0
    not_applicable: int = 0
    n: int = 0
    missing: int = 0
    invalid: int = 0


class ConcessionRow(Struct, frozen=True, kw_only=True):
    """A criterion that was let off on the last day of the period; ``site`` is ``None`` for all sites."""

    id: str
    criterion: str
    site: str | None
    reason: str
    owner: str
    approver: str
    first_day: str
    last_day: str


class DocumentRow(Struct, frozen=True, kw_only=True):
    """A document that the revision was made with, by its SHA-256."""

    kind: str
    id: str
    version: str
    hash: str
