"""Parquet limited to a stretch of time while it is read: no row of it is lost in any zone, no other is looked at."""

import random
import zoneinfo
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from sqaudit.engines.duckdb import open_engine, temporary_folder
from sqaudit.expressions.gate import check_file_expression
from sqaudit.model.ports import Collected
from sqaudit.model.programme import Source
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.sources.moments import offsets_of
from sqaudit.sources.preparing import prepare_source
from sqaudit.sources.scanning import Window, scanned_rows, within
from sqaudit.sources.staging import lay_scan, scanned_record

FAR_APART = ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Etc/GMT+12", "Etc/GMT-14", "UTC")
CHANGING = (
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "America/Recife",
    "Asia/Amman",
    "Asia/Shanghai",
)


def written(path, times, kind):
    listed = ", ".join("NULL" if time is None else f"'{time}'" for time in times)
    selected = f'CAST(unnest([{listed}]) AS {kind}) AS "at", unnest(range({len(times)})) AS id'
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"COPY (SELECT {selected}) TO '{path}' (FORMAT parquet)")


def ids(project, declared, *, zone, site_zone=None, window=None, path="d.parquet"):
    """The accepted rows of a source whose only site is in ``site_zone``; with what is known of them."""
    columns = {"at": Column(name="at", type=declared), "id": Column(name="id", type=ColumnType.INTEGER)}
    source = Source(dataset="d", paths=(path,), time="at")
    collected = Collected(paths=(project / path,))
    with temporary_folder() as folder:
        dataset = Dataset(id="d", columns=columns)
        prepared = prepare_source(source, dataset, collected, folder=folder, project=project)
        with open_engine(folder=folder, files=prepared.readable, zones=(zone,), threads=1) as engine:
            zones = {"one": site_zone} if site_zone else {}
            scan = lay_scan(
                engine, prepared, zones=zones, zone=zone, to_sql=check_file_expression, only_site="one", window=window
            )
            record = scanned_record(engine, scan, as_of=datetime(2025, 1, 1, tzinfo=UTC), rejects=None)
            asked = None if window is None else within(columns, window)
            seen = [row[0] for row in engine.query('SELECT id FROM "d" ORDER BY id')]
            looked_at = engine.query(f'SELECT count(*) FROM "{scanned_rows("d")}"')[0][0]
            return seen, record, looked_at, asked


def inside(project, declared, zone, site_zone, window):
    """The same without limits, told afterwards."""
    columns = {"at": Column(name="at", type=declared), "id": Column(name="id", type=ColumnType.INTEGER)}
    source = Source(dataset="d", paths=("d.parquet",), time="at")
    with temporary_folder() as folder:
        prepared = prepare_source(
            source,
            Dataset(id="d", columns=columns),
            Collected(paths=(project / "d.parquet",)),
            folder=folder,
            project=project,
        )
        with open_engine(folder=folder, files=prepared.readable, zones=(zone,), threads=1) as engine:
            lay_scan(
                engine, prepared, zones={"one": site_zone}, zone=zone, to_sql=check_file_expression, only_site="one"
            )
            rows = engine.query(f'SELECT id FROM "d" WHERE {within(columns, window)} ORDER BY id')
            return [row[0] for row in rows]


@pytest.mark.parametrize("kind", ["TIMESTAMP", "TIMESTAMPTZ", "DATE", "TIMESTAMP_S", "TIMESTAMP_NS", "VARCHAR"])
@pytest.mark.parametrize("declared", [ColumnType.TIMESTAMP, ColumnType.DATE])
def test_no_row_of_the_window_is_lost_in_any_zone(tmp_path, kind, declared):
    """Edges on changes of the clocks, zones 26 hours apart, and moments every half hour around both edges."""
    choose = random.Random(f"{kind} {declared}")
    zones = [*FAR_APART, *CHANGING, *choose.sample(sorted(zoneinfo.available_timezones()), 4)]
    for turn in range(8):
        zone, site_zone = choose.sample(zones, 2)
        start = choose.choice(
            [datetime(2024, 3, 10), datetime(2024, 11, 3), datetime(2000, 10, 8), datetime(2024, 4, 7)]
        )
        end = start + timedelta(days=choose.choice([1, 1, 31]))
        times = [edge + timedelta(minutes=30 * step) for edge in (start, end) for step in range(-60, 60)]
        shown = [time.isoformat(" ") + ("+00" if kind == "TIMESTAMPTZ" else "") for time in times]
        written(tmp_path / "d.parquet", [*shown, None], kind)
        here = ZoneInfo(zone)
        window = Window(times=("at",), start=start.replace(tzinfo=here), end=end.replace(tzinfo=here))
        limited, record, *_ = ids(tmp_path, declared, zone=zone, site_zone=site_zone, window=window)
        assert limited == inside(tmp_path, declared, zone, site_zone, window), (turn, zone, site_zone, start)
        assert record.accepted == len(limited) > 0
        assert record.rejected >= 0


def test_rows_whose_moment_is_not_known_are_counted_as_rejected(tmp_path):
    times = ["2024-03-05", None, "infinity", "-infinity", "2023-01-01"]
    written(tmp_path / "d.parquet", times, "TIMESTAMP")
    window = Window(times=("at",), start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 4, 1, tzinfo=UTC))
    seen, record, looked_at, _ = ids(tmp_path, ColumnType.TIMESTAMP, zone="UTC", window=window)
    assert (seen, record.read, record.accepted, record.rejected, looked_at) == ([0], 4, 1, 3, 4)


def test_a_window_tells_days_by_their_dates():
    window = Window(times=("day",), start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 4, 1, tzinfo=UTC))
    sql = within({"day": Column(name="day", type=ColumnType.DATE)}, window)
    assert sql == """(("day" >= CAST('2024-03-01' AS DATE) AND "day" < CAST('2024-04-01' AS DATE)) OR "day" IS NULL)"""


@pytest.mark.parametrize(
    "zone",
    sorted(
        {*FAR_APART, *CHANGING, "Asia/Gaza", "Africa/Freetown", "Europe/Dublin", "Pacific/Apia"}
        | {*random.Random(5).sample(sorted(zoneinfo.available_timezones()), 25)}
    ),
)
def test_the_offsets_of_a_zone_are_pythons_from_1900_to_2099(zone):
    """At every hour that is near a change, and on random ones; of a doubled or skipped hour as fold=0."""
    known = offsets_of(zone)
    starts = [start for start, _ in known]
    choose = random.Random(zone)
    here = ZoneInfo(zone)
    near = [start + step * timedelta(minutes=20) for start in starts[1:] for step in range(-200, 200, 3)]
    first = datetime(1900, 1, 1)
    anywhere = [first + timedelta(minutes=choose.randrange(200 * 365 * 24 * 60)) for _ in range(5_000)]
    weekly = [first + timedelta(days=day, hours=12) for day in range(0, 200 * 365, 3)]
    for wall in [*near, *anywhere, *weekly]:
        if 1900 <= wall.year <= 2099:
            expected = here.utcoffset(wall) // timedelta(microseconds=1)
            assert known[bisect_right(starts, wall) - 1][1] == expected, wall
