"""Returned forms as records: one row for each answer, or every file that cannot be read by its name."""

import datetime as dt
import json
import runpy
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from sqaudit.builtin.collectors.forms import FormsCollector
from sqaudit.errors import UnusableSource
from sqaudit.forms.form import Form, FormRow
from sqaudit.forms.writing import write_form
from sqaudit.locale import open_language
from sqaudit.model.answer import AnswerForm, AnswerKey, AnswerKind, Ask
from sqaudit.model.texts import Text

FORMS = FormsCollector()
fill = runpy.run_path(str(Path(__file__).parents[3] / "filling.py"))["fill"]


def _text(words):
    return Text({"en": words})


@pytest.fixture
def returned(tmp_path):
    """Write a form into the folder, with ``answers`` by item."""

    def write(name, answers, period="2026-10", site="north", subject=""):
        rows = tuple(
            FormRow(
                key=AnswerKey(
                    programme="visits", period=period, site=site, checklist="visit", item=item, subject=subject
                ),
                part=_text("care"),
                ask=Ask(question=_text(f"How is {item}?"), form=AnswerForm(kind=AnswerKind.TEXT)),
            )
            for item in ("greeting", "floor", "smell")
        )
        form = Form(programme=_text("Visits"), period=period, site=_text(site), standard="desk@1.0", rows=rows)
        path = tmp_path / "returned" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(write_form(form, open_language("en"), dt.datetime(2026, 10, 1, tzinfo=dt.UTC)))
        fill(path, lambda key: answers.get(key[4], {}))
        return path

    return write


@pytest.fixture
def read(collect, tmp_path):

    def run(**parameters):
        return collect(FORMS, tmp_path, folder="returned", **parameters)

    return run


@pytest.fixture
def refused(read):
    def run(**parameters):
        with pytest.raises(UnusableSource) as caught:
            read(**parameters)
        return caught.value

    return run


def test_each_answered_question_is_a_row(returned, read):
    returned(
        "ana/north.xlsx",
        {"greeting": {"answer": "warm", "note": "not a formula"}, "floor": {"answer": 7}},
        subject='["i-1"]',
    )
    returned("south.xlsx", {"smell": {"not_applicable": "outdoors"}}, site="south")
    rows = read(pattern="**/*.xlsx")
    told = [(row["file"], row["folder"], row["site"], row["item"], row["subject"], row["answer"]) for row in rows]
    assert told == [
        ("ana/north.xlsx", "ana", "north", "greeting", '["i-1"]', "warm"),
        ("ana/north.xlsx", "ana", "north", "floor", '["i-1"]', "7"),
        ("south.xlsx", ".", "south", "smell", None, None),
    ]
    assert rows[0]["note"] == "not a formula"
    assert rows[0]["question"] == "How is greeting?"
    assert rows[0]["place"].startswith("ana/north.xlsx, Checklist!")
    assert rows[2]["not_applicable"] == "outdoors"
    assert [row["file"] for row in read()] == ["south.xlsx"], "the folder itself, as the pattern says"


def test_forms_of_other_periods_do_not_count(returned, read):
    returned("october.xlsx", {"floor": {"answer": "clean"}})
    returned("november.xlsx", {"floor": {"answer": "dirty"}}, period="2026-11")
    returned("trial.xlsx", {"floor": {"answer": "dirty"}}, period="2026-10-pilot")
    assert [row["answer"] for row in read()] == ["clean"]


def test_when_a_visit_was_is_told_with_each_answer(returned, read):
    path = returned("a.xlsx", {"floor": {"answer": "clean"}})
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    (marked,) = [row for row in sheet.iter_rows(max_row=3) if any(cell.value == "sqaudit:times" for cell in row)]
    columns = {cell.value: cell.column for cell in sheet[3]}
    sheet.cell(marked[0].row, columns["note"]).value = dt.datetime(2026, 10, 5, 16, 30)
    book.save(path)
    (row,) = read()
    assert row["finished_at"] == "2026-10-05 16:30:00"
    assert row["began_at"] is None


def test_a_csv_of_answers_and_a_json_of_one_form_are_read_too(tmp_path, read):
    folder = tmp_path / "returned"
    folder.mkdir()
    (folder / "a.csv").write_text("period,site,item,answer\n2026-10,north,floor,clean\n2026-10,north,smell,\n")
    (row,) = read(pattern="*.csv")
    assert (row["site"], row["item"], row["answer"], row["file"]) == ("north", "floor", "clean", "a.csv")
    (folder / "b.json").write_text(json.dumps({"site": "south", "scores": {"floor": 4.5}}))
    assert read(pattern="*.json") == [
        {"site": "south", "scores": {"floor": Decimal("4.5")}, "file": "b.json", "folder": "."}
    ]


def test_every_file_that_cannot_be_read_is_named(returned, refused, tmp_path):
    """And the others do not stand for all of them."""
    folder = returned("good.xlsx", {"floor": {"answer": "clean"}}).parent
    (folder / "broken.xlsx").write_bytes(b"PK no workbook")
    book = openpyxl.Workbook()
    book.active["A1"] = "a letter"
    book.save(folder / "letter.xlsx")
    formula = returned("sums.xlsx", {"floor": {"answer": "=1+1"}})
    strange = returned("strange.xlsx", {"floor": {"answer": "clean"}})
    changed = openpyxl.load_workbook(strange)
    changed.worksheets[0].cell(6, 1).value = "typed over"
    changed.save(strange)
    error = refused()
    assert error.code == "SQA526"
    said = str(error)
    assert "broken.xlsx: this is no readable workbook" in said
    assert "letter.xlsx: this workbook is no form of sqaudit" in said
    assert f"{formula.name}, Checklist!" in said
    assert f"{strange.name}, Checklist!" in said
    assert "good.xlsx" not in said
    for number in range(4):
        (folder / f"also {number}.xlsx").write_bytes(b"no workbook either")
    assert "other files: 3" in str(refused())
    assert error.hint is not None
    (folder / "notes.txt").write_text("hello")
    assert "files ending in '.txt' are no forms" in str(refused(pattern="*.txt"))
    for content in ("[1]", '"x"', "{", "\xff"):
        (folder / "c.json").write_text(content, encoding="latin-1")
        assert "c.json: this is no JSON" in str(refused(pattern="*.json"))


def test_what_a_program_leaves_beside_an_open_file_is_no_form(returned, read):
    path = returned("a.xlsx", {"floor": {"answer": "clean"}})
    (path.parent / "~$a.xlsx").write_bytes(b"owner")
    assert len(read()) == 1


def test_no_form_at_all_is_told(refused, tmp_path):
    assert "does not exist" in str(refused().hint)
    (tmp_path / "returned").mkdir()
    error = refused()
    assert error.code == "SQA502"
    assert "no file matches 'returned/*.xlsx'" in str(error)
