"""Reviews of several platforms, each with a scale of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from sqaudit.errors import told
from sqaudit.model.evidence import Number, Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument, ArgumentKind, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.spread import Average
from sqaudit.model.target import Direction

_NUMBER = ArgumentKind.NUMBER
_NO_DURATION = told({"en": "a number belongs here, not a duration", "zh": "此处应为数字，而不是时长"})


class ReviewIndex:
    """``review_index(score, lowest, highest)``: the mean review as 0 to 100 points, each by the scale of its platform.

    A review counts ``100 (score - lowest) / (highest - lowest)``: the lowest mark of any platform is 0, the highest
    100, so that 1 to 5 and 1 to 10 may stand in one column, and 3 of 5 is not taken for 6 of 10. Every review counts
    alike; those without a score, such as a sub-score left blank, are missing. A score outside of its scale, or a scale
    whose highest mark is not above its lowest, is invalid.

    Definition: the linear rescaling of a rating to 0-100 (as ``csat_index``, with the scale in the row).

    Example:
        ``measure: review_index(cleanliness, scale_lowest, scale_highest)``
    """

    name = "review_index"
    formula = "review_index/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((_NUMBER, _NUMBER, _NUMBER),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002 - part of every measure
        """Points from 0 to 100."""
        return "points"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` reviews, the ``sum`` of their points and of the ``squares`` of these."""
        for index, argument in enumerate(arguments):
            if argument.is_duration:
                raise UnfitArgument(index, _NO_DURATION)
        score, lowest, highest = (argument.sql for argument in arguments)
        known = " AND ".join(f"{sql} IS NOT NULL" for sql in (score, lowest, highest))
        # Of a number that is infinite or NaN the difference to itself is not 0.
        finite = " AND ".join(f"{sql} - {sql} = 0" for sql in (score, lowest, highest))
        fits = f"coalesce({finite} AND {lowest} < {highest} AND {score} BETWEEN {lowest} AND {highest}, FALSE)"
        points = f"(CASE WHEN {fits} THEN 100.0 * ({score} - {lowest}) / ({highest} - {lowest}) END)"
        lacking = " OR ".join(f"({one.sql} IS NULL AND NOT {one.unusable})" for one in arguments)
        return {
            "n": Statistic(kind=StatisticKind.COUNT, expression=f"({fits})"),
            "sum": Statistic(kind=StatisticKind.SUM, expression=points),
            "squares": Statistic(kind=StatisticKind.SQUARES, expression=points),
            "invalid": Statistic(kind=StatisticKind.COUNT, expression=f"({known} AND NOT {fits})"),
            "missing": Statistic(kind=StatisticKind.COUNT, expression=f"({lacking})"),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The mean with its variance."""
        n, total, squares = (_exact(statistics[name]) for name in ("n", "sum", "squares"))
        if not n:
            return Value(value=None, unit=unit, formula=self.formula, reason="no_valid_rows")
        mean = total / n
        variance = max(Fraction(0), (squares - total * mean) / (n - 1)) if n > 1 else None
        spread = Average(mean=mean, variance=variance, n=n, least=0, most=100)
        return Value(value=float(mean), unit=unit, formula=self.formula, spread=spread)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:  # noqa: ARG002
        """No review counts against a hotel by itself."""
        return None


def _exact(number: Number | None) -> Fraction:
    return Fraction(Decimal(repr(number))) if isinstance(number, float) else Fraction(number or 0)
