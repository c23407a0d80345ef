"""From a result back to the rows of the source that counted against it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqaudit.engines.duckdb import open_engine, temporary_folder
from sqaudit.errors import InvalidInput, Message, UnusableSource, msg
from sqaudit.measures.requests import MeasureRequest, rows_against_sql
from sqaudit.model.ports import CollectRequest
from sqaudit.model.programme import Cycle, Period, Site
from sqaudit.model.score import ItemResult
from sqaudit.model.target import Direction
from sqaudit.sources.preparing import prepare_source
from sqaudit.sources.records import rows_against
from sqaudit.workflow.context import Context
from sqaudit.workflow.evidence import stage
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.score import collected_cycle, frozen_measurable


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Rows of a source: file, row number and the dataset's columns as text, personal data masked.

    ``note`` says why there are none, or that every row of the item counted alike.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: Message | None = None


def find_records(context: Context, identity: str, limit: int) -> Records:
    """The rows that counted against a result, at most ``limit``; none if the source has changed since.

    Raises:
        InvalidInput: There is no such result.
    """
    with context.store() as store:
        found = store.find_result(identity)
        if found is None:
            raise InvalidInput(
                "SQA707", msg("no result is called '{id}'", id=identity), msg("`sqaudit results --format json` lists them")
            )
        key, result = found
        cycle = collected_cycle(context, store, key.programme, key.period)
        measurable = frozen_measurable(context, store, cycle, key.number)
        sites = tuple(store.read_sites(key.programme, key.period, key.number))
        sources = {record.dataset: record for record in store.read_sources(key.programme, key.period, key.number)}
    dataset, request = _request_of(measurable, result)
    if dataset not in sources:
        return Records(headers=(), rows=(), note=msg("'{dataset}' could not be read then", dataset=dataset))
    return _read(context, measurable, cycle, sites, request, dataset, result, sources[dataset].fingerprint, limit)


def _request_of(measurable: Measurable, result: ItemResult) -> tuple[str, MeasureRequest]:
    return next(
        (dataset, request)
        for dataset, requests in measurable.requests.items()
        for request in requests
        if request.item == result.item
    )


def _read(
    context: Context,
    measurable: Measurable,
    cycle: Cycle,
    sites: tuple[Site, ...],
    request: MeasureRequest,
    dataset: str,
    result: ItemResult,
    fingerprint: str,
    limit: int,
) -> Records:
    programme = measurable.programme
    source = programme.sources[dataset]
    zone = next((site.timezone for site in sites if site.id == result.site and site.timezone), programme.timezone)
    period = Period(label=cycle.period, start=cycle.start, end=cycle.end)
    as_of = source.as_of or cycle.end
    changed = Records(
        headers=(), rows=(), note=msg("'{dataset}' has changed since: its rows are not those that counted", dataset=dataset)
    )
    try:
        collected = context.host.collector(source.collector).collect(
            CollectRequest(source=source, project=context.folder, period=period)
        )
        with temporary_folder() as folder:
            prepared = prepare_source(
                source, programme.standard.datasets[dataset], collected, folder=folder, project=context.folder
            )
            if prepared.fingerprint != fingerprint:
                return changed
            zones = sorted({programme.timezone, zone})
            with open_engine(folder=folder, files=prepared.readable, zones=zones) as engine:
                staged, _ = stage(engine, prepared, programme, sites, as_of=as_of, rejects=None)
                direction = result.target.direction if result.target else Direction.HIGHER
                condition, alike = rows_against_sql(request, staged, period, as_of, direction)
                headers, rows = rows_against(engine, staged, prepared, condition, result.site, limit, zone=zone)
    except UnusableSource:
        return changed
    note = msg("no row alone counts against it: these are all rows of the item") if alike else None
    return Records(headers=headers, rows=rows, note=note)
