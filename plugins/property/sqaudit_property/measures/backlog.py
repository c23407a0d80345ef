"""What is still open, and how much of it is past its due time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.ports import Argument, ArgumentKind
from sqaudit.model.score import Value
from sqaudit.model.spread import Proportion
from sqaudit.model.target import Direction

from sqaudit_property.measures.pieces import (
    NO_VALID_ROWS,
    exact,
    is_before,
    is_infinite,
    is_over,
    refuse_day,
    rows_where,
)

_MOMENT = ArgumentKind.MOMENT


class OverdueBacklog:
    """``overdue_backlog(opened, done, due, as_of)``: cases open and past due at a moment, of all open then.

    Open is what was opened by the moment and not done by it, also where it was done later: so a past month comes out as
    it was. What was opened later is in nothing. Where cases are known and none is open, nothing is overdue: the value
    is 0, without an interval. An open case without a due time is missing, one done before it was opened invalid. ``n``
    is the number of cases whose standing is known, open or done; the share is that of ``open``.

    A month's own rows do not do, since what was opened in the months before is the backlog: give it a source without
    ``time``. The definition is that of the operational backlog in service desks (work past its due time over work in
    hand); the limit of what one accepts is the target.

    Example:
        ``measure: overdue_backlog(reported_at, done_at, due_at, as_of)``
    """

    name = "overdue_backlog"
    formula = "overdue_backlog/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((_MOMENT, _MOMENT, _MOMENT, _MOMENT),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:
        """Always a share."""
        return "share"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` cases whose standing is known, ``open`` ones with a due time, ``overdue`` ones."""
        refuse_day(arguments, 3)
        opened, done, due, now = arguments
        is_open, overdue = _standing(arguments)
        begun, refused = is_over(opened, now), _refused(arguments)
        is_done = f"({begun} AND {is_over(done, now)} AND NOT {refused})"
        dated = f"({is_open} AND {due.sql} IS NOT NULL)"
        return {
            "n": rows_where(f"({is_done} OR {dated})"),
            "invalid": rows_where(refused),
            "missing": rows_where(f"({opened.sql} IS NULL OR ({is_open} AND {due.sql} IS NULL))"),
            "open": rows_where(dated),
            "overdue": rows_where(overdue),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The overdue ones of the open ones."""
        if not statistics["n"]:
            return Value(value=None, unit=unit, formula=self.formula, reason=NO_VALID_ROWS)
        still_open, overdue = exact(statistics["open"]), exact(statistics["overdue"])
        if not still_open:
            return Value(value=0.0, unit=unit, formula=self.formula)
        spread = Proportion(successes=overdue, n=still_open)
        return Value(value=float(overdue / still_open), unit=unit, formula=self.formula, spread=spread)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The overdue cases."""
        return _standing(arguments)[1]


def _standing(arguments: Sequence[Argument]) -> tuple[str, str]:
    """Conditions: the case is open, and it is overdue as well."""
    opened, done, due, now = arguments
    not_done = f"NOT {done.unusable} AND NOT {is_over(done, now)} AND NOT {_refused(arguments)}"
    is_open = f"({is_over(opened, now)} AND {not_done})"
    return is_open, f"({is_open} AND {is_over(due, now)})"


def _refused(arguments: Sequence[Argument]) -> str:
    opened, done, due, _ = arguments
    return f"({is_before(done, opened)} OR {is_infinite(opened, done, due)})"
