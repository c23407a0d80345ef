"""Quantiles of type 7 (linear between the two nearest values, as in most spreadsheets)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqaudit.builtin.measures.amounts import _OfNumbers
from sqaudit.errors import msg
from sqaudit.measures.finishing import NO_VALID_ROWS, exact_number, no_value, value_of
from sqaudit.measures.shaping import known, rows_where
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument, ArgumentKind, UnfitArgument
from sqaudit.model.score import Value


class Quantile(_OfNumbers):
    """``quantile(x, 0.9)``; with a fixed share it is ``p50(x)``, ``p90(x)``, ``p95(x)``."""

    formula = "quantile-7/1"

    def __init__(self, name: str, share: Decimal | None = None) -> None:
        self.name = name
        self._share = share
        kinds = (ArgumentKind.NUMBER,) if share is not None else (ArgumentKind.NUMBER, ArgumentKind.CONSTANT)
        self.signatures = (kinds,)

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` and ``quantile``."""
        share = self._share if self._share is not None else arguments[1].constant
        if share is None or not 0 <= share <= 1:
            raise UnfitArgument(1, msg("a quantile's share is from 0 to 1, such as 0.9"))
        number = arguments[0].sql
        return {
            "n": rows_where(known(number)),
            "quantile": Statistic(kind=StatisticKind.QUANTILE, expression=number, q=float(share)),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The quantile."""
        number = statistics["quantile"]
        if number is None:
            return no_value(NO_VALID_ROWS, unit, self.formula)
        return value_of(exact_number(number, unit), unit, self.formula)


P50 = Quantile("p50", Decimal("0.5"))
P90 = Quantile("p90", Decimal("0.9"))
P95 = Quantile("p95", Decimal("0.95"))
QUANTILE = Quantile("quantile")
