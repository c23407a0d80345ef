"""Records are read once and measured: the only step that touches the outside. Judges nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
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
from sqaudit.model.programme import Programme, Site, SiteDataset
from sqaudit.sources.preparing import PreparedSource, prepare_source
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


def collect_evidence(plan: CyclePlan, project: Path, progress: Progress | None = None) -> Evidence:
    """Read every source of a plan once and measure every item at every site.

    A dataset that cannot be used makes its own items ``failed`` observations and leaves the others alone.

    Raises:
        Incomplete: The dataset that lists the sites cannot be used.
        CannotAccess: The disk is full, or a reject file cannot be written.
    """
    tell = progress or (lambda _share, _message: None)
    with temporary_folder() as folder:
        prepared: dict[str, PreparedSource] = {}
        problems: dict[str, UnusableSource] = {}
        for done, (dataset, planned) in enumerate(sorted(plan.sources.items())):
            tell(0.3 * done / len(plan.sources), msg("preparing '{dataset}'", dataset=dataset))
            try:
                prepared[dataset] = _prepare(plan, dataset, folder, project)
            except UnusableSource as problem:
                problems[dataset] = problem
        readable = [path for source in prepared.values() for path in source.readable]
        zones = _zones(plan)
        with open_engine(folder=folder, files=readable, zones=sorted(zones, key=lambda z: z != plan.programme.timezone)) as engine:
            return _measure_all(plan, project, engine, prepared, problems, zones, tell)


def _prepare(plan: CyclePlan, dataset: str, folder: Path, project: Path) -> PreparedSource:
    planned = plan.sources[dataset]
    if planned.problem is not None or planned.collected is None:
        raise planned.problem or UnusableSource("SQA501", msg("dataset '{dataset}' has no records", dataset=dataset))
    own = folder / dataset
    own.mkdir()
    return prepare_source(
        planned.source, plan.programme.standard.datasets[dataset], planned.collected, folder=own, project=project
    )


def _zones(plan: CyclePlan) -> dict[str, list[str]]:
    zones: defaultdict[str, list[str]] = defaultdict(list)
    zones[plan.programme.timezone] = []
    for site in plan.sites or ():
        zones[site.timezone or plan.programme.timezone].append(site.id)
    return dict(zones)


def _measure_all(
    plan: CyclePlan,
    project: Path,
    engine: Engine,
    prepared: Mapping[str, PreparedSource],
    problems: dict[str, UnusableSource],
    zones: Mapping[str, Collection[str]],
    tell: Progress,
) -> Evidence:
    staged: dict[str, StagedDataset] = {}
    records: dict[str, SourceRecord] = {}
    for done, (dataset, source) in enumerate(sorted(prepared.items())):
        tell(0.3 + 0.4 * done / len(prepared), msg("reading '{dataset}'", dataset=dataset))
        try:
            staged[dataset], records[dataset] = stage(
                engine,
                source,
                plan.programme,
                plan.sites or (),
                as_of=source.source.as_of or plan.period.end,
                rejects=_reject_file(plan, dataset, project),
            )
        except UnusableSource as problem:
            problems[dataset] = problem
    sites = plan.sites if plan.sites is not None else _sites_of_dataset(plan, engine, staged, problems)
    chosen = [site for site in sites if not plan.selected or site.id in plan.selected]
    observations: list[Observation] = []
    for done, (dataset, requests) in enumerate(sorted(plan.measurable.requests.items())):
        tell(0.7 + 0.3 * done / len(plan.measurable.requests), msg("measuring '{dataset}'", dataset=dataset))
        if dataset in problems:
            reason = str(problems[dataset])
            observations += [
                Observation(site=site.id, checklist=r.checklist, item=r.item, failed=True, reason=reason)
                for r in requests
                for site in chosen
            ]
            continue
        source = plan.programme.sources[dataset]
        observed = measure_dataset(
            engine,
            staged[dataset],
            requests,
            sites=chosen,
            period=plan.period,
            as_of=source.as_of or plan.period.end,
            zones=zones,
        )
        if records[dataset].stale:
            observed = [replace(observation, stale=True) for observation in observed]
        if source.register:
            observed = [_register(o, plan.measurable.measures[o.item]) for o in observed]
        observations += observed
    tell(1.0, msg("measured"))
    return Evidence(
        sites=tuple(sites),
        sources=tuple(
            _with_unknown_sites(engine, records[dataset], staged[dataset], {site.id for site in sites})
            for dataset in sorted(records)
        ),
        observations=tuple(observations),
        problems=problems,
    )


def stage(
    engine: Engine,
    prepared: PreparedSource,
    programme: Programme,
    sites: Sequence[Site],
    *,
    as_of: datetime,
    rejects: Path | None,
) -> tuple[StagedDataset, SourceRecord]:
    """Lay one prepared source as a typed table into the engine, and write its reject file."""
    return stage_source(
        engine,
        prepared,
        zones={site.id: site.timezone for site in sites if site.timezone},
        zone=programme.timezone,
        as_of=as_of,
        only_site=sites[0].id if len(sites) == 1 else None,
        to_sql=check_file_expression,
        rejects=rejects,
    )


def _reject_file(plan: CyclePlan, dataset: str, project: Path) -> Path:
    return project / "rejects" / plan.programme.id / plan.period.label.replace("/", "_") / f"{dataset}.csv"


def _sites_of_dataset(
    plan: CyclePlan, engine: Engine, staged: Mapping[str, StagedDataset], problems: Mapping[str, UnusableSource]
) -> tuple[Site, ...]:
    listing = plan.programme.sites
    if not isinstance(listing, SiteDataset):
        return ()
    if listing.dataset in problems:
        raise Incomplete("SQA705", msg("the sites cannot be listed: {problem}", problem=problems[listing.dataset].message))
    return sites_from_staged(engine, staged[listing.dataset], listing)


def _register(observation: Observation, measure: CompiledMeasure) -> Observation:
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
