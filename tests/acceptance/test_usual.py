"""What a report says of chance: limits behind the trend, whether a change is usual, which ranks a site may have."""

import json
import re

import pytest

FILES = {
    "sqaudit.yaml": "project: desks\n",
    "standards/desk/standard.yaml": """
kind: standard
id: desk
version: "1.0.0"
dimensions: {speed: {}}
datasets: {calls: {columns: {day: date, answered: boolean}}}
criteria: [{id: answered, dimension: speed, target: ">= 0.5"}]
""",
    "standards/desk/checklists/calls.yaml": """
kind: checklist
id: calls
standard: desk@1
dataset: calls
items: [{criterion: answered, measure: share(answered), score: {linear: {zero: 0, full: 1}}}]
""",
    "audits/monthly/programme.yaml": """
kind: programme
id: monthly
standard: desk@1
checklists: [calls]
sites: [{id: north}, {id: south}, {id: west}]
period: month
schedule: {rrule: FREQ=MONTHLY;BYMONTHDAY=1, start: 2025-02-01, window: P5D, catch_up: all}
sources: {calls: {path: calls.csv, site: desk, time: day}}
trend:
  baseline: 8
  references: [{title: {en: Mean of the trade, zh: 行业平均}, value: 78.5, source: made up}]
""",
}
# How many of a hundred calls were answered, month by month: in the tenth, something happened at the north desk.
ANSWERED = {
    "north": (80, 82, 79, 81, 80, 83, 78, 81, 80, 40),
    "south": (81, 79, 80, 82, 81, 79, 82, 80, 81, 80),
    "west": (96, 97, 98, 96, 97, 98, 97, 96, 97, 98),
}


@pytest.fixture(scope="module")
def desks(tmp_path_factory, project_on_disk):
    rows = ["desk,day,answered"]
    for site, months in ANSWERED.items():
        for month, answered in enumerate(months, start=1):
            rows += [f"{site},2025-{month:02}-05,{str(number < answered).lower()}" for number in range(100)]
    p = project_on_disk(tmp_path_factory.mktemp("desks"))
    for name, content in {**FILES, "audits/monthly/calls.csv": "\n".join(rows) + "\n"}.items():
        p.write(name, content)
    ran = p.run("run", "--due", "--now", "2025-11-02T00:00:00Z")
    assert ran.code == 0, ran.err
    return p


def view(p, *more):
    return json.loads(p.run("report", "monthly", "--format", "json", *more).out)


def test_a_change_is_told_to_be_usual_or_not(desks):
    before, after = view(desks, "--period", "2025-09"), view(desks, "--period", "2025-10")
    assert before["figures"]["usual"] is True
    assert after["figures"]["usual"] is False
    of_site = {site["id"]: site["figures"]["usual"] for site in after["sites"]}
    assert of_site == {"north": False, "south": True, "west": True}
    page = desks.run("report", "monthly", "--format", "html").out
    assert "outside usual variation" in page
    assert "below the lower limit (Nelson 1)" in page


def test_without_a_scale_a_site_that_misses_something_is_not_at_target(desks):
    assert view(desks, "--period", "2025-09")["at_target"] == {"reached": 3, "missed": 0, "unknown": 0, "rating": None}
    assert view(desks)["at_target"]["missed"] == 1


def test_the_limits_are_those_of_the_series(desks):
    rows = json.loads(desks.run("trend", "monthly", "--format", "json").out)
    limits = {row["period"]: (row["centre"], row["low"], row["high"]) for row in rows}
    told = {
        row["period"]: tuple(None if row[name] is None else float(row[name]) for name in ("centre", "low", "high"))
        for row in view(desks)["trend"]
    }
    assert told == limits
    assert told["2025-10"][0] is not None


def test_what_comes_later_changes_no_earlier_report(desks):
    (last,) = [row for row in view(desks)["trend"] if row["period"] == "2025-09"]
    (then,) = [row for row in view(desks, "--period", "2025-09")["trend"] if row["period"] == "2025-09"]
    assert {**last, "begins_phase": None} == {**then, "begins_phase": None}


def test_sites_have_the_ranks_that_chance_leaves_them(desks):
    ranks = {one["id"]: (one["rank_low"], one["rank_high"]) for one in view(desks, "--period", "2025-09")["sites"]}
    told = {
        row["site"]: (row["best_rank"], row["worst_rank"])
        for row in json.loads(desks.run("rank", "monthly", "--period", "2025-09", "--format", "json").out)
    }
    assert ranks == told == {"west": (1, 1), "south": (2, 3), "north": (2, 3)}
    page = desks.run("report", "monthly", "--period", "2025-09", "--format", "html").out
    assert "2–3" in page


def test_what_works_is_told_too(desks):
    told = view(desks, "--period", "2025-09")["strengths"]
    assert told[0] == {"what": "A better score than chance explains", "places": ["west"]}
    assert told[1]["what"] == "answered: met at all 3 sites"
    page = desks.run("--lang", "zh", "report", "monthly", "--period", "2025-09", "--format", "html").out
    assert "做得好的方面" in page
    assert [one["what"] for one in view(desks)["strengths"]] == ["A better score than chance explains"]


def test_too_few_cycles_are_said_to_be_too_few(desks):
    early = view(desks, "--period", "2025-03")
    assert early["figures"]["usual"] is None
    page = desks.run("report", "monthly", "--period", "2025-03", "--format", "html").out
    assert "what is usual is not known yet: 8 cycles tell, and there are 3" in page


@pytest.mark.parametrize(("language", "title"), [("en", "Mean of the trade"), ("zh", "行业平均")])
def test_what_others_reach_is_a_line_in_the_chart(desks, language, title):
    page = desks.run("--lang", language, "report", "monthly", "--format", "html").out
    assert len(re.findall(f"{title} 78.50", page)) >= 2


def test_documents_with_errors_do_not_keep_anybody_from_reading(desks):
    whole = FILES["audits/monthly/programme.yaml"]
    desks.write("audits/monthly/programme.yaml", whole.replace("baseline: 8", "baseline: eight"))
    try:
        assert view(desks)["figures"]["usual"] is None
    finally:
        desks.write("audits/monthly/programme.yaml", whole)
