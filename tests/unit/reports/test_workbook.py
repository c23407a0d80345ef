"""The report as a workbook, read back by openpyxl and by LibreOffice."""

import runpy
import shutil
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from msgspec.structs import replace
from wcwidth import wcswidth

from sqaudit.builtin.reporters.layers import layers
from sqaudit.builtin.reporters.xlsx import XlsxReporter
from sqaudit.errors import InvalidInput
from sqaudit.locale import LANGUAGES, open_language
from sqaudit.model.report import Figures
from sqaudit.model.texts import plain
from sqaudit.reports import workbook
from sqaudit.reports.sheets import Sheet

hostile = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "hostile.py")))
some_view, hostile_view = hostile.some_view, hostile.hostile_view


def render(view, code="en"):
    return XlsxReporter().render(view, open_language(code))


def read(content):
    return openpyxl.load_workbook(BytesIO(content))


def rows(page):
    heading, *rest = page.iter_rows()
    return [dict(zip([cell.value for cell in heading], row, strict=True)) for row in rest]


def every_cell(book):
    return [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]


def test_numbers_are_exact_and_shown_as_what_they_are():
    (north, south) = rows(read(render(some_view()))["Sites"])
    assert (north["score"].value, north["score"].number_format) == (59.99, "0.00")
    assert (north["coverage"].value, north["coverage"].number_format) == (0.875, "0.0%")
    assert (south["score"].value, south["reason"].value) == (None, "no data")
    share, seconds, none = rows(read(render(some_view()))["Results"])
    assert (share["value"].value, share["value"].number_format, share["score"].value) == (0.805, "0.0%", 42.005)
    assert (seconds["value"].value, seconds["value"].number_format, seconds["unit"].value) == (5400, "#,##0.####", "s")
    assert (none["value"].value, none["score"].value, none["status"].value) == (None, None, "no data")


def test_moments_are_days_and_hours_of_the_programmes_clock():
    book = read(render(some_view()))
    about = {row["about"].value: row["value"].value for row in rows(book["Summary"])}
    assert about["from (included)"] == datetime(2026, 10, 1)
    assert about["to (not included)"] == datetime(2026, 11, 1)
    (source,) = rows(book["Sources"])
    assert source["newest"].value == datetime(2026, 11, 1, 2, 30)  # 18:30 UTC in Shanghai


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_sheet_is_a_table_that_prints_with_its_head_on_every_page(code):
    book = read(render(hostile_view(), code))
    assert all(0 < len(page.title) <= 31 for page in book)
    assert {len(page.tables) for page in book} == {1}
    assert {page.freeze_panes for page in book} == {"B2"}
    assert {(page.page_setup.orientation, page.page_setup.paperSize) for page in book} == {("landscape", 9)}
    assert {page.print_title_rows for page in book} == {"$1:$1"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_columns_of_a_table_and_no_two_tables_have_one_name(code):
    sheets = list(layers(some_view(), open_language(code)))
    assert len({sheet.title.casefold() for sheet in sheets}) == len(sheets)
    for sheet in sheets:
        folded = [heading.casefold() for heading in sheet.headings]
        assert len(set(folded)) == len(folded), sheet.title


def test_columns_are_as_wide_as_their_texts_and_chinese_counts_double():
    page = read(render(some_view(), "zh"))["站点"]
    assert page.column_dimensions["B"].width >= wcswidth("北京朝阳店")
    assert read(render(hostile_view()))["Findings"].column_dimensions["I"].width < 70


def test_no_text_becomes_a_formula_and_none_is_lost():
    cells = every_cell(read(render(hostile_view())))
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    texts = [cell.value for cell in cells if cell.data_type == "s"]
    assert {hostile.SCRIPT, hostile.COMMAND, hostile.WORD, hostile.AMPERSAND, "\t=1+1"} <= set(texts)
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(("=", "\t=")))
    assert hostile.TURNED.removeprefix("\u202e") in texts
    assert any("bellnullescape[31mverticalend" in text for text in texts)


def test_a_text_beyond_what_a_cell_holds_is_cut_and_says_so():
    view = replace(some_view(), project_title=plain("数" * 40_000))
    (told,) = [cell.value for cell in every_cell(read(render(view))) if str(cell.value).startswith("数")]
    assert len(told) == 32_767
    assert told.endswith("[cut here: a cell holds 32767 characters, this text has 40000]")


def test_more_rows_than_a_sheet_holds_are_refused_and_not_dropped(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    sheet = Sheet(id="results", title="Results", headings=["site"], rows=[["a"], ["b"], ["c"]])
    with pytest.raises(InvalidInput, match="SQA421"):
        workbook.write_workbook([sheet], title="", made=datetime(2026, 1, 1, tzinfo=UTC), language=open_language("en"))


def test_the_same_view_makes_the_same_bytes_dated_by_the_end_of_the_cycle():
    assert render(some_view()) == render(some_view())
    assert read(render(some_view())).properties.created == datetime(2026, 11, 1)


def test_a_report_of_nothing_says_so():
    nothing = {"dimensions": (), "sites": (), "findings": (), "results": (), "sources": ()}
    empty = replace(some_view(), **nothing, figures=Figures(score=None))
    book = read(render(empty))
    assert book.sheetnames == ["Summary", "Findings", "Method and notes"]
    assert book["Findings"]["A2"].value == "No criterion was missed."


SOFFICE = shutil.which("soffice")


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same_figures(tmp_path):
    (tmp_path / "report.xlsx").write_bytes(render(hostile_view(), "zh"))
    profile, saved = f"-env:UserInstallation=file://{tmp_path}/profile", tmp_path / "saved"
    arguments = [SOFFICE, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(saved)]
    subprocess.run([*arguments, str(tmp_path / "report.xlsx")], capture_output=True, check=True, timeout=120)
    book = openpyxl.load_workbook(saved / "report.xlsx")
    first, second, _ = rows(book["检查结果"])
    assert (first["值"].value, first["得分"].value, first["目标"].value) == (0.805, 42.005, hostile.COMMAND)
    assert second["状态"].value == "错误"
    north, south = rows(book["站点"])
    assert (north["得分"].value, north["覆盖率"].value, south["得分"].value) == (59.99, 0.875, None)
    assert rows(book["摘要"])[6]["值"].value == datetime(2026, 11, 1)
    assert {cell.data_type for cell in every_cell(book)} <= {"s", "n", "d"}
