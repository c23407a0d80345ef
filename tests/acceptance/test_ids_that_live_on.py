"""An id that cycles were recorded under may not vanish unnoticed: ``check`` and ``run`` ask what became of it."""

from __future__ import annotations

import json

import pytest

STANDARD_FILE, CHECKLIST_FILE = "standards/stay/standard.yaml", "standards/stay/checklists/guests.yaml"
PROGRAMME_FILE, RECORDS = "audits/monthly/programme.yaml", "audits/monthly/answers.csv"
STANDARD = """kind: standard
id: stay
version: "1.0.0"
dimensions: {rooms: {}}
datasets: {answers: {columns: {day: date, clean: boolean, quiet: boolean}}}
criteria:
  - {id: RM-1, dimension: rooms, target: ">= 0.7"}
  - {id: RM-2, dimension: rooms, target: ">= 0.7"}
"""
CHECKLIST = """kind: checklist
id: guests
standard: stay@1
dataset: answers
items:
  - {criterion: RM-1, measure: share(clean)}
  - {criterion: RM-2, measure: share(quiet)}
  - {id: answers, measure: count(*)}
"""
PROGRAMME = """kind: programme
id: monthly
standard: stay@1
checklists: [guests]
sites: [{id: east}]
period: month
sources: {answers: {path: answers.csv, time: day}}
"""
ROWS = "day,clean,quiet\n" + "".join(f"2026-07-{day:02},yes,{'yes' if day % 2 else 'no'}\n" for day in range(1, 29))
RENAMED = (STANDARD_FILE, "{id: RM-2,", "{id: RM-20,"), (CHECKLIST_FILE, "{criterion: RM-2,", "{criterion: RM-20,")
GONE = [
    (f"{STANDARD_FILE}:6:1", "'RM-2' is gone: cycles were recorded under it, and nothing goes on with them"),
]


@pytest.fixture
def stay(project):
    """A project whose July was run, with the documents edited since."""

    def make(*edits, period="2026-07"):
        p = project(
            {STANDARD_FILE: STANDARD, CHECKLIST_FILE: CHECKLIST, PROGRAMME_FILE: PROGRAMME, RECORDS: ROWS},
            template="minimal",
        )
        ran = p.run("run", "monthly", "--period", period)
        assert ran.code == 0, ran.text
        for edit in edits:
            p.edit(*edit)
        return p

    return make


def problems(p, *path):
    return [
        (f"{one['file']}:{one['line']}:{one['column']}", one["message"])
        for one in json.loads(p.run("check", *path, "--format", "json").out)
        if one["code"] == "SQA233"
    ]


def test_a_rename_without_the_old_id_is_refused_by_check_and_by_run(stay):
    p = stay(*RENAMED)
    assert problems(p) == GONE
    checked, ran = p.run("check"), p.run("run", "monthly", "--period", "2026-07")
    assert (checked.code, ran.code, ran.out) == (2, 2, "")
    assert "add 'was: [RM-2]' to 'RM-20' if that replaces it, or 'retired: [RM-2]'" in checked.out
    assert "SQA233" in ran.err
    assert p.run("cycle", "diff", "monthly", "2026-07").code == 0  # which shows what happened


def test_one_old_id_at_the_criterion_is_enough(stay):
    p = stay(*RENAMED)
    p.edit(STANDARD_FILE, "{id: RM-20,", "{id: RM-20, was: [RM-2],")
    assert problems(p) == []
    ran = p.run("run", "monthly", "--period", "2026-07")
    assert ran.code == 0, ran.text


def test_what_ended_on_purpose_is_declared_and_may_then_be_forgotten(stay):
    gone = (STANDARD_FILE, '  - {id: RM-2, dimension: rooms, target: ">= 0.7"}\n', "")
    p = stay(gone, (CHECKLIST_FILE, "  - {criterion: RM-2, measure: share(quiet)}\n", ""))
    assert problems(p) == GONE
    p.edit(STANDARD_FILE, "criteria:", "retired: [RM-2]\ncriteria:")  # its item had its id, and ends with it
    assert problems(p) == []
    assert p.run("run", "monthly", "--period", "2026-07").code == 0
    p.edit(STANDARD_FILE, "retired: [RM-2]\n", "")
    assert problems(p) == []


def test_old_ids_are_kept_from_version_to_version(stay):
    p = stay(*RENAMED)
    p.edit(STANDARD_FILE, "{id: RM-20,", "{id: RM-20, was: [RM-2],")
    assert p.run("run", "monthly", "--period", "2026-07").code == 0
    for edit in ((STANDARD_FILE, "was: [RM-2], ", ""), (STANDARD_FILE, '"1.0.0"', '"1.1.0"')):
        p.edit(*edit)
        assert problems(p) == GONE
    p.edit(STANDARD_FILE, "{id: RM-20,", "{id: RM-200, was: [RM-20, RM-2],")
    p.edit(CHECKLIST_FILE, "RM-20,", "RM-200,")
    assert problems(p) == []


def test_a_new_major_version_goes_on_with_the_ids_and_an_old_one_knows_nothing_of_them(stay):
    p = stay()
    p.edit(CHECKLIST_FILE, "stay@1", "stay@2")
    p.edit(PROGRAMME_FILE, "stay@1", "stay@2")
    second = STANDARD.replace('"1.0.0"', '"2.0.0"').replace("RM-2", "RM-3")
    p.edit(CHECKLIST_FILE, "RM-2", "RM-3")
    p.write("standards/stay-2/standard.yaml", second)
    assert [place for place, _ in problems(p)] == ["standards/stay-2/standard.yaml:6:1"]
    p.write("standards/stay-2/standard.yaml", second.replace("id: RM-3,", "id: RM-3, was: [RM-2],"))
    assert p.run("run", "monthly", "--period", "2026-07").code == 0
    assert problems(p) == []  # RM-3 came after 1.0.0, which may go without


def test_an_item_may_move_to_a_checklist_beside(stay):
    p = stay((CHECKLIST_FILE, "  - {id: answers, measure: count(*)}\n", ""))
    assert [place for place, _ in problems(p)] == [f"{CHECKLIST_FILE}:5:1"]
    beside = "kind: checklist\nid: more\nstandard: stay@1\ndataset: answers\nitems:\n"
    p.write("standards/stay/checklists/more.yaml", f"{beside}  - {{id: all, was: [answers], measure: count(*)}}\n")
    p.edit(PROGRAMME_FILE, "[guests]", "[guests, more]")
    assert problems(p) == []


def test_what_others_change_is_no_loss(stay):
    """A standard that extends this one, a programme of its own, a trial evaluation, another project's programme."""
    p = stay(period="2026-07-pilot")
    for edit in RENAMED:
        p.edit(*edit)
    assert problems(p) == []
    assert p.run("run", "monthly", "--period", "2026-07").code == 0
    south = 'kind: standard\nid: south\nversion: "1.0"\nextends: stay@1\noverrides: {RM-20: removed}\n'
    p.write("standards/south/standard.yaml", south)
    p.write(
        "audits/south/programme.yaml",
        PROGRAMME.replace("id: monthly", "id: south")
        .replace("stay@1", "south@1")
        .replace("answers.csv", "../monthly/answers.csv"),
    )
    p.write(
        "standards/south/checklists/guests.yaml",
        CHECKLIST.replace("stay@1", "south@1").replace("  - {criterion: RM-2, measure: share(quiet)}\n", ""),
    )
    checked = p.run("check")
    assert checked.code == 0, checked.out
    assert p.run("run", "south", "--period", "2026-07").code == 0
    p.edit(PROGRAMME_FILE, "id: monthly", "id: weekly")
    p.edit(STANDARD_FILE, "{id: RM-20,", "{id: RM-5,")
    p.edit(CHECKLIST_FILE, "RM-20,", "RM-5,")
    assert [place for place, _ in problems(p)] == []


def test_without_a_store_nothing_is_said_and_none_is_made(stay, monkeypatch):
    p = stay(*RENAMED)
    assert problems(p, str(p.folder / "standards")) == []  # documents without their project
    p.remove("sqaudit.db")
    assert problems(p) == []
    assert p.run("plan", "monthly", "--period", "2026-07").code == 0
    assert not (p.folder / "sqaudit.db").exists()
    monkeypatch.setenv("SQAUDIT_STORE", "sqlite://")
    assert p.run("check").code == 0


def test_a_store_that_cannot_be_read_is_a_warning(stay, monkeypatch):
    p = stay()
    p.write("other.db", "this is no database, but long enough to be taken for one" * 20)
    monkeypatch.setenv("SQAUDIT_STORE", "sqlite:///other.db")
    checked = p.run("check")
    assert checked.code == 0, checked.out
    assert "sqaudit.yaml" in checked.out
    assert "whether ids were lost cannot be seen" in checked.out
    assert checked.err == "errors: 0, warnings: 1\n"


def test_a_quarter_in_which_something_was_renamed_is_one_quarter(stay):
    p = stay()
    p.write(
        RECORDS, ROWS + "".join(ROWS.partition("\n")[2].replace("2026-07", month) for month in ("2026-08", "2026-09"))
    )
    assert p.run("run", "monthly", "--period", "2026-08").code == 0
    for edit in RENAMED:
        p.edit(*edit)
    p.edit(STANDARD_FILE, "{id: RM-20,", "{id: RM-20, was: [RM-2],")
    assert p.run("run", "monthly", "--period", "2026-09").code == 0
    pooled = p.run("results", "--level", "programme", "--period", "2026-Q3", "--format", "json")
    rows = {row["item"]: row for row in json.loads(pooled.out)}
    assert set(rows) == {"RM-1", "RM-20", "answers"}
    assert (rows["RM-20"]["value"], rows["RM-20"]["n"], rows["RM-20"]["reason"]) == (0.5, 84, None)
