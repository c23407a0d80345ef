"""All that can be drawn: the subjects of a checklist in a period, the sites of a programme, or the rows of a list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from msgspec import Struct

from sqaudit.engines.duckdb import Engine, open_engine, temporary_folder
from sqaudit.errors import InvalidInput, msg
from sqaudit.measures.requests import MeasureRequest, make_task
from sqaudit.model.measuring import SITE_COLUMN, StagedDataset
from sqaudit.model.programme import Period, Programme, Site, SiteDataset
from sqaudit.model.quoting import quote_name
from sqaudit.model.sample import TIME_STRATA, Exclusion, SamplePlan, Unit
from sqaudit.model.standard import ColumnType
from sqaudit.sources.files import name_in_project
from sqaudit.sources.lists import read_list
from sqaudit.sources.sites import sites_from_staged
from sqaudit.workflow.context import Context
from sqaudit.workflow.measurable import site_names, site_values
from sqaudit.workflow.reading import Read, Scope, read_sources
from sqaudit.workflow.reading_order import order_reading
from sqaudit.workflow.records import prepare_dataset
from sqaudit.workflow.sites import known_sites

RECORDS, SITES = "records", "sites"
NO_VALUE, SEVERAL_VALUES, UNKNOWN_SITE = "no_value", "several_values", "unknown_site"
_FORMATS = dict(zip(TIME_STRATA, ("%Y-%m-%d", "%G-W%V", "%Y-%m"), strict=True))
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Frame(Struct, frozen=True, kw_only=True):
    """The units to draw from, and what has to be left out and why; ``origin`` says where they are from."""

    origin: str
    units: tuple[Unit, ...]
    exclusions: tuple[Exclusion, ...]


class Looking(Struct, frozen=True, kw_only=True):
    """Where a checklist's subjects are found: a dataset, and the requests that look at its rows."""

    dataset: str
    requests: tuple[MeasureRequest, ...]


class _Found(Struct, frozen=True, kw_only=True):
    """One subject or site, the values of its strata (``None`` where there is none), and what speaks against it.

    ``value`` is that of the column whose spread shares a total.
    """

    site: str
    id: str
    strata: tuple[str | None, ...]
    reason: str | None = None
    value: Fraction | None = None


def list_sites(context: Context, programme: Programme, period: Period) -> Sequence[Site]:
    """The sites of a programme; raises ``Incomplete`` if the dataset that lists them cannot be read."""
    known = known_sites(programme, context.folder)
    if known is None:
        with _reading(context, programme, (), period) as (_, _read, listed):
            return listed
    return known


def site_frame(context: Context, programme: Programme, period: Period, plan: SamplePlan) -> Frame:
    """The sites of a programme.

    Raises:
        InvalidInput: No site has an attribute that is to make strata, or one that shares a total is no number.
        Incomplete: The dataset that lists the sites cannot be read.
    """
    sites = list_sites(context, programme, period)
    names = site_names(programme, tuple(sites))
    for name in _named(plan):
        if name not in names:
            raise _unusable_stratum(name)
    found = [
        _Found(
            site=site.id,
            id="",
            strata=tuple(_text(site_values(site).get(name)) for name in plan.strata),
            value=None if plan.neyman is None else _number(_text(site_values(site).get(plan.neyman)), plan.neyman),
        )
        for site in sites
    ]
    return _frame(SITES, found)


def subject_frame(context: Context, programme: Programme, looking: Looking, period: Period, plan: SamplePlan) -> Frame:
    """The subjects of which a checklist looks at some row in the period.

    Raises:
        InvalidInput: The records lie in another engine, or a condition counts open time.
        Incomplete: The records cannot be read.
    """
    dataset = looking.dataset
    if programme.sources[dataset].engine is not None:
        raise InvalidInput(
            "SQA733",
            msg("the records of '{dataset}' lie in another engine and cannot be drawn from", dataset=dataset),
            msg("give a list with `--frame`"),
        )
    if any(request.where is not None and request.where.clocks for request in looking.requests):
        raise InvalidInput(
            "SQA733",
            msg("a condition on '{dataset}' counts open time, which a draw cannot", dataset=dataset),
            msg("give a list with `--frame`"),
        )
    with _reading(context, programme, [dataset], period) as (engine, read, sites):
        if dataset in read.problems:
            raise read.problems[dataset]
        found = _subjects(engine, read.datasets[dataset], looking.requests, programme, period, plan, sites)
        return _frame(RECORDS, found)


def list_frame(context: Context, file: str, subject: Sequence[str], plan: SamplePlan, sites: Sequence[str]) -> Frame:
    """The rows of a list: a CSV file or workbook of the project.

    It has the columns of the ``subject`` (or ``site``, if sites are drawn) and those that the plan names; ``site``,
    where there are several; and, if it likes, ``excluded`` with the reason why something must not be drawn.

    Raises:
        InvalidInput: The list cannot be read, lacks a column or a number, or names something twice.
    """
    own = [*subject, *(() if subject and len(sites) == 1 else ("site",)), *_named(plan)]
    name = name_in_project(context.folder / file, context.folder)
    found: dict[tuple[str, str], _Found] = {}
    for row in read_list(context.folder / file, context.folder, own):
        site = row.get("site") or (sites[0] if len(sites) == 1 else "")
        named = [row[column] or None for column in subject]
        lacks = UNKNOWN_SITE if site not in sites else NO_VALUE if None in named else None
        identity = _label(named) if subject else ""
        if (site, identity) in found:
            raise InvalidInput(
                "SQA738",
                msg("'{file}' names {unit} twice", file=name, unit=", ".join([site, *(part or "" for part in named)])),
                msg("keep one row for each"),
            )
        found[site, identity] = _Found(
            site=site,
            id=identity,
            strata=tuple(row[column] or None for column in plan.strata),
            reason=row.get("excluded") or lacks,
            value=None if plan.neyman is None else _number(row[plan.neyman] or None, plan.neyman),
        )
    return _frame(name, found.values())


def _frame(origin: str, found: Iterable[_Found]) -> Frame:
    units, exclusions = [], []
    for one in found:
        reason = one.reason or (NO_VALUE if None in one.strata else None)
        if reason is not None:
            exclusions.append(Exclusion(site=one.site, id=one.id, reason=reason))
        else:
            stratum = tuple(value or "" for value in one.strata)
            units.append(Unit(site=one.site, id=one.id, stratum=stratum, value=one.value))
    return Frame(origin=origin, units=tuple(sorted(units)), exclusions=tuple(sorted(exclusions)))


def _subjects(  # noqa: PLR0913, PLR0917  what a frame is made from
    engine: Engine,
    staged: StagedDataset,
    requests: Sequence[MeasureRequest],
    programme: Programme,
    period: Period,
    plan: SamplePlan,
    sites: Sequence[Site],
) -> Iterator[_Found]:
    subject = requests[0].subject
    time = programme.sources[staged.dataset].time
    as_of = programme.sources[staged.dataset].as_of or period.end
    rows = [make_task(0, request, staged, period, as_of).rows for request in requests]
    chosen = " OR ".join(f"({row.in_period} AND {row.where})" for row in rows)
    keys = [f"CAST({quote_name(name)} AS VARCHAR)" for name in subject]
    ends = [_ends(staged, name, time) for name in plan.strata]
    mean = _sum_and_count(staged, plan.neyman)
    cells = ", ".join([quote_name(SITE_COLUMN), *keys, *mean, *(end for pair in ends for end in pair)])
    groups = ", ".join(str(place) for place in range(1, len(keys) + 2))
    zones = {site.id: ZoneInfo(site.timezone or programme.timezone) for site in sites}
    for site, *values in engine.query(
        f"SELECT {cells} FROM {quote_name(staged.table)} WHERE {chosen} GROUP BY {groups} ORDER BY {groups}",
        zone=programme.timezone,
    ):
        named, (total, count, *found) = values[: len(subject)], values[len(subject) :]
        pairs = list(zip(plan.strata, found[::2], found[1::2], strict=True))
        reason = None
        if site not in zones:
            reason = UNKNOWN_SITE
        elif None in named:
            reason = NO_VALUE
        elif any(low != high for name, low, high in pairs if name in staged.columns):
            reason = SEVERAL_VALUES
        zone = zones.get(str(site), ZoneInfo(programme.timezone))
        yield _Found(
            site=str(site or ""),
            id=_label(named),
            strata=tuple(_stratum(name, low, name in staged.columns, zone) for name, low, _ in pairs),
            reason=reason,
            value=Fraction(total) / count if count else None,
        )


def _sum_and_count(staged: StagedDataset, name: str | None) -> tuple[str, str]:
    """What a subject's mean of a column is made of; both are exact, so that it is the same on every machine."""
    if name is None:
        return "NULL", "0"
    if name not in staged.columns:
        raise _unusable_stratum(name)
    return f"sum({quote_name(name)})", f"count({quote_name(name)})"


def _ends(staged: StagedDataset, name: str, time: str | None) -> tuple[str, str]:
    """The least and the greatest value of a stratum's column among a subject's rows."""
    if name in staged.columns:
        value = f"CAST({quote_name(name)} AS VARCHAR)"
    elif name in TIME_STRATA and time is not None:
        column = quote_name(time)
        is_date = staged.columns[time].type is ColumnType.DATE
        value = f"CAST({column} AS VARCHAR)" if is_date else f"epoch_us({column})"
    else:
        raise _unusable_stratum(name)
    return f"min({value})", f"max({value})"


def _stratum(name: str, value: object, is_column: bool, zone: ZoneInfo) -> str | None:  # noqa: FBT001 - a fact
    if value is None or is_column:
        return _text(value)
    if isinstance(value, int):
        return (_EPOCH + timedelta(microseconds=value)).astimezone(zone).strftime(_FORMATS[name])
    return datetime.fromisoformat(str(value)).strftime(_FORMATS[name])


@contextmanager
def _reading(
    context: Context, programme: Programme, datasets: Iterable[str], period: Period
) -> Iterator[tuple[Engine, Read, Sequence[Site]]]:
    """The datasets read, and the sites, of which another dataset may have to tell."""
    known, listing = known_sites(programme, context.folder), programme.sites
    wanted = {*datasets, *([listing.dataset] if isinstance(listing, SiteDataset) else [])}
    reading = order_reading(programme, wanted)
    with temporary_folder() as folder:
        prepared = {name: prepare_dataset(context, programme, name, period, folder) for name in reading.fetched}
        zones = list(dict.fromkeys((programme.timezone, *(site.timezone for site in known or () if site.timezone))))
        readable = [path for source in prepared.values() for path in source.readable]
        with open_engine(folder=folder, files=readable, zones=zones, memory=context.memory_limit) as engine:
            scope = Scope(programme=programme, reading=reading, sites=known or (), period=period)
            read = read_sources(engine, Read(prepared=prepared), scope)
            if isinstance(listing, SiteDataset):
                if listing.dataset in read.problems:
                    raise read.problems[listing.dataset]
                known = sites_from_staged(engine, read.datasets[listing.dataset], listing, programme.calendars)
            yield engine, read, known or ()


def _named(plan: SamplePlan) -> tuple[str, ...]:
    """The columns or attributes that a plan speaks of."""
    return (*plan.strata, *(() if plan.neyman is None else (plan.neyman,)))


def _number(text: str | None, name: str) -> Fraction | None:
    if text is None:
        return None
    if _NUMBER.fullmatch(text) is None:
        raise InvalidInput(
            "SQA739",
            msg("'{text}' of '{name}' is no number", text=text, name=name),
            msg("write digits, with a point before decimals, or leave it empty"),
        )
    return Fraction(text)


def _label(values: Iterable[object]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _unusable_stratum(name: str) -> InvalidInput:
    return InvalidInput(
        "SQA732",
        msg("'{name}' makes no strata: nothing of that name is known", name=name),
        msg("correct the programme's 'samples:'"),
    )
