"""Boston 311: twelve months by queue against a computation of our own, and against the status the city publishes."""

from __future__ import annotations

import csv
import gzip
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

pytestmark = pytest.mark.thorough

MONTHS = [f"2015-{month:02}" for month in range(1, 13)]
BOSTON = ZoneInfo("America/New_York")
SNAPSHOT = datetime(2016, 1, 13, tzinfo=BOSTON)
PUBLISHED_STATUSES = 34_753
CHANNELS = {
    "by-phone": "Constituent Call",
    "by-web": "Self Service",
    "by-app": "Citizens Connect App",
    "by-staff": "Employee Generated",
    "by-staff-app": "City Worker App",
    "by-system": "Maximo Integration",
    "by-social": "Twitter",
}


class Request(NamedTuple):
    queue: str
    opened: datetime
    due: datetime | None
    closed: datetime | None
    said: str
    source: str

    @property
    def in_time(self) -> bool:
        return self.due is None or (self.closed is not None and _at(self.closed) <= _at(self.due))

    @property
    def overdue(self) -> bool:
        return self.closed is None and self.due is not None and _at(self.due) < _at(SNAPSHOT)


class Expected(NamedTuple):
    value: float | None
    n: int


def _at(moment: datetime) -> float:
    # Two moments of one zone compare by their wall clocks; only their distance from the epoch is the real time.
    return moment.timestamp()


def _moment(text: str) -> datetime | None:
    return datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=BOSTON) if text else None


def _month(moment: datetime) -> str:
    return f"{moment:%Y-%m}"


def _read(path: Path) -> list[Request]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [
            Request(
                row["QUEUE"],
                _moment(row["OPEN_DT"]),
                _moment(row["TARGET_DT"]),
                _moment(row["CLOSED_DT"]),
                row["OnTime_Status"],
                row["Source"],
            )
            for row in csv.DictReader(file)
        ]


def _share(verdicts: Iterable[bool]) -> Expected:
    verdicts = list(verdicts)
    return Expected(sum(verdicts) / len(verdicts) if verdicts else None, len(verdicts))


def _quantile(seconds: Sequence[int], q: Fraction) -> Expected:
    """Type 7: linear between the two order statistics around (n - 1) q."""
    if not seconds:
        return Expected(None, 0)
    ordered = sorted(seconds)
    place = (len(ordered) - 1) * q
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return Expected(float(ordered[below] + (place - below) * (ordered[above] - ordered[below])), len(ordered))


def _expect(opened: Sequence[Request], closings: int) -> dict[str, Expected]:
    """All values of one queue and month, from the requests opened in it and the number closed in it."""
    closed = [request for request in opened if request.closed]
    durations = [int(_at(request.closed) - _at(request.opened)) for request in closed]
    decided = [request for request in opened if request.due and (request.closed or request.overdue)]
    stated = [request for request in closed if request.said]
    overdue = [request.overdue for request in opened]
    return {
        "closed-in-time": _share(request.in_time for request in closed),
        "due-dates-kept": _share(request.in_time for request in decided),
        "time-to-close-p50": _quantile(durations, Fraction(1, 2)),
        "time-to-close-p90": _quantile(durations, Fraction(9, 10)),
        "open-overdue": _share(overdue),
        "open-overdue-count": Expected(sum(overdue), len(opened)),
        "said-on-time-agrees": _share(request.in_time == (request.said == "ONTIME") for request in stated),
        "requests-opened": Expected(len(opened), len(opened)),
        "requests-closed": Expected(closings, closings),
        **{item: _share(request.source == name for request in opened) for item, name in CHANNELS.items()},
    }


class Boston(NamedTuple):
    audit: Any
    requests: list[Request]
    results: list[dict[str, Any]]


@pytest.fixture(scope="session")
def boston(worked_audit) -> Boston:
    audit = worked_audit("boston-311", "city-requests", "boston_311/cases.csv.gz")
    for month in MONTHS:
        audit.run(month)
    return Boston(audit, _read(audit.records), audit.rows("results"))


def test_the_documents_are_without_problems(boston):
    checked = boston.audit.sqaudit("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_value_of_every_queue_and_month_equals_an_independent_computation(boston):
    opened, closings = defaultdict(list), defaultdict(int)
    for request in boston.requests:
        opened[request.queue, _month(request.opened)].append(request)
        if request.closed:
            closings[request.queue, _month(request.closed)] += 1
    queues = sorted({request.queue for request in boston.requests})
    expected = {
        (queue, month, item): value
        for queue in queues
        for month in MONTHS
        for item, value in _expect(opened[queue, month], closings[queue, month]).items()
    }
    measured = {(row["site"], row["period"], row["item"]): row for row in boston.results}
    assert len(boston.results) == len(measured)
    assert measured.keys() == expected.keys()
    differing = [
        (key, expected[key], measured[key]) for key in sorted(expected) if not _agrees(measured[key], expected[key])
    ]
    assert not differing, f"{len(differing)} of {len(expected)} differ, such as {differing[:3]}"


def _agrees(row: dict[str, Any], expected: Expected) -> bool:
    if expected.value is None:
        return row["value"] is None and row["status"] == "no_data" and row["n"] == 0 and bool(row["reason"])
    return (
        row["value"] is not None
        and math.isclose(row["value"], expected.value, rel_tol=1e-9, abs_tol=1e-9)
        and row["n"] == expected.n
        and row["invalid"] == 0
        and row["status"] in {"pass", "fail"}
    )


def test_our_reckoning_agrees_with_every_status_the_city_publishes(boston):
    agreement = [row for row in boston.results if row["item"] == "said-on-time-agrees"]
    assert {row["value"] for row in agreement} == {1.0, None}
    assert sum(row["n"] for row in agreement) == PUBLISHED_STATUSES
    silent = sum(1 for request in boston.requests if request.closed and not request.said)
    assert sum(row["missing"] for row in agreement) == silent


def test_every_open_request_the_city_calls_overdue_is_overdue_at_the_snapshot(boston):
    """Checks the snapshot's moment, which the file does not name."""
    stated = [request for request in boston.requests if request.closed is None and request.due and request.said]
    assert stated
    assert all(request.overdue == (request.said == "OVERDUE") for request in stated)


def test_durations_are_real_time_across_the_change_of_clocks(boston):
    """Otherwise the comparison of quantiles would say nothing about summer time."""
    shifted = [
        request
        for request in boston.requests
        if request.closed and request.opened.utcoffset() != request.closed.utcoffset()
    ]
    assert len(shifted) > 1000


def test_every_row_is_read_and_every_queue_is_known(boston, read_records):
    for month in ("2015-01", "2015-12"):
        (record,) = read_records(boston.audit, month)
        assert record.accepted + record.rejected == record.read == len(boston.requests)
        assert record.rejected == 0
        assert record.unknown_sites == {}
        assert {name: counts.invalid for name, counts in record.columns.items() if counts.invalid} == {}


def test_a_missed_target_leads_back_to_the_late_requests_in_the_file(boston):
    queue, month = "PWDx_Recycling", "2015-06"
    (late,) = [
        row["id"]
        for row in boston.results
        if (row["site"], row["period"], row["item"]) == (queue, month, "closed-in-time")
    ]
    listed = boston.audit.sqaudit("results", "records", late, "--limit", "10000", "--format", "json")
    assert listed.returncode == 0, listed.stderr
    expected = [
        place
        for place, request in enumerate(boston.requests, start=1)
        if request.queue == queue and _month(request.opened) == month and request.closed and not request.in_time
    ]
    assert len(expected) > 100
    assert [int(row["row"]) for row in json.loads(listed.stdout)] == expected


def test_a_queue_without_requests_has_volume_zero_and_no_shares(boston):
    quiet = {
        (row["site"], row["period"]) for row in boston.results if row["item"] == "requests-opened" and row["value"] == 0
    }
    assert quiet
    shares = [
        row
        for row in boston.results
        if (row["site"], row["period"]) in quiet and row["item"] in {"closed-in-time", "open-overdue", *CHANNELS}
    ]
    assert {row["value"] for row in shares} == {None}


def test_a_second_run_of_a_month_makes_no_new_revision(boston):
    boston.audit.run("2015-02")
    assert {row["revision"] for row in boston.audit.rows("results", "--period", "2015-02")} == {1}


def test_scores_of_departments_are_means_over_their_scored_queues(boston):
    scores = boston.audit.rows("scores", "--period", "2015-06")
    regions = {request.queue.partition("_")[0].rstrip("0123456789") for request in boston.requests}
    audits = [row for row in scores if row["level"] == "audit"]
    measured = {row["id"]: row for row in scores if row["level"] == "region"}
    assert measured.keys() == regions
    for region, row in measured.items():
        own = [audit for audit in audits if audit["site"].startswith(region)]
        scored = [audit["score"] for audit in own if audit["score"] is not None]
        if scored:
            assert row["score"] == pytest.approx(math.fsum(scored) / len(scored), abs=1e-9)
        else:
            assert row["score"] is None
            assert row["reason"]
