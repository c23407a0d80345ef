"""What the checks of a plugin try: calls of the measures beside the same in plain Python, and a source of nights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import TypeAlias

from sqaudit.model.examples import PERIOD, Examples, Naive, Row, SourceExample

_AS_OF = PERIOD.end.date()
_TYPES = ("single", "double", "suite")
_TWO_DAYS = timedelta(days=2)

_Verdict: TypeAlias = Callable[[Row], bool | None]


def _share(verdict: _Verdict) -> Naive:
    """The share of rows for which it is true, of those for which it is not ``None``."""

    def work_out(rows: Sequence[Row]) -> float | None:
        found = [one for row in rows if (one := verdict(row)) is not None]
        return sum(found) / len(found) if found else None

    return work_out


def _day(row: Row, column: str) -> date | None:
    cell = row[column]
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else None


def _cancelled(row: Row) -> bool | None:
    arrives, cancelled = _day(row, "arrives_on"), _day(row, "cancelled_at")
    if arrives is None or arrives >= _AS_OF or (cancelled is not None and cancelled > arrives):
        return None
    return cancelled is not None


def _cancelled_late(row: Row) -> bool | None:
    arrives, cancelled = _day(row, "arrives_on"), _day(row, "cancelled_at")
    if arrives is not None and cancelled is not None and cancelled <= arrives - _TWO_DAYS:
        return None
    return _cancelled(row)


def _stayed_away(row: Row) -> bool | None:
    arrives = _day(row, "arrives_on")
    if arrives is None or arrives >= _AS_OF or row["cancelled_at"] is not None:
        return None
    return row["arrived_at"] is None


def _same_room(row: Row) -> bool | None:
    if row["reserved"] is None or row["assigned"] is None:
        return None
    return row["reserved"] == row["assigned"]


def _as_good_a_room(row: Row) -> bool | None:
    if row["reserved"] not in _TYPES or row["assigned"] not in _TYPES:
        return None
    return _TYPES.index(str(row["assigned"])) >= _TYPES.index(str(row["reserved"]))


def _points(rows: Sequence[Row]) -> Iterator[float]:
    for row in rows:
        score, lowest, highest = (row[column] for column in ("score", "lowest", "highest"))
        if not (isinstance(score, float) and isinstance(lowest, int) and isinstance(highest, int)):
            continue
        if lowest < highest and lowest <= score <= highest:
            yield 100 * (score - lowest) / (highest - lowest)


def _reviews(rows: Sequence[Row]) -> float | None:
    found = list(_points(rows))
    return fmean(found) if found else None


_TYPE = {"type": "text", "values": [*_TYPES, "tree house"], "optional": True}
EXAMPLES = Examples(
    columns={
        "arrives_on": "date",
        "cancelled_at": {"type": "timestamp", "optional": True},
        "arrived_at": {"type": "timestamp", "optional": True},
        "reserved": _TYPE,
        "assigned": _TYPE,
        "score": {"type": "number", "min": 0, "max": 11, "optional": True},
        "lowest": {"type": "integer", "min": 0, "max": 2, "optional": True},
        "highest": {"type": "integer", "min": 1, "max": 10, "optional": True},
    },
    naive={
        "cancellation_rate(cancelled_at, arrives_on)": _share(_cancelled),
        "cancellation_rate(cancelled_at, arrives_on, INTERVAL 48 HOUR)": _share(_cancelled_late),
        "no_show_rate(arrived_at, cancelled_at, arrives_on)": _share(_stayed_away),
        "room_kept(reserved, assigned)": _share(_same_room),
        "room_kept(reserved, assigned, 'single < double < suite')": _share(_as_good_a_room),
        "review_index(score, lowest, highest)": _reviews,
    },
    collectors={"nights": [SourceExample(gives=31), SourceExample(source={"path": "nights.csv"})]},
)
