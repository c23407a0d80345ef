"""Real records: requests to the city of Boston by department, against a computation of our own in DuckDB and Python.

The plugin's standard is fitted to them as any house would: by a standard that extends it.
"""

from __future__ import annotations

import csv
import gzip
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

BOSTON = ZoneInfo("America/New_York")
SNAPSHOT = datetime(2016, 1, 13, tzinfo=BOSTON)
END_OF_JUNE = datetime(2015, 7, 1, tzinfo=BOSTON)
WINDOW = timedelta(days=30)
HOURS, HOUSEHOLDS = 72, 25
DEPARTMENTS = ("ANML", "BTDT", "BWSC", "INFO", "ISD", "PARK", "PROP", "PWDx")

STANDARD = """\
kind: standard
id: city-service
version: "1.0.0"
title: {en: Requests to the city, zh: 市民诉求}
extends: property-service@1
datasets:
  repairs:
    columns:
      repair: text
      estate: text
      address: {type: text, optional: true}
      kind: {type: text, optional: true}
      priority: {type: text, optional: true}
      reported_at: timestamp
      arrived_at: {type: timestamp, optional: true}
      due_at: {type: timestamp, optional: true}
      done_at: {type: timestamp, optional: true, min: reported_at}
      confirmed: {type: boolean, optional: true}
  complaints:
    columns:
      complaint: text
      estate: text
      household: text
      about: text
      received_at: timestamp
"""
CHECKLIST = f"""\
kind: checklist
id: at-the-snapshot
standard: city-service@1
dataset: repairs
items:
  - {{id: snapshot-backlog, measure: "overdue_backlog(reported_at, done_at, due_at, as_of)"}}
  - {{id: days-to-close, measure: "median(elapsed(reported_at, done_at)) / INTERVAL 1 DAY"}}
  - {{id: waves, dataset: group-complaints, measure: "group_complaints(households, before, {HOUSEHOLDS})"}}
"""


def programme(template_query):
    source = """
    path: cases.csv.gz
    site: Department
    {time}
    read: {{dates: ["%m/%d/%Y %I:%M:%S %p"]}}
    columns: {{{columns}}}"""
    times = "reported_at: OPEN_DT, due_at: TARGET_DT, done_at: CLOSED_DT"
    repairs = f"repair: CASE_ENQUIRY_ID, estate: Department, address: Location, kind: TYPE, {times}"
    nothing = "priority: CAST(NULL AS VARCHAR), arrived_at: CAST(NULL AS TIMESTAMP), confirmed: CAST(NULL AS BOOLEAN)"
    complaints = (
        "complaint: CASE_ENQUIRY_ID, estate: Department, household: Location, about: TYPE, received_at: OPEN_DT"
    )
    at = 'time: reported_at\n    as_of: "2016-01-13T00:00:00-05:00"'
    return f"""\
kind: programme
id: boston
standard: city-service@1
checklists: [repair-desk, at-the-snapshot]
sites: [{", ".join(f"{{id: {name}}}" for name in DEPARTMENTS)}]
period: month
timezone: America/New_York
calendar: {{open: "Mon-Fri 08:00-17:00", holidays: {{country: US, subdivision: MA}}}}
sources:
  repairs: {source.format(time=at, columns=f"{repairs}, {nothing}")}
  repair-book: {source.format(time="", columns=times)}
  complaints: {source.format(time="time: received_at", columns=complaints)}
{template_query}
"""


@pytest.fixture(scope="module")
def boston(tmp_path_factory, project_in, data_set, template_sources):
    """A year of requests at the snapshot, and June as it was at its end."""
    records = data_set("boston_311/cases.csv.gz")
    project = project_in(tmp_path_factory.mktemp("boston"))
    project.write(
        {
            "sqaudit.yaml": "project: boston\nrequires: [property >=0.1]\n",
            "standards/city/standard.yaml": STANDARD,
            "standards/city/checklists/at-the-snapshot.yaml": CHECKLIST,
            "audits/boston/programme.yaml": programme(template_sources("repeats", "group-complaints")),
        }
    )
    (project.folder / "audits/boston/cases.csv.gz").write_bytes(records.read_bytes())
    found = {}
    for period in ("2015", "2015-06"):
        project.run("run", "boston", "--period", period)
        found |= {
            (period, row["site"], row["item"]): row
            for row in project.rows("results", "--period", period)
            if not row["group"]
        }
    return project, records, found


def moment(text):
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=BOSTON) if text else None


@pytest.fixture(scope="module")
def requests(boston):
    """The requests by department: opened, due, closed, kind and address."""
    by_department = defaultdict(list)
    with gzip.open(boston[1], "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            times = (moment(row[name]) for name in ("OPEN_DT", "TARGET_DT", "CLOSED_DT"))
            by_department[row["Department"]].append((*times, row["TYPE"], row["Location"]))
    return by_department


def at(when):
    """Moments of one zone compare by their wall clocks; this is the real time."""
    return when.timestamp()


def test_service_levels_and_volume_equal_a_query_over_the_file(boston):
    """In DuckDB over the file itself: promised dates that were kept, of those kept or over; requests; median days."""
    _, records, found = boston
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'America/New_York'")
    read = "CAST(strptime({0}, '%m/%d/%Y %I:%M:%S %p') AS TIMESTAMPTZ)"
    times = ", ".join(
        f"{read.format(column)} AS {name}"
        for column, name in (("OPEN_DT", "o"), ("TARGET_DT", "d"), ("CLOSED_DT", "c"))
    )
    rows = connection.execute(f"""
        WITH r AS (SELECT Department AS department, {times} FROM read_csv('{records}', all_varchar = true))
        SELECT department, count(*),
          count(*) FILTER (WHERE c <= d) / nullif(count(*) FILTER (WHERE d IS NOT NULL AND (c IS NOT NULL OR d <= TIMESTAMPTZ '{SNAPSHOT.isoformat()}')), 0),
          quantile_cont((epoch_us(c) - epoch_us(o)) / 86400e6, 0.5)
        FROM r GROUP BY department
    """).fetchall()
    expected = {department: (count, kept, days) for department, count, kept, days in rows if department in DEPARTMENTS}
    assert expected.keys() == set(DEPARTMENTS)
    for department, (count, kept, days) in expected.items():
        assert found["2015", department, "repairs-reported"]["value"] == count
        promise = found["2015", department, "promise-kept"]["value"]
        assert promise == (None if kept is None else pytest.approx(kept, rel=1e-9)), department
        assert found["2015", department, "days-to-close"]["value"] == pytest.approx(days, rel=1e-9), department
    assert sum(count for count, *_ in expected.values()) == 41_378  # the one request of no department is left out


@pytest.mark.parametrize(
    ("period", "item", "when"),
    [("2015", "snapshot-backlog", SNAPSHOT), ("2015-06", "repair-backlog", END_OF_JUNE)],
    ids=["at the snapshot", "as it was at the end of June"],
)
def test_the_open_and_overdue_equal_a_count_by_hand(boston, requests, period, item, when):
    for department in DEPARTMENTS:
        still_open = [
            due
            for opened, due, closed, *_ in requests[department]
            if at(opened) <= at(when) and (closed is None or at(closed) > at(when)) and due is not None
        ]
        overdue = sum(at(due) <= at(when) for due in still_open)
        result = boston[2][period, department, item]
        known = [one for one in requests[department] if at(one[0]) <= at(when)]
        assert result["n"] == sum(closed is not None and at(closed) <= at(when) for _, _, closed, *_ in known) + len(
            still_open
        )
        if known:
            assert result["value"] == pytest.approx(overdue / len(still_open) if still_open else 0), department


def test_repeats_at_the_same_address_equal_a_count_by_hand(boston, requests):
    """Of requests whose 30 days after closing ended in June: the same kind at the same address within them."""
    begins, ends = datetime(2015, 6, 1, tzinfo=BOSTON), END_OF_JUNE
    judged = 0
    for department in DEPARTMENTS:
        opened = defaultdict(list)
        for came, _, _, kind, address in requests[department]:
            opened[kind, address].append(at(came))
        closed = [
            (at(done), kind, address)
            for _, _, done, kind, address in requests[department]
            if done and address and at(begins) <= at(done) + WINDOW.total_seconds() < at(ends)
        ]
        again = [
            any(done < came <= done + WINDOW.total_seconds() for came in opened[kind, address])
            for done, kind, address in closed
        ]
        result = boston[2]["2015-06", department, "repair-held"]
        assert result["n"] == len(again), department
        assert result["value"] == (pytest.approx(sum(again) / len(again)) if again else None), department
        judged += sum(again)
    assert judged > 50


def test_waves_of_requests_equal_a_count_by_hand(boston, requests):
    """How often requests of one kind came from so many addresses within three days, in June."""
    total = 0
    for department in DEPARTMENTS:
        by_kind = defaultdict(list)
        for came, _, _, kind, address in requests[department]:
            if address:
                by_kind[kind].append((at(came), address))
        waves = 0
        for came in by_kind.values():
            came.sort()
            moments = [when for when, _ in came]
            before = 0
            for now in dict.fromkeys(moments):
                window = came[bisect_right(moments, now - HOURS * 3600) : bisect_right(moments, now)]
                households = len({address for _, address in window})
                june = at(datetime(2015, 6, 1, tzinfo=BOSTON)) <= now < at(END_OF_JUNE)
                waves += june and households >= HOUSEHOLDS > before
                before = households
        result = boston[2]["2015-06", department, "waves"]
        assert (result["value"] or 0) == waves, department
        total += waves
    assert total > 3
