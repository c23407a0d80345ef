"""Scoring policies from documents to reports and explanations."""

import csv
import io
import json

import pytest

PROGRAMME = """
kind: programme
id: monthly
standard: calls@1
checklists: [desk]
sites: [{id: a, stairs: true}, {id: b, stairs: false}]
period: month
sources: {remarks: {path: remarks.csv, site: site, time: at}}
"""
STANDARD = """
kind: standard
id: calls
version: "1.0"
scoring: SCORING
ratings: [{rating: good, from: 80}, {rating: poor, from: 0}]
dimensions: {tone: {weight: 40}, safety: {weight: 60}}
datasets: {remarks: {columns: {at: timestamp, code: text}}}
criteria:
  - {id: T-1, dimension: tone, target: "<= 0"}
  - {id: T-2, dimension: tone, weight: 3, target: "<= 2"}
  - {id: S-1, dimension: safety, target: "<= 0", severity: critical}
"""
POINTS = """
kind: checklist
id: desk
standard: calls@1
dataset: remarks
items:
  - {id: wording, criterion: T-1, measure: count(*), where: code = 'wording', score: {deduct: 1, cap: 3}}
  - {id: praise, criterion: T-2, measure: count(*), where: code = 'praise', score: {bonus: 2, cap: 4}}
  - {id: stairs, criterion: S-1, measure: count(*), where: code = 'stairs', score: {deduct: 5}, when: stairs = true}
"""
MEANS = """
kind: checklist
id: desk
standard: calls@1
dataset: remarks
items:
  - {id: wording, criterion: T-1, measure: count(*), where: code = 'wording'}
  - {id: praise, criterion: T-2, measure: count(*), where: code = 'praise'}
  - {id: stairs, criterion: S-1, measure: count(*), where: code = 'stairs', when: stairs = true OVERRIDE}
"""
REMARKS = {"a": {"wording": 4, "praise": 1, "stairs": 1}, "b": {"wording": 1, "praise": 3}}


@pytest.fixture
def calls(project):
    """A project that was run under a scoring policy."""

    def make(scoring, checklist=MEANS):
        made = project()
        made.remove("audits")
        made.remove("standards")
        rows = [
            f"{site},2026-10-05 10:00,{code}" for site, of in REMARKS.items() for code in of for _ in range(of[code])
        ]
        made.write("audits/monthly/remarks.csv", "\n".join(["site,at,code", *rows]) + "\n")
        made.write("audits/monthly/programme.yaml", PROGRAMME)
        made.write("standards/calls/standard.yaml", STANDARD.replace("SCORING", scoring))
        made.write("standards/calls/desk.yaml", checklist.replace("OVERRIDE", ""))
        ran = made.run("run", "monthly", "--period", "2026-10")
        assert ran.code == 0, ran.text
        return made

    return make


def audits(made):
    rows = json.loads(made.run("scores", "--format", "json").out)
    return {row["site"]: row for row in rows if row["level"] == "audit"}


@pytest.mark.parametrize(
    ("scoring", "a", "b"),
    [
        # a: T-1 0, T-2 100 (weight 3), S-1 0; b: T-1 0, T-2 0, S-1 not applicable.
        ("{}", 30, 0),
        ("{rollup: flat}", 60, 0),
        ("{rollup: points}", round(100 * 120 / 220, 12), 0),
        ("{rollup: xccdf-flat-unweighted}", round(100 / 3, 12), 0),
        ("{rollup: xccdf-absolute}", 0, 0),
        ("{not_applicable: full}", 30, 60),
        ("{rollup: flat, not_applicable: full}", 60, 20),
        ("{rollup: flat, critical: {cap: 50}}", 50, 0),
        ("{rollup: flat, critical: zero}", 0, 0),
    ],
)
def test_each_policy_makes_its_score_and_explains_it(calls, scoring, a, b):
    made = calls(scoring)
    found = audits(made)
    assert {site: row["score"] for site, row in found.items()} == pytest.approx({"a": a, "b": b}, abs=1e-9)
    for site, row in found.items():
        assert sum(points(made, site)) == pytest.approx(row["score"], abs=1e-9)


def points(made, site):
    """The points of the explanation, exact."""
    from datetime import UTC, datetime

    from sqaudit.workflow.context import open_context
    from sqaudit.workflow.explain import explain

    context = open_context(folder=made.folder, environ={}, now=datetime(2026, 11, 5, tzinfo=UTC))
    return [row["points"] for row in explain(context, "monthly", period="2026-10", site=site).table]


def test_one_item_may_have_a_policy_of_its_own(calls):
    made = calls("{not_applicable: full}", MEANS.replace("OVERRIDE", ", not_applicable: zero"))
    assert audits(made)["b"]["score"] == 0
    (row,) = [
        row for row in json.loads(made.run("results", "--format", "json").out) if row["status"] == "not_applicable"
    ]
    assert (row["site"], row["item"], row["score"]) == ("b", "stairs", 0)
    assert "item 'stairs' gets no points where it is not applicable" in made.run("report", "monthly").out


def test_points_come_off_and_bonuses_are_added(calls):
    """a: 100 - 3 (capped) - 5 + 2 = 94; b: 100 - 1 + 4, not above 100."""
    made = calls("{rollup: deduction}", POINTS)
    found = audits(made)
    assert {site: row["score"] for site, row in found.items()} == {"a": 94, "b": 100}
    assert found["a"]["rating"] == "poor", "its critical criterion failed"
    assert sorted(points(made, "a")) == [-5, -3, 2, 100]
    assert sorted(points(made, "b")) == [-3, -1, 4, 100], "the last 3 of the bonus are above the base"
    told = made.run("explain", "monthly", "--site", "b").out
    for part in ("(base)", "wording", "praise", "(limit)"):
        assert part in told
    assert made.run("explain", "monthly", "--site", "a", "--lang", "zh").out.count("从 100 起扣") == 1


def test_a_floor_and_a_cap_for_critical_failures(calls):
    made = calls("{rollup: {deduction: {base: 90, floor: 85}}, critical: {cap: 70}}", POINTS)
    found = audits(made)
    assert {site: (row["score"], row["raw_score"]) for site, row in found.items()} == {"a": (70, 85), "b": (90, 90)}
    assert sum(points(made, "a")) == 70


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("reporter", ["table", "markdown", "json", "csv"])
def test_every_report_prints_the_policy_in_words(calls, reporter, language):
    made = calls("{rollup: points, not_applicable: zero, unanswered: zero, critical: zero, min_coverage: 0.5}")
    told = made.run("report", "monthly", "--format", reporter, "--lang", language).out
    if reporter == "csv":
        rows = list(csv.DictReader(io.StringIO(told)))
        told = rows[0]["policy"]
        assert {row["policy"] for row in rows} == {told}
    words = {
        "en": [
            "(points)",
            "not applicable gets no points",
            "not answered gets no points",
            "score 0",
            "coverage of 0.5",
        ],
        "zh": ["（points）", "不适用的内容不得分", "未作答的内容不得分", "0.5"],
    }
    assert [word for word in words[language] if word not in told.replace("\\", "")] == []
