"""What accepted rows hold, told by aggregates, and never outside the years that Python knows."""

from datetime import UTC, datetime, timedelta

import pytest

from sqaudit.model.measuring import StagedDataset
from sqaudit.model.standard import Column, ColumnType
from sqaudit.sources.tallies import EARLIEST, NEWEST, ROWS, is_stale, sure_of, tally_aggregates, tally_of

FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
COLUMNS = {
    "at": Column(name="at", type=ColumnType.TIMESTAMP, optional=True),
    "id": Column(name="id", type=ColumnType.TEXT),
    "mark": Column(name="mark", type=ColumnType.INTEGER, optional=True),
    "note": Column(name="note", type=ColumnType.TEXT, optional=True),
}
STAGED = StagedDataset(dataset="d", table="d", columns=COLUMNS, time="at", sure=frozenset({"note"}))


def test_only_what_is_not_known_already_is_asked():
    """Required columns and the time are there in every accepted row; sure ones hold nothing that is bad."""
    assert [*tally_aggregates(STAGED, "UTC")] == [ROWS, EARLIEST, NEWEST, ":valid mark", ":invalid mark"]


def test_a_tally_says_what_the_totals_say():
    found = {ROWS: 10, EARLIEST: 0, NEWEST: 86_400_000_000, ":valid mark": 6, ":invalid mark": 1}
    tally = tally_of(STAGED, found)
    assert (tally.accepted, tally.earliest, tally.newest) == (
        10,
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1970, 1, 2, tzinfo=UTC),
    )
    cells = tally.columns["mark"]
    assert (cells.valid, cells.invalid, cells.missing) == (6, 1, 3)
    assert (tally.columns["id"].valid, tally.columns["at"].valid) == (10, 10)
    assert tally.invalid == 1
    assert "mark" not in sure_of(tally)


def test_of_no_row_nothing_is_known():
    tally = tally_of(STAGED, dict.fromkeys([ROWS, EARLIEST, NEWEST, ":valid mark", ":invalid mark"]))
    assert (tally.accepted, tally.earliest, tally.newest, tally.invalid) == (0, None, None, 0)


@pytest.mark.parametrize(("microseconds", "edge"), [(9 * 10**18, LAST), (-9 * 10**18, FIRST)])
def test_moments_beyond_the_years_are_held_at_their_edge(microseconds, edge):
    tally = tally_of(STAGED, {ROWS: 1, EARLIEST: microseconds, NEWEST: microseconds})
    assert tally.newest == edge


@pytest.mark.parametrize(("age", "stale"), [(0, False), (60, False), (61, True), (-5, False), (None, True)])
def test_records_are_stale_when_the_newest_is_too_old_or_there_is_none(age, stale):
    as_of = datetime(2024, 3, 1, tzinfo=UTC)
    newest = None if age is None else as_of - timedelta(seconds=age)
    assert is_stale(newest, 60, as_of) is stale
    assert is_stale(newest, None, as_of) is False


def test_days_begin_at_midnight_in_the_zone():
    days = {"on": Column(name="on", type=ColumnType.DATE)}
    staged = StagedDataset(dataset="d", table="d", columns=days, time="on")
    assert "timezone('Asia/Tokyo'" in tally_aggregates(staged, "Asia/Tokyo")[EARLIEST]
