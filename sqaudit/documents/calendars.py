"""Calendars as documents write them: in the project file, by name or written out, and in programmes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqaudit.calendars.holidays import known_countries, two_letters
from sqaudit.documents.formats import FORMS
from sqaudit.documents.marks import Path, RawDocument
from sqaudit.documents.openings import (
    UnreadableOpenings,
    overlap,
    overlapping,
    read_day_openings,
    read_week_openings,
)
from sqaudit.documents.project import build_text
from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import Problem, msg
from sqaudit.model.calendar import DAY_MINUTES, OWN_CALENDAR, Calendar, HolidayRegion, Hours

_ALWAYS = "always"


def resolve_calendars(programme: Mapping[str, Any], project: Mapping[str, Any]) -> dict[str, Any]:
    """``calendars`` by name and the ``calendar`` for sites that name none, as a resolved programme keeps them.

    What is written out under ``calendar:`` is called ``default``, and the programme's own comes before the project's.
    Without any calendar there are no keys.
    """
    calendars = dict(project.get("calendars", {}))
    chosen = None
    for content in (project, programme):
        own = content.get("calendar")
        if isinstance(own, dict):
            calendars[OWN_CALENDAR] = own
        if own is not None:
            chosen = OWN_CALENDAR if isinstance(own, dict) else own
    resolved: dict[str, Any] = {"calendars": {name: calendars[name] for name in sorted(calendars)}} if calendars else {}
    return resolved | ({"calendar": chosen} if chosen is not None else {})


def build_calendars(resolved: Mapping[str, Any]) -> dict[str, Calendar]:
    """The calendars of resolved content, by name."""
    return {name: build_calendar(name, content) for name, content in resolved.get("calendars", {}).items()}


def build_calendar(name: str, content: Mapping[str, Any]) -> Calendar:
    """A calendar from its valid content."""
    return Calendar(
        id=name,
        title=build_text(content.get("title", name)),
        week=_week(content["open"]),
        holidays=_region(content.get("holidays")),
        closed=frozenset(date.fromisoformat(day) for day in content.get("closed", ())),
        special={date.fromisoformat(day): read_day_openings(text) for day, text in content.get("special", {}).items()},
    )


def _region(written: str | Mapping[str, str] | None) -> HolidayRegion | None:
    if written is None or isinstance(written, str):
        return HolidayRegion(country=written) if written is not None else None
    return HolidayRegion(country=written["country"], subdivision=written.get("subdivision"))


def _week(written: str | Sequence[str]) -> tuple[tuple[Hours, ...], ...]:
    if written == _ALWAYS:
        return ((Hours(0, DAY_MINUTES),),) * 7
    week: list[list[Hours]] = [[] for _ in range(7)]
    for text in [written] if isinstance(written, str) else written:
        days, hours = read_week_openings(text)
        for day in days:
            week[day] += hours
    for found in week:
        pair = overlap(found)
        if pair is not None:
            raise overlapping(pair)
    return tuple(tuple(sorted(hours)) for hours in week)


def calendar_problems(raw: RawDocument, path: Path, content: Mapping[str, Any]) -> Iterator[Problem]:
    """Everything wrong with the words of a calendar whose shape is sound."""
    yield from _opening_problems(raw, (*path, "open"), content["open"])
    yield from _region_problems(raw, (*path, "holidays"), content.get("holidays"))
    for day, text in content.get("special", {}).items():
        place = raw.key_place((*path, "special", day))
        form = FORMS["date"]
        if not form.fits(day):
            yield Problem(place, form.code, msg(form.message.template, value=day), form.hint(day))
        if day in content.get("closed", ()):
            message = msg("'{day}' is under 'closed' and under 'special'", day=day)
            yield Problem(place, "SQA141", message, msg("keep one of them; special: '' is closed too"))
        try:
            read_day_openings(text)
        except UnreadableOpenings as error:
            yield Problem(raw.place((*path, "special", day)), "SQA141", error.message, error.hint)


def _opening_problems(raw: RawDocument, path: Path, written: str | Sequence[str]) -> Iterator[Problem]:
    if written == _ALWAYS:
        return
    parts = [(path, written)] if isinstance(written, str) else [((*path, i), text) for i, text in enumerate(written)]
    failed = False
    for place, text in parts:
        try:
            read_week_openings(text)
        except UnreadableOpenings as error:
            failed = True
            yield Problem(raw.place(place), "SQA141", error.message, error.hint)
    if failed:
        return
    try:
        _week(written)
    except UnreadableOpenings as error:
        yield Problem(raw.place(path), "SQA141", error.message, error.hint)


def _region_problems(raw: RawDocument, path: Path, written: str | Mapping[str, str] | None) -> Iterator[Problem]:
    region = _region(written)
    if region is None:
        return
    country, subdivision = region.country, region.subdivision
    countries = known_countries()
    if country not in countries:
        message = msg("no holidays are known for the country '{country}'", country=country)
        near = two_letters(country)
        hint = msg("write the country's two letters, such as CN, GB or US")
        if near is not None:
            hint = msg("did you mean '{name}'?", name=near)
        yield Problem(raw.place(path if isinstance(written, str) else (*path, "country")), "SQA242", message, hint)
    elif subdivision is not None and subdivision not in countries[country]:
        message = msg("'{country}' has no subdivision '{subdivision}'", country=country, subdivision=subdivision)
        yield Problem(
            raw.place((*path, "subdivision")), "SQA242", message, did_you_mean(subdivision, countries[country])
        )
