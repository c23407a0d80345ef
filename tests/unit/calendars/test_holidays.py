"""Working days by week, public holidays, make-up days and days of the site's own."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from msgspec.structs import replace

from sqaudit.calendars.holidays import (
    hours_on,
    is_provisional,
    is_working_day,
    known_countries,
    provisional_from,
    two_letters,
    working_days_after,
)
from sqaudit.documents.calendars import build_calendar
from sqaudit.model.calendar import Hours


def calendar(**content):
    return build_calendar("c", {"open": "Mon-Fri 09:00-18:00", **content})


def test_ten_working_days_in_china():
    """CAPA-01: 28 September and 11 October are worked, 1 to 8 October are off; a plain week gives another day."""
    opened = date(2025, 9, 26)
    assert working_days_after(calendar(holidays="CN"), opened, 10) == date(2025, 10, 16)
    assert working_days_after(calendar(), opened, 10) == date(2025, 10, 10)
    assert working_days_after(calendar(), opened, 0) == opened


def test_working_days_before_a_day():
    """Of 10 October 2025 in China the days before are the 9th and, with a week off between, 30 and 29 September."""
    day = date(2025, 10, 10)
    assert working_days_after(calendar(holidays="CN"), day, -3) == date(2025, 9, 29)
    assert working_days_after(calendar(), day, -3) == date(2025, 10, 7)


@pytest.mark.parametrize("count", [1, -1])
def test_a_calendar_that_never_opens_has_no_working_day(count):
    assert working_days_after(replace(calendar(), week=((),) * 7), date(2025, 1, 1), count) is None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-09-28", True),  # a Sunday that is made up
        ("2025-10-03", False),
        ("2025-10-11", True),  # a Saturday that is made up
        ("2026-02-14", True),
        ("2026-02-20", False),
        ("2001-12-29", True),  # announced with the year after
    ],
)
def test_make_up_days_and_the_days_they_make_up_for(day, expected):
    assert is_working_day(calendar(holidays="CN"), date.fromisoformat(day)) is expected


def test_make_up_days_have_the_hours_of_an_ordinary_day_unless_their_own_are_given():
    desk = calendar(
        open=["Tue-Fri 09:00-18:00", "Sat 10:00-12:00"], holidays="CN", special={"2026-02-28": "10:00-15:00"}
    )
    assert hours_on(desk, date(2026, 2, 14)) == (Hours(540, 1080),)
    assert hours_on(desk, date(2026, 2, 28)) == (Hours(600, 900),)
    assert hours_on(desk, date(2026, 3, 7)) == (Hours(600, 720),)


def test_special_days_come_before_closed_ones_and_these_before_holidays():
    shop = calendar(holidays="US", closed=["2026-12-24"], special={"2026-12-25": "09:00-12:00", "2026-12-28": ""})
    found = [day for day in (23, 24, 25, 28, 29) if is_working_day(shop, date(2026, 12, day))]
    assert found == [23, 25, 29]


def test_subdivisions_have_holidays_of_their_own():
    day = date(2026, 4, 20)  # Patriots' Day in Massachusetts
    assert is_working_day(calendar(holidays="US"), day)
    assert not is_working_day(calendar(holidays={"country": "US", "subdivision": "MA"}), day)


def test_only_years_without_a_notice_are_provisional():
    """What the library has no entry for is told from its own data; countries with rules are final."""
    from holidays.countries.china import ChinaStaticHolidays

    noticed = max(ChinaStaticHolidays.special_public_holidays)
    china = calendar(holidays="CN")
    assert provisional_from(china) == noticed + 1 >= 2027
    assert is_provisional(china, noticed + 1)
    assert not is_provisional(china, noticed)
    assert provisional_from(calendar(holidays="US")) is None
    assert provisional_from(calendar()) is None
    assert not is_provisional(calendar(), 2090)


def test_countries_are_known_by_two_letters_with_their_subdivisions():
    assert "NY" in known_countries()["US"]
    assert {"CN", "NO", "GB"} <= known_countries().keys()


def test_the_library_of_holidays_is_loaded_on_use_alone():
    code = "import sys, sqaudit.calendars.tables, sqaudit.documents.library; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("written", "letters"), [("CHN", "CN"), ("gbr", "GB"), ("UK", "GB"), ("XYZ", None), ("", None)]
)
def test_countries_are_known_by_other_letters_too(written, letters):
    assert two_letters(written) == letters
