"""Trial evaluations: scored and reported, counted nowhere; what they led to is kept as changes of the documents."""

from __future__ import annotations

import json
import re

import pytest

STANDARD = "standards/my-service/standard.yaml"
CHECKLIST = "standards/my-service/checklists/desk.yaml"
PROGRAMME = "audits/first-audit/programme.yaml"
RUN = ("run", "first-audit", "--period", "2026-10")
LISTS = ("results", "scores", "findings")


# The event by which a revision was recorded has its own number and salt in every store.
_EVENT = re.compile(r'recorded as event \d+ of the log, [0-9a-f]{64}|"log": \{[^}]*\}')


def listing(project, *arguments):
    outcome = project.run(*arguments, "--format", "json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def seen(project):
    """All that lists and reports say of the real cycle."""
    commands = [*((name, "--format", "json") for name in LISTS), ("results", "--level", "region", "--format", "json")]
    commands += [("report", "first-audit", "--format", form) for form in ("json", "csv", "markdown", "table")]
    commands += [("explain", "first-audit"), ("results", "--period", "2026-10", "--format", "csv")]
    return [_EVENT.sub("", project.run(*command).out) for command in commands]


@pytest.mark.parametrize("pilot", ["2026-10-pilot", "2026-11-pilot", "2026-10-05/2026-10-15-pilot"])
@pytest.mark.parametrize("order", ["before", "after"])
def test_a_real_cycle_is_the_same_whether_or_not_there_was_a_trial(project, pilot, order):
    p = project()
    assert p.run(*RUN).code == 0
    alone = seen(p)
    p.remove("sqaudit.db")
    trial = ("run", "first-audit", "--period", pilot)
    codes = {p.run(*command).code for command in ((trial, RUN) if order == "before" else (RUN, trial))}
    assert codes <= {0, 4}
    assert seen(p) == alone


def test_the_option_is_the_same_as_the_label(project):
    p = project()
    first = p.run(*RUN, "--pilot")
    assert first.code == 0
    assert "trial evaluation" in first.out.splitlines()[0]
    p.run("run", "first-audit", "--period", "2026-10-pilot", "--pilot")
    (cycle,) = listing(p, "cycle", "list")
    assert (cycle["period"], cycle["pilot"], cycle["revision"]) == ("2026-10-pilot", True, 1)
    p.run(*RUN)
    assert [one["pilot"] for one in listing(p, "cycle", "list")] == [False, True]


def test_a_trial_is_reported_as_one_and_found_by_its_period_alone(project):
    p = project()
    p.run(*RUN, "--pilot")
    assert p.run("report", "first-audit").code == 2
    for form in ("table", "markdown"):
        assert "trial evaluation" in p.run("report", "first-audit", "--period", "2026-10-pilot", "--format", form).out
    assert json.loads(p.run("report", "first-audit", "--period", "2026-10-pilot", "--format", "json").out)["pilot"]
    for name in LISTS:
        assert listing(p, name) == []
        assert listing(p, name, "--period", "2026-10-pilot")
    assert "试评价" in p.run("--lang", "zh", "report", "first-audit", "--period", "2026-10-pilot").out


def test_a_longer_period_is_made_of_real_cycles_only(project):
    p = project()
    p.run(*RUN, "--pilot")
    outcome = p.run("results", "--period", "2026-Q4")
    assert "SQA706" in outcome.err or outcome.out == ""
    p.run(*RUN)
    outcome = p.run("results", "--programme", "first-audit", "--period", "2026-Q4-pilot", "--format", "json")
    assert json.loads(outcome.out) == []


def test_what_a_trial_led_to_is_kept_and_told_in_the_next_cycle(project):
    p = project()
    p.run(*RUN, "--pilot")
    p.edit(STANDARD, 'target: ">= 0.75"', 'target: ">= 0.70"')
    p.edit(CHECKLIST, "zero: 0.40", "zero: 0.30")
    expected = [
        ("standard", "criteria.satisfied-customers.target", ">= 0.75", ">= 0.70"),
        ("checklist:desk", "items.satisfied-share.score.parameters.zero", "0.4", "0.3"),
    ]
    changes = listing(p, "cycle", "diff", "first-audit", "2026-10-pilot")
    assert sorted(tuple(one.values()) for one in changes) == sorted(expected)
    assert "corrections since the trial evaluation 2026-10-pilot: 2" in p.run(*RUN).out
    p.edit(PROGRAMME, "North office", "Northern office")
    p.run(*RUN)  # a change of the real cycle is no correction that the trial led to
    report = json.loads(p.run("report", "first-audit", "--format", "json").out)
    assert len(report["corrections"]) == 2
    assert report["corrections"][0] == {
        "since": "2026-10-pilot", "document": "standard", "path": "criteria.satisfied-customers.target",
        "before": ">= 0.75", "after": ">= 0.70",
    }  # fmt: skip
    assert "Corrections since the trial evaluation 2026-10-pilot" in p.run("report", "first-audit").out
    frozen = listing(p, "cycle", "diff", "first-audit", "2026-10-pilot", "2026-10")
    assert sorted(one["path"] for one in frozen) == sorted(
        [*(one["path"] for one in report["corrections"]), "sites.north.title.en"]
    )
    p.run("run", "first-audit", "--period", "2026-11-01/2026-11-02")  # another cycle after it: told once
    report = p.run("report", "first-audit", "--period", "2026-11-01/2026-11-02", "--format", "json").out
    assert json.loads(report)["corrections"] == []


def test_the_diff_refuses_what_is_not_there(project):
    p = project()
    p.run(*RUN)
    assert "SQA706" in p.run("cycle", "diff", "first-audit", "2026-10-pilot").err
    assert listing(p, "cycle", "diff", "first-audit", "2026-10", "2026-10") == []
