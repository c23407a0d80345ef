"""The demo tells its story in both languages, with the figures of the case; the other programmes run as their notes say."""

import csv
import io
from collections import defaultdict
from functools import cache

import pytest
from click.testing import CliRunner
from sqaudit.cli.main import make_cli

from sqaudit_ecommerce.demo.days import complaints, order_days
from sqaudit_ecommerce.demo.records import shop_records
from sqaudit_ecommerce.demo.shops import is_holiday

HOLIDAYS, CHATS = "few-holiday-complaints", "prompt-answer"


@pytest.fixture(scope="module")
def demo_in(tmp_path_factory, open_project):
    """The finished demo in a language: what the command told, and its project."""

    @cache
    def run(language):
        folder = tmp_path_factory.mktemp(language)
        done = CliRunner().invoke(make_cli(), ["--lang", language, "demo", "ecommerce", "--dir", str(folder)])
        assert done.exit_code == 0, done.output
        return done.output, open_project(folder)

    return run


def test_the_records_are_the_same_every_time():
    assert shop_records() == shop_records()


def test_complaints_on_holidays_are_those_of_the_case():
    """9.0 per 1000 orders before, 5.0 after, 4.0 on ordinary days; counted from the files alone."""
    orders, cases = defaultdict(int), defaultdict(set)
    for day, _, number in order_days():
        orders[day.month, is_holiday(day)] += number
    holidays = {f"{day:%Y-%m-%d}" for day, _, _ in order_days() if is_holiday(day)}
    for case, _, _, received, *_ in complaints(order_days()):
        cases[int(received[5:7]), received[:10] in holidays].add(case)
    rates = {key: 1000 * len(cases[key]) / number for key, number in orders.items()}
    assert (rates[5, True], rates[10, True]) == (9, 5)
    assert all(rate == pytest.approx(4, abs=0.04) for (_, on_holidays), rate in rates.items() if not on_holidays)
    assert (orders[5, True], orders[10, True]) == (9000, 12000)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_story_is_proven_by_the_data(demo_in, language):
    told, project = demo_in(language)
    holidays, chats = told.split(HOLIDAYS)[-1].split(CHATS)[-2:]
    effective = {"en": "verdict: effective", "zh": "结论：有效"}[language]
    assert effective in holidays
    assert effective in chats
    assert "p 0.00061" in holidays
    assert "60.0%" in chats
    assert "78.0%" in chats
    closed = {(row["criterion"], row["site"]) for row in project.rows("actions", "--state", "closed")}
    assert closed == {(HOLIDAYS, None), (CHATS, None)}


def test_the_figures_of_the_case(demo_in):
    _, project = demo_in("en")
    before = project.results("--level", "programme", "--period", "2026-05")
    after = project.results("--level", "programme", "--period", "2026-10")
    shops = "monthly-shops"
    assert (before[shops, "complaints-holidays"]["value"], after[shops, "complaints-holidays"]["value"]) == (9, 5)
    assert (before[shops, "first-answer"]["value"], after[shops, "first-answer"]["value"]) == (195, 13.5)
    assert before[shops, "first-answer-bot"]["value"] is None
    assert after[shops, "first-answer-bot"]["value"] < 15
    assert after[shops, "first-answer-person"]["value"] > 150
    assert (before[shops, "chat-stars"]["value"], after[shops, "chat-stars"]["value"]) == (0.6, 0.78)
    assert after[shops, "chats-solved"]["value"] >= before[shops, "chats-solved"]["value"]
    assert before[shops, "holiday-ratio"]["value"] == pytest.approx(2.25, abs=0.03)
    assert after[shops, "holiday-ratio"]["value"] == pytest.approx(1.25, abs=0.03)
    assert after[shops, "holiday-ratio"]["status"] == "fail", "still above ordinary days: to be watched"
    opportunities = project.rows("findings", "--status", "open", "--severity", "opportunity")
    assert {row["criterion"] for row in opportunities} == {"holidays-like-any-day"}


def test_what_was_not_there_is_missing_and_no_zero(demo_in):
    _, project = demo_in("en")
    july = project.results("--period", "2026-07")
    assert july["silk-lane", "satisfied"]["status"] == "no_data", "nobody answered the survey"
    assert july["silk-lane", "complaints-holidays"]["status"] == "no_data", "there was no holiday"
    june = project.results("--period", "2026-06")
    assert june["coral-cup", "first-answer"]["value"] is None, "no chats were exported"
    critical = project.rows("findings", "--period", "2026-06", "--severity", "critical")
    assert [(row["criterion"], row["site"]) for row in critical] == [("safe-goods", "lychee-garden")]
    scores = {row["id"]: row for row in project.rows("scores", "--period", "2026-06", "--level", "audit")}
    assert scores["lychee-garden"]["rating"] == "D"


def test_weeks_of_bad_holidays_are_signals_and_those_since_then_are_not(demo_in):
    _, project = demo_in("en")
    weeks = (*range(10, 20), 25, *range(39, 42))
    for week in weeks:
        project.run("run", "weekly-complaints", "--period", f"2026-W{week}")
    points = project.rows("trend", "weekly-complaints", "--item", "complaints-all-days")
    assert [point["period"] for point in points] == [f"2026-W{week}" for week in weeks]
    assert [point["period"] for point in points if point["signals"]] == ["2026-W18", "2026-W19", "2026-W25"]


def test_chats_are_drawn_read_and_judged_with_bot_and_people_apart(demo_in):
    _, project = demo_in("zh")
    project.run("sample", "draw", "chat-quality", "chat-review", "--period", "2026-10", "--seed", "2026-11-02")
    project.run(
        "form", "export", "chat-quality", "--period", "2026-10", "--dir", str(project.folder / "to-fill"), lang="zh"
    )
    drawn = {row["subject"]: row["stratum"] for row in project.rows("sample", "show", _sample(project))}
    assert {"bot", "person", "both"} >= set(drawn.values())
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(["programme", "period", "site", "subject", "item", "answer", "note"])
    for subject, hand in drawn.items():
        site = {row["subject"]: row["site"] for row in project.rows("sample", "show", _sample(project))}[subject]
        answers = {
            "read-right-answer": "4" if hand == "person" else "2",
            "read-respect": "是",
            "read-bot": "否" if hand == "person" else "是",
            "read-little-data": "是",
        }
        if hand != "person":
            answers["read-bot-open"] = "both"
        table.writerows(
            ["chat-quality", "2026-10", site, subject, item, answer, "已阅"] for item, answer in answers.items()
        )
    project.write({"answers.csv": lines.getvalue()})
    project.run("form", "import", str(project.folder / "answers.csv"), "--as", "auditor-1")
    project.run("run", "chat-quality", "--period", "2026-10")
    groups = {
        row["group"]: row["value"]
        for row in project.rows("results", "--programme", "chat-quality", "--item", "read-right-answer")
        if row["group"]
    }
    assert {value for group, value in groups.items() if "person" in group} == {4}
    assert {value for group, value in groups.items() if "person" not in group} == {2}


def _sample(project):
    return project.rows("sample")[0]["id"]


def test_the_filled_form_of_a_warehouse_is_taken_in(demo_in):
    _, project = demo_in("en")
    project.run("form", "import", str(project.folder / "forms/snow-pine.yaml"), "--as", "auditor-1")
    project.run("run", "warehouse-visits", "--period", "2026-Q3")
    found = project.results("--programme", "warehouse-visits")
    assert found["snow-pine", "warehouse-stock"]["status"] == "fail"
    assert found["snow-pine", "warehouse-scan"]["status"] == "fail"
    assert found["silk-lane", "warehouse-stock"]["status"] == "unanswered"
    assert found["tea-terrace", "warehouse-stock"]["status"] == "not_applicable"
