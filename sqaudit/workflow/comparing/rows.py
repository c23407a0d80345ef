"""A change as a flat row: the fields of the JSON that commands print."""

from __future__ import annotations

from sqaudit.workflow.comparing.changes import Change
from sqaudit.workflow.comparing.sides import Side
from sqaudit.workflow.rows import Row


def change_row(change: Change, before: Side, after: Side, level: str) -> Row:
    """One change; what is absent is ``None``, never 0. Differences of shares are in percentage points."""
    found = change.contrast
    return {
        "programme": after.cycle.programme,
        "period_before": before.cycle.period,
        "revision_before": before.revision,
        "period_after": after.cycle.period,
        "revision_after": after.revision,
        "level": level,
        "place": change.place,
        "kind": change.kind.value,
        "id": change.id,
        "criterion": change.criterion,
        "unit": change.unit,
        "value_before": change.before,
        "n_before": change.n_before,
        "value_after": change.after,
        "n_after": change.n_after,
        "difference": change.difference,
        "difference_unit": change.difference_unit,
        "relative": change.relative,
        "difference_low": change.in_its_unit(found.low),
        "difference_high": change.in_its_unit(found.high),
        "interval": found.interval,
        "ratio": found.ratio,
        "ratio_low": found.ratio_low,
        "ratio_high": found.ratio_high,
        "test": found.test,
        "p": found.p,
        "p_adjusted": change.p_adjusted,
        "direction": change.direction.value if change.direction is not None else None,
        "verdict": change.verdict.value,
        "changed": change.changed,
        "reason": change.reason,
    }
