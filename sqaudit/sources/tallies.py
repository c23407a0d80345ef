"""What the accepted rows of a dataset hold: how many, from when to when, and which cells can be used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from sqaudit.expressions.terms import any_unusable
from sqaudit.model.evidence import CellCounts
from sqaudit.model.measuring import StagedDataset, unusable_column
from sqaudit.model.quoting import quote_name, quote_text
from sqaudit.model.standard import Column, ColumnType

ROWS, EARLIEST, NEWEST = ":rows", ":earliest", ":newest"
_VALID, _INVALID = ":valid ", ":invalid "
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Tally(Struct, frozen=True, kw_only=True):
    """Accepted rows, their cells by column, and their first and last moment in UTC."""

    accepted: int
    columns: Mapping[str, CellCounts]
    earliest: datetime | None
    newest: datetime | None

    @property
    def invalid(self) -> int:
        """How many cells cannot be used."""
        return sum(cells.invalid for cells in self.columns.values())


def tally_aggregates(staged: StagedDataset, zone: str) -> dict[str, str]:
    """The aggregates that a tally is made of, by name; sure columns have no cell that cannot be used, and are left out.

    Those of EARLIEST and NEWEST are the least and the greatest of the groups', the others add up.
    """
    wanted = {ROWS: "count(*)"}
    if staged.time is not None:
        moment = f"epoch_us({_moment_sql(staged.columns[staged.time], zone)})"
        wanted |= {EARLIEST: f"min({moment})", NEWEST: f"max({moment})"}
    for name, column in staged.columns.items():
        if column.optional and name != staged.time and name not in staged.sure:
            wanted[_VALID + name] = f"count({quote_name(name)})"
            unusable = quote_name(unusable_column(name)) if staged.marked else any_unusable([name])[1:-1]
            wanted[_INVALID + name] = f"count_if({unusable})"
    return wanted


def tally_of(staged: StagedDataset, found: Mapping[str, int | None]) -> Tally:
    """The tally that these totals make, without optional columns that were not asked about."""
    accepted = found[ROWS] or 0
    columns = {}
    for name, column in staged.columns.items():
        if not column.optional or name == staged.time:
            columns[name] = CellCounts(valid=accepted, invalid=0, missing=0)
        elif _VALID + name in found:
            valid, invalid = found[_VALID + name] or 0, found[_INVALID + name] or 0
            columns[name] = CellCounts(valid=valid, invalid=invalid, missing=accepted - valid - invalid)
    return Tally(
        accepted=accepted, columns=columns, earliest=_moment(found.get(EARLIEST)), newest=_moment(found.get(NEWEST))
    )


def is_stale(newest: datetime | None, fresh_seconds: int | None, as_of: datetime) -> bool:
    """Whether the newest row is too old, or there is none."""
    if fresh_seconds is None:
        return False
    return newest is None or as_of - newest > timedelta(seconds=fresh_seconds)


def sure_of(tally: Tally) -> frozenset[str]:
    """The columns without a cell that cannot be used."""
    return frozenset(name for name, cells in tally.columns.items() if not cells.invalid)


def _moment_sql(column: Column, zone: str) -> str:
    name = quote_name(column.name)
    return name if column.type is ColumnType.TIMESTAMP else f"timezone({quote_text(zone)}, CAST({name} AS TIMESTAMP))"


def _moment(microseconds: int | None) -> datetime | None:
    """A moment in UTC, held within the years that Python knows."""
    if microseconds is None:
        return None
    edges = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return edges[microseconds > 0]
