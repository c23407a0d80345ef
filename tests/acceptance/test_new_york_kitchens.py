"""Restaurants of New York: inspections answered by the violations recorded at each, against DuckDB on the raw file."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any, NamedTuple

import duckdb
import pytest

KIND = "Cycle Inspection / Initial Inspection"
# Points that an inspection loses for each code; a code is recorded once an inspection.
POINTS = {"04L": 8, "02B": 7, "02G": 7, "06C": 5, "10F": 2}
STANDARD = """\
kind: standard
id: kitchens
version: "1.0"
scoring: {rollup: deduction}
ratings: [{rating: A, from: 90}, {rating: B, from: 0}]
dimensions: {kitchen: {}}
datasets:
  inspections: {columns: {camis: integer, inspection_date: date, inspection_type: text, boro: text}}
  violations:
    columns:
      camis: integer
      inspection_date: date
      inspection_type: {type: text, optional: true}
      boro: text
      violation_code: {type: text, optional: true}
criteria:
"""
CHECKLIST = """\
kind: checklist
id: initial
standard: kitchens@1
dataset: REGISTER
where: "inspection_type = 'Cycle Inspection / Initial Inspection'"
subject: [camis, inspection_date, inspection_type]
answers: {dataset: violations, item: violation_code, absent: pass}
items:
"""
PROGRAMME = """\
kind: programme
id: new-york
standard: kitchens@1
checklists: [initial]
sites: [{id: bronx}, {id: queens}, {id: staten-island}]
period: month
timezone: America/New_York
sources:
  violations:
    path: violations.csv.gz
    site: "replace(lower(boro), ' ', '-')"
    time: inspection_date
  inspections:
    query: |
      SELECT camis, inspection_date, inspection_type, boro, replace(lower(boro), ' ', '-') AS place
      FROM violations WHERE inspection_type IS NOT NULL
      GROUP BY camis, inspection_date, inspection_type, boro
    site: place
    time: inspection_date
"""


PERIOD = ("--period", "2015-10")


class NewYork(NamedTuple):
    """What the program made of a month, and the month's rows of the file that it was made of."""

    warnings: str
    results: dict[tuple[str, ...], dict[str, Any]]
    scores: list[dict[str, Any]]
    rows: duckdb.DuckDBPyConnection
    register: str


@pytest.fixture(params=["inspections", "violations"])
def month(request, project, data_set) -> NewYork:
    """The register is a query that gathers the inspections, or the violations themselves: each has a row there."""
    records = data_set("nyc_restaurants/violations.csv.gz")
    items = (
        f'  - {{id: v-{code}, criterion: c-{code}, code: "{code}", answer: deduction,'
        f" score: {{deduct: {points}, cap: {points}}}}}\n"
        for code, points in POINTS.items()
    )
    criteria = (f"  - {{id: c-{code}, dimension: kitchen}}\n" for code in POINTS)
    made = project(
        {
            "standards/kitchens/standard.yaml": STANDARD + "".join(criteria),
            "standards/kitchens/checklists/initial.yaml": CHECKLIST.replace("REGISTER", request.param) + "".join(items),
            "audits/new-york/programme.yaml": PROGRAMME,
            "audits/new-york/violations.csv.gz": records.read_bytes(),
        }
    )
    done = made.run("run", "new-york", *PERIOD)
    assert done.code == 0, done.text
    rows = duckdb.connect()
    rows.execute(
        "CREATE TABLE v AS SELECT replace(lower(boro), ' ', '-') AS site, camis, inspection_date AS day,"
        " inspection_type AS kind, violation_code AS code FROM read_csv(?, all_varchar = true)"
        " WHERE inspection_date BETWEEN '2015-10-01' AND '2015-10-31'",
        [str(records)],
    )
    shown = json.loads(made.run("results", "--programme", "new-york", "--format", "json").out)
    results = {(row["site"], row["item"], *json.loads(row["subject"] or "[]")): row for row in shown}
    scores = json.loads(made.run("scores", "--programme", "new-york", "--format", "json").out)
    return NewYork(done.err, results, scores, rows, request.param)


def test_every_inspection_has_what_was_recorded_at_it(month):
    counted = month.rows.execute(
        "SELECT site, camis, day, kind, c.code, count(*) FILTER (v.code = c.code)"
        " FROM v, (SELECT unnest(?) AS code) AS c WHERE kind = ? GROUP BY ALL",
        [list(POINTS), KIND],
    ).fetchall()
    expected = {(site, f"v-{code}", *subject): times for site, *subject, code, times in counted}
    assert len(expected) > 2000  # 5 items at some hundred inspections
    assert {key: row["value"] for key, row in month.results.items() if len(key) > 2} == expected


def test_points_make_the_inspections_and_these_the_boroughs(month):
    lost = month.rows.execute(
        "WITH worth AS (SELECT unnest(?) AS code, unnest(?) AS points)"
        " SELECT site, camis, day, kind, coalesce(sum(points), 0) FROM v LEFT JOIN worth USING (code)"
        " WHERE kind = ? GROUP BY ALL",
        [list(POINTS), list(POINTS.values()), KIND],
    ).fetchall()
    inspections = {(site, *subject): 100 - points for site, *subject, points in lost}
    shown = {
        (score["site"], *json.loads(score["subject"])): score["score"]
        for score in month.scores
        if score["level"] == "subject"
    }
    assert shown == pytest.approx({key: float(points) for key, points in inspections.items()}, abs=1e-9)
    audits = {score["id"]: score["score"] for score in month.scores if score["level"] == "audit"}
    by_site: dict[str, list[Fraction]] = {}
    for (site, *_), points in inspections.items():
        by_site.setdefault(site, []).append(Fraction(int(points)))
    assert audits == pytest.approx({site: float(sum(p) / len(p)) for site, p in by_site.items()}, abs=1e-9)
    assert set(audits) == {"bronx", "queens", "staten-island"}


def test_what_no_item_asks_for_is_counted(month):
    listed = ", ".join(f"'{code}'" for code in POINTS)
    ((other, nameless),) = month.rows.execute(
        f"SELECT count(*) FILTER (code NOT IN ({listed})), count(*) FILTER (code IS NULL) FROM v"
    ).fetchall()
    assert f"no item of 'initial' is called, left out: {other} (" in month.warnings
    # In the register itself such a row says that an inspection took place.
    is_told = f"'violation_code' is missing or unusable, left out: {nameless}" in month.warnings
    assert (is_told, nameless > 0) == (month.register != "violations", True)
    assert "about what is not in" not in month.warnings
