"""What a run would look at: the cycle, its sites, its items and the files behind them. Judges and changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version

from msgspec import Struct
from msgspec.structs import asdict, replace

from sqaudit.documents.periods import read_period
from sqaudit.documents.resolving import ResolvedProgramme, canonical_json, content_hash
from sqaudit.engines.duckdb import open_engine, temporary_folder
from sqaudit.errors import InvalidInput, SqauditError, UnusableSource, msg
from sqaudit.expressions.queries import CheckedQuery
from sqaudit.model.evidence import SourceFile
from sqaudit.model.ports import Collected, CollectRequest, EngineFailure
from sqaudit.model.programme import Period, Programme, Site, SiteDataset, Source
from sqaudit.sources.files import fingerprint_files
from sqaudit.sources.landing import LandedRows, land_rows
from sqaudit.sources.preparing import name_of_rows
from sqaudit.sources.query_results import cannot_be_made, query_fingerprint
from sqaudit.workflow.check import sound_programme
from sqaudit.workflow.context import Context
from sqaudit.workflow.follow_up.repeating import Repeated, items_to_repeat
from sqaudit.workflow.history import refuse_lost_ids
from sqaudit.workflow.measurable import Measurable, make_measurable
from sqaudit.workflow.reading import Scope, engine_lost, open_tables, prepared_table
from sqaudit.workflow.reading_order import ReadingOrder, order_reading
from sqaudit.workflow.secrets import fill_secrets, hiding_secrets
from sqaudit.workflow.sites import known_sites


class PlannedSource(Struct, frozen=True, kw_only=True):
    """One dataset's source: what its collector found (nothing for a query), or why it cannot be used."""

    source: Source
    collected: Collected | None
    files: tuple[SourceFile, ...]
    fingerprint: str
    problem: UnusableSource | None = None


class CyclePlan(Struct, frozen=True, kw_only=True):
    """Everything a run needs, fixed before it starts.

    ``sites`` is ``None`` while a dataset has still to tell them. ``fingerprint`` covers documents, sources, sites,
    plugins and the selection: equal fingerprints mean equal results. ``inputs`` holds the same by kind and name, and
    under ``written`` the documents as their authors wrote them. ``wanted`` are the datasets that items and sites ask
    for, ``reading`` is the order in which these and what they are made from are read. A follow-up audit looks only at
    the items ``repeated``, by site.
    """

    programme: Programme
    resolved: ResolvedProgramme
    measurable: Measurable
    period: Period
    sites: tuple[Site, ...] | None
    selected: tuple[str, ...]
    repeated: Repeated
    sources: Mapping[str, PlannedSource]
    wanted: tuple[str, ...]
    reading: ReadingOrder
    inputs: Mapping[str, object]
    fingerprint: str


def plan_cycle(
    context: Context, programme_id: str, period_text: str | None = None, sites: Sequence[str] = ()
) -> CyclePlan:
    """Plan one cycle of a programme.

    Args:
        context: The project.
        programme_id: Which programme.
        period_text: A period such as ``2026-10``; default: the last complete one.
        sites: Ids of the sites to look at; default: all.

    Raises:
        InvalidInput: Unknown programme or site, unusable period, documents with errors.
        Incomplete: A required plugin is missing.
        CannotAccess: The store cannot be read.
    """
    resolved, programme = sound_programme(context, programme_id)
    refuse_lost_ids(context, programme_id)
    period = read_period(period_text, programme.period, programme.timezone, context.settings.now)
    known = known_sites(programme, context.folder)
    measurable = make_measurable(resolved, context.host, known)
    repeated = _repeated(context, measurable, period, known)
    selected = _select(sites or tuple(repeated), known)
    requests = measurable.all_requests
    wanted = _datasets_used(programme, requests)
    reading = order_reading(programme, wanted)
    scope = Scope(programme=programme, reading=reading, sites=known or (), period=period, requests=requests)
    sources = _plan_sources(context, scope)
    inputs: dict[str, object] = {
        "documents": {role: content_hash(content) for role, content in resolved.documents().items()},
        "sources": {dataset: planned.fingerprint for dataset, planned in sources.items()},
        "sites": None if known is None else _sites_hash(known),
        "selected": list(selected),
        **({"repeated": repeated} if repeated else {}),
        "plugins": dict(context.host.versions()),
        **_holiday_source(programme),
        **_failing_measures(measurable),
    }
    return CyclePlan(
        programme=programme,
        resolved=resolved,
        measurable=measurable,
        period=period,
        sites=known,
        selected=selected,
        repeated=repeated,
        sources=sources,
        wanted=tuple(wanted),
        reading=reading,
        inputs={**inputs, "written": context.library.written(programme_id)},
        fingerprint=hashlib.sha256(canonical_json(inputs).encode()).hexdigest(),
    )


def _datasets_used(programme: Programme, asked: Iterable[str]) -> list[str]:
    """The datasets that something is ``asked`` of, and the one that tells the sites."""
    used = set(asked)
    if isinstance(programme.sites, SiteDataset):
        used.add(programme.sites.dataset)
    return sorted(used)


def _holiday_source(programme: Programme) -> dict[str, object]:
    """Where public holidays are from, if a calendar heeds them: another version may know of others."""
    if all(calendar.holidays is None for calendar in programme.calendars.values()):
        return {}
    return {"holidays": version("holidays")}


def _failing_measures(measurable: Measurable) -> dict[str, object]:
    """The items whose measures plugins cannot give, and why: when they can, the items are measured anew."""
    failing = {item: str(one.failure) for item, one in sorted(measurable.measures.items()) if one.failure is not None}
    return {"failing": failing} if failing else {}


def _plan_sources(context: Context, scope: Scope) -> dict[str, PlannedSource]:
    programme, reading = scope.programme, scope.reading
    planned: dict[str, PlannedSource] = {}
    for dataset in reading.datasets:
        source, query = programme.sources[dataset], reading.queries.get(dataset)
        if query is not None:
            planned[dataset] = _plan_query(source, query, {name: planned[name] for name in sorted(query.tables)})
        elif source.table is not None:
            planned[dataset] = _plan_table(context, scope, source)
        else:
            planned[dataset] = _plan_source(context, source, scope.period)
    return {dataset: planned[dataset] for dataset in sorted(planned)}


def _plan_table(context: Context, scope: Scope, source: Source) -> PlannedSource:
    """A table of another engine: it has no file, so that its rows of the period are what it is known by."""
    prepared = prepared_table(source, scope.programme.standard.datasets[source.dataset], context.folder)
    name = "" if source.engine is None else source.engine.name
    try:
        with (
            temporary_folder() as folder,
            open_engine(folder=folder, zones=[scope.programme.timezone]) as engine,
            open_tables(context.host, context.settings.environ) as tables,
        ):
            session, scan = tables.open(engine, prepared, scope)
            digest = session.fingerprint(scan.all_rows)
    except EngineFailure as failure:
        lost = engine_lost(source.dataset, name, failure)
        return PlannedSource(source=source, collected=None, files=(), fingerprint=f"unusable {lost}", problem=lost)
    except UnusableSource as problem:
        return PlannedSource(
            source=source, collected=None, files=(), fingerprint=f"unusable {problem}", problem=problem
        )
    whole = f"{digest}  {name}:{source.table}\n"
    fingerprint = hashlib.sha256(whole.encode()).hexdigest()
    return PlannedSource(source=source, collected=Collected(), files=(), fingerprint=fingerprint)


def _plan_query(source: Source, query: CheckedQuery, read: Mapping[str, PlannedSource]) -> PlannedSource:
    fingerprint = query_fingerprint(
        query.sql, source.reach_seconds, {name: one.fingerprint for name, one in read.items()}
    )
    files = {file.name: file for one in read.values() for file in one.files}
    broken = next(((name, one.problem) for name, one in read.items() if one.problem is not None), None)
    return PlannedSource(
        source=source,
        collected=None,
        files=tuple(files[name] for name in sorted(files)),
        fingerprint=fingerprint,
        problem=None if broken is None else cannot_be_made(source.dataset, *broken),
    )


def _plan_source(context: Context, source: Source, period: Period) -> PlannedSource:
    try:
        collected = collect_source(context, source, period)
        if isinstance(collected.rows, LandedRows):
            fingerprint = collected.rows.fingerprint
            return PlannedSource(source=source, collected=collected, files=(), fingerprint=fingerprint)
        fingerprint, files = fingerprint_files(collected.paths, context.folder)
    except UnusableSource as problem:
        return PlannedSource(
            source=source, collected=None, files=(), fingerprint=f"unusable {problem}", problem=problem
        )
    return PlannedSource(source=source, collected=collected, files=files, fingerprint=fingerprint)


def collect_source(context: Context, source: Source, period: Period) -> Collected:
    """What a source's collector finds, rows as ``LandedRows``; only it sees the secrets that documents name.

    Raises:
        UnusableSource: A secret is not there, or the collector found nothing, or failed.
    """
    filled = fill_secrets(source.parameters, context.settings.environ, context.folder)
    request = CollectRequest(
        source=replace(source, parameters=filled),
        project=context.folder,
        period=period,
        limit=context.project.collect_limit,
    )
    with hiding_secrets(source.parameters, filled):
        return _collect(context, request)


def _collect(context: Context, request: CollectRequest) -> Collected:
    source = request.source
    try:
        collected = context.host.collector(source.collector).collect(request)
        if collected.rows is None:
            return collected
        return Collected(rows=land_rows(collected.rows, name_of_rows(source), source.reading.decimal))
    except SqauditError:
        raise
    except Exception as error:
        raise UnusableSource(
            "SQA408",
            msg("the collector '{name}' failed: {reason}", name=source.collector, reason=repr(error)),
            msg("report this to the author of its plugin; `sqaudit plugins list` names it"),
        ) from error


def is_as_recorded(context: Context, source: Source, period: Period, fingerprint: str) -> bool:
    """Whether a source of files or of rows still has the fingerprint that was recorded; others are not looked at."""
    if source.query is not None or source.table is not None:
        return False
    return _plan_source(context, source, period).fingerprint == fingerprint


def _sites_hash(sites: Sequence[Site]) -> str:
    listed = [{**asdict(site), "title": dict(site.title.by_language), "weight": str(site.weight)} for site in sites]
    return content_hash(listed)


def _repeated(context: Context, measurable: Measurable, period: Period, known: Sequence[Site] | None) -> Repeated:
    """What a follow-up audit looks at."""
    if not period.is_follow_up:
        return {}
    with context.store() as store:
        return items_to_repeat(store, measurable, period, None if known is None else {site.id for site in known})


def _select(wanted: Sequence[str], known: Sequence[Site] | None) -> tuple[str, ...]:
    if known is not None:
        unknown = sorted(set(wanted) - {site.id for site in known})
        if unknown:
            raise InvalidInput(
                "SQA704",
                msg("no site is called '{site}'", site=unknown[0]),
                msg("the programme's sites are {sites}", sites=", ".join(site.id for site in known[:20])),
            )
    return tuple(sorted(set(wanted)))
