"""Customers who stay, leave and come back. One row is one customer, in a snapshot without a time column."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.builtin.measures.forms import ShareOf, Signatures, Tally, plain_number
from sqaudit.measures.shaping import (
    all_of,
    any_of,
    fails,
    finite,
    holds,
    known,
    unbounded,
)
from sqaudit.model.measuring import PERIOD_END, PERIOD_START
from sqaudit.model.ports import Argument, ArgumentKind

_MOMENTS: Signatures = ((ArgumentKind.MOMENT, ArgumentKind.MOMENT),)


def _left(arguments: Sequence[Argument]) -> Tally:
    """``churn(active_from, active_to)``: who left during the period, of those who were customers when it began.

    Coming and leaving happen at a moment or on a day, and belong to the period that it falls in. So a customer counts
    who came before the period began and had not left before it; nothing in ``active_to`` is still active. New
    customers are in neither. Leaving before coming is invalid.

    Example:
        ``measure: churn(contract_from, contract_to)``
    """
    come, leave, _, end = _edges(arguments)
    there, gone = _there(arguments), f"{leave} < {end}"
    return Tally(
        valid=there,
        inside=f"({there} AND {holds(gone)})",
        outside=f"({there} AND NOT {holds(gone)})",
        refused=_refused(arguments, come, leave),
        lacking=f"({come} IS NULL)",
    )


def _stayed(arguments: Sequence[Argument]) -> Tally:
    """``retention(active_from, active_to)``: who stayed to the end of the period, of its first customers.

    It is 1 less ``churn``, and counts the same rows.

    Example:
        ``measure: retention(contract_from, contract_to)``
    """
    left = _left(arguments)
    return Tally(valid=left.valid, inside=left.outside, outside=left.inside, refused=left.refused, lacking=left.lacking)


def _there(arguments: Sequence[Argument]) -> str:
    come, leave, start, _ = _edges(arguments)
    stays = f"({leave} IS NULL AND NOT {arguments[1].unusable})"
    return holds(f"({come} < {start} AND ({stays} OR {leave} >= {start}) AND NOT {_refused(arguments, come, leave)})")


def _refused(arguments: Sequence[Argument], come: str, leave: str) -> str:
    return any_of(holds(f"({leave} < {come})"), unbounded(*arguments))


def _edges(arguments: Sequence[Argument]) -> tuple[str, str, str, str]:
    """When a customer came and left and when the period begins and ends: days if one of the former is a day."""
    come, leave = (argument.sql for argument in arguments)
    if not any(argument.is_day for argument in arguments):
        return come, leave, PERIOD_START, PERIOD_END
    return f"CAST({come} AS DATE)", f"CAST({leave} AS DATE)", _day(PERIOD_START), _day(PERIOD_END)


def _day(edge: str) -> str:
    # A period begins at midnight in the programme's zone: at noon it is the same day at all sites within 12 hours.
    return f"CAST(({edge} + INTERVAL '12' HOUR) AS DATE)"


def _again(arguments: Sequence[Argument]) -> Tally:
    """``repurchase(orders)``: customers with at least 2 orders of those with at least 1.

    ``orders`` is how many a customer gave. A customer with none is in neither; a negative or broken number is invalid.

    Example:
        ``measure: repurchase(orders)``
    """
    plain_number(arguments, 0)
    orders = arguments[0].sql
    whole = all_of(finite(arguments[0]), f"{orders} >= 0", f"{orders} = floor({orders})")
    bought = holds(f"({whole} AND {orders} >= 1)")
    return Tally(
        valid=bought,
        inside=f"({bought} AND {orders} >= 2)",
        outside=f"({bought} AND {orders} < 2)",
        refused=fails(whole),
        lacking=f"({orders} IS NULL)",
    )


def _returned(arguments: Sequence[Argument]) -> Tally:
    """``return_rate(bought_before, bought_now)``: customers of the window before who bought again in this one.

    Who did not buy before is in neither.

    Example:
        ``measure: return_rate(orders_before > 0, orders_now > 0)``
    """
    before, now = (argument.sql for argument in arguments)
    valid = f"({holds(before)} AND {known(now)})"
    return Tally(
        valid=valid,
        inside=f"({valid} AND {now})",
        outside=f"({valid} AND NOT {now})",
        lacking=f"coalesce({before}, TRUE)",
    )


CHURN = ShareOf("churn", _left, _MOMENTS, part="left")
RETENTION = ShareOf("retention", _stayed, _MOMENTS, part="stayed")
REPURCHASE = ShareOf("repurchase", _again, ((ArgumentKind.NUMBER,),), part="again")
RETURN_RATE = ShareOf("return_rate", _returned, ((ArgumentKind.CONDITION, ArgumentKind.CONDITION),), part="again")
