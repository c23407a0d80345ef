"""Two roll-ups at once: the dimensions make the score, departments show who answers for what."""

import csv
import io
import json

import pytest

STANDARD = """
kind: standard
id: inn
version: "1.0.0"
scoring:
  views:
    - {tag: department, title: {en: department, zh: 部门}, values: {house: {en: House & "keeping", zh: 客房部}}}
dimensions:
  clean: {weight: 3, tags: {department: house}}
  quick: {}
datasets: {looks: {columns: {day: date, fine: boolean}}}
criteria:
  - {id: rooms, dimension: clean, target: ">= 0.5"}
  - {id: bar, dimension: clean, target: ">= 0.5", tags: {department: kitchen}}
  - {id: desk, dimension: quick, target: ">= 0.5"}
"""
FILES = {
    "sqaudit.yaml": "project: inns\n",
    "standards/inn/standard.yaml": STANDARD,
    "standards/inn/checklists/round.yaml": """
kind: checklist
id: round
standard: inn@1
dataset: looks
items:
  - {criterion: rooms, measure: share(fine), score: {linear: {zero: 0, full: 1}}}
  - {criterion: bar, measure: share(NOT fine), score: {linear: {zero: 0, full: 1}}}
  - {criterion: desk, measure: share(fine)}
""",
    "audits/inns/programme.yaml": """
kind: programme
id: inns
standard: inn@1
checklists: [round]
sites: [{id: north, region: coast}, {id: south, region: coast}]
period: month
sources: {looks: {path: looks.csv, site: inn, time: day}}
""",
    "audits/inns/looks.csv": "day,inn,fine\n"
    + "".join(f"2026-{month}-05,north,{fine}\n" for month in ("09", "10") for fine in ("true", "true", "true", "false"))
    + "2026-10-06,south,true\n",
}


@pytest.fixture
def inns(project):
    p = project(FILES)
    for period in ("2026-09", "2026-10"):
        assert p.run("run", "inns", "--period", period).code in {0, 4}
    return p


def test_what_is_in_no_group_is_told_before_anything_runs(project):
    outcome = project(FILES).run("check")
    assert outcome.code == 0
    assert (
        "standards/inn/standard.yaml:7:13: SQA235 warning: criteria in no group of the view 'department': desk"
        in outcome.text
    )


def test_departments_have_scores_beside_the_dimensions(inns):
    rows = json.loads(inns.run("scores", "--period", "2026-10", "--site", "north", "--format", "json").out)
    of = {(row["level"], row["id"]): row["score"] for row in rows}
    assert (of["dimension", "clean"], of["dimension", "quick"]) == (50, 100)
    assert (of["view:department", "house"], of["view:department", "kitchen"]) == (75, 25)
    assert of["audit", "north"] == pytest.approx((3 * 50 + 100) / 4)
    own = json.loads(inns.run("scores", "--level", "view:department", "--period", "2026-10", "--format", "json").out)
    assert [(row["site"], row["id"]) for row in own] == [
        ("north", "house"), ("north", "kitchen"), ("south", "house"), ("south", "kitchen"),
    ]  # fmt: skip
    assert inns.run("scores", "--level", "department").code == 2


def test_every_form_of_the_report_shows_them_in_the_readers_language(inns):
    view = json.loads(inns.run("report", "inns", "--period", "2026-10", "--format", "json").out)
    (department,) = view["views"]
    house, kitchen = department["groups"]
    assert (house["figures"]["score"], house["figures"]["previous"]) == (87.5, 75)  # the mean of 75 and 100; 75
    assert kitchen["figures"]["score"] == 12.5
    for site in view["sites"]:
        assert [group["id"] for group in site["views"][0]["groups"]] == ["house", "kitchen"]
    page = inns.run("--lang", "zh", "report", "inns", "--period", "2026-10", "--format", "html").out
    assert "按部门的得分" in page
    assert "客房部" in page
    assert "House &amp; &#34;keeping&#34;" in inns.run("report", "inns", "--format", "html").out.replace(
        "&quot;", "&#34;"
    )
    table = inns.run("report", "inns", "--period", "2026-10", "--format", "table").out
    assert "By department" in table
    (inns.folder / "tables").mkdir()
    inns.run("report", "inns", "--period", "2026-10", "--format", "csv", "--output", str(inns.folder / "tables"))
    rows = list(csv.DictReader(io.StringIO((inns.folder / "tables" / "site-views.csv").read_text("utf-8-sig"))))
    assert [(row["site"], row["score"]) for row in rows[:2]]


def test_a_front_line_reads_no_scores_of_departments(inns):
    view = json.loads(inns.run("report", "inns", "--audience", "frontline", "--format", "json").out)
    assert view["views"] == []


def test_a_new_view_keeps_the_trend_comparable(inns):
    inns.edit("standards/inn/standard.yaml", "{tag: department,", "{tag: team, title: Team}\n    - {tag: department,")
    inns.edit("standards/inn/standard.yaml", "quick: {}", "quick: {tags: {team: a, department: front}}")
    assert inns.run("run", "inns", "--period", "2026-10").code in {0, 4}
    view = json.loads(inns.run("report", "inns", "--period", "2026-10", "--format", "json").out)
    assert view["figures"]["change"] is not None
    front = next(group for one in view["views"] for group in one["groups"] if group["id"] == "front")
    assert (front["figures"]["previous"], front["figures"]["change"]) == (None, None)
