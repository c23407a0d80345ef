"""Guests who did not come."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.model.ports import Argument, ArgumentKind

from sqaudit_hotel.measures.shares import Counting, ShareOfRows, absent, is_over, there

_MOMENT = ArgumentKind.MOMENT


class NoShowRate(ShareOfRows):
    """``no_show_rate(arrived, cancelled, arrives)``: no-shows, of the bookings that stood on their day of arrival.

    A no-show neither came nor cancelled, and the day of its arrival is over at ``as_of``. Cancelled bookings are in
    neither (``cancelled``), so that many cancellations do not make the rate look low; so are arrivals to come
    (``running``). Who came late at night, after the day of arrival, came. Arrived and cancelled at once is invalid.

    Definition: ours, after the trade's usage (no-shows by expected arrivals); cancellations and no-shows are told
    apart as in A. Antonio, A. de Almeida, L. Nunes, *Data in Brief* 22 (2019) 41-49.

    Example:
        ``measure: no_show_rate(arrived_at, cancelled_at, arrives_on)``
    """

    name = "no_show_rate"
    formula = "no_show_rate/1"
    signatures: Sequence[Sequence[ArgumentKind]] = ((_MOMENT, _MOMENT, _MOMENT),)

    def counting(self, arguments: Sequence[Argument]) -> Counting:
        """Bookings by whether somebody came."""
        arrived, cancelled, arrives = arguments
        over = f"coalesce({is_over(arrives)}, FALSE)"
        stood = f"({over} AND {absent(cancelled)})"
        return Counting(
            inside=f"({stood} AND {absent(arrived)})",
            outside=f"({stood} AND {there(arrived)})",
            refused=f"({over} AND {there(arrived)} AND {there(cancelled)})",
            lacking=f"({arrives.sql} IS NULL AND NOT {arrives.unusable})",
            shown={
                "cancelled": f"({over} AND {there(cancelled)} AND {absent(arrived)})",
                "running": f"coalesce(NOT {is_over(arrives)}, FALSE)",
            },
        )
