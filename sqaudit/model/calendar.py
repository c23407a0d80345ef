"""When a site is open: weekly hours, holidays, and the days on which all that is different."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from sqaudit.model.texts import Text

DAY_MINUTES = 1_440
# What a calendar is called that is written out where a name could stand.
OWN_CALENDAR = "default"


class Hours(Struct, frozen=True, order=True):
    """One opening of a day, half open, in minutes of its wall clock from midnight.

    ``opens`` is 0 to 1439, ``closes`` above it and at most a day later: above 1440 it lies past midnight, and the
    opening belongs to the day on which it begins.
    """

    opens: int
    closes: int


class HolidayRegion(Struct, frozen=True, kw_only=True):
    """Whose public holidays close: an ISO 3166 country code and, where holidays differ, a subdivision."""

    country: str
    subdivision: str | None = None


class Calendar(Struct, frozen=True, kw_only=True):
    """Opening hours of sites; the zone is each site's own.

    ``week`` holds the openings of Monday to Sunday. ``holidays`` close a day whatever its weekday; the make-up working
    days that some countries name are open like an ordinary working day. ``closed`` are days off of the site's own.
    ``special`` gives days with hours of their own, none if closed; they come before everything else.
    """

    id: str
    title: Text
    week: tuple[tuple[Hours, ...], ...]
    holidays: HolidayRegion | None = None
    closed: frozenset[date] = frozenset()
    special: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)

    @property
    def working_hours(self) -> tuple[Hours, ...]:
        """The openings of an ordinary working day: those of the first day from Monday on that has any."""
        return next((hours for hours in self.week if hours), ())
