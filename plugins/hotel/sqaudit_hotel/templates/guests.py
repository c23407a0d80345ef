"""What guests say: questionnaires, reviews, complaints, mystery visits.

In May all is well. In June the group plans fewer minutes for a room and takes on people for the season without a
course; in July rooms are dirty at the four city hotels. From the end of August there is a stricter standard for
cleaning, and everybody is trained by it. Of 400 answers in July 240 are satisfied or very satisfied, of 400 in
September 288.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from sqaudit.plugin.draws import at_random, chance, pick, shuffled, whole

from sqaudit_hotel.templates.houses import (
    AUGUST,
    FIRST_DIRTY,
    HOUSES,
    JULY,
    JUNE,
    MAY,
    MONTHS,
    OCTOBER,
    OLD_HOUSE,
    SEPTEMBER,
    House,
    Row,
    after,
    csv,
    length_of,
    random_for,
    written,
)

_ANSWERS = 40
_NO_ANSWERS = ("juniper-lodge", JUNE)
_FEW_ANSWERS = ("plum-hill", MAY)
# Satisfied guests of 40, by month: at a troubled hotel, and at each of the other six.
_SATISFIED = {MAY: 28, JUNE: 27, JULY: 17, AUGUST: 22, SEPTEMBER: 28, OCTOBER: 29}
_ELSEWHERE = {
    MAY: (29, 28, 29, 30, 29, 29),
    JUNE: (29, 29, 28, 29, 28, 30),
    JULY: (29, 28, 29, 29, 28, 29),
    AUGUST: (29, 29, 28, 29, 29, 29),
    SEPTEMBER: (30, 29, 29, 29, 29, 30),
    OCTOBER: (29, 30, 29, 29, 29, 30),
}
_CLEAN = {True: (35, 33, 18, 26, 35, 36), False: (36, 35, 36, 36, 36, 37)}
_STAFF = (34, 36)
_BREAKFAST = (31, 34)
_WIFI = {False: (32, 35), True: (26, 28)}

_OTHERS = ("noise", "check-in", "food", "repairs", "staff", "bill", "wifi")
# Complaints of the group about cleanliness, and about each of the others, by month.
_COMPLAINTS = {
    MAY: (11, (13, 12, 8, 8, 6, 3, 2)),
    JUNE: (24, (14, 12, 9, 8, 6, 3, 2)),
    JULY: (46, (14, 12, 9, 8, 6, 3, 2)),
    AUGUST: (30, (13, 12, 9, 7, 6, 3, 2)),
    SEPTEMBER: (11, (13, 11, 8, 8, 5, 3, 2)),
    OCTOBER: (9, (12, 11, 8, 7, 6, 3, 2)),
}
# Of ten complaints about cleanliness, how many come from the troubled hotels.
_FROM_TROUBLED = {MAY: 4, JUNE: 6, JULY: 9, AUGUST: 8, SEPTEMBER: 4, OCTOBER: 4}

_GOOD = ("spotless", "spotless", "spotless", "spotless", "traces")
_SLIPPING = ("spotless", "spotless", "traces", "traces", "traces")
_BAD = ("traces", "traces", "stained", "stained", "stained")
_FIRST_SIGN = (FIRST_DIRTY, JUNE)


def surveys() -> str:
    """The questionnaires: 40 at each hotel in each month, but for two, and a little dirt."""
    rows: list[Row] = []
    elsewhere = 0
    for place, house in enumerate(HOUSES):
        for month in range(len(MONTHS) - 1):
            random = random_for(1, place, month)
            satisfied = _SATISFIED[month] if house.troubled else _ELSEWHERE[month][elsewhere]
            rows += _answers(random, house, month, satisfied)
        elsewhere += not house.troubled
    rows.sort()
    dirty: list[Row] = [
        ("yesterday evening", "mill-race", "4", "4", "4", "4", "4"),
        ("2026-07-09 20:15", "harbour-annex", "4", "4", "5", "4", "3"),
        ("2026-07-23 09:40", "harbour-annex", "5", "3", "4", "4", "4"),
    ]
    answered, hotel, overall, clean, staff, _, wifi = rows[40]
    rows[40] = (answered, hotel, overall, clean, staff, "6", wifi)
    header = ("answered_at", "hotel", "overall", "room_clean", "staff", "breakfast", "wifi")
    return csv(header, [*rows[:900], *dirty, *rows[900:]])


def _answers(random: Random, house: House, month: int, satisfied: int) -> list[Row]:
    """Guests who found the room clean are more often satisfied, but the numbers are those of the story."""
    if (house.id, month) == _NO_ANSWERS:
        return []
    number = 3 if (house.id, month) == _FEW_ANSWERS else _ANSWERS
    clean = shuffled(random, [guest < _CLEAN[house.troubled][month] for guest in range(_ANSWERS)])
    by_mood = sorted(range(_ANSWERS), key=lambda guest: random.random() + (0.6 if clean[guest] else 0))
    content = set(by_mood[_ANSWERS - satisfied :])
    old = house.id == OLD_HOUSE and month >= AUGUST
    columns = [
        shuffled(random, [guest < whole(random, *good) for guest in range(_ANSWERS)])
        for good in (_STAFF, _BREAKFAST, _WIFI[old])
    ]
    return [
        (
            written(at_random(random, MONTHS[month], MONTHS[month + 1], first_hour=7, last_hour=23)),
            house.id,
            _mark(random, good=guest in content),
            _mark(random, good=clean[guest]),
            *("" if chance(random, 3) else _mark(random, good=column[guest]) for column in columns),
        )
        for guest in range(number)
    ]


def _mark(random: Random, *, good: bool) -> str:
    return str(pick(random, (5, 5, 4, 4, 4)) if good else pick(random, (3, 3, 3, 2, 2, 1)))


def reviews() -> str:
    """Reviews on two invented platforms: stars from 1 to 5, and marks from 1 to 10 with halves."""
    rows: list[Row] = []
    for place, house in enumerate(HOUSES):
        for month in range(len(MONTHS) - 1):
            random = random_for(2, place, month)
            number = whole(random, 18, 24)
            late = whole(random, 0, 2)
            for review in range(number):
                posted = at_random(random, MONTHS[month], MONTHS[month + 1], first_hour=8, last_hour=23)
                stars = chance(random, 55)
                overall = whole(random, 76, 94) - (8 if house.troubled and month in {JULY, AUGUST} else 0)
                clean = whole(random, 76, 98) - (38 if house.troubled and month == JULY else 0)
                replied = "" if review < late else after(posted, whole(random, 60, 68 * 60))
                rows.append(
                    (
                        written(posted),
                        house.id,
                        "TravelStars" if stars else "StayTen",
                        "1",
                        "5" if stars else "10",
                        _on_scale(overall, stars=stars),
                        "" if chance(random, 20) else _on_scale(clean, stars=stars),
                        replied,
                    )
                )
    rows.sort()
    rows[200] = (*rows[200][:5], "11", *rows[200][6:])
    header = ("posted_at", "hotel", "platform", "scale_lowest", "scale_highest", "overall", "cleanliness", "replied_at")
    return csv(header, rows)


def _on_scale(points: int, *, stars: bool) -> str:
    """Points of 100 as a mark: whole stars, or half marks."""
    if stars:
        return str(1 + (points * 4 + 50) // 100)
    halves = 2 + (points * 18 + 50) // 100
    return f"{halves // 2}.5" if halves % 2 else str(halves // 2)


def complaints() -> str:
    """Complaints: 100 in July, 46 of them about cleanliness."""
    rows: list[Row] = []
    for month in range(len(MONTHS) - 1):
        random = random_for(3, 0, month)
        cleanliness, others = _COMPLAINTS[month]
        troubled = (cleanliness * _FROM_TROUBLED[month] + 5) // 10
        houses = [
            *_in_turn([house for house in HOUSES if house.troubled], troubled),
            *_in_turn([house for house in HOUSES if not house.troubled], cleanliness - troubled),
        ]
        named = [(house, "cleanliness") for house in houses]
        about = [category for category, number in zip(_OTHERS, others, strict=True) for _ in range(number)]
        named += list(zip(_in_turn(HOUSES, len(about)), shuffled(random, about), strict=True))
        seen: dict[str, int] = {}
        for house, category in named:
            received = at_random(random, MONTHS[month], MONTHS[month + 1], first_hour=8, last_hour=22)
            seen[house.id] = seen.get(house.id, 0) + 1
            slow = seen[house.id] % 7 == 0
            took = whole(random, 25 * 60, 60 * 60) if slow else whole(random, 20, 20 * 60)
            rows.append((house.id, written(received), category, after(received, took)))
    return csv(("hotel", "received_at", "category", "solved_at"), sorted(rows, key=lambda row: row[1]))


def _in_turn(houses: Sequence[House], number: int) -> list[House]:
    return [houses[place % len(houses)] for place in range(number)]


def visits() -> str:
    """The register of visits: two at each hotel in each month, so twelve in the half-year."""
    return csv(
        ("visit", "hotel", "visited_on", "travels"),
        [(visit, house.id, day.date().isoformat(), travels) for visit, house, _, day, travels in _visits()],
    )


def visit_answers() -> str:
    """What the agency's guests answered, twelve questions a visit."""
    rows: list[Row] = []
    for visit, house, month, day, _ in _visits():
        random = random_for(5, HOUSES.index(house), 2 * month + int(visit[-1]))
        clean = _GOOD
        if house.troubled:
            clean = {JUNE: _SLIPPING, JULY: _BAD, AUGUST: _SLIPPING}.get(month, _GOOD)
        if (house.id, month) == _FIRST_SIGN:
            clean = _BAD
        given = [
            *(pick(random, clean) for _ in range(4)),
            str(whole(random, 3, 4)),
            "yes",
            "no" if chance(random, 8) and visit.endswith("1") else "yes",
            "gaps" if chance(random, 15) else "full",
            "one" if chance(random, 20) else "all",
            str(whole(random, 3, 4)),
            "yes" if chance(random, 90) else "no",
            "yes" if chance(random, 60) else "no",
        ]
        rows += [
            (visit, house.id, day.date().isoformat(), f"Q{number:02}", answer) for number, answer in enumerate(given, 1)
        ]
    return csv(("visit", "hotel", "visited_on", "question", "answer"), rows)


def _visits() -> list[tuple[str, House, int, datetime, str]]:
    found = []
    for month in range(len(MONTHS) - 1):
        for place, house in enumerate(HOUSES):
            random = random_for(4, place, month)
            for number in (1, 2):
                half = length_of(month) // 2
                day = MONTHS[month] + timedelta(days=whole(random, 0, half - 1) + (number - 1) * half)
                travels = pick(random, ("alone", "couple", "family", "business"))
                found.append((f"v{MONTHS[month].month:02}-{house.id}-{number}", house, month, day, travels))
    return found
