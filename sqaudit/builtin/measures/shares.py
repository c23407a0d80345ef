"""Shares: of rows that meet a condition, or of units counted within each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqaudit.measures.shaping import holds, known, rows_where, share_value, total_of
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.ports import Argument, ArgumentKind
from sqaudit.model.score import Value
from sqaudit.model.target import Direction

_PAIR = 2


class Share:
    """``share(csat >= 4)``: rows where it is true of those where it is known; ``share(k, n)``: Σk of Σn.

    In a pair, ``k`` above ``n`` or a negative number makes a row invalid.
    """

    name = "share"
    formula = "share/1"
    signatures: Sequence[Sequence[ArgumentKind]] = (
        (ArgumentKind.CONDITION,),
        (ArgumentKind.NUMBER, ArgumentKind.NUMBER),
    )

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Always a share."""
        return "share"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` valid rows, ``part`` and ``whole``."""
        if len(arguments) < _PAIR:
            asked = arguments[0].sql
            return {"n": rows_where(known(asked)), "part": rows_where(asked), "whole": rows_where(known(asked))}
        part, whole = (argument.sql for argument in arguments)
        valid = holds(_is_part(part, whole))
        return {
            "n": rows_where(valid),
            "invalid": rows_where(f"NOT {_is_part(part, whole)}"),
            "part": total_of(f"(CASE WHEN {valid} THEN {part} END)"),
            "whole": total_of(f"(CASE WHEN {valid} THEN {whole} END)"),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:  # noqa: ARG002  part of every measure
        """The share with Wilson's interval."""
        return share_value(statistics["part"], statistics["whole"], statistics["n"], self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """Rows outside the share where more is better, rows inside it where less is."""
        if len(arguments) < _PAIR:
            asked = arguments[0].sql
            return f"(NOT {asked})" if direction is Direction.HIGHER else asked
        part, whole = (argument.sql for argument in arguments)
        wrong = f"{part} < {whole}" if direction is Direction.HIGHER else f"{part} > ({part} - {part})"
        return f"({_is_part(part, whole)} AND {wrong})"


def _is_part(part: str, whole: str) -> str:
    # The difference is a zero of the right type: durations are not compared with 0.
    return f"({part} <= {whole} AND {part} >= ({part} - {part}))"


SHARE = Share()
