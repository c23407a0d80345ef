"""Twins of the stories in which something is the matter with the records or the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .story import Story, days_of


def without_records(story: Story, site: str) -> Story:
    """Nothing came from a site: whoever makes 0 of that is wrong."""
    return story.keeping(lambda _, row: next(iter(row.values())) != site)


def few_answers(story: Story, file: str, site: str, period: str, number: int) -> Story:
    """Only so many of a site's persons answered in a period."""
    days = {str(day) for day in days_of(period)}
    left = number

    def stays(name: str, row: dict[str, str]) -> bool:
        nonlocal left
        place, day, *_ = row.values()
        if name != file or place != site or day not in days:
            return True
        left -= 1
        return left >= 0

    return story.keeping(stays)


def obstructed_escape(hotel: Story, site: str, period: str) -> Story:
    """One mystery guest of the period finds an escape route of a hotel obstructed, and everything else as it was."""
    rows = hotel.records("seen")
    row = next(
        row for row in rows if row["hotel"] == site and row["day"].startswith(period) and row["question"] == "escape"
    )
    row["answer"] = "no"
    return hotel.telling("seen", [list(row.values()) for row in rows])


def spring_festival(manufacturer: Story) -> Story:
    """Three requests before the Spring Festival of 2025.

    The State Council had 28 January to 4 February off, and Sunday 26 January worked.
    """
    return replace(
        manufacturer.telling(
            "requests",
            [
                ("iron-bridge", "2025-01-27 17:00", "2025-02-05 10:00"),  # Monday, and the first day after the feast
                ("kiln-street", "2025-01-25 20:00", "2025-01-26 12:00"),  # Saturday, and the Sunday that was worked
                ("loom-yard", "2025-01-18 20:00", "2025-01-20 11:00"),  # Saturday, and Monday: no one works between
            ],
        ),
        periods=("2025-01",),
    )


def stricter_standard(hotel: Story) -> Story:
    """What the hotels do about it is a new version of their standard, which holds from the month of the fix."""
    edits = (('version: "1.0.0"', 'version: "1.1.0"'), ('target: ">= 2.8"', 'target: ">= 3.2"'))
    return replace(hotel, later={hotel.periods[1]: {hotel.standard: hotel.edited(hotel.standard, *edits)}})


def silent_in(story: Story, site: str, period: str) -> Story:
    """Nothing came from a site in one period; the second column of its records is the day."""
    days = {str(day) for day in days_of(period)}

    def stays(_: str, row: Mapping[str, str]) -> bool:
        place, day, *_ = row.values()
        return place != site or day[:10] not in days

    return story.keeping(stays)


def told_again(story: Story, period: str, later: str) -> dict[str, str]:
    """Its records, and those of a month once more in a later month that is as long or longer."""
    return {
        path: text + "".join(line.replace(period, later) for line in text.splitlines(keepends=True) if period in line)
        for path, text in story.files.items()
        if path.endswith(".csv")
    }
