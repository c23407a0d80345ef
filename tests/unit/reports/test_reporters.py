import csv
import io
import json
from decimal import Decimal

import pytest
from msgspec.structs import replace
from wcwidth import wcswidth

from sqaudit.builtin.reporters import REPORTERS
from sqaudit.errors import msg
from sqaudit.locale import open_language
from sqaudit.model.programme import CycleState
from sqaudit.model.report import DimensionRow, Figures, FindingRow, ReportView, ResultRow, SiteRow, SourceRow
from sqaudit.model.score import Status
from sqaudit.model.standard import Severity
from sqaudit.model.texts import Text, plain

BY_NAME = {reporter.name: reporter for reporter in REPORTERS}


def _text(en, zh):
    return Text({"en": en, "zh": zh})


def _result(**changes):
    row = ResultRow(
        site="north", site_title=_text("North", "北店"), checklist="desk", item="first-reply",
        item_title=_text("First reply", "首次回复"), criterion="RS-2", dimension="speed", severity=Severity.CRITICAL,
        status=Status.FAIL, value=0.805, unit="share", n=200, low=0.745, high=0.854, interval="wilson",
        formula="share", target=">= 0.95", score=Decimal("42.005"),
    )  # fmt: skip
    return replace(row, **changes)


@pytest.fixture
def view():
    figures = Figures(
        score=Decimal("59.99"), raw_score=Decimal("71.005"), rating="D", coverage=Decimal("0.875"), items=2
    )
    return ReportView(
        project="city", project_title=_text("City | services", "城市服务"), programme="monthly",
        programme_title=plain("Monthly <b>"), standard="customer-service", standard_title=plain("Service"),
        standard_version="1.2.0", period="2026-10", starts="2026-10-01T00:00:00+08:00", timezone="Asia/Shanghai",
        ends="2026-11-01T00:00:00+08:00", revision=2, state=CycleState.OPEN, figures=figures,
        dimensions=(DimensionRow(id="speed", title=_text("Speed", "速度"), weight=Decimal(25), figures=figures),),
        sites=(
            SiteRow(id="north", title=_text("North", "北京朝阳店"), region="华北", figures=figures, findings=1),
            SiteRow(id="south", title=_text("South", "南店"), figures=Figures(score=None, reason="no_data")),
        ),
        findings=(
            FindingRow(
                id="f-1", site="north", site_title=_text("North", "北店"), criterion="RS-2",
                criterion_title=plain("Replies"), severity=Severity.CRITICAL, items=("first-reply",), status="open",
                statement=msg("missed"), remedies=(_text("Add staff", "增加人员"),),
            ),
        ),
        results=(
            _result(),
            _result(site="south", status=Status.NO_DATA, value=None, low=None, high=None, n=0, score=None),
            _result(item="note", severity=Severity.MINOR, status=Status.PASS, value=5400.0, unit="s", target=None),
        ),
        sources=(SourceRow(dataset="tickets", files=2, read=10, accepted=9, rejected=1, stale=True),),
        warnings=(msg("{count} items", count=3),),
    )  # fmt: skip


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("name", BY_NAME)
def test_every_reporter_renders_in_both_languages_and_twice_the_same(view, name, code):
    language = open_language(code)
    text = BY_NAME[name].render(view, language)
    assert text == BY_NAME[name].render(view, language)
    assert isinstance(text, bytes) or text.endswith("\n")


@pytest.mark.parametrize("name", BY_NAME)
def test_an_empty_view_renders(view, name):
    empty = replace(
        view, dimensions=(), sites=(), findings=(), results=(), sources=(), warnings=(), figures=Figures(score=None)
    )
    assert BY_NAME[name].render(empty, open_language("en"))


def test_the_terminal_shows_rounded_figures_by_unit_and_aligned_tables(view):
    text = BY_NAME["table"].render(view, open_language("zh"))
    assert "71.01" in text
    assert "87.5%" in text
    assert "80.5%" in text
    assert "无数据" in text
    block = text.split("站点\n", 1)[1].split("\n\n")[0].splitlines()
    assert len({wcswidth(line) for line in block}) == 1


def test_what_was_not_measured_has_no_figure(view):
    line = next(
        each for each in BY_NAME["table"].render(view, open_language("en")).splitlines() if each.startswith("south")
    )
    assert "0.00" not in line
    assert "no data" in line


def test_markdown_takes_no_markup_from_documents(view):
    text = BY_NAME["markdown"].render(view, open_language("en"))
    assert text.startswith("# Monthly &lt;b&gt; · 2026-10\n")
    assert r"City \| services" in text
    assert "<b>" not in text


def test_json_holds_exact_numbers_english_codes_and_translated_texts(view):
    report = json.loads(BY_NAME["json"].render(view, open_language("zh")))
    assert report["figures"]["raw_score"] == 71.005
    assert report["results"][1]["status"] == "no_data"
    assert report["results"][1]["value"] is None
    assert report["findings"][0]["remedies"] == ["增加人员"]
    assert report["state"] == "open"


def test_csv_has_a_line_for_each_result_with_english_codes(view):
    rows = list(csv.DictReader(io.StringIO(BY_NAME["csv"].render(view, open_language("zh")))))
    assert [row["status"] for row in rows] == ["fail", "no_data", "pass"]
    assert (rows[0]["programme"], rows[0]["version"], rows[0]["value"], rows[0]["site_title"]) == (
        "monthly",
        "1.2.0",
        "0.805",
        "北店",
    )
    assert (rows[1]["value"], rows[1]["score"]) == ("", "")


def test_the_view_answers_what_failed_and_what_is_open(view):
    assert [row.item for row in view.critical_failures] == ["first-reply"]
    assert [row.site for row in view.without_verdict] == ["south"]
