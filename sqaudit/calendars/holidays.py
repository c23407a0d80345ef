"""Which days a calendar is open, by its own week and its country's public holidays.

The ``holidays`` library knows the rules of countries and, for China, the yearly notices of the State Council, make-up
working days included. A year without a notice has only what follows from the lunar calendar, so it is provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqaudit.model.calendar import Calendar, Hours

if TYPE_CHECKING:
    from holidays import HolidayBase

# Where a notice of each year decides, and not a rule.
_BY_NOTICE = frozenset({"CN"})
# Ten years of a calendar that is hardly ever open: looking any further would not help anybody.
_MOST_DAYS = 3_653


def hours_on(calendar: Calendar, day: date) -> tuple[Hours, ...]:
    """The openings that begin on a day, as its wall clock shows them; none if it is closed."""
    if day in calendar.special:
        return calendar.special[day]
    if day in calendar.closed:
        return ()
    if calendar.holidays is not None:
        official = _official(calendar.holidays.country, calendar.holidays.subdivision)
        if day in official:
            return ()
        # Only days of the weekend are made up for.
        if official.is_weekend(day) and official.is_working_day(day):
            return calendar.working_hours
    return calendar.week[day.weekday()]


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether a day has any opening."""
    return bool(hours_on(calendar, day))


def working_days_after(calendar: Calendar, day: date, count: int) -> date | None:
    """The working day that is ``count`` working days after ``day`` (below 0: before it), itself day 0, open or not.

    ``None`` if the calendar has not so many within ten years of each other.
    """
    onward = 1 if count > 0 else -1
    found = day
    for _ in range(abs(count)):
        following = (found + timedelta(days=onward * ahead) for ahead in range(1, _MOST_DAYS))
        after = next((later for later in following if is_working_day(calendar, later)), None)
        if after is None:
            return None
        found = after
    return found


def provisional_from(calendar: Calendar) -> int | None:
    """The first year whose holidays are not announced yet; ``None`` where rules make them, or there are none."""
    region = calendar.holidays
    if region is None or region.country not in _BY_NOTICE:
        return None
    noticed: Mapping[int, object] = _official(region.country, region.subdivision).special_public_holidays
    return max(noticed) + 1


def is_provisional(calendar: Calendar, year: int) -> bool:
    """Whether the holidays of a year may still change."""
    first = provisional_from(calendar)
    return first is not None and year >= first


def known_countries() -> Mapping[str, tuple[str, ...]]:
    """The countries with known holidays by their two letters, with the subdivisions that have some of their own."""
    from holidays import list_supported_countries

    supported = list_supported_countries(include_aliases=False)
    return {country: tuple(subdivisions) for country, subdivisions in supported.items()}


def two_letters(code: str) -> str | None:
    """The two letters of a country that is written otherwise, such as by three letters; ``None`` if it is unknown."""
    from holidays import country_holidays, list_supported_countries

    wanted = code.strip().upper()
    if wanted not in list_supported_countries(include_aliases=True):
        return None
    return str(country_holidays(wanted).country)


@cache
def _official(country: str, subdivision: str | None) -> HolidayBase:
    from holidays import country_holidays

    return country_holidays(country, subdiv=subdivision)
