"""Longer periods are made of whole shorter ones, or of none."""

from datetime import UTC, datetime

import pytest

from sqaudit.errors import InvalidInput
from sqaudit.model.programme import Cycle, CycleState, PeriodUnit, Revision
from sqaudit.workflow.spans import cycles_within, periods_within, read_span

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "unit", "labels"),
    [
        ("2026-Q3", PeriodUnit.MONTH, ["2026-07", "2026-08", "2026-09"]),
        ("2025", PeriodUnit.QUARTER, ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]),
        ("2026-W41", PeriodUnit.DAY, [f"2026-10-{day:02}" for day in range(5, 12)]),
        ("2026-07-01/2026-08-31", PeriodUnit.MONTH, ["2026-07", "2026-08"]),
        ("2026-07", PeriodUnit.WEEK, []),
        ("2026-07-01/2026-08-15", PeriodUnit.MONTH, []),
        ("2026-07", PeriodUnit.QUARTER, []),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_a_stretch_of_time_is_made_of_periods_whose_edges_meet(text, unit, labels, zone):
    assert [period.label for period in periods_within(read_span(text, zone, NOW), unit, zone)] == labels


@pytest.mark.parametrize("text", ["never", "2027-Q1", "2026-13"])
def test_what_is_no_stretch_of_time_or_lies_ahead_is_none(text):
    assert read_span(text, "UTC", NOW) is None


def test_what_has_not_been_collected_is_named():
    def cycle(label, *revisions):
        return Cycle(programme="m", period=label, start=NOW, end=NOW, state=CycleState.OPEN, revisions=tuple(revisions))

    revision = Revision(number=1, fingerprint="f", recorded_at=NOW, inputs={})
    span = read_span("2026-Q3", "UTC", NOW)
    cycles = [cycle("2026-07", revision), cycle("2026-08")]
    with pytest.raises(InvalidInput, match="2026-08, 2026-09"):
        cycles_within(cycles, span, PeriodUnit.MONTH, "UTC")
    whole = [cycle(label, revision) for label in ("2026-09", "2026-07", "2026-08", "2026-06")]
    found = cycles_within(whole, span, PeriodUnit.MONTH, "UTC")
    assert [one.period for one in found] == ["2026-07", "2026-08", "2026-09"]
    assert cycles_within(whole, read_span("2026-07", "UTC", NOW), PeriodUnit.MONTH, "UTC") == []
