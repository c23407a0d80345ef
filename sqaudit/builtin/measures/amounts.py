"""Sums, means and extremes of numbers and durations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqaudit.builtin.measures.forms import OfNumbers
from sqaudit.measures.finishing import NO_VALID_ROWS, exact_number, no_value, value_of
from sqaudit.measures.shaping import known, mean_value, rows_where, squares_of, total_of
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument
from sqaudit.model.score import Value


class Mean(OfNumbers):
    """``mean(x)``: the exact sum over the rows where ``x`` is known, divided by their number.

    Example:
        ``measure: mean(closed_at - opened_at)``
    """

    name = "mean"
    formula = "mean/1"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n``, ``sum`` and ``squares``."""
        number = arguments[0].sql
        return {"n": rows_where(known(number)), "sum": total_of(number), "squares": squares_of(number)}

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The mean."""
        return mean_value(statistics["sum"], statistics, unit, self.formula)


class _One(OfNumbers):
    """A measure that is one statistic."""

    name: str
    formula: str
    kind: StatisticKind

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` and the statistic."""
        number = arguments[0].sql
        return {"n": rows_where(known(number)), self.name: Statistic(kind=self.kind, expression=number)}

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The statistic."""
        number = statistics[self.name]
        if number is None:
            return no_value(NO_VALID_ROWS, unit, self.formula)
        return value_of(exact_number(number, unit), unit, self.formula)


class Sum(_One):
    """``sum(x)``: the exact sum over the rows where ``x`` is known.

    Example:
        ``measure: sum(refund)``
    """

    name = "sum"
    formula = "sum/1"
    kind = StatisticKind.SUM


class Min(_One):
    """``min(x)``: the smallest known ``x``.

    Example:
        ``measure: min(csat)``
    """

    name = "min"
    formula = "min/1"
    kind = StatisticKind.MIN


class Max(_One):
    """``max(x)``: the largest known ``x``.

    Example:
        ``measure: max(closed_at - opened_at)``
    """

    name = "max"
    formula = "max/1"
    kind = StatisticKind.MAX


MEAN = Mean()
SUM = Sum()
MIN = Min()
MAX = Max()
