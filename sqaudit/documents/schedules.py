"""A programme's ``schedule``: when its audits fall due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from sqaudit.model.schedule import CatchUp, Schedule
from sqaudit.model.target import read_duration


def build_schedule(content: Mapping[str, Any]) -> Schedule:
    """The schedule of a programme, from its data."""
    return Schedule(
        rrule=content["rrule"],
        window=timedelta(seconds=read_duration(content["window"]) or 0),
        start=date.fromisoformat(content["start"]) if "start" in content else None,
        at=time.fromisoformat(content.get("at", "06:00")),
        skip=frozenset(map(date.fromisoformat, content.get("skip", ()))),
        move={date.fromisoformat(day): date.fromisoformat(on) for day, on in sorted(content.get("move", {}).items())},
        catch_up=CatchUp(content.get("catch_up", "latest")),
    )
