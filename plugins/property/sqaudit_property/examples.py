"""What the checks of plugins try the measures with, and the same worked out in plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqaudit.model.examples import PERIOD, Examples, Row

_MOMENT = {"type": "timestamp", "optional": True}
_HOUSEHOLDS = {"type": "integer", "min": 1, "max": 9, "optional": True}
_THRESHOLD = 3
_WINDOW = timedelta(days=30)


def _moments(row: Row, *names: str) -> list[datetime | None]:
    return [cast("datetime | None", row[name]) for name in names]


def _backlog(rows: Sequence[Row]) -> float | None:
    """Open at the period's end, and overdue among them."""
    now, is_known, overdue = PERIOD.end, False, []
    for row in rows:
        opened, done, due = _moments(row, "opened", "done", "due")
        if opened is None or opened > now or (done is not None and done < opened):
            continue
        if done is not None and done <= now:
            is_known = True
        elif due is not None:
            overdue.append(due <= now)
    if overdue:
        return sum(overdue) / len(overdue)
    return 0.0 if is_known else None


def _repeated(rows: Sequence[Row]) -> float | None:
    """Of what was done thirty days before the period's end or earlier, what came again within thirty days."""
    again = []
    for row in rows:
        done, later = _moments(row, "done", "due")
        if done is not None and done + _WINDOW <= PERIOD.end and not (later is not None and later < done):
            again.append(later is not None and later <= done + _WINDOW)
    return sum(again) / len(again) if again else None


def _bursts(rows: Sequence[Row]) -> float | None:
    """How often the number of households rose to the threshold."""
    known = [row for row in rows if row["households"] is not None]
    if rows and not known:
        return None
    pairs = [(cast("int", row["households"]), cast("int", row["before"] or 0)) for row in known]
    return float(sum(now >= _THRESHOLD > before for now, before in pairs))


EXAMPLES = Examples(
    columns={
        "opened": _MOMENT,
        "done": _MOMENT,
        "due": _MOMENT,
        "households": _HOUSEHOLDS,
        "before": {**_HOUSEHOLDS, "min": 0},
    },
    naive={
        "overdue_backlog(opened, done, due, as_of)": _backlog,
        "repeat_within(done, due, INTERVAL 30 DAY, as_of)": _repeated,
        "group_complaints(households, before, 3)": _bursts,
    },
)
