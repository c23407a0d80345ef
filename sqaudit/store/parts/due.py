"""Cycles that fall due: how far they are, and which process has begun one."""

from __future__ import annotations

from collections.abc import Callable

from sqaudit.model.duty import Claim
from sqaudit.store import due
from sqaudit.store.transactions import Transactions


class DueStore(Transactions):
    """Progress of cycles, and claims on those that are due."""

    def list_progress(self, programme: str | None = None) -> list[due.CycleProgress]:
        """How far the cycles are, trial evaluations left out."""
        with self._reading() as connection:
            return due.read_progress(connection, programme)

    def claim_due(
        self, programme: str, period: str, claimed: Claim, is_abandoned: Callable[[Claim], bool]
    ) -> Claim | None:
        """Claim a cycle that fell due; returns the claim that stands, another's perhaps, or ``None`` if it is done."""
        with self._writing() as connection:
            return due.claim(connection, programme, period, claimed, is_abandoned)

    def release_due(self, programme: str, period: str, claimed: Claim) -> None:
        """Give up a claim; one that another has taken over stays."""
        with self._writing() as connection:
            due.release(connection, programme, period, claimed)
