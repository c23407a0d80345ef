"""A cycle's life: nothing changes by itself, a change makes a revision that says so, a closed cycle takes nothing."""

import json
import random
from collections import Counter

import pytest
import yaml

STANDARD = "standards/my-service/standard.yaml"
CHECKLIST = "standards/my-service/checklists/desk.yaml"
PROGRAMME = "audits/first-audit/programme.yaml"
RECORDS = "audits/first-audit/requests.csv"
RUN = ("run", "first-audit", "--period", "2026-10")


def listing(project, *arguments):
    outcome = project.run(*arguments, "--format", "json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def everything(project):
    return [project.run(name, "--format", "json").out for name in ("results", "scores", "findings")]


def revisions(project):
    return listing(project, "cycle", "show", "first-audit", "2026-10")


def test_the_same_input_twice_changes_nothing(project):
    p = project()
    assert p.run(*RUN).code == 0
    before, database = everything(p), (p.folder / "sqaudit.db").read_bytes()
    assert p.run(*RUN).code == 0
    assert everything(p) == before
    assert (p.folder / "sqaudit.db").read_bytes() == database
    assert len(revisions(p)) == 1


def test_an_unchanged_cycle_is_told_as_it_was_the_first_time(project):
    """Its counts are those of whole sites, as when they were made: groups of rows are no results of their own."""
    p = project()
    written = (p.folder / CHECKLIST).read_text(encoding="utf-8")
    by_answer = "  - {id: by-answer, measure: count(*), by: [solved]}\n"
    unknown = "  - {id: unknown, measure: p90(satisfaction), where: satisfaction > 9}\n"
    p.write(CHECKLIST, written + by_answer + unknown)
    first, second = p.run(*RUN), p.run(*RUN)
    assert "changed" not in second.out
    assert (second.code, second.out, second.err) == (first.code, first.out, first.err)
    listed = listing(p, "results")
    statuses = Counter(row["status"] for row in listed if not row.get("group"))
    assert len(listed) > statuses.total() > 0
    assert f"item results: {statuses.total()} ({statuses['pass']} pass" in second.out


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (RECORDS, "true,5", "true,1", "requests"),
        (STANDARD, 'target: ">= 0.75"', 'target: ">= 0.70"', "standard"),
        (CHECKLIST, "zero: 0.40", "zero: 0.30", "desk"),
        (PROGRAMME, "North office", "Northern office", "programme"),
    ],
)
def test_a_change_makes_a_new_revision_that_says_what_changed_and_keeps_the_old(project, file, old, new, said):
    p = project()
    p.run(*RUN)
    p.edit(file, old, new)
    outcome = p.run(*RUN)
    assert outcome.code == 0
    assert said in outcome.out
    first, second = revisions(p)
    assert (first["revision"], second["revision"]) == (1, 2)
    assert said in second["changes"]
    assert {result["revision"] for result in listing(p, "results")} == {2}


def test_undoing_a_change_makes_a_third_revision_equal_to_the_first(project):
    p = project()
    p.run(*RUN)
    first = listing(p, "results")
    p.edit(RECORDS, "true,5", "true,1")
    p.run(*RUN)
    p.edit(RECORDS, "true,1", "true,5")
    p.run(*RUN)
    third = listing(p, "results")
    assert [{**row, "revision": 1} for row in third] == first


def test_a_closed_cycle_takes_nothing_up_and_says_so_until_it_is_reopened(project):
    p = project()
    p.run(*RUN)
    before = everything(p)
    assert p.run("cycle", "close", "first-audit", "2026-10").code == 0
    p.edit(RECORDS, "true,5", "true,1")
    outcome = p.run(*RUN)
    assert outcome.code == 0
    assert "closed" in outcome.err
    assert "requests" in outcome.err
    assert everything(p) == before
    assert p.run("cycle", "close", "first-audit", "2026-10").code == 2
    assert p.run("cycle", "reopen", "first-audit", "2026-10").code == 0
    p.run(*RUN)
    assert everything(p) != before


def test_scoring_again_from_the_store_gives_the_same_bytes_without_records_or_documents(project):
    p = project()
    p.run(*RUN)
    before = everything(p)
    p.remove(RECORDS)
    p.edit(STANDARD, 'target: ">= 0.75"', 'target: ">= 0.01"')
    assert p.run("score", "first-audit", "--period", "2026-10").code == 0
    assert everything(p) == before


def test_a_collected_cycle_that_was_never_scored_is_completed_by_the_next_run(project):
    p = project()
    assert p.run("collect", "first-audit", "--period", "2026-10").code == 0
    assert listing(p, "results") == []
    assert p.run(*RUN).code == 0
    assert len(listing(p, "results")) == 6
    assert len(revisions(p)) == 1


def test_the_order_of_rows_sites_items_and_keys_changes_no_byte(project, tmp_path):
    p = project(template="demo")
    run = ("run", "monthly-hotels", "--period", "2026-07")
    assert p.run(*run).code == 0
    before = everything(p)
    shuffler = random.Random(20260701)
    for path in (p.folder / "audits" / "monthly-hotels").rglob("*.csv"):
        header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        shuffler.shuffle(rows)
        path.write_text("".join([header, *rows]), encoding="utf-8")
    for path in p.folder.rglob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        path.write_text(yaml.dump(reordered(content), allow_unicode=True, sort_keys=False), encoding="utf-8")
    p.remove("sqaudit.db")
    assert p.run(*run).code == 0
    assert everything(p) == before


def reordered(content):
    """The same mapping with its keys the other way round, and items and criteria in reverse."""
    if isinstance(content, dict):
        return {
            key: list(reversed(part)) if key in {"items", "criteria"} else reordered(part)
            for key, part in reversed(content.items())
        }
    return content


def test_a_selection_of_sites_leaves_the_others_not_selected(project):
    p = project()
    assert p.run(*RUN, "--site", "north").code == 0
    statuses = {(row["site"], row["status"]) for row in listing(p, "results")}
    assert ("south", "not_selected") in statuses
    assert {status for site, status in statuses if site == "north"} <= {"pass", "fail"}
    assert p.run(*RUN, "--site", "nroth").code == 2


def test_planned_results_and_result_rows_are_equal_in_number(project):
    p = project(template="demo")
    p.run("run", "monthly-hotels", "--period", "2026-08")
    rows = listing(p, "results")
    keys = {(row["site"], row["checklist"], row["item"]) for row in rows}
    assert len(rows) == len(keys) == 12 * 7


def test_a_register_without_rows_counts_nought_and_other_sources_do_not(project):
    p = project()
    p.edit(CHECKLIST, "measure: share(solved)", "measure: count(*)\n    target: '<= 100'")
    p.edit(PROGRAMME, "time: opened_at}", "time: opened_at, register: true}")
    p.edit(PROGRAMME, "period: month", "  - {id: west}\nperiod: month")
    p.run(*RUN)
    west = {row["item"]: (row["status"], row["value"]) for row in listing(p, "results", "--site", "west")}
    assert west["solved-share"] == ("pass", 0.0)
    assert west["satisfied-share"] == ("no_data", None)
    assert p.run("run", "first-audit", "--period", "2020-01").code == 4, "before a register began it says nothing"


def test_the_rows_behind_a_result_are_those_that_counted_against_it(project):
    p = project()
    p.run(*RUN)
    (row,) = [r for r in listing(p, "results", "--site", "south") if r["item"] == "answered-in-time"]
    found = listing(p, "results", "records", row["id"])
    assert [record["opened_at"][:10] for record in found] == ["2026-10-06", "2026-10-14", "2026-10-21"]
    p.edit(RECORDS, "true,5", "true,1")
    outcome = p.run("results", "records", row["id"])
    assert "changed" in outcome.err
    assert outcome.out == ""


@pytest.mark.parametrize("place", ["dataset", "column"])
def test_what_rests_on_fewer_than_five_persons_is_not_shown(project, place):
    """South has six answers, one of them unreadable here: five are shown, four are not."""
    p = project()
    if place == "dataset":
        p.edit(STANDARD, "  requests:\n", "  requests:\n    about: persons\n")
    else:
        p.edit(STANDARD, "max: 5, optional: true}", "max: 5, optional: true, about: persons}")
    p.edit(RECORDS, "south,2026-10-28 12:10,2026-10-28 12:45,true,4", "south,2026-10-28 12:10,2026-10-28 12:45,true,?")
    p.edit(RECORDS, "false,1", "false,")
    p.run(*RUN)
    rows = {r["site"]: r for r in listing(p, "results") if r["item"] == "satisfied-share"}
    assert (rows["south"]["status"], rows["south"]["n"]) == ("fail", 5)
    p.edit(RECORDS, "true,3", "true,")
    p.run(*RUN)
    row = next(r for r in listing(p, "results", "--site", "south") if r["item"] == "satisfied-share")
    assert (row["status"], row["reason"], row["value"], row["score"]) == ("no_data", "suppressed", None, None)
    assert listing(p, "results", "records", row["id"]) == []
    assert "top_box(satisfaction, 2)" in p.run("explain", row["id"]).out
    assert "n = 4" not in p.run("explain", row["id"]).out


@pytest.mark.parametrize("name", ["my-requests", "order"])
def test_a_dataset_may_be_called_by_any_id(project, name):
    """Ids may hold a hyphen or be a word of SQL."""
    p = project()
    p.edit(STANDARD, "  requests:\n", f"  {name}:\n")
    p.edit(CHECKLIST, "dataset: requests", f"dataset: {name}")
    p.edit(PROGRAMME, "requests: {path", f"{name}: {{path")
    outcome = p.run(*RUN)
    assert outcome.code == 0, outcome.err
    assert {row["status"] for row in listing(p, "results")} <= {"pass", "fail"}


def test_the_environments_store_comes_before_the_projects(project, monkeypatch, tmp_path):
    p = project()
    p.edit("sqaudit.yaml", "timezone: UTC", "timezone: UTC\nstore: sqlite:///own.db")
    p.run(*RUN)
    assert (p.folder / "own.db").is_file()
    monkeypatch.setenv("SQAUDIT_STORE", f"sqlite:///{tmp_path / 'other.db'}")
    assert listing(p, "cycle", "list") == []
    p.run(*RUN)
    assert (tmp_path / "other.db").is_file()
    assert len(listing(p, "cycle", "list")) == 1
