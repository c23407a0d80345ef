"""Periods: what is written, in which zone its edges lie, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.documents.periods import pilot_of, read_period
from sqaudit.errors import InvalidInput
from sqaudit.model.programme import PeriodUnit

NOW = datetime(2026, 11, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "unit", "first", "after"),
    [
        ("2026", "year", "2026-01-01", "2027-01-01"),
        ("2026-Q3", "quarter", "2026-07-01", "2026-10-01"),
        ("2026-Q4", "quarter", "2026-10-01", "2027-01-01"),
        ("2026-10", "month", "2026-10-01", "2026-11-01"),
        ("2024-02", "month", "2024-02-01", "2024-03-01"),
        ("2026-W41", "week", "2026-10-05", "2026-10-12"),
        ("2020-W53", "week", "2020-12-28", "2021-01-04"),
        ("2026-10-05", "day", "2026-10-05", "2026-10-06"),
        ("2026-10-01/2026-10-15", "month", "2026-10-01", "2026-10-16"),
        ("2026-10-01/2026-10-01", "year", "2026-10-01", "2026-10-02"),
        ("2026-11", "month", "2026-11-01", "2026-12-01"),
        ("2026-Q3", "month", "2026-07-01", "2026-10-01"),
        ("2026-10", "year", "2026-10-01", "2026-11-01"),
    ],
)
def test_forms(text, unit, first, after):
    period = read_period(text, PeriodUnit(unit), "America/New_York", NOW)
    assert (period.label, period.start.date().isoformat(), period.end.date().isoformat()) == (text, first, after)
    assert period.start.tzinfo.key == "America/New_York"
    assert period.start.hour == period.end.hour == 0


@pytest.mark.parametrize("text", ["2026", "2026-Q3", "2026-10", "2026-W41", "2026-10-05", "2026-10-05/2026-10-15"])
def test_a_trial_has_the_edges_of_the_real_period_and_a_label_of_its_own(text):
    real, trial = (read_period(label, PeriodUnit.MONTH, "Asia/Shanghai", NOW) for label in (text, f"{text}-pilot"))
    assert (trial.start, trial.end, trial.label) == (real.start, real.end, f"{text}-pilot")
    assert (trial.is_pilot, real.is_pilot) == (True, False)
    assert pilot_of(text) == pilot_of(pilot_of(text)) == trial.label


def test_a_trial_without_period_is_that_of_the_last_complete_one():
    assert read_period(pilot_of(None), PeriodUnit.MONTH, "UTC", NOW).label == "2026-10-pilot"


@pytest.mark.parametrize(
    ("unit", "label"),
    [("day", "2026-11-14"), ("week", "2026-W45"), ("month", "2026-10"), ("quarter", "2026-Q3"), ("year", "2025")],
)
def test_without_text_the_last_complete_one(unit, label):
    assert read_period(None, PeriodUnit(unit), "UTC", NOW).label == label


def test_what_is_complete_depends_on_the_zone():
    """At 20:00 in UTC the new month has begun in Shanghai, and not in New York."""
    evening = datetime(2026, 10, 31, 20, tzinfo=UTC)
    assert read_period(None, PeriodUnit.MONTH, "Asia/Shanghai", evening).label == "2026-10"
    assert read_period(None, PeriodUnit.MONTH, "America/New_York", evening).label == "2026-09"


def test_a_day_with_a_clock_change_has_its_true_length():
    period = read_period("2026-10-25", PeriodUnit.DAY, "Europe/Berlin", NOW)
    assert period.end.astimezone(UTC) - period.start.astimezone(UTC) == timedelta(hours=25)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2027", "SQA701"), ("2026-12-01/2026-12-02", "SQA701"),
        ("last month", "SQA702"), ("2026-13", "SQA702"), ("2026-W54", "SQA702"), ("2021-W53", "SQA702"),
        ("2026-02-30", "SQA702"), ("2026-Q5", "SQA702"), ("0000", "SQA702"), ("9999", "SQA702"), ("", "SQA702"),
        ("2027-pilot", "SQA701"), ("-pilot", "SQA702"), ("2026-10-pilot-pilot", "SQA702"), ("2026-10_pilot", "SQA702"),
        ("pilot-pilot", "SQA702"), ("2026-10-15/2026-10-01", "SQA702"),
        ("2026-10/2026-11", "SQA702"), ("9999-12-31", "SQA702"),
    ],
)  # fmt: skip
def test_what_is_refused(text, code):
    with pytest.raises(InvalidInput) as caught:
        read_period(text, PeriodUnit.YEAR, "UTC", NOW)
    assert caught.value.code == code
    assert caught.value.hint is not None


@given(st.sampled_from(list(PeriodUnit)), st.integers(0, 3_000_000_000))
def test_the_last_complete_period_is_over_and_reads_as_its_own_label(unit, moment):
    now = datetime.fromtimestamp(moment, UTC)
    period = read_period(None, unit, "Europe/Berlin", now)
    assert period.end.astimezone(UTC) <= now
    assert read_period(period.label, unit, "Europe/Berlin", now) == period
