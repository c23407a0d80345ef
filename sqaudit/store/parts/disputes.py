"""Disputes, and the results they are about."""

from __future__ import annotations

from collections.abc import Mapping

from sqaudit.model.answer import AnswerKey, GivenAnswer
from sqaudit.model.dispute import Decision, Dispute, DisputeState, RestingResult
from sqaudit.store import disputes
from sqaudit.store.transactions import Transactions


class DisputeStore(Transactions):
    """Disputes."""

    def add_dispute(self, dispute: Dispute) -> None:
        """Open a dispute; raises ``InvalidInput`` if there is or was one of these answers, or the cycle is closed."""
        with self._writing() as connection:
            disputes.add_dispute(connection, dispute)

    def decide_dispute(self, id: str, decision: Decision, answer: GivenAnswer | None = None) -> Dispute:  # noqa: A002
        """Decide a dispute and keep the answer that comes of it; raises ``InvalidInput`` if it is decided already."""
        with self._writing() as connection:
            return disputes.decide_dispute(connection, id, decision, answer)

    def list_disputes(self, programme: str | None = None, state: DisputeState | str | None = None) -> list[Dispute]:
        """Disputes, as they were opened one after the other."""
        with self._reading() as connection:
            return disputes.read_disputes(connection, programme=programme, state=state)

    def find_dispute(self, id: str) -> Dispute | None:  # noqa: A002
        """The dispute of an id such as ``d-3f9a2c81d04e``."""
        with self._reading() as connection:
            found = disputes.read_disputes(connection, id=id)
        return found[0] if found else None

    def read_disputed_results(self) -> Mapping[AnswerKey, tuple[RestingResult, ...]]:
        """The results of all questions that were ever disputed, in every scored revision, the oldest first."""
        with self._reading() as connection:
            return disputes.read_disputed_results(connection)

    def read_results_of(self, key: AnswerKey) -> tuple[RestingResult, ...]:
        """The results of one question in every scored revision, the oldest first."""
        with self._reading() as connection:
            return disputes.read_results_of(connection, key)
