"""Bookings that were called off."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.errors import told
from sqaudit.model.ports import Argument, ArgumentKind, Measure, UnfitArgument

from sqaudit_hotel.measures.shares import Counting, ShareOfRows, absent, day_of, is_over, there

_MOMENT = ArgumentKind.MOMENT
_PAIR = 2
_NOTICE = told(
    {"en": "the notice is a duration before the arrival", "zh": "通知期应写成到店前的一段时长"},
)
_NOTICE_HINT = told(
    {"en": "write it as INTERVAL 48 HOUR", "zh": "写成 INTERVAL 48 HOUR"},
)


class CancellationRate(ShareOfRows):
    """``cancellation_rate(cancelled, arrives)``: bookings cancelled, of all whose day of arrival is over at ``as_of``.

    With a notice, ``cancellation_rate(cancelled, arrives, INTERVAL 48 HOUR)``, only late cancellations: those after
    the notice began, of the bookings that still stood by then. A booking cancelled in time is in neither (``early``);
    one made within the notice stood from the start. Exactly at the deadline is in time. Where arrival or cancellation
    is a day, days are compared: with 48 hours, whoever cancels two days before the arrival is in time.

    Nothing in ``cancelled`` is a booking that was kept, by a guest or by a no-show. Arrivals to come are in neither,
    cancelled or not (``running``): who still may cancel would make the rate look too low, who already has too high.
    A cancellation after the day of arrival is none, and invalid.

    Definition: ours, after the trade's usage (lost bookings by date of arrival). A. Antonio, A. de Almeida, L. Nunes,
    Hotel booking demand datasets, *Data in Brief* 22 (2019) 41-49, tell cancellations from no-shows in the same way.

    Example:
        ``measure: cancellation_rate(cancelled_at, arrives_on)``
    """

    name = "cancellation_rate"
    signatures: Sequence[Sequence[ArgumentKind]] = ((_MOMENT, _MOMENT), (_MOMENT, _MOMENT, ArgumentKind.NUMBER))

    def __init__(self, kind: str = "all") -> None:
        self.formula = f"cancellation_rate-{kind}/1"

    def member(self, arguments: Sequence[Argument]) -> Measure:
        """All cancellations, or the late ones."""
        if len(arguments) == _PAIR:
            return CancellationRate()
        if not arguments[_PAIR].is_duration:
            raise UnfitArgument(_PAIR, _NOTICE, _NOTICE_HINT)
        return CancellationRate("late")

    def counting(self, arguments: Sequence[Argument]) -> Counting:
        """Bookings by when they were cancelled."""
        cancelled, arrives = arguments[:_PAIR]
        over = is_over(arrives)
        after = f"coalesce({day_of(cancelled)} > {day_of(arrives)}, FALSE)"
        counts = f"coalesce({over} AND NOT {after}, FALSE)"
        early = "FALSE" if len(arguments) == _PAIR else f"coalesce({_in_time(cancelled, arrives, arguments[2])}, FALSE)"
        shown = {"running": f"coalesce(NOT {over}, FALSE)"}
        if len(arguments) > _PAIR:
            shown["early"] = f"({counts} AND {early})"
        return Counting(
            inside=f"({counts} AND {there(cancelled)} AND NOT {early})",
            outside=f"({counts} AND {absent(cancelled)})",
            refused=f"(coalesce({over}, FALSE) AND {after})",
            lacking=f"({arrives.sql} IS NULL AND NOT {arrives.unusable})",
            shown=shown,
        )


def _in_time(cancelled: Argument, arrives: Argument, notice: Argument) -> str:
    deadline = f"({arrives.sql} - {notice.sql})"
    if cancelled.is_day or arrives.is_day:
        return f"{day_of(cancelled)} <= CAST({deadline} AS DATE)"
    return f"{cancelled.sql} <= {deadline}"
