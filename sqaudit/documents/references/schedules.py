"""Schedules: their rule must be readable and happen, and exceptions must be about days that it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from sqaudit.calendars.recurrence import FIRST_DAY, HORIZON_YEARS, LAST_DAY, happens, is_occurrence
from sqaudit.calendars.rules import Rule, UnreadableRule, read_rule
from sqaudit.documents.collection import Document
from sqaudit.documents.formats import FORMS
from sqaudit.documents.periods import last_complete
from sqaudit.documents.schedules import build_schedule
from sqaudit.errors import Place, Problem, msg
from sqaudit.model.programme import PeriodUnit
from sqaudit.model.schedule import Schedule
from sqaudit.model.target import read_duration

_LONGEST_WINDOW = 366 * 86_400


def check_schedule(document: Document, zone: str) -> Iterator[Problem]:
    """Everything wrong with the schedule of a programme."""
    raw, content = document.raw, document.content.get("schedule")
    if content is None:
        return
    place = raw.place(("schedule", "rrule"))
    try:
        rule = read_rule(content["rrule"])
    except UnreadableRule as error:
        yield Problem(place, "SQA291", error.message, error.hint)
        return
    found = list(_check_values(document))
    if not found:
        schedule = build_schedule(content)
        found = list(_check_rule(schedule, rule, zone, place)) or list(_check_exceptions(document, schedule, zone))
    yield from found


def _check_values(document: Document) -> Iterator[Problem]:
    """Keys that are no dates, days that no calendar of ours reaches, and windows that are none."""
    raw, content = document.raw, document.content["schedule"]
    window = read_duration(content["window"]) or 0
    if not 0 < window <= _LONGEST_WINDOW:
        message = msg("'{window}' is no time to carry out audits in", window=content["window"])
        yield Problem(raw.place(("schedule", "window")), "SQA292", message, msg("write up to a year, such as P5D"))
    moves = content.get("move", {})
    for day in moves:
        yield from _check_day(raw.key_place(("schedule", "move", day)), day)
        yield from _check_day(raw.place(("schedule", "move", day)), moves[day])
    for number, day in enumerate(content.get("skip", ())):
        yield from _check_day(raw.place(("schedule", "skip", number)), day)
    if "start" in content:
        yield from _check_day(raw.place(("schedule", "start")), content["start"])


def _check_day(place: Place, day: str) -> Iterator[Problem]:
    form = FORMS["date"]
    if not form.fits(day):
        yield Problem(place, form.code, msg(form.message.template, value=day), form.hint(day))
    elif not FIRST_DAY <= date.fromisoformat(day) <= LAST_DAY:
        message = msg("{day} is no day for audits", day=day)
        yield Problem(
            place, "SQA292", message, msg("write a day from {first} to {last}", first=FIRST_DAY, last=LAST_DAY)
        )


def _check_rule(schedule: Schedule, rule: Rule, zone: str, place: Place) -> Iterator[Problem]:
    if schedule.start is None and rule.needs_start:
        message = msg("the days of '{rule}' depend on when it starts", rule=schedule.rrule)
        yield Problem(place, "SQA292", message, msg("add 'start:' with the first day, such as 2026-01-01"))
    elif not happens(schedule, zone):
        message = msg("'{rule}' never happens within {years} years", rule=schedule.rrule, years=HORIZON_YEARS)
        yield Problem(place, "SQA292", message, msg("look at its days, its end and 'start:'"))


def _check_exceptions(document: Document, schedule: Schedule, zone: str) -> Iterator[Problem]:
    raw, content = document.raw, document.content["schedule"]
    places = {
        date.fromisoformat(day): raw.place(("schedule", "skip", number))
        for number, day in enumerate(content.get("skip", ()))
    }
    moves = {date.fromisoformat(day): raw.key_place(("schedule", "move", day)) for day in content.get("move", {})}
    for day, place in [*places.items(), *moves.items()]:
        if not is_occurrence(schedule, zone, day):
            message = msg("no audit falls due on {day}, so that it can be neither left out nor moved", day=day)
            yield Problem(place, "SQA293", message, msg("`sqaudit schedule preview` lists the days of a schedule"))
    targets = Counter(schedule.move.values())
    unit = PeriodUnit(document.content["period"])
    for day, place in moves.items():
        on = schedule.move[day]
        if day in schedule.skip:
            message = msg("{day} is both left out and moved", day=day)
            yield Problem(place, "SQA294", message, msg("remove it from 'skip' or from 'move'"))
        elif targets[on] > 1 or (on not in schedule.move and is_occurrence(schedule, zone, on)):
            message = msg("two audits would fall due on {day}", day=on)
            yield Problem(place, "SQA294", message, msg("move it to another day, or list it under 'skip'"))
        elif on < (end := last_complete(unit, zone, day).end.date()):
            message = msg("on {day} the period that the audit of {of} is about is not over", day=on, of=day)
            yield Problem(place, "SQA294", message, msg("move it to {day} or later", day=end))
