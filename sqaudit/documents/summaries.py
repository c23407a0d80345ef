"""How ``summary:`` is written: one word, or ``share(CONDITION)``."""

from __future__ import annotations

import re

from sqaudit.model.checklist import Summary, SummaryKind

_SHARE = re.compile(r"share\((?P<condition>.*)\)", re.DOTALL)


def read_summary(text: str) -> Summary:
    """The summary that a valid text stands for."""
    match = _SHARE.fullmatch(text)
    if match is None:
        return Summary(kind=SummaryKind(text))
    return Summary(kind=SummaryKind.SHARE, condition=match["condition"])


def condition_start(text: str) -> int:
    """Where the condition of ``share(CONDITION)`` begins."""
    match = _SHARE.fullmatch(text)
    return 0 if match is None else match.start("condition")
