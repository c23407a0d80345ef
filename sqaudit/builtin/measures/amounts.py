"""Sums, means and extremes of numbers and durations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqaudit.measures.finishing import NO_VALID_ROWS, count_of, exact_number, no_value, value_of
from sqaudit.measures.shaping import known, rows_where, total_of
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument, ArgumentKind
from sqaudit.model.score import Value
from sqaudit.model.target import Direction


class _OfNumbers:
    """What measures of one number have in common: its unit, and no row that counts against a site by itself."""

    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.NUMBER,),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """That of the argument."""
        return None

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:  # noqa: ARG002  part of every measure
        """No row counts against the site by itself."""
        return None


class Mean(_OfNumbers):
    """``mean(x)``: the exact sum over the rows where ``x`` is known, divided by their number."""

    name = "mean"
    formula = "mean/1"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` and ``sum``."""
        number = arguments[0].sql
        return {"n": rows_where(known(number)), "sum": total_of(number)}

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The mean."""
        total, n = statistics["sum"], count_of(statistics["n"])
        if total is None or n == 0:
            return no_value(NO_VALID_ROWS, unit, self.formula)
        return value_of(exact_number(total, unit) / n, unit, self.formula)


class _One(_OfNumbers):
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
    """``sum(x)``: the exact sum over the rows where ``x`` is known."""

    name = "sum"
    formula = "sum/1"
    kind = StatisticKind.SUM


class Min(_One):
    """``min(x)``: the smallest known ``x``."""

    name = "min"
    formula = "min/1"
    kind = StatisticKind.MIN


class Max(_One):
    """``max(x)``: the largest known ``x``."""

    name = "max"
    formula = "max/1"
    kind = StatisticKind.MAX


MEAN = Mean()
SUM = Sum()
MIN = Min()
MAX = Max()
