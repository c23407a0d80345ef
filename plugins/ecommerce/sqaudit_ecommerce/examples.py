"""What the checks of plugins try the measures and the collector with, and the same worked out in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import cast

from sqaudit.model.examples import PERIOD, Examples, Naive, Row, SourceExample

_MOMENT = {"type": "timestamp", "optional": True}
_NUMBER = {"type": "integer", "min": 0, "max": 60, "optional": True}
_FLAG = {"type": "boolean", "optional": True}
_LIMIT = timedelta(hours=72)


def _share(outcome: Callable[[Row], bool | None]) -> Naive:
    """The share of the rows for which an outcome is true, of those for which it is known."""

    def work(rows: Sequence[Row]) -> float | None:
        known = [found for row in rows if (found := outcome(row)) is not None]
        return sum(known) / len(known) if known else None

    return work


def _moment(row: Row, name: str) -> datetime | None:
    return cast("datetime | None", row[name])


def _kept(promise: str, *, cancellable: bool = True) -> Callable[[Row], bool | None]:
    """Whether an order arrived as promised; ``None`` where that is not decided, or was never to be."""

    def outcome(row: Row) -> bool | None:
        due = cast("date | datetime | None", row[promise])
        delivered, cancelled = _moment(row, "delivered"), _moment(row, "cancelled") if cancellable else None

        def is_by(moment: datetime) -> bool:
            return moment <= due if isinstance(due, datetime) else moment.date() <= cast("date", due)

        if due is None:
            return None
        if delivered is not None:
            return is_by(delivered)
        if cancelled is not None:
            return None if is_by(cancelled) else False
        is_over = due <= PERIOD.end if isinstance(due, datetime) else due < PERIOD.end.date()
        return False if is_over else None

    return outcome


def _solved(row: Row) -> bool | None:
    """Whether the bot ended a chat alone and nobody came back within three days."""
    alone, ended, back = row["flag"], _moment(row, "delivered"), _moment(row, "cancelled")
    if alone is None or ended is None or (back is not None and back < ended):
        return None
    if not alone:
        return False
    if back is not None:
        return back > ended + _LIMIT
    return True if ended + _LIMIT <= PERIOD.end else None


def _ratio(rows: Sequence[Row]) -> float | None:
    """Complaints by orders on holidays, over the same on other days."""
    totals = {True: [0, 0], False: [0, 0]}
    for row in rows:
        events, exposure, holiday = (row[name] for name in ("complaints", "orders", "flag"))
        if events is not None and exposure is not None and holiday is not None:
            own = totals[bool(holiday)]
            own[0] += cast("int", events)
            own[1] += cast("int", exposure)
    (events, exposure), (others, other_exposure) = totals[True], totals[False]
    if not (exposure and other_exposure and others):
        return None
    return float(Fraction(events, exposure) / Fraction(others, other_exposure))


_CHAT = (
    '{"chat_id": "c1", "shop": "north", "messages": [{"at": "2026-03-01 10:00:00", "by": "customer", "text": "?"},'
    ' {"at": "2026-03-01 10:00:09", "by": "bot", "text": "!"}]}\n'
)

EXAMPLES = Examples(
    columns={
        "promised": {"type": "date", "optional": True},
        "promised_at": _MOMENT,
        "delivered": _MOMENT,
        "cancelled": _MOMENT,
        "complaints": _NUMBER,
        "orders": _NUMBER,
        "flag": _FLAG,
    },
    naive={
        "promise_kept(delivered, promised, cancelled)": _share(_kept("promised")),
        "promise_kept(delivered, promised_at, cancelled)": _share(_kept("promised_at")),
        "promise_kept(delivered, promised)": _share(_kept("promised", cancellable=False)),
        "bot_solved(flag, delivered, cancelled, INTERVAL 72 HOUR)": _share(_solved),
        "holiday_ratio(complaints, orders, flag)": _ratio,
    },
    collectors={
        "chats": (
            SourceExample(
                source={"params": {"path": "chats-*.jsonl"}},
                files={"chats-1.jsonl": _CHAT, "chats-2.jsonl": _CHAT + "no conversation\n"},
                gives=3,
            ),
            SourceExample(source={"params": {"path": "chats-*.jsonl"}}),
        )
    },
)
