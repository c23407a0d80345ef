"""What a plugin's objects must be able to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec import Struct

from sqaudit.model.action import Move
from sqaudit.model.evidence import Statistics
from sqaudit.model.language import Language
from sqaudit.model.measuring import Statistic
from sqaudit.model.programme import Period, Source
from sqaudit.model.score import Value
from sqaudit.model.standard import Column
from sqaudit.model.target import Direction, Target

if TYPE_CHECKING:
    from sqaudit.errors import Incomplete, Message
    from sqaudit.model.report import ReportView


class CollectRequest(Struct, frozen=True, kw_only=True):
    """What a collector is asked for: one source of a programme, with its secrets, and the period.

    ``limit`` is how many seconds it may take until its first rows and between them; ``None`` is the usual limit.
    """

    source: Source
    project: Path
    period: Period
    limit: float | None = None


class Collected(Struct, frozen=True, kw_only=True):
    """What a collector returns: files to read as the source says, or rows (the host lands them with a fingerprint)."""

    paths: tuple[Path, ...] = ()
    rows: Iterable[Mapping[str, object]] | None = None


class Collector(Protocol):
    """Fetches the records of a source and judges nothing."""

    name: str
    parameters_schema: Mapping[str, object]

    def collect(self, request: CollectRequest) -> Collected:
        """Find or fetch the records; raise ``UnusableSource`` if there are none to be had."""
        ...


@runtime_checkable
class StandIn(Protocol):
    """What stands for an object that is not there, because the plugin that may bring it cannot be used."""

    absence: Incomplete


class ArgumentKind(StrEnum):
    """What an argument of a named measure must be."""

    CONDITION = "condition"
    NUMBER = "number"
    MOMENT = "moment"
    CONSTANT = "constant"
    WORD = "word"
    ANYTHING = "anything"
    STAR = "star"


class Argument(Struct, frozen=True):
    """One checked argument: its SQL over the dataset's columns.

    ``column`` is set if it is a bare column, ``constant`` if it is a number written out, ``word`` if it is a text in
    quotes. ``is_day`` tells a date from a moment, ``is_duration`` a duration from a number. ``unusable`` is SQL that is
    true where the argument is unknown because a cell could not be used, not because nothing was there.
    """

    sql: str
    column: Column | None = None
    constant: Decimal | None = None
    is_day: bool = False
    unusable: str = "FALSE"
    word: str | None = None
    is_duration: bool = False


class UnfitArgument(Exception):
    """Raised by a measure for an argument that its signatures cannot tell apart; ``index`` counts from 0."""

    def __init__(self, index: int, message: Message, hint: Message | None = None) -> None:
        super().__init__(index, message, hint)
        self.index = index
        self.message = message
        self.hint = hint


class Measure(Protocol):
    """A named measure: which statistics it needs, and how they become a value.

    ``signatures`` lists the accepted argument kinds, e.g. ``((CONDITION,), (NUMBER, NUMBER))``.
    """

    name: str
    formula: str
    signatures: Sequence[Sequence[ArgumentKind]]

    def unit(self, arguments: Sequence[Argument]) -> str | None:
        """The unit of the value (``share``, ``points``, ``per_thousand`` …); ``None``: that of the first argument."""
        ...

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """The statistics needed, by name; ``n`` counts the valid rows.

        Of the other rows ``invalid`` counts those that the measure itself refuses, and ``missing`` those without a
        value (all the rest unless said). Raises ``UnfitArgument``.
        """
        ...

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The value of the statistics; without valid rows a value of ``None`` with its reason."""
        ...

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """A SQL condition for the rows that count against the site, or ``None`` if every row counts alike."""
        ...


@runtime_checkable
class MeasureFamily(Measure, Protocol):
    """A named measure that is another formula for other arguments, such as a scale that runs the other way.

    What the family itself would need and give is never asked for: only that of the member for the arguments.
    """

    def member(self, arguments: Sequence[Argument]) -> Measure:
        """The measure for these arguments, with a formula id of its own. Raises ``UnfitArgument``."""
        ...


class EngineFailure(Exception):
    """Raised by an engine that cannot compute a query: its own words, and whether it is gone altogether (``lost``)."""

    def __init__(self, reason: str, *, lost: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lost = lost


class EngineSession(Protocol):
    """An open connection to where the records lie; reads, never writes.

    SQL comes in DuckDB's dialect as the core generates it, never as a document wrote it; the session renders it in its
    own. Moments come as TIMESTAMPTZ; ``zone`` is the IANA zone in which ``hour(…)`` and days are reckoned.
    """

    def columns(self, table: str) -> Mapping[str, str]:
        """The columns of a table in their order, each with the DuckDB type that holds its values."""
        ...

    def query(self, sql: str, *, zone: str | None = None) -> list[tuple[object, ...]]:
        """All rows; numbers as int, Decimal or float, texts as str, booleans as bool, lists of these as list.

        Raises ``EngineFailure`` with the engine's own words, and ``KeyboardInterrupt`` within a second.
        """
        ...

    def fingerprint(self, sql: str) -> str:
        """A digest of the rows of a query, whatever their order: equal rows, equal digest."""
        ...


@runtime_checkable
class RowKeeper(Protocol):
    """What a session may offer besides: rows that many queries read are computed once and kept as long as it is open.

    Only an engine on which such a query costs more than its rows need offer it; what it keeps is its own copy.
    """

    def keep(self, sql: str) -> str:
        """The relation, as it stands behind FROM, with the rows of a query from now on, in whichever zone it is read.

        Nothing is computed before it is read. Raises ``EngineFailure`` as ``query``.
        """
        ...


class EngineRequest(Struct, frozen=True, kw_only=True):
    """Where an engine is to look: ``parameters`` with secrets filled in, a table or files, the zone to begin with."""

    parameters: Mapping[str, object]
    table: str | None
    paths: tuple[Path, ...]
    zone: str


class RecordEngine(Protocol):
    """Another place than this process where records lie and measures are computed, such as PostgreSQL."""

    name: str
    parameters_schema: Mapping[str, object]

    def open(self, request: EngineRequest) -> AbstractContextManager[EngineSession]:
        """A session; raises ``UnusableSource`` if the engine cannot be reached or lets nobody in."""
        ...


class Scorer(Protocol):
    """Turns a measured value into a score."""

    name: str
    parameters_schema: Mapping[str, object]

    def problem(self, parameters: object, target: Target | None) -> Message | None:
        """What is wrong with these parameters beyond their schema, if anything."""
        ...

    def score(self, value: float, target: Target | None, parameters: object) -> Decimal:
        """A score from 0 to 100."""
        ...


class Reporter(Protocol):
    """Renders a view; computes nothing.

    ``extension`` is that of its files, without a dot. A report that cannot be written as things are is an error of
    sqaudit with its own code and advice; any other is taken for a mistake of the reporter.
    """

    name: str
    media_type: str
    extension: str

    def render(self, view: ReportView, language: Language) -> str | bytes:
        """The report: as text, or as bytes where it is no text for a terminal."""
        ...


@runtime_checkable
class FolderReporter(Protocol):
    """A reporter that can also fill a folder."""

    def render_files(self, view: ReportView, language: Language) -> Mapping[str, str | bytes]:
        """The report as files by name; which names there are depends on no view."""
        ...


class Pack(Struct, frozen=True, kw_only=True):
    """Standards and project templates shipped by a plugin: folders ``standards/<id>/`` and ``templates/<name>/``."""

    name: str
    standards: Path | None = None
    templates: Mapping[str, ProjectTemplate] | None = None


class LanguageCatalogue(Struct, frozen=True, kw_only=True):
    """A language brought by a plugin: its code, such as ``de``, and the folder of its ``de/LC_MESSAGES/sqaudit.mo``."""

    name: str
    folder: Path


class ProjectTemplate(Protocol):
    """A project that runs at once."""

    name: str
    programme: str
    periods: Sequence[str]

    def files(self, language: str) -> Mapping[str, str]:
        """The files to write, by path relative to the project's folder."""
        ...


class ToldMove(Struct, frozen=True):
    """A move of a corrective action in the story of a template: by whom, and what is said.

    ``given`` goes by the names of the options of ``sqaudit actions``: days are dates, what may be repeated is a
    tuple.
    """

    move: Move
    who: str
    given: Mapping[str, object] = {}


class Story(Struct, frozen=True, kw_only=True):
    """What was done about a finding of a template's programme: ``site`` is ``None`` where it is systemic."""

    criterion: str
    site: str | None
    moves: Sequence[ToldMove]


@runtime_checkable
class ToldTemplate(Protocol):
    """A project template that also tells what was done about its findings, for ``sqaudit demo``."""

    def stories(self, language: str) -> Sequence[Story]:
        """The stories, one for each action that is treated."""
        ...
