"""Business clocks from calendar to result: every value that a run gives, against open time as pure arithmetic."""

import csv
import io
import json
import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from sqaudit.calendars.business import due, open_seconds, openings
from sqaudit.documents.calendars import build_calendar

STANDARD = """
kind: standard
id: desk
version: "1.0"
dimensions: {speed: {}}
datasets:
  calls:
    columns: {at: timestamp, done: {type: timestamp, optional: true}, id: {type: integer, optional: true}}
criteria: [{id: c, dimension: speed, target: ">= 0"}]
"""
CHECKLIST = """
kind: checklist
id: list
standard: desk@1
dataset: calls
items:
  - {criterion: c, id: n, measure: count(*)}
  - {id: spent, measure: "mean(business(at, done))"}
  - {id: longest, measure: "max(business(at, done))"}
  - {id: p90, measure: "p90(business(at, done))"}
  - {id: elapsed, measure: "mean(elapsed(at, done))"}
  - {id: within, measure: "on_time(done, business_after(at, INTERVAL 9 HOUR))"}
  - {id: quick, measure: "share(business(at, done) <= INTERVAL 4 HOUR)"}
  - {id: ahead, measure: "mean(elapsed(at, business_after(at, INTERVAL 13 HOUR)))"}
  - {id: chained, measure: "mean(business(at, business_after(at, INTERVAL 3 HOUR)))"}
  - {id: picked, measure: count(*), where: "business(at, done) > INTERVAL 90 MINUTE"}
"""
CALENDARS = {
    # Make-up days: Sunday 4 February, Sunday 18 February, Sunday 7 April 2024; closed from 10 to 17 February.
    "shanghai": {"open": "Mon-Fri 09:00-12:00, 13:00-18:00", "holidays": "CN"},
    "new-york": {"open": "Mon-Sun 00:00-24:00"},
    "shop": {"open": "Mon-Sat 08:30-17:15", "holidays": "US", "special": {"2024-03-10": "01:00-04:30"}},
    "night": {"open": "Mon-Sun 22:00-06:00", "closed": ["2024-03-11"]},
}
PROJECT = f"project: clocks\ncalendars: {json.dumps(CALENDARS)}\n"
CASES = {
    "make-up days": ("2024-02", [("x", "shanghai", "Asia/Shanghai")], datetime(2024, 2, 1)),
    "spring": (
        "2024-03",
        [("x", "new-york", "America/New_York"), ("y", "shop", "America/New_York")],
        datetime(2024, 3, 8),
    ),
    "autumn": (
        "2024-11",
        [("x", "night", "America/New_York"), ("y", "new-york", "America/New_York")],
        datetime(2024, 11, 1),
    ),
    "night shift in spring": ("2024-03", [("x", "night", "America/New_York")], datetime(2024, 3, 8)),
    "several zones": (
        "2024-04",
        [
            ("x", "shanghai", "Asia/Shanghai"),
            ("y", "shop", "America/New_York"),
            ("z", "night", "Europe/London"),
            ("w", "night", "Australia/Lord_Howe"),
        ],
        datetime(2024, 4, 4),
    ),
}


def calls(seed, sites, start, count=120):
    """Each call's site, begin and end on the site's wall; some ends are missing, some before the begin."""
    choose = random.Random(seed)
    rows = []
    for number in range(count):
        at = start + timedelta(seconds=choose.randrange(8 * 86_400))
        done = at + timedelta(seconds=choose.choice([0, 1, 600, 30_000, 90_000, 400_000]) + choose.randrange(5_000))
        rows.append((number, choose.choice(sites)[0], at, choose.choice([None, *[done] * 8, at - timedelta(hours=5)])))
    return rows


def mean(values):
    return float(sum(values)) / len(values) if values else None


def type_7(values, share):
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def expected(rows, site, calendar, zone, period_end):
    """The results of one site by the pure functions of sqaudit.calendars.business."""
    opened = openings(build_calendar("c", CALENDARS[calendar]), zone, date(2024, 1, 1), date(2025, 2, 1))
    spent, ahead, chained, met, elapsed, n = [], [], [], [], [], 0
    for _, place, at, done in rows:
        if place != site:
            continue
        n += 1
        start = at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        end = None if done is None else done.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        limit = due(opened, start, 9 * 3600)
        ahead.append((due(opened, start, 13 * 3600) - start).total_seconds())
        chained.append(open_seconds(opened, start, due(opened, start, 3 * 3600)))
        if end is None:
            if limit <= period_end:
                met.append(False)
            continue
        elapsed.append((end - start).total_seconds())
        seconds = open_seconds(opened, start, end)
        if seconds is not None:
            spent.append(seconds)
        met.append(end <= limit)
    return {
        "n": n,
        "spent": mean(spent),
        "longest": max(spent),
        "p90": type_7(spent, 0.9),
        "elapsed": mean(elapsed),
        "within": mean(met),
        "quick": mean([seconds <= 4 * 3600 for seconds in spent]),
        "ahead": mean(ahead),
        "chained": mean(chained),
        "picked": sum(seconds > 90 * 60 for seconds in spent),
    }


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("case", sorted(CASES))
def test_open_time_of_a_run_is_that_of_the_calendar(project, case, suffix):
    period, sites, start = CASES[case]
    rows = calls(case, sites, start)
    listed = ", ".join(f"{{id: {site}, calendar: {calendar}, timezone: {zone}}}" for site, calendar, zone in sites)
    p = project({"standards/desk/standard.yaml": STANDARD, "standards/desk/list.yaml": CHECKLIST})
    p.remove("audits")
    p.write(
        "audits/a/programme.yaml",
        f"kind: programme\nid: a\nstandard: desk@1\nchecklists: [list]\nsites: [{listed}]\n"
        f"period: month\ntimezone: {sites[0][2]}\n"
        f"sources: {{calls: {{path: calls.{suffix}, site: site, time: at}}}}\n",
    )
    p.write("sqaudit.yaml", PROJECT)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "site", "at", "done"])
    writer.writerows((number, site, at, done or "") for number, site, at, done in rows)
    p.write("audits/a/calls.csv", out.getvalue())
    if suffix == "parquet":
        with duckdb.connect() as connection:
            kept = 'id, site, CAST("at" AS TIMESTAMP) AS "at", CAST(done AS TIMESTAMP) AS done'
            read = f"SELECT {kept} FROM read_csv('{p.folder / 'audits/a/calls.csv'}')"
            connection.execute(f"COPY ({read}) TO '{p.folder / 'audits/a/calls.parquet'}' (FORMAT parquet)")
    outcome = p.run("run", "a", "--period", period)
    assert outcome.code == 0, outcome.text
    results = json.loads(p.run("results", "list", "--format", "json").out)
    edge = datetime(2024, int(period[-2:]) % 12 + 1, 1, tzinfo=ZoneInfo(sites[0][2]))
    assert edge > datetime(2024, 2, 1, tzinfo=UTC)
    for site, calendar, zone in sites:
        found = {row["item"]: row["value"] for row in results if row["site"] == site}
        wanted = expected(rows, site, calendar, zone, edge.astimezone(UTC))
        assert found == pytest.approx(wanted, abs=1e-6), (case, site)


def test_a_site_without_calendar_is_refused_where_open_time_is_counted(project):
    """It is named before anything runs."""
    p = project({"standards/desk/standard.yaml": STANDARD, "standards/desk/list.yaml": CHECKLIST})
    p.remove("audits")
    p.write(
        "audits/a/programme.yaml",
        "kind: programme\nid: a\nstandard: desk@1\nchecklists: [list]\n"
        "sites: [{id: x, calendar: shop}, {id: y}]\nperiod: month\n"
        "sources: {calls: {path: calls.csv, site: site, time: at}}\n",
    )
    p.write("sqaudit.yaml", PROJECT)
    p.write(
        "audits/a/calls.csv", "site,at,done\nx,2024-03-05 09:00,2024-03-05 10:00\ny,2024-03-05 09:00,2024-03-05 10:00\n"
    )
    outcome = p.run("run", "a", "--period", "2024-03")
    assert outcome.code == 2
    assert "SQA332 'spent' counts open time, and site 'y' of programme 'a' has no calendar" in outcome.text
