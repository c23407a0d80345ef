"""Events on an exposure: complaints per 1000 orders, falls per bed and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqaudit.builtin.measures.forms import Signatures, plain_number
from sqaudit.errors import msg
from sqaudit.measures.finishing import NO_VALID_ROWS, count_of, no_value
from sqaudit.measures.shaping import all_of, fails, holds, known, not_negative, rate_value, rows_where, total_of, where
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.ports import Argument, ArgumentKind, Measure, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.target import Direction

_ROWS: Signatures = ((ArgumentKind.CONDITION,),)
_TOTALS: Signatures = ((ArgumentKind.NUMBER, ArgumentKind.NUMBER),)
_PAIR = 2


class Events:
    """So many events per ``per`` of what could have had one: rows where a condition is true, or totals over rows."""

    def __init__(self, name: str, about: str, signatures: Signatures, per: int = 1000) -> None:
        self.name = name
        self.formula = f"{name}/1"
        self.signatures = signatures
        self.__doc__ = about
        self._per = per

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Per so many."""
        return {1: "", 1000: "per_thousand"}.get(self._per, f"per_{self._per}")

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` and ``count`` of rows; or ``n``, ``count`` and ``exposure`` as totals."""
        if len(arguments) < _PAIR:
            asked = arguments[0].sql
            return {"n": rows_where(known(asked)), "count": rows_where(asked)}
        plain_number(arguments, 0)
        plain_number(arguments, 1)
        usable = _usable(arguments)
        return {
            "n": rows_where(holds(usable)),
            "invalid": rows_where(fails(usable)),
            "count": total_of(where(usable, arguments[0].sql)),
            "exposure": total_of(where(usable, arguments[1].sql)),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The rate."""
        n = statistics["n"]
        if count_of(n) == 0:
            return no_value(NO_VALID_ROWS, unit, self.formula)
        return rate_value(statistics["count"], statistics.get("exposure", n), self._per, unit, self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The rows with an event where less is better."""
        if direction is Direction.HIGHER:
            return None
        return arguments[0].sql if len(arguments) < _PAIR else f"({_usable(arguments)} AND {arguments[0].sql} > 0)"


def _usable(arguments: Sequence[Argument]) -> str:
    return all_of(not_negative(arguments[0]), not_negative(arguments[1]))


class Rate(Events):
    """``rate(x, exposure)`` is the sum of ``x`` by the sum of ``exposure``; ``rate(x, exposure, 1000)`` per 1000 of it.

    ``x`` counts events and may exceed the exposure. A negative number makes a row invalid; without any exposure there
    is no value.

    Example:
        ``measure: rate(falls, patient_days, 1000)``
    """

    def __init__(self) -> None:
        kinds = (ArgumentKind.NUMBER, ArgumentKind.NUMBER)
        super().__init__("rate", type(self).__doc__ or "", (kinds, (*kinds, ArgumentKind.CONSTANT)), per=1)

    def member(self, arguments: Sequence[Argument]) -> Measure:
        """The rate per so many."""
        if len(arguments) == _PAIR:
            return Events("rate", "", self.signatures, per=1)
        per = arguments[2].constant
        if per is None or per < 1 or per != int(per):
            message = msg("a rate is shown per a whole number from 1")
            raise UnfitArgument(2, message, msg("write rate(x, exposure, 1000)"))
        return Events("rate", "", self.signatures, per=int(per))


PER_THOUSAND = Events(
    "per_thousand",
    """``per_thousand(is_complaint)``: rows where it is true per 1000 where it is known.

    Example:
        ``measure: per_thousand(kind = 'complaint')``
    """,
    _ROWS,
)
RATE = Rate()
COMPLAINT_RATE = Events(
    "complaint_rate",
    """``complaint_rate(is_complaint)``: per 1000 rows; ``complaint_rate(complaints, orders)``: totals, per 1000 orders.

    In totals a negative number makes a row invalid; complaints may exceed what they are about.

    Example:
        ``measure: complaint_rate(complaints, orders)``
    """,
    (*_ROWS, *_TOTALS),
)
