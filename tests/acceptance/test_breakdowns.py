"""Breakdowns, subjects, derived items, samples and the levels above the site, from documents to the lists."""

import csv
import io
import json
import random

import pytest

STANDARD = """
kind: standard
id: calls
version: "1.0"
title: Calls
ratings: [{rating: good, from: 80}, {rating: poor, from: 0}]
dimensions: {speed: {weight: 1}, tone: {weight: 1}}
datasets:
  calls:
    columns:
      at: timestamp
      channel: {type: text, optional: true}
      call: {type: text, optional: true}
      ok: {type: boolean, optional: true}
      wait: {type: number, optional: true}
      weight: {type: number, optional: true}
      agent: {type: text, optional: true}
      rating: {type: integer, min: 1, max: 5, optional: true, about: persons}
criteria:
  - {id: S-1, dimension: speed, target: ">= 0.8"}
  - {id: T-1, dimension: tone, severity: critical, target: "<= 60"}
"""
PROGRAMME = """
kind: programme
id: monthly
standard: calls@1
checklists: [desk]
sites:
  - {id: a1, region: A, customers: 8}
  - {id: a2, region: A, customers: 20}
  - {id: b1, region: B, customers: 20}
period: month
sources: {calls: {path: "*.csv", site: site, time: at}}
"""
HEADER = ("site", "at", "channel", "call", "ok", "wait", "weight", "agent", "rating")


def table(*rows):
    """Rows of calls; a row is a site and what is known, on a day of October unless said."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n")
    writer.writeheader()
    for number, (site, known) in enumerate(rows):
        writer.writerow({"site": site, "at": f"2026-10-{number % 28 + 1:02} 09:00", **known})
    return out.getvalue()


@pytest.fixture
def calls(project):
    """A project of one checklist over calls."""

    def make(items, rows, *, checklist="", programme="", files=None):
        desk = f"kind: checklist\nid: desk\nstandard: calls@1\ndataset: calls\n{checklist}\nitems:\n"
        return project(
            {
                "standards/calls/standard.yaml": STANDARD,
                "standards/calls/checklists/desk.yaml": desk + "".join(f"  - {item}\n" for item in items),
                "audits/monthly/programme.yaml": PROGRAMME + programme,
                "audits/monthly/calls.csv": rows if isinstance(rows, str) else table(*rows),
                **(files or {}),
            }
        )

    return make


def rows_of(project, *arguments):
    outcome = project.run(*arguments, "--format", "json")
    assert outcome.code == 0, outcome.text
    return json.loads(outcome.out)


def run(project, *arguments, period="2026-10", code=0):
    outcome = project.run("run", "monthly", "--period", period, *arguments)
    assert outcome.code == code, outcome.text
    return outcome


OK = "{id: ok, criterion: S-1, measure: share(ok), score: {linear: {zero: 0, full: 1}}}"


def oks(site, good, bad, **known):
    return [(site, {"ok": True, **known})] * good + [(site, {"ok": False, **known})] * bad


def test_groups_stand_beside_the_site_without_points(calls):
    rows = [*oks("a1", 9, 1, channel="phone"), *oks("a1", 2, 8, channel="chat"), *oks("a1", 1, 0)]
    whole = calls([OK], rows)
    run(whole)
    before = rows_of(whole, "scores")
    parted = calls([OK.replace("measure:", "by: [channel], measure:")], rows)
    parted.remove("sqaudit.db")
    outcome = run(parted)
    assert "item results: 3 " in outcome.out
    assert rows_of(parted, "scores") == before
    groups = {row["group"]: row for row in rows_of(parted, "results", "--site", "a1")}
    assert set(groups) == {None, '["phone"]', '["chat"]', "[null]"}
    phone, chat = groups['["phone"]'], groups['["chat"]']
    assert (phone["value"], phone["n"], phone["status"], phone["score"], phone["weight"]) == (
        0.9,
        10,
        "pass",
        None,
        None,
    )
    assert (chat["value"], chat["status"], chat["coverage"], chat["small_base"]) == (0.2, "fail", None, True)
    assert groups[None]["n"] == phone["n"] + chat["n"] + groups["[null]"]["n"]
    assert [row["site"] for row in rows_of(parted, "findings")] == ["a1"]
    assert "chat" in parted.run("results").out
    records = parted.run("results", "records", chat["id"], "--format", "json")
    assert len(json.loads(records.out)) == 8
    assert "chat" in parted.run("explain", chat["id"]).text


def test_groups_of_persons_are_hidden_with_the_next_smallest(calls):
    answers = [*[("a1", {"channel": "phone", "rating": 5})] * 9, *[("a1", {"channel": "chat", "rating": 3})] * 3]
    answers += [*[("a1", {"channel": "mail", "rating": 4})] * 6, *[("a2", {"channel": "mail", "rating": 4})] * 4]
    made = calls(["{id: liked, by: [channel], criterion: S-1, measure: 'top_box(rating, 2)'}"], answers)
    run(made)
    found = {(row["site"], row["group"]): row for row in rows_of(made, "results")}
    assert found["a1", '["chat"]']["reason"] == "suppressed"
    assert found["a1", '["mail"]']["reason"] == "suppressed_with_another"
    assert (found["a1", '["mail"]']["n"], found["a1", '["mail"]']["value"]) == (0, None)
    assert found["a1", '["phone"]']["value"] == 1.0
    assert found["a2", None]["reason"] == found["a2", '["mail"]']["reason"] == "suppressed"
    hidden = made.run("results", "records", found["a1", '["mail"]']["id"])
    assert "fewer than 5 persons" in hidden.text
    # Region A without a1 would be a2, which is suppressed.
    above = {row["place"]: row for row in rows_of(made, "results", "--level", "region")}
    assert (above["A"]["value"], above["A"]["reason"]) == (None, "suppressed_with_another")


SUBJECTS = [
    *oks("a1", 4, 0, call="one"),
    *oks("a1", 1, 1, call="two"),
    *oks("a1", 0, 2, call="three"),
    ("a1", {"call": "four"}),
    *oks("a2", 1, 0, call="one"),
]


@pytest.mark.parametrize(
    ("summary", "value", "score", "n", "interval", "status"),
    [
        ("mean", 0.5, 50.0, 3, "t", "fail"),
        ("worst", 0.0, 0.0, 3, None, "fail"),
        ('"share(score >= 50)"', 2 / 3, 66.666666666667, 3, "wilson", "fail"),
        ('"share(ok >= 0 AND critical = 0)"', 1.0, 100.0, 3, "wilson", "pass"),
    ],
)
def test_subjects_make_the_site(calls, summary, value, score, n, interval, status):
    made = calls([OK], SUBJECTS, checklist=f"subject: call\nsummary: {summary}")
    run(made)
    rows = rows_of(made, "results", "--site", "a1")
    site = next(row for row in rows if row["subject"] is None)
    assert (site["value"], site["n"], site["interval"], site["status"]) == (pytest.approx(value), n, interval, status)
    assert site["score"] == pytest.approx(score)
    assert site["missing"] == 0
    parts = {row["subject"]: row for row in rows if row["subject"] is not None}
    assert {label: (row["value"], row["n"], row["score"]) for label, row in parts.items()} == {
        '["one"]': (1.0, 4, 100.0),
        '["two"]': (0.5, 2, 50.0),
        '["three"]': (0.0, 2, 0.0),
        '["four"]': (None, 0, None),
    }
    scores = {row["subject"]: row for row in rows_of(made, "scores", "--level", "subject", "--site", "a1")}
    assert (scores['["one"]']["score"], scores['["one"]']["rating"], scores['["one"]']["id"]) == (100.0, "good", "desk")
    assert scores['["two"]']["rating"] == "poor"
    assert scores['["four"]']["score"] is None
    audit = rows_of(made, "scores", "--level", "audit", "--site", "a1")[0]
    assert audit["score"] == pytest.approx(score)
    assert "item results: 3 " in made.run("run", "monthly", "--period", "2026-10").out
    assert made.run("explain", site["id"]).code == 0


def test_subjects_of_persons_are_hidden_and_still_make_the_site(calls):
    answers = [("a1", {"call": f"c{number}", "rating": number % 5 + 1}) for number in range(10)]
    items = ["{id: mean-rating, measure: mean(rating)}", OK]
    made = calls(items, [*answers, *[("a2", {"call": "x", "rating": 5})] * 4], checklist="subject: call")
    run(made)
    rows = list(rows_of(made, "results", "--item", "mean-rating"))
    site = next(row for row in rows if row["site"] == "a1" and row["subject"] is None)
    assert (site["value"], site["n"]) == (3.0, 10)
    assert {row["reason"] for row in rows if row["subject"]} == {"suppressed"}
    assert next(row for row in rows if row["site"] == "a2" and not row["subject"])["reason"] == "suppressed"


def test_derived_items_come_from_the_values_of_others_in_the_same_place(calls):
    items = [
        "{id: twice, derive: bad-rate-x * 2}".replace("bad-rate-x", "bad_rate"),
        "{id: bad-rate, criterion: S-1, derive: 'rate(bad, all_calls) * 1000', target: '<= 300'}",
        "{id: bad, measure: count_if(NOT ok)}",
        "{id: all-calls, measure: count(*)}",
        "{id: of-nothing, derive: 'ratio(bad, weights)'}",
        "{id: weights, measure: mean(weight)}",
    ]
    made = calls(items, [*oks("a1", 6, 2), *oks("a2", 1, 1)])
    run(made)
    found = {(row["site"], row["item"]): row for row in rows_of(made, "results")}
    rate = found["a1", "bad-rate"]
    assert (rate["value"], rate["unit"], rate["status"], rate["score"], rate["n"]) == (
        250.0,
        "per_thousand",
        "pass",
        100.0,
        8,
    )
    assert rate["interval"] == "garwood"
    assert rate["low"] < 250 < rate["high"]
    assert found["a1", "twice"]["value"] == 500.0
    assert (found["a1", "of-nothing"]["status"], found["a1", "of-nothing"]["reason"]) == (
        "no_data",
        "'weights' has no value",
    )
    above = {(row["place"], row["item"]): row for row in rows_of(made, "results", "--level", "region")}
    assert above["A", "bad-rate"]["value"] == 300.0
    assert (above["A", "bad-rate"]["sites"], above["A", "bad-rate"]["score"]) == (2, None)
    assert "derived from other items" in made.run("explain", rate["id"]).out
    assert "derived from others" in made.run("results", "records", rate["id"]).text


def test_samples_change_the_interval_and_never_the_value(calls):
    answers = [*oks("a1", 6, 2), *oks("a2", 6, 2), *oks("b1", 18, 6)]
    made = calls([OK.replace("measure:", "sample: {population: customers}, measure:")], answers)
    outcome = run(made)
    census, finite, many = (row for row in rows_of(made, "results"))
    assert {row["value"] for row in (census, finite, many)} == {0.75}
    assert (census["low"], census["high"], census["interval"], census["census"]) == (0.75, 0.75, "census", True)
    assert (finite["interval"], finite["census"]) == ("wilson + finite_population", False)
    assert (many["interval"], many["low"], many["reason"], many["status"]) == (
        None,
        None,
        "more_than_population",
        "fail",
    )
    assert outcome.err.count("more rows at a site than its population") == 1


def test_simpson_the_order_of_pooled_values_and_of_scores_differ(calls):
    """VECTORS AGG-01: A is better in both strata, and worse pooled."""
    made = calls(
        [OK],
        [*oks("a1", 81, 6), *oks("a2", 192, 71), *oks("b1", 234, 36), *oks("b2", 55, 25)],
        files={
            "audits/monthly/programme.yaml": PROGRAMME.replace(
                "  - {id: b1, region: B, customers: 20}\n", "  - {id: b1, region: B}\n  - {id: b2, region: B}\n"
            )
        },
    )
    run(made)
    pooled = {row["place"]: row["value"] for row in rows_of(made, "results", "--level", "region")}
    scores = {row["id"]: row["score"] for row in rows_of(made, "scores", "--level", "region")}
    assert pooled == {"A": pytest.approx(0.78), "B": pytest.approx(0.825714285714)}
    assert scores == {"A": pytest.approx(83.0536252786), "B": pytest.approx(77.7083333333)}
    (whole,) = rows_of(made, "results", "--level", "programme")
    assert (whole["place"], whole["n"], whole["sites"], whole["sites_missing"]) == ("monthly", 700, 4, 0)


WAITS = ["{id: median-wait, criterion: T-1, measure: median(wait)}", "{id: total, measure: sum(wait)}"]


def waits(seed, sites=("a1", "a2", "b1")):
    drawn = random.Random(seed)
    return [(site, {"wait": drawn.randrange(10_000) / 100}) for site in sites for _ in range(drawn.randrange(5, 15))]


def test_quantiles_above_the_site_are_measured_there_or_not_known(calls):
    rows = waits(1)
    made = calls(WAITS, rows)
    run(made)
    outcome = made.run("results", "--level", "region", "--format", "json")
    found = {(row["place"], row["item"]): row for row in json.loads(outcome.out)}
    assert found["A", "median-wait"]["reason"] == "not_mergeable"
    assert "levels:" in outcome.err
    # One site is the whole of its region.
    (b1,) = rows_of(made, "results", "--site", "b1", "--item", "median-wait")
    assert found["B", "median-wait"]["value"] == b1["value"]
    made.edit("audits/monthly/programme.yaml", "period: month", "period: month\nlevels: [region, programme]")
    run(made)
    found = {(row["place"], row["item"]): row for row in rows_of(made, "results", "--level", "region")}
    ordered = sorted(known["wait"] for site, known in rows if site in {"a1", "a2"})
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    assert found["A", "median-wait"]["value"] == pytest.approx(median)
    assert found["A", "total"]["value"] == pytest.approx(sum(ordered))


def test_a_quarter_is_made_of_its_months_exactly(calls):
    rows = [(site, {**known, "at": f"2026-{month:02}-03 10:00"}) for month in (7, 8, 9) for site, known in waits(month)]
    made = calls([*WAITS, "{id: mean-wait, criterion: T-1, measure: mean(wait)}"], rows)
    for month in ("07", "08"):
        run(made, period=f"2026-{month}")
    outcome = made.run("results", "--period", "2026-Q3")
    assert (outcome.code, "2026-09" in outcome.err, "2026-08" in outcome.err) == (2, True, False)
    run(made, period="2026-09")
    outcome = made.run("results", "--period", "2026-Q3", "--format", "json")
    found = {(row["place"], row["item"]): row for row in json.loads(outcome.out)}
    assert found["a1", "median-wait"]["reason"] == "not_mergeable"
    assert "2026-Q3 itself" in outcome.err
    above = {row["item"]: row for row in rows_of(made, "results", "--period", "2026-Q3", "--level", "programme")}
    run(made, period="2026-Q3")
    direct = {(row["site"], row["item"]): row for row in rows_of(made, "results", "--period", "2026-Q3")}
    for key in (("a1", "mean-wait"), ("b1", "total")):
        fields = ("value", "low", "high", "interval", "n", "missing", "invalid", "status", "unit", "formula")
        assert {name: found[key][name] for name in fields} == {name: direct[key][name] for name in fields}
    whole = sum(known["wait"] for _, known in rows) / len(rows)
    assert above["mean-wait"]["value"] == pytest.approx(whole)
    assert above["mean-wait"]["n"] == len(rows)


def test_months_that_measured_something_else_are_not_added_up(calls):
    rows = [(site, {**known, "at": f"2026-{month:02}-03 10:00"}) for month in (7, 8, 9) for site, known in waits(month)]
    made = calls(["{id: mean-wait, measure: mean(wait)}"], rows)
    for month in ("07", "08"):
        run(made, period=f"2026-{month}")
    made.edit("standards/calls/checklists/desk.yaml", "mean(wait)", "mean(wait + 1)")
    run(made, period="2026-09")
    found = rows_of(made, "results", "--period", "2026-Q3", "--level", "programme")
    assert [(row["value"], row["reason"]) for row in found] == [(None, "measure_changed")]


@pytest.mark.parametrize(
    ("summary", "score"),
    [("mean", 55.0), ("worst", 30.0), ("volume", 42.5), ('"share(score >= 50)"', 50.0), ('"share(ok > 0.2)"', 100.0)],
)
def test_the_programme_is_made_of_its_sites_as_its_summary_says(calls, summary, score):
    made = calls([OK], [*oks("a1", 8, 2), *oks("a2", 9, 21)], programme=f"summary: {summary}\n")
    run(made)
    (whole,) = rows_of(made, "scores", "--level", "programme")
    assert whole["score"] == pytest.approx(score)
    assert made.run("explain", "monthly").code == 0
    assert made.run("report", "monthly").code == 0


def test_an_item_that_does_not_apply_everywhere_is_pooled_over_the_others(calls):
    rows = [*oks("a1", 8, 2), *oks("a2", 0, 10)]
    made = calls([OK.replace("criterion", "when: \"id <> 'a2'\", criterion")], rows)
    run(made)
    found = {row["place"]: row for row in rows_of(made, "results", "--level", "region")}
    assert (found["A"]["value"], found["A"]["n"], found["A"]["sites"]) == (0.8, 10, 1)
    assert (found["B"]["value"], found["B"]["reason"], found["B"]["sites_missing"]) == (None, "no_rows", 1)


def test_what_was_just_collected_and_what_was_stored_come_to_the_same(calls):
    items = [OK.replace("measure:", "by: [channel], measure:"), *WAITS]
    made = calls(items, [*oks("a1", 3, 2, channel="x"), *waits(3)], programme="levels: [region]\n")
    run(made)
    before = {name: rows_of(made, name) for name in ("results", "scores", "findings")}
    assert made.run("score", "monthly", "--period", "2026-10").code == 0
    assert {name: rows_of(made, name) for name in before} == before


def test_one_site_has_no_region_of_its_own(calls):
    made = calls([OK], oks("a1", 1, 1))
    run(made)
    outcome = made.run("results", "--level", "region", "--site", "a1")
    assert outcome.code == 2
    assert "SQA712" in outcome.err
