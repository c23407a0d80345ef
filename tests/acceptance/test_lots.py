"""Lots from the command line: drawn by a plan, accepted or rejected by numbers, tightened and relaxed in turn."""

from __future__ import annotations

import json
import sqlite3

import pytest

STANDARD = """\
kind: standard
id: calls
version: "1.0"
ratings: [{rating: good, from: 80}, {rating: poor, from: 0}]
dimensions: {talk: {}}
datasets:
  calls:
    columns:
      call: text
      at: timestamp
      greeted: boolean
      thanked: boolean
      minutes: {type: number, optional: true}
criteria:
  - {id: greeting, dimension: talk, target: ">= 0.9"}
  - {id: thanks, dimension: talk, target: ">= 0.9"}
"""
TELEPHONE = """\
kind: checklist
id: telephone
standard: calls@1
dataset: calls
subject: call
items:
  - {criterion: greeting, measure: share(greeted)}
  - {criterion: thanks, measure: share(thanked)}
"""
PROGRAMME = """\
kind: programme
id: calls
standard: calls@1
checklists: [telephone]
sites: [{id: north}, {id: south}]
period: month
sources: {calls: {path: calls.csv, site: site, time: at}}
samples:
  telephone: {acceptance: {aql: 4.0}}
"""
HEADER = "site,call,at,greeted,thanked,minutes\n"


def calls_of(site, month, rude=0, count=20):
    """A month's calls of a site; so many of them without greeting, which nobody could draw around."""
    return "".join(
        f"{site},{site[0]}-{month}-{n:02},2026-{month:02}-{1 + n % 28:02} 09:00,{'no' if n < rude else 'yes'},yes,{n}\n"
        for n in range(count)
    )


@pytest.fixture
def calls(project):
    return project(
        {
            "standards/calls/standard.yaml": STANDARD,
            "standards/calls/checklists/telephone.yaml": TELEPHONE,
            "audits/calls/programme.yaml": PROGRAMME,
            "audits/calls/calls.csv": HEADER + calls_of("north", 3, rude=20) + calls_of("south", 3),
        }
    )


def draw(calls, period="2026-03", *more):
    drawn = calls.run(
        "sample", "draw", "calls", "telephone", "--period", period, "--seed", "1", "--format", "json", *more
    )
    assert drawn.code == 0, drawn.err
    return json.loads(drawn.out)


def lots(rows):
    return {
        row["site"]: (row["units"], row["drawn"], row["acceptance_number"], row["rejection_number"], row["inspection"])
        for row in rows
    }


def results(calls, period="2026-03", *more):
    calls_run = calls.run("run", "calls", "--period", period, *more)
    assert calls_run.code in {0, 4}, calls_run.text
    listed = calls.run("results", "--programme", "calls", "--period", period, "--format", "json")
    rows = [row for row in json.loads(listed.out) if row["subject"] is None]
    return {
        (row["site"], row["item"]): (
            row["status"],
            row["value"],
            row["unit"],
            row["n"],
            row["missing"],
            row["target"],
            row["score"],
            row["reason"],
        )
        for row in rows
    }


def refused(outcome, code, exit_code=2):
    assert (outcome.code, code in outcome.err) == (exit_code, True), outcome.text


def test_a_lot_is_drawn_by_its_size_and_decided_by_its_number(calls):
    """20 calls are letter C; at an AQL of 4.0 its arrow leads to B: 3 calls, none may fail (MIL-STD-105E, II-A)."""
    rows = draw(calls)
    assert lots(rows) == dict.fromkeys(("north", "south"), (20, 3, 0, 1, "normal"))
    found = results(calls)
    assert found["north", "greeting"] == ("fail", 3, "count", 3, 0, "<= 0", 0, None)
    assert found["north", "thanks"] == ("pass", 0, "count", 3, 0, "<= 0", 100, None)
    assert found["south", "greeting"] == ("pass", 0, "count", 3, 0, "<= 0", 100, None)
    shown = calls.run("sample", "show", rows[0]["sample"])
    assert ["north", "20", "3", "0", "1", "normal"] in [line.split() for line in shown.out.splitlines()]
    assert "sample " + rows[0]["sample"] in shown.err
    again = calls.run("sample", "redraw", rows[0]["sample"], "--format", "json")
    assert (again.code, json.loads(again.out)) == (0, rows)
    assert calls.run("store", "verify").code == 0


def test_only_drawn_subjects_count(calls):
    calls.write("audits/calls/calls.csv", HEADER + calls_of("north", 3))
    drawn = {json.loads(row["subject"])[0] for row in draw(calls)}
    lines = calls_of("north", 3).splitlines(keepends=True)
    others = [line if line.split(",")[1] in drawn else line.replace(",yes,yes,", ",no,yes,") for line in lines]
    calls.write("audits/calls/calls.csv", HEADER + "".join(others))
    assert results(calls)["north", "greeting"][:4] == ("pass", 0, "count", 3)


def test_without_a_sample_nothing_is_decided(calls):
    assert results(calls)["north", "greeting"] == ("no_data", None, "count", 0, 0, ">= 0.9", None, "not_sampled")
    draw(calls)
    again = calls.run("run", "calls", "--period", "2026-03")
    assert "what is looked at was drawn" in again.text
    assert results(calls)["north", "greeting"][0] == "fail"
    first = draw(calls, "2026-03", "--exclude", "n-3-00=a test call")
    assert "another sample drawn: telephone" in calls.run("run", "calls", "--period", "2026-03").text
    identity = json.loads(
        calls.run("results", "--programme", "calls", "--site", "north", "--item", "thanks", "--format", "json").out
    )[0]["id"]
    assert f"sample {first[0]['sample']}, judged 3, not judged 0" in calls.run("explain", identity).out


def test_a_sample_that_was_drawn_otherwise_decides_no_lot(calls):
    calls.edit("audits/calls/programme.yaml", "{acceptance: {aql: 4.0}}", "{size: 3}")
    draw(calls)
    calls.edit("audits/calls/programme.yaml", "{size: 3}", "{acceptance: {aql: 4.0}}")
    assert results(calls)["south", "greeting"][-1] == "no_lot"


def test_drawn_subjects_that_are_not_there_leave_the_lot_open(calls):
    calls.write(
        "list.csv", "site,call\n" + "".join(f"south,s-3-{n:02}\n" for n in range(2)) + "south,lost\nnorth,lost\n"
    )
    draw(calls, "2026-03", "--frame", "list.csv")
    found = results(calls)
    assert found["south", "greeting"] == ("no_data", None, "count", 2, 1, "<= 0", None, "subjects_missing:1")
    shown = calls.run("results", "--programme", "calls", "--site", "south", "--item", "greeting")
    assert "drawn and not judged: 1" in shown.out
    assert "已抽中但尚未判定：1" in calls.run("--lang", "zh", "results", "--programme", "calls").out


def test_a_closed_cycle_keeps_the_sample_it_was_judged_by(calls):
    draw(calls)
    before = results(calls)
    assert calls.run("cycle", "close", "calls", "2026-03").code == 0
    draw(calls, "2026-03", *(part for n in range(20) for part in ("--exclude", f"n-3-{n:02}=gone")))
    closed = calls.run("run", "calls", "--period", "2026-03")
    assert "another sample drawn: telephone" in closed.err
    assert results(calls) == before
    assert calls.run("report", "calls", "--period", "2026-03").code == 0


def test_a_sample_that_is_gone_from_the_store_is_missed(calls):
    draw(calls)
    results(calls)
    with sqlite3.connect(calls.folder / "sqaudit.db") as store:
        store.execute("DELETE FROM samples")
    verified = calls.run("store", "verify")
    assert (verified.code, "samples that it was made with are gone" in verified.out) == (74, True), verified.text
    refused(calls.run("report", "calls", "--period", "2026-03"), "SQA707")


def test_inspection_is_tightened_relaxed_and_discontinued_by_what_became_of_the_lots_before(calls):
    """North rejects two lots and accepts the next five; south goes on rejecting."""
    calls.edit("audits/calls/programme.yaml", "aql: 4.0", "aql: 1.5")
    months = [(1, 90, 90), (2, 90, 90), *((month, 0, 90) for month in range(3, 8)), (8, 0, 0), (9, 0, 0)]
    calls.write(
        "audits/calls/calls.csv",
        HEADER + "".join(calls_of("north", m, n, 90) + calls_of("south", m, s, 90) for m, n, s in months),
    )
    seen = {"north": [], "south": []}
    told = ""
    for month, _, _ in months:
        period = f"2026-{month:02}"
        rows = draw(calls, period)
        for site, (_, size, accept, _, inspection) in lots(rows).items():
            seen[site].append((inspection, size, accept))
        if month == 8:
            told = calls.run("sample", "show", rows[0]["sample"]).err
        results(calls, period)
    # 90 calls are letter E; at 1.5 normal inspection leads up to D, 8 and none; tightened to E, 13 and none.
    normal, tightened, stopped = ("normal", 8, 0), ("tightened", 13, 0), ("discontinued", 13, 0)
    assert seen["north"] == [normal, normal, *[tightened] * 5, normal, normal]
    assert seen["south"] == [normal, normal, *[tightened] * 5, stopped, tightened]
    assert "5 lots of 'south' were rejected under tightened inspection" in told
    rows = draw(calls, "2026-03")  # a lot drawn again is looked at by what was before it, and does not count itself
    assert lots(rows)["north"][-1] == "tightened"
    assert calls.run("sample", "redraw", rows[0]["sample"]).code == 0


def test_cycles_that_are_not_decided_do_not_count(calls):
    calls.write("audits/calls/calls.csv", HEADER + "".join(calls_of("north", month, rude=20) for month in (1, 2, 3)))
    draw(calls, "2026-01")
    results(calls, "2026-01")
    results(calls, "2026-02")  # nothing was drawn
    assert lots(draw(calls, "2026-03"))["north"][-1] == "normal"
    draw(calls, "2026-02")
    results(calls, "2026-02")
    assert lots(draw(calls, "2026-03"))["north"][-1] == "tightened"


def test_lots_of_trial_evaluations_do_not_count(calls):
    """Two rejected lots tighten inspection, as above; two trials do not."""
    calls.write("audits/calls/calls.csv", HEADER + "".join(calls_of("north", month, rude=20) for month in (1, 2, 3)))
    for period in ("2026-01-pilot", "2026-02-pilot"):
        draw(calls, period)
        results(calls, period)
    assert lots(draw(calls, "2026-03"))["north"][-1] == "normal"


def test_a_precision_is_worked_out_and_told(calls):
    calls.edit("audits/calls/programme.yaml", "{acceptance: {aql: 4.0}}", "{total: {precision: 0.1}}")
    drawn = calls.run("sample", "draw", "calls", "telephone", "--period", "2026-03", "--seed", "1")
    # n0 = 96.04, of 40: 96.04 * 40 / (39 + 96.04) = 28.4
    assert "29 of 40: a share of about 0.5 is known to within 0.1 either side, confidence 0.95" in drawn.err
    (sample,) = json.loads(calls.run("sample", "--format", "json").out)
    assert (sample["drawn"], sample["total"], sample["precision"], sample["confidence"]) == (29, None, 0.1, 0.95)
    calls.edit("audits/calls/programme.yaml", "precision: 0.1", "precision: 0.2")
    assert calls.run("sample", "redraw", sample["id"]).code == 0


def test_a_total_is_shared_by_spread(calls):
    calls.edit("audits/calls/programme.yaml", "{acceptance: {aql: 4.0}}", "{total: 10, allocation: {neyman: minutes}}")
    even = calls_of("south", 3).replace(",19\n", ",\n")
    for n in range(19):
        even = even.replace(f",{n}\n", ",5\n")
    calls.write(
        "audits/calls/calls.csv", HEADER + calls_of("north", 3) + "north,n-3-00,2026-03-01 10:00,yes,yes,4\n" + even
    )
    drawn = calls.run("sample", "draw", "calls", "telephone", "--period", "2026-03", "--seed", "1")
    shares = [line.split() for line in drawn.out.split("\n\n")[1].splitlines()[2:]]
    # north: 2 (the mean of two rows), 1, 2, … 19. Sum 192, sum of squares 2474; √((2474 - 192²/20) / 19) = 5.76
    assert shares == [["north", "-", "20", "9", "5.76"], ["south", "-", "20", "1", "0"]]
    assert "units without a value of 'minutes', left out of its spread: 1" in drawn.err
    (sample,) = json.loads(calls.run("sample", "--format", "json").out)
    assert calls.run("sample", "redraw", sample["id"]).code == 0
    calls.edit("audits/calls/calls.csv", ",yes,yes,19\n", ",yes,yes,18\n")
    refused(calls.run("sample", "redraw", sample["id"]), "SQA735", 3)


def test_where_nothing_is_known_of_the_spread_it_is_said(calls):
    calls.edit("audits/calls/programme.yaml", "{acceptance: {aql: 4.0}}", "{total: 4, allocation: {neyman: minutes}}")
    calls.write("list.csv", "site,call,minutes\nnorth,a,\nnorth,b,\nsouth,c,3\nsouth,d,\n")

    def drawn():
        return calls.run(
            "sample", "draw", "calls", "telephone", "--period", "2026-03", "--seed", "1", "--frame", "list.csv"
        )

    assert "nothing varies in 'minutes', or no spread of it is known: shared in proportion" in drawn().err
    calls.write("list.csv", "site,call,minutes\nnorth,a,1\nnorth,b,5\nsouth,c,3\nsouth,d,\n")
    assert "taken as that of the others: south" in drawn().err
    calls.write("list.csv", "site,call,minutes\nnorth,a,1\nnorth,b,long\n")
    refused(drawn(), "SQA739")


def test_sites_are_shared_out_by_an_attribute_and_make_one_lot(calls):
    calls.edit("standards/calls/checklists/telephone.yaml", "subject: call\n", "")
    calls.edit("audits/calls/programme.yaml", "[{id: north}, {id: south}]", "{file: sites.csv}")
    calls.write(
        "audits/calls/sites.csv",
        "id,region,staff\n"
        + "".join(f"a{n:02},A,{n}\n" for n in range(20))
        + "".join(f"b{n:02},B,7\n" for n in range(20)),
    )
    rows = draw(calls)
    assert {(row["units"], row["drawn"], row["acceptance_number"], row["stratum"]) for row in rows} == {
        (40, 13, 1, None)
    }
    assert results(calls)["a00", "greeting"][0] == "no_data"
    calls.edit(
        "audits/calls/programme.yaml",
        "{acceptance: {aql: 4.0}}",
        "{total: 8, strata: [region], allocation: {neyman: staff}}",
    )
    assert [row["stratum"] for row in draw(calls)] == ["A"] * 7 + ["B"]


def test_numbers_give_no_points_to_deduct(calls):
    calls.edit("standards/calls/standard.yaml", "ratings:", "scoring: {rollup: deduction}\nratings:")
    for item in ("greeted", "thanked"):
        calls.edit(
            "standards/calls/checklists/telephone.yaml",
            f"share({item})}}",
            f"share({item}), score: {{deduct: 1, cap: 5}}}}",
        )
    outcome = calls.run("check")
    assert (outcome.code, "acceptance numbers give none" in outcome.text) == (2, True), outcome.text


HEARD = """\
kind: checklist
id: telephone
standard: calls@1
dataset: calls
subject: call
items:
  - {criterion: greeting, ask: Was the caller greeted?, answer: yes_no, target: ">= 1"}
  - {criterion: thanks, ask: Was the caller thanked?, answer: yes_no, target: ">= 1"}
  - {id: remark, ask: Anything else?, answer: text}
"""


def test_questions_about_drawn_subjects_are_decided_by_numbers_too(calls):
    calls.write("standards/calls/checklists/telephone.yaml", HEARD)
    drawn = [(row["site"], json.loads(row["subject"])[0]) for row in draw(calls)]
    north, south = ([call for site, call in drawn if site == wanted] for wanted in ("north", "south"))

    def answer(site, call, greeted):
        given = {"greeting": greeted, "thanks": "yes"}
        part = {"programme": "calls", "period": "2026-03", "site": site, "subject": call, "answers": given}
        calls.write("given.yaml", json.dumps([part]))
        assert calls.run("form", "import", str(calls.folder / "given.yaml"), "--as", "mia").code == 0

    open_ = ("unanswered", None, "count", 0, 3, "<= 0", None, "subjects_missing:3")
    assert results(calls)["north", "greeting"] == open_
    answer("north", north[0], "no")  # one too many, whatever is said of the others
    answer("south", south[0], "yes")
    found = results(calls)
    assert found["north", "greeting"] == ("fail", 1, "count", 1, 2, "<= 0", 0, None)
    assert found["north", "thanks"][0] == found["south", "greeting"][0] == "unanswered"
    for call in south[1:]:
        answer("south", call, "yes")
    found = results(calls)
    assert found["south", "greeting"] == ("pass", 0, "count", 3, 0, "<= 0", 100, None)
    assert found["south", "remark"][0] == "unanswered"


def test_answers_of_a_lot_are_not_broken_down(calls):
    calls.write(
        "standards/calls/checklists/telephone.yaml", HEARD.replace("subject: call", "subject: call\nby: [minutes]")
    )
    outcome = calls.run("check")
    assert ("SQA262" in outcome.text, "a lot has no strata" in outcome.text) == (True, True), outcome.text
