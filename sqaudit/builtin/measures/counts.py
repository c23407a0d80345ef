"""Counts: of rows, of different values, per thousand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from sqaudit.measures.finishing import NO_VALID_ROWS, count_of, no_value, value_of
from sqaudit.measures.shaping import known, rows_where
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument, ArgumentKind
from sqaudit.model.score import Value
from sqaudit.model.target import Direction


class _OfCondition:
    """What counts of a condition have in common: where less is better, the counted rows are against the site."""

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The counted rows where less is better."""
        if direction is Direction.HIGHER:
            return None
        return "TRUE" if arguments[0].sql == "*" else arguments[0].sql


class Count(_OfCondition):
    """``count(*)`` counts rows; ``count(reopened)`` those where the condition is true."""

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
        """The count: 0 if there were no such rows."""
        return value_of(Fraction(count_of(statistics["count"])), unit, self.formula)


class Distinct:
    """``distinct(customer)``: how many different values there are."""

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
        return value_of(Fraction(count_of(statistics["distinct"])), unit, self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:  # noqa: ARG002  part of every measure
        """No row counts against the site by itself."""
        return None


class PerThousand(_OfCondition):
    """``per_thousand(is_complaint)``: rows where it is true per 1000 where it is known."""

    name = "per_thousand"
    formula = "per_thousand/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.CONDITION,),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Always per thousand."""
        return "per_thousand"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` and ``count``."""
        asked = arguments[0].sql
        return {"n": rows_where(known(asked)), "count": rows_where(asked)}

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The rate."""
        n = count_of(statistics["n"])
        if n == 0:
            return no_value(NO_VALID_ROWS, unit, self.formula)
        return value_of(Fraction(1000 * count_of(statistics["count"]), n), unit, self.formula)


COUNT = Count()
DISTINCT = Distinct()
PER_THOUSAND = PerThousand()
