"""The report in its other formats, asked for as people ask: by the name of a file, into a folder, on a terminal."""

import csv
import io
import os
import pty
import shutil
import subprocess
import sys

import openpyxl
import pytest

TABLES = {
    *("summary", "dimensions", "views", "regions", "sites", "site-dimensions", "site-views", "results", "findings"),
    *("actions", "trend", "doubts", "flagged", "sources", "corrections", "notes"),
}


@pytest.fixture(scope="module")
def audited(tmp_path_factory, project_on_disk):
    """A project whose cycles were run; nobody changes it."""
    folder = tmp_path_factory.mktemp("formats")
    made = project_on_disk(folder / "project")
    outcome = project_on_disk(folder).run("demo", "--dir", str(made.folder))
    assert outcome.code == 0, outcome.err
    return made


def report(made, *arguments):
    return made.run("report", "monthly-hotels", "--period", "2026-07", *arguments)


def test_the_name_of_the_file_says_the_format(audited, tmp_path):
    assert report(audited, "--output", str(tmp_path / "july.xlsx")).code == 0
    assert openpyxl.load_workbook(tmp_path / "july.xlsx")["Summary"]["B2"].value == "Demo hotels"
    assert report(audited, "--output", str(tmp_path / "july.md")).code == 0
    assert (tmp_path / "july.md").read_text("utf-8").startswith("# Monthly audit of the hotels")
    assert report(audited, "--output", str(tmp_path / "july")).code == 0
    assert (tmp_path / "july").read_text("utf-8").startswith("Monthly audit of the hotels")


def test_a_csv_report_fills_a_folder_with_tables_that_spreadsheets_read(audited, tmp_path):
    assert (
        audited.run("--lang", "zh", "report", "monthly-hotels", "--format", "csv", "--output", f"{tmp_path}/t/").code
        == 0
    )
    assert {path.name for path in (tmp_path / "t").iterdir()} == {f"{name}.csv" for name in TABLES}
    content = (tmp_path / "t" / "sites.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    (first, *_) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (first["站点"], first["评级"]) == ("frost-garden", "B")
    assert abs(float(first["得分"]) - 86.53) < 0.005
    assert "," not in first["得分"]


def test_one_table_of_csv_is_as_it_was(audited):
    rows = list(csv.DictReader(io.StringIO(report(audited, "--format", "csv").out)))
    assert {"programme", "site", "item", "status", "policy"} <= set(rows[0])


def test_a_folder_is_refused_by_a_format_that_is_one_file(audited, tmp_path):
    outcome = report(audited, "--format", "xlsx", "--output", str(tmp_path))
    assert (outcome.code, "SQA423" in outcome.err, "report.xlsx" in outcome.err) == (2, True, True)
    assert list(tmp_path.iterdir()) == []


def test_bytes_go_into_a_pipe_but_not_onto_a_terminal(audited):
    arguments = [sys.executable, "-m", "sqaudit", "--project", str(audited.folder), "report", "monthly-hotels"]
    arguments += ["--format", "xlsx"]
    piped = subprocess.run(arguments, capture_output=True, check=True, timeout=60)
    assert piped.stdout.startswith(b"PK")
    ours, theirs = pty.openpty()
    shown = subprocess.run(arguments, stdout=theirs, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(theirs)
    os.close(ours)
    assert shown.returncode == 2
    assert b"SQA422" in shown.stderr
    assert b"--output report.xlsx" in shown.stderr


def test_a_report_that_cannot_be_written_leaves_the_one_before(audited, tmp_path):
    target = tmp_path / "july.md"
    target.write_text("as it was", "utf-8")
    assert report(audited, "--output", str(target / "below.md")).code == 74
    assert target.read_text("utf-8") == "as it was"
    assert report(audited, "--output", str(target)).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["july.md"]


def test_a_link_to_a_file_stays_a_link(audited, tmp_path):
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    assert report(audited, "--output", str(tmp_path / "link.json")).code == 0
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text("utf-8").startswith("{")


def summary(project, tmp_path, audience):
    """The labels of a workbook's first sheet for an audience, and the text of its PDF's first page."""
    book, page = tmp_path / "r.xlsx", tmp_path / "r.pdf"
    for path in (book, page):
        assert report(project, "--audience", audience, "--output", str(path)).code == 0
    rows = openpyxl.load_workbook(book).worksheets[0].iter_rows(values_only=True)
    shown = subprocess.run(["pdftotext", "-l", "1", str(page), "-"], capture_output=True, text=True, check=True).stdout
    return {row[0] for row in rows}, shown


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_what_an_audience_does_not_read_is_not_counted_as_none(audited, tmp_path):
    whole, front, few = (summary(audited, tmp_path, audience) for audience in ("full", "frontline", "executive"))
    assert {"score", "findings", "open actions"} <= whole[0]
    assert "findings, minor" in whole[1]
    assert not {"score", "coverage", "findings", "critical failed"} & front[0]
    assert not [label for label in ("coverage", "critical failed", "findings, minor") if label in front[1]]
    assert {"score", "critical failed"} <= few[0]
    assert not {"findings", "open actions", "items without a verdict"} & few[0]
    assert "critical failed" in few[1]
    assert "findings, minor" not in few[1]
