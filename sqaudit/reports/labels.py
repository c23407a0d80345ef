"""What the values of a subject's or group's columns look like to people."""

from __future__ import annotations

import json

from sqaudit.reports.numbers import ABSENT


def show_label(label: str) -> str:
    """``["phone", "new"]`` as ``phone, new``; what is not known of it as ``-``."""
    return ", ".join(ABSENT if part is None else str(part) for part in json.loads(label))
