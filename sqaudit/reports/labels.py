"""What subjects, groups and due dates look like to people."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta

from sqaudit.reports.numbers import ABSENT


def show_label(label: str) -> str:
    """``["phone", "new"]`` as ``phone, new``; what is not known of it as ``-``."""
    return ", ".join(ABSENT if part is None else str(part) for part in json.loads(label))


def show_due(moment: str | None) -> str:
    """A moment until which something is due, as its place has it: one that ends a day is that day."""
    if moment is None:
        return ABSENT
    due = datetime.fromisoformat(moment)
    if due.time() == time():
        return (due.date() - timedelta(days=1)).isoformat()
    return due.strftime("%Y-%m-%d %H:%M")
