"""Records are read once and measured: the only step that touches the outside. Judges nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqaudit.engines.duckdb import Engine, open_engine, temporary_folder
from sqaudit.errors import Incomplete, Message, UnusableSource, msg
from sqaudit.expressions.gate import check_file_expression
from sqaudit.measures.compiled import CompiledMeasure
from sqaudit.measures.finishing import NO_ROWS
from sqaudit.measures.passes import measure_dataset
from sqaudit.model.evidence import Observation, SourceRecord
from sqaudit.model.measuring import StagedDataset, StatisticKind
from sqaudit.model.programme import Period, Programme, Site, SiteDataset
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.preparing import prepare_source
from sqaudit.sources.sites import sites_from_staged
from sqaudit.sources.staging import stage_source
from sqaudit.workflow.plan import CyclePlan

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
class _Staged:
    """The datasets that lie in the engine, what was read of each, and why others do not."""

    datasets: Mapping[str, StagedDataset]
    records: Mapping[str, SourceRecord]
    problems: Mapping[str, UnusableSource]


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
            staged = _stage_all(plan, project, engine, prepared, tell)
            staged = replace(staged, problems={**problems, **staged.problems})
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


def stage(  # noqa: PLR0913 - everything that staging depends on is said
    engine: Engine,
    prepared: PreparedSource,
    programme: Programme,
    sites: Collection[Site],
    *,
    as_of: datetime,
    rejects: Path | None = None,
) -> tuple[StagedDataset, SourceRecord]:
    """Lay one prepared source as a typed table into the engine, and write its reject file if one is wanted."""
    return stage_source(
        engine,
        prepared,
        zones={site.id: site.timezone for site in sites if site.timezone},
        zone=programme.timezone,
        as_of=as_of,
        only_site=next(iter(sites)).id if len(sites) == 1 else None,
        to_sql=check_file_expression,
        rejects=rejects,
    )


def _prepare_all(
    plan: CyclePlan, folder: Path, project: Path, tell: Progress
) -> tuple[dict[str, PreparedSource], dict[str, UnusableSource]]:
    prepared: dict[str, PreparedSource] = {}
    problems: dict[str, UnusableSource] = {}
    for done, dataset in enumerate(sorted(plan.sources)):
        tell(0.3 * done / len(plan.sources), msg("preparing '{dataset}'", dataset=dataset))
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


def _stage_all(
    plan: CyclePlan, project: Path, engine: Engine, prepared: Mapping[str, PreparedSource], tell: Progress
) -> _Staged:
    staged: dict[str, StagedDataset] = {}
    records: dict[str, SourceRecord] = {}
    problems: dict[str, UnusableSource] = {}
    rejects = project / "rejects" / plan.programme.id / plan.period.label.replace("/", "_")
    for done, (dataset, ready) in enumerate(sorted(prepared.items())):
        tell(0.3 + 0.4 * done / len(prepared), msg("reading '{dataset}'", dataset=dataset))
        try:
            staged[dataset], records[dataset] = stage(
                engine,
                ready,
                plan.programme,
                plan.sites or (),
                as_of=ready.source.as_of or plan.period.end,
                rejects=rejects / f"{dataset}.csv",
            )
        except UnusableSource as problem:
            problems[dataset] = problem
    return _Staged(datasets=staged, records=records, problems=problems)


def _sites_of_dataset(plan: CyclePlan, engine: Engine, staged: _Staged) -> tuple[Site, ...]:
    listing = plan.programme.sites
    if not isinstance(listing, SiteDataset):
        return ()
    if listing.dataset in staged.problems:
        problem = staged.problems[listing.dataset]
        raise Incomplete("SQA705", msg("the sites cannot be listed: {problem}", problem=problem.message), problem.hint)
    return sites_from_staged(engine, staged.datasets[listing.dataset], listing)


def _observe_all(
    plan: CyclePlan, engine: Engine, staged: _Staged, sites: Collection[Site], tell: Progress
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


def _observe(plan: CyclePlan, engine: Engine, staged: _Staged, dataset: str, sites: list[Site]) -> list[Observation]:
    source = plan.programme.sources[dataset]
    observed = measure_dataset(
        engine,
        staged.datasets[dataset],
        plan.measurable.requests[dataset],
        sites=sites,
        period=plan.period,
        as_of=source.as_of or plan.period.end,
        zones=_zones(plan.programme, sites) if plan.sites is not None else {},
    )
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
    counted = engine.query(f'SELECT ":site", count(*) FROM "{staged.table}" GROUP BY 1 ORDER BY 1')
    return replace(record, unknown_sites={site: n for site, n in counted if site not in known})
