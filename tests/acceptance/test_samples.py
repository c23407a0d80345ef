"""Samples from a programme's records, sites or a list: drawn, kept, drawn again."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter

import pytest

STANDARD = """\
kind: standard
id: calls
version: "1.0"
ratings: [{rating: good, from: 0}]
dimensions: {talk: {}}
datasets:
  calls:
    columns:
      call: {type: text, optional: true}
      at: timestamp
      agent: {type: text, optional: true}
      answered: boolean
criteria:
  - {id: answered, dimension: talk, target: ">= 0.9"}
  - {id: visited, dimension: talk, target: ">= 0.9"}
"""
TELEPHONE = """\
kind: checklist
id: telephone
standard: calls@1
dataset: calls
where: answered
subject: call
items:
  - {criterion: answered, measure: share(answered)}
"""
VISITS = """\
kind: checklist
id: visits
standard: calls@1
dataset: calls
items:
  - {criterion: visited, measure: share(answered)}
"""
PROGRAMME = """\
kind: programme
id: calls
standard: calls@1
checklists: [telephone, visits]
sites:
  - {id: north, region: A}
  - {id: south, region: B, timezone: Asia/Shanghai}
  - {id: west, region: B}
period: month
sources: {calls: {path: calls.csv, site: site, time: at}}
samples:
  telephone: {size: 2, strata: [agent, week]}
  visits: {size: 1, strata: [region]}
"""
CALLS = "site,call,at,agent,answered\n" + "".join(
    f"{site},{site[0]}-{number:02},2026-10-{5 + number:02} 09:00,{agent},yes\n"
    for site, agent in (("north", "ann"), ("south", "ben"))
    for number in range(12)
)
MARRED = CALLS + (
    "north,n-90,2026-10-05 09:00,,yes\n"  # nobody knows whose call it was
    "north,n-91,2026-10-05 09:00,ann,yes\n"
    "north,n-91,2026-10-05 09:10,ben,yes\n"  # two agents on one call
    "north,,2026-10-05 09:00,ann,yes\n"  # a call without a number
    "east,e-01,2026-10-05 09:00,ann,yes\n"  # no site of the programme
    "north,n-92,2026-10-05 09:00,ann,no\n"  # no item looks at it
    "north,n-93,2026-11-05 09:00,ann,yes\n"  # another month
)


@pytest.fixture
def calls(project):
    return project(
        {
            "standards/calls/standard.yaml": STANDARD,
            "standards/calls/checklists/telephone.yaml": TELEPHONE,
            "standards/calls/checklists/visits.yaml": VISITS,
            "audits/calls/programme.yaml": PROGRAMME,
            "audits/calls/calls.csv": CALLS,
        }
    )


def draw(calls, *more, checklist="telephone", seed="1"):
    drawn = calls.run(
        "sample", "draw", "calls", checklist, "--period", "2026-10", "--seed", seed, "--format", "json", *more
    )
    assert drawn.code == 0, drawn.err
    return json.loads(drawn.out)


def listed(calls):
    return json.loads(calls.run("sample", "--format", "json").out)


def refused(outcome, code, exit_code=2):
    assert (outcome.code, code in outcome.err) == (exit_code, True), outcome.text


def test_so_many_are_drawn_from_each_stratum_of_each_site(calls):
    rows = draw(calls)
    counts = Counter((row["site"], row["stratum"]) for row in rows)
    # 5 to 16 October are the weeks 41 and 42.
    assert counts == {
        (site, f"{agent}, 2026-W{week}"): 2 for site, agent in (("north", "ann"), ("south", "ben")) for week in (41, 42)
    }
    assert len({row["subject"] for row in rows}) == 8
    assert [row["number"] for row in rows] == list(range(1, 9))


def test_the_same_seed_draws_the_same_and_another_does_not(calls):
    subjects = [[row["subject"] for row in draw(calls, seed=seed)] for seed in ("1", "1", "2")]
    assert subjects[0] == subjects[1] != subjects[2]
    assert len({one["id"] for one in listed(calls)}) == 3


def test_a_seed_is_made_up_and_kept(calls):
    for _ in range(2):
        assert calls.run("sample", "draw", "calls", "telephone", "--period", "2026-10").code == 0
    first, second = listed(calls)
    assert first["seed"] != second["seed"]
    assert first["frame_hash"] == second["frame_hash"]


def test_a_sample_is_drawn_again_and_is_the_same(calls):
    rows = draw(calls, "--exclude", "n-03=no recording")
    again = calls.run("sample", "redraw", rows[0]["sample"], "--format", "json")
    assert (again.code, json.loads(again.out)) == (0, rows)
    assert "drawn again: the same" in again.err
    assert json.loads(calls.run("sample", "show", rows[0]["sample"], "--format", "json").out) == rows


def test_the_order_of_the_records_changes_nothing(calls):
    rows = draw(calls)
    header, *lines = CALLS.splitlines(keepends=True)
    calls.write("audits/calls/calls.csv", header + "".join(reversed(lines)))
    assert calls.run("sample", "redraw", rows[0]["sample"]).code == 0


def test_another_plan_in_the_programme_does_not_touch_what_was_drawn(calls):
    rows = draw(calls)
    calls.edit("audits/calls/programme.yaml", "{size: 2, strata: [agent, week]}", "{size: 5}")
    again = calls.run("sample", "redraw", rows[0]["sample"], "--format", "json")
    assert json.loads(again.out) == rows


def test_a_changed_frame_is_told_and_the_sample_stays(calls):
    rows = draw(calls)
    calls.write("audits/calls/calls.csv", CALLS + "north,n-99,2026-10-05 09:00,ann,yes\n")
    again = calls.run("sample", "redraw", rows[0]["sample"])
    refused(again, "SQA735", 3)
    assert "it had 24 units and has 25" in again.err
    assert json.loads(calls.run("sample", "show", rows[0]["sample"], "--format", "json").out) == rows


def test_a_store_that_was_changed_is_found_out(calls):
    rows = draw(calls)
    with sqlite3.connect(calls.folder / "sqaudit.db") as store:
        store.execute("UPDATE samples SET units = replace(units, ?, 'n-77')", (json.loads(rows[0]["subject"])[0],))
    refused(calls.run("sample", "redraw", rows[0]["sample"]), "SQA736", 3)


def test_what_cannot_be_drawn_is_kept_with_its_reason(calls):
    calls.write("audits/calls/calls.csv", MARRED)
    shown = calls.run(
        "sample", "draw", "calls", "telephone", "--period", "2026-10", "--exclude", "north/n-00=a test call"
    )
    assert shown.code == 0, shown.err
    told = {tuple(line.split(None, 2)) for line in shown.out.split("\n\n")[1].splitlines()[2:]}
    assert {tuple(part.strip() for part in row) for row in told} == {
        ("east", "e-01", "at no known site"),
        ("north", "-", "a value is missing"),
        ("north", "n-00", "a test call"),
        ("north", "n-90", "a value is missing"),
        ("north", "n-91", "its rows contradict each other"),
    }
    (sample,) = listed(calls)
    assert (sample["frame_size"], sample["excluded"]) == (23, 5)
    assert calls.run("sample", "redraw", sample["id"]).code == 0


def test_weeks_are_those_of_the_site(calls):
    """Monday 00:30 in Shanghai is Sunday in London: the times are read on the site's wall."""
    calls.edit("audits/calls/programme.yaml", "period: month", "period: month\ntimezone: Europe/London")
    calls.write("audits/calls/calls.csv", "site,call,at,agent,answered\nsouth,s-1,2026-10-12 00:30,ben,yes\n")
    assert [row["stratum"] for row in draw(calls)] == ["ben, 2026-W42"]


def test_of_a_checklist_without_subject_the_sites_are_drawn(calls):
    rows = draw(calls, checklist="visits")
    assert [row["stratum"] for row in rows] == ["A", "B"]
    assert rows[0]["site"] == "north"
    assert rows[1]["site"] in {"south", "west"}
    assert all(row["subject"] is None for row in rows)
    assert calls.run("sample", "redraw", rows[0]["sample"]).code == 0
    refused(
        calls.run("sample", "draw", "calls", "visits", "--period", "2026-10", "--exclude", "nowhere=closed"), "SQA737"
    )


def test_a_total_is_shared_in_proportion(calls):
    calls.edit("audits/calls/programme.yaml", "{size: 2, strata: [agent, week]}", "{total: 6}")
    calls.write(
        "audits/calls/calls.csv", "".join(line for line in CALLS.splitlines(keepends=True) if "s-0" not in line)
    )
    sites = [row["site"] for row in draw(calls)]
    assert (sites.count("north"), sites.count("south")) == (5, 1)  # 12 and 2 of 14


def test_sites_of_a_dataset_are_known_to_a_draw(calls):
    calls.edit(
        "standards/calls/standard.yaml", "datasets:\n", "datasets:\n  places: {columns: {place: text, area: text}}\n"
    )
    sites = PROGRAMME[PROGRAMME.index("sites:") : PROGRAMME.index("period:")]
    calls.edit("audits/calls/programme.yaml", sites, "sites: {dataset: places, id: place, region: area}\n")
    calls.edit("audits/calls/programme.yaml", "sources: {", "sources: {places: {path: places.csv}, ")
    calls.write("audits/calls/places.csv", "place,area\nnorth,A\nsouth,B\n")
    assert [row["site"] for row in draw(calls, checklist="visits")] == ["north", "south"]
    assert len(draw(calls)) == 8


def test_a_list_is_drawn_from(calls):
    calls.write(
        "lists/heard.csv",
        "site,call,agent,week,excluded\n"
        "north,x-1,ann,41,\nnorth,x-2,ann,41,caller asked\nsouth,x-3,,41,\neast,x-4,cem,41,\n",
    )
    rows = draw(calls, "--frame", "lists/heard.csv")
    assert [(row["site"], row["subject"]) for row in rows] == [("north", '["x-1"]')]
    (sample,) = listed(calls)
    assert (sample["frame"], sample["frame_size"], sample["excluded"]) == ("lists/heard.csv", 1, 3)
    assert calls.run("sample", "redraw", sample["id"]).code == 0
    calls.edit("lists/heard.csv", "x-1", "x-9")
    refused(calls.run("sample", "redraw", sample["id"]), "SQA735", 3)


def test_a_list_that_cannot_be_used_is_refused(calls):
    def drawn(text):
        calls.write("list.csv", text)
        return calls.run("sample", "draw", "calls", "telephone", "--period", "2026-10", "--frame", "list.csv")

    refused(drawn("site,call,agent\nnorth,1,ann\n"), "SQA505")
    refused(drawn("site,call,agent,week\nnorth,1,ann,41\nnorth,1,ann,42\n"), "SQA738")
    refused(drawn("site,call,agent,week\n"), "SQA734", 4)
    missing = calls.run("sample", "draw", "calls", "telephone", "--period", "2026-10", "--frame", "no.csv")
    refused(missing, "SQA501")


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("calls", "lobby"), "SQA731", 2),
        (("calls", "telephone", "--period", "2026-09"), "SQA734", 4),
        (("calls", "telephone", "--period", "2026-10", "--exclude", "n-77=lost"), "SQA737", 2),
        (("calls", "telephone", "--period", "2026-10", "--exclude", "n-01"), "SQA737", 2),
    ],
)
def test_what_cannot_be_drawn_is_refused(calls, arguments, code, exit_code):
    refused(calls.run("sample", "draw", *arguments), code, exit_code)
    assert listed(calls) == []


def test_a_name_at_several_sites_has_to_be_told_apart(calls):
    calls.write("audits/calls/calls.csv", CALLS.replace("s-", "n-"))
    both = calls.run("sample", "draw", "calls", "telephone", "--period", "2026-10", "--exclude", "n-01=lost")
    refused(both, "SQA737")
    assert "north, south" in both.err
    draw(calls, "--exclude", "south/n-01=lost")


def test_a_programme_that_says_nothing_of_samples_is_told_how(calls):
    calls.edit("audits/calls/programme.yaml", PROGRAMME[PROGRAMME.index("samples:") :], "")
    outcome = calls.run("sample", "draw", "calls", "telephone")
    refused(outcome, "SQA731")
    assert "{telephone: {size: 3}}" in outcome.err


def test_strata_that_records_cannot_make_are_refused(calls):
    calls.edit("audits/calls/programme.yaml", ", time: at", "")
    refused(calls.run("sample", "draw", "calls", "telephone", "--period", "2026-10"), "SQA732")


def test_records_in_another_engine_are_not_drawn_from(calls):
    calls.edit(
        "audits/calls/programme.yaml",
        "{path: calls.csv, site: site, time: at}",
        "{engine: {postgresql: {url: 'postgresql://nowhere/db'}}, table: calls, site: site, time: at}",
    )
    refused(calls.run("sample", "draw", "calls", "telephone", "--period", "2026-10"), "SQA733")


def test_a_sample_that_is_not_there(calls):
    refused(calls.run("sample", "redraw", "s-000000000000"), "SQA707")
    refused(calls.run("sample", "show", "s-000000000000"), "SQA707")


def test_samples_are_listed_by_programme_period_and_checklist(calls):
    draw(calls)
    draw(calls, checklist="visits")
    wanted = calls.run("sample", "list", "--checklist", "visits", "--programme", "calls", "--format", "json")
    assert [one["checklist"] for one in json.loads(wanted.out)] == ["visits"]
    assert json.loads(calls.run("sample", "--period", "2026-09", "--format", "json").out) == []
    (telephone, _) = listed(calls)
    assert (telephone["method"], telephone["size"], telephone["total"], telephone["strata"]) == (
        "simple",
        2,
        None,
        "agent week",
    )


def test_who_drew_is_kept(calls):
    draw(calls, "--by", "mia")
    assert [one["drawn_by"] for one in listed(calls)] == ["mia"]
