r"""Text and wall-clock times to moments, in SQL.

ISO 8601 comes first, then the source's own formats in their order. An offset that is written counts. A time without
one is read in its site's zone; of a doubled hour it is the first reading, as Python's ``fold=0``, and a time skipped in
spring is read with the offset before the change, also as Python does. DuckDB's ICU takes the later reading of a doubled
hour, so the moment is also worked out from the day before: its reading plus 24 hours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqaudit.model.quoting import quote_text

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
NAIVE = rf"{_DAY}([T ]{_CLOCK})?"
AWARE = rf"{_DAY}[T ]{_CLOCK} ?(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)"
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
    """The moment of a wall-clock column in a zone, first reading of a doubled hour."""
    if zone in {"UTC", "Etc/UTC"}:
        return f"timezone('UTC', {naive})"
    later = f"timezone({quote_text(zone)}, {naive})"
    first = f"(timezone({quote_text(zone)}, {naive} - INTERVAL 1 DAY) + INTERVAL 24 HOUR)"
    return (
        f"CASE WHEN {first} = {later} THEN {later}"
        f" WHEN timezone({quote_text(zone)}, {first}) = {naive} OR timezone({quote_text(zone)}, {later}) <> {naive}"
        f" THEN {first} ELSE {later} END"
    )


def day_sql(naive: str, aware: str, zone: str) -> str:
    """The day of a wall-clock time, or the local day of a moment."""
    return f"coalesce(CAST({naive} AS DATE), CAST(timezone({quote_text(zone)}, {aware}) AS DATE))"
