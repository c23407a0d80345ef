"""London food hygiene: the rating of every place against the published one, every score against our own."""

from __future__ import annotations

import csv
import gzip
import math
from collections import defaultdict
from typing import Any, NamedTuple

import pytest

PERIOD = "2021"
WITH_POINTS = 7_403
RATED_WITHOUT_POINTS = 126
PLACES = 9_139
AREAS = {"hygiene": "Hygiene", "structural": "Structural", "confidence": "ConfidenceInManagement"}
MOST_POINTS = 25 + 25 + 30


class London(NamedTuple):
    audit: Any
    places: dict[str, dict[str, str]]
    results: list[dict[str, Any]]
    scores: list[dict[str, Any]]
    audits: dict[str, dict[str, Any]]

    def points(self, place: str) -> list[int] | None:
        row = self.places[place]
        return [int(row[column]) for column in AREAS.values()] if row["Hygiene"] else None


@pytest.fixture(scope="session")
def london(worked_audit) -> London:
    audit = worked_audit("london-hygiene", "food-hygiene", "fhrs_london/establishments.csv.gz")
    audit.run(PERIOD)
    with gzip.open(audit.records, "rt", encoding="utf-8", newline="") as file:
        places = {row["FHRSID"]: row for row in csv.DictReader(file)}
    scores = audit.rows("scores")
    audits = {row["site"]: row for row in scores if row["level"] == "audit"}
    return London(audit, places, audit.rows("results"), scores, audits)


def test_the_documents_are_without_problems(london):
    checked = london.audit.sqaudit("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_place_has_an_audit_and_every_item_a_row(london):
    assert len(london.places) == PLACES
    assert london.audits.keys() == london.places.keys()
    assert {(row["site"], row["item"]) for row in london.results} == {
        (place, item) for place in london.places for item in AREAS
    }
    assert len(london.results) == PLACES * len(AREAS)


def test_the_rating_equals_the_published_one_wherever_points_are_published(london):
    published = {place: row["RatingValue"] for place, row in london.places.items() if london.points(place)}
    given = {place: london.audits[place]["rating"] for place in published}
    assert len(published) == WITH_POINTS
    assert given == published


def test_without_points_there_is_a_reason_but_no_rating(london):
    without = {place for place in london.places if london.points(place) is None}
    rated = {place for place in without if london.places[place]["RatingValue"].isdigit()}
    assert len(without) == PLACES - WITH_POINTS
    assert len(rated) == RATED_WITHOUT_POINTS
    for row in london.results:
        if row["site"] in without:
            assert (row["status"], row["value"], row["score"], row["n"]) == ("no_data", None, None, 0)
            assert row["reason"]
    for place in without:
        audit = london.audits[place]
        assert (audit["score"], audit["rating"], audit["coverage"]) == (None, None, 0)
        assert audit["reason"]


def test_values_are_the_published_points(london):
    for row in london.results:
        points = london.places[row["site"]][AREAS[row["item"]]]
        if points:
            assert (row["value"], row["n"]) == (int(points), 1)
            assert row["status"] == ("pass" if int(points) <= 10 else "fail")


def test_a_score_is_100_less_the_points_in_percent_of_the_most_possible(london):
    for place in london.places:
        points = london.points(place)
        if points:
            audit = london.audits[place]
            assert math.isclose(audit["score"], _score(points), abs_tol=1e-9)
            assert audit["coverage"] == 1


def _score(points: list[int]) -> float:
    return 100 - 100 * sum(points) / MOST_POINTS


def test_boroughs_and_programme_are_means_over_scored_places_with_their_coverage(london):
    members = defaultdict(list)
    for place, row in london.places.items():
        members["region", row["LocalAuthorityName"]].append(london.points(place))
        members["programme", "london-hygiene"].append(london.points(place))
    measured = {(row["level"], row["id"]): row for row in london.scores if row["level"] in {"region", "programme"}}
    assert measured.keys() == members.keys()
    for key, every in members.items():
        scored = [_score(points) for points in every if points]
        assert math.isclose(measured[key]["score"], math.fsum(scored) / len(scored), abs_tol=1e-9)
        assert math.isclose(measured[key]["coverage"], len(scored) / len(every), abs_tol=1e-9)
        assert measured[key]["rating"] is None


def test_every_row_is_read(london, read_records):
    (record,) = read_records(london.audit, PERIOD)
    assert record.accepted + record.rejected == record.read == PLACES
    assert record.rejected == 0
    assert record.unknown_sites == {}


def test_findings_cite_every_area_with_more_than_ten_points(london):
    expected = {
        (place, criterion)
        for place in london.places
        for criterion, points in zip(("FH-1", "FH-2", "FH-3"), london.points(place) or (0, 0, 0), strict=True)
        if points > 10
    }
    assert {(row["site"], row["criterion"]) for row in london.audit.rows("findings")} == expected
