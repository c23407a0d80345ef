"""The store: what was collected and concluded, cycle by cycle, in one database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from sqaudit.errors import Problem
from sqaudit.model.answer import AnswerChoice, AnswerKey, GivenAnswer
from sqaudit.model.calibration import CalibrationRound, Rating
from sqaudit.model.dispute import Decision, Dispute, DisputeState, RestingResult
from sqaudit.model.event import Event, Head, Origin
from sqaudit.model.evidence import Observation, SourceRecord
from sqaudit.model.finding import Finding
from sqaudit.model.programme import Cycle, CycleState, Period, Revision, Site
from sqaudit.model.sample import SampleRecord
from sqaudit.model.score import ItemResult, Level, Score, Status
from sqaudit.model.standard import Severity
from sqaudit.store import answers, calibration, choices, cycles, disputes, evidence, schema, verification
from sqaudit.store.answers import AnswerFile, EvidenceUse
from sqaudit.store.choosing import Choice
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.documents import StoredDocument, add_documents, read_document, read_documents
from sqaudit.store.events import read_events, read_head
from sqaudit.store.failures import told_plainly
from sqaudit.store.findings import read_findings, replace_findings
from sqaudit.store.location import Location, find_location, see_that_it_can_be_there
from sqaudit.store.results import read_results, read_scores, read_statuses, replace_results, replace_scores
from sqaudit.store.samples import add_sample, read_samples

BUSY_SECONDS = 10.0
# A cycle writes hundreds of bytes for each item and site: large pages, kept in memory until the commit, save a tenth.
_PAGE = 16_384  # bytes
_CACHE = 64_000  # KiB


class Store:
    """One open store; made by ``open_store``. Every method is one transaction: all of it happens, or nothing.

    Methods raise ``CannotAccess`` when the database cannot be read or written, and ``InvalidInput`` when a programme,
    period or revision they name is not there.
    """

    def __init__(self, engine: Engine, location: Location) -> None:
        self._engine = engine
        self._location = location

    def read_cycle(self, programme: str, period: str) -> Cycle | None:
        """One cycle with its revisions, oldest first; ``None`` if nothing is recorded for that period."""
        found = self.list_cycles(programme, period)
        return found[0] if found else None

    def list_cycles(self, programme: str | None = None, period: str | None = None) -> list[Cycle]:
        """Cycles by programme and start of the period."""
        with self._reading() as connection:
            return cycles.list_cycles(connection, programme, period)

    def close_cycle(self, programme: str, period: str, closed_at: datetime, who: str | None = None) -> Cycle:
        """Close a cycle: from now on nothing in it changes."""
        with self._writing() as connection:
            cycles.move_cycle(connection, programme, period, CycleState.CLOSED, closed_at, who)
            return cycles.list_cycles(connection, programme, period)[0]

    def reopen_cycle(self, programme: str, period: str, reopened_at: datetime, who: str | None = None) -> Cycle:
        """Open a closed cycle for new revisions."""
        with self._writing() as connection:
            cycles.move_cycle(connection, programme, period, CycleState.OPEN, reopened_at, who)
            return cycles.list_cycles(connection, programme, period)[0]

    def add_revision(  # noqa: PLR0913  # all that belongs to one transaction
        self,
        *,
        programme: str,
        period: Period,
        revision: Revision,
        documents: Sequence[StoredDocument],
        sites: Iterable[Site],
        sources: Iterable[SourceRecord],
        observations: Iterable[Observation],
    ) -> None:
        """Record what was collected as the next revision of a cycle; the first one opens the cycle.

        Raises:
            InvalidInput: The cycle is closed.
            CannotAccess: Another run has recorded a revision of this number.
        """
        with self._writing() as connection:
            revision_id = cycles.add_revision_row(connection, programme, period, revision)
            add_documents(connection, revision_id, documents)
            evidence.add_sites(connection, revision_id, sites)
            evidence.add_sources(connection, revision_id, sources)
            evidence.add_observations(connection, revision_id, observations)

    def read_document(self, hash_: str) -> StoredDocument | None:
        """A document by its hash."""
        with self._reading() as connection:
            return read_document(connection, hash_)

    def read_documents(self, programme: str, period: str, number: int) -> list[StoredDocument]:
        """The documents a revision used, by kind, id and version."""
        with self._reading() as connection:
            revision_id = cycles.find_revision_id(connection, programme, period, number)
            return read_documents(connection, revision_id)

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

    def add_choice(self, choice: AnswerChoice) -> None:
        """Keep what the lead chose; raises ``InvalidInput`` if the cycle is closed."""
        with self._writing() as connection:
            choices.add_choice(connection, choice)

    def read_choices(self, programme: str, period: str) -> list[AnswerChoice]:
        """Every choice among the answers of a cycle, as they were made one after the other."""
        with self._reading() as connection:
            return choices.read_choices(connection, programme, period)

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

    def find_result(self, id: str) -> tuple[RevisionKey, ItemResult] | None:  # noqa: A002
        """The item result of an id such as ``r-3f9a2c81d04e``, in its cycle's latest scored revision."""
        with self._reading() as connection:
            found = read_results(connection, Choice(equal={"id": id}))
        return found[0] if found else None

    def find_finding(self, id: str) -> tuple[RevisionKey, Finding] | None:  # noqa: A002
        """The finding of an id, in its cycle's latest scored revision."""
        with self._reading() as connection:
            found = read_findings(connection, Choice(equal={"id": id}))
        return found[0] if found else None

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

    def list_answerers(self, checklist: str) -> list[str]:
        """Who has answered questions of a checklist, by name."""
        with self._reading() as connection:
            return answers.list_answerers(connection, checklist)

    def upgrade(self) -> bool:
        """Bring an older store's tables up to date; whether anything had to be done."""
        with self._writing() as connection:
            version = schema.read_schema_version(connection, self._location.name)
            if version is not None:
                schema.refuse_newer(version, self._location)
            if version == schema.HEAD:
                return False
            schema.upgrade_schema(connection)
            schema.tell_upgrade(connection, version)
            return True

    def list_events(self, programme: str | None = None, thing: str | None = None) -> list[Event]:
        """The log of what was done, the first first."""
        with self._reading() as connection:
            return read_events(connection, programme=programme, thing=thing)

    def read_head(self) -> Head:
        """The newest event of the log, which stands for all before it."""
        with self._reading() as connection:
            return read_head(connection)

    def verify(self, head: str | None = None) -> list[Problem]:
        """Everything that is wrong in the store, an empty list if it is whole; ``head``: the hash of an event."""
        with self._reading() as connection:
            return verification.find_problems(connection, self._location.name, head)

    def backup(self, path: Path) -> None:
        """Copy the store, which may be in use, to a new file.

        Raises:
            CannotAccess: The file exists, or cannot be written.
        """
        with told_plainly(self._location.name), self._engine.connect() as connection:
            source = connection.connection.driver_connection
            verification.copy_store(cast("sqlite3.Connection", source), path)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told_plainly(self._location.name), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            told_plainly(self._location.name),
            self._engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            yield connection


@contextlib.contextmanager
def open_store(
    url: str, folder: Path, *, create: bool = True, any_version: bool = False, origin: Origin | None = None
) -> Iterator[Store]:
    """Open a store, and make it if it is not there.

    Args:
        url: A URL such as ``sqlite:///sqaudit.db``; ``sqlite://`` lives in memory.
        folder: The project's folder; relative paths start there.
        create: Whether a missing store is made.
        any_version: Open an older or newer store too, in order to upgrade, verify or copy it.
        origin: Where the command was given; the log of events keeps it.

    Raises:
        InvalidInput: The URL is of no use, or the store is older or newer than this version.
        CannotAccess: The store cannot be opened, or is not there and must not be made.
    """
    location = find_location(url, folder)
    see_that_it_can_be_there(location, create=create and not any_version)
    engine = _connect(location)
    engine.update_execution_options(origin=origin or Origin())
    store = Store(engine, location)
    try:
        if not any_version:
            with told_plainly(location.name):
                _prepare(engine, location, create=create)
        yield store
    finally:
        engine.dispose()


def _prepare(engine: Engine, location: Location, *, create: bool) -> None:
    with engine.connect() as connection, connection.begin():
        version = schema.read_schema_version(connection, location.name)
    if version == schema.HEAD:
        return
    # Looked at again under the write lock: two first runs may start at once.
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        schema.create_schema(connection, location, create=create)


def _connect(location: Location) -> Engine:
    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            location.path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        if location.path is not None:
            connection.execute(f"PRAGMA page_size = {_PAGE}")  # heeded where the database is new
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        return connection

    engine = create_engine(
        "sqlite+pysqlite://", creator=connect, poolclass=QueuePool if location.path is not None else StaticPool
    )

    # The driver is in autocommit mode and BEGIN is ours: the driver's own leaves table changes outside.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
