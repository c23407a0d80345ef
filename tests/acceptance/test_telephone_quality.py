"""The worked audit telephone-quality: calls drawn, listened to, judged by telephone-service@1, by commands alone."""

from __future__ import annotations

import json
import runpy
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
story = runpy.run_path(str(TESTS / "telephone_story.py"))
CALLS = {call["call_id"]: call for call in story["calls"]()}
# Points of one occurrence, and the most points of a code in one call.
POINTS = {
    "a1": (2, 2),
    "a2": (1, 1),
    "b1": (2, 2),
    "b2": (2, 2),
    "c1": (1, 3),
    "c2": (1, 3),
    "c3": (100, 100),
    "d1": (2, 2),
    "d2": (2, 4),
    "e1": (3, 6),
    "e2": (3, 6),
}
PERIOD = "2026-02"
TENURES = ("veteran", "newcomer")


def lost(code, times):
    """Points off for so many occurrences; what does not apply takes nothing off."""
    points, most = POINTS[code]
    return min(most, points * (times or 0))


@pytest.fixture(scope="module")
def audit(worked_audit, fill_form):
    """Draw, export, fill as the story has it, import, run; the form of one site is Chinese."""
    made = worked_audit("telephone-quality", "telephone-service", "calls.csv")
    period = ("--period", PERIOD)

    def command(*words):
        done = made.sqaudit(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    command("sample", "draw", "telephone-quality", "telephone", *period, "--seed", "2026-03-02", "--by", "mia")
    for site, language in (("harbour", "en"), ("hill", "zh")):
        command("--lang", language, "form", "export", "telephone-quality", *period, "--site", site, "--dir", "forms")
    forms = sorted((made.folder / "forms").iterdir())
    for form in forms:
        fill_form(form, story["row_of_form"])
    assert "answers: 660 new" in command("form", "import", *map(str, forms), "--as", "mia")
    command("run", "telephone-quality", *period)
    return made


@pytest.fixture(scope="module")
def drawn(audit):
    """The calls that were drawn, as their records have them."""
    (sample,) = audit.rows("sample", "list")
    done = audit.sqaudit("sample", "show", sample["id"], "--format", "json")
    return [CALLS[json.loads(row["subject"])[0]] for row in json.loads(done.stdout)]


@pytest.fixture(scope="module")
def results(audit):
    return audit.rows("results")


@pytest.fixture(scope="module")
def expected(drawn):
    """What each call lost by each code, worked out from the story alone."""
    found = {call["call_id"]: story["heard"](call) for call in drawn}
    return {call: {code: lost(code, times) for code, times in codes.items()} for call, codes in found.items()}


def test_the_records_are_those_of_the_story(audit):
    assert audit.records.read_text(encoding="utf-8") == story["records"]()


def test_three_calls_of_each_agent_in_each_week_are_drawn(drawn):
    assert len(drawn) == 60
    counts = Counter((call["agent"], call["started_at"][:10]) for call in drawn)
    weeks = Counter()
    for (agent, day), count in counts.items():
        weeks[agent, (int(day[-2:]) - 2) // 7] += count
    assert weeks == {(agent, week): 3 for agent in story["AGENTS"] for week in range(story["WEEKS"])}


def test_every_call_loses_what_was_heard_in_it(results, audit, expected):
    found = defaultdict(dict)
    for row in results:
        if row["subject"]:
            found[json.loads(row["subject"])[0]][row["item"]] = 100 - row["score"]
    assert found == expected
    scores = {json.loads(row["subject"])[0]: row["score"] for row in audit.rows("scores") if row["level"] == "subject"}
    assert scores == {call: 100 - sum(codes.values()) for call, codes in expected.items()}


def test_points_lost_by_code_and_tenure_are_those_of_the_story(results, drawn, expected):
    sizes = Counter((call["site"], call["tenure"]) for call in drawn)
    told = defaultdict(float)
    for row in results:
        if row["group"]:
            (tenure,) = json.loads(row["group"])
            told[row["item"], tenure] += (100 - row["score"]) * sizes[row["site"], tenure]
    sums = Counter()
    for call in drawn:
        for code, points in expected[call["call_id"]].items():
            sums[code, call["tenure"]] += points
    assert {key: pytest.approx(sums[key], abs=1e-9) for key in told} == told
    assert set(told) == {(code, tenure) for code in POINTS for tenure in TENURES}


def test_how_often_a_fault_occurs_is_told_of_the_calls_that_it_applies_to(results, drawn):
    heard = defaultdict(list)
    for call in drawn:
        for code, times in story["heard"](call).items():
            if times is not None:
                heard[call["site"], code, call["tenure"]].append(times)
    groups = {
        (row["site"], row["item"], json.loads(row["group"])[0]): (row["n"], row["value"])
        for row in results
        if row["group"]
    }
    assert groups == {key: (len(times), pytest.approx(sum(times) / len(times))) for key, times in heard.items()}
    assert min(len(times) for (_, code, _), times in heard.items() if code == "b1") < 12, "some customers hung up first"


def test_a_site_has_the_mean_of_its_calls(audit, drawn, expected):
    scores = {row["site"]: row for row in audit.rows("scores") if row["level"] == "audit"}
    means = []
    for site, row in scores.items():
        own = [100 - sum(expected[call["call_id"]].values()) for call in drawn if call["site"] == site]
        means.append(Fraction(sum(own), len(own)))
        assert row["score"] == pytest.approx(float(means[-1]), abs=1e-9)
        assert (row["coverage"], row["rating"]) == (1, "A")
    readme = (TESTS.parent / "audits" / "telephone-quality" / "README.md").read_text(encoding="utf-8")
    assert f"the score is {float(sum(means) / 2):.2f}." in readme


def test_the_story_is_seen_in_the_results(results, drawn):
    """Faults lie in b to e, veterans are colloquial, newcomers unprofessional."""
    calls = Counter(call["tenure"] for call in drawn)
    points = Counter()
    for row in results:
        if row["subject"]:
            points[row["item"], CALLS[json.loads(row["subject"])[0]]["tenure"]] += 100 - row["score"]
    by_section = Counter()
    for (code, _), number in points.items():
        by_section[code[0]] += number
    assert by_section["a"] < 0.05 * sum(by_section.values())
    per_call = {key: number / calls[key[1]] for key, number in points.items()}
    assert per_call["c1", "veteran"] > 3 * per_call["c1", "newcomer"]
    assert per_call["c2", "newcomer"] > 3 * per_call["c2", "veteran"]
    assert {100 - row["score"] for row in results if row["subject"] and row["item"] == "b1"} == {0, 2}


# ---- the worked examples of the standard, through the whole flow

EXAMPLES = {
    "C-1": ({"b1": 1}, 98),
    "C-2": ({"b1": 3, "c1": 4, "e1": 1}, 92),  # 100 - 2 - 3 - 3: b1 and c1 reach their caps
    "C-3": ({"b1": None}, 100),
}
PROGRAMME = """\
kind: programme
id: examples
standard: telephone-service@1
checklists: [telephone]
sites: [{id: desk}]
period: month
sources: {calls: {path: calls.csv, time: started_at}}
samples: {telephone: {size: 9, strata: [tenure]}}
"""


@pytest.fixture
def hear(project, fill_form, tmp_path):
    """Judge calls by what was heard in them; codes that are not named are 0."""

    def do(heard):
        rows = "".join(f"{call},2026-10-05 09:0{number},agent-1,veteran\n" for number, call in enumerate(heard))
        made = project(
            {
                "audits/examples/programme.yaml": PROGRAMME,
                "audits/examples/calls.csv": f"call_id,started_at,agent,tenure\n{rows}",
            }
        )

        def row(key):
            codes = heard[json.loads(key[5])[0]]
            times = codes.get(key[4], 0)
            if times == "?":
                return {}
            return (
                {"not_applicable": "hung up"}
                if times is None
                else {"answer": times, "note": "heard" if times else None}
            )

        period = ("examples", "--period", "2026-10")
        steps = [
            ("sample", "draw", "examples", "telephone", *period[1:], "--seed", "1"),
            ("form", "export", *period, "--dir", str(tmp_path)),
            ("form", "import", str(tmp_path / "examples_2026-10_desk.xlsx"), "--as", "mia"),
            ("run", *period),
        ]
        for step in steps:
            if "import" in step:
                fill_form(Path(step[2]), row)
            done = made.run(*step)
            assert done.code == 0, done.text
        scores = json.loads(made.run("scores", "--programme", "examples", "--format", "json").out)
        calls = {json.loads(one["subject"])[0]: one for one in scores if one["level"] == "subject"}
        (site,) = [one for one in scores if one["level"] == "audit"]
        return calls, site

    return do


def test_the_worked_examples_come_out(hear):
    calls, site = hear({call: codes for call, (codes, _) in EXAMPLES.items()})
    assert {call: row["score"] for call, row in calls.items()} == {call: score for call, (_, score) in EXAMPLES.items()}
    assert {call: row["rating"] for call, row in calls.items()} == {"C-1": "A", "C-2": "B", "C-3": "A"}
    assert site["score"] == pytest.approx((98 + 92 + 100) / 3)


def test_forbidden_words_in_one_call_take_all_of_it_and_the_rating_of_the_site(hear):
    calls, site = hear({"C-1": {"c3": 1, "b1": 1}, "C-2": {}, "C-3": {}, "C-4": {}})
    assert (calls["C-1"]["score"], calls["C-1"]["rating"]) == (0, "D")
    assert (calls["C-2"]["score"], calls["C-2"]["rating"]) == (100, "A")
    assert (site["rating"], site["critical_failed"]) == ("D", 1)


def test_a_call_that_was_heard_in_part_has_a_score_and_no_rating(hear):
    calls, _ = hear({"C-1": {"e1": "?", "e2": "?"}, "C-2": {"d2": "?", "e1": "?", "e2": "?", "b1": 1}})
    assert (calls["C-1"]["coverage"], calls["C-1"]["rating"]) == (pytest.approx(9 / 11), "A")
    assert (calls["C-2"]["score"], calls["C-2"]["rating"], calls["C-2"]["reason"]) == (
        98,
        None,
        "coverage_below_minimum",
    )
