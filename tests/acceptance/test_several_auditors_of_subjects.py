"""Two auditors listen to the same drawn calls: each call keeps both answers, and its own is disputed and decided."""

from __future__ import annotations

import json

import pytest

PERIOD = ("--period", "2026-10")
FILES = {
    "standards/tel/standard.yaml": """
kind: standard
id: tel
version: "1.0"
scoring: {min_coverage: 0.1}
dimensions: {talk: {}}
datasets: {calls: {columns: {call: text, at: timestamp}}}
criteria: [{id: b1, dimension: talk}]
""",
    "standards/tel/checklists/telephone.yaml": """
kind: checklist
id: telephone
standard: tel@1
dataset: calls
subject: call
items:
  - {id: clear, criterion: b1, ask: How clear?, answer: {scale: {min: 0, max: 4}}, target: ">= 2"}
""",
    "audits/calls/programme.yaml": """
kind: programme
id: calls
standard: tel@1
checklists: [telephone]
sites: [{id: north}]
period: month
sources: {calls: {path: calls.csv, time: at}}
samples: {telephone: {size: 2}}
team: {lead: anna, auditors: [anna, ben], several: lead}
""",
    "audits/calls/calls.csv": "call,at\nk-1,2026-10-05 09:00\nk-2,2026-10-06 09:00\n",
}
SAID = {"anna": {"k-1": 4, "k-2": 4}, "ben": {"k-1": 2, "k-2": 4}}


@pytest.fixture
def calls(project):
    made = project(FILES)
    assert made.run("sample", "draw", "calls", "telephone", *PERIOD, "--seed", "1").code == 0
    for who, answers in SAID.items():
        parts = [
            {"programme": "calls", "period": "2026-10", "site": "north", "subject": call, "answers": {"clear": value}}
            for call, value in answers.items()
        ]
        made.write(f"{who}.yaml", json.dumps(parts))
        done = made.run("form", "import", str(made.folder / f"{who}.yaml"), "--as", who)
        assert "2 new" in done.out, done.text
    return made


def values(calls):
    """Value and score by call and auditor; both ``None`` at the site itself."""
    assert calls.run("run", "calls", *PERIOD).code == 0
    rows = json.loads(calls.run("results", "--format", "json").out)
    assert len({row["id"] for row in rows}) == len(rows)
    return {
        (json.loads(row["subject"])[0] if row["subject"] else None, row["auditor"]): (row["value"], row["score"])
        for row in rows
    }


def test_each_call_has_the_answers_of_both_and_the_lead_chooses_call_by_call(calls):
    found = values(calls)
    assert {key: value for key, value in found.items() if key[1]} == {
        ("k-1", "anna"): (4, 100.0),
        ("k-1", "ben"): (2, 50.0),
        ("k-2", "anna"): (4, 100.0),
        ("k-2", "ben"): (4, 100.0),
    }
    assert (found["k-1", None], found["k-2", None]) == ((None, None), (4, 100.0))
    differing = calls.run("answers", "list", "calls", "--differing", *PERIOD, "--format", "json")
    assert {row["subject"] for row in json.loads(differing.out)} == {'["k-1"]'}
    choose = ("answers", "choose", "calls", "clear", "--auditor", "ben", "--as", "anna", *PERIOD, "--subject")
    assert calls.run(*choose, "k-2").code == 2
    assert calls.run(*choose, "k-1").code == 0
    found = values(calls)
    # The site is the mean of its calls: 2 and 4, 50 and 100.
    assert (found["k-1", None], found[None, None]) == ((2, 50.0), (3, 75.0))


def test_one_call_is_disputed_and_decided(calls):
    values(calls)
    opened = calls.run(
        *("disputes", "open", "calls", "clear", "--site", "north", "--subject", "k-2", *PERIOD),
        *("--as", "mia", "--reason", "a bad line", "--answer", "0"),
    )
    assert opened.code == 0, opened.text
    (row,) = json.loads(calls.run("disputes", "--format", "json").out)
    assert calls.run("disputes", "decide", row["id"], "--accept", "--as", "dora", "--reason", "heard it").code == 0
    found = values(calls)
    assert found["k-2", None] == (0, 0.0)
    assert found["k-2", "ben"] == (4, 100.0)
    (row,) = json.loads(calls.run("disputes", "--format", "json").out)
    assert (row["subject"], row["score_before"], row["score_after"]) == ('["k-2"]', 100.0, 0.0)
    assert calls.run("store", "verify").code == 0
    assert "k-2" in calls.run("disputes").out


def test_a_form_of_calls_holds_the_answers_of_its_auditor_alone(calls):
    import openpyxl

    done = calls.run("form", "export", "calls", *PERIOD, "--dir", str(calls.folder / "forms"), "--as", "ben")
    assert done.code == 0, done.text
    path = done.out.strip()
    cells = [cell.value for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=5) for cell in row]
    assert [value for value in cells if type(value) is int] == [2, 4]
    assert "0 new, 0 corrected, 2 unchanged" in calls.run("form", "import", path, "--as", "ben").out
