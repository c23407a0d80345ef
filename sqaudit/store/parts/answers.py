"""What people answered, and what the lead chose among their answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqaudit.model.answer import AnswerChoice, GivenAnswer
from sqaudit.store import answers, choices
from sqaudit.store.answers import AnswerFile, EvidenceUse
from sqaudit.store.transactions import Transactions


class AnswerStore(Transactions):
    """Answers and choices among them."""

    def add_answers(self, given: Sequence[GivenAnswer], files: Iterable[AnswerFile] = ()) -> list[GivenAnswer]:
        """Keep what is new among these answers, and which files they came in; returns the versions that were added."""
        with self._writing() as connection:
            return answers.add_answers(connection, given, files)

    def read_answers(self, programme: str, period: str) -> list[GivenAnswer]:
        """Every version of every answer to a cycle's questions, by site, checklist, item, subject and version."""
        with self._reading() as connection:
            return answers.read_answers(connection, programme, period)

    def read_latest_answers(self, programme: str, period: str) -> list[GivenAnswer]:
        """The latest version of every answer to a cycle's questions, in the same order."""
        with self._reading() as connection:
            return answers.read_latest(connection, programme, period)

    def find_uses(self, sha256: Iterable[str]) -> list[EvidenceUse]:
        """Where files stand beside answers, the earliest first."""
        with self._reading() as connection:
            return answers.find_uses(connection, sha256)

    def find_answer_files(self, sha256: str) -> list[AnswerFile]:
        """The files of answers with this content that have been taken in before, the earliest first."""
        with self._reading() as connection:
            return answers.find_answer_files(connection, sha256)

    def list_answerers(self, checklist: str) -> list[str]:
        """Who has answered questions of a checklist, by name."""
        with self._reading() as connection:
            return answers.list_answerers(connection, checklist)

    def add_choice(self, choice: AnswerChoice) -> None:
        """Keep what the lead chose; raises ``InvalidInput`` if the cycle is closed."""
        with self._writing() as connection:
            choices.add_choice(connection, choice)

    def read_choices(self, programme: str, period: str) -> list[AnswerChoice]:
        """Every choice among the answers of a cycle, as they were made one after the other."""
        with self._reading() as connection:
            return choices.read_choices(connection, programme, period)
