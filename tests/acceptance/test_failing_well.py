"""Every way to go wrong gives one clear message, the right exit code, no traceback, and changes nothing."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import pytest

STANDARD = "standards/my-service/standard.yaml"
CHECKLIST = "standards/my-service/checklists/desk.yaml"
PROGRAMME = "audits/first-audit/programme.yaml"
RECORDS = "audits/first-audit/requests.csv"
RUN = ("run", "first-audit", "--period", "2026-10")


def _measure(text):
    return lambda p: p.edit(CHECKLIST, "measure: share(solved)", f'measure: "{text}"')


def _encode(encoding):
    def change(p):
        text = (p.folder / RECORDS).read_text(encoding="utf-8")
        p.write(RECORDS, text.replace("south,2026-10-02", "süd,2026-10-02").encode(encoding))

    return change


# what went wrong: (change, exit code, code, what the message must say)
CASES = {
    "a missing file": (lambda p: p.remove(RECORDS), 3, None, ["requests.csv"]),
    "an empty file": (lambda p: p.write(RECORDS, b""), 3, None, ["requests.csv"]),
    "a glob that matches nothing": (
        lambda p: p.edit(PROGRAMME, "path: requests.csv", 'path: "export-*.csv"'),
        3,
        None,
        ["export-*.csv"],
    ),
    "a column that is not there": (
        lambda p: p.edit(RECORDS, "opened_at", "openedat"),
        3,
        None,
        ["requests.csv", "opened_at", "openedat"],
    ),
    "a wrong type": (
        lambda p: p.edit(STANDARD, "opened_at: timestamp", "opened_at: timestmp"),
        2,
        r"SQA1\d\d",
        [f"{STANDARD}:", "timestmp", "timestamp"],
    ),
    "a wrong encoding": (_encode("latin-1"), 3, None, ["requests.csv", "utf-8"]),
    "a broken indent": (
        lambda p: p.edit(STANDARD, "    severity: major", "   severity: major"),
        2,
        r"SQA1\d\d",
        [f"{STANDARD}:"],
    ),
    "a tab": (
        lambda p: p.edit(STANDARD, "    severity: major", "\tseverity: major"),
        2,
        r"SQA1\d\d",
        [f"{STANDARD}:", "tab"],
    ),
    "an unknown key": (
        lambda p: p.edit(STANDARD, "    severity: major", "    colour: red"),
        2,
        r"SQA1\d\d",
        [f"{STANDARD}:", "colour"],
    ),
    "a misspelt key": (
        lambda p: p.edit(STANDARD, "severity: major", "severty: major"),
        2,
        r"SQA1\d\d",
        [f"{STANDARD}:", "severty", "did you mean", "severity"],
    ),
    "a duplicate key": (
        lambda p: p.edit(STANDARD, "    severity: major", "    severity: major\n    severity: minor"),
        2,
        r"SQA1\d\d",
        [f"{STANDARD}:", "severity"],
    ),
    "an unquoted version": (
        lambda p: p.edit(STANDARD, 'version: "1.0.0"', "version: 1.10"),
        2,
        r"SQA1\d\d",
        [f"{STANDARD}:", "1.10", "quote"],
    ),
    "a cycle in extends": (
        lambda p: p.edit(STANDARD, 'version: "1.0.0"', 'version: "1.0.0"\nextends: my-service@1'),
        2,
        r"SQA2\d\d",
        [f"{STANDARD}:", "my-service"],
    ),
    "a negative weight": (
        lambda p: p.edit(STANDARD, "weight: 50}\n  outcome", "weight: -1}\n  outcome"),
        2,
        r"SQA1\d\d",
        ["-1"],
    ),
    "weights all zero": (
        lambda p: p.edit(STANDARD, "weight: 50", "weight: 0"),
        2,
        r"SQA2\d\d",
        [f"{STANDARD}:", "weight"],
    ),
    "an unknown column": (_measure("share(sovled)"), 2, r"SQA3\d\d", [f"{CHECKLIST}:", "sovled", "solved"]),
    "an unknown function": (_measure("shar(solved)"), 2, r"SQA3\d\d", [f"{CHECKLIST}:", "shar", "share"]),
    "a subquery": (_measure("share(solved = (SELECT true))"), 2, r"SQA3\d\d", [f"{CHECKLIST}:"]),
    "a file function": (
        _measure("count(*) + (SELECT count(*) FROM read_csv('other.csv'))"),
        2,
        r"SQA3\d\d",
        [f"{CHECKLIST}:"],
    ),
    "a bare file function": (_measure("read_csv('other.csv')"), 2, r"SQA3\d\d", [f"{CHECKLIST}:", "read_csv"]),
    "a division by zero": (_measure("1/0"), 2, r"SQA3\d\d", [f"{CHECKLIST}:"]),
    "text where a number belongs": (_measure("mean('five')"), 2, r"SQA3\d\d", [f"{CHECKLIST}:", "five"]),
    "a tag that would construct an object": (
        lambda p: p.edit(STANDARD, 'version: "1.0.0"', 'version: !!python/object/apply:os.system ["echo owned"]'),
        2,
        r"SQA1\d\d",
        [f"{STANDARD}:", "tag"],
    ),
    "a key that is not built yet": (
        lambda p: p.edit(PROGRAMME, "period: month", "period: month\nanswers: {}"),
        2,
        "SQA109",
        [f"{PROGRAMME}:", "answers"],
    ),
    "a store that is no database": (
        lambda p: p.write("sqaudit.db", b"this is not a database" * 100),
        74,
        r"SQA6\d\d",
        ["sqaudit.db"],
    ),
    "a store in a folder that is not there": (
        lambda p: p.edit("sqaudit.yaml", "timezone: UTC", "timezone: UTC\nstore: sqlite:///nowhere/else/a.db"),
        74,
        r"SQA6\d\d",
        ["nowhere"],
    ),
    "an unknown plugin is required": (
        lambda p: p.edit("sqaudit.yaml", "timezone: UTC", 'timezone: UTC\nrequires: ["hotel >=1.0"]'),
        3,
        r"SQA4\d\d",
        ["hotel"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_run_that_cannot_work_says_why(project, case):
    change, exit_code, code, words = CASES[case]
    p = project()
    change(p)
    before = p.files()
    outcome = p.run("run", "first-audit", "--period", "2026-10")
    assert outcome.code == exit_code, outcome.text
    assert "Traceback" not in outcome.text
    assert re.search(code or r"SQA5\d\d", outcome.err), outcome.err
    for word in words:
        assert word in outcome.err, outcome.err
    if code:
        assert p.files() == before, "something was written"
    else:
        results = json.loads(p.run("results", "--format", "json").out)
        assert {result["status"] for result in results} == {"error"}
        assert p.run("run", "first-audit", "--period", "2026-10").err == outcome.err, "a second run says the same"


@pytest.mark.parametrize("case", [name for name, case in CASES.items() if case[1] == 2])
def test_check_tells_the_same_before_anything_runs(project, case):
    change, _, code, words = CASES[case]
    p = project()
    change(p)
    outcome = p.run("check")
    assert outcome.code == 2
    assert re.search(rf"^\S+:\d+:\d+: {code} ", outcome.text, re.MULTILINE), outcome.text
    for word in words:
        assert word in outcome.text


def test_every_problem_of_every_file_comes_in_one_run(project):
    p = project()
    p.edit(STANDARD, "severity: major", "severty: major")
    p.edit(CHECKLIST, "measure: share(solved)", "measure: share(sovled)")
    p.edit(PROGRAMME, "period: month", "period: moon")
    outcome = p.run("check")
    for file in (STANDARD, CHECKLIST, PROGRAMME):
        assert f"{file}:" in outcome.text


def test_a_future_period_is_refused(project):
    outcome = project().run("run", "first-audit", "--period", "2199-01")
    assert outcome.code == 2
    assert "SQA701" in outcome.err


def test_an_unreadable_period_names_the_forms(project):
    outcome = project().run("run", "first-audit", "--period", "octember")
    assert outcome.code == 2
    assert "2026-Q3" in outcome.err


def test_a_period_without_any_record_is_nothing_evaluated(project):
    p = project()
    outcome = p.run("run", "first-audit", "--period", "2020-01")
    assert outcome.code == 4
    statuses = p.run("results", "--period", "2020-01", "--format", "csv").out
    assert statuses.count(",no_data,") == 6


def test_a_site_without_records_is_listed_as_no_data_and_never_zero(project):
    p = project()
    p.edit(PROGRAMME, "period: month", "  - {id: west}\nperiod: month")
    outcome = p.run("run", "first-audit", "--period", "2026-10")
    assert outcome.code == 0
    results = json.loads(p.run("results", "--site", "west", "--format", "json").out)
    assert {(r["status"], r["value"], r["score"], r["reason"]) for r in results} == {("no_data", None, None, "no_rows")}
    scores = json.loads(p.run("scores", "--site", "west", "--format", "json").out)
    audit = next(s for s in scores if s["level"] == "audit")
    assert (audit["score"], audit["rating"], audit["coverage"]) == (None, None, 0.0)


def test_records_of_an_unknown_site_are_a_counted_warning(project):
    p = project()
    p.edit(RECORDS, "south,2026-10-28", "elsewhere,2026-10-28")
    outcome = p.run("run", "first-audit", "--period", "2026-10")
    assert outcome.code == 0
    assert "elsewhere" in outcome.err


def test_a_criterion_that_no_item_observes_is_a_warning_and_lowers_coverage(project):
    p = project()
    p.edit(CHECKLIST, "  - id: solved-share\n    criterion: solved-requests\n", "  - id: solved-share\n")
    check = p.run("check")
    assert check.code == 0
    assert "solved-requests" in check.text
    assert p.run("run", "first-audit", "--period", "2026-10").code == 0
    scores = json.loads(p.run("scores", "--format", "json").out)
    coverage = {s["id"]: s["coverage"] for s in scores if s["level"] == "audit"}
    assert coverage == {"north": 0.75, "south": 0.75}


def test_one_broken_measure_leaves_its_neighbours_alone(project):
    """The cast fails in the engine only when the rows are read; nothing else may lose its value."""
    p = project()
    p.edit(CHECKLIST, "measure: share(solved)", "measure: sum(satisfaction * 10000000000000000000000000000000000000)")
    outcome = p.run("run", "first-audit", "--period", "2026-10")
    assert outcome.code in {0, 3}, outcome.text
    results = json.loads(p.run("results", "--format", "json").out)
    by_item = {}
    for result in results:
        by_item.setdefault(result["item"], set()).add(result["status"])
    assert by_item["answered-in-time"] <= {"pass", "fail"}
    assert by_item["satisfied-share"] <= {"pass", "fail"}


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    target = tmp_path / "file"
    target.write_text("a file, no folder", encoding="utf-8")
    outcome = subprocess.run(
        [sys.executable, "-m", "sqaudit", "demo", "--dir", str(target / "demo")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 74, outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert str(target) in outcome.stderr


def test_ctrl_c_in_the_middle_writes_nothing_half_and_a_second_run_completes(project):
    p = project()
    header = "office,opened_at,answered_at,solved,satisfaction\n"
    line = "north,2026-10-01 09:10,2026-10-01 10:02,true,5\n"
    p.write(RECORDS, header + line * 400_000)
    command = [sys.executable, "-m", "sqaudit", "--project", str(p.folder), "run", "first-audit", "--period", "2026-10"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(1.2)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    if running.returncode == 0:
        pytest.fail("the run was over before it could be interrupted")
    assert running.returncode == 130, err
    assert "Traceback" not in err
    assert p.run("cycle", "list", "--format", "json").out.strip() in {"[]", ""}
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert os.listdir(p.folder)  # noqa: PTH208


def _run_with_files_of_at_most(size, folder):
    """The first run of a project in which no file may grow beyond ``size`` bytes, as on a disk that is full."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"
    call = f"from sqaudit.cli.main import main; raise SystemExit(main({['--project', str(folder), *RUN]!r}))"
    return subprocess.run([sys.executable, "-c", f"{limit}; {call}"], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("size", [0, 5_000, 50_000, 150_000])
def test_a_full_disk_is_told_and_leaves_nothing_half_written(project, size):
    p = project()
    outcome = _run_with_files_of_at_most(size, p.folder)
    assert outcome.returncode == 74, outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert "SQA6" in outcome.stderr
    again = p.run(*RUN)
    assert again.code == 0, again.err
    assert "revision 1" in again.out


def test_without_a_temporary_folder_nothing_starts(project, monkeypatch, tmp_path):
    p = project()
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file" / "folder"))
    outcome = p.run(*RUN)
    assert (outcome.code, "SQA602" in outcome.err) == (74, True)
