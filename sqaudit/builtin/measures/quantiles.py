"""Quantiles of type 7 (linear between the two nearest values, as in most spreadsheets)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqaudit.builtin.measures.forms import OfNumbers
from sqaudit.errors import msg
from sqaudit.measures.finishing import NO_VALID_ROWS, exact_number, no_value, value_of
from sqaudit.measures.shaping import known, rows_where
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument, ArgumentKind, UnfitArgument
from sqaudit.model.score import Value

_METHOD = "type_7"
_WITH_METHOD = 3


class Quantile(OfNumbers):
    """``quantile(x, 0.9)``; with a fixed share it is ``median(x)`` or ``p50(x)``, ``p90(x)``, ``p95(x)``.

    The method is type 7; ``quantile(x, 0.9, 'type_7')`` says so. Other methods are refused.

    Example:
        ``measure: quantile(closed_at - opened_at, 0.9)``
    """

    formula = "quantile-7/1"

    def __init__(self, name: str, share: Decimal | None = None) -> None:
        self.name = name
        self._share = share
        kinds = (ArgumentKind.NUMBER, ArgumentKind.CONSTANT)
        self.signatures = ((kinds[0],),) if share is not None else (kinds, (*kinds, ArgumentKind.WORD))

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` and ``quantile``."""
        if len(arguments) == _WITH_METHOD and arguments[2].word != _METHOD:
            message = msg("'{method}' is no method of quantiles here", method=arguments[2].word)
            raise UnfitArgument(2, message, msg("leave it out: quantiles are of type 7"))
        number = arguments[0].sql
        return {
            "n": rows_where(known(number)),
            "quantile": quantile_of(number, self._share if self._share is not None else share_at(arguments, 1)),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The quantile."""
        return quantile_value(statistics, unit, self.formula)


def share_at(arguments: Sequence[Argument], index: int) -> Decimal:
    """The share, 0 to 1, that a quantile is asked for.

    Raises:
        UnfitArgument: If it is none.
    """
    share = arguments[index].constant
    if share is None or not 0 <= share <= 1:
        raise UnfitArgument(index, msg("a quantile's share is from 0 to 1"), msg("write 0.9 for 90 %"))
    return share


def quantile_of(expression: str, share: Decimal) -> Statistic:
    """The quantile of a number or duration."""
    return Statistic(kind=StatisticKind.QUANTILE, expression=expression, q=float(share))


def quantile_value(statistics: Statistics, unit: str, formula: str) -> Value:
    """The statistic ``quantile`` as a value."""
    number = statistics["quantile"]
    if number is None:
        return no_value(NO_VALID_ROWS, unit, formula)
    return value_of(exact_number(number, unit), unit, formula)


MEDIAN = Quantile("median", Decimal("0.5"))
P50 = Quantile("p50", Decimal("0.5"))
P90 = Quantile("p90", Decimal("0.9"))
P95 = Quantile("p95", Decimal("0.95"))
QUANTILE = Quantile("quantile")
