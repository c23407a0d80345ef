"""Days, wall-clock times, moments and durations on Spark, reckoned as DuckDB reckons them.

A wall-clock time that a zone has twice is read as DuckDB reads it: the later of the two. ``TIMESTAMP + INTERVAL`` is
not used for elapsed time: Spark moves the clock on the wall as soon as such an interval is a number of whole days.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit_spark.pieces import (
    MICROSECONDS_OF_A_DAY,
    NUMBERS,
    WHEN,
    Kind,
    Piece,
    Unrenderable,
    double,
    lumped,
    quoted,
    text,
    whole,
)

EPOCH = "TIMESTAMP_NTZ'1970-01-01 00:00:00'"
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
UNITS = {"microsecond": 1, "millisecond": 1_000, "second": 10**6, "minute": 60 * 10**6, "hour": 3_600 * 10**6}
_CALENDAR = {"day": (1, 0), "week": (7, 0), "month": (0, 1), "quarter": (0, 3), "year": (0, 12)}


def interval(number: int, unit: str) -> Piece:
    """``INTERVAL '<number>' <unit>``."""
    unit = unit.casefold().removesuffix("s")
    if unit in UNITS:
        return Piece(sql=f"{number * UNITS[unit]}L", kind=Kind.DURATION)
    if unit not in _CALENDAR:
        raise Unrenderable(f"an interval in the unit '{unit}'")
    days, months = (number * each for each in _CALENDAR[unit])
    return Piece(
        sql="0L", kind=Kind.DURATION, days=f"({days})" if days else None, months=f"({months})" if months else None
    )


def _sum_of(left: str | None, sign: str, right: str | None) -> str | None:
    if right is None:
        return left
    if left is None or left == "0L":
        return right if sign == "+" else f"(- {right})"
    return left if right == "0L" else f"({left} {sign} {right})"


def add_durations(left: Piece, sign: str, right: Piece) -> Piece:
    """The sum or difference of two durations."""
    return Piece(
        sql=_sum_of(left.sql, sign, right.sql) or "0L",
        kind=Kind.DURATION,
        days=_sum_of(left.days, sign, right.days),
        months=_sum_of(left.months, sign, right.months),
        calendar=left.calendar or right.calendar,
    )


def negative(duration: Piece) -> Piece:
    """The duration with its sign changed."""
    return add_durations(Piece(sql="0L", kind=Kind.DURATION), "-", duration)


def times_number(duration: Piece, number: Piece) -> Piece:
    """A duration so many times; fractions of a day become hours, as DuckDB has it."""
    if number.kind is Kind.WHOLE:
        days, months = (
            None if each is None else f"({number.sql} * {each})" for each in (duration.days, duration.months)
        )
        sql = "0L" if duration.sql == "0L" else f"(CAST({number.sql} AS BIGINT) * {duration.sql})"
        return Piece(sql=sql, kind=Kind.DURATION, calendar=duration.calendar, days=days, months=months)
    if number.kind not in NUMBERS:
        raise Unrenderable(f"a duration times a {number.kind}")
    factor = f"CAST({number.sql} AS DOUBLE)"
    if duration.months is not None:
        raise Unrenderable("a fraction of a month")
    elapsed = f"CAST(rint({factor} * {duration.sql}) AS BIGINT)" if duration.sql != "0L" else "0L"
    if duration.days is None:
        return Piece(sql=elapsed, kind=Kind.DURATION, calendar=duration.calendar)
    days = f"CAST({factor} * {duration.days} AS INT)"
    rest = f"CAST(rint(({factor} * {duration.days} - {days}) * {MICROSECONDS_OF_A_DAY}D) AS BIGINT)"
    return Piece(sql=_sum_of(elapsed, "+", rest) or "0L", kind=Kind.DURATION, days=days)


def divided(duration: Piece, number: str) -> Piece:
    """A duration divided by a DOUBLE."""
    lump = lumped(duration)
    return Piece(sql=f"CAST(rint(CAST({lump.sql} AS DOUBLE) / {number}) AS BIGINT)", kind=lump.kind, calendar=True)


def add_to_time(when: Piece, duration: Piece, sign: str = "+") -> Piece:
    """A time and a duration: months and days by the calendar, the rest as elapsed time."""
    if duration.calendar:
        raise Unrenderable("a time plus a duration of days or months that came out of a computation")
    wall = when.kind is not Kind.MOMENT
    start = local(when) if wall else when.sql
    parts = negative(duration) if sign == "-" else duration
    kind = Kind.LOCAL if wall else Kind.MOMENT
    if parts.days is None and parts.months is None:
        return Piece(sql=_elapsed(start, parts.sql, kind), kind=kind)
    late = _elapsed(_moved(start, parts, kind), parts.sql, kind)
    if wall or parts.sql == "0L":
        return Piece(sql=late, kind=kind)
    # DuckDB lets the time elapse first where any part is negative.
    early = _moved(_elapsed(start, parts.sql, kind), parts, kind)
    backward = " OR ".join(f"{each} < 0" for each in (parts.months, parts.days, parts.sql) if each is not None)
    return Piece(sql=f"CASE WHEN {backward} THEN {early} ELSE {late} END", kind=kind)


def _elapsed(start: str, micros: str, kind: Kind) -> str:
    if micros == "0L":
        return start
    if kind is Kind.LOCAL:
        return f"timestampadd(MICROSECOND, {micros}, {start})"
    return f"timestamp_micros(unix_micros({start}) + {micros})"


def _moved(start: str, parts: Piece, kind: Kind) -> str:
    months, days = (f"CAST({each or 0} AS INT)" for each in (parts.months, parts.days))
    moved = f"({start} + make_interval(0, {months}, 0, {days}, 0, 0, 0))"
    # Where a month ends in a doubled hour, DuckDB takes its later reading; days keep the reading they had.
    return moved if kind is Kind.LOCAL or parts.months is None else reading(f"CAST({moved} AS TIMESTAMP_NTZ)")


def reading(wall: str, zone: str | None = None) -> str:
    """The moment of a wall-clock time (TIMESTAMP_NTZ), in a zone or else the session's."""
    if zone in {"UTC", "Etc/UTC"}:
        return f"timestamp_micros({micros_of_wall(wall)})"
    if zone is None:
        first = f"CAST({wall} AS TIMESTAMP)"
        later = (
            f"timestamp_micros(unix_micros(CAST(({wall} + INTERVAL '1' DAY) AS TIMESTAMP)) - {MICROSECONDS_OF_A_DAY}L)"
        )
        fits = f"CAST({later} AS TIMESTAMP_NTZ) = {wall}"
    else:
        micros, name = micros_of_wall(wall), quoted(zone)
        first = f"to_utc_timestamp(timestamp_micros({micros}), {name})"
        next_day = f"to_utc_timestamp(timestamp_micros({micros} + {MICROSECONDS_OF_A_DAY}L), {name})"
        later = f"timestamp_micros(unix_micros({next_day}) - {MICROSECONDS_OF_A_DAY}L)"
        fits = f"unix_micros(from_utc_timestamp({later}, {name})) = {micros}"
    return f"CASE WHEN {later} > {first} AND {fits} THEN {later} ELSE {first} END"


def micros_of_wall(wall: str) -> str:
    """Microseconds from 1970 to a wall-clock time, in no zone."""
    return f"CAST(CAST(CAST(({wall} - {EPOCH}) AS INTERVAL SECOND) AS DECIMAL(20, 6)) * 1000000 AS BIGINT)"


def wall_of_micros(micros: str) -> Piece:
    """The wall-clock time so many microseconds after 1970, in no zone."""
    return Piece(sql=f"timestampadd(MICROSECOND, {micros}, {EPOCH})", kind=Kind.LOCAL)


def in_zone(zone: str, when: Piece) -> Piece:
    """DuckDB's ``timezone(zone, x)``: the moment of a wall-clock time, or the wall-clock time of a moment."""
    if when.kind is Kind.MOMENT:
        return wall_of_micros(f"unix_micros(from_utc_timestamp({when.sql}, {quoted(zone)}))")
    if when.kind is Kind.NULL:
        raise Unrenderable("the zone of NULL")
    return Piece(sql=reading(local(when), zone), kind=Kind.MOMENT)


def local(when: Piece) -> str:
    """A day or time as TIMESTAMP_NTZ."""
    return when.sql if when.kind is Kind.LOCAL else f"CAST({when.sql} AS TIMESTAMP_NTZ)"


def moment(when: Piece) -> str:
    """A day or time as TIMESTAMP, wall-clock times read in the session's zone."""
    return when.sql if when.kind in {Kind.MOMENT, Kind.NULL} else reading(local(when))


def day(when: Piece) -> str:
    """The day of a time."""
    return when.sql if when.kind is Kind.DATE else f"CAST({when.sql} AS DATE)"


def part(unit: str, when: Piece) -> Piece:
    """DuckDB's ``date_part``."""
    if when.kind not in WHEN:
        raise Unrenderable(f"a part of a {when.kind}")
    clock = local(when) if when.kind is Kind.DATE else when.sql
    seconds = f"extract(SECOND FROM {clock})"
    found = {
        **{name: f"{name}({when.sql})" for name in ("year", "quarter", "month", "day")},
        "week": f"weekofyear({when.sql})",
        "isoyear": f"extract(YEAROFWEEK FROM {when.sql})",
        "doy": f"dayofyear({when.sql})",
        "dow": f"(dayofweek({when.sql}) - 1)",
        "isodow": f"(weekday({when.sql}) + 1)",
        "hour": f"hour({clock})",
        "minute": f"minute({clock})",
        "second": f"second({clock})",
        "millisecond": f"floor({seconds} * 1000)",
        "microsecond": f"floor({seconds} * 1000000)",
    }.get(unit)
    if unit == "epoch":
        micros = f"unix_micros({when.sql})" if when.kind is Kind.MOMENT else micros_of_wall(local(when))
        return double(f"({micros} / 1000000D)")
    if found is None:
        raise Unrenderable(f"the part '{unit}' of a time")
    return whole(f"CAST({found} AS BIGINT)")


def name_of_day(when: Piece) -> Piece:
    """The English name of the day of the week."""
    return text(_named(DAY_NAMES, f"weekday({when.sql}) + 1"))


def name_of_month(when: Piece) -> Piece:
    """The English name of the month."""
    return text(_named(MONTH_NAMES, f"month({when.sql})"))


def _named(names: Sequence[str], place: str) -> str:
    # Not element_at: of an array of known texts it gives one for a place that is NULL.
    cases = " ".join(f"WHEN {number} THEN {quoted(name)}" for number, name in enumerate(names, start=1))
    return f"CASE {place} {cases} END"


def truncated(unit: str, when: Piece) -> Piece:
    """DuckDB's ``date_trunc``: a moment stays one, days and wall-clock times give a wall-clock time."""
    kind = Kind.MOMENT if when.kind is Kind.MOMENT else Kind.LOCAL
    if when.kind not in WHEN:
        raise Unrenderable(f"date_trunc of a {when.kind}")
    if unit in {"week", "month", "quarter", "year", "day"}:
        start = day(when) if unit == "day" else f"trunc({day(when)}, '{unit}')"
        wall = f"CAST({start} AS TIMESTAMP_NTZ)"
    elif unit not in UNITS:
        raise Unrenderable(f"date_trunc to '{unit}'")
    elif when.kind is Kind.MOMENT and unit != "hour":
        rest = f"pmod({micros_of_wall(local(when))}, {UNITS[unit]}L)"
        return Piece(sql=f"timestamp_micros(unix_micros({when.sql}) - {rest})", kind=kind)
    else:
        wall = wall_of_micros(_floored(micros_of_wall(local(when)), UNITS[unit])).sql
    return Piece(sql=reading(wall) if kind is Kind.MOMENT else wall, kind=kind)


def _floored(micros: str, unit: int) -> str:
    return f"({micros} - pmod({micros}, {unit}L))"


def difference(unit: str, start: Piece, end: Piece) -> Piece:
    """DuckDB's ``date_diff``: how many boundaries of the unit lie between."""
    if unit == "week" and not start.kind is end.kind is Kind.DATE:
        raise Unrenderable("date_diff in weeks of anything but days")
    if unit in _CALENDAR:
        first, last = day(start), day(end)
        if unit == "day":
            found = f"datediff({last}, {first})"
        elif unit == "week":
            found = f"(datediff(trunc({last}, 'week'), trunc({first}, 'week')) div 7)"
        else:
            months = {"month": 1, "quarter": 3, "year": 12}[unit]
            counts = [f"((year({each}) * 12 + month({each}) - 1) div {months})" for each in (last, first)]
            found = f"({counts[0]} - {counts[1]})"
        return whole(f"CAST({found} AS BIGINT)")
    if unit not in UNITS:
        raise Unrenderable(f"date_diff in '{unit}'")
    size = UNITS[unit]
    if start.kind is end.kind is Kind.MOMENT:
        micros = [f"unix_micros({truncated(unit, each).sql})" for each in (end, start)]
        return whole(f"(({micros[0]} - {micros[1]}) div {size}L)")
    floors = [_floored(micros_of_wall(local(each)), size) for each in (end, start)]
    return whole(f"(({floors[0]} - {floors[1]}) div {size}L)")
