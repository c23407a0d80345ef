"""Counts: of rows, of different values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqaudit.measures.finishing import count_of, value_of
from sqaudit.measures.shaping import known, rate_value, rows_where
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument, ArgumentKind
from sqaudit.model.score import Value
from sqaudit.model.target import Direction


class Count:
    """``count(*)`` counts rows; ``count(reopened)`` those where the condition is true.

    Example:
        ``measure: count(severity = 'high')``
    """

    name = "count"
    formula = "count/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.STAR,), (ArgumentKind.CONDITION,))

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Always a count."""
        return "count"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` and ``count``."""
        asked = arguments[0].sql
        if asked == "*":
            return {"n": rows_where("TRUE"), "count": rows_where("TRUE")}
        return {"n": rows_where(known(asked)), "count": rows_where(asked)}

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The count, as so many events in one period: 0 if there were no such rows."""
        return rate_value(statistics["count"], 1, 1, unit, self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The counted rows where less is better."""
        if direction is Direction.HIGHER:
            return None
        return "TRUE" if arguments[0].sql == "*" else arguments[0].sql


class Distinct:
    """``distinct(customer)``: how many different values there are.

    Example:
        ``measure: distinct(customer)``
    """

    name = "distinct"
    formula = "distinct/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.ANYTHING,),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Always a count."""
        return "count"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` and ``distinct``."""
        value = arguments[0].sql
        return {
            "n": rows_where(known(value)),
            "distinct": Statistic(kind=StatisticKind.DISTINCT, expression=value),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The number of different values."""
        return value_of(count_of(statistics["distinct"]), unit, self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:  # noqa: ARG002  part of every measure
        """No row counts against the site by itself."""
        return None


COUNT = Count()
DISTINCT = Distinct()
