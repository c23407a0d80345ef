"""Answers on a scale: net promoter score and top boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from sqaudit.errors import msg
from sqaudit.measures.finishing import NO_VALID_ROWS, count_of, no_value, value_of
from sqaudit.measures.shaping import holds, known, rows_where, share_value
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.ports import Argument, ArgumentKind, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.target import Direction
from sqaudit.statistics.intervals import adjusted_wald_nps

_HIGHEST = 10


class NetPromoter:
    """``nps(recommend)``: share of 9 and 10 less share of 0 to 6, in points; other than 0 to 10 whole is invalid."""

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
        if any(isinstance(end, Decimal) and end != wanted for end, wanted in zip(ends, (0, _HIGHEST), strict=False)):
            raise UnfitArgument(0, msg("nps asks for answers from 0 to 10"), msg("use top_box(x, k) for another scale"))
        return {
            "n": rows_where(holds(_is_answer(answer))),
            "invalid": rows_where(f"({known(answer)} AND NOT {_is_answer(answer)})"),
            "promoters": rows_where(f"({_is_answer(answer)} AND {answer} >= 9)"),
            "detractors": rows_where(f"({_is_answer(answer)} AND {answer} <= 6)"),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The score with its adjusted Wald interval."""
        n = count_of(statistics["n"])
        if n == 0:
            return no_value(NO_VALID_ROWS, unit, self.formula)
        promoters, detractors = count_of(statistics["promoters"]), count_of(statistics["detractors"])
        low, high = adjusted_wald_nps(promoters, detractors, n)
        value = value_of(Fraction(100 * (promoters - detractors), n), unit, self.formula)
        return replace(value, low=low, high=high, interval="adjusted_wald")

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """Detractors; promoters in the unlikely case that less is better."""
        answer = arguments[0].sql
        wrong = f"{answer} <= 6" if direction is Direction.HIGHER else f"{answer} >= 9"
        return f"({_is_answer(answer)} AND {wrong})"


def _is_answer(answer: str) -> str:
    return f"({answer} BETWEEN 0 AND {_HIGHEST} AND {answer} = floor({answer}))"


class TopBox:
    """``top_box(csat, 2)``: the share of answers in the two highest boxes of the column's declared scale."""

    name = "top_box"
    formula = "top_box/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.NUMBER, ArgumentKind.CONSTANT),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Always a share."""
        return "share"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` and ``top``."""
        answer = arguments[0].sql
        return {"n": rows_where(known(answer)), "top": rows_where(f"({answer} >= {_lowest_box(arguments)})")}

    def finish(self, statistics: Statistics, unit: str) -> Value:  # noqa: ARG002  part of every measure
        """The share with Wilson's interval."""
        return share_value(statistics["top"], statistics["n"], statistics["n"], self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """Answers below the top boxes where more is better."""
        sign = "<" if direction is Direction.HIGHER else ">="
        return f"({arguments[0].sql} {sign} {_lowest_box(arguments)})"


def _lowest_box(arguments: Sequence[Argument]) -> int:
    answer, boxes = arguments
    highest = answer.column.maximum if answer.column is not None else None
    if not isinstance(highest, Decimal) or highest != int(highest):
        message = msg("top_box needs a column that declares a whole number as its max")
        raise UnfitArgument(0, message, msg("declare the scale in the standard, for example min: 1, max: 5"))
    if boxes.constant is None or boxes.constant != int(boxes.constant) or boxes.constant < 1:
        raise UnfitArgument(1, msg("the number of boxes is a whole number from 1"))
    return int(highest) - int(boxes.constant) + 1


NPS = NetPromoter()
TOP_BOX = TopBox()
