"""Answers are disputed within a window and decided by somebody without a part in it; both scores stay."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from sqaudit.errors import InvalidInput
from sqaudit.model.dispute import DisputeState
from sqaudit.workflow.context import open_context
from sqaudit.workflow.disputes import decide_dispute, open_dispute

STANDARD = """
kind: standard
id: desk
version: "1.0"
scoring: {min_coverage: 0.1}
dimensions: {care: {}}
datasets: {calls: {columns: {at: timestamp, ok: boolean}}}
criteria:
  - {id: C-1, dimension: care, severity: major}
  - {id: C-2, dimension: care}
"""
CHECKLIST = """
kind: checklist
id: visit
standard: desk@1
items:
  - {id: calls-ok, criterion: C-2, dataset: calls, measure: share(ok), target: ">= 0.5"}
  - {id: smile, criterion: C-1, ask: Friendliness, answer: {scale: {min: 0, max: 4}}, target: ">= 3"}
  - {id: lamps, criterion: C-2, ask: Do all lamps work?, answer: yes_no, evidence: {file: always}}
"""
PROGRAMME = """
kind: programme
id: visits
standard: desk@1
checklists: [visit]
sites: [{id: harbour}, {id: hill}]
period: month
sources: {calls: {path: calls.csv, site: site, time: at}}
"""
FILES = {
    "standards/desk/standard.yaml": STANDARD,
    "standards/desk/checklists/visit.yaml": CHECKLIST,
    "audits/visits/programme.yaml": PROGRAMME,
    "audits/visits/calls.csv": "site,at,ok\nharbour,2026-10-02,true\n",
}
PERIOD = ("--period", "2026-10")
SEVERAL = PROGRAMME + "team: {lead: anna, auditors: [anna, ben], several: lead}\n"


class Visits:
    def __init__(self, made):
        self.made = made

    def give(self, who="anna", name=None, **answers):
        file = f"{name or who}.yaml"
        content = {"programme": "visits", "period": "2026-10", "site": "harbour", "answers": answers}
        self.made.write(file, json.dumps(content))
        return self.made.run("form", "import", str(self.made.folder / file), "--as", who)

    def run(self):
        done = self.made.run("run", "visits", *PERIOD)
        assert done.code == 0, done.text

    def open(self, *more, item="smile", who="mia", reason="she did smile"):
        words = ("disputes", "open", "visits", item, "--site", "harbour", "--as", who, "--reason", reason)
        return self.made.run(*words, *PERIOD, *more)

    def decide(self, *more, who="dora", reason="seen on the film", identity=None):
        return self.made.run("disputes", "decide", identity or self.id, "--as", who, "--reason", reason, *more)

    @property
    def id(self):
        return self.rows("disputes")[-1]["id"]

    def rows(self, *words):
        done = self.made.run(*words, "--format", "json")
        assert done.code == 0, done.text
        return json.loads(done.out)

    def result(self, item="smile"):
        (row,) = [one for one in self.rows("results", "--item", item, "--site", "harbour") if one["auditor"] is None]
        return row["status"], row["value"], row["score"], row["revision"]

    def context(self, after=timedelta(0)):
        return open_context(folder=self.made.folder, environ={}, now=datetime.now(UTC) + after, no_plugins=True)


@pytest.fixture
def visits(project):
    made = Visits(project(FILES))
    made.give(smile=1)
    made.run()
    return made


def refused(done, code, said=""):
    assert (done.code, code in done.err) == (2, True), done.text
    assert said in done.err
    assert "hint: " in done.err


def test_an_accepted_dispute_makes_a_new_version_and_both_scores_stay(visits):
    assert visits.result() == ("fail", 1, 25.0, 1)
    done = visits.open("--answer", "4")
    assert (done.code, done.out) == (0, f"dispute {visits.id} is open\n")
    (row,) = visits.rows("disputes")
    assert (row["state"], row["score_before"], row["score_after"]) == ("open", 25.0, None)
    assert visits.decide("--accept").code == 0
    assert visits.result() == ("fail", 1, 25.0, 1)  # until the next run
    visits.run()
    assert visits.result() == ("pass", 4, 100.0, 2)
    (row,) = visits.rows("disputes", "list", "--state", "accepted", "--programme", "visits")
    before, after = ([row[f"{name}_{when}"] for name in ("revision", "status", "value", "score")] for when in TIMES)
    assert (before, after) == ([1, "fail", 1, 25.0], [2, "pass", 4, 100.0])
    (answer,) = [one for one in visits.rows("answers", "list", "visits", *PERIOD) if one["item"] == "smile"]
    assert (answer["version"], answer["given_by"], answer["dispute"]) == (2, "dora", visits.id)
    assert visits.made.run("store", "verify").code == 0
    shown = visits.made.run("disputes", "show", visits.id).out
    assert "she did smile" in shown
    assert "seen on the film" in shown
    chinese = visits.made.run("--lang", "zh", "disputes", "show", visits.id).out
    assert "已接受" in chinese
    assert "由 dora" in chinese


TIMES = ("before", "after")


def test_a_decision_in_part_names_the_answer(visits):
    visits.open("--answer", "4")
    refused(visits.decide("--partly", "5"), "SQA805")
    refused(visits.decide("--partly", "1"), "SQA866")
    assert visits.decide("--partly", "2").code == 0
    visits.run()
    assert visits.result() == ("fail", 2, 50.0, 2)
    (row,) = visits.rows("disputes")
    assert (row["state"], row["proposed"], row["decided"]) == ("partly", "4", "2")


def test_what_is_rejected_stays(visits):
    visits.open()
    refused(visits.decide("--accept"), "SQA866", "--partly")
    assert visits.decide("--reject").code == 0
    visits.run()
    assert visits.result() == ("fail", 1, 25.0, 1)
    (row,) = visits.rows("disputes", "list", "--state", "rejected")
    assert (row["score_before"], row["score_after"], row["decided"]) == (25.0, 25.0, None)
    refused(visits.open(), "SQA863", visits.id)
    # A correction is another answer, and may be disputed.
    visits.give("ben", smile=2)
    assert visits.open().code == 0


def test_one_dispute_at_a_time_and_one_decision(visits):
    visits.open("--answer", "4")
    refused(visits.open("--answer", "3"), "SQA863", visits.id)
    assert len(visits.rows("disputes")) == 1
    visits.decide("--accept")
    refused(visits.decide("--reject", who="eve"), "SQA864", "dora")
    (row,) = visits.rows("disputes")
    assert (row["state"], row["decided_by"]) == ("accepted", "dora")


@pytest.mark.parametrize("who", ["anna", "mia"])
def test_who_answered_or_disputes_does_not_decide(visits, who):
    visits.open("--answer", "4")
    refused(visits.decide("--accept", who=who), "SQA865", who)
    assert visits.rows("disputes")[0]["state"] == "open"


@pytest.mark.parametrize(
    ("more", "item", "code", "said"),
    [
        ((), "calls-ok", "SQA861", "measured"),
        ((), "lamps", "SQA861", "answers list"),
        ((), "smlie", "SQA861", "did you mean 'smile'?"),
        (("--answer", "happy"), "smile", "SQA805", "whole number"),
        (("--answer", "1"), "smile", "SQA866", ""),
        (("--site", "hil"), "smile", "SQA704", "hill"),
        (("--reason", " "), "smile", "SQA867", ""),
    ],
)
def test_what_cannot_be_disputed_is_refused_and_nothing_is_kept(visits, more, item, code, said):
    refused(visits.open(*more, item=item), code, said)
    assert visits.rows("disputes") == []


def test_decisions_are_one_of_three(visits):
    visits.open("--answer", "4")
    refused(visits.decide(), "SQA712")
    refused(visits.decide("--accept", "--reject"), "SQA712")
    refused(visits.decide("--reject", identity="d-000000000000"), "SQA707")


def test_the_window_runs_from_the_first_result_with_the_answer(visits):
    visits.made.edit("audits/visits/programme.yaml", "period: month", "period: month\ndisputes: {window: P2D}")
    asked = {"site": "harbour", "who": "mia", "reason": "no", "period": "2026-10"}
    late = visits.context(timedelta(days=2, minutes=1))
    with pytest.raises(InvalidInput, match=r"SQA862 the window for disputes ended at \d{4}-\d\d-\d\dT") as told:
        open_dispute(late, "visits", "smile", **asked)
    with visits.context().store() as store:
        recorded = store.read_cycle("visits", "2026-10").revisions[0].recorded_at
    assert (recorded + timedelta(days=2)).isoformat(timespec="seconds") in str(told.value)
    # A corrected answer has a window of its own, and a later revision with the old one opens none.
    visits.made.edit("standards/desk/standard.yaml", "severity: major", "severity: minor")
    visits.run()
    with pytest.raises(InvalidInput, match="SQA862"):
        open_dispute(late, "visits", "smile", **asked)
    visits.give("ben", smile=2)
    with visits.context().store() as store:
        (given,) = store.read_latest_answers("visits", "2026-10")
    near = replace(late, settings=replace_now(late, given.given_at + timedelta(days=2)))
    assert open_dispute(near, "visits", "smile", **asked).state is DisputeState.OPEN


def replace_now(context, now):
    import dataclasses

    return dataclasses.replace(context.settings, now=now)


def test_a_closed_cycle_has_to_be_opened_first(visits):
    visits.open("--answer", "4")
    visits.made.run("cycle", "close", "visits", "2026-10")
    refused(visits.decide("--accept"), "SQA615", "cycle reopen")
    assert visits.rows("disputes")[0]["state"] == "open"
    assert visits.decide("--reject").code == 0
    visits.give("ben", smile=2)
    refused(visits.open(), "SQA615", "cycle reopen")
    visits.made.run("cycle", "reopen", "visits", "2026-10")
    assert visits.open().code == 0


def test_old_forms_do_not_undo_a_decision(visits):
    visits.open("--answer", "4")
    visits.decide("--accept")
    refused(visits.give("ben", name="old", smile=1, lamps=True), "SQA842", visits.id)
    assert [row["item"] for row in visits.rows("answers", "list", "visits", *PERIOD)] == ["smile"]
    visits.run()
    assert visits.result()[:2] == ("pass", 4)
    # Another dispute is the way to change it.
    visits.open("--answer", "2", who="ben")
    assert visits.decide("--accept", who="eve").code == 0
    visits.run()
    assert visits.result() == ("fail", 2, 50.0, 3)
    rows = visits.rows("disputes")
    assert [(row["score_before"], row["score_after"]) for row in rows] == [(25.0, 100.0), (100.0, 50.0)]


def test_evidence_stands_beside_the_decided_answer_too(visits):
    visits.made.write("film.mp4", b"film")
    visits.give(lamps={"answer": False, "evidence": "film.mp4"})
    visits.run()
    assert visits.open("--answer", "yes", item="lamps").code == 0
    visits.decide("--accept")
    visits.run()
    assert visits.result("lamps")[:3] == ("pass", 1, 100.0)


def test_disputes_of_several_auditors_answers_decide_for_the_item(project):
    v = Visits(project(FILES | {"audits/visits/programme.yaml": SEVERAL}))
    v.give("anna", smile=4)
    v.give("ben", smile=1)
    v.run()
    refused(v.open("--answer", "3"), "SQA861", "the lead chooses first")
    v.made.run("answers", "choose", "visits", "smile", "--auditor", "ben", "--as", "anna", "--site", "harbour", *PERIOD)
    v.run()
    v.open("--answer", "3")
    refused(v.decide("--accept", who="anna"), "SQA865")
    v.decide("--accept")
    v.run()
    rows = {row["auditor"]: row["value"] for row in v.rows("results", "--item", "smile", "--site", "harbour")}
    assert rows == {None: 3, "anna": 4, "ben": 1}
    (row,) = v.rows("disputes")
    assert (row["score_before"], row["score_after"], row["given_by"]) == (25.0, 75.0, "anna ben")
    again = v.made.run(
        *("answers", "choose", "visits", "smile", "--auditor", "anna", "--as", "anna", "--site", "harbour"), *PERIOD
    )
    refused(again, "SQA844", row["id"])
    v.give("ben", name="later", smile=0)  # is kept, and changes nothing that was decided
    v.run()
    assert v.result()[1] == 3
    assert v.made.run("store", "verify").code == 0


def test_csv_has_the_fields_of_json(visits):
    visits.open("--answer", "4")
    as_csv = list(csv.DictReader(io.StringIO(visits.made.run("disputes", "--format", "csv").out)))
    assert list(as_csv[0]) == list(visits.rows("disputes")[0])


DECIDES = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from sqaudit.errors import InvalidInput
from sqaudit.model.dispute import DisputeState
from sqaudit.workflow.context import open_context
from sqaudit.workflow.disputes import decide_dispute

folder, identity, who, start = sys.argv[1:]
context = open_context(folder=Path(folder), environ={}, now=datetime.now(UTC), no_plugins=True)
while time.time() < float(start):
    pass
try:
    decide_dispute(context, identity, DisputeState.ACCEPTED, who=who, reason="mine")
    print("won")
except InvalidInput as error:
    print(error.code, error.message)
"""


def test_of_two_deciders_at_once_one_is_heard_and_the_other_told(visits):
    import time

    visits.open("--answer", "4")
    start = str(time.time() + 4)
    deciders = [
        subprocess.Popen(
            [sys.executable, "-c", DECIDES, str(visits.made.folder), visits.id, who, start],
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in ("dora", "eve")
    ]
    said = [one.communicate()[0].strip() for one in deciders]
    assert said.count("won") == 1, said
    winner = ("dora", "eve")[said.index("won")]
    (lost,) = [one for one in said if one != "won"]
    assert lost.startswith(f"SQA864 dispute {visits.id} is decided already, by {winner}")
    (answer,) = [one for one in visits.rows("answers", "list", "visits", *PERIOD) if one["item"] == "smile"]
    assert (answer["version"], answer["given_by"]) == (2, winner)


DIES = """
import os, signal
from sqaudit.store import disputes
insert = disputes.insert_versions
disputes.insert_versions = lambda *given: (insert(*given), os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_killed_decision_leaves_the_dispute_open(visits):
    visits.open("--answer", "4")
    script = [sys.executable, "-c", DIES + DECIDES, str(visits.made.folder), visits.id, "dora", "0"]
    assert subprocess.run(script, capture_output=True, check=False).returncode == -signal.SIGKILL
    assert visits.rows("disputes")[0]["state"] == "open"
    assert [row["version"] for row in visits.rows("answers", "list", "visits", *PERIOD)] == [1]
    assert visits.made.run("store", "verify").code == 0
    assert visits.decide("--accept").code == 0


def test_a_decision_that_meets_a_closed_cycle_leaves_nothing_behind(visits):
    """The dispute is taken before the cycle is looked at: both are one transaction, and both are undone."""
    visits.open("--answer", "4")
    context = visits.context()
    with context.store() as store:
        store.close_cycle("visits", "2026-10", datetime.now(UTC))
    with pytest.raises(InvalidInput, match="SQA615"):
        decide_dispute(context, visits.id, DisputeState.ACCEPTED, who="dora", reason="yes")
    with context.store() as store:
        assert store.find_dispute(visits.id).state is DisputeState.OPEN
        assert len(store.read_answers("visits", "2026-10")) == 1


CHOSEN = """
INSERT INTO answer_choices (programme, period, site, checklist, item, subject, auditor, version, chosen_by, chosen_at)
VALUES ('visits', '2026-10', 'harbour', 'visit', 'smile', '', 'ben', 7, 'anna', '2026')
"""


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM answers WHERE dispute IS NOT NULL", "DELETE FROM disputes", CHOSEN],
)
def test_the_store_misses_answers_that_were_chosen_or_decided(visits, statement):
    import sqlite3

    visits.open("--answer", "4")
    visits.decide("--accept")
    with sqlite3.connect(visits.made.folder / "sqaudit.db") as raw:
        raw.execute(statement)
    raw.close()
    done = visits.made.run("store", "verify")
    assert "SQA631" in done.text
    assert "smile" in done.text
