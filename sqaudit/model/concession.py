"""Accepted departures: a criterion that need not be met for a while, by whose word and why."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct


class Concession(Struct, frozen=True, kw_only=True):
    """A criterion that is let off at a site (``None``: at all) from ``first_day`` to ``last_day``, both inclusive.

    It never hides a result: what fails fails, and is shown as conceded. The days are those of the site's zone.
    """

    id: str
    programme: str
    criterion: str
    site: str | None
    reason: str
    owner: str
    approver: str
    granted_at: datetime
    first_day: date
    last_day: date
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    revoked_because: str | None = None

    def covers(self, site: str | None, criterion: str, day: date, zone: str) -> bool:
        """Whether a failure at a site, whose zone this is, is let off on a day."""
        return self.criterion == criterion and self.site in {None, site} and self.is_in_force(day, zone)

    def is_in_force(self, day: date, zone: str) -> bool:
        """Whether it holds on a day of a zone: not on the day it was revoked, nor after."""
        is_revoked = self.revoked_at is not None and self.revoked_at.astimezone(ZoneInfo(zone)).date() <= day
        return self.first_day <= day <= self.last_day and not is_revoked
