"""Forms go out as workbooks, come back filled by people and programs, and are taken in whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import shutil
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from sqaudit.workflow.context import open_context

STANDARD = """
kind: standard
id: desk
version: "1.0"
title: {en: Lobby service, zh: 大堂服务}
dimensions: {care: {}}
criteria:
  - {id: C-1, dimension: care, severity: major}
  - {id: C-2, dimension: care}
"""
CHECKLIST = """
kind: checklist
id: visit
standard: desk@1
title: {en: Lobby visit, zh: 大堂巡检}
items:
  - id: greeted
    criterion: C-1
    ask: {en: Are guests greeted?, zh: 是否迎接宾客？}
    answer: yes_no
    evidence: {photo: on_fail}
  - id: floor
    criterion: C-2
    ask: {en: How clean is the floor?, zh: 地面清洁程度？}
    answer:
      choice: {clean: {title: {en: Clean, zh: 干净}, points: 100}, dirty: {title: {en: Dirty, zh: 脏}, points: 0}}
  - {id: faults, criterion: C-2, answer: {multi: {none: 100, lamp: 50, leak: 0}}, ask: "=Which faults?"}
  - {id: smile, criterion: C-1, ask: Friendliness, answer: {scale: {min: 0, max: 4}}, target: ">= 3"}
  - {id: queue, criterion: C-1, ask: Minutes, answer: {number: {min: 0}}, target: "<= 8"}
  - {id: has-bar, ask: Is there a bar?, answer: yes_no}
  - {id: bar-clean, criterion: C-2, ask: Is the bar clean?, answer: yes_no, when: has_bar = true}
  - {id: spa-clean, criterion: C-2, ask: Is the spa clean?, answer: yes_no, when: spa = true}
  - {id: visited, ask: Day of the visit, answer: date}
  - {id: remark, ask: Anything else?, answer: text}
"""
PROGRAMME = """
kind: programme
id: visits
standard: desk@1
checklists: [visit]
sites: [{id: harbour, spa: false}, {id: hill, spa: true}]
period: month
"""
FILES = {
    "standards/desk/standard.yaml": STANDARD,
    "standards/desk/checklists/visit.yaml": CHECKLIST,
    "audits/visits/programme.yaml": PROGRAMME,
}
PERIOD = ("--period", "2026-10")
FORM = "visits_2026-10_harbour.xlsx"
ANSWERS = {
    "greeted": {"answer": "yes"},
    "floor": {"answer": "Clean", "note": "=HYPERLINK(1)"},
    "faults": {"answer": "lamp; leak"},
    "smile": {"answer": 3},
    "queue": {"answer": 9.5},
    "has-bar": {"answer": "no"},
    "bar-clean": {"not_applicable": "no bar"},
    "visited": {"answer": dt.datetime(2026, 10, 4)},
    "remark": {"answer": "-5 degrees"},
}
KEPT = {
    "greeted": "yes",
    "floor": "clean",
    "faults": "lamp; leak",
    "smile": "3",
    "queue": "9.5",
    "has-bar": "no",
    "bar-clean": None,
    "visited": "2026-10-04",
    "remark": "-5 degrees",
}
TOLD = "answers: {} new, {} corrected, {} unchanged\n"


class Audit:
    """A project whose forms are written, filled and taken in."""

    def __init__(self, made):
        self.made = made
        self.folder = made.folder / "forms"

    def export(self, *more):
        done = self.made.run("form", "export", "visits", *PERIOD, "--dir", str(self.folder), *more)
        assert done.code == 0, done.text
        return [Path(line) for line in done.out.splitlines()]

    def take(self, *names, who="anna", lang="en"):
        files = [str(self.folder / name) for name in names]
        return self.made.run("--lang", lang, "form", "import", *files, "--as", who)

    def fill(self, answers=ANSWERS, change=None, name=FORM, to="filled.xlsx"):
        """Fill a form as a person would; ``change`` does the rest to the sheet and the columns by name."""
        workbook = openpyxl.load_workbook(self.folder / name)
        sheet = workbook.worksheets[0]
        columns = {cell.value: cell.column for cell in sheet[3]}
        for row in range(5, sheet.max_row + 1):
            item = json.loads(sheet.cell(row, 1).value)[4]
            for column, value in answers.get(item, {}).items():
                cell = sheet.cell(row, columns[column])
                cell.value = value
                if isinstance(value, str) and value.startswith("="):
                    cell.data_type = "s"
        if change is not None:
            change(sheet, columns)
        workbook.save(self.folder / to)
        return to

    def kept(self, period="2026-10"):
        context = open_context(folder=self.made.folder, environ={}, now=dt.datetime.now(dt.UTC), no_plugins=True)
        with context.store() as store:
            return store.read_answers("visits", period)

    def values(self):
        return {answer.key.item: answer.value for answer in self.kept()}


@pytest.fixture(scope="session")
def png():
    """A picture of one white point."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0\xff\xff\xff")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def insert_picture(path, picture, row, before=b""):
    """Insert a picture into the first sheet of a workbook, as XlsxWriter does it in one of its own."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as workbook:
        workbook.add_worksheet().insert_image(row - 1, 6, "visit.png", {"image_data": io.BytesIO(picture)})
    with zipfile.ZipFile(made) as theirs, zipfile.ZipFile(path) as ours:
        parts = {name: ours.read(name) for name in ours.namelist()}
        for name in ("xl/drawings/drawing1.xml", "xl/drawings/_rels/drawing1.xml.rels", "xl/media/image1.png"):
            parts[name] = theirs.read(name)
        parts["xl/drawings/drawing1.xml"] = before + parts["xl/drawings/drawing1.xml"]
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = theirs.read("xl/worksheets/_rels/sheet1.xml.rels")
    relations = b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    sheet = parts["xl/worksheets/sheet1.xml"].replace(
        b"</worksheet>", b'<drawing r:id="rId1"' + relations + b"/></worksheet>"
    )
    parts["xl/worksheets/sheet1.xml"] = sheet
    drawing = (
        b'<Override PartName="/xl/drawings/drawing1.xml"'
        b' ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/>'
        b'<Default Extension="png" ContentType="image/png"/></Types>'
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", drawing)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as workbook:
        for name, content in parts.items():
            workbook.writestr(name, content)


@pytest.fixture
def audit(project):
    return Audit(project(FILES))


@pytest.fixture
def form(audit):
    audit.export("--site", "harbour")
    return audit


def test_there_is_one_form_for_each_site_and_none_is_overwritten(audit):
    assert [path.name for path in audit.export()] == [FORM, "visits_2026-10_hill.xlsx"]
    again = audit.made.run("form", "export", "visits", *PERIOD, "--dir", str(audit.folder))
    assert again.code == 74
    assert "SQA614" in again.err


@pytest.mark.parametrize("command", ["form export visits", "explain --plan visits", "plan visits"])
def test_a_plugin_that_the_project_requires_is_missed_everywhere(audit, command):
    text = (audit.made.folder / "sqaudit.yaml").read_text(encoding="utf-8")
    audit.made.write("sqaudit.yaml", f'{text}requires: ["hotel >=1.0"]\n')
    before = audit.made.files()
    done = audit.made.run(*command.split(), *PERIOD)
    assert done.code == 3, done.text
    assert "hotel" in done.err
    assert audit.made.files() == before


def test_a_form_asks_what_the_site_can_answer_in_one_language(audit):
    audit.export("--site", "hill", "--lang", "zh")
    sheet = openpyxl.load_workbook(audit.folder / "visits_2026-10_hill.xlsx").worksheets[0]
    assert sheet.title == "检查表"
    questions = [sheet.cell(row, 5).value for row in range(5, sheet.max_row + 1)]
    assert questions[:2] == ["是否迎接宾客？", "地面清洁程度？"]
    assert "Is the spa clean?" in questions
    audit.export("--site", "harbour")
    sheet = openpyxl.load_workbook(audit.folder / FORM).worksheets[0]
    assert "Is the spa clean?" not in [sheet.cell(row, 5).value for row in range(5, sheet.max_row + 1)]


def test_the_sheet_guides_and_protects(form):
    workbook = openpyxl.load_workbook(form.folder / FORM)
    sheet = workbook.worksheets[0]
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "F5"
    assert sheet.column_dimensions["A"].hidden
    assert sheet.row_dimensions[3].hidden
    assert (sheet["E5"].protection.locked, sheet["G5"].protection.locked) == (True, False)
    assert (sheet["E7"].value, sheet["E7"].data_type, sheet["E7"].quotePrefix) == ("=Which faults?", "s", True)
    kinds = {str(each.sqref): each.type for each in sheet.data_validations.dataValidation}
    assert kinds == {
        "G5 G10 G11": "list",
        "G6": "list",
        "G8": "whole",
        "G9": "decimal",
        "G12": "date",
    }
    assert sheet["E2"].value.startswith("=SUMPRODUCT")
    assert workbook["_lists"].sheet_state == "veryHidden"
    assert "(has_bar: Is there a bar?)" in sheet["F11"].value


def test_a_filled_form_is_kept_as_it_was_meant(form):
    done = form.take(form.fill(), who="Anna Auditor")
    assert (done.code, done.out) == (0, TOLD.format(9, 0, 0))
    assert form.values() == KEPT
    notes = {answer.key.item: answer.note for answer in form.kept()}
    assert notes["floor"] == "=HYPERLINK(1)"
    assert {answer.given_by for answer in form.kept()} == {"Anna Auditor"}
    run = form.made.run("run", "visits", *PERIOD)
    assert "6 pass, 2 fail, 2 not applicable, 10 unanswered" in run.out  # spa-clean is not asked here


def test_the_same_answers_twice_make_no_duplicates(form):
    form.fill()
    shutil.copy(form.folder / "filled.xlsx", form.folder / "copy.xlsx")
    form.take("filled.xlsx")
    again = form.take("copy.xlsx", who="ben")
    assert (again.code, again.out) == (0, TOLD.format(0, 0, 0))
    assert "taken in before, by anna" in again.err
    resaved = form.fill(to="resaved.xlsx", change=lambda sheet, columns: sheet.append([None]))
    assert form.take(resaved, who="ben").out == TOLD.format(0, 0, 9)
    assert len(form.kept()) == 9


def test_a_corrected_form_makes_new_versions_with_who_and_when(form):
    form.take(form.fill())
    corrected = form.fill({**ANSWERS, "smile": {"answer": 4}}, to="corrected.xlsx")
    assert form.take(corrected, who="ben").out == TOLD.format(0, 1, 8)
    versions = [(one.version, one.value, one.given_by) for one in form.kept() if one.key.item == "smile"]
    assert versions == [(1, "3", "anna"), (2, "4", "ben")]
    # The older form again is known by its content and brings nothing back.
    assert form.take("filled.xlsx").out == TOLD.format(0, 0, 0)


def test_a_form_written_again_holds_the_answers_there_are(form):
    form.take(form.fill())
    (form.folder / FORM).unlink()
    form.export("--site", "harbour", "--lang", "zh")
    sheet = openpyxl.load_workbook(form.folder / FORM).worksheets[0]
    assert [sheet.cell(row, 7).value for row in (5, 6, 8, 9)] == ["是", "干净", 3, 9.5]
    assert sheet["H11"].value == "no bar"
    assert form.take(FORM, who="ben").out == TOLD.format(0, 0, 9)


def test_a_half_filled_form_is_taken_in(form):
    assert form.take(form.fill({"smile": {"answer": 3}})).out == TOLD.format(1, 0, 0)


def test_order_and_filters_and_moved_columns_mean_nothing(form):
    def turn_over(sheet, columns):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
        for at, values in enumerate(reversed(rows), 5):
            for column, value in enumerate(values, 1):
                sheet.cell(at, column).value = value
                if isinstance(value, str) and value.startswith("="):
                    sheet.cell(at, column).data_type = "s"
        sheet.row_dimensions[6].hidden = True
        sheet.insert_cols(4)
        sheet.insert_rows(1, 2)
        sheet.title = "Renamed"

    assert form.take(form.fill(change=turn_over)).out == TOLD.format(9, 0, 0)
    assert form.values() == KEPT


def test_every_problem_is_told_by_its_cell_and_nothing_is_taken_in(form):
    def spoil(sheet, columns):
        sheet["G5"] = "perhaps"
        sheet["E6"] = "How clean is the ceiling?"
        sheet["G7"] = "lamp; moon"
        sheet["G8"] = "=2+2"
        sheet["G9"] = -3
        sheet["H10"] = "why not"
        sheet["A11"] = None
        sheet["J12"] = "photo.jpg; ../../secret.jpg"
        sheet["K12"] = "soon"
        sheet.delete_rows(13)

    done = form.take(form.fill(change=spoil))
    assert done.code == 2
    told = [line.partition(" ")[2].split(" ")[:2] for line in done.err.splitlines() if line.startswith("filled")]
    assert sorted(told) == sorted(
        [
            ["Checklist!G8:", "SQA803"],
            ["Checklist!G11:", "SQA802"],
            ["Checklist!G5:", "SQA805"],
            ["Checklist!E6:", "SQA808"],
            ["Checklist!G7:", "SQA805"],
            ["Checklist!G9:", "SQA805"],
            ["Checklist!H10:", "SQA805"],
            ["Checklist!K12:", "SQA805"],
            ["Checklist!J12:", "SQA807"],
            ["Checklist!J12:", "SQA807"],
            ["SQA804", "the"],
            ["SQA804", "the"],
        ]
    )
    assert "the row of 'remark' is missing: Anything else?" in done.err
    assert "the row of 'bar-clean' is missing" in done.err
    assert "SQA800 nothing was taken in" in done.err
    assert done.err.count("hint: ") == 13
    assert form.kept() == []
    chinese = form.take("filled.xlsx", lang="zh")
    assert "Checklist!G5: SQA805 “perhaps”不是“greeted”的答案\n  提示：可选的答案为" in chinese.err


def test_one_bad_file_keeps_out_the_good_one(form):
    form.export("--site", "hill")
    form.fill(to="good.xlsx")
    form.fill({"smile": {"answer": 5}}, name="visits_2026-10_hill.xlsx", to="bad.xlsx")
    done = form.take("good.xlsx", "bad.xlsx")
    assert done.code == 2
    assert (
        "bad.xlsx, Checklist!G8: SQA805 '5' is no answer to 'smile'\n  hint: write a whole number from 0 to 4"
        in done.err
    )
    assert form.kept() == []


def test_a_row_of_another_audit_is_told(form):
    form.export("--site", "hill")
    other = openpyxl.load_workbook(form.folder / "visits_2026-10_hill.xlsx").worksheets[0]

    def mix(sheet, columns):
        sheet.append([cell.value for cell in other[5]])

    done = form.take(form.fill(change=mix))
    assert "filled.xlsx, Checklist!G14: SQA804 this row is of another audit: visits, 2026-10, hill" in done.err


def test_a_checklist_that_has_changed_asks_for_a_new_form(form):
    form.fill()
    form.made.edit("standards/desk/checklists/visit.yaml", "Are guests greeted?", "Are guests welcomed?")
    form.made.edit("standards/desk/checklists/visit.yaml", "max: 4", "max: 5")
    done = form.take("filled.xlsx")
    assert "Checklist!E5: SQA808 the checklist asks 'greeted' in other words now" in done.err
    assert "Checklist!E8: SQA808 the question 'smile' or its answers have changed" in done.err


@pytest.mark.parametrize("column", ["sqaudit:seal", "question", "answer", "note", "effective_on"])
def test_a_column_that_is_gone_takes_no_answers_with_it_in_silence(form, column):
    done = form.take(form.fill(change=lambda sheet, columns: sheet.delete_cols(columns[column])))
    assert f"filled.xlsx, Checklist!3: SQA801 the column '{column}' is gone" in done.err
    assert form.kept() == []


def test_nobody_gives_no_answers(form):
    done = form.take(form.fill(), who=" ")
    assert (done.code, "SQA813" in done.err) == (2, True)


def test_what_people_type_is_understood(form):
    answers = {
        "greeted": {"answer": True},
        "floor": {"answer": " 干净 "},
        "faults": {"answer": "LEAK；lamp\nlamp"},
        "smile": {"answer": "３"},
        "queue": {"answer": "7.50"},
        "visited": {"answer": "2026-10-04"},
        "remark": {"answer": 12},
    }
    assert form.take(form.fill(answers)).out == TOLD.format(7, 0, 0)
    assert form.values() == {
        "greeted": "yes",
        "floor": "clean",
        "faults": "lamp; leak",
        "smile": "3",
        "queue": "7.5",
        "visited": "2026-10-04",
        "remark": "12",
    }


def test_two_answers_to_one_question_in_one_import_are_told(form):
    form.fill(to="one.xlsx")
    form.fill({"smile": {"answer": 4}}, to="other.xlsx")
    done = form.take("one.xlsx", "other.xlsx")
    assert "other.xlsx, Checklist!G8: SQA806 'smile' is answered differently at one.xlsx, Checklist!G8" in done.err
    assert form.kept() == []


def test_evidence_is_kept_by_its_content_with_its_three_days(form):
    form.made.write("forms/photos/desk.JPG", b"a picture")
    form.made.write("forms/letter.pdf", b"a letter")
    greeted = {
        "answer": "no",
        "evidence": "photos/desk.JPG; letter.pdf",
        "captured_on": dt.datetime(2026, 10, 3),
        "effective_on": "2026-10-02",
    }
    assert form.take(form.fill({"greeted": greeted})).code == 0
    (answer,) = form.kept()
    sha256 = hashlib.sha256(b"a picture").hexdigest()
    photo = answer.evidence[0]
    assert (photo.name, photo.sha256) == ("desk.JPG", sha256)
    assert (photo.captured_on, photo.effective_on) == (dt.date(2026, 10, 3), dt.date(2026, 10, 2))
    assert photo.received_at == answer.given_at
    assert (form.made.folder / "evidence" / sha256[:2] / f"{sha256}.jpg").read_bytes() == b"a picture"
    # Where the files are gone, a form written again still means them.
    shutil.rmtree(form.folder)
    form.export("--site", "harbour")
    form.fill({})
    sheet = openpyxl.load_workbook(form.folder / FORM).worksheets[0]
    assert sheet["J5"].value == "desk.JPG; letter.pdf"
    assert form.take(FORM).out == TOLD.format(0, 0, 1)


def test_evidence_that_serves_another_site_is_flagged(form):
    form.export("--site", "hill")
    form.made.write("forms/desk.jpg", b"a picture")
    answers = {"greeted": {"answer": "no", "evidence": "desk.jpg"}}
    assert form.take(form.fill(answers)).err == ""
    form.made.write("forms/hill.jpg", b"a picture")
    answers = {"greeted": {"answer": "no", "evidence": "hill.jpg"}}
    done = form.take(form.fill(answers, name="visits_2026-10_hill.xlsx", to="hill.xlsx"))
    assert done.code == 0
    assert "warning: 'hill.jpg' is evidence for more than one site: harbour, hill" in done.err


def test_evidence_that_changes_while_it_is_read_stops_everything(form, monkeypatch):
    from sqaudit.store import evidence_files

    form.made.write("forms/desk.jpg", b"a picture")
    monkeypatch.setattr(evidence_files.shutil, "copyfile", lambda source, target: target.write_bytes(b"another"))
    done = form.take(form.fill({"greeted": {"answer": "no", "evidence": "desk.jpg"}}))
    assert (done.code, "SQA812" in done.err) == (74, True)
    assert form.kept() == []
    assert [path for path in (form.made.folder / "evidence").rglob("*") if path.is_file()] == []


def test_pictures_over_a_row_stand_beside_its_answer(form, png):
    name = form.fill({"greeted": {"answer": "no"}})
    insert_picture(form.folder / name, png, row=5)
    done = form.take(name)
    assert (done.code, done.err) == (0, "")
    sha256 = hashlib.sha256(png).hexdigest()
    assert (form.made.folder / "evidence" / sha256[:2] / f"{sha256}.png").read_bytes() == png
    (greeted,) = [answer for answer in form.kept() if answer.key.item == "greeted"]
    assert [(one.sha256, one.size, one.is_photo) for one in greeted.evidence] == [(sha256, len(png), True)]
    form.made.run("run", "visits", *PERIOD)
    # The picture that a fail needs is there.
    row = next(row for row in json.loads(form.made.run("results", "--format", "json").out) if row["item"] == "greeted")
    assert (row["status"], row["reason"]) == ("fail", None)


def test_pictures_belong_to_the_question_that_stands_in_their_row_now(form, png):
    def swap(sheet, _):
        top, bottom = ([cell.value for cell in sheet[row]] for row in (5, 6))
        for place, (one, other) in enumerate(zip(top, bottom, strict=True), 1):
            sheet.cell(5, place).value, sheet.cell(6, place).value = other, one

    name = form.fill({"greeted": {"answer": "no"}}, swap)
    insert_picture(form.folder / name, png, row=6)
    assert form.take(name).code == 0
    (greeted,) = [answer for answer in form.kept() if answer.key.item == "greeted"]
    assert len(greeted.evidence) == 1


def test_pictures_over_no_question_are_not_lost_without_a_word(form, png):
    name = form.fill()
    insert_picture(form.folder / name, png, row=40)
    done = form.take(name)
    assert done.code == 0
    assert "warning: filled.xlsx: SQA809 pictures that lie over no question are not taken in: image1.png" in done.err


def test_a_picture_without_an_answer_is_told(form, png):
    name = form.fill({})
    insert_picture(form.folder / name, png, row=5)
    assert "SQA805 there is something beside the answer, and no answer" in form.take(name).err


def test_xml_with_entities_is_refused(form, png):
    name = form.fill()
    insert_picture(form.folder / name, png, row=5, before=b"<!DOCTYPE d>")
    assert "SQA801 this is no readable workbook" in form.take(name).err


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"no workbook", "a.xlsx: SQA801 this is no readable workbook"),
        ("a.csv", "programme,site\n".encode("utf-16"), "a.csv: SQA801 this is not readable UTF-8 text"),
        ("a.csv", b"programme,sit\nvisits,harbour\n", "a.csv:1:2: SQA801 no column is called 'sit'"),
        ("a.csv", b"programme;period;site;item;answer\nvisits;2026-10;;smile;3\n", "a.csv:2: SQA802 'site' is missing"),
        ("a.csv", b"programme,period,site,item,answer\nvisits,2026-10,habour,smile,3\n", "a.csv:2:3: SQA704"),
        ("a.csv", b"programme,period,site,item,answer\nvisits,2026-13,harbour,smile,3\n", "a.csv:2:2: SQA702"),
        ("a.csv", b"programme,period,site,item,answer\nvisits,2026-10,harbour,smil,3\n", "a.csv:2:4: SQA802"),
        ("a.csv", b"programme,period,site,item,answer\nvisits,2026-10,harbour,smile,9\n", "a.csv:2:5: SQA805"),
        ("a.csv", b"programme,period,site,item,answer\nno-such,2026-10,harbour,smile,3\n", "a.csv:2:1: SQA225"),
        ("a.csv", b"programme,period,site,item,answer\nvisits,2026-10,harbour,queue,1e99\n", "a.csv:2:5: SQA805"),
        ("a.yaml", b"programme: visits\nperiod: 2026-10\nsite: harbour\n", "a.yaml:1:1: SQA102 'answers' is missing"),
        (
            "a.yaml",
            b"programme: visits\nperiod: 2026-10\nsite: harbour\nanswers: {smile: 3, floor: {anser: clean}}\n",
            "a.yaml:4:29: SQA101 unknown key 'anser'",
        ),
        ("a.yaml", b"programme: visits\nperiod: 2026-10\nsite: harbour\nanswers: {smile: 7}\n", "a.yaml:4:18: SQA805"),
        ("a.txt", b"3", "SQA801 'a.txt' is neither XLSX nor CSV nor YAML"),
    ],
)
def test_files_that_cannot_be_used_say_why(form, name, content, told):
    form.made.write(f"forms/{name}", content)
    done = form.take(name)
    assert done.code == 2
    assert told in done.err
    assert form.kept() == []


def test_csv_and_yaml_are_taken_in_by_the_same_rules(form):
    form.made.write("forms/desk.jpg", b"a picture")
    form.made.write(
        "forms/a.csv",
        "\ufeffprogramme;period;site;item;answer;not_applicable;note;evidence\r\n"
        'visits;2026-10;harbour;greeted;否;;"two\nlines";desk.jpg\r\n'
        "visits;2026-10;harbour;remark;'-5 degrees;;;\r\n"
        "visits;2026-10;hill;spa-clean;;closed;;\r\n",
    )
    form.made.write(
        "forms/a.yaml",
        "programme: visits\nperiod: 2026-10\nsite: harbour\n"
        "answers:\n  smile: 3\n  has-bar: yes\n  faults: [leak, lamp]\n  bar-clean: {not_applicable: closed}\n"
        "  floor: {answer: 脏, note: sticky, evidence: [desk.jpg], captured_on: 2026-10-03}\n",
    )
    done = form.take("a.csv", "a.yaml")
    assert (done.code, done.out) == (0, TOLD.format(8, 0, 0)), done.err
    found = {(one.key.site, one.key.item): (one.value, one.not_applicable, one.note) for one in form.kept()}
    assert found == {
        ("harbour", "greeted"): ("no", None, "two\nlines"),
        ("harbour", "remark"): ("-5 degrees", None, None),
        ("hill", "spa-clean"): (None, "closed", None),
        ("harbour", "smile"): ("3", None, None),
        ("harbour", "has-bar"): ("yes", None, None),
        ("harbour", "faults"): ("lamp; leak", None, None),
        ("harbour", "bar-clean"): (None, "closed", None),
        ("harbour", "floor"): ("dirty", None, "sticky"),
    }


def test_a_programme_without_questions_has_no_forms(project):
    done = project().run("form", "export", "first-audit", *PERIOD)
    assert (done.code, "SQA811" in done.err) == (2, True)


def test_answers_to_a_closed_cycle_are_kept_and_told(form):
    form.made.run("run", "visits", *PERIOD)
    form.made.run("cycle", "close", "visits", "2026-10")
    done = form.take(form.fill())
    assert done.code == 0
    assert "the cycle 2026-10 of 'visits' is closed: the answers are kept and change nothing in it" in done.err


DIES = """
import os, signal, sys
from sqaudit.cli.main import main
from sqaudit.store import answers
insert = answers.insert_rows

def insert_and_die(connection, table, *rest):
    insert(connection, table, *rest)
    if table.name == "answers":
        os.kill(os.getpid(), signal.SIGKILL)

answers.insert_rows = insert_and_die
main(sys.argv[1:])
"""


def test_an_import_that_is_killed_leaves_nothing_and_can_be_done_again(form):
    form.made.write("forms/desk.jpg", b"a picture")
    name = form.fill({**ANSWERS, "greeted": {"answer": "no", "evidence": "desk.jpg"}})
    arguments = ["--project", str(form.made.folder), "form", "import", str(form.folder / name), "--as", "anna"]
    done = subprocess.run([sys.executable, "-c", DIES, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert form.kept() == []
    assert form.made.run("store", "verify").code == 0
    assert form.take(name).out == TOLD.format(9, 0, 0)


SOFFICE = shutil.which("soffice")


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_what_libreoffice_saves_is_taken_in_whole(form, png, tmp_path):
    name = form.fill()
    insert_picture(form.folder / name, png, row=7)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    arguments = [SOFFICE, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*arguments, str(tmp_path), str(form.folder / name)], capture_output=True, check=True, timeout=120)
    shutil.copy(tmp_path / name, form.folder / "resaved.xlsx")
    assert (form.folder / "resaved.xlsx").read_bytes() != (form.folder / name).read_bytes()
    assert form.take("resaved.xlsx").out == TOLD.format(9, 0, 0)
    assert form.values() == KEPT
    assert [answer.key.item for answer in form.kept() if answer.evidence] == ["faults"]
    sheet = openpyxl.load_workbook(form.folder / "resaved.xlsx", data_only=True).worksheets[0]
    assert sheet["E2"].value == "9 / 9"


def test_a_picture_over_a_rating_is_refused(audit, png):
    """The form of a calibration round takes no evidence, however it is handed in."""
    opened = audit.made.run("calibration", "open", "visits", "--checklist", "visit", "--unit", "call", *PERIOD)
    identity = opened.out.split()[2].rstrip(":")
    (path,) = audit.made.run("calibration", "form", identity, "--dir", str(audit.folder)).out.splitlines()
    insert_picture(path, png, 5)
    done = audit.made.run("calibration", "rate", identity, path, "--as", "anna")
    assert (done.code, "ratings keep no evidence" in done.text) == (2, True)
