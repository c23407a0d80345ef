"""Customer effort, by its two instruments, whose scales run in opposite directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from sqaudit.builtin.measures.forms import ShareOf, Signatures, Tally
from sqaudit.builtin.measures.surveys import is_answer
from sqaudit.errors import msg
from sqaudit.measures.shaping import fails, holds, mean_value, rows_where, squares_of, total_of, where
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.ports import Argument, ArgumentKind, Measure, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.target import Direction

_SIGNATURES: Signatures = ((ArgumentKind.NUMBER,),)


class _Instrument(Struct, frozen=True):
    """One way of asking: answers from 1 to ``high``, and which of them mean little effort."""

    version: str
    high: int
    easy: str

    def tally(self, arguments: Sequence[Argument]) -> Tally:
        """The answers that mean little effort, of all answers on the scale."""
        answer = arguments[0].sql
        valid = is_answer(answer, 1, self.high)
        return Tally(
            valid=holds(valid),
            inside=f"({valid} AND {answer} {self.easy})",
            outside=f"({valid} AND NOT {answer} {self.easy})",
            refused=fails(valid),
        )


_FIRST = _Instrument("1.0", 5, "<= 2")  # how much effort did you have to put forth: low is good
_SECOND = _Instrument("2.0", 7, ">= 5")  # the company made it easy to handle my issue: high is good


def _instrument(arguments: Sequence[Argument]) -> _Instrument:
    column = arguments[0].column
    if column is not None and column.minimum == 1:
        for instrument in (_FIRST, _SECOND):
            if column.maximum == instrument.high:
                return instrument
    message = msg("customer effort is asked from 1 to 7 (agreement, high is good) or from 1 to 5 (effort, low is good)")
    raise UnfitArgument(0, message, msg("declare the column with min: 1 and max: 7, or max: 5; else use mean(x)"))


class Effort:
    """``ces(effort)``: the mean answer, by the instrument that the column's declared scale stands for.

    On 1 to 7 it is agreement that it was easy, and high is good (``ces-2.0/1``); on 1 to 5 it is effort, and low is
    good (``ces-1.0/1``). The two are never compared.

    Example:
        ``measure: ces(made_it_easy)``
    """

    name = "ces"
    signatures = _SIGNATURES

    def __init__(self, instrument: _Instrument = _SECOND) -> None:
        self._instrument = instrument
        self.formula = f"ces-{instrument.version}/1"

    def member(self, arguments: Sequence[Argument]) -> Measure:
        """The mean on the declared instrument."""
        return Effort(_instrument(arguments))

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Steps of the scale."""
        return ""

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n``, ``sum`` and ``squares``."""
        tally = self._instrument.tally(arguments)
        answer = where(tally.valid, arguments[0].sql)
        return {
            "n": rows_where(tally.valid),
            "invalid": rows_where(tally.refused),
            "sum": total_of(answer),
            "squares": squares_of(answer),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The mean."""
        return mean_value(statistics["sum"], statistics, unit, self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:  # noqa: ARG002  the scale has its own
        """Answers that mean more than little effort, whichever way the scale runs."""
        return self._instrument.tally(arguments).outside


class EasyShare(ShareOf):
    """``ces_top(effort)``: the share of answers that mean little effort, 5 to 7 on 1 to 7 or 1 and 2 on 1 to 5.

    More is better on both; the formula says which scale it was (``ces_top-2.0/1``, ``ces_top-1.0/1``).

    Example:
        ``measure: ces_top(made_it_easy)``
    """

    def __init__(self, instrument: _Instrument = _SECOND) -> None:
        formula = f"ces_top-{instrument.version}/1"
        super().__init__(
            "ces_top", instrument.tally, _SIGNATURES, about=type(self).__doc__, formula=formula, part="easy"
        )

    def member(self, arguments: Sequence[Argument]) -> Measure:
        """The share on the declared instrument."""
        return EasyShare(_instrument(arguments))


CES = Effort()
CES_TOP = EasyShare()
