"""Cases and what became of them: solved at the first contact, resolved, opened again, come back."""

from __future__ import annotations

from collections.abc import Sequence

from sqaudit.builtin.measures.forms import ShareOf, Signatures, Tally, by_condition, duration, plain_number
from sqaudit.measures.shaping import all_of, any_of, fails, finite, holds, known, rows_where, unbounded
from sqaudit.model.measuring import AS_OF
from sqaudit.model.ports import Argument, ArgumentKind

_CONDITION: Signatures = ((ArgumentKind.CONDITION,),)
_PAIR = 2
_WINDOW = "INTERVAL '7' DAY"


def _solved_at_once(arguments: Sequence[Argument]) -> Tally:
    """``first_contact_resolution(contacts, closed)``: cases with exactly one contact, of those closed for 7 days.

    One row is one case: a customer with one issue, and how many contacts it took. Cases that are open at ``as_of``, or
    closed for less than the window, count in neither, since they may still come back; a third argument is another
    window. A case without a contact, or with a broken number of them, is invalid. Where the records hold contacts, a
    query makes cases of them; see the page on datasets from queries.

    Example:
        ``measure: first_contact_resolution(contacts, closed_at, INTERVAL 14 DAY)``
    """
    plain_number(arguments, 0)
    if len(arguments) > _PAIR:
        duration(arguments, _PAIR)
    window = arguments[_PAIR].sql if len(arguments) > _PAIR else _WINDOW
    contacts, closed = arguments[0], arguments[1]
    # A case closed on a day was closed by its end.
    over = f"({closed.sql} + {window}) {'<' if closed.is_day else '<='} {_now(closed)}"
    ripe = holds(f"({over} AND NOT {unbounded(closed)})")
    whole = all_of(finite(contacts), f"{contacts.sql} >= 1", f"{contacts.sql} = floor({contacts.sql})")
    valid = f"({ripe} AND {holds(whole)})"
    return Tally(
        valid=valid,
        inside=f"({valid} AND {contacts.sql} = 1)",
        outside=f"({valid} AND {contacts.sql} > 1)",
        refused=any_of(fails(whole), unbounded(closed)),
        lacking=ripe,
        shown={"waiting": rows_where(f"(NOT {ripe} AND {known(contacts.sql)} AND NOT {closed.unusable})")},
    )


def _now(closed: Argument) -> str:
    return f"CAST({AS_OF} AS DATE)" if closed.is_day else AS_OF


def _resolved(arguments: Sequence[Argument]) -> Tally:
    """``resolution_rate(resolved, withdrawn)``: resolved cases of those received and not withdrawn.

    ``resolution_rate(resolved)`` where nothing can be withdrawn.

    Example:
        ``measure: resolution_rate(resolved_at IS NOT NULL, withdrawn)``
    """
    if len(arguments) < _PAIR:
        return by_condition(arguments)
    resolved, withdrawn = (argument.sql for argument in arguments)
    valid = f"({fails(withdrawn)} AND {known(resolved)})"
    return Tally(
        valid=valid,
        inside=f"({valid} AND {resolved})",
        outside=f"({valid} AND NOT {resolved})",
        lacking=f"(NOT {holds(withdrawn)})",
    )


FIRST_CONTACT_RESOLUTION = ShareOf(
    "first_contact_resolution",
    _solved_at_once,
    (
        (ArgumentKind.NUMBER, ArgumentKind.MOMENT),
        (ArgumentKind.NUMBER, ArgumentKind.MOMENT, ArgumentKind.NUMBER),
    ),
    part="first",
)
RESOLUTION_RATE = ShareOf(
    "resolution_rate",
    _resolved,
    (*_CONDITION, (ArgumentKind.CONDITION, ArgumentKind.CONDITION)),
    part="resolved",
)
REOPEN_RATE = ShareOf(
    "reopen_rate",
    by_condition,
    _CONDITION,
    about="""``reopen_rate(reopened)``: closed cases that were opened again, of those where it is known.

    Example:
        ``measure: reopen_rate(reopened)``
    """,
    part="reopened",
)
RECURRENCE_RATE = ShareOf(
    "recurrence_rate",
    by_condition,
    _CONDITION,
    about="""``recurrence_rate(recurred)``: cases that came back as another one, of those where it is known.

    Example:
        ``measure: recurrence_rate(days_to_next <= 30)``
    """,
    part="recurred",
)
