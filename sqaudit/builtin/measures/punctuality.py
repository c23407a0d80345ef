"""Done by the time it was due."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from sqaudit.builtin.measures.forms import ShareOf, Tally, duration, moment
from sqaudit.measures.shaping import any_of, elapsed, holds, rows_where, unbounded, zero_of
from sqaudit.model.measuring import AS_OF
from sqaudit.model.ports import Argument, ArgumentKind

_DAY = "INTERVAL '24' HOUR"


def _done_by(arguments: Sequence[Argument]) -> Tally:
    """``on_time(first_reply_at, opened_at + INTERVAL 24 HOUR)``: met of met and breached.

    Exactly when due is met. Undone and due by ``as_of`` is breached; undone and not yet due is running, and counts in
    neither. A due date includes its day.

    Example:
        ``measure: on_time(delivered_at, promised_for)``
    """
    return _tally(arguments[0], arguments[1])


def _within(start: Argument, end: Argument, limit: str, refused: str) -> Tally:
    """An end no later than so long after its start; a refused row is in neither."""
    due = replace(start, sql=f"({start.sql} + {limit})", column=None)
    return _tally(end, due, refused)


def _within_a_day(arguments: Sequence[Argument]) -> Tally:
    """``within_24h(received, resolved)``: resolved within 24 hours, exactly 24:00:00 included, of met and breached.

    The hours run on by night and on holidays. Unresolved is breached once the 24 hours are over at ``as_of``, and
    counts in neither until then. Resolved before received is invalid.

    Example:
        ``measure: within_24h(received_at, resolved_at)``
    """
    moment(arguments, 0)
    moment(arguments, 1)
    start, end = arguments
    return _within(start, end, _DAY, _out_of_order(start, end))


def _replied(arguments: Sequence[Argument]) -> Tally:
    """``reply_rate(received, first_reply, limit)``: contacts with a reply within the limit, exactly the limit included.

    A contact without a reply counts against once its limit is over at ``as_of``, and in neither until then. A reply
    before the contact, or a limit below 0, is invalid.

    Example:
        ``measure: reply_rate(received_at, first_reply_at, INTERVAL 4 HOUR)``
    """
    moment(arguments, 0)
    moment(arguments, 1)
    duration(arguments, 2)
    start, end, limit = arguments
    negative = holds(f"({limit.sql} < {zero_of(limit)})")
    return _within(start, end, limit.sql, any_of(_out_of_order(start, end), negative))


def _out_of_order(start: Argument, end: Argument) -> str:
    return holds(f"({elapsed(start.sql, end.sql)} < INTERVAL '0' SECOND)")


def _tally(done: Argument, due: Argument, refused: str = "FALSE") -> Tally:
    """Conditions for the outcomes of one row. None is true where the due time is unknown or a cell cannot be used."""
    finished, now = done.sql, AS_OF
    if due.is_day:  # the whole day counts
        finished, now = f"CAST({finished} AS DATE)", f"CAST({now} AS DATE)"
    refused = any_of(refused, unbounded(done, due))
    usable = "" if refused == "FALSE" else f" AND NOT {refused}"
    undone = f"({done.sql} IS NULL AND NOT {done.unusable})"
    passed = f"{due.sql} < {now}" if due.is_day else f"{due.sql} <= {now}"
    met = holds(f"({finished} <= {due.sql}{usable})")
    breached = holds(f"(({finished} > {due.sql} OR ({undone} AND {passed})){usable})")
    return Tally(
        valid=f"({met} OR {breached})",
        inside=met,
        outside=breached,
        refused=refused,
        lacking=f"({due.sql} IS NULL)",
        shown={
            "breached": rows_where(breached),
            "running": rows_where(holds(f"({undone} AND NOT ({passed}){usable})")),
        },
    )


_PAIR = (ArgumentKind.MOMENT, ArgumentKind.MOMENT)
ON_TIME = ShareOf("on_time", _done_by, (_PAIR,), part="met")
WITHIN_24H = ShareOf("within_24h", _within_a_day, (_PAIR,), part="met")
REPLY_RATE = ShareOf("reply_rate", _replied, ((*_PAIR, ArgumentKind.NUMBER),), part="met")
