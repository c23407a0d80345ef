"""From a result back to the rows of the source that counted against it."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from sqaudit.engines.duckdb import open_engine, temporary_folder
from sqaudit.errors import Message, UnusableSource, msg
from sqaudit.measures.requests import MeasureRequest, rows_against_sql
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.programme import Cycle, Period, Programme, Site
from sqaudit.model.quoting import quote_name, quote_text
from sqaudit.model.score import ItemResult
from sqaudit.model.target import Direction
from sqaudit.sources.masks import lay_masks
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.preparing import prepare_source
from sqaudit.sources.records import rows_against
from sqaudit.workflow.context import Context
from sqaudit.workflow.judging.persons import FEWEST_PERSONS, SUPPRESSED, SUPPRESSED_WITH_ANOTHER
from sqaudit.workflow.look_up import no_result
from sqaudit.workflow.plan import collect_source
from sqaudit.workflow.reading import Read, Scope, read_sources
from sqaudit.workflow.reading_order import order_reading
from sqaudit.workflow.registers import request_for_rows
from sqaudit.workflow.score import collected_cycle, frozen_measurable


class Records(Struct, frozen=True, kw_only=True):
    """Rows of a source: file, row number and the dataset's columns as text, personal data masked.

    ``note`` says why there are none, or that every row of the item counted alike.
    """

    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str | int, ...], ...] = ()
    note: Message | None = None


class _Asked(Struct, frozen=True, kw_only=True):
    """A result with what it was made of. ``fingerprint`` is that of its source then, ``None`` if it was unreadable."""

    result: ItemResult
    cycle: Cycle
    sites: tuple[Site, ...]
    programme: Programme
    dataset: str
    request: MeasureRequest
    fingerprint: str | None


def find_records(context: Context, identity: str, limit: int) -> Records:
    """The rows that counted against a result, at most ``limit``; none if the source has changed since.

    Raises:
        InvalidInput: There is no such result.
    """
    asked = _find(context, identity)
    if isinstance(asked, Message):
        return Records(note=asked)
    if asked.result.reason in {SUPPRESSED, SUPPRESSED_WITH_ANOTHER}:
        return Records(
            note=msg("the rows are about fewer than {fewest} persons and are not shown", fewest=FEWEST_PERSONS)
        )
    engine = asked.programme.sources[asked.dataset].engine
    if engine is not None:
        note = msg(
            "the rows of '{dataset}' lie in '{engine}' and are not fetched", dataset=asked.dataset, engine=engine.name
        )
        return Records(note=note)
    if asked.fingerprint is None:
        return Records(note=msg("'{dataset}' could not be read then", dataset=asked.dataset))
    try:
        found = _read(context, asked, limit)
    except UnusableSource:
        found = None
    if found is None:
        note = msg("'{dataset}' has changed since: its rows are not those that counted", dataset=asked.dataset)
        return Records(note=note)
    return found


def _find(context: Context, identity: str) -> _Asked | Message:
    """What a result was made of, or why there are no rows of its own."""
    with context.store() as store:
        found = store.find_result(identity)
        if found is None:
            raise no_result(identity)
        key, result = found
        cycle = collected_cycle(context, store, key.programme, key.period)
        measurable = frozen_measurable(context, store, cycle, key.number)
        sites = store.read_sites(key.programme, key.period, key.number)
        records = store.read_sources(key.programme, key.period, key.number)
    question = next(one for one in measurable.questions if one.item.id == result.item)
    checklist, answers, code = question.checklist, question.checklist.answers, question.item.code
    if answers is not None and code is not None:
        if checklist.subject and not result.subject:
            return msg("rows answer about each subject: ask for the result of one of them")
        dataset, request = answers.dataset, request_for_rows(measurable.programme, checklist, answers, code)
    elif result.item in measurable.asked:
        request = measurable.asked[result.item]
        dataset = next(dataset for dataset, requests in measurable.requests.items() if request in requests)
    else:
        return msg("no records stand behind an item that is derived from others or asked of a person")
    return _Asked(
        result=result,
        cycle=cycle,
        sites=tuple(sites),
        programme=measurable.programme,
        dataset=dataset,
        request=request,
        fingerprint=next((record.fingerprint for record in records if record.dataset == dataset), None),
    )


def _read(context: Context, asked: _Asked, limit: int) -> Records | None:
    programme, site = asked.programme, asked.result.site
    zone = next((one.timezone for one in asked.sites if one.id == site and one.timezone), programme.timezone)
    own = ZoneInfo(programme.timezone)
    period = Period(
        label=asked.cycle.period, start=asked.cycle.start.astimezone(own), end=asked.cycle.end.astimezone(own)
    )
    as_of = programme.sources[asked.dataset].as_of or period.end
    reading = order_reading(programme, [asked.dataset])
    with temporary_folder() as folder:
        prepared = {name: prepare_dataset(context, programme, name, period, folder) for name in reading.fetched}
        if asked.dataset in prepared and prepared[asked.dataset].fingerprint != asked.fingerprint:
            return None
        zones = list(dict.fromkeys((programme.timezone, zone)))
        readable = [path for source in prepared.values() for path in source.readable]
        with open_engine(folder=folder, files=readable, zones=zones) as engine:
            scope = Scope(programme=programme, reading=reading, sites=asked.sites, period=period)
            found = read_sources(engine, Read(prepared=prepared), scope)
            record = found.records.get(asked.dataset)
            if record is None or record.fingerprint != asked.fingerprint:
                return None
            staged = lay_masks(engine, found.datasets[asked.dataset], asked.request.keys)
            direction = asked.result.target.direction if asked.result.target else Direction.HIGHER
            condition, alike = rows_against_sql(asked.request, staged, period, as_of, direction)
            condition += _part_of(asked.request, asked.result, staged)
            headers, rows = rows_against(
                engine, staged, found.prepared[asked.dataset], condition, site, limit + 1, zone=zone
            )
    note = msg("no row alone counts against it: these are rows of the item") if alike else None
    if len(rows) > limit:
        note = msg("only the first {limit} rows are shown; ask for more with --limit", limit=limit)
    return Records(headers=headers, rows=rows[:limit], note=note)


def _part_of(request: MeasureRequest, result: ItemResult, staged: StagedDataset) -> str:
    """The condition for the rows of a result's subject or group; none for the whole site."""
    label = result.subject or result.group
    keys = zip(request.keys, json.loads(label), strict=True) if label else ()
    return "".join(f" AND {_is_called(name, value, staged)}" for name, value in keys)


def _is_called(name: str, value: str | None, staged: StagedDataset) -> str:
    column, text = quote_name(name), "NULL" if value is None else quote_text(value)
    if value is not None and name in staged.masks:
        return f"{column} IN (SELECT value FROM {quote_name(staged.masks[name])} WHERE mask = {text})"
    return f"CAST({column} AS VARCHAR) IS NOT DISTINCT FROM {text}"


def prepare_dataset(
    context: Context, programme: Programme, dataset: str, period: Period, folder: Path
) -> PreparedSource:
    """A dataset's records, collected and made ready to be read; raises ``UnusableSource`` if that cannot be done."""
    source = programme.sources[dataset]
    collected = collect_source(context, source, period)
    return prepare_source(
        source, programme.standard.datasets[dataset], collected, folder=folder, project=context.folder
    )
