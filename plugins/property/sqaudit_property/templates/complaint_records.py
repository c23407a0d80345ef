"""The complaint platform, the roll of households, and who renewed: what the story of the 24-hour rule is told by.

Of the 200 complaints of April and May 124 are answered within 24 hours, of those of September and October 190. Of 1200
households whose year ends 96 leave in the first of these windows, and 60 in the second. The numbers of each estate and
month are dealt out exactly; which complaint or household it is, is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from sqaudit.plugin.draws import chance, pick, shuffled, whole

from sqaudit_property.templates.estates import (
    ESTATES,
    HOUSEHOLDS,
    MONTHS,
    Row,
    day_of,
    first_of,
    later,
    open_later,
    random_for,
    sometime,
    table,
    written,
)

# Complaints of an ordinary month, and how many of them were answered late, from March to October.
_COMPLAINTS = dict.fromkeys(ESTATES, 6) | {"elm-square": 10, "ginkgo-park": 20, "heron-bay": 10, "kite-field": 12}
_LATE = {
    "alder-court": (2, 2, 3, 2, 2, 1, 0, 0),
    "brook-side": (2, 2, 2, 2, 1, 1, 0, 0),
    "cherry-lane": (3, 3, 3, 2, 2, 1, 0, 0),
    "dove-hill": (3, 3, 4, 3, 2, 2, 0, 0),
    "elm-square": (4, 4, 4, 3, 3, 2, 1, 1),
    "fern-gate": (0, 0, 0, 0, 0, 0, 0, 0),
    "ginkgo-park": (7, 8, 8, 7, 6, 4, 2, 2),
    "heron-bay": (3, 4, 4, 4, 3, 2, 1, 1),
    "iris-garden": (2, 2, 3, 2, 2, 1, 0, 0),
    "jasmine-row": (0, 1, 0, 0, 0, 0, 0, 0),
    "kite-field": (5, 5, 5, 4, 3, 2, 1, 1),
    "lotus-bank": (3, 3, 3, 3, 2, 1, 0, 0),
}
# Households whose service year ends in a month, and how many of them left.
_ENDING = {
    "alder-court": 44,
    "brook-side": 38,
    "cherry-lane": 34,
    "dove-hill": 40,
    "elm-square": 48,
    "fern-gate": 42,
    "ginkgo-park": 120,
    "heron-bay": 46,
    "iris-garden": 42,
    "jasmine-row": 36,
    "kite-field": 66,
    "lotus-bank": 44,
}
_LEFT = {
    "alder-court": (4, 4, 4, 4, 4, 3, 2, 2),
    "brook-side": (2, 2, 2, 2, 2, 2, 2, 2),
    "cherry-lane": (2, 2, 2, 2, 2, 2, 2, 2),
    "dove-hill": (4, 5, 5, 5, 5, 3, 2, 2),
    "elm-square": (4, 5, 5, 5, 5, 3, 2, 2),
    "fern-gate": (2, 2, 2, 2, 2, 2, 2, 2),
    "ginkgo-park": (9, 10, 10, 9, 8, 8, 7, 7),
    "heron-bay": (5, 5, 5, 5, 4, 4, 2, 2),
    "iris-garden": (2, 2, 2, 2, 2, 2, 2, 2),
    "jasmine-row": (1, 1, 1, 1, 1, 1, 2, 2),
    "kite-field": (7, 7, 7, 6, 6, 5, 3, 3),
    "lotus-bank": (3, 3, 3, 3, 3, 3, 2, 2),
}
# Several households about one thing at once: what about, how many, from when on, within how many hours.
_BURSTS = {
    ("ginkgo-park", 6): ("lifts", 4, datetime(2026, 6, 9, 8, 10), 40),  # noqa: DTZ001 - local time of the estates
    ("heron-bay", 7): ("water", 9, datetime(2026, 7, 14, 6, 40), 34),  # noqa: DTZ001
    ("kite-field", 8): ("fees", 5, datetime(2026, 8, 20, 9, 0), 52),  # noqa: DTZ001
}
_ABOUT = (
    "lifts",
    "lifts",
    "lifts",
    "parking",
    "parking",
    "noise",
    "noise",
    "water",
    "cleaning",
    "security",
    "fees",
    "works",
)
_SLOW = {"dove-hill": (6, 7, 8), "kite-field": (3, 4, 5, 6)}
_APART = timedelta(hours=72)
_HOUR = 60


def complaint_records() -> dict[str, str]:
    """Complaints, the roll and the contracts as CSV, by the file's name."""
    complaints: list[Row] = []
    contracts: list[Row] = []
    for place, estate in enumerate(ESTATES):
        for month in MONTHS:
            complaints += _complaints(random_for(2, place, month), estate, month)
            contracts += _contracts(random_for(3, place, month), estate, month)
    numbered = [(received, f"c-{number:04}", *rest) for number, (received, *rest) in enumerate(sorted(complaints), 1)]
    roll = [(day_of(first_of(month)), estate, str(HOUSEHOLDS[estate])) for month in MONTHS for estate in ESTATES]
    header = "received_at,complaint,estate,household,about,answered_at,due_at,resolved_at"
    return {
        "complaints.csv": table(header, [*numbered, *_dirty(numbered)]),
        "contracts.csv": table("renew_by,estate,household,renewed_on", contracts),
        "roll.csv": table("month,estate,households", roll),
    }


def _complaints(random: Random, estate: str, month: int) -> list[Row]:
    """A month in which no two complain of one thing within three days, and a burst where there is one."""
    number = _COMPLAINTS[estate]
    moments = sorted(sometime(random, month, first_hour=7, last_hour=23) for _ in range(number))
    late = shuffled(random, [at < _LATE[estate][month - MONTHS[0]] for at in range(number)])
    before: list[tuple[datetime, str]] = []
    rows = []
    for at, is_late in zip(moments, late, strict=True):
        taken = {about for earlier, about in before if at - earlier < _APART}
        about = pick(random, [one for one in _ABOUT if one not in taken])
        before.append((at, about))
        rows.append(_complaint(random, estate, at, about, late=is_late))
    if (estate, month) in _BURSTS:
        about, households, begins, hours = _BURSTS[estate, month]
        for place in range(households):
            at = later(begins, place * hours * _HOUR // households + whole(random, 0, 20))
            rows.append(_complaint(random, estate, at, about, late=place % 3 == 0))
    return rows


def _complaint(random: Random, estate: str, at: datetime, about: str, *, late: bool) -> Row:
    answered = later(at, whole(random, 25 * _HOUR, 90 * _HOUR) if late else whole(random, 12, 23 * _HOUR))
    due = later(at.replace(hour=18, minute=0), 10 * 24 * _HOUR)
    if at.month in _SLOW.get(estate, ()) and chance(random, 40):
        resolved = later(due, whole(random, 2, 20) * 24 * _HOUR)
    elif chance(random, 5):
        resolved = later(due, -whole(random, 1, 40) * _HOUR)
    else:
        resolved = open_later(at, whole(random, 10 * _HOUR, 38 * _HOUR))
    home = f"{estate}-{whole(random, 1, HOUSEHOLDS[estate]):04}"
    return (written(at), estate, home, about, written(answered), written(due), written(max(answered, resolved)))


def _contracts(random: Random, estate: str, month: int) -> list[Row]:
    """The households whose year ends this month: each of them once a year."""
    number, left = _ENDING[estate], _LEFT[estate][month - MONTHS[0]]
    gone = shuffled(random, [place < left for place in range(number)])
    days = (first_of(month + 1) - first_of(month)).days
    rows: list[Row] = []
    for place, is_gone in enumerate(gone):
        renew_by = first_of(month) + timedelta(days=whole(random, 0, days - 1))
        renewed = "" if is_gone else day_of(renew_by - timedelta(days=whole(random, 0, 40)))
        home = f"{estate}-{number * (month - MONTHS[0]) + place + 1:04}"
        rows.append((day_of(renew_by), estate, home, renewed))
    return rows


def _dirty(rows: Sequence[Row]) -> list[Row]:
    """A complaint that was exported twice, and one whose time nobody can read."""
    return [rows[40], ("last Tuesday", "c-9001", *rows[100][2:])]
