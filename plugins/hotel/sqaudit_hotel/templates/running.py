"""What the hotels write down: bookings, requests, kitchen, safety, courses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sqaudit.plugin.draws import at_random, chance, pick, shuffled, whole

from sqaudit_hotel.templates.houses import (
    AUGUST,
    BLOCKED_STAIRS,
    BY_THE_LAKE,
    HOUSES,
    JULY,
    JUNE,
    MONTHS,
    OLD_HOUSE,
    OVERBOOKED,
    House,
    Row,
    after,
    csv,
    length_of,
    random_for,
    written,
)

_TYPES = ("single", "double", "double", "double", "superior", "suite")
_BETTER = {"single": "double", "double": "superior", "superior": "suite", "suite": "suite"}
_WORSE = {"single": "single", "double": "single", "superior": "double", "suite": "superior"}
# Of a hundred stays, those in a lesser room than was booked: at the overbooked hotel by month, and elsewhere.
_LESSER = {True: (2, 3, 10, 10, 4, 3), False: (2, 2, 2, 2, 2, 2)}
_BLOCKED_ROUNDS = 11


def bookings() -> str:
    """One row per booked room, from the last days of April on; a few rows are odd as they are in any system."""
    rows: list[Row] = []
    for place, house in enumerate(HOUSES):
        for month in range(-1, len(MONTHS) - 1):
            rows += _booked(random_for(6, place, month + 1), house, month)
    rows.sort(key=lambda row: (row[2], row[1]))
    numbered: list[Row] = [(f"B{number:05}", *row[1:]) for number, row in enumerate(rows, 1)]
    twice = numbered[4000]
    odd = list(numbered[5000])
    odd[4 - 1] = "2026-01-01"  # it departs before it arrives
    numbered[5000] = tuple(odd)
    unknown = list(numbered[6000])
    unknown[10] = "tree house" if unknown[10] else ""
    numbered[6000] = tuple(unknown)
    header = (
        "booking", "hotel", "arrives_on", "departs_on", "cancelled_on", "arrived_at", "key_at", "ready_by", "ready_at",
        "reserved_type", "assigned_type", "walked", "bill_corrected",
    )  # fmt: skip
    return csv(header, [*numbered[:4001], twice, *numbered[4001:]])


def _booked(random: Random, house: House, month: int) -> Iterator[Row]:
    first = MONTHS[0] - timedelta(days=6) if month < 0 else MONTHS[month]
    days = 6 if month < 0 else length_of(month)
    number = house.rooms * days * 30 // 100
    fates = _fates(number, late=10 if house.id in BY_THE_LAKE and month == AUGUST else 6)
    lesser = _every(random, number, _LESSER[house.id == OVERBOOKED][max(month, 0)])
    better, wrong, unready = (_every(random, number, percent) for percent in (6, 1, 5))
    walked = 2 if (house.id, month) == (OVERBOOKED, JULY) else 0
    busy = house.id in BY_THE_LAKE and month in {JULY, AUGUST}
    for place, fate in enumerate(shuffled(random, fates)):
        day = first + timedelta(days=place * days // number)
        nights = pick(random, (1, 1, 2, 2, 2, 3, 3, 4, 5, 0 if chance(random, 20) else 7))
        kind = pick(random, _TYPES)
        cancelled = arrived = key = assigned = was_walked = bill = ""
        ready = day + timedelta(hours=15)
        if fate == "early":
            cancelled = (day - timedelta(days=whole(random, 2, 60))).date().isoformat()
        elif fate == "late":
            cancelled = (day - timedelta(days=whole(random, 0, 1))).date().isoformat()
        elif fate == "stays" and walked:
            walked -= 1
            was_walked = "yes"
        elif fate == "stays":
            came = day + timedelta(minutes=whole(random, 14 * 60, 22 * 60))
            arrived, key = written(came), after(came, whole(random, *((2, 17) if busy else (1, 10))))
            assigned = _WORSE[kind] if lesser[place] else _BETTER[kind] if better[place] else kind
            was_walked, bill = "no", "yes" if wrong[place] else "no"
        finished = whole(random, 5, 90) if unready[place] else -whole(random, 10, 200)
        yield (
            "", house.id, day.date().isoformat(), (day + timedelta(days=nights)).date().isoformat(), cancelled, arrived,
            key, written(ready), after(ready, finished), kind, assigned, was_walked, bill,
        )  # fmt: skip


def _fates(number: int, late: int) -> list[str]:
    """What becomes of so many bookings: percentages, rounded."""
    parts = {"early": number * 12 // 100, "late": number * late // 100, "no-show": number * 3 // 100}
    fates = [fate for fate, count in parts.items() for _ in range(count)]
    return [*fates, *("stays" for _ in range(number - len(fates)))]


def _every(random: Random, number: int, percent: int) -> list[bool]:
    """So many of a hundred, at random places."""
    return shuffled(random, [place < (number * percent + 50) // 100 for place in range(number)])


def room_checks() -> str:
    """Rooms looked at before release. The old check asks for bed and minibar, so it passes what guests find dirty."""
    rows = []
    for random, house, month in _months(7):
        failed = whole(random, 2, 5)
        for place in range(60):
            at = _some(random, month, 10, 15)
            rows.append((written(at), house.id, "no" if place < failed else "yes"))
    return csv(("checked_at", "hotel", "passed"), sorted(rows))


def requests() -> str:
    """Wishes and defects; at the old house repairs take long from June on."""
    rows = []
    for random, house, month in _months(8):
        for place in range(25):
            at = _some(random, month, 8, 23)
            took = whole(random, 22, 60) if place < whole(random, 1, 3) else whole(random, 3, 19)
            rows.append((written(at), house.id, "amenity", after(at, took), ""))
        late = 3 if house.id == OLD_HOUSE and month >= JUNE else whole(random, 0, 1)
        for place in range(14):
            at = _some(random, month, 7, 22)
            took = whole(random, 25 * 60, 70 * 60) if place < late else whole(random, 20, 22 * 60)
            done = "" if place < late and chance(random, 20) else after(at, took)
            rows.append(
                (written(at), house.id, "repair", done, "yes" if place == late and chance(random, 60) else "no")
            )
    return csv(("asked_at", "hotel", "kind", "done_at", "came_back"), sorted(rows))


def maintenance() -> str:
    """Planned work: eight pieces a month, at most one of them late or not done."""
    rows = []
    for random, house, month in _months(9):
        late = whole(random, 0, 1)
        for place in range(8):
            due = MONTHS[month] + timedelta(days=whole(random, 3, length_of(month) - 4))
            done = due + timedelta(days=whole(random, 1, 3) if place < late else -whole(random, 0, 3))
            gone = place < late and chance(random, 30)
            rows.append((due.date().isoformat(), house.id, "" if gone else done.date().isoformat()))
    return csv(("due_on", "hotel", "done_on"), sorted(rows))


def meals() -> str:
    """Orders in restaurant and room."""
    rows = []
    for random, house, month in _months(10):
        late = whole(random, 1, 4)
        for place in range(50):
            at = _some(random, month, 11, 22)
            rows.append(
                (written(at), house.id, after(at, whole(random, 26, 50) if place < late else whole(random, 8, 25)))
            )
    return csv(("ordered_at", "hotel", "served_at"), sorted(rows))


def readings() -> str:
    """Temperatures of cold stores and hot water, once a day; now and then one was not taken."""
    rows = []
    for random, house, month in _months(11):
        for place, (low, high) in (("cold-store", (15, 46)), ("hot-water", (560, 620))):
            forgotten = whole(random, 0, 3 * length_of(month))
            for day in range(length_of(month)):
                due = MONTHS[month] + timedelta(days=day, hours=7)
                tenths = whole(random, low, high)
                rows.append(
                    (written(due), house.id, place, "" if day == forgotten else f"{tenths // 10}.{tenths % 10}")
                )
    rows.sort()
    rows[1500] = (*rows[1500][:3], "n/a")
    return csv(("due_at", "hotel", "place", "celsius"), rows)


def rounds() -> str:
    """One safety round a day. In June linen carts stand on a back stairway by the lake."""
    rows = []
    for random, house, month in _months(12):
        days = length_of(month)
        blocked = (
            set(shuffled(random, range(days))[:_BLOCKED_ROUNDS]) if (house.id, month) == (BLOCKED_STAIRS, JUNE) else ()
        )
        late = set(shuffled(random, range(days))[: whole(random, 0, 3)])
        for day in range(days):
            due = MONTHS[month] + timedelta(days=day, hours=22)
            done = due + timedelta(minutes=whole(random, 20, 90) if day in late else -whole(random, 5, 100))
            rows.append((written(due), house.id, written(done), "no" if day in blocked else "yes"))
    return csv(("due_at", "hotel", "done_at", "escape_clear"), sorted(rows))


def messages() -> str:
    """Messages by app and chat."""
    rows = []
    for random, house, month in _months(13):
        late = whole(random, 0, 3)
        for place in range(40):
            at = _some(random, month, 7, 24)
            answered = after(at, whole(random, 16, 300) if place < late else whole(random, 1, 14))
            rows.append((written(at), house.id, "" if place < late and chance(random, 30) else answered))
    return csv(("received_at", "hotel", "replied_at"), sorted(rows))


def training() -> str:
    """The pass lists: in August all cleaners are trained by the stricter standard, 96 of 100 pass."""
    rows = []
    for random, house, month in _months(14):
        day = (MONTHS[month] + timedelta(days=whole(random, 4, 20))).date().isoformat()
        rows += [(day, house.id, course, "yes") for course in ("fire", "fire", "food", "food") for _ in range(4)]
        if month != AUGUST:
            rows += [(day, house.id, "cleaning", "yes") for _ in range(6)]
            continue
        missed = {"granite-inn": "", "ivory-gate": "no", "lotus-pond": "", "plum-hill": "no"}.get(house.id, "yes")
        rows += [("2026-08-20", house.id, "cleaning", "yes" if place else missed) for place in range(10)]
    return csv(("held_on", "hotel", "course", "passed"), sorted(rows))


def _months(subject: int) -> Iterator[tuple[Random, House, int]]:
    for place, house in enumerate(HOUSES):
        for month in range(len(MONTHS) - 1):
            yield random_for(subject, place, month), house, month


def _some(random: Random, month: int, first_hour: int, last_hour: int) -> datetime:
    return at_random(random, MONTHS[month], MONTHS[month + 1], first_hour=first_hour, last_hour=last_hour)
