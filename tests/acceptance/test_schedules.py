"""Audits fall due and are run once each: by whom, when, and what stays visible of those that were not."""

from __future__ import annotations

import json
import os
import platform
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import sqaudit
from sqaudit.model.duty import Claim
from sqaudit.store.engine import open_store

PROGRAMME = "audits/first-audit/programme.yaml"
RULE = 'rrule: "FREQ=MONTHLY;BYMONTHDAY=3", window: P5D, start: 2026-07-01'
HEADER = "office,opened_at,answered_at,solved,satisfaction\n"
RECORDS = HEADER + "".join(
    f"{site},2026-{month:02}-05 09:00,2026-{month:02}-05 10:00,true,5\n"
    for month in range(1, 13)
    for site in ("north", "south")
)


@pytest.fixture
def scheduled(project):
    """The smallest project with a record at each site in each month of 2026, and a schedule."""

    def make(schedule=RULE, **files):
        made = project(files={"audits/first-audit/requests.csv": RECORDS, **files})
        made.edit(PROGRAMME, "period: month\n", f"period: month\nschedule: {{{schedule}}}\n")
        return made

    return make


def due(project, now, *more):
    return project.run("run", "--due", "--now", now, *more)


def ran(outcome):
    """The cycles that summaries head, in their order."""
    return [line.split(",")[0] for line in outcome.out.splitlines() if ", revision " in line]


def listed(project, now, freeze):
    freeze(now)
    rows = json.loads(project.run("schedule", "list", "--format", "json").out)
    return [(row["period"], row["state"]) for row in rows]


@pytest.fixture
def freeze(monkeypatch):
    """Let every command begin at a moment."""
    from sqaudit.cli import session

    def at(moment):
        class Clock(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.fromisoformat(moment).replace(tzinfo=UTC).astimezone(tz)

        monkeypatch.setattr(session, "datetime", Clock)

    return at


def revisions(project):
    with closing(sqlite3.connect(project.folder / "sqaudit.db")) as store:
        rows = store.execute(
            "SELECT programme, period, count(*) FROM cycles JOIN revisions ON cycle_id = cycles.id GROUP BY 1, 2"
        )
        return {(programme, period): count for programme, period, count in rows}


def claims(project):
    with closing(sqlite3.connect(project.folder / "sqaudit.db")) as store:
        return store.execute("SELECT programme, period, pid FROM due_claims").fetchall()


def started(project, *arguments):
    own = {name: value for name, value in os.environ.items() if not name.startswith("SQAUDIT_")}
    return subprocess.Popen(
        [sys.executable, "-m", "sqaudit", "--project", str(project.folder), *arguments],
        env={**own, "PYTHONPATH": str(Path(sqaudit.__file__).parents[1]), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_what_is_due_is_run_once(scheduled):
    made = scheduled()
    before = due(made, "2026-10-03T05:59")
    assert ran(before) == ["first-audit 2026-08"]
    first = due(made, "2026-10-03T06:00")
    assert first.code == 0, first.text
    assert ran(first) == ["first-audit 2026-09"]
    second = due(made, "2026-10-03T06:00")
    assert (second.code, second.out) == (0, "nothing is due\n")
    assert revisions(made) == {("first-audit", "2026-08"): 1, ("first-audit", "2026-09"): 1}
    assert claims(made) == []


def test_missed_audits_stay_visible_after_the_latest_was_run(scheduled, freeze):
    made = scheduled()
    outcome = due(made, "2026-10-20T12:00")
    assert ran(outcome) == ["first-audit 2026-09"]
    assert "first-audit missed 2026-06, 2026-07, 2026-08;" in outcome.err
    assert listed(made, "2026-10-20T12:00", freeze) == [
        ("2026-06", "missed"),
        ("2026-07", "missed"),
        ("2026-08", "missed"),
        ("2026-09", "done"),
        ("2026-10", "upcoming"),
    ]
    assert "已错过" in made.run("schedule", "list", "--lang", "zh").out
    assert made.run("run", "first-audit", "--period", "2026-07").code == 0
    assert ("2026-07", "missed") not in listed(made, "2026-10-20T12:00", freeze)


def test_states_follow_the_window(scheduled, freeze):
    made = scheduled(RULE.replace("2026-07-01", "2026-10-01"))
    assert listed(made, "2026-10-03T05:59", freeze) == [("2026-09", "upcoming")]
    assert listed(made, "2026-10-03T06:00", freeze) == [("2026-09", "due"), ("2026-10", "upcoming")]
    assert listed(made, "2026-10-08T06:00", freeze) == [("2026-09", "missed"), ("2026-10", "upcoming")]


@pytest.mark.parametrize(
    ("catch_up", "now", "expected"),
    [
        ("latest", "2026-10-20T12:00", ["2026-09"]),
        ("all", "2026-10-20T12:00", ["2026-06", "2026-07", "2026-08", "2026-09"]),
        ("skip", "2026-10-20T12:00", []),
        ("skip", "2026-10-07T12:00", ["2026-09"]),
    ],
)
def test_catching_up(scheduled, catch_up, now, expected):
    made = scheduled(f"{RULE}, catch_up: {catch_up}")
    assert ran(due(made, now)) == [f"first-audit {period}" for period in expected]
    assert ran(due(made, now)) == []


def test_without_a_start_nothing_before_the_first_record_is_missed(scheduled, freeze):
    """A cycle of long ago that somebody looked at by hand makes nobody late."""
    made = scheduled('rrule: "FREQ=MONTHLY;BYMONTHDAY=3", window: P5D, catch_up: all')
    assert made.run("run", "first-audit", "--period", "2026-02").code == 0  # recorded today, whenever that is
    with closing(sqlite3.connect(made.folder / "sqaudit.db")) as store:
        store.execute("UPDATE revisions SET recorded_at = '2026-08-20T00:00:00.000000+00:00'")
        store.commit()
    assert listed(made, "2026-11-01T00:00", freeze) == [
        ("2026-08", "missed"),
        ("2026-09", "missed"),
        ("2026-10", "upcoming"),
    ]


def test_without_a_start_the_newest_is_run_though_the_programme_was_recorded_later(scheduled, freeze):
    made = scheduled('rrule: "FREQ=MONTHLY;BYMONTHDAY=3", window: P5D, catch_up: all')
    freeze("2026-10-20T12:00")
    assert made.run("run", "first-audit", "--period", "2026-10-01/2026-10-15").code == 0
    assert ran(due(made, "2026-10-20T12:00")) == ["first-audit 2026-09"]


def test_a_closed_cycle_is_done_and_a_trial_is_not(scheduled):
    made = scheduled()
    assert made.run("run", "first-audit", "--period", "2026-09", "--pilot").code == 0
    assert ran(due(made, "2026-10-03T07:00")) == ["first-audit 2026-09"]
    assert made.run("cycle", "close", "first-audit", "2026-09").code == 0
    made.write("audits/first-audit/requests.csv", HEADER)
    again = due(made, "2026-10-03T08:00")
    assert (again.code, again.out) == (0, "nothing is due\n")


def test_what_was_collected_and_not_scored_is_finished(scheduled):
    made = scheduled()
    assert made.run("collect", "first-audit", "--period", "2026-09").code == 0
    assert ran(due(made, "2026-10-03T07:00")) == ["first-audit 2026-09"]
    assert revisions(made) == {("first-audit", "2026-09"): 1}


def test_the_worst_exit_code_counts_and_one_failure_stops_no_other(scheduled):
    made = scheduled()
    sound = (made.folder / PROGRAMME).read_text(encoding="utf-8")
    made.write("audits/empty/programme.yaml", sound.replace("id: first-audit", "id: empty-audit"))
    made.write("audits/empty/requests.csv", HEADER)
    broken = sound.replace("id: first-audit", "id: broken-audit").replace("checklists: [desk]", "checklists: [dusk]")
    made.write("audits/broken/programme.yaml", broken)
    outcome = due(made, "2026-10-03T07:00")
    assert ran(outcome) == ["empty-audit 2026-09", "first-audit 2026-09"]
    assert outcome.code == 2
    assert "SQA203" in outcome.err
    made.remove("audits/broken")
    made.write("audits/unread/programme.yaml", "kind: programme\nid: [\n")
    unread = due(made, "2026-10-03T07:00")
    assert unread.code == 2, unread.text
    assert "audits/unread/programme.yaml:" in unread.err
    assert made.run("schedule", "list").code == 2
    made.remove("audits/unread")
    made.remove("sqaudit.db")
    assert due(made, "2026-10-03T07:00").code == 4


def test_findings_count_where_they_are_asked_for(scheduled):
    made = scheduled()
    made.write("audits/first-audit/requests.csv", RECORDS.replace(",true,5", ",false,1"))
    assert due(made, "2026-10-03T07:00", "--fail-on", "minor").code == 1


def test_due_and_a_programme_do_not_go_together(scheduled):
    made = scheduled()
    for arguments in (
        ("run", "--due", "first-audit"),
        ("run", "--due", "--period", "2026-09"),
        ("run", "--due", "--pilot"),
        ("run", "first-audit", "--now", "2026-10-03"),
    ):
        outcome = made.run(*arguments)
        assert outcome.code == 2
        assert "SQA712" in outcome.err
    assert "'PROGRAMME'" in made.run("run").err
    for moment in ("soon", "0001-01-01", "9999-12-31T23:59"):
        assert "SQA742" in due(made, moment).err
        assert "SQA742" in made.run("schedule", "preview", "first-audit", "--from", moment).err
    for day in ("1900-01-01", "2199-12-31"):
        assert made.run("schedule", "preview", "first-audit", "--from", day).code == 0
    for moment in ("1900-01-02", "2199-12-30"):
        assert due(made, moment, "--fail-on", "minor").code in {0, 3, 4}


def test_a_moment_without_zone_is_in_the_projects(scheduled):
    made = scheduled()
    made.edit("sqaudit.yaml", "timezone: UTC", "timezone: Asia/Shanghai")
    assert ran(due(made, "2026-10-03T05:59")) == ["first-audit 2026-08"]
    assert ran(due(made, "2026-10-02T22:00+00:00")) == ["first-audit 2026-09"]


def test_projects_without_schedules_say_so(project):
    made = project()
    assert due(made, "2026-10-03").out == "no programme has a schedule\n"
    assert "no programme has a schedule" in made.run("schedule", "list").err
    outcome = made.run("schedule", "preview", "first-audit")
    assert (outcome.code, "SQA741" in outcome.err) == (2, True)


def test_the_preview_tells_what_was_skipped_and_moved_and_why(scheduled):
    made = scheduled(
        'rrule: "FREQ=MONTHLY;BYMONTHDAY=31", window: P5D, at: "20:00", skip: [2026-10-31],'
        " move: {2026-12-31: 2027-01-04}"
    )
    made.edit("sqaudit.yaml", "timezone: UTC", "timezone: Europe/Berlin")
    outcome = made.run("schedule", "preview", "first-audit", "--from", "2026-10-01", "--count", "3", "--format", "json")
    rows = json.loads(outcome.out)
    assert [(row["day"], row["period"], row["note"]) for row in rows] == [
        ("2026-10-31", "2026-09", "left out by 'skip'"),
        ("2026-11-30", "2026-10", "the last day of a shorter month"),
        ("2027-01-04", "2026-11", "moved from 2026-12-31 by 'move'"),
        ("2027-01-31", "2026-12", None),
    ]
    assert [rows[0]["due_from"], rows[1]["due_from"], rows[1]["due_until"]] == [
        None, "2026-11-30T20:00:00+01:00", "2026-12-05T20:00:00+01:00",
    ]  # fmt: skip
    chinese = made.run("schedule", "preview", "first-audit", "--from", "2026-10-01", "--lang", "zh")
    assert "由“skip”跳过" in chinese.out


def test_several_days_may_ask_for_one_cycle(scheduled, freeze):
    """A weekly look at a month: the first one runs it, and until it is done each of them opens the window again."""
    made = scheduled('rrule: "FREQ=WEEKLY;BYDAY=MO", window: P2D, start: 2026-10-01')
    assert listed(made, "2026-10-09T00:00", freeze) == [("2026-09", "missed"), ("2026-09", "upcoming")]
    assert listed(made, "2026-10-12T07:00", freeze) == [("2026-09", "due"), ("2026-09", "upcoming")]
    assert ran(due(made, "2026-10-12T07:00")) == ["first-audit 2026-09"]
    assert listed(made, "2026-10-12T07:00", freeze) == [("2026-09", "done"), ("2026-10", "upcoming")]


def test_two_processes_run_each_cycle_once(scheduled):
    made = scheduled(f"{RULE}, catch_up: all")
    with open_store("sqlite:///sqaudit.db", made.folder):
        pass  # this is about cycles, not about who makes the store
    arguments = ("run", "--due", "--now", "2026-12-20T12:00")
    both = [started(made, *arguments) for _ in range(2)]
    told = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    periods = [f"2026-{month:02}" for month in range(6, 12)]
    assert revisions(made) == {("first-audit", period): 1 for period in periods}
    summaries = [line for out, _err in told for line in out.splitlines() if ", revision " in line]
    assert sorted(summaries) == [f"first-audit {period}, revision 1" for period in periods]
    assert claims(made) == []


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_what_a_killed_process_had_begun_is_run_again(scheduled):
    made = scheduled()
    made.write("audits/first-audit/requests.csv", HEADER + RECORDS.removeprefix(HEADER) * 2000)
    with open_store("sqlite:///sqaudit.db", made.folder):
        pass  # the tables are there, so that they can be watched
    process = started(made, "run", "--due", "--now", "2026-10-03T12:00")
    while not claims(made):
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert [pid for _programme, _period, pid in claims(made)] == [process.pid]
    assert ran(due(made, "2026-10-03T12:00")) == ["first-audit 2026-09"]
    assert claims(made) == []
    assert set(revisions(made).values()) == {1}
    with open_store("sqlite:///sqaudit.db", made.folder) as store:
        assert store.verify() == []


@pytest.mark.parametrize(
    ("host", "age", "taken_over"),
    [
        ("elsewhere", timedelta(hours=5), False),
        ("elsewhere", timedelta(hours=7), True),
        (None, timedelta(hours=7), True),
        (None, timedelta(0), False),
    ],
)
def test_a_claim_is_respected_while_its_process_may_live(scheduled, host, age, taken_over):
    made = scheduled()
    parent = Claim(host=host or platform.node(), pid=os.getppid(), claimed_at=datetime.now(UTC) - age)
    with open_store("sqlite:///sqaudit.db", made.folder) as store:
        assert store.claim_due("first-audit", "2026-09", parent, lambda _held: False) == parent
    outcome = due(made, "2026-10-03T12:00")
    assert outcome.code == 0
    assert ran(outcome) == (["first-audit 2026-09"] if taken_over else [])
    assert (f"is being run by process {parent.pid} on {parent.host}" in outcome.err) is not taken_over
    assert len(claims(made)) == (0 if taken_over else 1)


def test_a_claim_that_was_taken_over_is_not_given_up_by_its_old_holder(tmp_path):
    old, new = (Claim(host="h", pid=pid, claimed_at=datetime(2026, 10, 3, tzinfo=UTC)) for pid in (1, 2))
    with open_store("sqlite:///s.db", tmp_path) as store:
        assert store.claim_due("p", "2026-09", old, lambda _held: False) == old
        assert store.claim_due("p", "2026-09", new, lambda _held: True) == new
        store.release_due("p", "2026-09", old)
        assert store.claim_due("p", "2026-09", old, lambda _held: False) == new
