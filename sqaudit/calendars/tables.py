"""Calendars as small tables that any SQL engine joins; nothing is looped over per row.

days      one row per calendar and UTC day: the open time before the day, and the openings within it
targets   one row per calendar and stretch of open time: how to get from open time back to the moment

All times are whole microseconds: of moments since 1970, of open time since the table's first day. Days are days of
UTC, so that changes of the clocks are settled when the tables are made. A moment or target that they do not cover finds
no row, so that its value is unknown, never wrong; days before 1970 are like any others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from msgspec import Struct

from sqaudit.calendars.business import Opening, openings
from sqaudit.model.calendar import Calendar

Row: TypeAlias = tuple[int | None, ...]
Span: TypeAlias = tuple[int, int]
Break: TypeAlias = tuple[int, int | None]

DAY_US = 86_400_000_000
_HOUR_US = 3_600_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# An opening may end two UTC days after the day of its wall clock, and begin one before it.
_MARGIN = timedelta(days=3)
# Stretches of open time for the way back, widest first: the widest whose rows have few breaks is taken.
_WIDTHS = (24 * _HOUR_US, 8 * _HOUR_US, 2 * _HOUR_US, _HOUR_US // 2)
_FEW = 6
# Fills up the breaks of a target row: no open time lies beyond it.
_NEVER = 2**62


class ClockTables(Struct, frozen=True, kw_only=True):
    """The tables of some calendars, each called by its place in the list they were made from.

    ``days`` has rows of calendar, day (its first microsecond), open time before it, then ``day_openings`` pairs of
    opening and closing within the day. ``targets`` has rows of calendar, first open time, the moment less the open time
    there, then ``target_breaks`` pairs: beyond this open time, so much more (``None``: unknown). Each row of
    ``targets`` holds ``width`` of open time.
    """

    days: tuple[Row, ...]
    day_openings: int
    targets: tuple[Row, ...]
    target_breaks: int
    width: int


def clock_tables(calendars: Sequence[tuple[Calendar, str]], first: date, last: date) -> ClockTables:
    """The tables of calendars, each in a zone, for every moment of the UTC days from ``first`` to ``last``."""
    start, end = _day_start(first), _day_start(last) + DAY_US
    days: list[tuple[Row, Sequence[Break]]] = []
    opened: list[list[Span]] = []
    for number, (calendar, zone) in enumerate(calendars):
        spans = _clipped(openings(calendar, zone, first - _MARGIN, last + _MARGIN), start, end)
        opened.append(spans)
        days += _days(number, spans, start, end)
    for width in _WIDTHS:
        targets = [row for number, spans in enumerate(opened) for row in _targets(number, spans, start, width)]
        breaks = max((len(pairs) for _, pairs in targets), default=0)
        if breaks <= _FEW:
            break
    day_openings = max((len(pairs) for _, pairs in days), default=0)
    return ClockTables(
        days=_filled(days, day_openings, (0, 0)),
        day_openings=day_openings,
        targets=_filled(targets, breaks, (_NEVER, 0)),
        target_breaks=breaks,
        width=width,
    )


def _day_start(day: date) -> int:
    return microseconds(datetime.combine(day, time(), tzinfo=UTC))


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970 of a zoned moment, below 0 before that."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(microseconds_since_1970: int) -> datetime:
    """The moment, in UTC; undoes ``microseconds``."""
    return _EPOCH + timedelta(microseconds=microseconds_since_1970)


def _clipped(opened: Sequence[Opening], start: int, end: int) -> list[Span]:
    spans = [(microseconds(opens), microseconds(closes)) for opens, closes in opened]
    return [(max(opens, start), min(closes, end)) for opens, closes in spans if opens < end and closes > start]


def _days(number: int, spans: Sequence[Span], start: int, end: int) -> Iterator[tuple[Row, list[Break]]]:
    before, place = 0, 0
    for day in range(start, end, DAY_US):
        within: list[Break] = []
        while place < len(spans) and spans[place][0] < day + DAY_US:
            opens, closes = spans[place]
            within.append((max(opens - day, 0), min(closes - day, DAY_US)))
            if closes > day + DAY_US:
                break
            place += 1
        yield (number, day, before), within
        before += sum((closes or 0) - opens for opens, closes in within)


def _targets(number: int, spans: Sequence[Span], start: int, width: int) -> Iterator[tuple[Row, list[Break]]]:
    """Each opening makes a break where its open time begins: beyond it, the moment lies further ahead.

    The last break is the end of all open time; what lies beyond it is unknown.
    """
    breaks: list[Break] = []
    total, ahead = 0, start
    for opens, closes in spans:
        gap = opens - total - ahead
        breaks.append((total, gap))
        ahead += gap
        total += closes - opens
    breaks.append((total, None))
    ahead, place = start, 0
    for begin in range(0, total + 1, width):
        within: list[Break] = []
        while place < len(breaks) and breaks[place][0] < begin + width:
            within.append(breaks[place])
            place += 1
        yield (number, begin, ahead), within
        ahead += sum(gap for _, gap in within if gap is not None)


def _filled(rows: Sequence[tuple[Row, Sequence[Break]]], pairs: int, filling: Break) -> tuple[Row, ...]:
    return tuple(
        (*row, *(value for pair in (*found, *[filling] * (pairs - len(found))) for value in pair))
        for row, found in rows
    )


def day_names(tables: ClockTables) -> list[str]:
    """The columns of ``days``."""
    pairs = [f"{letter}{place}" for place in range(tables.day_openings) for letter in ("o", "c")]
    return ["calendar", "day", "base", *pairs]


def target_names(tables: ClockTables) -> list[str]:
    """The columns of ``targets``."""
    pairs = [f"{word}{place}" for place in range(tables.target_breaks) for word in ("cum", "gap")]
    return ["calendar", "target", "ahead", *pairs]


def within_day_sql(moment_us_sql: str) -> str:
    """The microseconds of a moment since its UTC day began; ``%`` cuts towards 0, so days before 1970 need it twice."""
    return f"((({moment_us_sql} % {DAY_US}) + {DAY_US}) % {DAY_US})"


def open_before_sql(moment_us_sql: str, alias: str, tables: ClockTables) -> str:
    """The open time before a moment, from the row ``alias`` of ``days`` that holds its day."""
    within = within_day_sql(moment_us_sql)
    parts = [f"greatest(0, least({within}, {alias}.c{k}) - {alias}.o{k})" for k in range(tables.day_openings)]
    return f"({' + '.join([f'{alias}.base', *parts])})"


def moment_at_sql(target_sql: str, alias: str, tables: ClockTables) -> str:
    """The first moment, in microseconds, with so much open time before it, from the row ``alias`` of ``targets``."""
    gaps = [
        f"(CASE WHEN {target_sql} > {alias}.cum{k} THEN {alias}.gap{k} ELSE 0 END)" for k in range(tables.target_breaks)
    ]
    return f"({' + '.join([target_sql, f'{alias}.ahead', *gaps])})"
