"""How long things take: first response, resolution, handling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqaudit.builtin.measures.forms import OfNumbers, alike, moment
from sqaudit.builtin.measures.quantiles import quantile_of, quantile_value, share_at
from sqaudit.measures.finishing import SECONDS
from sqaudit.measures.shaping import (
    all_of,
    any_of,
    elapsed,
    fails,
    holds,
    known,
    mean_value,
    not_negative,
    rows_where,
    squares_of,
    total_of,
    unbounded,
    where,
)
from sqaudit.model.evidence import Statistics
from sqaudit.model.measuring import Statistic
from sqaudit.model.ports import Argument, ArgumentKind
from sqaudit.model.score import Value
from sqaudit.model.target import Direction

_NOT_NEGATIVE = "({time} >= INTERVAL '0' SECOND)"


class TimeUntil:
    """A quantile of type 7 of the time from a start to an end, over the rows that have come to their end.

    Rows without an end are still open: they are right-censored, so they are left out and counted as ``open``. An end
    before its start is invalid.
    """

    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.MOMENT, ArgumentKind.MOMENT, ArgumentKind.CONSTANT),)

    def __init__(self, name: str, about: str) -> None:
        self.name = name
        self.formula = f"{name}-7/1"
        self.__doc__ = about

    def unit(self, arguments: Sequence[Argument]) -> str | None:  # noqa: ARG002  part of every measure
        """Always seconds."""
        return SECONDS

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n`` rows that came to their end, ``open`` ones, and the ``quantile``."""
        moment(arguments, 0)
        moment(arguments, 1)
        start, end = arguments[0], arguments[1]
        time = elapsed(start.sql, end.sql)
        in_order = _NOT_NEGATIVE.format(time=time)
        return {
            "n": rows_where(holds(in_order)),
            "invalid": rows_where(any_of(fails(in_order), unbounded(start, end))),
            "missing": rows_where(f"({start.sql} IS NULL)"),
            "open": rows_where(f"({known(start.sql)} AND {end.sql} IS NULL AND NOT {end.unusable})"),
            "quantile": quantile_of(where(in_order, time), share_at(arguments, 2)),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The quantile."""
        return quantile_value(statistics, unit, self.formula)

    def against(self, arguments: Sequence[Argument], direction: Direction) -> str | None:  # noqa: ARG002  part of every measure
        """No row counts against the site by itself."""
        return None


class HandlingTime(OfNumbers):
    """``handling_time(talk, hold, after)``: the mean of the three together over the rows where all are known.

    All three are durations, or numbers in one unit. A negative one makes a row invalid; write ``coalesce(hold, 0)``
    where nothing stands for none.

    Example:
        ``measure: handling_time(talk_s, hold_s, after_call_s)``
    """

    name = "handling_time"
    formula = "handling_time/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((ArgumentKind.NUMBER,) * 3,)

    def statistics(self, arguments: Sequence[Argument]) -> Mapping[str, Statistic]:
        """``n``, ``sum`` and ``squares``."""
        alike(arguments, 0, 1)
        alike(arguments, 0, 2)
        usable = all_of(*(not_negative(argument) for argument in arguments))
        together = where(usable, f"({' + '.join(argument.sql for argument in arguments)})")
        return {
            "n": rows_where(holds(usable)),
            "invalid": rows_where(fails(usable)),
            "sum": total_of(together),
            "squares": squares_of(together),
        }

    def finish(self, statistics: Statistics, unit: str) -> Value:
        """The mean."""
        return mean_value(statistics["sum"], statistics, unit, self.formula)


FIRST_RESPONSE = TimeUntil(
    "first_response",
    """``first_response(opened, replied, q)``: the ``q`` quantile (type 7) of the time to the first reply of a person.

    Rows without a reply are counted as ``open`` and left out; a reply before the opening is invalid.

    Example:
        ``measure: first_response(opened_at, first_reply_at, 0.9)``
    """,
)
RESOLUTION = TimeUntil(
    "resolution",
    """``resolution(opened, resolved, q)``: the ``q`` quantile (type 7) of the time until something was resolved.

    Rows not resolved yet are counted as ``open`` and left out; a resolution before the opening is invalid.

    Example:
        ``measure: resolution(opened_at, resolved_at, 0.5)``
    """,
)
HANDLING_TIME = HandlingTime()
