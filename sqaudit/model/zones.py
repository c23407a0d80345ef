"""Time zones by their IANA names."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from sqaudit.model.suggesting import closest


def is_zone(name: str) -> bool:
    """Whether a time zone has this name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def closest_zone(name: str) -> str | None:
    """The zone that was probably meant, if one is near enough."""
    return closest(name, sorted(available_timezones()), most=1_000)
