"""Records are read once and measured: the only step that touches the outside. Judges nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqaudit.engines.duckdb import Engine, LocalSession, open_engine, temporary_folder
from sqaudit.errors import Incomplete, Message, UnusableSource, msg
from sqaudit.expressions.gate import check_file_expression
from sqaudit.expressions.queries import CheckedQuery
from sqaudit.measures.compiled import CompiledMeasure
from sqaudit.measures.finishing import NO_ROWS
from sqaudit.measures.passes import Ground, measure_dataset
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.calendar import Calendar
from sqaudit.model.evidence import Observation, SourceRecord
from sqaudit.model.measuring import SITE_COLUMN, StagedDataset, StatisticKind
from sqaudit.model.programme import Period, Programme, Site, SiteDataset
from sqaudit.model.quoting import quote_name
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.preparing import prepare_source
from sqaudit.sources.query_results import cannot_be_made, prepare_result, relation_sql
from sqaudit.sources.scanning import Window
from sqaudit.sources.sites import sites_from_staged
from sqaudit.sources.staging import stage_source
from sqaudit.workflow.needed import needed_columns, needed_window
from sqaudit.workflow.plan import CyclePlan
from sqaudit.workflow.reading_order import ReadingOrder

Progress = Callable[[float, Message], None]

_COUNTED = frozenset({StatisticKind.COUNT, StatisticKind.SUM, StatisticKind.DISTINCT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that one collecting brought: sites, what was read and observed, and the datasets that could not be used."""

    sites: tuple[Site, ...]
    sources: tuple[SourceRecord, ...]
    observations: tuple[Observation, ...]
    problems: Mapping[str, UnusableSource]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """The datasets that lie in the engine, what they were made from and what was read, and why others do not.

    Filled while sources are read one after the other.
    """

    prepared: dict[str, PreparedSource] = field(default_factory=dict)
    datasets: dict[str, StagedDataset] = field(default_factory=dict)
    records: dict[str, SourceRecord] = field(default_factory=dict)
    problems: dict[str, UnusableSource] = field(default_factory=dict)


def collect_evidence(plan: CyclePlan, project: Path, progress: Progress | None = None) -> Evidence:
    """Read every source of a plan once and measure every item at every site.

    A dataset that cannot be used makes its own items ``failed`` observations and leaves the others alone.

    Raises:
        Incomplete: The dataset that lists the sites cannot be used.
        CannotAccess: The disk is full, or a reject file cannot be written.
    """
    tell = progress or (lambda _share, _message: None)
    with temporary_folder() as folder:
        prepared, problems = _prepare_all(plan, folder, project, tell)
        readable = [path for source in prepared.values() for path in source.readable]
        zones = _zones(plan.programme, plan.sites or ())
        with open_engine(folder=folder, files=readable, zones=list(zones)) as engine:
            staged = stage_all(
                engine,
                Staged(prepared=prepared, problems=problems),
                plan.reading,
                plan.programme,
                plan.sites or (),
                requests=plan.measurable.requests,
                period=plan.period,
                rejects=project / "rejects" / plan.programme.id / plan.period.label.replace("/", "_"),
                tell=tell,
            )
            sites = plan.sites if plan.sites is not None else _sites_of_dataset(plan, engine, staged)
            observations = _observe_all(plan, engine, staged, sites, tell)
            known = {site.id for site in sites}
            records = [
                _with_unknown_sites(engine, record, staged.datasets[dataset], known)
                for dataset, record in sorted(staged.records.items())
            ]
    tell(1.0, msg("measured"))
    return Evidence(
        sites=tuple(sites), sources=tuple(records), observations=tuple(observations), problems=staged.problems
    )


def stage_all(  # noqa: PLR0913 - everything that staging depends on is said
    engine: Engine,
    staged: Staged,
    reading: ReadingOrder,
    programme: Programme,
    sites: Collection[Site],
    *,
    period: Period,
    requests: Mapping[str, Sequence[MeasureRequest]] | None = None,
    rejects: Path | None = None,
    tell: Progress = lambda _share, _message: None,
) -> Staged:
    """Make prepared sources ready to be measured, and the results of queries after what they read.

    Of Parquet files only the columns and the stretch of time that the ``requests`` need are looked at, where they are
    given. ``rejects`` is the folder for reject files, if they are wanted. A source that cannot be used is a problem of
    ``staged``.
    """
    for done, dataset in enumerate(reading.datasets):
        tell(0.3 + 0.4 * done / len(reading.datasets), msg("reading '{dataset}'", dataset=dataset))
        if dataset in staged.problems:
            continue
        try:
            query = reading.queries.get(dataset)
            if query is not None:
                staged.prepared[dataset] = _answer(engine, staged, programme, dataset, query, period)
            ready = staged.prepared[dataset]
            window = None
            if requests is not None and ready.lies_in_parquet:
                asked = requests.get(dataset, ())
                window = needed_window(programme, dataset, asked, reading.queries, period)
                ready = replace(ready, dataset=needed_columns(programme, dataset, asked, reading.queries.values()))
            staged.datasets[dataset], staged.records[dataset] = _stage(
                engine,
                ready,
                programme,
                sites,
                as_of=ready.source.as_of or period.end,
                window=window,
                rejects=rejects / f"{dataset}.csv" if rejects is not None else None,
            )
        except UnusableSource as problem:
            staged.problems[dataset] = problem
    return staged


def _answer(  # noqa: PLR0913, PLR0917 - everything that an answer depends on is said
    engine: Engine, staged: Staged, programme: Programme, dataset: str, query: CheckedQuery, period: Period
) -> PreparedSource:
    source = programme.sources[dataset]
    for other in sorted(query.tables & staged.problems.keys()):
        raise cannot_be_made(dataset, other, staged.problems[other])
    relations = {name: relation_sql(staged.datasets[name], period, source.reach_seconds) for name in query.tables}
    read = {name: staged.records[name] for name in sorted(query.tables)}
    return prepare_result(
        engine,
        source,
        programme.standard.datasets[dataset],
        query=query.sql,
        rendered=query.render(period, source.as_of or period.end, relations),
        read=read,
        project=staged.prepared[min(read)].project,
    )


def _stage(  # noqa: PLR0913 - everything that staging depends on is said
    engine: Engine,
    prepared: PreparedSource,
    programme: Programme,
    sites: Collection[Site],
    *,
    as_of: datetime,
    window: Window | None,
    rejects: Path | None,
) -> tuple[StagedDataset, SourceRecord]:
    return stage_source(
        engine,
        prepared,
        zones={site.id: site.timezone for site in sites if site.timezone},
        zone=programme.timezone,
        as_of=as_of,
        only_site=next(iter(sites)).id if len(sites) == 1 else None,
        to_sql=check_file_expression,
        rejects=rejects,
        window=window,
    )


def _prepare_all(
    plan: CyclePlan, folder: Path, project: Path, tell: Progress
) -> tuple[dict[str, PreparedSource], dict[str, UnusableSource]]:
    prepared: dict[str, PreparedSource] = {}
    problems: dict[str, UnusableSource] = {}
    for done, dataset in enumerate(plan.reading.fetched):
        tell(0.3 * done / len(plan.reading.fetched), msg("preparing '{dataset}'", dataset=dataset))
        try:
            prepared[dataset] = _prepare(plan, dataset, folder, project)
        except UnusableSource as problem:
            problems[dataset] = problem
    return prepared, problems


def _prepare(plan: CyclePlan, dataset: str, folder: Path, project: Path) -> PreparedSource:
    planned = plan.sources[dataset]
    if planned.problem is not None or planned.collected is None:
        raise planned.problem or UnusableSource("SQA501", msg("dataset '{dataset}' has no records", dataset=dataset))
    own = folder / dataset
    own.mkdir()
    return prepare_source(
        planned.source, plan.programme.standard.datasets[dataset], planned.collected, folder=own, project=project
    )


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


def _sites_of_dataset(plan: CyclePlan, engine: Engine, staged: Staged) -> tuple[Site, ...]:
    listing = plan.programme.sites
    if not isinstance(listing, SiteDataset):
        return ()
    if listing.dataset in staged.problems:
        problem = staged.problems[listing.dataset]
        raise Incomplete("SQA705", msg("the sites cannot be listed: {problem}", problem=problem.message), problem.hint)
    return sites_from_staged(engine, staged.datasets[listing.dataset], listing, plan.programme.calendars)


def _observe_all(
    plan: CyclePlan, engine: Engine, staged: Staged, sites: Collection[Site], tell: Progress
) -> list[Observation]:
    chosen = [site for site in sites if not plan.selected or site.id in plan.selected]
    asked = plan.measurable.requests
    observations: list[Observation] = []
    for done, (dataset, requests) in enumerate(sorted(asked.items())):
        tell(0.7 + 0.3 * done / len(asked), msg("measuring '{dataset}'", dataset=dataset))
        if dataset in staged.problems:
            reason = str(staged.problems[dataset])
            observations += [
                Observation(site=site.id, checklist=r.checklist, item=r.item, failed=True, reason=reason)
                for r in requests
                for site in chosen
            ]
        else:
            observations += _observe(plan, engine, staged, dataset, chosen)
    return observations


def _observe(plan: CyclePlan, engine: Engine, staged: Staged, dataset: str, sites: list[Site]) -> list[Observation]:
    source = plan.programme.sources[dataset]
    staged_dataset = staged.datasets[dataset]
    local = LocalSession(engine)
    ground = Ground(
        session=local,
        local=local,
        staged=staged_dataset,
        shape=staged_dataset.relation,
        zones=_zones(plan.programme, sites) if plan.sites is not None else {},
        calendars=_calendars(plan.programme, sites),
        memory=engine.memory,
    )
    measured = measure_dataset(
        ground,
        plan.measurable.requests[dataset],
        sites=sites,
        period=plan.period,
        as_of=source.as_of or plan.period.end,
        programme=plan.programme.id,
        levels=plan.programme.levels,
        only_chosen=bool(plan.selected),
    )
    observed = list(measured.observations)
    if source.register and _reaches(staged.records[dataset], plan.period):
        observed = [_registered(one, plan.measurable.measures[one.item]) for one in observed]
    if staged.records[dataset].stale:
        observed = [replace(one, stale=True) for one in observed]
    return observed


def _reaches(record: SourceRecord, period: Period) -> bool:
    """Whether a register had begun by the end of a period; before, its silence says nothing."""
    return record.earliest is None or record.earliest < period.end


def _registered(observation: Observation, measure: CompiledMeasure) -> Observation:
    """In a register a site without rows had nothing to register: counts and sums are 0."""
    if observation.reason != NO_ROWS:
        return observation
    zeros = {name: 0 if statistic.kind in _COUNTED else None for name, statistic in measure.statistics.items()}
    return replace(observation, statistics=zeros, reason=None)


def _with_unknown_sites(
    engine: Engine, record: SourceRecord, staged: StagedDataset, known: Collection[str]
) -> SourceRecord:
    site = quote_name(SITE_COLUMN)
    counted = engine.query(
        f"SELECT {site}, count(*) FROM {quote_name(staged.table)} WHERE {site} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    return replace(record, unknown_sites={site: n for site, n in counted if site not in known})
