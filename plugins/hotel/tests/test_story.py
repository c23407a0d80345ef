"""The template: the same bytes every time, and in both languages the story with the figures of the case."""

import csv
import hashlib
import io
import json
import math
from collections import Counter

import pytest
import yaml
from click.testing import CliRunner
from scipy.stats import norm
from sqaudit.cli.main import make_cli

from sqaudit_hotel.pack import PACK

DATA = "audits/hotel-group/data"
TEMPLATE = PACK.templates["hotel"]
CITY = {"cedar-court", "granite-inn", "ivory-gate", "north-star"}


def rows(name, month=None):
    """Records of a month by their first moment or day."""
    read = csv.DictReader(io.StringIO(TEMPLATE.files("en")[f"{DATA}/{name}.csv"]))
    places = {"surveys": "answered_at", "complaints": "received_at", "visits": "visited_on", "training": "held_on"}
    return [row for row in read if month is None or row[places[name]].startswith(month)]


def satisfied(month):
    marks = [int(row["overall"]) for row in rows("surveys", month) if row["hotel"] != "harbour-annex"]
    return sum(mark >= 4 for mark in marks), len(marks)


def test_records_are_the_same_bytes_every_time():
    first, second = TEMPLATE.records(), TEMPLATE.records()
    assert first == second
    whole = hashlib.sha256("".join(first[name] for name in sorted(first)).encode()).hexdigest()
    assert whole == "db26bad53f12a842dd65814019edec9684969029707a9191e370cb128d6ee24a"


def test_satisfaction_is_that_of_the_case():
    """60.0 % to 72.0 %, twenty percent more in relation and twelve points: z 3.58, p 0.00034."""
    (before, n), (after, m) = satisfied("2026-07"), satisfied("2026-09")
    assert ((before, n), (after, m)) == ((240, 400), (288, 400))
    assert (after / m) / (before / n) - 1 == pytest.approx(0.20)
    pooled = (before + after) / (n + m)
    z = (after / m - before / n) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    assert (round(z, 2), round(2 * norm.sf(z), 5)) == (3.58, 0.00034)


def test_cleanliness_comes_first_of_a_hundred_complaints():
    counted = Counter(row["category"] for row in rows("complaints", "2026-07"))
    assert (sum(counted.values()), counted.most_common(1)) == (100, [("cleanliness", 46)])


def test_each_hotel_is_visited_twelve_times():
    assert set(Counter(row["hotel"] for row in rows("visits")).values()) == {12}


def test_ninety_six_of_a_hundred_pass_the_course():
    course = [row for row in rows("training", "2026-08") if row["course"] == "cleaning"]
    assert (len(course), sum(row["passed"] == "yes" for row in course)) == (100, 96)


def test_a_house_without_answers_and_one_with_three():
    june, may = (Counter(row["hotel"] for row in rows("surveys", f"2026-{month}")) for month in ("06", "05"))
    assert ("juniper-lodge" not in june, may["plum-hill"]) == (True, 3)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_documents_can_be_read_in_either_language(language):
    files = TEMPLATE.files(language)
    for name, text in files.items():
        if name.endswith(".yaml"):
            assert yaml.safe_load(text), name
            assert "#en:" not in text
            assert "$LANGUAGE" not in text
            comments = "".join(line for line in text.splitlines() if line.lstrip().startswith("#"))
            assert any("\u4e00" <= letter <= "\u9fff" for letter in comments) == (language == "zh"), name


@pytest.fixture(scope="module", params=["en", "zh"])
def demo(request, tmp_path_factory, projects):
    """A finished demo, and what it said."""
    folder = tmp_path_factory.mktemp("demo") / "hotels"
    outcome = CliRunner().invoke(make_cli(), ["--lang", request.param, "demo", "hotel", "--dir", str(folder)])
    assert outcome.exit_code == 0, outcome.output
    return request.param, outcome.output, projects(folder)


def test_the_demo_comes_to_its_verdicts(demo):
    language, said, made = demo
    effective, open_yet = {"en": ("effective", "inconclusive"), "zh": ("有效", "无法定论")}[language]
    blocks = [block.splitlines() for block in said.split("\n\n")]
    verdicts = Counter(
        line.split()[-1].split("：")[-1]
        for block in blocks
        for line in block
        if line.startswith(("verdict:", "结论："))
    )
    assert verdicts == {effective: 8, open_yet: 1}
    assert "overall-satisfaction" in said
    for figure in ("60.0%", "72.0%", "+12.0 pp", "+5.4 pp", "+18.4 pp", "p 0.00034", "n 400"):
        assert figure in said
    actions = json.loads(made.run("actions", "--format", "json", "--state", "closed"))
    assert {action["criterion"] for action in actions if action["site"] is None} == {
        "clean-room-seen", "clean-room-felt", "few-complaints", "satisfied-guests",
    }  # fmt: skip


def test_dirty_rooms_are_found_at_several_hotels_at_once(demo):
    _, _, made = demo
    results = made.results("--period", "2026-07", "--item", "cleaning-section")
    assert {site for (site, _, _), result in results.items() if result["value"] < 70} == CITY
    findings = json.loads(made.run("findings", "--period", "2026-07", "--format", "json"))
    systemic = {finding["criterion"] for finding in findings if finding["site"] is None}
    assert systemic == {"clean-room-seen", "clean-room-felt", "few-complaints", "satisfied-guests"}
    counted = made.results("--period", "2026-07", "--item", "complaints-by-category", "--level", "programme")
    assert counted["hotel-group", "complaints-by-category", None]["value"] == 100


def test_what_is_not_known_is_missing_and_what_few_said_is_hidden(demo):
    _, _, made = demo
    june = made.results("--period", "2026-06", "--item", "overall-satisfaction")
    assert june["juniper-lodge", "overall-satisfaction", None]["reason"] == "no_rows"
    may = made.results("--period", "2026-05", "--item", "overall-satisfaction")
    assert may["plum-hill", "overall-satisfaction", None]["reason"] == "suppressed"
    assert may["plum-hill", "overall-satisfaction", None]["value"] is None


def test_a_blocked_stairway_caps_the_score_however_good_the_rest_is(demo):
    _, _, made = demo
    scores = json.loads(made.run("scores", "--period", "2026-06", "--level", "audit", "--format", "json"))
    (bay,) = [score for score in scores if score["id"] == "heron-bay"]
    assert (bay["score"], bay["rating"], bay["critical_failed"]) == (59.99, "D", 1)


def test_departments_are_scored_beside_the_dimensions(demo):
    _, _, made = demo
    told = made.run("scores", "--period", "2026-07", "--level", "view:department", "--format", "json")
    scores = {(score["site"], score["id"]): score["score"] for score in json.loads(told)}
    departments = {department for _, department in scores}
    assert len(departments) == 7
    for site in CITY:  # two departments suffer from dirty rooms, no other
        lowest = sorted(departments, key=lambda department: scores[site, department])[:2]
        assert set(lowest) == {"guest-relations", "housekeeping"}, site
        assert scores[site, "safety"] > 90


def test_every_visit_has_a_score_of_its_own(demo):
    _, _, made = demo
    scores = json.loads(made.run("scores", "--period", "2026-07", "--level", "subject", "--format", "json"))
    assert len(scores) == 20
    assert all(score["score"] is not None for score in scores)


def test_an_auditor_takes_the_answers_of_a_quarter_in(demo):
    _, _, made = demo
    made.run("form", "import", str(made.folder / "forms/2026-Q3.yaml"), "--as", "quality")
    made.run("run", "on-site", "--period", "2026-Q3")
    results = made.results("--programme", "on-site", "--period", "2026-Q3")
    failed = {(site, item) for (site, item, _), result in results.items() if result["status"] == "fail"}
    assert failed == {
        ("mill-race", "wheelchair"), ("granite-inn", "extinguishers"), ("plum-hill", "toilets"), ("lotus-pond", "hands"),
    }  # fmt: skip
    assert not [result for result in results.values() if result["status"] in {"error", "no_data"}]
