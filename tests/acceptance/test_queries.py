"""Datasets made by queries: joined, windowed and grouped records, through the command line."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import UTC, datetime, timedelta

import pytest

STANDARD = """
kind: standard
id: my-service
version: "1.0.0"
dimensions: {outcome: {}}
datasets:
  orders:
    columns: {order_id: text, shop: text, placed_at: timestamp, sent_at: {type: timestamp, optional: true}}
  reviews:
    columns: {order_id: text, stars: {type: integer, min: 1, max: 5}}
  reviewed-orders:
    columns:
      shop: text
      placed_at: timestamp
      stars: {type: integer, min: 1, max: 5, optional: true}
      hours: {type: number, optional: true}
  unhappy:
    columns: {shop: text, placed_at: timestamp}
criteria:
  - {id: stars, dimension: outcome, target: ">= 4"}
  - {id: unhappy, dimension: outcome, target: "<= 1"}
"""
CHECKLIST = """
kind: checklist
id: desk
standard: my-service@1
items:
  - {criterion: stars, dataset: reviewed-orders, measure: mean(stars)}
  - {criterion: unhappy, dataset: unhappy, measure: count(*)}
"""
PROGRAMME = """
kind: programme
id: first-audit
standard: my-service@1
checklists: [desk]
sites: [{id: north}, {id: south}]
period: month
sources:
  orders: {path: orders.csv, time: placed_at}
  reviews: {path: reviews.csv}
  reviewed-orders:
    query: |
      SELECT o.shop, o.placed_at, r.stars, (o.sent_at - o.placed_at) / INTERVAL 1 HOUR AS hours
      FROM orders AS o
      LEFT JOIN reviews AS r ON o.order_id = r.order_id
    site: shop
    time: placed_at
  unhappy:
    query: SELECT shop, placed_at FROM reviewed_orders WHERE stars <= 2
    site: shop
    time: placed_at
    register: true
"""
ORDERS = """order_id,shop,placed_at,sent_at
1,north,2026-10-01 09:00,2026-10-01 12:00
2,north,2026-10-02 09:00,2026-10-03 09:00
3,south,2026-10-03 09:00,
4,south,2026-10-04 09:00,2026-10-04 10:00
5,south,2026-11-04 09:00,2026-11-04 10:00
"""
REVIEWS = "order_id,stars\n1,5\n2,4\n3,1\n4,4\n5,1\n9,9\n"
RUN = ("run", "first-audit", "--period", "2026-10")
FILES = {
    "standards/my-service/standard.yaml": STANDARD,
    "standards/my-service/checklists/desk.yaml": CHECKLIST,
    "audits/first-audit/programme.yaml": PROGRAMME,
    "audits/first-audit/orders.csv": ORDERS,
    "audits/first-audit/reviews.csv": REVIEWS,
}
NAME = "audits/first-audit/programme.yaml"


@pytest.fixture
def shops(project):
    return project(FILES)


def rows(p, *arguments):
    outcome = p.run(*arguments, "--format", "json")
    assert outcome.code == 0, outcome.text
    return json.loads(outcome.out)


def values(p):
    return {(row["item"], row["site"]): row["value"] for row in rows(p, "results")}


def test_orders_are_joined_with_their_reviews(shops):
    outcome = shops.run(*RUN)
    assert outcome.code == 0, outcome.text
    assert values(shops) == {
        ("stars", "north"): 4.5,
        ("stars", "south"): 2.5,
        ("unhappy", "north"): 0,
        ("unhappy", "south"): 1,
    }
    assert "reviews: rows rejected: 1 of 6" in outcome.text


def test_the_rows_behind_a_result_are_those_of_the_query(shops):
    shops.run(*RUN)
    result = next(row for row in rows(shops, "results") if (row["item"], row["site"]) == ("unhappy", "south"))
    outcome = shops.run("results", "records", result["id"], "--format", "csv")
    assert outcome.code == 0, outcome.text
    (row,) = csv.DictReader(io.StringIO(outcome.out))
    assert (row["file"], row["shop"], row["placed_at"][:10]) == ("reviewed-orders", "south", "2026-10-03")


def test_the_same_records_make_no_revision_and_a_change_in_what_is_read_makes_one(shops):
    shops.run(*RUN)
    assert shops.run(*RUN).code == 0
    assert len(rows(shops, "cycle", "show", "first-audit", "2026-10")) == 1
    shops.edit("audits/first-audit/reviews.csv", "3,1", "3,2")
    outcome = shops.run(*RUN)
    assert "records changed: reviewed-orders" in outcome.text
    assert "records changed: unhappy" in outcome.text
    assert "records changed: orders" not in outcome.text
    shops.edit(NAME, "stars <= 2", "stars <= 1")
    assert "records changed: unhappy" in shops.run(*RUN).text
    assert values(shops)["unhappy", "south"] is None  # its register begins in November now
    shops.edit(NAME, "    register: true", "    register: true\n    reach: P365D")
    assert "records changed: unhappy" in shops.run(*RUN).text


def test_records_of_a_changed_source_are_not_shown(shops):
    shops.run(*RUN)
    result = rows(shops, "results")[0]
    shops.edit("audits/first-audit/reviews.csv", "3,1", "3,2")
    assert "has changed since" in shops.run("results", "records", result["id"]).text


def test_a_missing_file_under_a_query_is_told_and_leaves_the_run_incomplete(shops):
    shops.remove("audits/first-audit/reviews.csv")
    outcome = shops.run(*RUN)
    assert outcome.code == 3
    assert "reviews.csv" in outcome.text
    assert "'unhappy' is made from 'reviewed-orders'" in outcome.text
    assert {row["status"] for row in rows(shops, "results")} == {"error"}
    assert {row["reason"][:6] for row in rows(shops, "results")} == {"SQA516"}


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "code", "said"),
    [
        ("LEFT JOIN reviews AS r", "LEFT JOIN revews AS r", 15, 17, "SQA206", "did you mean 'reviews'?"),
        ("r.stars,", "r.star,", 13, 35, "SQA303", "did you mean 'stars'?"),
        ("FROM reviewed_orders", "FROM unhappy", 19, 12, "SQA227", "reads its own result"),
        ("SELECT o.shop, o.placed_at,", "SELECT o.shop,", 13, 7, "SQA317", "placed_at"),
        ("SELECT shop, placed_at FROM reviewed_orders", "DROP TABLE orders --", 19, 23, "SQA302", "comment"),
        ("    query: SELECT shop", "    path: x.csv\n    query: SELECT shop", 19, 5, "SQA128", "'path'"),
        ("reviews: {path: reviews.csv}", "review-s: {path: reviews.csv}", 10, 3, "SQA206", "review-s"),
    ],
)
def test_a_wrong_query_is_a_problem_with_its_place(shops, old, new, line, column, code, said):
    shops.edit(NAME, old, new)
    problems = rows_of_check(shops)
    found = [problem for problem in problems if problem["code"] == code]
    assert [(problem["line"], problem["column"]) for problem in found] == [(line, column)], problems
    assert said in f"{found[0]['message']} {found[0]['hint']}"
    assert shops.run(*RUN).code == 2


def rows_of_check(p):
    outcome = p.run("check", "--format", "json")
    assert outcome.code == 2, outcome.text
    return json.loads(outcome.out)


def test_two_queries_in_a_circle_are_told_at_both(shops):
    shops.edit(NAME, "FROM orders AS o", "FROM unhappy AS o")
    circles = [problem for problem in rows_of_check(shops) if problem["code"] == "SQA227"]
    assert [problem["line"] for problem in circles] == [12, 19]
    assert "reviewed-orders, unhappy" in circles[0]["message"]


def test_a_dataset_that_only_a_query_reads_needs_a_source(shops):
    shops.edit(NAME, "  reviews: {path: reviews.csv}\n", "")
    (problem,) = [problem for problem in rows_of_check(shops) if problem["code"] == "SQA222"]
    assert "'reviews'" in problem["message"]


def test_a_query_of_the_project_file_brings_along_what_it_reads(shops):
    lines = shops.folder.joinpath(NAME).read_text().split("sources:\n")[1]
    shared = lines.replace("orders.csv", "audits/first-audit/orders.csv").replace(
        "reviews.csv", "audits/first-audit/reviews.csv"
    )
    shops.edit(NAME, lines, "")
    shops.edit(NAME, "sources:\n", "")
    shops.write("sqaudit.yaml", f"project: my-project\nsources:\n{shared}")
    assert shops.run(*RUN).code == 0
    assert values(shops)["unhappy", "south"] == 1


CONTACTS = """
kind: standard
id: my-service
version: "1.0.0"
dimensions: {outcome: {}}
datasets:
  contacts:
    columns: {contact_id: integer, office: text, customer: text, opened_at: timestamp}
  repeats:
    columns: {office: text, opened_at: timestamp, repeated: boolean, hours_before: {type: number, optional: true}}
criteria:
  - {id: repeats, dimension: outcome, target: "<= 0.1"}
"""
REPEATS = """
kind: programme
id: first-audit
standard: my-service@1
checklists: [desk]
sites: [{id: north}, {id: south}]
period: month
timezone: Europe/Berlin
sources:
  contacts: {path: contacts.csv, time: opened_at}
  repeats:
    reach: P7D
    query: |
      SELECT office, opened_at,
        coalesce(opened_at - lag(opened_at) OVER w <= INTERVAL 168 HOUR, false) AS repeated,
        round((opened_at - lag(opened_at) OVER w) / INTERVAL 1 HOUR, 2) AS hours_before
      FROM contacts
    site: office
    time: opened_at
"""


def test_repeat_contacts_within_seven_days_reach_across_the_edge_of_the_month(project):
    """A window function over a month that begins with a change of clocks in reach, against plain Python."""
    draw = random.Random(7)
    start = datetime(2026, 10, 10, tzinfo=UTC)
    contacts = [
        (
            number,
            draw.choice(("north", "south")),
            f"c{draw.randrange(60)}",
            start + timedelta(minutes=draw.randrange(60_000)),
        )
        for number in range(400)
    ]
    contacts += [(number + 400, *row[1:]) for number, row in enumerate(contacts[:20])]  # ties
    draw.shuffle(contacts)
    text = "contact_id,office,customer,opened_at\n" + "".join(
        f"{number},{office},{customer},{moment.isoformat()}\n" for number, office, customer, moment in contacts
    )
    window = "OVER (PARTITION BY customer ORDER BY opened_at)"
    p = project(
        {
            "standards/my-service/standard.yaml": CONTACTS,
            "standards/my-service/checklists/desk.yaml": "kind: checklist\nid: desk\nstandard: my-service@1\n"
            "dataset: repeats\nitems:\n- {criterion: repeats, measure: share(repeated)}\n"
            "- {id: gap, title: gap, measure: sum(hours_before)}\n",
            NAME: REPEATS.replace("OVER w", window),
            "audits/first-audit/contacts.csv": text,
        }
    )
    outcome = p.run("run", "first-audit", "--period", "2026-11")
    assert outcome.code == 0, outcome.text
    edge = datetime(2026, 10, 31, 23, tzinfo=UTC)  # November begins in Berlin
    seen = datetime(2026, 10, 24, 22, tzinfo=UTC)  # seven days earlier on the wall, one of them with 25 hours
    expected = {office: [0, 0, 0.0] for office in ("north", "south")}
    for _, office, _, moment in contacts:
        if moment < edge or moment >= datetime(2026, 11, 30, 23, tzinfo=UTC):
            continue
        expected[office][1] += 1
    ordered = sorted(contacts, key=lambda row: (row[2], row[3], row[0], row[1]))
    for before, row in zip([None, *ordered], ordered, strict=False):
        if not edge <= row[3] < datetime(2026, 11, 30, 23, tzinfo=UTC):
            continue
        if before is not None and before[2] == row[2] and before[3] >= seen:
            gap = (row[3] - before[3]).total_seconds() / 3600
            expected[row[1]][0] += gap <= 168
            expected[row[1]][2] += round(gap, 2)
    found = values(p)
    for office, (repeated, n, hours) in expected.items():
        assert repeated > 10
        assert found["repeats", office] == repeated / n
        assert found["gap", office] == pytest.approx(hours, abs=0.02 * n)


def test_violations_are_collapsed_to_inspections(project):
    """One row per violation becomes one per inspection, whatever the order of rows."""
    standard = """
kind: standard
id: my-service
version: "1.0.0"
dimensions: {outcome: {}}
datasets:
  violations:
    columns: {camis: text, boro: text, inspected_on: date, critical: text, score: {type: integer, optional: true}}
  inspections:
    columns: {boro: text, inspected_on: date, critical: integer, score: {type: integer, optional: true}}
criteria:
  - {id: clean, dimension: outcome, target: ">= 0.5"}
"""
    query = """
SELECT boro, inspected_on, count(*) FILTER (WHERE critical = 'Critical') AS critical, max(score) AS score
      FROM violations GROUP BY camis, boro, inspected_on
"""
    programme = f"""
kind: programme
id: first-audit
standard: my-service@1
checklists: [desk]
sites: [{{id: Bronx}}, {{id: Queens}}]
period: month
sources:
  violations: {{path: violations.csv, time: inspected_on}}
  inspections:
    query: |
      {query.strip()}
    site: boro
    time: inspected_on
"""
    draw = random.Random(3)
    lines = []
    inspections = {}
    for camis in range(80):
        boro, day = draw.choice(("Bronx", "Queens")), draw.randrange(1, 29)
        kinds = [draw.choice(("Critical", "Not Critical")) for _ in range(draw.randrange(1, 6))]
        score = draw.randrange(40)
        inspections[camis] = (boro, kinds.count("Critical"))
        lines += [f"{camis},{boro},2026-10-{day:02},{kind},{score}\n" for kind in kinds]
    draw.shuffle(lines)
    p = project(
        {
            "standards/my-service/standard.yaml": standard,
            "standards/my-service/checklists/desk.yaml": "kind: checklist\nid: desk\nstandard: my-service@1\n"
            "dataset: inspections\nitems:\n- {criterion: clean, measure: share(critical = 0)}\n",
            NAME: programme,
            "audits/first-audit/violations.csv": "camis,boro,inspected_on,critical,score\n" + "".join(lines),
        }
    )
    assert p.run(*RUN).code == 0
    for boro in ("Bronx", "Queens"):
        of_boro = [critical for where, critical in inspections.values() if where == boro]
        (row,) = [row for row in rows(p, "results") if row["site"] == boro]
        assert (row["n"], row["value"]) == (len(of_boro), of_boro.count(0) / len(of_boro))
    shown = [p.run("results", "records", row["id"]).out for row in rows(p, "results")]
    draw.shuffle(lines)
    p.write("audits/first-audit/violations.csv", "camis,boro,inspected_on,critical,score\n" + "".join(lines))
    assert p.run(*RUN).code == 0
    assert [p.run("results", "records", row["id"]).out for row in rows(p, "results")] == shown
