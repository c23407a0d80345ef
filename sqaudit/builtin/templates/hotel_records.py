"""The records of the demo: twelve invented hotels, six months, one story.

In May all is well. A new cleaning contractor takes over at five hotels, rooms get dirty in June and July and the guests
say so. In August the work is set right, in September and October the guests are content again. Beside it: long queues
at two seaside hotels in the holidays, slow repairs at one old house, two missed fire-safety rounds, and a little dirt
in the records.

Only ``Random.random()`` and integers are used, so that every version of Python makes the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from sqaudit.plugin.draws import at_random, chance, pick, rounded_share, shuffled, whole

_SEED = 2026
_FOLDER = "audits/monthly-hotels/data"
_MONTHS = tuple(datetime(2026, month, 1) for month in range(5, 12))  # noqa: DTZ001 - local time of the hotels
_HOTELS = (
    "amber-lake",
    "birch-hill",
    "copper-gate",
    "frost-garden",
    "lantern-court",
    "maple-terrace",
    "silver-reed",
    "willow-bridge",
    "coral-pier",
    "jade-harbour",
    "moon-palm",
    "tide-house",
)
_NEW_CONTRACTOR = frozenset({"copper-gate", "lantern-court", "maple-terrace", "silver-reed", "willow-bridge"})
OTHER_HOTELS = tuple(hotel for hotel in _HOTELS if hotel not in _NEW_CONTRACTOR)
_SEASIDE = frozenset({"coral-pier", "moon-palm"})
_HOLIDAYS = frozenset({7, 8})
_OLD_HOUSE = "frost-garden"
_NO_ANSWERS = ("jade-harbour", 8)
_MISSED_ROUND = ("birch-hill", 7)
_LATE_ROUND = ("tide-house", 9)

# Percent of guests, by month from May on: where the new contractor works, and elsewhere.
_CLEAN = {True: (89, 72, 58, 70, 86, 90), False: (91, 90, 91, 92, 91, 92)}
_CONTENT = {True: (71, 56, 42, 54, 69, 72), False: (72, 72, 72, 72, 72, 72)}
# Complaints per 1000 stays, and the percent of them about cleanliness.
_COMPLAINTS = {True: (5, 10, 15, 10, 6, 5), False: (4, 5, 4, 5, 4, 4)}
_ABOUT_CLEANING = {True: (25, 55, 65, 55, 30, 25), False: (20, 20, 20, 20, 20, 20)}
_OTHER_CATEGORIES = ("noise", "check-in", "food", "repairs", "staff")

_Row = tuple[str, ...]


def hotel_records() -> Mapping[str, str]:
    """The record files of the demo, by path relative to the project's folder; the same bytes every time."""
    surveys: list[_Row] = []
    arrivals: list[_Row] = []
    stays: list[_Row] = []
    complaints: list[_Row] = []
    requests: list[_Row] = []
    safety: list[_Row] = []
    for place, hotel in enumerate(_HOTELS):
        for month in range(len(_MONTHS) - 1):
            random = Random(_SEED + 100 * place + month)  # noqa: S311 - a story, not a secret
            surveys += _answers(random, hotel, month)
            arrivals += _arrivals(random, hotel, month)
            days, received = _days_and_complaints(random, hotel, month)
            stays += days
            complaints += received
            requests += _requests(random, hotel, month)
            safety += _rounds(random, hotel, month)
    return {
        f"{_FOLDER}/surveys.csv": _csv(("answered_at", "hotel", "overall", "cleanliness"), _dirty_answers(surveys)),
        f"{_FOLDER}/arrivals.csv": _csv(("arrived_at", "hotel", "key_at"), _dirty_arrivals(arrivals)),
        f"{_FOLDER}/stays.csv": _csv(("day", "hotel", "stays", "complaints"), sorted(stays)),
        f"{_FOLDER}/complaints.csv": _csv(("received_at", "hotel", "category"), sorted(complaints)),
        f"{_FOLDER}/requests.csv": _csv(("reported_at", "hotel", "fixed_at"), sorted(requests)),
        f"{_FOLDER}/safety.csv": _csv(("due_at", "hotel", "done_at"), sorted(safety)),
    }


def _answers(random: Random, hotel: str, month: int) -> list[_Row]:
    """Guests who found their room clean are more often content, but the shares are those of the story."""
    if (hotel, _MONTHS[month].month) == _NO_ANSWERS:
        return []
    troubled = hotel in _NEW_CONTRACTOR
    answers = whole(random, 30, 38)
    clean = rounded_share(random, _CLEAN[troubled][month], answers, give=4)
    content = rounded_share(random, _CONTENT[troubled][month], answers, give=4)
    found_clean = shuffled(random, [guest < clean for guest in range(answers)])
    by_mood = sorted(range(answers), key=lambda guest: random.random() + (0.6 if found_clean[guest] else 0))
    is_content = {guest: place >= answers - content for place, guest in enumerate(by_mood)}
    return [
        (
            _written(at_random(random, _MONTHS[month], _MONTHS[month + 1], first_hour=7, last_hour=23)),
            hotel,
            _score(random, good=is_content[guest]),
            _score(random, good=found_clean[guest]),
        )
        for guest in range(answers)
    ]


def _score(random: Random, *, good: bool) -> str:
    """A score of 1 to 5, good from 4 on; two in a hundred guests leave it blank."""
    score = pick(random, (5, 5, 4, 4, 4)) if good else pick(random, (3, 3, 3, 2, 2, 1))
    return "" if chance(random, 2) else str(score)


def _arrivals(random: Random, hotel: str, month: int) -> list[_Row]:
    queue = (5, 34) if hotel in _SEASIDE and _MONTHS[month].month in _HOLIDAYS else (1, 12)
    arrived = [at_random(random, _MONTHS[month], _MONTHS[month + 1], first_hour=14, last_hour=22) for _ in range(16)]
    return [(_written(at), hotel, _written(at + timedelta(minutes=whole(random, *queue)))) for at in arrived]


def _days_and_complaints(random: Random, hotel: str, month: int) -> tuple[list[_Row], list[_Row]]:
    """One row per day with its stays and complaints, and one row per complaint: the two agree."""
    troubled = hotel in _NEW_CONTRACTOR
    length = (_MONTHS[month + 1] - _MONTHS[month]).days
    days = [_MONTHS[month] + timedelta(days=day) for day in range(length)]
    stays = [whole(random, 22, 40) for _ in days]
    expected = (_COMPLAINTS[troubled][month] * sum(stays) + 500) // 1000 + whole(random, -2, 2)
    received = [pick(random, days) + timedelta(minutes=whole(random, 8 * 60, 22 * 60)) for _ in range(expected)]
    about_cleaning = _ABOUT_CLEANING[troubled][month]
    complaints: list[_Row] = [
        (_written(at), hotel, "cleanliness" if chance(random, about_cleaning) else pick(random, _OTHER_CATEGORIES))
        for at in received
    ]
    counted = [sum(at.date() == day.date() for at in received) for day in days]
    rows: list[_Row] = [
        (day.date().isoformat(), hotel, str(guests), str(count))
        for day, guests, count in zip(days, stays, counted, strict=True)
    ]
    return rows, complaints


def _requests(random: Random, hotel: str, month: int) -> list[_Row]:
    """Repairs that guests and staff asked for: of the late ones some are never recorded as done."""
    number = whole(random, 10, 14)
    late = number // 4 if hotel == _OLD_HOUSE else whole(random, 0, 1)
    rows: list[_Row] = []
    for place in range(number):
        reported = at_random(random, _MONTHS[month], _MONTHS[month + 1], first_hour=6, last_hour=23)
        took = whole(random, 25 * 60, 70 * 60) if place < late else whole(random, 20, 22 * 60)
        never = place < late and chance(random, 25)
        rows.append((_written(reported), hotel, "" if never else _written(reported + timedelta(minutes=took))))
    return rows


def _rounds(random: Random, hotel: str, month: int) -> list[_Row]:
    """One fire-safety round a week, due on Monday evening."""
    rows: list[_Row] = []
    due = _MONTHS[month] + timedelta(days=-_MONTHS[month].weekday() % 7, hours=18)
    while due < _MONTHS[month + 1]:
        done = _written(due - timedelta(minutes=whole(random, 10, 9 * 60)))
        is_second = due.day in range(8, 15)
        if is_second and (hotel, due.month) == _MISSED_ROUND:
            done = ""
        if is_second and (hotel, due.month) == _LATE_ROUND:
            done = _written(due + timedelta(days=2))
        rows.append((_written(due), hotel, done))
        due += timedelta(days=7)
    return rows


def _dirty_answers(rows: list[_Row]) -> list[_Row]:
    """A score beyond the scale, a time that cannot be read, and two answers for a house that is no site."""
    rows = sorted(rows)
    answered, hotel, overall, _ = rows[40]
    rows[40] = (answered, hotel, overall, "6")
    _, hotel, overall, cleanliness = rows[900]
    rows[900] = ("yesterday evening", hotel, overall, cleanliness)
    strangers = [("2026-07-09 20:15", "harbour-annex", "4", "4"), ("2026-07-23 09:40", "harbour-annex", "5", "3")]
    return rows[:1200] + strangers + rows[1200:]


def _dirty_arrivals(rows: list[_Row]) -> list[_Row]:
    """A day that June does not have, and a key handed out before the guest came."""
    rows = sorted(rows)
    june = next(place for place, (arrived, _, _) in enumerate(rows) if arrived.startswith("2026-06-30"))
    arrived, hotel, key = rows[june]
    rows[june] = (arrived, hotel, key.replace("2026-06-30", "2026-06-31"))
    arrived, hotel, _ = rows[700]
    rows[700] = (arrived, hotel, f"{arrived[:10]} 09:00")
    return rows


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def _csv(header: _Row, rows: Sequence[_Row]) -> str:
    """Plain lines: no cell holds a comma, a quote or a line break."""
    return "".join(",".join(row) + "\n" for row in (header, *rows))
