"""Parquet files measured where they lie: typed, checked and limited to the period while they are read.

A row is rejected, and a cell counted, by the same rules as in staging. What is counted are the rows of the window, and
those whose moment is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqaudit.expressions.gate import moment_literal
from sqaudit.model.quoting import quote_name
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The rows that a run needs: those with one of the ``times`` from ``start`` up to ``end``.

    ``times`` are columns, that of the source first: rows in which it is not known are looked at too.
    """

    times: tuple[str, ...]
    start: datetime
    end: datetime


def scanned_rows(dataset: str) -> str:
    """The name of the view of all rows of the window, the rejected ones included."""
    return f"rows of {dataset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The rows that are wanted, and the zone of the times on the wall, if all rows are of one."""

    window: Window | None
    zone: str | None


def lay_views(engine: Engine, prepared: PreparedSource, raw: Raw, typed: Callable[[Raw], str], limits: Limits) -> bool:
    """Two views of a source: all its rows of the window with their fate, and those that were accepted.

    Returns whether every accepted row is known to lie in the window by the source's own time.
    """
    window, zone = limits.window, limits.zone
    dataset, columns = prepared.dataset.id, prepared.dataset.columns
    given = ", ".join(quote_name(given_column(name)) for name in columns)
    all_rows = typed(replace(raw, relation=_roughly_limited(prepared, raw, window)))
    exact = None if window is None or zone is None else _exactly_limited(prepared, raw, window, zone)
    accepted = all_rows if exact is None else typed(replace(raw, relation=exact))
    in_window = "" if window is None else f" WHERE {within(columns, window)}"
    and_accepted = f" WHERE {within(columns, window)} AND" if window is not None and exact is None else " WHERE"
    with engine_failures(dataset):
        engine.query(f"CREATE VIEW {quote_name(scanned_rows(dataset))} AS SELECT * FROM ({all_rows}){in_window}")
        engine.query(
            f'CREATE VIEW {quote_name(dataset)} AS SELECT * EXCLUDE ("{FATE}", {given})'
            f' FROM ({accepted}){and_accepted} "{FATE}" IS NULL'
        )
    return window is not None and len(window.times) == 1


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


def _exactly_limited(prepared: PreparedSource, raw: Raw, window: Window, zone: str) -> str | None:
    """What was read, with the rows of the window alone; ``None`` where only the moments themselves can tell."""
    places = _places(prepared, raw, window)
    if places is None:
        return None
    edges = {edge: edge.astimezone(ZoneInfo(zone)) for edge in (window.start, window.end)}
    if any((edge - _DAY).utcoffset() != (edge + _DAY).utcoffset() for edge in edges.values()):
        return None  # the clock is changed near an edge, where one time on the wall may be two moments, or none
    if any(found == "DATE" for _, found in places) or any(
        prepared.dataset.columns[time].type is ColumnType.DATE for time in window.times
    ):
        return None
    pieces = [_between(place, found, *edges.values()) for place, found in places]
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
