"""A collected cycle by another version of its standard: a second result beside the first, which nothing touches."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

STANDARD_FILE, CHECKLIST_FILE = "standards/stay/standard.yaml", "standards/stay/checklists/guests.yaml"
SECOND_FILE, SECOND_CHECKLIST = "standards/stay@2/standard.yaml", "standards/stay@2/checklists/guests.yaml"
PROGRAMME_FILE, RECORDS = "audits/monthly/programme.yaml", "audits/monthly/answers.csv"
STANDARD = """kind: standard
id: stay
version: "1.0.0"
ratings: [{rating: good, from: 60}, {rating: bad, from: 0}]
dimensions: {rooms: {}, desk: {}}
datasets:
  answers:
    columns: {day: date, clean: boolean, quiet: boolean, stars: {type: integer, optional: true, max: 5}}
  calls: {columns: {day: date, seconds: integer}}
criteria:
  - {id: clean, dimension: rooms, target: ">= 0.7"}
  - {id: quiet, dimension: rooms, target: ">= 0.7"}
  - {id: stars, dimension: desk, target: ">= 4"}
  - {id: light, dimension: desk}
"""
CHECKLIST = """kind: checklist
id: guests
standard: stay@1
dataset: answers
items:
  - {criterion: clean, measure: share(clean)}
  - {criterion: quiet, measure: share(quiet)}
  - {criterion: stars, measure: mean(stars)}
  - {criterion: light, answer: {choice: {bright: 100, dim: 50, dark: 0}}}
  - {id: both, derive: clean * quiet}
"""
PROGRAMME = """kind: programme
id: monthly
standard: stay@1
checklists: [guests]
sites: [{id: east}, {id: west}]
period: month
sources: {answers: {path: answers.csv, site: hotel, time: day}}
"""
# East: 24 of 28 clean, 14 quiet, 3 stars; west: all clean, 14 quiet, 5 stars.
ROWS = "hotel,day,clean,quiet,stars\n" + "".join(
    f"{site},2026-07-{day:02},{'yes' if site == 'west' or day > 4 else 'no'},{'yes' if day % 2 else 'no'},{stars}\n"
    for site, stars in (("east", 3), ("west", 5))
    for day in range(1, 29)
)
SECOND = {
    SECOND_FILE: STANDARD.replace('"1.0.0"', '"2.0.0"')
    .replace("{id: clean, dimension: rooms", "{id: tidy, was: [clean], dimension: rooms, weight: 3")
    .replace('{id: quiet, dimension: rooms, target: ">= 0.7"}', '{id: quiet, dimension: rooms, target: ">= 0.5"}')
    .replace("{id: light, dimension: desk}", "{id: light, dimension: desk}\n  - {id: calls, dimension: desk}"),
    SECOND_CHECKLIST: CHECKLIST.replace("stay@1", "stay@2")
    .replace("{criterion: clean,", "{criterion: tidy,")
    .replace("clean * quiet", "tidy * quiet")
    .replace("dim: 50", "dim: 80")
    + "  - {criterion: calls, dataset: calls, measure: mean(seconds), target: '<= 20'}\n",
}


@pytest.fixture
def stay(project):
    """July, run by the first version of the standard; then the second came."""

    def make(second=SECOND, *, close=True):
        p = project({STANDARD_FILE: STANDARD, CHECKLIST_FILE: CHECKLIST, PROGRAMME_FILE: PROGRAMME, RECORDS: ROWS})
        given = [{"programme": "monthly", "period": "2026-07", "site": "east", "answers": {"light": "dim"}}]
        p.write("given.yaml", json.dumps(given))
        assert p.run("form", "import", str(p.folder / "given.yaml"), "--as", "mia").code == 0
        assert p.run("run", "monthly", "--period", "2026-07").code == 0
        if close:
            assert p.run("cycle", "close", "monthly", "2026-07").code == 0
        for name, content in second.items():
            p.write(name, content)
        return p

    return make


def rescore(p, *more, standard="stay@2"):
    return p.run("rescore", "monthly", "2026-07", "--standard", standard, "--format", "json", *more)


def rows_of(outcome):
    assert outcome.code == 0, outcome.text
    return {(row["level"], row["site"], row["id"]): row for row in json.loads(outcome.out)}


def kept(p, query="SELECT * FROM rescorings"):
    with closing(sqlite3.connect(p.folder / "sqaudit.db")) as store:
        return store.execute(query).fetchall()


def dump(p):
    """Everything in the store but what rescoring adds: its tables, the documents it used, the log."""
    added = {"rescorings", "rescoring_documents", "documents", "events", "event_head"}
    with closing(sqlite3.connect(p.folder / "sqaudit.db")) as store:
        names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: store.execute(f"SELECT * FROM {name}").fetchall() for name in names if name not in added}


def test_each_item_and_score_by_both_standards(stay):
    """By hand. East by version 1: rooms (100 + 0) / 2, desk (0 + 50) / 2, in all 37.5; by 2: 100 and (0 + 80) / 2."""
    p = stay()
    rows = rows_of(rescore(p))
    tidy = rows["item", "east", "tidy"]
    assert (tidy["status_before"], tidy["status_after"], tidy["score_before"], tidy["score_after"]) == (
        *("pass", "pass"),
        *(100, 100),
    )
    assert tidy["changed"] == "id: clean → tidy; weight: - → 3"
    quiet = rows["item", "west", "quiet"]
    assert (quiet["status_before"], quiet["status_after"], quiet["score_before"], quiet["score_after"]) == (
        *("fail", "pass"),
        *(0, 100),
    )
    assert quiet["changed"] == "target: >= 0.7 → >= 0.5"
    light = rows["item", "east", "light"]
    assert (light["score_before"], light["score_after"]) == (50, 80)
    calls = rows["item", "east", "calls"]
    assert (calls["status_before"], calls["status_after"], calls["reason"]) == (None, "no_data", "not_collected")
    assert calls["changed"] == "added"
    assert not any(
        name in {"clean", "stars"} for _, _, name in rows
    )  # the same as before, or the same under another id
    east = rows["audit", "east", "east"]
    assert (east["score_before"], east["score_after"]) == (37.5, 70)
    assert east["coverage_before"] == 1
    assert east["coverage_after"] == pytest.approx(5 / 6)  # one of the three criteria of the desk is new
    assert (east["version_before"], east["version_after"]) == ("1.0.0", "2.0.0")
    west = rows["audit", "west", "west"]  # nobody answered, so that stars alone make the desk: 75, then 100
    assert (west["score_before"], west["score_after"]) == (75, 100)
    whole = rows["programme", None, "monthly"]
    assert (whole["score_before"], whole["score_after"]) == (56.25, 85)


def test_the_first_result_stays_as_it_is_and_nothing_is_kept_twice(stay):
    p = stay()
    before = dump(p)
    first, lists = rescore(p), ("results", "scores", "findings")
    shown = [p.run(name, "--format", "json").out for name in lists]
    again = rescore(p)
    assert (first.out, again.out) == (again.out, first.out)
    assert dump(p) == before
    assert "kept beside revision 1 of 'monthly' 2026-07" in first.err
    assert "the same is kept already" in again.err
    assert len(kept(p)) == 1
    assert [p.run(name, "--format", "json").out for name in lists] == shown
    assert {json.loads(shown[0])[0]["version"]} == {"1.0.0"}
    events = json.loads(p.run("store", "events", "--format", "json").out)
    told = [row for row in events if row["kind"] == "cycle_rescored"]
    assert [(row["programme"], row["period"], row["about"]) for row in told] == [("monthly", "2026-07", "stay@2.0.0")]
    assert p.run("store", "verify").code == 0


def test_what_is_kept_is_the_second_result_with_its_documents(stay):
    p = stay()
    rescore(p, "--as", "mia")
    ((standard, version, content, who),) = kept(p, "SELECT standard, version, content, recorded_by FROM rescorings")
    assert (standard, version, who) == ("stay", "2.0.0", "mia")
    scores = {(one["level"], one["site"], one["id"]): one["score"] for one in json.loads(content)["scores"]}
    assert (scores["audit", "east", "east"], scores["programme", None, "monthly"]) == (70, 85)
    roles = kept(p, "SELECT role, id, version FROM rescoring_documents JOIN documents USING (hash) ORDER BY role")
    assert roles == [("checklist:guests", "guests", ""), ("programme", "monthly", ""), ("standard", "stay", "2.0.0")]
    with closing(sqlite3.connect(p.folder / "sqaudit.db")) as store:
        store.execute("UPDATE rescorings SET content = replace(content, '70.0', '90.0')")
        store.commit()
    verified = p.run("store", "verify")
    assert verified.code != 0
    assert "SQA622" in verified.text


def test_by_its_own_standard_nothing_comes_out_otherwise(stay):
    rows = rows_of(rescore(stay({}), standard="stay@1"))
    assert {level for level, _, _ in rows} == {"programme", "audit"}
    assert all(row["score_before"] == row["score_after"] for row in rows.values())


def test_a_standard_that_only_the_store_has_is_found_there(stay):
    p = stay(close=False)
    by_documents = rescore(p)
    p.edit(PROGRAMME_FILE, "stay@1", "stay@2")
    p.edit(PROGRAMME_FILE, "time: day}}", "time: day}, calls: {path: calls.csv, site: hotel, time: day}}")
    p.write("audits/monthly/calls.csv", "hotel,day,seconds\neast,2026-08-01,10\n")
    p.write(RECORDS, ROWS.replace("2026-07", "2026-08"))
    assert p.run("run", "monthly", "--period", "2026-08").code == 0
    for name in (SECOND_FILE, SECOND_CHECKLIST):
        p.remove(name)
    p.edit(PROGRAMME_FILE, "stay@2", "stay@1")
    by_store = rescore(p)
    assert by_store.code == 0, by_store.text
    assert json.loads(by_store.out) == json.loads(by_documents.out)


@pytest.mark.parametrize(
    ("old", "new", "item"),
    [
        ("measure: share(quiet)}", "measure: share(quiet), where: stars > 1}", "quiet"),
        ("measure: mean(stars)}", "measure: median(stars)}", "stars"),
        ("{choice: {bright: 100, dim: 80, dark: 0}}", "yes_no", None),  # what was said is told as not fitting
    ],
)
def test_what_was_looked_at_in_another_way_was_not_collected(stay, old, new, item):
    p = stay({**SECOND, SECOND_CHECKLIST: SECOND[SECOND_CHECKLIST].replace(old, new)})
    outcome = rescore(p)
    rows = rows_of(outcome)
    if item is None:
        light = rows["item", "east", "light"]
        assert (light["status_after"], light["score_after"]) == ("unanswered", None)
        assert light["reason"] == "answer_does_not_fit"
        return
    row = rows["item", "east", item]
    assert (row["status_after"], row["score_after"], row["reason"]) == ("no_data", None, "not_collected")
    assert f"items that were not collected then, or not in this way: {item}, calls" in outcome.err
    assert "the records of 'answers' are still those of then; rescoring does not read them" in outcome.err
    p.write(RECORDS, ROWS + "east,2026-07-02,yes,yes,1\n")
    assert "the records of 'answers' are no longer those of then" in rescore(p).err


def test_a_column_with_other_bounds_was_not_read_like_this(stay):
    p = stay({**SECOND, SECOND_FILE: SECOND[SECOND_FILE].replace("max: 5", "max: 4")})
    rows = rows_of(rescore(p))
    assert rows["item", "west", "stars"]["reason"] == "not_collected"
    assert rows["item", "west", "quiet"]["status_after"] == "pass"


@pytest.mark.parametrize(
    ("standard", "code"),
    [("stay", "SQA130"), ("stay@3", "SQA202"), ("stray@1", "SQA201")],
)
def test_what_cannot_be_is_refused_with_a_hint(stay, standard, code):
    p = stay()
    outcome = rescore(p, standard=standard)
    assert (outcome.code, outcome.out) == (2, "")
    assert code in outcome.err
    assert "hint:" in outcome.err
    assert kept(p) == []


def test_documents_with_errors_and_missing_checklists_are_refused(stay):
    p = stay({**SECOND, SECOND_CHECKLIST: SECOND[SECOND_CHECKLIST].replace("share(quiet)", "share(quite)")})
    assert "SQA303" in rescore(p).err
    p.remove(SECOND_CHECKLIST)
    outcome = rescore(p)
    assert outcome.code == 2
    assert "SQA226 checklist 'guests' of this cycle is not written for 'stay@2.0.0'" in outcome.err
