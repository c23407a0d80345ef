"""Follow-up audits that findings asked for."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.model.follow_up_audit import FollowUpAudit
from sqaudit.store import follow_up_audits
from sqaudit.store.transactions import Transactions


class FollowUpAuditStore(Transactions):
    """Follow-up audits."""

    def ask_for_follow_up(self, asked: Sequence[FollowUpAudit]) -> None:
        """Keep which findings are to be looked at again; what was asked for before is not kept twice."""
        with self._writing() as connection:
            follow_up_audits.ask_for(connection, asked)

    def list_follow_up_audits(
        self, programme: str | None = None, period: str | None = None, finding: str | None = None
    ) -> list[FollowUpAudit]:
        """What was asked for, by programme, period and finding."""
        with self._reading() as connection:
            return follow_up_audits.read_follow_up_audits(connection, programme, period, finding)
