"""Parquet files measured where they lie: typed, checked and limited to the period while they are read.

A row is rejected, and a cell counted, by the same rules as in staging. What is counted are the rows of the window, and
those whose moment is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.expressions.gate import moment_literal
from sqaudit.model.quoting import quote_name, quote_text
from sqaudit.model.standard import Column, ColumnType
from sqaudit.sources.failures import engine_failures
from sqaudit.sources.prepared import PreparedSource
from sqaudit.sources.reading import Raw
from sqaudit.sources.rows import FATE, given_column

if TYPE_CHECKING:
    from sqaudit.engines.duckdb import Engine

_DAY = timedelta(days=1)
_FAR = timedelta(days=2)  # zones lie up to 26 hours apart; nothing may be lost before moments are worked out
_TELL_TIMES = ("DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S", "TIMESTAMP WITH TIME ZONE")


class Window(Struct, frozen=True, kw_only=True):
    """The rows that a run needs: those with one of the ``times`` from ``start`` up to ``end``.

    ``times`` are columns, that of the source first: rows in which it is not known are looked at too.
    """

    times: tuple[str, ...]
    start: datetime
    end: datetime


def scanned_rows(dataset: str) -> str:
    """The name of the view of all rows of the window, the rejected ones included."""
    return f"rows of {dataset}"


class Limits(Struct, frozen=True, kw_only=True):
    """The rows that are wanted, and the zone of the times on the wall, if all rows are of one."""

    window: Window | None
    zone: str | None


class Typed(Protocol):
    """Gives the query for the typed rows of what was read; cells of the columns ``present`` are known to be usable."""

    def __call__(self, raw: Raw, *, present: Collection[int] = ()) -> str:
        """The query."""
        ...


def lay_views(engine: Engine, prepared: PreparedSource, raw: Raw, typed: Typed, limits: Limits) -> bool:
    """Two views of a source: all its rows of the window with their fate, and those that were accepted.

    Returns whether every accepted row is known to lie in the window by the source's own time.
    """
    window, name, columns = limits.window, prepared.dataset.id, prepared.dataset.columns
    exact = None if window is None or limits.zone is None else _exact_limits(prepared, raw, window, limits.zone)
    if window is None:
        all_rows = accepted = typed(raw)
    elif exact is not None and _all_lie_within(engine, prepared, raw, exact):
        all_rows = accepted = typed(raw, present={exact.places[0][0]})
    else:
        rough = typed(replace(raw, relation=_roughly_limited(prepared, raw, window)))
        all_rows = accepted = f"SELECT * FROM ({rough}) WHERE {within(columns, window)}"
        if exact is not None:
            accepted = typed(replace(raw, relation=f"(SELECT * FROM {raw.relation} WHERE {exact.sql})"))
    given = ", ".join(quote_name(given_column(column)) for column in columns)
    with engine_failures(name):
        engine.query(f"CREATE VIEW {quote_name(scanned_rows(name))} AS {all_rows}")
        engine.query(
            f'CREATE VIEW {quote_name(name)} AS SELECT * EXCLUDE ("{FATE}", {given})'
            f' FROM ({accepted}) WHERE "{FATE}" IS NULL'
        )
    return window is not None and len(window.times) == 1


class _Exact(Struct, frozen=True, kw_only=True):
    """The limits of a window in the words of the files: times on the wall, or moments.

    ``places`` are the columns, by their number, with their types; each lies from ``start`` up to ``end``.
    """

    places: Sequence[tuple[int, str]]
    start: datetime
    end: datetime

    @property
    def sql(self) -> str:
        """The condition for a row of what was read."""
        return " OR ".join(_between(place, found, self.start, self.end) for place, found in self.places)


def _exact_limits(prepared: PreparedSource, raw: Raw, window: Window, zone: str) -> _Exact | None:
    """The window as the files tell times; ``None`` where only the moments themselves can tell."""
    places = _places(prepared, raw, window)
    if places is None:
        return None
    start, end = (edge.astimezone(ZoneInfo(zone)) for edge in (window.start, window.end))
    if any((edge - _DAY).utcoffset() != (edge + _DAY).utcoffset() for edge in (start, end)):
        return None  # the clock is changed near an edge, where one time on the wall may be two moments, or none
    if any(found == "DATE" for _, found in places) or any(
        prepared.dataset.columns[time].type is ColumnType.DATE for time in window.times
    ):
        return None
    return _Exact(places=places, start=start, end=end)


def _all_lie_within(engine: Engine, prepared: PreparedSource, raw: Raw, exact: _Exact) -> bool:
    """Whether the files themselves say that no row lies outside: then no moment has to be looked at to know it."""
    (place, found), *others = exact.places
    header = raw.headers[place]
    if others or header is None:
        return False
    start, end = _as_found(exact.start, found), _as_found(exact.end, found)
    listed = ", ".join(quote_text(str(path)) for path in prepared.readable)
    inside = (
        f"stats_null_count = 0 AND TRY_CAST(stats_min_value AS {found}) >= {start}"
        f" AND TRY_CAST(stats_max_value AS {found}) < {end}"
    )
    with engine_failures(prepared.dataset.id):
        (told,) = engine.query(
            f"SELECT bool_and(coalesce({inside}, FALSE)) FROM parquet_metadata([{listed}])"
            f" WHERE path_in_schema = {quote_text(header)}"
        )
    return bool(told[0])


def _roughly_limited(prepared: PreparedSource, raw: Raw, window: Window | None) -> str:
    """What was read, without the rows that lie outside the window by more than two days.

    It speaks of the columns as the file holds them, so that whole row groups are left out by their smallest and
    largest moment. An expression's moments are not known before they are worked out: nothing is left out then.
    """
    places = None if window is None else _places(prepared, raw, window)
    if window is None or places is None:
        return raw.relation
    pieces = [_between(place, found, window.start - _FAR, window.end + _FAR) for place, found in places]
    place, found = places[0]
    pieces += [f"r{place} IS NULL", *(f"r{place} = '{sign}infinity'::{found}" for sign in ("", "-"))]
    return f"(SELECT * FROM {raw.relation} WHERE {' OR '.join(pieces)})"


def _places(prepared: PreparedSource, raw: Raw, window: Window) -> list[tuple[int, str]] | None:
    """The columns of the window's times, by their place, with their types in the files, if those tell times."""
    numbers = {name: number for number, name in enumerate(prepared.dataset.columns)}
    places = [(numbers[time], raw.types[numbers[time]] or "") for time in window.times]
    known = all(found in _TELL_TIMES and place not in raw.expressions for place, found in places)
    return places if known else None


def _between(place: int, found: str, start: datetime, end: datetime) -> str:
    return f"(r{place} >= {_as_found(start, found)} AND r{place} < {_as_found(end, found)})"


def _as_found(moment: datetime, found: str) -> str:
    if found == "TIMESTAMP WITH TIME ZONE":
        return moment_literal(moment)
    return (
        f"{found} '{moment.replace(tzinfo=None).isoformat(sep=' ')}'" if found != "DATE" else f"DATE '{moment.date()}'"
    )


def within(columns: Mapping[str, Column], window: Window) -> str:
    """The condition that a staged row belongs to the window, or might: its moment is not known."""
    pieces = [_in_window(columns[time], window.start, window.end) for time in window.times]
    return "(" + " OR ".join([*pieces, f"{quote_name(window.times[0])} IS NULL"]) + ")"


def _in_window(column: Column, start: datetime, end: datetime) -> str:
    """The condition that a staged moment or day lies from ``start`` up to ``end``."""
    name = quote_name(column.name)
    if column.type is ColumnType.DATE:
        return f"({name} >= CAST('{start.date()}' AS DATE) AND {name} < CAST('{end.date()}' AS DATE))"
    return f"({name} >= {moment_literal(start)} AND {name} < {moment_literal(end)})"
