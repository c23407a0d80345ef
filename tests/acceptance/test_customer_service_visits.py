"""What people see of customer-service@1: two invented branches, audited by forms, against a computation of our own."""

import json
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[2] / "standards" / "customer-service"
STANDARD = yaml.safe_load((FOLDER / "standard.yaml").read_text(encoding="utf-8"))
SEEN = {"AT-1", "AT-2", "AT-3", "AT-4", "KS-5", "PS-8", "PS-9", "RS-7", "SL-9"}
# All else is for records, so that what people saw makes the whole score.
OURS = {
    "kind": "standard",
    "id": "seen-service",
    "version": "1.0.0",
    "title": {"en": "What people see", "zh": "现场所见"},
    "extends": "customer-service@1",
    "overrides": {one["id"]: "removed" for one in STANDARD["criteria"] if one["id"] not in SEEN},
}
PROGRAMME = """\
kind: programme
id: branches
standard: seen-service@1
checklists: [mystery-call, counter-visit, improvement-check, sample-review]
sites:
  - {id: lakeside, title: {en: Lakeside branch, zh: 湖畔分店}, has_counter: true}
  - {id: webshop, title: {en: Web shop, zh: 网店}, has_counter: false}
period: quarter
sources: {reviews: {path: reviews.csv, site: branch, time: reviewed_at}}
"""
REVIEWS = """\
branch,reviewed_at,fields_correct,fields_compared
lakeside,2026-08-03,19,20
lakeside,2026-08-04,17,20
webshop,2026-08-03,20,20
"""
PERIOD = ("--period", "2026-Q3")
ENTRIES = {"evidence": "entries.csv"}

LAKESIDE = {
    "mystery-call-day": {"answer": "2026-08-05"},
    "mystery-call-answered": {"answer": "yes"},
    "mystery-warmth": {"answer": 3},
    "mystery-complaint-made": {"answer": "yes"},
    "mystery-patience": {"answer": 2, "note": "read out the rules twice"},
    "mystery-language": {"answer": "yes"},
    "mystery-respect": {"answer": "yes"},
    "counter-visit-day": {"answer": "2026-08-06"},
    "counter-warmth": {"answer": 4},
    "counter-complaint-seen": {"answer": "no"},
    "counter-language": {"answer": "no", "note": "a customer was called by a nickname"},
    "counter-respect": {"answer": "yes"},
    "counter-tools": {"answer": 1, "note": "started the return twice"},
    "counter-remark": {"answer": "a new terminal since Monday"},
    "knowledge-base-kept": {"answer": "yes", **ENTRIES},
    "proposals-answered": {"answer": "no", "note": "the slow printer, reported in July"},
    "answers-right-and-complete": {"answer": 2},
}
WEBSHOP = {
    "mystery-call-answered": {"answer": "是"},
    "mystery-warmth": {"answer": 2, "note": "只被动作答"},
    "mystery-complaint-made": {"answer": "否"},
    "mystery-language": {"answer": "是"},
    "mystery-respect": {"answer": "是"},
    "knowledge-base-kept": {"answer": "是", **ENTRIES},
    "proposals-answered": {"answer": "是", "note": "七月的打印机问题，两天内答复"},
    "answers-right-and-complete": {"answer": 1, "note": "T-17 不完整"},
}
UNKIND = {"answer": "no", "note": "mocked the customer's accent"}


@pytest.fixture
def branches(project):
    return project(
        {
            "standards/seen-service/standard.yaml": yaml.safe_dump(OURS, allow_unicode=True),
            "audits/branches/programme.yaml": PROGRAMME,
            "audits/branches/reviews.csv": REVIEWS,
            "forms/entries.csv": "problem,entry\nslow printer,KB-4\n",
        }
    )


def export(made, site, language="en"):
    folder = str(made.folder / "forms")
    done = made.run("--lang", language, "form", "export", "branches", *PERIOD, "--site", site, "--dir", folder)
    assert done.code == 0, done.text
    return Path(done.out.strip())


@pytest.fixture
def audit(branches, fill_form):
    """Export a form for each branch, the web shop's in Chinese; fill, import, run."""

    def do(lakeside, webshop):
        for site, language, answers in (("lakeside", "en", lakeside), ("webshop", "zh", webshop)):
            form = export(branches, site, language)
            keys = fill_form(form, lambda key, answers=answers: answers.get(key[4], {}))
            assert answers.keys() <= {key[4] for key in keys}
            taken = branches.run("form", "import", str(form), "--as", "anna")
            assert taken.code == 0, taken.text
        done = branches.run("run", "branches", *PERIOD)
        assert done.code == 0, done.text
        return branches

    return do


def rows(made, name):
    return json.loads(made.run(name, "--programme", "branches", "--format", "json").out)


def audits(made):
    return {row["site"]: row for row in rows(made, "scores") if row["level"] == "audit"}


# ---- our own computation: points of each item, criteria by their items, dimensions and branch by weight


def points(item, answer):
    if answer in {"yes", "是"}:
        return Fraction(100)
    if answer in {"no", "否"}:
        return Fraction(0)
    best = 2 if item in {"counter-tools", "answers-right-and-complete"} else 4
    return Fraction(100 * answer, best)


def accuracy(correct, compared):
    """SL-9 is measured: 0 points at 80 per cent, 100 at 98, a straight line between."""
    share = (Fraction(correct, compared) - Fraction("0.8")) / Fraction("0.18")
    return 100 * min(max(share, Fraction(0)), Fraction(1))


CRITERIA = {
    "mystery-warmth": "AT-1",
    "counter-warmth": "AT-1",
    "mystery-patience": "AT-2",
    "counter-patience": "AT-2",
    "mystery-language": "AT-3",
    "counter-language": "AT-3",
    "mystery-respect": "AT-4",
    "counter-respect": "AT-4",
    "counter-tools": "KS-5",
    "knowledge-base-kept": "PS-8",
    "proposals-answered": "PS-9",
    "answers-right-and-complete": "RS-7",
}


def expected_score(answers, sl_9):
    scored = {"SL-9": [sl_9]}
    for item, criterion in CRITERIA.items():
        if item in answers:
            scored.setdefault(criterion, []).append(points(item, answers[item]["answer"]))
    dimensions = {}
    for criterion in STANDARD["criteria"]:
        found = scored.get(criterion["id"])
        if found:
            score = min(found) if criterion["id"] == "AT-4" else sum(found) / len(found)
            dimensions.setdefault(criterion["dimension"], []).append((criterion["weight"], score))
    return mean((STANDARD["dimensions"][name]["weight"], mean(members)) for name, members in dimensions.items())


def mean(members):
    members = list(members)
    return sum(weight * score for weight, score in members) / sum(weight for weight, _ in members)


LAKESIDE_SL_9, WEBSHOP_SL_9 = accuracy(36, 40), accuracy(20, 20)


# ---- what holds


def test_two_branches_are_scored_as_computed_by_hand(audit):
    branches = audit(LAKESIDE, WEBSHOP)
    found = audits(branches)
    lakeside, webshop = expected_score(LAKESIDE, LAKESIDE_SL_9), expected_score(WEBSHOP, WEBSHOP_SL_9)
    assert found["lakeside"]["score"] == pytest.approx(float(lakeside), abs=1e-9)
    assert found["webshop"]["score"] == pytest.approx(float(webshop), abs=1e-9)
    assert [row["coverage"] for row in found.values()] == [1, 1]
    assert [row["rating"] for row in found.values()] == [rating(lakeside), rating(webshop)]
    assert found["lakeside"]["critical_failed"] == 0


def rating(score):
    return next(one["rating"] for one in STANDARD["ratings"] if score >= one["from"])


def test_what_does_not_apply_is_not_asked_or_leaves_the_weights(audit):
    branches = audit(LAKESIDE, WEBSHOP)
    status = {(row["site"], row["item"]): row["status"] for row in rows(branches, "results")}
    counter = {item for (_, item) in status if item.startswith("counter-")}
    assert {status["webshop", item] for item in counter} == {"not_applicable"}
    assert status["webshop", "mystery-patience"] == "not_applicable", "the script had no complaint"
    assert status["lakeside", "counter-patience"] == "not_applicable", "nobody complained"


def test_one_insult_anywhere_keeps_the_branch_below_the_pass_mark(audit):
    """The mean over both looks would be 50; the critical criterion takes the worst and caps the branch."""
    answers = {**LAKESIDE, "counter-respect": UNKIND}
    branches = audit(answers, WEBSHOP)
    found = audits(branches)["lakeside"]
    (respect,) = [row for row in rows(branches, "scores") if (row["id"], row["site"]) == ("AT-4", "lakeside")]
    assert respect["score"] == 0
    raw = expected_score(answers, LAKESIDE_SL_9)
    assert found["raw_score"] == pytest.approx(float(raw), abs=1e-9)
    assert found["score"] == pytest.approx(min(69.99, float(raw)), abs=1e-9)
    assert (found["rating"], found["critical_failed"]) == ("D", 1)
    findings = {(row["site"], row["criterion"]): row for row in rows(branches, "findings")}
    assert findings["lakeside", "AT-4"]["severity"] == "critical"


def test_a_claim_without_its_evidence_is_no_pass(audit):
    answers = {**WEBSHOP, "knowledge-base-kept": {"answer": "是"}}
    branches = audit(LAKESIDE, answers)
    (kept,) = [
        row for row in rows(branches, "results") if (row["site"], row["item"]) == ("webshop", "knowledge-base-kept")
    ]
    assert (kept["status"], kept["score"], kept["reason"]) == ("no_data", None, "evidence_missing")
    unsupported = {item: given for item, given in answers.items() if item != "knowledge-base-kept"}
    found = audits(branches)["webshop"]
    assert found["score"] == pytest.approx(float(expected_score(unsupported, WEBSHOP_SL_9)), abs=1e-9)
    # Half of one of the four dimensions that apply is open: 20 of 85 is its share, and half of that is missing.
    assert found["coverage"] == pytest.approx(1 - 20 / 85 / 2, abs=1e-9)


RECORDINGS = """\
recording,held_at,staff,channel
R-1,2026-07-06 10:00,staff-4,phone
R-2,2026-08-11 15:30,staff-7,chat
"""
LISTENING = """\
kind: programme
id: listening
standard: customer-service@1
checklists: [recording-review]
sites: [{id: lakeside}]
period: quarter
sources: {recordings: {path: recordings.csv, time: held_at}}
samples: {recording-review: {size: 5}}
"""
HEARD = {
    "R-1": {"warmth": 4, "complaint": "yes", "patience": 1, "language": "yes", "flexibility": 2, "skill": 3},
    "R-2": {"warmth": 3, "complaint": "no", "language": "no", "flexibility": 1, "skill": 4},
}


def test_recordings_are_judged_one_by_one_and_become_their_branch(project, fill_form, tmp_path):
    made = project({"audits/listening/programme.yaml": LISTENING, "audits/listening/recordings.csv": RECORDINGS})

    def row(key):
        (recording,) = json.loads(key[5])
        answers = {"respect": "yes", **HEARD[recording]}
        name = key[4].removeprefix("recording-")
        return {"answer": answers[name], "note": "at 0:40"} if name in answers else {}

    assert made.run("sample", "draw", "listening", "recording-review", *PERIOD, "--seed", "1").code == 0
    assert made.run("form", "export", "listening", *PERIOD, "--dir", str(tmp_path)).code == 0
    (form,) = tmp_path.glob("*.xlsx")
    fill_form(form, row)
    assert made.run("form", "import", str(form), "--as", "anna").code == 0
    assert made.run("run", "listening", *PERIOD).code == 0
    scores = json.loads(made.run("scores", "--format", "json").out)
    criteria = {one["id"]: one["score"] for one in scores if one["level"] == "criterion" and one["score"] is not None}
    # Points of; only R-1 has a complaint.
    assert criteria == {
        "AT-1": (100 + 75) / 2,
        "AT-2": 25,
        "AT-3": (100 + 0) / 2,
        "AT-4": 100,
        "AT-5": (100 + 50) / 2,
        "KS-4": (75 + 100) / 2,
    }


def test_a_form_asks_in_the_language_of_who_fills_it(branches):
    for language, anchor in (("en", "0 sends you away · 1 answers"), ("zh", "0 打发客户 · 1 惜字如金")):
        form = export(branches, "lakeside", language)
        sheet = openpyxl.load_workbook(form).worksheets[0]
        assert anchor in " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
        form.unlink()
