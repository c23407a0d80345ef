"""Doubtful answers are told wherever a reader looks, stay with a closed cycle, and never change a score."""

from __future__ import annotations

import datetime as dt
import json

import openpyxl
import pytest

from sqaudit.workflow.context import open_context

STANDARD = """
kind: standard
id: desk
version: "1.0"
dimensions: {care: {}}
criteria: [{id: C-1, dimension: care}]
"""
CHECKLIST = """
kind: checklist
id: visit
standard: desk@1
items:
""" + "".join(
    f"  - {{id: q{number}, criterion: C-1, ask: Question {number}, answer: {{scale: {{min: 0, max: 4}}}}}}\n"
    for number in range(10)
)
PROGRAMME = """
kind: programme
id: visits
standard: desk@1
checklists: [visit]
sites: [{id: harbour, title: Harbour House, manager: anna}, {id: hill, title: Hill House, timezone: Asia/Shanghai}]
period: month
"""
FILES = {
    "standards/desk/standard.yaml": STANDARD,
    "standards/desk/checklists/visit.yaml": CHECKLIST,
    "audits/visits/programme.yaml": PROGRAMME,
}
PERIOD = ("--period", "2026-10")
BEGAN, FINISHED = "2026-10-05 09:00", "2026-10-05 09:00:15"


@pytest.fixture
def visits(project):
    return project(FILES)


def give(visits, site, values, who="anna", name=None, **shared):
    """Take in answers to all questions as YAML."""
    audit = {"programme": "visits", "period": "2026-10", "site": site, **shared}
    audit["answers"] = {f"q{number}": value for number, value in enumerate(values)}
    visits.write(f"{name or site}.yaml", json.dumps(audit))
    return visits.run("form", "import", str(visits.folder / f"{name or site}.yaml"), "--as", who)


def doubts(visits, *more):
    outcome = visits.run("answers", "doubts", "visits", *more, "--format", "json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def kept(visits):
    context = open_context(folder=visits.folder, environ={}, now=dt.datetime.now(dt.UTC), no_plugins=True)
    with context.store() as store:
        return store.read_latest_answers("visits", "2026-10")


def scores(visits):
    """Results, scores and findings, whatever revision they are of."""
    rows = [json.loads(visits.run(name, "--format", "json").out) for name in ("results", "scores", "findings")]
    return [[{key: value for key, value in row.items() if key != "revision"} for row in listed] for listed in rows]


def test_flags_are_told_everywhere_and_change_no_score(visits):
    give(visits, "harbour", [4] * 10)
    give(visits, "hill", [1] * 9 + [2], who="ben")
    visits.run("run", "visits", *PERIOD)
    before = scores(visits)
    assert give(visits, "harbour", [4] * 10, name="timed", began_at=BEGAN, finished_at=FINISHED).code == 0
    outcome = visits.run("run", "visits", *PERIOD)
    assert "revision 2" in outcome.out
    assert scores(visits) == before
    found = doubts(visits)
    assert [(one["kind"], one["site"], one["person"]) for one in found] == [
        ("all_perfect", "harbour", "anna"),
        ("straight_lined", "harbour", "anna"),
        ("too_fast", "harbour", "anna"),
        ("own_site", "harbour", "anna"),
    ]
    assert "1.5 s" in found[2]["statement"]  # 15 seconds for 10 answers
    assert doubts(visits, "--site", "hill") == []
    assert outcome.err.count("warning: doubtful answers") == 4
    assert "harbour, visit, anna" in outcome.err
    report = json.loads(visits.run("report", "visits", "--format", "json").out)
    assert [one["kind"] for one in report["doubts"]] == [one["kind"] for one in found]
    assert (report["sheets"], report["sheets_without_times"]) == (2, 1)
    for form in ("table", "markdown"):
        assert "Doubtful answers" in visits.run("report", "visits", "--format", form).out
    assert "可疑的答案" in visits.run("--lang", "zh", "report", "visits").out
    assert "作答过快" in visits.run("--lang", "zh", "answers", "doubts", "visits").out


def test_a_cycle_without_answers_says_nothing_of_doubts(project):
    p = project()
    p.run("run", "first-audit", *PERIOD)
    assert "Doubtful" not in p.run("report", "first-audit").out
    outcome = p.run("answers", "doubts", "first-audit")
    assert (outcome.code, outcome.out) == (0, "")


def test_a_closed_cycle_keeps_its_flags(visits):
    give(visits, "harbour", [4] * 10)
    visits.run("run", "visits", *PERIOD)
    flags = doubts(visits)
    assert flags
    visits.run("cycle", "close", "visits", "2026-10")
    give(visits, "harbour", [0, 1, 2, 3, 4, 0, 1, 2, 3, 4], who="ben", name="other")
    visits.run("run", "visits", *PERIOD)
    assert doubts(visits) == flags


def test_moments_without_a_zone_are_in_the_sites(visits):
    give(visits, "hill", [4] * 10, began_at=BEGAN, finished_at="2026-10-05T09:20:00+02:00")
    (began,), (finished,) = ({getattr(one, name) for one in kept(visits)} for name in ("began_at", "finished_at"))
    assert began == dt.datetime(2026, 10, 5, 1, tzinfo=dt.UTC)
    assert finished == dt.datetime(2026, 10, 5, 7, 20, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("began", "finished", "said"),
    [
        ("2026-10-05", "2026-10-05 10:00", "'2026-10-05' is no moment"),
        ("at nine", "2026-10-05 10:00", "'at nine' is no moment"),
        ("2026-10-05 10:00", "2026-10-05 10:00", "did not begin before that"),
        ("2026-10-05 10:00", "2026-10-05 09:59", "did not begin before that"),
        ("2026-10-05 10:00", "2999-10-05 09:59", "lies in the future"),
    ],
)
def test_unusable_times_are_told_once_and_nothing_is_taken_in(visits, began, finished, said):
    outcome = give(visits, "harbour", [4] * 10, began_at=began, finished_at=finished)
    assert outcome.code == 2
    assert outcome.err.count("SQA810") == 1
    assert said in outcome.err
    assert kept(visits) == []


def test_csv_has_times_for_every_row(visits):
    rows = ["programme,period,site,item,answer,began_at,finished_at", f"visits,2026-10,harbour,q0,4,{BEGAN},{FINISHED}"]
    visits.write("a.csv", "\n".join([*rows, "visits,2026-10,harbour,q1,3,,"]))
    assert visits.run("form", "import", str(visits.folder / "a.csv"), "--as", "anna").code == 0
    assert [one.finished_at is not None for one in kept(visits)] == [True, False]
    # The same answers without times say nothing new; another time does.
    visits.write("b.csv", "\n".join([rows[0], "visits,2026-10,harbour,q0,4,,"]))
    assert "1 unchanged" in visits.run("form", "import", str(visits.folder / "b.csv"), "--as", "anna").out
    visits.write("c.csv", "\n".join([rows[0], f"visits,2026-10,harbour,q0,4,{BEGAN},2026-10-05 09:10"]))
    assert "1 corrected" in visits.run("form", "import", str(visits.folder / "c.csv"), "--as", "anna").out


class Form:
    """The form of one site, filled by hand."""

    def __init__(self, visits):
        self.visits = visits
        outcome = visits.run(
            "form", "export", "visits", *PERIOD, "--site", "harbour", "--dir", str(visits.folder / "f")
        )
        self.path = visits.folder / outcome.out.strip()

    def take(self, answers, began=None, finished=None, name="filled.xlsx"):
        workbook = openpyxl.load_workbook(self.path)
        sheet = workbook.worksheets[0]
        columns = {cell.value: cell.column for cell in sheet[3]}
        sheet.cell(2, columns["answer"]).value, sheet.cell(2, columns["note"]).value = began, finished
        for row, value in enumerate(answers, 5):
            sheet.cell(row, columns["answer"]).value = value
        workbook.save(self.path.parent / name)
        return self.visits.run("form", "import", str(self.path.parent / name), "--as", "anna")


def test_a_form_asks_for_the_times_in_its_head_and_they_hold_for_all_its_answers(visits):
    form = Form(visits)
    began = dt.datetime(2026, 10, 5, 9)
    assert form.take([4] * 9, began, "2026-10-05 09:30").code == 0
    assert {one.finished_at for one in kept(visits)} == {dt.datetime(2026, 10, 5, 9, 30, tzinfo=dt.UTC)}
    # A second visit for what was left: the first answers stay with theirs.
    outcome = form.take([4] * 8 + [3, 4], dt.datetime(2026, 10, 6, 9), dt.datetime(2026, 10, 6, 10), "second.xlsx")
    assert "1 new, 1 corrected, 8 unchanged" in outcome.out
    assert [one.finished_at.day for one in kept(visits)] == [5] * 8 + [6, 6]


def test_times_in_the_head_of_a_form_are_told_by_their_cell(visits):
    form = Form(visits)
    outcome = form.take([4] * 9, "soon", dt.datetime(2026, 10, 5, 9))
    assert outcome.err.count("SQA810") == 1
    assert "G2" in outcome.err
    outcome = form.take([4] * 9, "=NOW()", None, "formula.xlsx")
    assert "SQA803" in outcome.err
    assert kept(visits) == []


def test_old_forms_without_times_are_still_taken_in(visits):
    form = Form(visits)
    workbook = openpyxl.load_workbook(form.path)
    workbook.worksheets[0].cell(2, 1).value = None
    workbook.save(form.path)
    assert form.take([4] * 10).code == 0
    assert len(kept(visits)) == 10
