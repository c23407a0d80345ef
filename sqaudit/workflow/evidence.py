"""Records are read once and measured: the only step that touches the outside. Judges nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from sqaudit.engines.duckdb import Engine, LocalSession, open_engine, temporary_folder
from sqaudit.errors import Incomplete, UnusableSource, msg
from sqaudit.measures.compiled import CompiledMeasure
from sqaudit.measures.finishing import NO_ROWS
from sqaudit.measures.grounds import Ground, Total
from sqaudit.measures.passes import Measured, measure_dataset
from sqaudit.model.calendar import Calendar
from sqaudit.model.evidence import Observation, SourceRecord
from sqaudit.model.measuring import SITE_COLUMN, StatisticKind
from sqaudit.model.ports import EngineFailure
from sqaudit.model.programme import Programme, Site, SiteDataset
from sqaudit.model.quoting import quote_name
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.preparing import prepare_source
from sqaudit.sources.scanning import Window
from sqaudit.sources.sites import sites_from_staged
from sqaudit.sources.staging import scanned_record, table_record
from sqaudit.sources.tallies import EARLIEST, NEWEST, tally_aggregates
from sqaudit.statistics.quantiles import load_ahead
from sqaudit.workflow.context import Context
from sqaudit.workflow.left_out import LeftOut
from sqaudit.workflow.plan import CyclePlan
from sqaudit.workflow.reading import Progress, Read, Scope, engine_lost, open_tables, prepared_table, read_sources
from sqaudit.workflow.reading_order import ReadingOrder, order_reading
from sqaudit.workflow.recorded import answer_from_records
from sqaudit.workflow.unchanged import Kept

_COUNTED = frozenset({StatisticKind.COUNT, StatisticKind.SUM, StatisticKind.SQUARES, StatisticKind.DISTINCT})
_WHOLE: Mapping[str, Callable[..., int]] = {EARLIEST: min, NEWEST: max}


class Evidence(Struct, frozen=True, kw_only=True):
    """All that one collecting brought: sites, what was read and observed, and the datasets that could not be used.

    ``left_out`` says how many rows answered nothing though they were to, by checklist.
    """

    sites: tuple[Site, ...]
    sources: tuple[SourceRecord, ...]
    observations: tuple[Observation, ...]
    problems: Mapping[str, UnusableSource]
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)


def collect_evidence(plan: CyclePlan, context: Context, kept: Kept, progress: Progress | None = None) -> Evidence:
    """Read every source of a plan once and measure every item at every site, but for what is ``kept``.

    A dataset that cannot be used makes its own items ``failed`` observations and leaves the others alone.

    Raises:
        Incomplete: The dataset that lists the sites cannot be used.
        CannotAccess: The disk is full, or a reject file cannot be written.
    """
    tell, project = progress or (lambda _share, _message: None), context.folder
    with temporary_folder() as folder, open_tables(context.host, context.settings.environ) as tables:
        reading = order_reading(plan.programme, [name for name in plan.wanted if name not in kept.records])
        prepared, problems = _prepare_all(plan, reading, folder, project, _part(tell, 0.0, 0.3))
        readable = [path for source in prepared.values() for path in source.readable]
        zones = _zones(plan.programme, plan.sites or ())
        with open_engine(folder=folder, files=readable, zones=list(zones), memory=context.memory_limit) as engine:
            scope = Scope(
                programme=plan.programme,
                reading=reading,
                sites=plan.sites or (),
                period=plan.period,
                requests=plan.measurable.all_requests,
                rejects=project / "rejects" / plan.programme.id / plan.period.label.replace("/", "_"),
            )
            read = Read(prepared=prepared, problems=problems)
            read_sources(engine, read, scope, _part(tell, 0.3, 0.4), tables.open)
            sites = plan.sites if plan.sites is not None else _sites_of_dataset(plan, engine, read)
            seen = _Observing(plan, engine, read, scope, sites).all(kept, _part(tell, 0.4, 1.0))
            observations, left_out = answer_from_records(plan.measurable, seen, read.records, plan.period)
    tell(1.0, msg("measured"))
    return Evidence(
        sites=tuple(sites),
        sources=tuple(record for _, record in sorted({**read.records, **kept.records}.items())),
        observations=observations,
        problems=read.problems,
        left_out=left_out,
    )


def _part(tell: Progress, start: float, end: float) -> Progress:
    """What tells the share of a part, from 0 to 1, as that of the whole."""
    return lambda share, message: tell(start + (end - start) * share, message)


def _prepare_all(
    plan: CyclePlan, reading: ReadingOrder, folder: Path, project: Path, tell: Progress
) -> tuple[dict[str, PreparedSource], dict[str, UnusableSource]]:
    prepared: dict[str, PreparedSource] = {}
    problems: dict[str, UnusableSource] = {}
    for done, dataset in enumerate(reading.fetched):
        tell(done / len(reading.fetched), msg("preparing '{dataset}'", dataset=dataset))
        try:
            prepared[dataset] = _prepare(plan, dataset, folder, project)
        except UnusableSource as problem:
            problems[dataset] = problem
    return prepared, problems


def _prepare(plan: CyclePlan, dataset: str, folder: Path, project: Path) -> PreparedSource:
    planned = plan.sources[dataset]
    if planned.problem is not None or planned.collected is None:
        raise planned.problem or UnusableSource("SQA501", msg("dataset '{dataset}' has no records", dataset=dataset))
    declared = plan.programme.standard.datasets[dataset]
    if planned.source.engine is not None:
        left = prepared_table(planned.source, declared, project, planned.fingerprint)
        return replace(left, originals=planned.files)
    own = folder / dataset
    own.mkdir()
    return prepare_source(planned.source, declared, planned.collected, folder=own, project=project)


def _zones(programme: Programme, sites: Collection[Site]) -> dict[str, list[str]]:
    """The ids of the sites by zone, the programme's own zone first."""
    zones: defaultdict[str, list[str]] = defaultdict(list)
    zones[programme.timezone] = []
    for site in sites:
        zones[site.timezone or programme.timezone].append(site.id)
    return dict(zones)


def _calendars(programme: Programme, sites: Collection[Site]) -> dict[str, tuple[Calendar, str]]:
    """The calendar of each site that has one, with the site's zone."""
    found = [(site, programme.calendar_of(site)) for site in sites]
    return {site.id: (one, site.timezone or programme.timezone) for site, one in found if one is not None}


def _sites_of_dataset(plan: CyclePlan, engine: Engine, staged: Read) -> tuple[Site, ...]:
    listing = plan.programme.sites
    if not isinstance(listing, SiteDataset):
        return ()
    if listing.dataset in staged.problems:
        problem = staged.problems[listing.dataset]
        raise Incomplete("SQA705", msg("the sites cannot be listed: {problem}", problem=problem.message), problem.hint)
    return sites_from_staged(engine, staged.datasets[listing.dataset], listing, plan.programme.calendars)


class _Observing:
    """Measures the datasets of a plan one after the other, and learns what is in those that were not read before."""

    def __init__(self, plan: CyclePlan, engine: Engine, read: Read, scope: Scope, sites: Collection[Site]) -> None:
        self._plan = plan
        self._engine = engine
        self._read = read
        self._scope = scope
        self._sites = sites
        self._chosen = [site for site in sites if not plan.selected or site.id in plan.selected]
        self._requests = plan.measurable.all_requests

    def all(self, kept: Kept, tell: Progress) -> list[Observation]:
        """Every observation of every item, those that are kept among them."""
        load_ahead()
        asked = [dataset for dataset in self._requests if dataset not in kept.records]
        observations = [seen for _, seen_there in sorted(kept.observations.items()) for seen in seen_there]
        for done, dataset in enumerate(asked):
            told = _part(tell, done / len(asked), (done + 1) / len(asked))
            if dataset not in self._read.problems:
                try:
                    observations += self._observe(dataset, told)
                    continue
                except UnusableSource as problem:
                    self._read.problems[dataset] = problem
            observations += self._failed(dataset)
        for dataset in sorted(self._read.datasets):
            if dataset not in self._read.problems:
                self._account(dataset, None)
        return observations

    def _failed(self, dataset: str) -> list[Observation]:
        reason = str(self._read.problems[dataset])
        return [
            Observation(site=site.id, checklist=request.checklist, item=request.item, failed=True, reason=reason)
            for request in self._requests[dataset]
            for site in self._chosen
        ]

    def _observe(self, dataset: str, tell: Progress) -> list[Observation]:
        plan, source = self._plan, self._plan.programme.sources[dataset]
        ground = self._ground(dataset)
        try:
            measured = measure_dataset(
                ground,
                self._requests[dataset],
                sites=self._chosen,
                period=plan.period,
                as_of=self._scope.as_of(source),
                programme=plan.programme.id,
                levels=plan.programme.levels,
                only_chosen=bool(plan.selected),
                totals=self._totals(dataset),
                tell=lambda share: tell(share, msg("measuring '{dataset}'", dataset=dataset)),
            )
        except EngineFailure as failure:
            raise engine_lost(dataset, self._engine_of(dataset), failure) from failure
        record = self._account(dataset, measured)
        observed = list(measured.observations)
        if source.register and record.had_begun(plan.period.end):
            measures = plan.measurable.measures
            observed = [_registered(one, measures[one.item]) if one.item in measures else one for one in observed]
        if record.stale:
            observed = [replace(one, stale=True) for one in observed]
        return observed

    def _ground(self, dataset: str) -> Ground:
        local, staged = LocalSession(self._engine), self._read.datasets[dataset]
        table = self._read.tables.get(dataset)
        return Ground(
            session=self._read.sessions.get(dataset, local),
            local=local,
            staged=staged,
            shape=staged.relation if table is None else table.shape,
            zones=_zones(self._plan.programme, self._sites) if self._plan.sites is not None else {},
            calendars=_calendars(self._plan.programme, self._sites),
            memory=self._engine.memory if table is None else None,
        )

    def _totals(self, dataset: str) -> dict[str, Total]:
        if dataset in self._read.records or not self._sees_its_period_alone(dataset):
            return {}
        aggregates = tally_aggregates(self._read.datasets[dataset], self._plan.programme.timezone)
        return {name: Total(aggregate=sql, whole=_WHOLE.get(name, sum)) for name, sql in aggregates.items()}

    def _sees_its_period_alone(self, dataset: str) -> bool:
        """Whether the rows that are there to be measured are those of the period, and totals of these are of all."""
        time, period = self._plan.programme.sources[dataset].time, self._plan.period
        _, window = self._scope.needed(self._read.prepared[dataset])
        return time is None or window == Window(times=(time,), start=period.start, end=period.end)

    def _account(self, dataset: str, measured: Measured | None) -> SourceRecord:
        """What is known of a dataset once it was measured; asked again, the same."""
        read, as_of = self._read, self._scope.as_of(self._plan.programme.sources[dataset])
        totals = None if measured is None else measured.totals or None  # none were asked for: they are counted apart
        known = dataset in read.records
        if dataset in read.scans and not known:
            rejects = self._scope.rejects_of(dataset)
            read.records[dataset] = scanned_record(
                self._engine, read.scans[dataset], as_of=as_of, rejects=rejects, totals=totals
            )
        elif dataset in read.tables and not known:
            try:
                read.records[dataset] = table_record(read.sessions[dataset], read.tables[dataset], as_of, totals)
            except EngineFailure as failure:
                raise engine_lost(dataset, self._engine_of(dataset), failure) from failure
        if measured is not None or not known:
            on_the_way = not known and totals is not None
            unknown = self._unknown_sites(dataset, measured.rows if measured is not None and on_the_way else None)
            read.records[dataset] = replace(read.records[dataset], unknown_sites=unknown)
        return read.records[dataset]

    def _engine_of(self, dataset: str) -> str:
        choice = self._plan.programme.sources[dataset].engine
        return choice.name if choice is not None else "duckdb"

    def _unknown_sites(self, dataset: str, rows: Mapping[str, int] | None) -> dict[str, int]:
        if rows is None:
            site = quote_name(SITE_COLUMN)
            session = self._read.sessions.get(dataset, LocalSession(self._engine))
            relation = self._read.datasets[dataset].relation
            counted = session.query(
                f"SELECT {site}, count(*) FROM {relation} AS rows WHERE {site} IS NOT NULL GROUP BY {site}"
            )
            rows = {str(place): int(str(n)) for place, n in counted}
        known = {site.id for site in self._sites}
        return {site: rows[site] for site in sorted(rows) if site not in known}


def _registered(observation: Observation, measure: CompiledMeasure) -> Observation:
    """In a register a site without rows had nothing to register: counts and sums are 0."""
    if observation.reason != NO_ROWS:
        return observation
    zeros = {name: 0 if statistic.kind in _COUNTED else None for name, statistic in measure.statistics.items()}
    return replace(observation, statistics=zeros, reason=None)
