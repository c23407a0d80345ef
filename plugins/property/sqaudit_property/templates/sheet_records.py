"""Patrols, walks through the estates and mystery calls: what was done and seen, one row per answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from sqaudit.plugin.draws import chance, whole

from sqaudit_property.templates.estates import (
    CLEANED_ANEW,
    ESTATES,
    MONTHS,
    TAKEN_OVER,
    Row,
    day_of,
    first_of,
    later,
    random_for,
    sometime,
    table,
    written,
)

_NO_WALK = ("brook-side", 8)
_FEW_GUARDS = ("jasmine-row", 6)
_POOR_DESK = ("heron-bay", (3, 4, 5, 6, 7))
_CALLS = 3
# What a walk finds that is not as it should be, by estate and month.
_SEEN: Mapping[tuple[str, int], Mapping[str, str]] = {
    ("lotus-bank", 6): {"gate": "no"},
    ("cherry-lane", 10): {"fire-ways": "no"},
    ("iris-garden", 9): {"playground": "no"},
    ("iris-garden", 10): {"playground": "no"},
    ("dove-hill", 10): {"lights": "some"},
    ("kite-field", 7): {"waste": "overflowing"},
    ("alder-court", 5): {"notices": "no"},
    ("elm-square", 4): {"cameras": "no", "paths": "no"},
    ("heron-bay", 7): {"notices": "no"},
    ("jasmine-row", 9): {"lights": "perhaps"},  # no answer to the question
}
_CLEANED_FROM = 8


def sheet_records() -> dict[str, str]:
    """The sheets as CSV, by the file's name."""
    patrols: list[Row] = []
    walks: list[Row] = []
    seen: list[Row] = []
    calls: list[Row] = []
    heard: list[Row] = []
    for place, estate in enumerate(ESTATES):
        for month in MONTHS:
            random = random_for(5, place, month)
            patrols += _patrols(random, estate, month)
            if (estate, month) != _NO_WALK:
                walk = f"w-{month:02}-{place + 1:02}"
                day = day_of(sometime(random, month))
                walks.append((day, walk, estate))
                seen += [(day, walk, estate, *answer) for answer in _walk(random, estate, month).items()]
            for number in range(_CALLS):
                at = sometime(random, month, first_hour=9, last_hour=20)
                call, evening = f"m-{month:02}-{place + 1:02}-{number + 1}", "evening" if at.hour >= 18 else "office"  # noqa: PLR2004 - six o'clock
                calls.append((written(at), call, estate, evening))
                heard += [(written(at), call, estate, *answer) for answer in _call(random, estate, month).items()]
    return {
        "patrols.csv": table("due_at,estate,done_at", patrols),
        "walks.csv": table("walked_on,walk,estate", walks),
        "walk-answers.csv": table("walked_on,walk,estate,question,answer", seen),
        "calls.csv": table("called_at,call,estate,hours", calls),
        "call-answers.csv": table("called_at,call,estate,question,answer", heard),
    }


def _patrols(random: Random, estate: str, month: int) -> list[Row]:
    """One round each night, due by eleven."""
    rows: list[Row] = []
    due = first_of(month) + timedelta(hours=23)
    on_time = 76 if (estate, month) == _FEW_GUARDS else 98
    while due < first_of(month + 1):
        done = later(due, -whole(random, 5, 80) if chance(random, on_time) else whole(random, 10, 240))
        rows.append((written(due), estate, written(done)))
        due += timedelta(days=1)
    return rows


def _walk(random: Random, estate: str, month: int) -> dict[str, str]:
    stairs = whole(random, 3, 4)
    if estate == CLEANED_ANEW and month < _CLEANED_FROM:
        stairs = whole(random, 1, 2)
    if estate == TAKEN_OVER:
        stairs = 1 if month < _CLEANED_FROM else 2
    ordinary = {
        "stairs": str(stairs),
        "waste": "clean" if chance(random, 80) else "full",
        "cleaning-record": "yes" if stairs > 1 else "no",
        "gate": "yes",
        "fire-ways": "yes",
        "fire-equipment": "yes",
        "cameras": "yes",
        "plants": str(whole(random, 3, 4)),
        "paths": "yes",
        "lifts": "yes",
        "lights": "all" if chance(random, 70) else "most",
        "playground": "yes",
        "notices": "yes",
    }
    return {**ordinary, **_SEEN.get((estate, month), {})}


def _call(random: Random, estate: str, month: int) -> dict[str, str]:
    poor = estate == _POOR_DESK[0] and month in _POOR_DESK[1]
    if poor and chance(random, 30):
        return {"answered": "no"}
    return {
        "answered": "yes",
        "tone": str(whole(random, 1, 3) if poor else whole(random, 3, 4)),
        "read-back": "yes" if chance(random, 55 if poor else 100) else "no",
        "who-and-when": "yes" if chance(random, 40 if poor else 99) else "no",
        "kept-by-one": "yes" if chance(random, 70 if poor else 100) else "no",
    }
