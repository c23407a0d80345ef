"""Calendars: what they say must be readable, and what names one must find it."""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterator

from sqaudit.documents.calendars import calendar_problems, resolve_calendars
from sqaudit.documents.collection import Collection, Document
from sqaudit.documents.references.lookups import unknown
from sqaudit.errors import Place, Problem, msg
from sqaudit.model.calendar import OWN_CALENDAR


def check_calendars(collection: Collection) -> Iterator[Problem]:
    """Everything wrong with the calendars of the project file and the programmes."""
    project = collection.project if collection.project is not None and collection.project.valid else None
    settings = project.content if project is not None else {}
    if project is not None:
        for name, content in settings.get("calendars", {}).items():
            yield from calendar_problems(project.raw, ("calendars", name), content)
        if isinstance(settings.get("calendar"), dict) and OWN_CALENDAR in settings.get("calendars", {}):
            first = project.raw.key_place(("calendar",))
            message = msg("'{id}' is used twice, first at {place}", id=OWN_CALENDAR, place=first)
            place = project.raw.key_place(("calendars", OWN_CALENDAR))
            yield Problem(place, "SQA208", message, msg("give one of them another id"))
        yield from _check_own(project, resolve_calendars({}, settings).get("calendars", {}))
    for programme in collection.programmes:
        if programme.valid:
            known = resolve_calendars(programme.content, settings).get("calendars", {})
            if not collection.has_broken_project:
                yield from _check_own(programme, known)
                yield from _check_sites(programme, known)


def _check_own(document: Document, known: Names[str]) -> Iterator[Problem]:
    own = document.content.get("calendar")
    if isinstance(own, dict):
        yield from calendar_problems(document.raw, ("calendar",), own)
    elif own is not None and own not in known:
        yield _unknown(document.raw.place(("calendar",)), own, known)


def _check_sites(programme: Document, known: Names[str]) -> Iterator[Problem]:
    """Where there are no calendars, a site's ``calendar`` is an attribute like any other."""
    sites = programme.content["sites"]
    for position, site in enumerate(sites if isinstance(sites, list) and known else ()):
        name = site.get("calendar")
        if name is not None and name not in known:
            yield _unknown(programme.raw.place(("sites", position, "calendar")), str(name), known)


def _unknown(place: Place, name: str, known: Names[str]) -> Problem:
    return unknown(place, "SQA241", msg("no calendar is called '{name}'", name=name), name, known)
