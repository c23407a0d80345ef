"""What comparing evidence with a criterion showed, and what becomes of it over the cycles."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from sqaudit.model.action import ActionState
from sqaudit.model.ids import short_id
from sqaudit.model.standard import Severity

# Within how many days an opportunity for improvement is to be answered; no standard sets any.
REPLY_WITHIN = timedelta(days=30)


class FindingStatus(StrEnum):
    """What has become of a finding. It is withdrawn when no cycle shows it any more, after records were corrected.

    An opportunity for improvement is accepted or declined.
    """

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


class Sighting(Struct, frozen=True, kw_only=True):
    """A criterion that was not met at a site in one cycle, and the items that failed it.

    ``site`` is ``None`` where it was seen at so many sites that it is systemic. ``finding`` is the id of the finding
    that it is counted on, once that is known.
    """

    site: str | None
    criterion: str
    items: tuple[str, ...]
    severity: Severity
    finding: str = ""


class Reply(Struct, frozen=True, kw_only=True):
    """What somebody in charge answered to an opportunity for improvement: ``accepted`` or ``declined``, and why."""

    answer: FindingStatus
    reason: str
    replied_by: str
    replied_at: datetime


class Finding(Struct, frozen=True, kw_only=True):
    """A criterion that is not met at a site, from the first cycle in which it was seen until it is closed.

    ``period`` is that of the first sighting. ``severity`` is the criterion's, one step up for a repeat: ``repeat_of``
    names the finding before it, ``repeats`` how many there were in that chain. ``systemic`` names the finding that
    stands for this one and its like at other sites; ``action`` the corrective action that treats it. What an auditor
    wrote down by hand has a ``statement`` and ``raised_by``, and may have no criterion (empty). An opportunity for
    improvement has the last ``reply`` to it.
    """

    id: str
    programme: str
    period: str
    site: str | None
    criterion: str
    severity: Severity
    raised_at: datetime
    repeat_of: str | None = None
    repeats: int = 0
    systemic: str | None = None
    action: str | None = None
    statement: str | None = None
    raised_by: str | None = None
    reply: Reply | None = None

    @property
    def reply_due(self) -> datetime | None:
        """By when an opportunity for improvement is to be answered; ``None`` for anything else."""
        return self.raised_at + REPLY_WITHIN if self.severity is Severity.OPPORTUNITY else None

    @property
    def asks_for_action(self) -> bool:
        """Whether a requirement is broken: an opportunity and a good practice ask for nothing."""
        return self.severity.rank <= Severity.MINOR.rank

    @property
    def is_systemic(self) -> bool:
        """Whether it stands for the same failure at many sites."""
        return self.site is None


class Known(Struct, frozen=True, kw_only=True):
    """A finding there is, all ``items`` that ever failed it, and how far its action is.

    ``fixed_on`` is the day on which the action was carried out, ``closed_at`` when it was proven; ``None`` until then.
    """

    finding: Finding
    items: frozenset[str] = frozenset()
    state: ActionState | None = None
    fixed_on: date | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is not treated yet; without an action nothing ever treats it."""
        return self.state is None or not self.state.is_final


def finding_id(programme: str, period: str, site: str | None, criterion: str) -> str:
    """The id of the finding that a failure raises, such as ``f-3f9a2c81d04e``, where it is not one already."""
    return short_id("f", programme, period, site or "", criterion)


_OF_ACTION = {ActionState.CLOSED: FindingStatus.CLOSED, ActionState.CANCELLED: FindingStatus.CANCELLED}


def status_of(finding: Finding, state: ActionState | None) -> FindingStatus:
    """What has become of a finding that a cycle shows, from the reply to it and from where its action stands."""
    if finding.reply is not None:
        return finding.reply.answer
    return FindingStatus.OPEN if state is None else _OF_ACTION.get(state, FindingStatus.OPEN)
