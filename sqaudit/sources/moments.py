r"""Text and wall-clock times to moments, in SQL.

ISO 8601 comes first, then the source's own formats in their order. An offset that is written counts. A time without
one is read in its site's zone; of a doubled hour it is the first reading, as Python's ``fold=0``, and a time skipped in
spring is read with the offset before the change, also as Python does. DuckDB's ICU takes the later reading of a doubled
hour, and is slow; so the offsets of a zone are taken from Python's own and written into the SQL.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqaudit.model.quoting import quote_text

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
NAIVE = rf"{_DAY}([T ]{_CLOCK})?"
AWARE = rf"{_DAY}[T ]{_CLOCK} ?(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)"
_FIRST, _LAST = datetime(1850, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001  times on the wall
# Brazil took a summer time back within a week, and others will within the days of Ramadan.
_STEP, _SECOND, _MICROSECOND = timedelta(days=3), timedelta(seconds=1), timedelta(microseconds=1)
_OFFSET_IN_FORMAT = re.compile(r"%[zZ]")


def has_offset(date_format: str) -> bool:
    """Whether a strptime format reads an offset or a zone."""
    return _OFFSET_IN_FORMAT.search(date_format.replace("%%", "")) is not None


def naive_sql(text: str, dates: Sequence[str]) -> str:
    """The wall-clock time (TIMESTAMP) of a text without offset, NULL where there is none."""
    formats = "".join(f", try_strptime({text}, {quote_text(form)})" for form in dates if not has_offset(form))
    iso = f"CASE WHEN regexp_full_match({text}, '{NAIVE}') THEN TRY_CAST({text} AS TIMESTAMP) END"
    return _after_christ(f"coalesce({iso}{formats})" if formats else iso)


def aware_sql(text: str, dates: Sequence[str]) -> str:
    """The moment (TIMESTAMPTZ) of a text with its offset, NULL where there is none."""
    formats = "".join(f", try_strptime({text}, {quote_text(form)})" for form in dates if has_offset(form))
    joined = f"replace(replace(replace({text}, ' +', '+'), ' -', '-'), ' Z', 'Z')"
    iso = f"CASE WHEN regexp_full_match({text}, '{AWARE}') THEN TRY_CAST({joined} AS TIMESTAMPTZ) END"
    return f"coalesce({iso}{formats})" if formats else iso


def _after_christ(sql: str) -> str:
    """ISO's year 0000 is nobody's date."""
    return f"(CASE WHEN {sql} >= TIMESTAMP '0001-01-02' THEN {sql} END)"


def moment_sql(naive: str, zone: str) -> str:
    """The moment of a wall-clock column in a zone, first reading of a doubled hour.

    The zone's offsets are written out: DuckDB would look each moment up by itself, ten times as slowly.
    """
    offset = _offset_sql(naive, offsets_of(zone))
    return f"make_timestamptz(epoch_us({naive}){'' if offset == '0' else f' - {offset}'})"


@cache
def offsets_of(zone: str) -> tuple[tuple[datetime, int], ...]:
    """From which time on the wall an offset from UTC holds, in microseconds, the earliest first; to the year 2100.

    As Python's ``fold=0``: the offset before a change holds to the end of the doubled or skipped hour.
    """
    here = ZoneInfo(zone)

    def offset_at(moment: datetime) -> int:
        return (here.utcoffset(moment) or timedelta()) // _MICROSECOND

    known = [(datetime(1, 1, 1), offset_at(_FIRST))]  # noqa: DTZ001  times on the wall
    day = _FIRST
    while day < _LAST:
        following = min(day + _STEP, _LAST)
        low, high = day, following
        while known[-1][1] != offset_at(high):
            while high - low > _SECOND:
                middle = low + (high - low) / 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if offset_at(middle) == offset_at(low) else (low, middle)
            known.append((high, offset_at(high)))
            low, high = high, following
        day = following
    return tuple(known)


def _offset_sql(naive: str, offsets: Sequence[tuple[datetime, int]]) -> str:
    """The offset that holds at a time on the wall, found by halves."""
    if len(offsets) == 1:
        return str(offsets[0][1])
    middle = len(offsets) // 2
    at = offsets[middle][0].isoformat(sep=" ")
    before, since = _offset_sql(naive, offsets[:middle]), _offset_sql(naive, offsets[middle:])
    return f"CASE WHEN {naive} >= TIMESTAMP '{at}' THEN {since} ELSE {before} END"


def day_sql(naive: str, aware: str, zone: str) -> str:
    """The day of a wall-clock time, or the local day of a moment."""
    return f"coalesce(CAST({naive} AS DATE), CAST(timezone({quote_text(zone)}, {aware}) AS DATE))"
