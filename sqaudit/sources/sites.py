"""The sites of a programme, from a file or from a staged dataset."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from sqaudit.errors import InvalidDocuments, InvalidInput, Message, Place, Problem, UnusableSource, msg
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.programme import Site, SiteDataset
from sqaudit.model.quoting import quote_name
from sqaudit.model.standard import ColumnType
from sqaudit.model.suggesting import closest
from sqaudit.model.texts import Text, plain
from sqaudit.model.zones import closest_zone, is_zone
from sqaudit.sources.files import name_in_project, quoted
from sqaudit.sources.lists import list_rows

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine

_OWN = ("id", "title", "region", "manager", "timezone", "weight")
_TITLE = re.compile(r"title_([a-z]{2})")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_FRACTION = re.compile(r"-?(0|[1-9]\d*)\.\d+")

Attribute: TypeAlias = str | int | float | bool | None


def read_site_file(path: Path, project: Path, calendars: Collection[str] = ()) -> tuple[Site, ...]:
    """Read sites from a CSV or XLSX file, in the order of the file.

    Columns ``id`` (needed), ``title`` or ``title_en``, ``title_zh``; ``region``, ``manager``, ``timezone``, ``weight``;
    every other column is an attribute: true/false, a number or text, ``None`` where it is empty. Where there are
    ``calendars``, the attribute ``calendar`` names one of them.

    Raises ``InvalidInput`` if the file cannot be read (SQA501 …), ``InvalidDocuments`` with every problem and its
    row (SQA513) if what it says cannot be used.
    """
    name = name_in_project(path, project)
    if not path.is_file():
        raise InvalidInput("SQA501", msg("there is no site file '{file}'", file=name))
    try:
        numbered = [(row, [text.strip() for text in cells]) for row, cells in list_rows(path, name)]
    except UnusableSource as error:
        raise InvalidInput(error.code, error.message, error.hint) from error
    rows = [(row, cells) for row, cells in numbered if any(cells)]
    problems: list[Problem] = []
    headers = rows[0][1] if rows else []
    row = rows[0][0] if rows else 1
    if "id" not in headers:
        problems.append(_problem(name, row, msg("there is no column 'id'"), msg("its first row names the columns")))
    doubled = sorted({header for header in headers if header and headers.count(header) > 1})
    if doubled:
        problems.append(_problem(name, row, msg("columns stand there twice: {columns}", columns=quoted(doubled))))
    if problems:
        raise InvalidDocuments(problems)
    sites: dict[str, Site] = {}
    for row, cells in rows[1:]:
        named = {header: text for header, text in zip(headers, cells, strict=False) if header}
        found = list(_problems(named, sites, calendars))
        problems += [_problem(name, row, message, hint) for message, hint in found]
        if not found:
            sites[named["id"]] = _site(named)
    if problems:
        raise InvalidDocuments(problems)
    return tuple(sites.values())


def _problem(name: str, row: int, message: Message, hint: Message | None = None) -> Problem:
    return Problem(Place(name, row), "SQA513", message, hint)


def _problems(
    named: Mapping[str, str], before: Mapping[str, Site], calendars: Collection[str]
) -> Iterator[tuple[Message, Message | None]]:
    site = named.get("id", "")
    if not site:
        yield msg("a site has no id"), None
    elif site in before:
        yield msg("site '{site}' stands there twice", site=site), None
    zone = named.get("timezone", "")
    if zone and not is_zone(zone):
        near = closest_zone(zone)
        hint = msg("did you mean '{name}'?", name=near) if near else msg("write an IANA name, such as Europe/London")
        yield msg("there is no time zone '{zone}'", zone=zone), hint
    weight = named.get("weight", "")
    if weight and _weight(weight) is None:
        yield msg("weight must be a number above 0, got '{weight}'", weight=weight), None
    calendar = named.get("calendar", "")
    if calendar and calendars and calendar not in calendars:
        yield msg("no calendar is called '{name}'", name=calendar), _calendar_hint(calendar, calendars)


def _calendar_hint(name: str, calendars: Collection[str]) -> Message:
    near = closest(name, sorted(calendars))
    if near is not None:
        return msg("did you mean '{name}'?", name=near)
    return msg("the calendars are {calendars}", calendars=quoted(sorted(calendars)))


def _weight(text: str) -> Decimal | None:
    try:
        weight = Decimal(text)
    except InvalidOperation:
        return None
    return weight if weight.is_finite() and weight > 0 else None


def _site(named: Mapping[str, str]) -> Site:
    titles = {match[1]: text for header, text in named.items() if text and (match := _TITLE.fullmatch(header))}
    if named.get("title"):
        titles[""] = named["title"]
    return Site(
        id=named["id"],
        title=Text(titles) if titles else plain(named["id"]),
        region=named.get("region") or None,
        manager=named.get("manager") or None,
        timezone=named.get("timezone") or None,
        weight=_weight(named.get("weight") or "1") or Decimal(1),
        attributes={
            header: _attribute(text)
            for header, text in named.items()
            if header not in _OWN and not _TITLE.fullmatch(header)
        },
    )


def _attribute(text: str) -> Attribute:
    """A cell as true/false, a whole or decimal number, or text; numbers with leading zeros are codes, so text."""
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if _WHOLE.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        return float(text)
    return text or None


def sites_from_staged(
    engine: Engine, staged: StagedDataset, sites: SiteDataset, calendars: Collection[str] = ()
) -> tuple[Site, ...]:
    """The sites a dataset names, sorted by id.

    A site may stand in several rows; what they do not agree on is not known. Raises ``InvalidInput``: the dataset has
    no such column (SQA512), or a site names none of the ``calendars``, where there are any (SQA241).
    """
    named = {name for name in (sites.id, sites.title, sites.region) if name is not None}
    attributes = sites.attributes or tuple(
        name for name, column in staged.columns.items() if name not in named and column.mask is None
    )
    for name in (*named, *attributes):
        if name not in staged.columns:
            raise InvalidInput(
                "SQA512",
                msg("dataset '{dataset}' has no column '{column}'", dataset=staged.dataset, column=name),
                msg("the columns are {columns}", columns=quoted(staged.columns)),
            )
    wanted = [sites.title, sites.region, *attributes]
    cells = [_agreed_sql(staged, name) if name is not None else "NULL" for name in wanted]
    site = f"CAST({quote_name(sites.id)} AS VARCHAR)"
    rows = engine.query(
        f"SELECT {', '.join([f'{site} AS id', *cells])} FROM {quote_name(staged.table)}"
        f" WHERE {quote_name(sites.id)} IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    found = tuple(_site_of_row(row, attributes) for row in rows)
    for one in found:
        if one.calendar is not None and calendars and one.calendar not in calendars:
            message = msg("site '{site}': no calendar is called '{name}'", site=one.id, name=one.calendar)
            raise InvalidInput("SQA241", message, _calendar_hint(one.calendar, calendars))
    return found


def _agreed_sql(staged: StagedDataset, name: str) -> str:
    value = quote_name(name)
    if staged.columns[name].type is ColumnType.TIMESTAMP:  # a moment cannot be fetched as it is
        value = f"strftime(timezone('UTC', {value}), '%Y-%m-%dT%H:%M:%SZ')"
    return f"CASE WHEN min({value}) = max({value}) THEN min({value}) END"


def _site_of_row(row: Sequence[object], attributes: Sequence[str]) -> Site:
    site, title, region, *values = row
    return Site(
        id=str(site),
        title=plain(str(title if title is not None else site)),
        region=str(region) if region is not None else None,
        attributes={name: _plain_attribute(value) for name, value in zip(attributes, values, strict=True)},
    )


def _plain_attribute(value: object) -> Attribute:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else str(value)
