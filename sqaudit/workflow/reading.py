"""The sources of a programme made ready to be measured: here as tables and views, or where another engine has them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from sqaudit.engines.duckdb import Engine
from sqaudit.errors import Message, UnusableSource, msg
from sqaudit.expressions.gate import check_file_expression
from sqaudit.expressions.queries import CheckedQuery
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.evidence import SourceRecord
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.ports import EngineFailure, EngineRequest, EngineSession
from sqaudit.model.programme import Period, Programme, Site, Source
from sqaudit.model.standard import Dataset
from sqaudit.plugin.host import PluginHost
from sqaudit.sources.masks import lay_masks
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.query_results import cannot_be_made, prepare_result, relation_sql
from sqaudit.sources.scanning import Window
from sqaudit.sources.staging import Scan, lay_scan, stage_source
from sqaudit.sources.tables import TableScan, keep_rows, lay_table
from sqaudit.workflow.needed import needed_columns, needed_window
from sqaudit.workflow.reading_order import ReadingOrder
from sqaudit.workflow.secrets import fill_secrets

Progress = Callable[[float, Message], None]


class Scope(Struct, frozen=True, kw_only=True):
    """What is read and why: a programme's cycle at its sites, and the measures that ask for records, by dataset.

    Without ``requests`` every column and all of the time are read. ``rejects`` is the folder for reject files, if they
    are wanted; ``engines`` opens sessions where other engines have the records.
    """

    programme: Programme
    reading: ReadingOrder
    sites: Collection[Site]
    period: Period
    requests: Mapping[str, Sequence[MeasureRequest]] | None = None
    rejects: Path | None = None

    def as_of(self, source: Source) -> datetime:
        """What ``as_of`` means for a source."""
        return source.as_of or self.period.end

    def needed(self, prepared: PreparedSource) -> tuple[PreparedSource, Window | None]:
        """The source with the columns that are needed, and the stretch of time."""
        if self.requests is None:
            return prepared, None
        dataset, queries = prepared.dataset.id, self.reading.queries
        asked = self.requests.get(dataset, ())
        columns = needed_columns(self.programme, dataset, asked, queries.values())
        return (
            replace(prepared, dataset=columns),
            needed_window(self.programme, dataset, asked, queries, self.period),
        )

    @property
    def zones(self) -> dict[str, str]:
        """The zones of sites that have one of their own."""
        return {site.id: site.timezone for site in self.sites if site.timezone}

    @property
    def only_site(self) -> str | None:
        """The one site, where there is but one."""
        return next(iter(self.sites)).id if len(self.sites) == 1 else None

    def keys(self, dataset: str) -> set[str]:
        """The columns that rows of a dataset are broken down by."""
        return {key for request in (self.requests or {}).get(dataset, ()) for key in request.keys}

    def rejects_of(self, dataset: str) -> Path | None:
        """Where the rejects of a dataset go."""
        return self.rejects / f"{dataset}.csv" if self.rejects is not None else None


class Read(Struct, frozen=True, kw_only=True):
    """The datasets that can be measured, what they were made from, what is known of them, and why others cannot.

    Filled while sources are read one after the other. What is in ``scans`` and ``tables`` is not known before they are
    measured; a table is asked in its own of the ``sessions``.
    """

    prepared: dict[str, PreparedSource] = field(default_factory=dict)
    datasets: dict[str, StagedDataset] = field(default_factory=dict)
    records: dict[str, SourceRecord] = field(default_factory=dict)
    problems: dict[str, UnusableSource] = field(default_factory=dict)
    scans: dict[str, Scan] = field(default_factory=dict)
    tables: dict[str, TableScan] = field(default_factory=dict)
    sessions: dict[str, EngineSession] = field(default_factory=dict)


def read_sources(
    engine: Engine,
    read: Read,
    scope: Scope,
    tell: Progress = lambda _share, _message: None,
    open_table: Callable[[Engine, PreparedSource, Scope], tuple[EngineSession, TableScan]] | None = None,
) -> Read:
    """Make prepared sources ready to be measured, and the results of queries after what they read.

    A source that cannot be used is a problem of ``read``. ``open_table`` opens a source of another engine.
    """
    datasets = scope.reading.datasets
    for done, dataset in enumerate(datasets):
        tell(done / len(datasets), msg("reading '{dataset}'", dataset=dataset))
        if dataset in read.problems:
            continue
        try:
            if dataset in scope.reading.queries:
                read.prepared[dataset] = _answer(engine, read, scope, dataset)
            if read.prepared[dataset].source.engine is not None and open_table is not None:
                prepared = read.prepared[dataset]
                read.sessions[dataset], scan = open_table(engine, prepared, scope)
                read.tables[dataset] = _kept(scan, read.sessions[dataset])
                read.datasets[dataset] = read.tables[dataset].staged
            else:
                _lay(engine, read, scope, dataset)
        except UnusableSource as problem:
            read.problems[dataset] = problem
    return read


def _kept(scan: TableScan, session: EngineSession) -> TableScan:
    choice = scan.prepared.source.engine
    try:
        return keep_rows(scan, session)
    except EngineFailure as failure:
        raise engine_lost(scan.staged.dataset, "" if choice is None else choice.name, failure) from failure


def _lay(engine: Engine, read: Read, scope: Scope, dataset: str) -> None:
    prepared = read.prepared[dataset]
    if scope.requests is not None and prepared.lies_in_parquet and not prepared.source.key:
        ready, window = scope.needed(prepared)
        scan = lay_scan(
            engine,
            ready,
            zones=scope.zones,
            zone=scope.programme.timezone,
            to_sql=check_file_expression,
            only_site=scope.only_site,
            window=window,
        )
        read.scans[dataset], read.datasets[dataset] = scan, lay_masks(engine, scan.staged, scope.keys(dataset))
        return
    staged, read.records[dataset] = stage_source(
        engine,
        prepared,
        zones=scope.zones,
        zone=scope.programme.timezone,
        as_of=scope.as_of(prepared.source),
        only_site=scope.only_site,
        to_sql=check_file_expression,
        rejects=scope.rejects_of(dataset),
    )
    read.datasets[dataset] = lay_masks(engine, staged, scope.keys(dataset))


def _answer(engine: Engine, read: Read, scope: Scope, dataset: str) -> PreparedSource:
    query: CheckedQuery = scope.reading.queries[dataset]
    source = scope.programme.sources[dataset]
    for other in sorted(query.tables & read.problems.keys()):
        raise cannot_be_made(dataset, other, read.problems[other])
    relations = {name: relation_sql(read.datasets[name], scope.period, source.reach_seconds) for name in query.tables}
    return prepare_result(
        engine,
        source,
        scope.programme.standard.datasets[dataset],
        query=query.sql,
        rendered=query.render(scope.period, scope.as_of(source), relations),
        read={name: read.prepared[name] for name in sorted(query.tables)},
        project=read.prepared[min(query.tables)].project,
    )


class Tables:
    """Opens the tables of other engines, each in a session that stays open as long as this does."""

    def __init__(self, host: PluginHost, environ: Mapping[str, str], stack: ExitStack) -> None:
        self._host = host
        self._environ = environ
        self._stack = stack

    def open(self, engine: Engine, prepared: PreparedSource, scope: Scope) -> tuple[EngineSession, TableScan]:
        """A session and the queries over a source's table; raises ``UnusableSource`` if it cannot be had."""
        source, choice = prepared.source, prepared.source.engine
        assert choice is not None  # noqa: S101  asked only of sources with an engine
        table = source.table or source.dataset
        request = EngineRequest(
            parameters=fill_secrets(choice.parameters, self._environ, prepared.project),
            table=table,
            paths=tuple(prepared.project / file.name for file in prepared.originals),
            zone=scope.programme.timezone,
        )
        ready, window = scope.needed(prepared)
        try:
            session = self._stack.enter_context(self._host.engine(choice.name).open(request))
            columns = session.columns(table)
        except EngineFailure as failure:
            raise engine_lost(source.dataset, choice.name, failure) from failure
        scan = lay_table(
            engine,
            ready,
            table,
            columns,
            zones=scope.zones,
            zone=scope.programme.timezone,
            to_sql=check_file_expression,
            only_site=scope.only_site,
            window=window,
        )
        return session, scan


@contextmanager
def open_tables(host: PluginHost, environ: Mapping[str, str]) -> Iterator[Tables]:
    """What opens the tables of other engines; their sessions end with it."""
    with ExitStack() as stack:
        yield Tables(host, environ, stack)


def prepared_table(source: Source, dataset: Dataset, project: Path, fingerprint: str = "") -> PreparedSource:
    """A source whose records stay where another engine has them."""
    return PreparedSource(
        source=source, dataset=dataset, project=project, fingerprint=fingerprint, originals=(), files=()
    )


def engine_lost(dataset: str, engine: str, failure: EngineFailure) -> UnusableSource:
    """The error of a dataset whose engine cannot answer."""
    return UnusableSource(
        "SQA519",
        msg("'{dataset}' cannot be read by {engine}: {reason}", dataset=dataset, engine=engine, reason=failure.reason),
        msg("look whether the engine is up and may read what the source names"),
    )
