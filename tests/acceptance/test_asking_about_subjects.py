"""Questions about drawn subjects: calls are drawn, asked about one by one, judged, and become their site."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime
from fractions import Fraction

import openpyxl
import pytest

from sqaudit.workflow.context import open_context
from sqaudit.workflow.explain import explain

STANDARD = """\
kind: standard
id: tel
version: "1.0"
scoring: {rollup: {deduction: {base: 100, floor: 0}}}
ratings: [{rating: A, from: 95}, {rating: B, from: 0}]
dimensions: {talk: {}}
datasets:
  calls:
    columns: {call: text, at: timestamp, agent: text, tenure: text, answered: boolean, seconds: integer}
criteria:
  - {id: b1, dimension: talk, severity: major}
  - {id: c1, dimension: talk}
  - {id: e1, dimension: talk}
"""
CHECKLIST = """\
kind: checklist
id: telephone
standard: tel@1
dataset: calls
where: answered
subject: call
by: [tenure]
items:
  - {criterion: b1, answer: deduction, score: {deduct: 2, cap: 2}}
  - {criterion: c1, answer: deduction, score: {deduct: 1, cap: 3}}
  - {criterion: e1, answer: deduction, score: {deduct: 3, cap: 6}, when: c1 > 0}
  - {id: remark, ask: Anything else?, answer: text, by: []}
"""
PROGRAMME = """\
kind: programme
id: calls
standard: tel@1
checklists: [telephone]
sites: [{id: north}, {id: south}, {id: quiet}]
period: month
sources: {calls: {path: calls.csv, site: site, time: at}}
samples: {telephone: {size: 2, strata: [agent, week, tenure]}}
"""
AGENTS = {"north": {"ann": "old", "ben": "new"}, "south": {"cem": "old", "dia": "new"}}
CALLS = "site,call,at,agent,tenure,answered,seconds\n" + "".join(
    f"{site},{agent}-{number:02},2026-10-{5 + number:02} 09:00,{agent},{tenure},{answered},{number}\n"
    for site, agents in AGENTS.items()
    for agent, tenure in agents.items()
    for number, answered in enumerate(["yes"] * 14 + ["no"])
)
PERIOD = ("--period", "2026-10")
POINTS = {"b1": (2, 2), "c1": (1, 3), "e1": (3, 6)}


@pytest.fixture
def calls(project):
    return project(
        {
            "standards/tel/standard.yaml": STANDARD,
            "standards/tel/checklists/telephone.yaml": CHECKLIST,
            "audits/calls/programme.yaml": PROGRAMME,
            "audits/calls/calls.csv": CALLS,
        }
    )


def draw(calls, seed="1"):
    drawn = calls.run("sample", "draw", "calls", "telephone", *PERIOD, "--seed", seed, "--format", "json")
    assert drawn.code == 0, drawn.err
    return [(row["site"], json.loads(row["subject"])[0]) for row in json.loads(drawn.out)]


def answer(calls, given, who="mia"):
    """Take in answers by site and call."""
    parts = [
        {"programme": "calls", "period": "2026-10", "site": site, "subject": call, "answers": answers}
        for (site, call), answers in given.items()
    ]
    calls.write("given.yaml", json.dumps(parts))
    return calls.run("form", "import", str(calls.folder / "given.yaml"), "--as", who)


def results(calls, *more):
    rows = json.loads(calls.run("results", "--programme", "calls", "--format", "json", *more).out)
    return {(row["site"], row["item"], row["subject"] or "", row["group"] or ""): row for row in rows}


def label(*values):
    return json.dumps(list(values))


def refused(outcome, code, exit_code=2):
    assert (outcome.code, code in outcome.text) == (exit_code, True), outcome.text


def test_every_drawn_subject_is_asked_about_and_no_other(calls):
    drawn = draw(calls)
    assert len(drawn) == 2 * 2 * 2 * 2
    assert calls.run("run", "calls", *PERIOD).code == 4  # nothing is answered yet
    found = results(calls)
    asked = {(site, json.loads(subject)[0]) for site, _, subject, _ in found if subject}
    assert asked == set(drawn)
    assert {row["status"] for (*_, subject, _), row in found.items() if subject} == {"unanswered"}
    assert {found[site, "b1", "", ""]["status"] for site in ("north", "south")} == {"unanswered"}
    nothing = found["quiet", "b1", "", ""]
    assert (nothing["status"], nothing["reason"]) == ("no_data", "no_subjects")


def test_without_a_draw_nothing_was_looked_at(calls):
    refused(calls.run("form", "export", "calls", *PERIOD), "SQA814")
    assert calls.run("run", "calls", *PERIOD).code == 4
    row = results(calls)["north", "b1", "", ""]
    assert (row["status"], row["reason"]) == ("no_data", "not_sampled")


def test_each_subject_is_scored_and_they_make_the_site(calls):
    drawn = draw(calls)
    chance = random.Random(5)
    given = {}
    for unit in drawn:
        times = {"b1": chance.randrange(3), "c1": chance.randrange(6)}
        given[unit] = times | ({"e1": chance.randrange(4)} if times["c1"] else {})
    assert answer(calls, given).code == 0
    assert calls.run("run", "calls", *PERIOD).code == 0

    lost = {
        unit: {code: min(cap, points * given[unit].get(code, 0)) for code, (points, cap) in POINTS.items()}
        for unit in drawn
    }
    scores = json.loads(calls.run("scores", "--programme", "calls", "--format", "json").out)
    by_call = {json.loads(row["subject"])[0]: row for row in scores if row["level"] == "subject"}
    for unit in drawn:
        assert by_call[unit[1]]["score"] == 100 - sum(lost[unit].values())
    # At the site each code costs what it costs on average; where it does not apply (e1 after c1) it is not asked.
    audits = {row["site"]: row["score"] for row in scores if row["level"] == "audit"}
    for site in AGENTS:
        own = [unit for unit in drawn if unit[0] == site]
        means = []
        for code in POINTS:
            asked = [unit for unit in own if code in given[unit]]
            means.append(Fraction(sum(lost[unit][code] for unit in asked), len(asked)))
        assert audits[site] == pytest.approx(float(100 - sum(means)), abs=1e-9)


def test_groups_are_the_strata_of_the_draw(calls):
    drawn = draw(calls)
    given = {
        unit: {"b1": 1 if unit[1].startswith(("ann", "cem")) else 0, "c1": number % 4}
        for number, unit in enumerate(drawn)
    }
    assert answer(calls, given).code == 0
    assert calls.run("run", "calls", *PERIOD).code == 0
    found = results(calls)
    times = defaultdict(list)
    for (site, call), answers in given.items():
        tenure = AGENTS[site][call.split("-")[0]]
        for code in ("b1", "c1"):
            times[site, code, tenure].append(answers[code])
    for (site, code, tenure), counted in times.items():
        row = found[site, code, "", label(tenure)]
        assert row["value"] == pytest.approx(sum(counted) / len(counted))
        assert row["n"] == len(counted)
        points, cap = POINTS[code]
        costs = [min(cap, points * count) for count in counted]
        assert row["score"] == pytest.approx(100 - sum(costs) / len(costs))
    assert not any(group for _, item, _, group in found if item == "remark")


def test_what_is_not_answered_is_missing_and_never_zero(calls):
    drawn = [unit for unit in draw(calls) if unit[0] == "north"]
    assert answer(calls, {unit: {"b1": 0, "remark": "calm"} for unit in drawn[:3]}).code == 0
    assert calls.run("run", "calls", *PERIOD).code == 0
    found = results(calls)
    row, remark = found["north", "b1", "", ""], found["north", "remark", "", ""]
    assert (row["status"], row["n"], row["missing"], row["score"]) == ("pass", 3, len(drawn) - 3, 100)
    assert (remark["status"], remark["n"], remark["missing"]) == ("pass", 3, len(drawn) - 3)
    assert found["north", "c1", "", ""]["status"] == "unanswered"


def test_unanswered_costs_all_where_the_standard_says_so(calls):
    calls.edit("standards/tel/standard.yaml", "scoring: {", "scoring: {unanswered: zero, ")
    drawn = [unit for unit in draw(calls) if unit[0] == "north"]
    assert answer(calls, {unit: {"b1": 0} for unit in drawn[:6]}).code == 0
    assert calls.run("run", "calls", *PERIOD).code == 0
    # b1 may cost 2 of 100: two of eight calls are not answered.
    assert results(calls)["north", "b1", "", ""]["score"] == pytest.approx(100 - 2 * 2 / 8)


def test_conditions_read_the_answers_about_the_same_subject(calls):
    one, other, *_ = [unit for unit in draw(calls) if unit[0] == "north"]
    assert answer(calls, {one: {"c1": 0}, other: {"c1": 2, "e1": 1}}).code == 0
    assert calls.run("run", "calls", *PERIOD).code == 0
    found = results(calls)
    assert found["north", "e1", label(one[1]), ""]["status"] == "not_applicable"
    assert found["north", "e1", label(other[1]), ""]["status"] == "fail"
    assert found["north", "e1", "", ""]["n"] == 1


def test_answers_about_what_was_not_drawn_are_refused_by_name(calls):
    drawn = draw(calls)
    unit = drawn[0]
    outcome = answer(calls, {("north", "zoe-01"): {"b1": 1}})
    refused(outcome, "SQA802")
    assert "'zoe-01' was not drawn here" in outcome.err
    assert unit[1] in outcome.err  # what was
    south = next(call for site, call in drawn if site == "south")
    refused(answer(calls, {("north", south): {"b1": 1}}), "SQA802")
    calls.write(
        "given.yaml", json.dumps({"programme": "calls", "period": "2026-10", "site": "north", "answers": {"b1": 1}})
    )
    outcome = calls.run("form", "import", str(calls.folder / "given.yaml"), "--as", "mia")
    refused(outcome, "SQA802")
    assert "not said which subject" in outcome.err


def test_a_form_has_a_row_for_every_question_and_subject(calls, tmp_path):
    drawn = [call for site, call in draw(calls) if site == "north"]
    assert calls.run("form", "export", "calls", *PERIOD, "--site", "north", "--dir", str(tmp_path)).code == 0
    path = tmp_path / "calls_2026-10_north.xlsx"
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[3]}
    rows = range(5, sheet.max_row + 1)
    shown = Counter(sheet.cell(row, columns["part"]).value for row in rows)
    assert shown == {f"telephone: {call}": 4 for call in drawn}
    for row in rows:
        if json.loads(sheet.cell(row, 1).value)[4] == "b1":
            sheet.cell(row, columns["answer"]).value = 3
    workbook.save(path)
    taken = calls.run("form", "import", str(path), "--as", "mia")
    assert (taken.code, taken.out) == (0, f"answers: {len(drawn)} new, 0 corrected, 0 unchanged\n")
    assert calls.run("run", "calls", *PERIOD).code == 0
    assert results(calls)["north", "b1", "", ""]["value"] == 3

    row = next(row for row in rows if sheet.cell(row, columns["part"]).value.endswith(drawn[0]))
    sheet.delete_rows(row)
    workbook.save(path)
    outcome = calls.run("form", "import", str(path), "--as", "mia")
    refused(outcome, "SQA804")
    assert drawn[0] in outcome.err


def test_csv_names_the_subject_in_a_column(calls):
    unit = next(unit for unit in draw(calls) if unit[0] == "south")
    calls.write("given.csv", f"programme,period,site,subject,item,answer\ncalls,2026-10,south,{unit[1]},b1,2\n")
    taken = calls.run("form", "import", str(calls.folder / "given.csv"), "--as", "mia")
    assert taken.out == "answers: 1 new, 0 corrected, 0 unchanged\n", taken.err


def test_a_new_draw_is_a_new_revision_and_a_closed_cycle_keeps_its_own(calls):
    first = [unit for unit in draw(calls, "1") if unit[0] == "north"]
    answer(calls, {unit: {"b1": 1} for unit in first})
    assert calls.run("run", "calls", *PERIOD).code == 0
    before = results(calls)
    assert "revision 1" in calls.run("run", "calls", *PERIOD).out
    calls.run("cycle", "close", "calls", "2026-10")
    draw(calls, "2")
    told = calls.run("run", "calls", *PERIOD)
    assert "another sample drawn: telephone" in told.err
    assert results(calls) == before
    calls.run("score", "calls", *PERIOD)
    assert results(calls) == before
    calls.run("cycle", "reopen", "calls", "2026-10")
    assert "revision 2" in calls.run("run", "calls", *PERIOD).out


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (
            "audits/calls/programme.yaml",
            "samples: {telephone: {size: 2, strata: [agent, week, tenure]}}\n",
            "",
            "SQA261",
        ),
        ("audits/calls/programme.yaml", "week, tenure]", "week]", "SQA262"),
        ("standards/tel/checklists/telephone.yaml", "subject: call\nby: [tenure]\n", "by: [tenure]\n", None),
        ("standards/tel/checklists/telephone.yaml", "subject: call\nby: [tenure]\n", "", "SQA128"),
        ("standards/tel/checklists/telephone.yaml", "subject: call\n", "subject: cal\n", "SQA207"),
    ],
)
def test_documents_that_do_not_go_together_are_told(calls, name, old, new, code):
    if code == "SQA128":
        calls.edit(name, "{criterion: b1, ", "{criterion: b1, by: [tenure], ")
    calls.edit(name, old, new)
    outcome = calls.run("check", str(calls.folder))
    if code is None:
        assert "SQA128" not in outcome.text
    else:
        refused(outcome, code)


def test_people_and_records_look_at_the_same_subjects(calls):
    """Measured items look at every call, people at those drawn; the others are no gap."""
    calls.edit(
        "standards/tel/checklists/telephone.yaml",
        "items:\n",
        "items:\n  - {id: length, dataset: calls, measure: mean(seconds), by: []}\n",
    )
    drawn = [unit for unit in draw(calls) if unit[0] == "north"]
    assert answer(calls, {unit: {"b1": 1, "c1": 0} for unit in drawn}).code == 0
    assert calls.run("run", "calls", *PERIOD).code == 0
    found = results(calls)
    assert found["north", "length", "", ""]["n"] == 2 * 14
    assert (found["north", "b1", "", ""]["n"], found["north", "b1", "", ""]["missing"]) == (len(drawn), 0)
    assert sum(site == "north" and item == "b1" and bool(subject) for site, item, subject, _ in found) == len(drawn)


def test_every_subject_is_a_sheet_of_its_own(calls):
    (site, first), (_, second) = draw(calls)[:2]
    times = {"began_at": "2026-10-05 09:00", "finished_at": "2026-10-05 09:00:01"}
    parts = [
        {"programme": "calls", "period": "2026-10", "site": site, "subject": call, **times, "answers": {"b1": 0}}
        for call in (first, second)
    ]
    calls.write("given.yaml", json.dumps(parts))
    assert calls.run("form", "import", str(calls.folder / "given.yaml"), "--as", "mia").code == 0
    calls.run("run", "calls", *PERIOD)
    rows = json.loads(calls.run("answers", "doubts", "calls", "--format", "json").out)
    assert [row["kind"] for row in rows] == ["too_fast", "too_fast"]
    assert {row["subject"] for row in rows} == {label(first), label(second)}
    assert f", {first}, mia" in calls.run("run", "calls", *PERIOD).err


def test_the_score_of_one_call_is_explained_by_its_parts(calls):
    one, *_ = [unit for unit in draw(calls) if unit[0] == "north"]
    answer(calls, {one: {"b1": 3, "c1": 4, "e1": 1}})
    assert calls.run("run", "calls", *PERIOD).code == 0
    told = calls.run("explain", "calls", "--site", "north", "--subject", one[1], "--lang", "en")
    assert f"north, {one[1]} in 2026-10: score 92.00" in told.out
    context = open_context(folder=calls.folder, environ={}, now=datetime.now(UTC), no_plugins=True)
    explained = explain(context, "calls", period="2026-10", site="north", subject=one[1])
    points = {row["id"]: row["points"] for row in explained.table}
    assert points == {"(base)": 100, "b1": -2, "c1": -3, "e1": -3}
    refused(calls.run("explain", "calls", "--site", "north", "--subject", "zoe-01"), "SQA707")
    refused(calls.run("explain", "calls", "--subject", one[1]), "SQA712")


def test_a_result_of_many_calls_tells_how_many_are_answered(calls):
    drawn = [unit for unit in draw(calls) if unit[0] == "north"]
    answer(calls, {unit: {"b1": 1} for unit in drawn[:3]})
    calls.run("run", "calls", *PERIOD)
    found = results(calls)
    for place in (("north", "b1", "", ""), ("north", "b1", "", label("old"))):
        told = calls.run("explain", found[place]["id"]).out
        assert f"answered {found[place]['n']}, not answered {found[place]['missing']}" in told
        assert "nobody has answered" not in told
