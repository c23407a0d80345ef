"""What the revisions of cycles were made from."""

from __future__ import annotations

from sqaudit.model.evidence import Observation, SourceRecord
from sqaudit.model.programme import Site
from sqaudit.store import answers, cycles, evidence
from sqaudit.store.transactions import Transactions


class EvidenceStore(Transactions):
    """Sites, sources and observations of revisions."""

    def read_sites(self, programme: str, period: str, number: int) -> list[Site]:
        """The sites of a revision, by id."""
        with self._reading() as connection:
            return evidence.read_sites(connection, cycles.find_revision_id(connection, programme, period, number))

    def read_sources(self, programme: str, period: str, number: int) -> list[SourceRecord]:
        """What collecting learnt about each dataset, by dataset."""
        with self._reading() as connection:
            return evidence.read_sources(connection, cycles.find_revision_id(connection, programme, period, number))

    def read_observations(self, programme: str, period: str, number: int) -> list[Observation]:
        """The observations of a revision, by site, checklist and item."""
        with self._reading() as connection:
            revision_id = cycles.find_revision_id(connection, programme, period, number)
            given = answers.read_answers(connection, programme, period)
            return evidence.read_observations(connection, revision_id, given)
