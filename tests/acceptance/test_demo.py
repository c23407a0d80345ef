"""The demo tells the hotel story: cleanliness falls, is found, is fixed, recovers; and anyone can look around in it."""

import json
import re
from functools import cache

import pytest
from wcwidth import wcswidth

MONTHS = [f"2026-{month:02d}" for month in range(5, 11)]


@pytest.fixture(scope="module")
def run_demo(project_on_disk, tmp_path_factory):
    """Run the demo in a language: the project it leaves, the same every time, and what it said."""
    place = tmp_path_factory.mktemp("demo")

    def run(language):
        folder = place / f"demo-{language}"
        return project_on_disk(folder), project_on_disk(place).run("--lang", language, "demo", "--dir", str(folder))

    return run


@pytest.fixture(scope="module")
def demo(run_demo):
    """A demo in a language, run once for all who look at it."""
    return cache(run_demo)


def clean_rooms(p, month):
    """The findings on clean rooms that a month shows."""
    chosen = ("--criterion", "clean-rooms", "--period", month)
    return json.loads(p.run("findings", *chosen, "--format", "json").out)


def test_cleanliness_falls_is_found_is_fixed_and_recovers(demo):
    p, outcome = demo("en")
    assert outcome.code == 0, outcome.err
    found = {month: len(clean_rooms(p, month)) for month in MONTHS}
    assert found["2026-05"] == 0
    assert found["2026-06"] > 0
    assert found["2026-07"] > 0
    assert (found["2026-09"], found["2026-10"]) == (0, 0)
    scores = json.loads(p.run("scores", "--level", "programme", "--format", "json").out)
    by_month = {score["period"]: score["score"] for score in scores}
    assert min(by_month, key=by_month.get) == "2026-07"
    assert by_month["2026-10"] > by_month["2026-07"] + 10


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_done_about_it_is_proven_by_two_months(demo, language):
    """July told, September and October prove: the action that treats all hotels at once is closed on data."""
    p, outcome = demo(language)
    assert "2026-06, 2026-07" in outcome.out
    assert "2026-09, 2026-10" in outcome.out
    rows = json.loads(p.run("actions", "list", "--state", "all", "--format", "json").out)
    (whole,) = [row for row in rows if (row["criterion"], row["site"]) == ("clean-rooms", None)]
    assert (whole["state"], whole["verdict"]) == ("closed", "effective")
    assert whole["id"] in outcome.out
    assert {row["state"] for row in rows if row["id"] != whole["id"]} == {"open"}
    (shown,) = json.loads(p.run("actions", "show", whole["id"], "--format", "json").out)
    assert all(one["owner"] == "housekeeping" for one in shown["said"]["plan"]["steps"])


def test_overall_satisfaction_rises_by_about_a_fifth(demo):
    """60 to 72 %, weighed by answers over all hotels, as the story says."""
    p, _ = demo("en")
    results = json.loads(p.run("results", "--item", "overall-satisfaction", "--format", "json").out)

    def share(month):
        rows = [row for row in results if row["period"] == month and row["value"] is not None]
        return sum(row["value"] * row["n"] for row in rows) / sum(row["n"] for row in rows)

    assert share("2026-07") == pytest.approx(0.60, abs=0.03)
    assert share("2026-10") == pytest.approx(0.72, abs=0.03)


def test_dirt_in_the_records_is_shown_and_never_becomes_a_nought(demo):
    p, outcome = demo("en")
    assert "rows rejected: 1 of 2373" in outcome.out
    assert "harbour-annex" in outcome.out
    rejects = (p.folder / "rejects" / "monthly-hotels" / "2026-10" / "surveys.csv").read_text(encoding="utf-8-sig")
    assert rejects.startswith("file,row,column,reason,value\n")
    missing = [r for r in json.loads(p.run("results", "--format", "json").out) if r["status"] == "no_data"]
    assert missing
    assert all(row["value"] is None and row["score"] is None for row in missing)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_reports_are_there_and_tables_are_aligned(demo, language):
    p, _ = demo(language)
    names = {path.name for path in (p.folder / "reports").iterdir()}
    suffixes = {name.removeprefix("monthly-hotels-2026-10.") for name in names}
    assert suffixes - {"pdf"} == {"txt", "json", "csv", "md", "html", "xlsx", "xml"}  # a PDF needs an extra and a font
    text = (p.folder / "reports" / "monthly-hotels-2026-10.txt").read_text(encoding="utf-8")
    tables = re.findall(r"((?:^.+\n)?^-{2,}(?:  -+)+\n(?:^.+\n)+)", text, re.MULTILINE)
    assert len(tables) >= 4
    for table in tables:
        assert len({wcswidth(line) for line in table.splitlines()}) == 1, table
    content = json.loads((p.folder / "reports" / "monthly-hotels-2026-10.json").read_text(encoding="utf-8"))
    statuses = set(re.findall(r'"status": "(\w+)"', json.dumps(content)))
    assert statuses <= {"pass", "fail", "open"}


def test_a_second_demo_in_the_same_folder_changes_nothing(demo, run_demo):
    p, _ = demo("en")
    before = p.files()
    _, again = run_demo("en")
    assert again.code == 0
    assert p.files() == before
