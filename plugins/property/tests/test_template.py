"""``sqaudit demo property`` in both languages: the figures of the cases, worked out from the records by other means."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta
from math import erfc, sqrt

import pytest

from sqaudit_property.templates import TEMPLATES

TEMPLATE = TEMPLATES["property"]
BEFORE, AFTER = ("2026-04", "2026-05"), ("2026-09", "2026-10")
LANGUAGES = ("en", "zh")
FOLDER = "audits/estate-months"


FILES = TEMPLATE.files("en")


def records(name):
    return list(csv.DictReader(io.StringIO(FILES[f"{FOLDER}/data/{name}.csv"])))


def p_of_two_shares(k_1, n_1, k_2, n_2):
    """The two-sided probability of the difference of two shares, by the pooled normal test."""
    pooled = (k_1 + k_2) / (n_1 + n_2)
    z = (k_2 / n_2 - k_1 / n_1) / sqrt(pooled * (1 - pooled) * (1 / n_1 + 1 / n_2))
    return erfc(abs(z) / sqrt(2))


@pytest.fixture(scope="module")
def demos(tmp_path_factory, project_in):
    """The demo in both languages, run side by side."""
    projects = {language: project_in(tmp_path_factory.mktemp(language) / "demo") for language in LANGUAGES}
    started = {
        language: project.start(
            "--lang", language, "demo", "property", "--dir", str(project.folder), folder=project.folder.parent
        )
        for language, project in projects.items()
    }
    for language, process in started.items():
        out, err = process.communicate()
        assert process.returncode == 0, out + err
        (projects[language].folder / "said.txt").write_text(out, encoding="utf-8")
    return projects


def test_the_same_files_come_every_time():
    assert TEMPLATE.files("en") == FILES
    for name, text in TEMPLATE.files("zh").items():
        assert name.endswith((".csv", ".yaml")), name
        assert "\r" not in text
        assert "#en:" not in text
    assert not [name for name, text in FILES.items() if name.endswith(".csv") and '"' in text]


def test_the_records_tell_the_cases():
    """62 to 95 %, 8 to 5 %, 46 to 67 %, and 28.8 to 35.2 %, counted from the files."""

    def in_time(months):
        rows = {row["complaint"]: row for row in records("complaints") if row["received_at"][:7] in months}
        late = [
            datetime.fromisoformat(row["answered_at"]) - datetime.fromisoformat(row["received_at"])
            for row in rows.values()
        ]
        return sum(took <= timedelta(hours=24) for took in late), len(late)

    def left(months):
        rows = [row for row in records("contracts") if row["renew_by"][:7] in months]
        assert len({row["household"] for row in records("contracts")}) == len(records("contracts"))
        return sum(not row["renewed_on"] for row in rows), len(rows)

    def content(estate, months):
        rows = [row for row in records("surveys") if row["estate"] == estate and row["answered_at"][:7] in months]
        return sum(row["cleaning"] in "45" for row in rows), len(rows)

    assert (in_time(BEFORE), in_time(AFTER)) == ((124, 200), (190, 200))
    assert (left(BEFORE), left(AFTER)) == ((96, 1200), (60, 1200))
    assert round(p_of_two_shares(*left(BEFORE), *left(AFTER)), 3) == 0.003
    assert [content("ginkgo-park", months) for months in (BEFORE, AFTER)] == [(138, 300), (201, 300)]
    too_few = [content("kite-field", months) for months in (BEFORE, AFTER)]
    assert [round(k / n, 3) for k, n in too_few] == [0.288, 0.352]
    assert round(p_of_two_shares(*too_few[0], *too_few[1]), 2) == 0.22


def test_the_check_finds_nothing(demos):
    assert "errors: 0, warnings: 0" in demos["en"].run("check")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_of_the_stories_ends_as_its_data_say(demos, language):
    told = {(story.criterion, story.site) for story in TEMPLATE.stories(language)}
    assert len(told) == 4
    actions = {
        (row["criterion"], row["site"] or None): row for row in demos[language].rows("actions", "--state", "all")
    }
    ends = {key: (actions[key]["state"], actions[key]["verdict"]) for key in told}
    assert ends == {
        ("CP-1", None): ("closed", "effective"),
        ("OW-3", None): ("closed", "effective"),
        ("CL-1", "ginkgo-park"): ("closed", "effective"),
        ("CL-1", "kite-field"): ("verifying", "inconclusive"),
    }


def test_what_nobody_can_tell_yet_has_a_new_day(demos):
    (left_open,) = (
        row for row in demos["en"].rows("actions", "--owner", "manager-11") if row["verdict"] == "inconclusive"
    )
    (open_still,) = demos["en"].rows("actions", "show", left_open["id"])
    assert date.fromisoformat(open_still["said"]["plan"]["effect"]["check_on"]) > date.today()


def test_what_is_said_is_said_with_the_figures_of_the_cases(demos):
    said = {language: (project.folder / "said.txt").read_text(encoding="utf-8") for language, project in demos.items()}
    for shown in ("62.0% (n 200) → 95.0% (n 200)", "8.0% (n 1200) → 5.0% (n 1200)", "46.0% (n 300) → 67.0% (n 300)"):
        assert shown in said["en"], shown
    assert "28.8% (n 163) → 35.2% (n 162)" in said["en"]
    assert said["en"].count("verdict: effective") == 3
    assert said["en"].count("verdict: inconclusive") == 1
    assert said["zh"].count("结论：有效") == 3
    assert said["zh"].count("结论：无法定论") == 1


def test_both_languages_come_to_the_same_scores(demos):
    def scores(language):
        rows = demos[language].rows("scores", "--level", "audit")
        return {(row["period"], row["id"]): row["score"] for row in rows}

    english = scores("en")
    assert english == scores("zh")
    assert len(english) == 12 * len(TEMPLATE.periods)


def test_what_was_not_done_is_missing_and_never_zero(demos):
    july = {(row["site"], row["item"]): row for row in demos["en"].rows("results", "--period", "2026-07")}
    for item in ("content-overall", "would-recommend"):
        row = july["iris-garden", item]
        assert (row["value"], row["status"]) == (None, "no_data")
    august = {(row["site"], row["item"]): row for row in demos["en"].rows("results", "--period", "2026-08")}
    assert august["brook-side", "stairs"]["value"] is None


def test_group_complaints_are_found_where_they_were_and_nowhere_else(demos):
    rows = [row for row in demos["en"].rows("results", "--item", "group-bursts") if row["value"]]
    found = {(row["site"], row["period"]): row["value"] for row in rows}
    assert found == {("ginkgo-park", "2026-06"): 1, ("heron-bay", "2026-07"): 1, ("kite-field", "2026-08"): 1}


def test_the_repeats_of_old_lifts_are_those_that_the_book_has(demos):
    """Done repairs whose 30 days ended in June, and whether the same came again at the same address meanwhile."""
    month = datetime(2026, 6, 1), datetime(2026, 7, 1)
    window = timedelta(days=30)
    book = []
    for row in records("repairs"):
        try:
            reported = datetime.fromisoformat(row["reported_at"])
        except ValueError:
            continue
        done = datetime.fromisoformat(row["done_at"]) if row["done_at"] else None
        if row["estate"] == "cherry-lane":
            book.append((row["address"], row["kind"], reported, done if done is None or done >= reported else None))
    ripe = [one for one in book if one[3] is not None and month[0] <= one[3] + window < month[1]]
    again = [any(b[:2] == a[:2] and a[3] < b[2] <= a[3] + window for b in book) for a in ripe]
    rows = demos["en"].rows("results", "--item", "repair-held", "--period", "2026-06", "--site", "cherry-lane")
    assert rows[0]["n"] == len(again)
    assert rows[0]["value"] == pytest.approx(sum(again) / len(again))
    assert sum(again) / len(again) > 0.15


def test_the_report_says_it_in_the_language_of_its_readers(demos):
    for language, words in {
        "en": ("Fire exits and fire lanes are free", "Kite Field"),
        "zh": ("消防通道和安全出口畅通", "风筝原小区"),
    }.items():
        page = (demos[language].folder / "reports" / "estate-months-2026-10.html").read_text(encoding="utf-8")
        assert all(word in page for word in words)
    view = json.loads((demos["en"].folder / "reports" / "estate-months-2026-10.json").read_text(encoding="utf-8"))
    assert view["period"] == "2026-10"
