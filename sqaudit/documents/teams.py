"""Teams and disputes: from a programme's data to the model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqaudit.model.dispute import DISPUTE_WINDOW
from sqaudit.model.people import Several, Team
from sqaudit.model.target import read_duration


def build_team(content: Mapping[str, Any]) -> Team:
    """The team of a programme."""
    return Team(
        lead=content.get("lead"),
        auditors=tuple(content.get("auditors", ())),
        several=Several(content["several"]) if "several" in content else None,
    )


def read_dispute_window(content: Mapping[str, Any]) -> timedelta:
    """How long a programme lets its results be disputed."""
    seconds = read_duration(content["window"]) if "window" in content else None
    return DISPUTE_WINDOW if seconds is None else timedelta(seconds=seconds)
