"""What documents, data and people say stays text in every report that is text."""

import csv
import io
import json
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from sqaudit.builtin.reporters import REPORTERS
from sqaudit.builtin.reporters.csv import CsvReporter
from sqaudit.builtin.reporters.layers import layers
from sqaudit.locale import LANGUAGES, open_language

hostile = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "hostile.py")))
BY_NAME = {reporter.name: reporter for reporter in REPORTERS}


def render(name, code="en"):
    return BY_NAME[name].render(hostile.hostile_view(), open_language(code))


@pytest.mark.parametrize("name", ["table", "markdown", "junit"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_moves_the_cursor_or_turns_the_line(name, code):
    assert all(each.isprintable() or each == "\n" for each in render(name, code))


def test_markdown_takes_no_markup():
    text = render("markdown")
    assert "<script" not in text
    assert "\\*bold\\*" in text
    assert hostile.WORD in text


def test_json_tells_everything_as_it_was():
    report = json.loads(render("json"))
    assert report["sites"][0]["title"] == hostile.SCRIPT
    assert report["sites"][1]["title"] == hostile.TURNED
    assert report["results"][0]["target"] == hostile.COMMAND
    assert report["results"][0]["reason"] == hostile.CONTROLS


def tables(code):
    files = CsvReporter().render_files(hostile.hostile_view(), open_language(code))
    return {
        name: list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) for name, content in files.items()
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_cell_of_a_csv_report_is_a_formula(code):
    whole = list(csv.reader(io.StringIO(render("csv", code))))
    for rows in (whole, *tables(code).values()):
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "\t"))]
    assert f"'{hostile.COMMAND}" in {cell for row in tables(code)["results.csv"] for cell in row}


@pytest.mark.parametrize("code", LANGUAGES)
def test_tables_of_csv_have_what_the_sheets_have_and_what_is_unknown_is_empty(code):
    found = tables(code)
    for sheet in layers(hostile.hostile_view(), open_language(code)):
        heading, *rows = found[f"{sheet.id}.csv"]
        assert heading == list(sheet.headings)
        assert len(rows) == len(sheet.rows)
    north, south = found["sites.csv"][1:]
    assert (north[4], north[6], south[4], south[6]) == ("59.99", "0.875", "", "")
    assert found["sources.csv"][1][10] == "2026-11-01 02:30"
