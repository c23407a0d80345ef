"""Five calendars that together hold all that is hard: lunch, make-up days, nights, no nights at all, odd zones."""

from __future__ import annotations

from datetime import date

import pytest

from sqaudit.documents.calendars import build_calendar

FIVE = {
    "office": (
        {
            "open": "Mon-Fri 09:00-12:00, 13:00-18:00",
            "holidays": "US",
            "closed": ["2025-12-24"],
            "special": {"2025-11-28": "09:00-12:00", "2025-11-29": "10:00-14:00"},
        },
        "America/New_York",
    ),
    "desk": ({"open": "Mon-Fri 08:30-11:30, 13:30-17:30", "holidays": "CN"}, "Asia/Shanghai"),
    "bar": ({"open": ["Mon-Thu 18:00-00:00", "Fri-Sat 18:00-03:00"]}, "Europe/London"),
    "line": ({"open": "always"}, "Europe/Berlin"),
    "island": ({"open": ["Mon-Sat 00:30-03:00, 08:00-11:00, 12:30-16:00"]}, "Australia/Lord_Howe"),
}


@pytest.fixture(scope="session")
def five():
    """The calendars with their zones, in order."""
    return [(build_calendar(name, content), zone) for name, (content, zone) in FIVE.items()]


@pytest.fixture(scope="session")
def is_open():
    """Whether a calendar of the five is open at a time of its wall clock."""
    return _is_open


def _is_open(name: str, wall) -> bool:
    """Told from the rules in another way than by openings."""
    import holidays

    day, minutes = wall.date(), wall.hour * 60 + wall.minute
    weekday = day.weekday()
    if name == "office":
        if day == date(2025, 11, 29):
            return 600 <= minutes < 840
        closed = day in _official(holidays, "US") or day == date(2025, 12, 24) or weekday > 4
        lunch = 720 <= minutes < 780
        late = minutes >= (720 if day == date(2025, 11, 28) else 1080)
        return not closed and minutes >= 540 and not lunch and not late
    if name == "desk":
        return _official(holidays, "CN").is_working_day(day) and (510 <= minutes < 690 or 810 <= minutes < 1050)
    if name == "bar":
        return (minutes >= 1080 and weekday < 6) or (minutes < 180 and weekday in {5, 6})
    if name == "island":
        return weekday < 6 and (30 <= minutes < 180 or 480 <= minutes < 660 or 750 <= minutes < 960)
    return True


_KNOWN: dict[str, object] = {}


def _official(holidays, country):
    if country not in _KNOWN:
        _KNOWN[country] = holidays.country_holidays(country)
    return _KNOWN[country]
