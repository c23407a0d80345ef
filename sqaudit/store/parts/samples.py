"""Samples that were drawn."""

from __future__ import annotations

from sqaudit.model.sample import SampleRecord
from sqaudit.store.samples import add_sample, read_samples
from sqaudit.store.transactions import Transactions


class SampleStore(Transactions):
    """Samples."""

    def add_sample(self, record: SampleRecord) -> None:
        """Keep a sample that was drawn; it is never changed."""
        with self._writing() as connection:
            add_sample(connection, record)

    def list_samples(
        self, programme: str | None = None, period: str | None = None, checklist: str | None = None
    ) -> list[SampleRecord]:
        """Samples, as they were drawn one after the other."""
        with self._reading() as connection:
            return read_samples(connection, programme=programme, period=period, checklist=checklist)

    def find_sample(self, id: str) -> SampleRecord | None:  # noqa: A002
        """The sample of an id such as ``s-3f9a2c81d04e``."""
        with self._reading() as connection:
            found = read_samples(connection, id=id)
        return found[0] if found else None
