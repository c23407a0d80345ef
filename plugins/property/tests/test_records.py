"""The measures as a project uses them: dirty cells, queries, an empty register, and documents that are wrong."""

from __future__ import annotations

import pytest

STANDARD = """\
kind: standard
id: estate
version: "1.0"
dimensions: {all: {}}
datasets:
  book:
    columns:
      reported_at: timestamp
      due_at: {type: timestamp, optional: true}
      done_at: {type: timestamp, optional: true}
  complaints: {columns: {complaint: text, estate: text, about: text, household: text, received_at: timestamp}}
  group-complaints:
    columns:
      complaint: text
      estate: text
      about: text
      received_at: timestamp
      households: {type: integer, min: 1}
      before: {type: integer, min: 0, optional: true}
criteria: [{id: backlog, dimension: all, target: "<= 0.2"}, {id: bursts, dimension: all, target: "<= 0"}]
"""
CHECKLIST = """\
kind: checklist
id: desk
standard: estate@1
items:
  - {criterion: backlog, dataset: book, measure: "overdue_backlog(reported_at, done_at, due_at, as_of)"}
  - {criterion: bursts, dataset: group-complaints, measure: "group_complaints(households, before, 3)"}
"""
BOOK = """\
estate,reported_at,due_at,done_at
elm,2026-05-02 09:00,2026-05-04 09:00,
elm,2026-06-02 09:00,2026-06-04 09:00,2026-07-02 10:00
elm,2026-06-20 09:00,2026-07-04 09:00,
elm,2026-06-02 09:00,2026-06-04 09:00,2026-06-03 10:00
elm,2026-07-03 09:00,2026-07-04 09:00,
elm,2026-06-02 09:00,NaN,
elm,2026-06-02 09:00,,
elm,2026-06-02 09:00,2026-06-04 09:00,2026-06-31 10:00
elm,2026-06-02 09:00,2026-06-04 09:00,2026-06-01 10:00
oak,2026-06-02 09:00,2026-06-04 09:00,2026-06-03 10:00
ash,2026-07-02 09:00,2026-07-04 09:00,
"""
# Three households within 72 hours make a burst; one household three times, or three in 73 hours, make none.
COMPLAINTS = """\
complaint,estate,about,household,received_at
c-01,elm,water,e-1,2026-06-01 08:00
c-02,elm,water,e-2,2026-06-02 08:00
c-03,elm,water,e-3,2026-06-04 07:59
c-04,elm,water,e-4,2026-06-04 09:00
c-05,elm,water,e-5,2026-06-20 09:00
c-06,elm,water,e-6,2026-06-20 09:00
c-07,elm,water,e-7,2026-06-20 09:00
c-08,elm,noise,e-8,2026-06-10 09:00
c-09,elm,noise,e-8,2026-06-10 10:00
c-10,elm,noise,e-8,2026-06-10 11:00
c-11,oak,lifts,o-1,2026-06-01 08:00
c-12,oak,lifts,o-2,2026-06-02 08:00
c-13,oak,lifts,o-3,2026-06-04 08:00
c-14,oak,water,o-4,2026-06-04 08:00
"""


@pytest.fixture
def desk(project, template_sources):
    project.write(
        {
            "sqaudit.yaml": "project: estates\ntimezone: Asia/Shanghai\n",
            "standards/estate/standard.yaml": STANDARD,
            "standards/estate/checklists/desk.yaml": CHECKLIST,
            "audits/desk/programme.yaml": f"""\
kind: programme
id: desk
standard: estate@1
checklists: [desk]
sites: [{{id: elm}}, {{id: oak}}, {{id: ash}}]
period: month
sources:
  book: {{path: book.csv, site: estate}}
  complaints: {{path: complaints.csv, site: estate, time: received_at, register: true}}
{template_sources("group-complaints")}
""",
            "audits/desk/book.csv": BOOK,
            "audits/desk/complaints.csv": COMPLAINTS,
        }
    )
    return project


def test_what_cannot_be_used_is_told_and_nothing_is_made_of_it(desk):
    desk.run("run", "desk", "--period", "2026-06")
    rows = {(row["site"], row["item"]): row for row in desk.rows("results")}
    elm = rows["elm", "backlog"]
    # Of three open ones with a due time two are overdue; one of these was done after June.
    assert (elm["value"], elm["n"], elm["missing"], elm["invalid"]) == (2 / 3, 4, 1, 3)
    assert elm["status"] == "fail"
    oak, ash = rows["oak", "backlog"], rows["ash", "backlog"]
    assert (oak["value"], oak["status"], oak["n"]) == (0, "pass", 1)
    assert (ash["value"], ash["status"], ash["reason"]) == (None, "no_data", "no_valid_rows")


def test_bursts_are_counted_by_the_query_of_the_template(desk):
    desk.run("run", "desk", "--period", "2026-06")
    bursts = {row["site"]: row for row in desk.rows("results") if row["item"] == "bursts"}
    assert {site: row["value"] for site, row in bursts.items()} == {"elm": 2, "oak": 0, "ash": 0}
    assert bursts["elm"]["n"] == 10
    # From the third household on, and all three that came at one moment.
    assert len(desk.rows("results", "records", bursts["elm"]["id"])) == 5


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("group_complaints(households, before, 1)", {"en": "no number of households", "zh": "不能作为群体投诉"}),
        (
            "overdue_backlog(received_at, received_at, received_at, received_on)",
            {"en": "not a date", "zh": "而不是日期"},
        ),
    ],
)
def test_a_measure_that_is_called_wrongly_is_found_before_anything_runs(desk, wrong, words):
    standard = desk.folder / "standards/estate/standard.yaml"
    standard.write_text(
        STANDARD.replace("      households:", "      received_on: {type: date, optional: true}\n      households:")
    )
    text = CHECKLIST.replace("group_complaints(households, before, 3)", wrong)
    (desk.folder / "standards/estate/checklists/desk.yaml").write_text(text)
    assert words["en"] in desk.refused("check")
    assert words["zh"] in desk.refused("--lang", "zh", "check")
