"""Several households about one thing at once: what becomes a matter of the whole estate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqaudit.errors import told
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument, ArgumentKind, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.spread import EventRate
from sqaudit.model.target import Direction

from sqaudit_property.measures.pieces import NO_VALID_ROWS, exact, holds, rows_where

_LEAST = 2


class GroupComplaints:
    """``group_complaints(households, before, 3)``: how often so many households complained of one thing at once.

    One row is one complaint. ``households`` is how many different households of the estate complained of this thing in
    the window up to it, its own included; ``before`` is that number at the complaint before about the same thing,
    nothing or 0 if there was none in the window. A burst begins where the number rises from below the threshold to it
    or above, and lasts as long as it stays there, so that a wave counts once. The window is that of the query which
    makes the rows; the threshold is a whole number from 2.

    Beside the number of bursts are kept ``inside``, the complaints from which on there was one, and ``largest``, the
    most households at once. A number below 1 (``before``: below 0) or with a fraction is invalid. The idea is that of
    trigger rules for event clusters (at least k in a moving window); window and threshold are the house's own.

    Example:
        ``measure: group_complaints(households, before, 3)``
    """

    name = "group_complaints"
    formula = "group_complaints/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.NUMBER, ArgumentKind.NUMBER, ArgumentKind.CONSTANT),)

    def unit(self, arguments: Sequence[Argument]) -> str | None:
        """Always a count."""
        return "count"

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` complaints, ``bursts``, the complaints ``inside`` one, and the ``largest``."""
        _refuse(arguments)
        households, before, threshold = arguments
        sound, inside = _sound(arguments), _inside(arguments)
        begins = f"({inside} AND coalesce({before.sql}, 0) < {threshold.constant})"
        return {
            "n": rows_where(sound),
            "invalid": rows_where(f"({households.sql} IS NOT NULL AND NOT {sound})"),
            "missing": rows_where(f"({households.sql} IS NULL)"),
            "bursts": rows_where(begins),
            "inside": rows_where(inside),
            "largest": Statistic(kind=StatisticKind.MAX, expression=f"(CASE WHEN {sound} THEN {households.sql} END)"),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The number of bursts, as so many events in one period: 0 where a register holds no complaint at all."""
        if not statistics["n"] and (statistics.get("invalid") or statistics.get("missing")):
            return Value(value=None, unit=unit, formula=self.formula, reason=NO_VALID_ROWS)
        bursts = exact(statistics["bursts"])
        spread = EventRate(events=bursts, exposure=1, per=1)
        return Value(value=float(bursts), unit=unit, formula=self.formula, spread=spread)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:
        """The complaints inside a burst."""
        return _inside(arguments)


def _refuse(arguments: Sequence[Argument]) -> None:
    for index in (0, 1):
        if arguments[index].is_duration:
            message = told({"en": "a number of households belongs here", "zh": "此处应为户数"})
            raise UnfitArgument(index, message)
    threshold = arguments[2].constant
    if threshold is None or threshold < _LEAST or threshold != threshold.to_integral_value():
        message = told(
            {"en": "{number} is no number of households that make a group", "zh": "{number} 不能作为群体投诉的户数"},
            number=threshold,
        )
        raise UnfitArgument(2, message, told({"en": "write a whole number from 2", "zh": "请写不小于2的整数"}))


def _sound(arguments: Sequence[Argument]) -> str:
    """A condition: both numbers can be what they are said to be."""
    households, before, _ = arguments
    earlier = f"({before.sql} IS NULL AND NOT {before.unusable} OR {_is_whole(before.sql, 0)})"
    return f"({_is_whole(households.sql, 1)} AND {earlier})"


def _is_whole(number: str, least: int) -> str:
    # What is infinite or NaN is no number less itself.
    return holds(f"({number} - {number} = 0 AND {number} >= {least} AND {number} = floor({number}))")


def _inside(arguments: Sequence[Argument]) -> str:
    households, _, threshold = arguments
    return f"({_sound(arguments)} AND {holds(f'({households.sql} >= {threshold.constant})')})"
