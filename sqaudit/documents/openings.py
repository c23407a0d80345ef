"""Opening hours as people write them: ``Mon-Fri 09:00-12:00, 13:00-18:00``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from sqaudit.errors import Message, msg
from sqaudit.model.calendar import DAY_MINUTES, Hours
from sqaudit.model.suggesting import closest

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FULL_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NUMBERS = {name.casefold(): number for names in (WEEKDAYS, _FULL_NAMES) for number, name in enumerate(names)}
_WORD = re.compile(r"[^\s,]+")
_DASH = re.compile(r"\s*[-–]\s*")
_TIME = re.compile(r"(\d{1,2}):(\d\d)")
_HOURS_HINT = msg("write hours as 09:00-18:00, from 00:00 to 24:00")


class UnreadableOpenings(Exception):
    """What is wrong with a text of opening hours, and what to do about it."""

    def __init__(self, message: Message, hint: Message) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint


def read_week_openings(text: str) -> tuple[frozenset[int], tuple[Hours, ...]]:
    """The weekdays (0 is Monday) and the hours of a text such as ``Mon-Fri 09:00-12:00, 13:00-18:00``.

    Hours that end at or before they begin end on the next day: ``Fri 22:00-02:00``.

    Raises:
        UnreadableOpenings: Also if days or hours are missing, or hours overlap.
    """
    days: set[int] = set()
    hours: list[Hours] = []
    for word in _words(text):
        if word[0].isdigit():
            hours.append(_read_hours(word))
        elif hours:
            raise UnreadableOpenings(
                msg("the days '{days}' follow hours", days=word),
                msg("give each group of days a text of its own: [Mon-Fri 09:00-18:00, Sat 10:00-14:00]"),
            )
        else:
            days |= _read_days(word)
    if not days:
        raise UnreadableOpenings(
            msg("'{text}' names no days", text=text), msg("begin with the days: Mon-Fri 09:00-18:00")
        )
    return frozenset(days), _apart(hours, text)


def read_day_openings(text: str) -> tuple[Hours, ...]:
    """The hours of one day, such as ``09:00-12:00, 13:00-18:00``; none for an empty text: closed.

    Raises:
        UnreadableOpenings: Also if hours overlap.
    """
    hours = [_read_hours(word) for word in _words(text)]
    return _apart(hours, text) if hours else ()


def overlap(hours: list[Hours]) -> tuple[Hours, Hours] | None:
    """Two openings of one day that overlap, if any do; touching is no overlap."""
    ordered = sorted(hours)
    return next((pair for pair in pairwise(ordered) if pair[1].opens < pair[0].closes), None)


def shown(hours: Hours) -> str:
    """Hours as they are written."""
    closes = hours.closes if hours.closes <= DAY_MINUTES else hours.closes - DAY_MINUTES
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (hours.opens, closes))


def overlapping(pair: tuple[Hours, Hours]) -> UnreadableOpenings:
    """The problem that two openings of one day overlap."""
    message = msg("'{one}' and '{other}' overlap", one=shown(pair[0]), other=shown(pair[1]))
    return UnreadableOpenings(message, msg("write them as one, or correct one of them"))


def _apart(hours: list[Hours], text: str) -> tuple[Hours, ...]:
    if not hours:
        raise UnreadableOpenings(msg("'{text}' names no hours", text=text), _HOURS_HINT)
    pair = overlap(hours)
    if pair is not None:
        raise overlapping(pair)
    return tuple(sorted(hours))


def _words(text: str) -> Iterator[str]:
    return (match.group() for match in _WORD.finditer(_DASH.sub("-", text)))


def _read_days(word: str) -> set[int]:
    numbers = [_read_weekday(name) for name in word.split("-")]
    if len(numbers) > 2:  # noqa: PLR2004 - the first and the last
        raise UnreadableOpenings(msg("'{days}' are no days", days=word), msg("write days as Mon-Fri or Mon, Wed"))
    first, last = numbers[0], numbers[-1]
    return {day % 7 for day in range(first, last + (7 if last < first else 0) + 1)}


def _read_weekday(name: str) -> int:
    number = _NUMBERS.get(name.casefold())
    if number is None:
        near = closest(name, (*WEEKDAYS, *_FULL_NAMES))
        hint = msg("write Mon, Tue, Wed, Thu, Fri, Sat or Sun, then hours")
        if near is not None:
            hint = msg("did you mean '{name}'?", name=near)
        raise UnreadableOpenings(msg("'{name}' is no day of the week", name=name), hint)
    return number


def _read_hours(word: str) -> Hours:
    opening, dash, closing = word.partition("-")
    if not dash:
        raise UnreadableOpenings(msg("'{text}' has no end", text=word), _HOURS_HINT)
    opens, closes = _read_time(opening), _read_time(closing)
    if opens == DAY_MINUTES:
        raise UnreadableOpenings(msg("'{text}' is no time to open", text=opening), msg("the day begins at 00:00"))
    return Hours(opens, closes if closes > opens else closes + DAY_MINUTES)


def _read_time(text: str) -> int:
    match = _TIME.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match is not None and int(match[2]) < 60 else -1  # noqa: PLR2004
    if not 0 <= minutes <= DAY_MINUTES:
        raise UnreadableOpenings(msg("'{text}' is no time of day", text=text), _HOURS_HINT)
    return minutes
