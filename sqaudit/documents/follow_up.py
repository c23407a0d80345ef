"""A programme's ``follow_up``: what becomes of its findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqaudit.model.action import Move, Path
from sqaudit.model.follow_up import DUE, PATHS, Allowance, FollowUp, Match, NotApplicableCycle
from sqaudit.model.standard import Severity
from sqaudit.model.target import read_duration

_DAYS = re.compile(r"P(\d{1,4})D")
_WORKING_DAYS = re.compile(r"(\d{1,4})wd")


def read_allowance(text: str) -> Allowance | None:
    """How long a step may take, from ``PT24H``, ``P14D`` or ``5wd``; ``None`` if it is none of these.

    Whole days are days of the site's calendar page, whatever the clocks do in them.
    """
    for pattern, unit in ((_DAYS, "days"), (_WORKING_DAYS, "working_days")):
        found = pattern.fullmatch(text)
        if found is not None:
            return Allowance(**{unit: int(found[1])})
    seconds = read_duration(text)
    return None if seconds is None else Allowance(seconds=seconds)


def build_follow_up(content: Mapping[str, Any]) -> FollowUp:
    """The rules of following up, from a programme's data; what is not said is as ours."""
    verify, systemic = content.get("verify", {}), content.get("systemic", {})
    return FollowUp(
        paths={**PATHS, **{Severity(severity): Path(path) for severity, path in content.get("path", {}).items()}},
        due={
            severity: {**steps, **_steps(content.get("due", {}).get(severity, {}))} for severity, steps in DUE.items()
        },
        verify_cycles=verify.get("cycles", 1),
        not_applicable=NotApplicableCycle(verify.get("not_applicable", "skip")),
        repeat_within=_duration(content.get("repeat_within", "P365D")),
        watch=_duration(content.get("watch", "P180D")),
        match=Match(content.get("match", "criterion")),
        systemic_sites=systemic.get("sites", 3),
        systemic_share=Decimal(str(systemic.get("share", 0.2))),
    )


def _steps(content: Mapping[str, str]) -> dict[Move, Allowance]:
    found = {Move(step): read_allowance(text) for step, text in content.items()}
    return {step: allowance for step, allowance in found.items() if allowance is not None}


def _duration(text: str) -> timedelta:
    return timedelta(seconds=read_duration(text) or 0)
