"""Answers on a scale: net promoter score, satisfaction index, gap between what was expected and what was perceived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from sqaudit.builtin.measures.forms import OfNumbers, alike
from sqaudit.errors import msg
from sqaudit.measures.finishing import NO_VALID_ROWS, count_of, exact_number, no_value, value_of
from sqaudit.measures.shaping import (
    any_of,
    fails,
    finite,
    holds,
    known,
    mean_value,
    rows_where,
    squares_of,
    total_of,
    where,
)
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.ports import Argument, ArgumentKind, Measure, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.spread import Promotion
from sqaudit.model.standard import Column, ColumnType
from sqaudit.model.target import Direction

_HIGHEST = 10


class NetPromoter:
    """``nps(recommend)``: share of 9 and 10 less share of 0 to 6, in points; other than 0 to 10 whole is invalid.

    Example:
        ``measure: nps(recommend)``
    """

    name = "nps"
    formula = "nps/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.NUMBER,),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Always points."""
        return "points"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n``, ``promoters`` and ``detractors``."""
        column, answer = arguments[0].column, arguments[0].sql
        ends = (column.minimum, column.maximum) if column is not None else ()
        unlike = any(
            isinstance(end, Decimal) and end != wanted for end, wanted in zip(ends, (0, _HIGHEST), strict=False)
        )
        if unlike or arguments[0].is_duration:
            raise UnfitArgument(0, msg("nps asks for answers from 0 to 10"), msg("use top_box(x, k) for another scale"))
        if holds_answers(column, 0, _HIGHEST):
            return {
                "n": rows_where(known(answer)),
                "promoters": rows_where(f"({answer} >= 9)"),
                "detractors": rows_where(f"({answer} <= 6)"),
            }
        return {
            "n": rows_where(holds(is_answer(answer, 0, _HIGHEST))),
            "invalid": rows_where(f"({known(answer)} AND NOT {is_answer(answer, 0, _HIGHEST)})"),
            "promoters": rows_where(f"({is_answer(answer, 0, _HIGHEST)} AND {answer} >= 9)"),
            "detractors": rows_where(f"({is_answer(answer, 0, _HIGHEST)} AND {answer} <= 6)"),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The score."""
        n = count_of(statistics["n"])
        if n == 0:
            return no_value(NO_VALID_ROWS, unit, self.formula)
        promoters, detractors = count_of(statistics["promoters"]), count_of(statistics["detractors"])
        spread = Promotion(promoters=promoters, detractors=detractors, n=n)
        return value_of(100 * (promoters - detractors), unit, self.formula, spread, of=n)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """Detractors; promoters in the unlikely case that less is better."""
        answer = arguments[0].sql
        wrong = f"{answer} <= 6" if direction is Direction.HIGHER else f"{answer} >= 9"
        return f"({is_answer(answer, 0, _HIGHEST)} AND {wrong})"


def is_answer(answer: str, low: int, high: int) -> str:
    """A condition: a whole number on a scale; neither NaN nor infinite ones are."""
    return f"({answer} BETWEEN {low} AND {high} AND {answer} = floor({answer}))"


def holds_answers(column: Column | None, low: int, high: int) -> bool:
    """Whether a column declares that it holds nothing but answers on this scale."""
    if column is None or column.type is not ColumnType.INTEGER:
        return False
    return column.minimum == Decimal(low) and column.maximum == Decimal(high)


class SatisfactionIndex(OfNumbers):
    """``csat_index(csat)``: the mean answer as 0 to 100, from the lowest to the highest of the column's declared scale.

    Example:
        ``measure: csat_index(csat)``
    """

    name = "csat_index"
    formula = "csat_index/1"

    def __init__(self, low: Decimal = Decimal(0), high: Decimal = Decimal(1)) -> None:
        self._low, self._high = Fraction(low), Fraction(high)

    def member(self, arguments: Sequence[Argument]) -> Measure:
        """The index on the declared scale."""
        column = arguments[0].column
        low, high = (column.minimum, column.maximum) if column is not None else (None, None)
        if not isinstance(low, Decimal) or not isinstance(high, Decimal) or low >= high:
            raise UnfitArgument(0, msg("csat_index needs a column that declares its min and max"), SCALE)
        return SatisfactionIndex(low, high)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Always points."""
        return "points"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n``, ``sum`` and ``squares``."""
        answer = arguments[0].sql
        return {"n": rows_where(known(answer)), "sum": total_of(answer), "squares": squares_of(answer)}

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The index."""
        scale = 100 / (self._high - self._low)
        return mean_value(statistics["sum"], statistics, unit, self.formula, origin=self._low, scale=scale, most=100)


class Gap:
    """``gap(perceived, expected)``: the mean of perceived less expected over the rows where both are known.

    Below 0 is below what was expected.

    Example:
        ``measure: gap(perceived_speed, expected_speed)``
    """

    name = "gap"
    formula = "gap/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.NUMBER, ArgumentKind.NUMBER),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """That of its arguments."""
        return None

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n``, the sums ``perceived`` and ``expected``, and the ``squares`` of the differences."""
        alike(arguments, 0, 1)
        perceived, expected = (argument.sql for argument in arguments)
        both = f"({known(perceived)} AND {known(expected)})"
        endless = any_of(*(fails(finite(argument)) for argument in arguments))
        return {
            "n": rows_where(both),
            **({} if endless == "FALSE" else {"invalid": rows_where(endless)}),
            "perceived": total_of(where(both, perceived)),
            "expected": total_of(where(both, expected)),
            "squares": squares_of(f"({perceived} - {expected})"),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The mean difference."""
        perceived, expected = statistics["perceived"], statistics["expected"]
        apart = None if perceived is None or expected is None else exact_number(perceived) - exact_number(expected)
        return mean_value(apart, statistics, unit, self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """Rows below what was expected where more is better, above it where less is."""
        perceived, expected = (argument.sql for argument in arguments)
        return f"({perceived} {'<' if direction is Direction.HIGHER else '>'} {expected})"


SCALE = msg("declare the scale in the standard, for example min: 1, max: 5")
NPS = NetPromoter()
CSAT_INDEX = SatisfactionIndex()
GAP = Gap()
