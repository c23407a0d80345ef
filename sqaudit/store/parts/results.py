"""What was concluded from revisions: results, scores and findings."""

from __future__ import annotations

from collections.abc import Iterable

from sqaudit.model.finding import Finding
from sqaudit.model.score import ItemResult, Level, Score, Status
from sqaudit.model.standard import Severity
from sqaudit.store import cycles
from sqaudit.store.choosing import Choice
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.findings import read_findings, replace_findings
from sqaudit.store.results import read_results, read_scores, read_statuses, replace_results, replace_scores
from sqaudit.store.transactions import Transactions


class ResultStore(Transactions):
    """Results, scores and findings."""

    def save_scored(  # noqa: PLR0913, PLR0917  # all that belongs to one transaction
        self,
        programme: str,
        period: str,
        number: int,
        results: Iterable[ItemResult],
        scores: Iterable[Score],
        findings: Iterable[Finding],
    ) -> None:
        """Save what was concluded from a revision, instead of what was concluded before.

        Raises:
            InvalidInput: The revision is scored and its cycle closed.
        """
        key = RevisionKey(programme=programme, period=period, number=number)
        with self._writing() as connection:
            revision_id = cycles.find_revision_id(connection, programme, period, number)
            cycles.mark_scored(connection, revision_id)
            replace_results(connection, revision_id, key, results)
            replace_scores(connection, revision_id, scores)
            replace_findings(connection, revision_id, findings)

    def is_scored(self, programme: str, period: str, number: int) -> bool:
        """Whether a revision's conclusions are saved."""
        with self._reading() as connection:
            return cycles.is_scored(connection, cycles.find_revision_id(connection, programme, period, number))

    def read_results(  # noqa: PLR0913  # one for each column people ask by
        self,
        programme: str | None = None,
        period: str | None = None,
        *,
        site: str | None = None,
        status: Status | str | None = None,
        item: str | None = None,
        criterion: str | None = None,
        revision: int | None = None,
    ) -> list[tuple[RevisionKey, ItemResult]]:
        """Item results, by programme, period, site, checklist and item.

        Without ``revision`` those of each cycle's latest scored revision; ``None`` elsewhere asks for all.
        """
        equal = {"site": site, "status": status, "item": item, "criterion": criterion}
        with self._reading() as connection:
            return read_results(connection, Choice(programme=programme, period=period, revision=revision, equal=equal))

    def find_result(self, id: str) -> tuple[RevisionKey, ItemResult] | None:  # noqa: A002
        """The item result of an id such as ``r-3f9a2c81d04e``, in its cycle's latest scored revision."""
        with self._reading() as connection:
            found = read_results(connection, Choice(equal={"id": id}))
        return found[0] if found else None

    def read_statuses(self, programme: str, checklist: str, formula: str) -> list[tuple[RevisionKey, str, Status]]:
        """The sites and statuses of a checklist's items whose value is made by a formula, the earliest period first.

        Those of each cycle's latest scored revision, at whole sites.
        """
        with self._reading() as connection:
            equal = {"checklist": checklist, "formula": formula}
            return read_statuses(connection, Choice(programme=programme, equal=equal))

    def read_scores(  # noqa: PLR0913  # one for each column people ask by
        self,
        programme: str | None = None,
        period: str | None = None,
        *,
        site: str | None = None,
        level: Level | str | None = None,
        id: str | None = None,  # noqa: A002
        revision: int | None = None,
    ) -> list[tuple[RevisionKey, Score]]:
        """Scores, by programme, period, level, site and id; revisions as in ``read_results``."""
        equal = {"site": site, "level": level, "id": id}
        with self._reading() as connection:
            return read_scores(connection, Choice(programme=programme, period=period, revision=revision, equal=equal))

    def read_findings(  # noqa: PLR0913  # one for each column people ask by
        self,
        programme: str | None = None,
        period: str | None = None,
        *,
        site: str | None = None,
        criterion: str | None = None,
        severity: Severity | str | None = None,
        revision: int | None = None,
    ) -> list[tuple[RevisionKey, Finding]]:
        """Findings, by programme, period, site and criterion; revisions as in ``read_results``."""
        equal = {"site": site, "criterion": criterion, "severity": severity}
        with self._reading() as connection:
            return read_findings(connection, Choice(programme=programme, period=period, revision=revision, equal=equal))

    def find_finding(self, id: str) -> tuple[RevisionKey, Finding] | None:  # noqa: A002
        """The finding of an id, in its cycle's latest scored revision."""
        with self._reading() as connection:
            found = read_findings(connection, Choice(equal={"id": id}))
        return found[0] if found else None
