"""Naive times become the moments that Python's zoneinfo says, first reading of a doubled hour."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ZONES = ("America/New_York", "Australia/Lord_Howe", "Europe/London", "Asia/Shanghai", "America/Sao_Paulo", "UTC")


def expected(local: datetime, zone: str) -> str:
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_in_zone(staging, columns, project, locals_, zone):
    (project / "t.csv").write_text("at\n" + "\n".join(at.isoformat(" ") for at in locals_) + "\n")
    with staging(project, columns(at="timestamp?"), paths=("t.csv",), zone=zone) as staged:
        return staged.moments("at")


@pytest.mark.parametrize("zone", ZONES)
def test_every_quarter_hour_around_changes_of_the_clock(staging, columns, tmp_path, zone):
    """Autumn folds and spring gaps of 2024 (and Sao Paulo's of 2018, at midnight), three days around each."""
    starts = [datetime(2024, 3, 9), datetime(2024, 3, 30), datetime(2024, 4, 6), datetime(2024, 10, 5)]
    starts += [datetime(2024, 10, 26), datetime(2024, 11, 2), datetime(2018, 2, 17), datetime(2018, 11, 3)]
    times = [start + timedelta(minutes=15 * step) for start in starts for step in range(3 * 96)]
    assert read_in_zone(staging, columns, tmp_path, times, zone) == [expected(at, zone) for at in times]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return tmp_path_factory.mktemp("moments")


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.lists(st.datetimes(datetime(1975, 1, 1), datetime(2036, 12, 31)), min_size=1, max_size=50),
)
def test_any_time_in_any_zone(staging, columns, project, zone, times):
    times = [at.replace(microsecond=0) for at in times]
    assert read_in_zone(staging, columns, project, times, zone) == [expected(at, zone) for at in times]


def test_written_offsets_count_whatever_the_zone(staging, columns, tmp_path):
    written = {
        "2024-01-05T10:00:00Z": "2024-01-05T10:00:00Z",
        "2024-01-05T10:00Z": "2024-01-05T10:00:00Z",
        "2024-01-05T10:00:00+02:00": "2024-01-05T08:00:00Z",
        "2024-01-05 10:00:00 +0530": "2024-01-05T04:30:00Z",
        "2024-01-05 10:00:00.5-03": "2024-01-05T13:00:00Z",
        "2024-01-05T10:00:00+25:00": None,
        "2024/01/05 05:00:00+01": "2024-01-05T04:00:00Z",
    }
    (tmp_path / "t.csv").write_text("at\n" + "\n".join(written) + "\n")
    read = {"dates": ("%Y/%m/%d %H:%M:%S%z",)}
    with staging(tmp_path, columns(at="timestamp?"), paths=("t.csv",), zone="America/New_York", read=read) as staged:
        assert staged.moments("at") == list(written.values())


def test_each_site_has_its_own_zone_and_unknown_sites_the_project_s(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("site,at\n" + "".join(f"{site},2024-11-03 01:30\n" for site in "abcd"))
    zones = {"a": "America/New_York", "b": "Asia/Shanghai", "c": "America/New_York"}
    with staging(
        tmp_path, columns(at="timestamp", site="text"), paths=("t.csv",), site="site", time="at", zones=zones
    ) as staged:
        moments = dict(zip(staged.column(":site"), staged.moments("at"), strict=True))
    assert moments == {
        "a": "2024-11-03T05:30:00Z",
        "b": "2024-11-02T17:30:00Z",
        "c": "2024-11-03T05:30:00Z",
        "d": "2024-11-03T01:30:00Z",
    }


def test_a_date_is_the_local_day_of_a_moment(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("day\n2024-01-05\n2024-01-05 23:30\n2024-01-05T03:00:00Z\n")
    with staging(tmp_path, columns(day="date"), paths=("t.csv",), zone="America/New_York") as staged:
        assert [day.isoformat() for day in staged.column("day")] == ["2024-01-05", "2024-01-05", "2024-01-04"]


def test_sentinels_at_the_edge_of_time_do_no_harm(staging, columns, tmp_path):
    (tmp_path / "t.csv").write_text("at\n0001-01-01T00:00:00\n0000-01-01\n9999-12-31 23:59:59\ninfinity\nepoch\n")
    with staging(tmp_path, columns(at="timestamp?"), paths=("t.csv",), time="at", zone="Asia/Shanghai") as staged:
        assert staged.record.rejected == 4
        assert staged.record.newest == datetime(9999, 12, 31, 15, 59, 59, tzinfo=UTC)
