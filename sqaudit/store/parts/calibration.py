"""Calibration rounds and the ratings given in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqaudit.model.calibration import CalibrationRound, Rating
from sqaudit.store import calibration
from sqaudit.store.answers import AnswerFile
from sqaudit.store.documents import StoredDocument
from sqaudit.store.transactions import Transactions


class CalibrationStore(Transactions):
    """Calibration rounds."""

    def add_round(self, opened: CalibrationRound, documents: Mapping[str, StoredDocument]) -> None:
        """Keep a calibration round, and the documents it was opened with, by their roles."""
        with self._writing() as connection:
            calibration.add_round(connection, opened, documents)

    def list_rounds(self, **equal: str | None) -> list[CalibrationRound]:
        """The calibration rounds of which these columns are so (``None``: all), the first opened first."""
        with self._reading() as connection:
            return calibration.read_rounds(connection, **equal)

    def read_round_documents(self, round_id: str) -> dict[str, StoredDocument]:
        """The documents that a round was opened with, by their roles."""
        with self._reading() as connection:
            return calibration.read_documents(connection, round_id)

    def list_raters(self) -> list[tuple[str, str, bool]]:
        """Who has rated in which round, as round, rater, and whether as the reference."""
        with self._reading() as connection:
            return calibration.list_raters(connection)

    def close_round(self, closed: CalibrationRound) -> None:
        """Keep that a round is closed, and what it came to; raises ``InvalidInput`` if it was closed before."""
        with self._writing() as connection:
            calibration.close_round(connection, closed)

    def add_ratings(self, round_id: str, ratings: Sequence[Rating], files: Iterable[AnswerFile]) -> list[Rating]:
        """Keep what is new among one rater's ratings; returns the versions that were added.

        Raises:
            InvalidInput: The round is closed.
        """
        with self._writing() as connection:
            return calibration.add_ratings(connection, round_id, ratings, files)

    def read_ratings(self, round_id: str) -> list[Rating]:
        """The latest version of every rating of a round, by rater, unit and item."""
        with self._reading() as connection:
            return calibration.read_ratings(connection, round_id)

    def find_rating_file(self, round_id: str, rater: str, sha256: str) -> AnswerFile | None:
        """The file of ratings with this content, if this rater has handed it in before."""
        with self._reading() as connection:
            return calibration.find_file(connection, round_id, rater, sha256)
