"""What was concluded from revisions: results, scores and findings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from sqaudit.model.action import CorrectiveAction, Deadline
from sqaudit.model.event import Deed
from sqaudit.model.finding import Finding, Known, Reply, Sighting
from sqaudit.model.score import ItemResult, Level, Score, Status
from sqaudit.model.standard import Severity
from sqaudit.store import cycles
from sqaudit.store.actions import Recorded, add_actions, read_actions_of, read_deadlines, save_moved
from sqaudit.store.choosing import Choice
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.events import append_events
from sqaudit.store.findings import (
    SeenFinding,
    add_findings,
    count_findings,
    find_finding,
    link_findings,
    read_findings,
    read_known,
    refuse_second,
    replace_sightings,
    save_reply,
)
from sqaudit.store.results import (
    count_audits,
    count_results,
    read_results,
    read_scores,
    read_statuses,
    replace_results,
    replace_scores,
)
from sqaudit.store.transactions import Transactions

ActionsOf = Callable[[Collection[str]], Mapping[str, tuple[CorrectiveAction, tuple[Deadline, ...]]]]


class Following(Struct, frozen=True, kw_only=True):
    """What a cycle's failures come to: seen, raised and linked findings, actions opened and reopened, and the deeds."""

    sightings: Sequence[Sighting] = ()
    raised: Sequence[Finding] = ()
    linked: Sequence[Finding] = ()
    opened: Sequence[Recorded] = ()
    moved: Sequence[Recorded] = ()
    deeds: Sequence[Deed] = ()


class ResultStore(Transactions):
    """Results, scores and findings."""

    def save_scored(  # noqa: PLR0913, PLR0917  # all that belongs to one transaction
        self,
        programme: str,
        period: str,
        number: int,
        results: Iterable[ItemResult],
        scores: Iterable[Score],
        follow: Callable[[Sequence[Known], ActionsOf], Following],
    ) -> None:
        """Save what was concluded from a revision, instead of what was concluded before.

        ``follow`` says what comes of the failures, given every finding of the programme and a way to look up actions
        with their deadlines.

        Raises:
            InvalidInput: The revision is scored and its cycle closed.
        """
        key = RevisionKey(programme=programme, period=period, number=number)
        with self._writing() as connection:
            revision_id = cycles.find_revision_id(connection, programme, period, number)
            cycles.mark_scored(connection, revision_id)
            replace_results(connection, revision_id, key, results)
            replace_scores(connection, revision_id, scores)

            def actions_of(ids: Collection[str]) -> dict[str, tuple[CorrectiveAction, tuple[Deadline, ...]]]:
                deadlines = read_deadlines(connection, ids)
                found = read_actions_of(connection, ids)
                return {id_: (one, tuple(deadlines.get(id_, ()))) for id_, one in found.items()}

            following = follow(read_known(connection, programme), actions_of)
            replace_sightings(connection, revision_id, following.sightings)
            add_findings(connection, following.raised)
            link_findings(connection, following.linked)
            append_events(connection, following.deeds)
            add_actions(connection, following.opened)
            for moved in following.moved:
                save_moved(connection, moved)

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

    def count_results(self, programme: str, period: str, number: int) -> dict[tuple[str, Status, str | None], int]:
        """How many whole sites of a revision have each status, for each reason, by item."""
        with self._reading() as connection:
            return count_results(connection, cycles.find_revision_id(connection, programme, period, number))

    def count_audits(self, programme: str, period: str, number: int) -> int:
        """How many sites of a revision have a result."""
        with self._reading() as connection:
            return count_audits(connection, cycles.find_revision_id(connection, programme, period, number))

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
        finding: str | None = None,
        revision: int | None = None,
    ) -> list[SeenFinding]:
        """Findings as they were seen, by programme, period, site and criterion; revisions as in ``read_results``."""
        choice = Choice(
            programme=programme, period=period, revision=revision, equal={"site": site, "criterion": criterion}
        )
        with self._reading() as connection:
            return read_findings(connection, choice, severity=severity, finding=finding)

    def count_findings(self, programme: str, period: str, number: int) -> dict[Severity, int]:
        """How many findings of single sites were seen in a revision, by the severity they have."""
        with self._reading() as connection:
            return count_findings(connection, cycles.find_revision_id(connection, programme, period, number))

    def add_finding(self, raised: Finding, deed: Deed, opened: Sequence[Recorded] = ()) -> None:
        """Keep a finding that somebody wrote down, and the action it opens.

        Raises:
            InvalidInput: One on the same criterion, or the very same, is open at the site already.
        """
        with self._writing() as connection:
            refuse_second(connection, raised)
            add_findings(connection, [raised])
            append_events(connection, [deed])
            add_actions(connection, opened)

    def reply_to_finding(self, id: str, reply: Reply, deed: Deed) -> None:  # noqa: A002
        """Keep what was answered to a finding, and that it was."""
        with self._writing() as connection:
            save_reply(connection, id, reply)
            append_events(connection, [deed])

    def find_finding(self, id: str) -> Finding | None:  # noqa: A002
        """The finding of an id such as ``f-3f9a2c81d04e``."""
        with self._reading() as connection:
            return find_finding(connection, id)

    def list_known(self, programme: str | None = None) -> list[Known]:
        """Every finding (of a programme), those of trial evaluations left out."""
        with self._reading() as connection:
            return read_known(connection, programme)
