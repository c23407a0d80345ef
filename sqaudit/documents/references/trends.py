"""Trends: breaks must be at periods of the programme, and not twice at the same; references at its items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sqaudit.documents.collection import Document
from sqaudit.documents.periods import first_day
from sqaudit.documents.references.lookups import unknown
from sqaudit.documents.resolving import item_id
from sqaudit.errors import Message, Place, Problem, msg
from sqaudit.model.programme import PeriodUnit

_WRITTEN = {
    PeriodUnit.DAY: "2026-04-01",
    PeriodUnit.WEEK: "2026-W14",
    PeriodUnit.MONTH: "2026-04",
    PeriodUnit.QUARTER: "2026-Q2",
    PeriodUnit.YEAR: '"2026"',
}


def check_trend(document: Document) -> Iterator[Problem]:
    """Everything wrong with the breaks of a programme's trend."""
    content = document.content
    unit = PeriodUnit(content["period"])
    seen: dict[date, Place] = {}
    for number, one in enumerate(content.get("trend", {}).get("breaks", ())):
        place, written = document.raw.place(("trend", "breaks", number, "period")), one["period"]
        day = first_day(written, unit)
        if day is None:
            message = msg("'{period}' is no {unit}, which is what a cycle covers", period=written, unit=_NAMES[unit])
            yield Problem(place, "SQA295", message, msg("write it as {example}", example=_WRITTEN[unit]))
        elif seen.setdefault(day, place) is not place:
            message = msg("two breaks are at {period}, the first at {place}", period=written, place=seen[day])
            yield Problem(place, "SQA296", message, msg("write both reasons into one 'why:'"))


def check_references(document: Document, checklists: Iterable[Document]) -> Iterator[Problem]:
    """References that belong to no item of the programme."""
    known = {item_id(item) for checklist in checklists for item in checklist.content["items"]}
    for number, one in enumerate(document.content.get("trend", {}).get("references", ())):
        name = one.get("item")
        if name is not None and name not in known:
            place = document.raw.place(("trend", "references", number, "item"))
            yield unknown(place, "SQA297", msg("no item is called '{item}'", item=name), name, known)


_NAMES: dict[PeriodUnit, Message] = {
    PeriodUnit.DAY: msg("day"),
    PeriodUnit.WEEK: msg("week"),
    PeriodUnit.MONTH: msg("month"),
    PeriodUnit.QUARTER: msg("quarter"),
    PeriodUnit.YEAR: msg("year"),
}
