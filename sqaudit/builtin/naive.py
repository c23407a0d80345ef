"""Our measures once more, row by row in plain Python, for the checks that compare the two.

Written to be read, not to be fast: each says which rows count, and what becomes of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from math import floor
from typing import Any, TypeAlias

from sqaudit.model.examples import PERIOD

Row: TypeAlias = Mapping[str, Any]
Of: TypeAlias = Callable[[Row], Any]
Rows: TypeAlias = Sequence[Row]
Naive: TypeAlias = Callable[[Rows], float | None]

DAY = timedelta(days=1)


def cell(name: str) -> Of:
    """The cell of a row."""
    return lambda row: row[name]


def took(row: Row) -> float | None:
    """Seconds from ``opened`` to ``done``."""
    return None if row["opened"] is None or row["done"] is None else (row["done"] - row["opened"]).total_seconds()


def known(rows: Rows, *of: Of) -> list[Row]:
    """The rows in which all of these are there."""
    return [row for row in rows if all(one(row) is not None for one in of)]


def share(part: Of, *needs: Of, among: Of = lambda _: True) -> Naive:
    """The share of rows for which ``part`` holds, of those that have what it needs and are ``among`` them."""

    def work(rows: Rows) -> float | None:
        counted = [row for row in known(rows, *needs) if among(row)]
        return sum(bool(part(row)) for row in counted) / len(counted) if counted else None

    return work


def ratio(part: Of, whole: Of, per: int = 1, *, fits: Of = lambda _: True) -> Naive:
    """The sum of one over that of another, ``per`` so many."""

    def work(rows: Rows) -> float | None:
        counted = [row for row in known(rows, part, whole) if fits(row)]
        total = sum(whole(row) for row in counted)
        return float(per * sum(part(row) for row in counted) / total) if total else None

    return work


def made_of(of: Of, work: Callable[[list[Any]], float]) -> Naive:
    """What ``work`` makes of all values that are there."""

    def found(rows: Rows) -> float | None:
        values = [of(row) for row in known(rows, of)]
        return float(work(values)) if values else None

    return found


def mean(of: Of) -> Naive:
    """The mean."""
    return made_of(of, lambda values: sum(values) / len(values))


def quantile(of: Of, q: float) -> Naive:
    """The quantile of type 7 (Hyndman and Fan 1996)."""

    def work(values: list[Any]) -> float:
        ordered = sorted(values)
        place = q * (len(ordered) - 1)
        low = floor(place)
        high = min(low + 1, len(ordered) - 1)
        return float(ordered[low] + (place - low) * (ordered[high] - ordered[low]))

    return made_of(of, work)


def in_order(row: Row) -> float | None:
    """Seconds from ``opened`` to ``done``, where they do not run backwards."""
    seconds = took(row)
    return None if seconds is None or seconds < 0 else seconds


def within(limit: timedelta, *, backwards: bool = False) -> Naive:
    """The share done in time, of all that are done or overdue by the end of the period."""

    def settled(row: Row) -> bool:
        if row["opened"] is None or (not backwards and (took(row) or 0) < 0):
            return False
        return row["done"] is not None or row["opened"] + limit <= PERIOD.end

    return share(lambda row: row["done"] is not None and row["done"] <= row["opened"] + limit, among=settled)


def settled_by_day(row: Row) -> bool:
    """Whether it is known if something was done by its day."""
    return row["day"] is not None and (row["done"] is not None or row["day"] < PERIOD.end.date())


def nps(rows: Rows) -> float | None:
    """Reichheld 2003: promoters (9, 10) less detractors (0 to 6), in points."""
    answers = [row["answer"] for row in known(rows, cell("answer"))]
    up, down = sum(one >= 9 for one in answers), sum(one <= 6 for one in answers)
    return 100 * (up - down) / len(answers) if answers else None


def was_customer(row: Row) -> bool:
    """Whether somebody was a customer when the period began."""
    came, went = row["opened"], row["done"]
    return came is not None and came < PERIOD.start and (went is None or went >= PERIOD.start)


def has_left(row: Row) -> bool:
    """Whether a customer left before the period ended."""
    return row["done"] is not None and row["done"] < PERIOD.end


def is_ripe(row: Row) -> bool:
    """Whether a contact was closed long enough ago for nobody to come back, and counts at least one contact."""
    closed: datetime | None = row["done"]
    return closed is not None and closed + 7 * DAY <= PERIOD.end and row["contacts"] >= 1


def counted(rows: Rows) -> float | None:
    """How many rows."""
    return float(len(rows)) if rows else None


def different(name: str) -> Naive:
    """How many different values."""
    return made_of(cell(name), lambda values: float(len({*values})))
