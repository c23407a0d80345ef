"""Follow-up audits: what was open is looked at once more, beside the cycles of a programme."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class FollowUpAudit(Struct, frozen=True, kw_only=True):
    """A finding that is to be looked at again in the cycle of ``period``, a label that ends with ``-follow-up``."""

    programme: str
    period: str
    finding: str
    asked_by: str
    asked_at: datetime
