"""Where an action is: the calendar and the zone by which its days are counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from sqaudit.model.calendar import Calendar
from sqaudit.model.programme import Cycle, Programme, Site


class Places(Struct, frozen=True, kw_only=True):
    """The sites of a programme; what concerns many of them is counted by the programme's own zone and calendar."""

    programme: Programme
    sites: Mapping[str, Site]

    def zone_of(self, site: str | None) -> str:
        """The zone of a site (``None``, or one that is gone: the programme's)."""
        known = self.sites.get(site) if site is not None else None
        return (known.timezone if known is not None else None) or self.programme.timezone

    def calendar_of(self, site: str | None) -> Calendar | None:
        """The calendar of a site; ``None`` if there is none."""
        known = self.sites.get(site) if site is not None else None
        if known is not None:
            return self.programme.calendar_of(known)
        return self.programme.calendars.get(self.programme.calendar or "")

    def today(self, site: str | None, now: datetime) -> date:
        """Which day it is at a site."""
        return now.astimezone(ZoneInfo(self.zone_of(site))).date()

    def last_day(self, cycle: Cycle, site: str | None) -> date:
        """The last day of a cycle at a site."""
        return (cycle.end - timedelta.resolution).astimezone(ZoneInfo(self.zone_of(site))).date()
