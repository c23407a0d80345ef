"""Done by the time it was due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqaudit.measures.shaping import AS_OF, holds, rows_where, share_value
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.ports import Argument, ArgumentKind
from sqaudit.model.score import Value
from sqaudit.model.target import Direction


@dataclass(frozen=True, slots=True)
class _Outcomes:
    """Conditions for the outcomes of one row. None is true where the due time is unknown or a cell cannot be used."""

    met: str
    breached: str
    running: str


def _outcomes(done: Argument, due: Argument) -> _Outcomes:
    finished, now = done.sql, AS_OF
    if due.is_day:  # the whole day counts
        finished, now = f"CAST({finished} AS DATE)", f"CAST({now} AS DATE)"
    undone = f"({done.sql} IS NULL AND NOT {done.unusable})"
    passed = f"{due.sql} < {now}" if due.is_day else f"{due.sql} <= {now}"
    return _Outcomes(
        met=holds(f"({finished} <= {due.sql})"),
        breached=holds(f"({finished} > {due.sql} OR ({undone} AND {passed}))"),
        running=holds(f"({undone} AND NOT ({passed}))"),
    )


class OnTime:
    """``on_time(first_reply_at, opened_at + INTERVAL 24 HOUR)``: met of met and breached.

    Exactly when due is met. Undone and due by ``as_of`` is breached; undone and not yet due is running, and counts in
    neither. A due date includes its day.
    """

    name = "on_time"
    formula = "on_time/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.MOMENT, ArgumentKind.MOMENT),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Always a share."""
        return "share"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` (met or breached), ``met``, ``breached`` and ``running``."""
        done, due = arguments
        rows = _outcomes(done, due)
        return {
            "n": rows_where(f"({rows.met} OR {rows.breached})"),
            "missing": rows_where(f"({due.sql} IS NULL)"),
            "met": rows_where(rows.met),
            "breached": rows_where(rows.breached),
            "running": rows_where(rows.running),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:  # noqa: ARG002  part of every measure
        """The share with Wilson's interval."""
        return share_value(statistics["met"], statistics["n"], statistics["n"], self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """Breached rows where more is better."""
        done, due = arguments
        rows = _outcomes(done, due)
        return rows.breached if direction is Direction.HIGHER else rows.met


ON_TIME = OnTime()
