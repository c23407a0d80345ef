"""Answers in a cycle: they are judged beside what is measured, by earlier answers, revision by revision."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from sqaudit.model.answer import AnswerKey, GivenAnswer
from sqaudit.workflow.context import open_context

STANDARD = """
kind: standard
id: desk
version: "1.0"
ratings: [{rating: good, from: 80}, {rating: poor, from: 0}]
scoring: {min_coverage: 0.1}
dimensions: {care: {}}
datasets: {calls: {columns: {at: timestamp, ok: boolean}}}
criteria:
  - {id: C-1, dimension: care, target: ">= 0.8", severity: major}
  - {id: C-2, dimension: care, severity: critical}
"""
CHECKLIST = """
kind: checklist
id: visit
standard: desk@1
items:
  - {id: calls-ok, criterion: C-1, dataset: calls, measure: share(ok)}
  - {id: has-pool, ask: Is there a pool?, answer: yes_no}
  - {id: pool-clean, criterion: C-2, ask: Is the pool clean?, answer: yes_no, when: has_pool = true}
  - {id: water, ask: How warm is it?, answer: {number: {min: 0, max: 50}}, when: pool_clean = true}
  - {id: smile, criterion: C-2, answer: {scale: {min: 0, max: 4}}, target: ">= 3", when: open = true}
  - {id: twice, derive: smile * 2}
"""
PROGRAMME = """
kind: programme
id: visits
standard: desk@1
checklists: [visit]
sites: [{id: a, open: true, region: east}, {id: b, open: false}]
period: month
sources: {calls: {path: calls.csv, site: site, time: at}}
"""
FILES = {
    "standards/desk/standard.yaml": STANDARD,
    "standards/desk/checklists/visit.yaml": CHECKLIST,
    "audits/visits/programme.yaml": PROGRAMME,
    "audits/visits/calls.csv": "site,at,ok\na,2026-10-02,true\nb,2026-10-02,false\n",
}
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def visits(project):
    made = project(FILES)

    def give(site="a", **answers):
        """Answer questions at a site, ``None`` meaning that they do not apply."""
        context = open_context(folder=made.folder, environ={}, now=NOW, no_plugins=True)
        with context.store() as store:
            return store.add_answers([_given(site, item.replace("_", "-"), value) for item, value in answers.items()])

    def run():
        """Status and reason of every item at site a, by item."""
        done = made.run("run", "visits", "--period", "2026-10")
        assert done.code in {0, 3, 4}, done.text
        rows = json.loads(made.run("results", "--site", "a", "--format", "json").out)
        return {row["item"]: (row["status"], row["reason"]) for row in rows}

    return made, give, run


def _given(site, item, value):
    key = AnswerKey(programme="visits", period="2026-10", site=site, checklist="visit", item=item)
    reason = None if value is not None else "not here"
    return GivenAnswer(key=key, value=value, not_applicable=reason, given_by="anna", given_at=NOW)


def test_questions_without_answers_are_unanswered(visits):
    _, _, run = visits
    assert run() == {
        "calls-ok": ("pass", None),
        "has-pool": ("unanswered", None),
        "pool-clean": ("unanswered", "condition_unknown"),
        "water": ("unanswered", "condition_unknown"),
        "smile": ("unanswered", None),
        "twice": ("no_data", "'smile' has no value"),
    }


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"has_pool": "yes"}, {"pool-clean": "unanswered", "water": "unanswered"}),
        ({"has_pool": "no"}, {"pool-clean": "not_applicable", "water": "not_applicable"}),
        ({"has_pool": None}, {"pool-clean": "not_applicable", "water": "not_applicable"}),
        ({"has_pool": "yes", "pool_clean": "yes"}, {"pool-clean": "pass", "water": "unanswered"}),
        ({"has_pool": "yes", "pool_clean": "no", "water": "20"}, {"pool-clean": "fail", "water": "not_applicable"}),
        ({"has_pool": "yes", "pool_clean": "yes", "water": "26.5"}, {"pool-clean": "pass", "water": "pass"}),
    ],
)
def test_later_questions_depend_on_earlier_answers(visits, answers, expected):
    _, give, run = visits
    give(**answers)
    found = run()
    assert {item: found[item][0] for item in expected} == expected


def test_answers_count_beside_records_and_serve_derived_items(visits):
    """C-1 is 100 and C-2 the mean of 100 (yes) and 75 (3 of 0 to 4): (100 + 87.5) / 2."""
    made, give, run = visits
    give(has_pool="yes", pool_clean="yes", water="25", smile="3")
    assert run()["twice"] == ("pass", None)
    rows = {row["item"]: row for row in json.loads(made.run("results", "--site", "a", "--format", "json").out)}
    assert (rows["twice"]["value"], rows["smile"]["value"], rows["smile"]["score"]) == (6, 3, 75)
    scores = json.loads(made.run("scores", "--level", "audit", "--site", "a", "--format", "json").out)
    assert scores[0]["score"] == 93.75
    assert scores[0]["rating"] == "good"


def test_a_question_that_the_site_rules_out_does_not_apply_there(visits):
    made, _, run = visits
    run()
    rows = json.loads(made.run("results", "--site", "b", "--item", "smile", "--format", "json").out)
    assert [(row["status"], row["reason"]) for row in rows] == [("not_applicable", "open = true")]


def test_new_answers_make_a_revision_and_the_same_ones_none(visits):
    made, give, run = visits
    run()
    give(smile="1")
    assert run()["smile"] == ("fail", None)
    give(smile="1")
    run()
    give(smile="4")
    assert run()["smile"] == ("pass", None)
    revisions = json.loads(made.run("cycle", "show", "visits", "2026-10", "--format", "json").out)
    assert [row["changes"] for row in revisions] == ["", "answers changed: a", "answers changed: a"]


def test_a_closed_cycle_keeps_the_answers_it_was_closed_with(visits):
    made, give, run = visits
    give(smile="4")
    run()
    made.run("cycle", "close", "visits", "2026-10")
    give(smile="0")
    told = made.run("run", "visits", "--period", "2026-10")
    assert "the cycle is closed" in told.err
    assert "answers changed: a" in told.err
    made.run("score", "visits", "--period", "2026-10")
    rows = json.loads(made.run("results", "--site", "a", "--item", "smile", "--format", "json").out)
    assert [(row["status"], row["value"]) for row in rows] == [("pass", 4)]


def test_a_failed_answer_makes_a_finding(visits):
    made, give, run = visits
    give(has_pool="yes", pool_clean="no")
    run()
    findings = json.loads(made.run("findings", "--site", "a", "--format", "json").out)
    assert [(row["criterion"], row["items"], row["severity"]) for row in findings] == [
        ("C-2", "pool-clean", "critical")
    ]


def test_an_answer_is_explained_with_who_and_when(visits):
    made, give, run = visits
    give(smile="1")
    give(smile="4")
    run()
    (row,) = json.loads(made.run("results", "--site", "a", "--item", "smile", "--format", "json").out)
    told = made.run("explain", row["id"]).out
    assert "answer: 4" in told
    assert "version 2, given by anna at 2026-11-02T09:00:00+00:00" in told
    told = made.run("--lang", "zh", "explain", row["id"]).out
    assert "anna" in told
    assert "given by" not in told
    assert "asked of a person" in made.run("results", "records", row["id"]).err


def test_answers_are_pooled_one_by_one_above_the_site(visits):
    made, give, run = visits
    made.edit("audits/visits/programme.yaml", "{id: b, open: false}", "{id: b, open: true}")
    give(smile="4", has_pool="yes")
    give("b", smile="1", has_pool="no")
    run()
    rows = json.loads(made.run("results", "--level", "programme", "--format", "json").out)
    found = {row["item"]: row for row in rows}
    smile, pool = found["smile"], found["has-pool"]
    assert (smile["value"], smile["n"], smile["missing"], smile["interval"]) == (2.5, 2, 0, "t")
    assert (pool["value"], pool["n"], pool["unit"], pool["interval"]) == (0.5, 2, "share", "wilson")
    assert {row["score"] for row in rows} == {None}


def test_what_nobody_answered_has_no_value_above_the_site(visits):
    made, give, run = visits
    give(has_pool="no")
    run()
    (row,) = json.loads(made.run("results", "--level", "programme", "--item", "smile", "--format", "json").out)
    assert (row["status"], row["reason"], row["value"], row["missing"]) == ("no_data", "not_answered", None, 1)


def test_a_programme_of_questions_alone_reads_no_records(project):
    items = "".join(f"  - {{id: q{n}, criterion: C-{n}, ask: Fine?, answer: yes_no}}\n" for n in (1, 2))
    made = project(
        {
            **FILES,
            "standards/desk/checklists/visit.yaml": CHECKLIST.partition("items:")[0] + "items:\n" + items,
            "audits/visits/programme.yaml": PROGRAMME.partition("sources:")[0],
        }
    )
    assert made.run("check").code == 0, made.run("check").text
    done = made.run("run", "visits", "--period", "2026-10")
    assert done.code == 4, done.text
    assert made.run("store", "verify").code == 0


def test_a_question_that_depends_on_later_ones_is_told(project):
    made = project(
        {**FILES, "standards/desk/checklists/visit.yaml": CHECKLIST.replace("when: has_pool", "when: smile")}
    )
    told = made.run("check").out
    assert "visit.yaml:8:85: SQA341 the answer to 'smile' is not known yet when this question is asked" in told
    assert "hint: move 'smile' above the questions that depend on its answer" in told


def test_a_question_cannot_depend_on_itself_or_on_what_is_measured(project):
    text = CHECKLIST.replace("when: has_pool", "when: pool_clean").replace("when: open", "when: calls_ok")
    told = project({**FILES, "standards/desk/checklists/visit.yaml": text}).run("check").out
    assert "SQA341 the answer to 'pool_clean'" in told
    assert "SQA303 nothing is called 'calls_ok' here" in told


def test_a_name_of_two_meanings_is_told(project):
    files = {**FILES, "audits/visits/programme.yaml": PROGRAMME.replace("open: true", "open: true, has_pool: true")}
    told = project(files).run("check").out
    assert "SQA342 'has_pool' is an attribute of sites and an earlier question as well" in told
