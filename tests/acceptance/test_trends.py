"""Trends and ranks through the commands: limits as numpy has them, breaks, gaps, and who cannot be told apart."""

import csv
import io
import itertools
import json
from datetime import UTC, datetime

import numpy as np
import pytest

from sqaudit.workflow.context import open_context
from sqaudit.workflow.trend import read_trends

STANDARD = """
kind: standard
id: stay
version: "1.0.0"
dimensions: {rooms: {}, desk: {}}
datasets:
  answers:
    columns:
      day: date
      clean: boolean
      stars: {type: integer, min: 1, max: 5}
      lost: boolean
criteria:
  - {id: clean, dimension: rooms, target: ">= 0.7"}
  - {id: lost, dimension: desk, target: "<= 100"}
"""
CHECKLIST = """
kind: checklist
id: guests
standard: stay@1
dataset: answers
items:
  - {criterion: clean, measure: share(clean), score: {linear: {zero: 0, full: 1}}}
  - {criterion: lost, measure: per_thousand(lost), score: {linear: {zero: 1000, full: 0}}}
  - {id: stars, measure: mean(stars)}
  - {id: middle, measure: median(stars)}
"""
PROGRAMME = """
kind: programme
id: monthly
standard: stay@1
checklists: [guests]
sites: [{id: east, region: coast}, {id: west, region: coast}, {id: hill}, {id: lake}, {id: tiny}]
period: month
sources: {answers: {path: answers.csv, site: hotel, time: day}}
trend:
  baseline: 8
"""
STANDARD_FILE, CHECKLIST_FILE = "standards/stay/standard.yaml", "standards/stay/checklists/guests.yaml"
PROGRAMME_FILE, RECORDS = "audits/monthly/programme.yaml", "audits/monthly/answers.csv"
PERIODS = [f"{2025 + month // 12}-{month % 12 + 1:02}" for month in range(14)]
# How many of 100 found the room clean, by month; nobody was asked in the fifth.
CLEAN = {
    "east": [80, 82, 79, 81, None, 83, 78, 81, 80, 82, 55, 81, 80, 84],
    "west": [80, 78, 81, 79, None, 77, 82, 79, 80, 81, 79, 82, 78, 79],
    "hill": [81, 80, 82, 80, None, 81, 80, 82, 81, 79, 80, 81, 82, 99],
    "lake": [79, 81, 80, 82, None, 80, 81, 79, 80, 81, 82, 79, 80, 40],
}
LOST = 5


def records():
    lines = ["hotel,day,clean,stars,lost"]
    for number, period in enumerate(PERIODS):
        for site, counts in CLEAN.items():
            clean = counts[number]
            for answer in range(100 if clean is not None else 0):
                cells = ("yes" if answer < clean else "no", answer % 5 + 1, "yes" if answer < LOST else "no")
                lines.append(",".join(map(str, (site, f"{period}-{answer % 28 + 1:02}", *cells))))
        lines += [f"tiny,{period}-0{day},yes,4,no" for day in range(1, 6)]
    return "\n".join([*lines, ""])


@pytest.fixture(scope="module")
def hotels(tmp_path_factory, project_on_disk):
    """Fourteen months, before the last of which an item was renamed, and one of them tried first."""
    p = project_on_disk(tmp_path_factory.mktemp("trends"))
    p.write("sqaudit.yaml", "project: hotels\n")
    for name, text in ((STANDARD_FILE, STANDARD), (CHECKLIST_FILE, CHECKLIST), (PROGRAMME_FILE, PROGRAMME)):
        p.write(name, text)
    p.write(RECORDS, records())
    for period in PERIODS[:-1]:
        run(p, period)
    run(p, "2025-03-pilot")
    p.edit(CHECKLIST_FILE, "{id: stars,", "{id: kindness, was: [stars],")
    run(p, PERIODS[-1])
    return p


def run(p, period):
    outcome = p.run("run", "monthly", "--period", period)
    assert outcome.code == 0, outcome.text


def rows(p, *arguments):
    outcome = p.run(*arguments, "--format", "json")
    assert outcome.code == 0, outcome.text
    return json.loads(outcome.out)


def trend(p, *arguments):
    return {row["period"]: row for row in rows(p, "trend", "monthly", *arguments)}


def rank(p, *arguments):
    return {row["site"]: row for row in rows(p, "rank", "monthly", *arguments)}


def test_an_item_of_a_site_is_a_p_chart(hotels):
    found = trend(hotels, "--site", "east", "--item", "clean")
    assert list(found) == PERIODS, "the trial is no point"
    known = [count for count in CLEAN["east"] if count is not None][:8]
    centre = sum(known) / 800
    sigma = np.sqrt(centre * (1 - centre) / 100)
    last = found["2026-02"]
    assert (last["chart"], last["n"], last["unit"], last["value"]) == ("p", 100, "share", 0.84)
    assert (last["centre"], last["low"]) == pytest.approx((centre, centre - 3 * sigma))
    assert last["high"] == pytest.approx(centre + 3 * sigma)
    assert [period for period, row in found.items() if "nelson_1" in row["signals"].split()] == ["2025-11"]
    assert found["2025-11"]["signal"] == "below the lower limit (Nelson 1)"
    assert [row["baseline"] for row in found.values()] == [True] * 4 + [False] + [True] * 4 + [False] * 5


def test_a_month_in_which_nobody_was_asked_is_a_gap(hotels):
    gap = trend(hotels, "--site", "east", "--item", "clean")["2025-05"]
    assert (gap["value"], gap["low"], gap["signals"], gap["reason"]) == (None, None, "", "no_rows")


def test_a_score_of_too_little_is_a_gap(hotels):
    """In the fifth month one site of five has a score: it is that of other things than the others."""
    gap = trend(hotels)["2025-05"]
    assert (gap["value"], gap["reason"]) == (None, "coverage_below_minimum")
    (score,) = rows(hotels, "scores", "--programme", "monthly", "--period", "2025-05", "--level", "programme")
    assert (score["score"], score["coverage"]) == (100, 0.2)


def test_the_year_before_stands_beside(hotels):
    found = trend(hotels, "--site", "east", "--item", "clean")
    assert (found["2026-02"]["year_before"], found["2026-02"]["year_difference"]) == (0.82, 2.0)
    assert (found["2025-12"]["year_before"], found["2025-12"]["year_difference"]) == (None, None)


def test_the_score_is_a_chart_of_single_values(hotels):
    found = trend(hotels, "--site", "west")
    values = [row["value"] for row in found.values() if row["value"] is not None]
    listed = rows(hotels, "scores", "--programme", "monthly", "--site", "west", "--level", "audit")
    assert values == [row["score"] for row in listed if row["score"] is not None]
    # The range over the gap, from the fourth month to the sixth, is none.
    base = values[:8]
    ranges = [abs(b - a) for number, (a, b) in enumerate(itertools.pairwise(base)) if number != 3]
    sigma = np.mean(ranges) / 1.128
    assert found["2026-02"]["chart"] == "xmr"
    assert found["2026-02"]["centre"] == pytest.approx(np.mean(base))
    assert found["2026-02"]["low"] == pytest.approx(np.mean(base) - 3 * sigma)


def test_the_programme_is_pooled(hotels):
    found = trend(hotels, "--item", "clean")
    counted = sum(CLEAN[site][0] for site in CLEAN) + 5
    assert (found["2025-01"]["value"], found["2025-01"]["n"]) == (pytest.approx(counted / 405), 405)
    assert {row["place"] for row in found.values()} == {"monthly"}
    rates = trend(hotels, "--item", "lost", "--site", "east")
    assert {row["chart"] for row in rates.values()} == {"u"}


def test_all_places_of_a_level_are_read_at_once(hotels):
    context = open_context(folder=hotels.folder, environ={}, now=datetime.now(UTC))
    for item in (None, "clean"):
        sites = read_trends(context, "monthly", level="site", item=item)
        assert [one.place for one in sites.series] == ["east", "hill", "lake", "tiny", "west"]
        alone = read_trends(context, "monthly", site="west", item=item)
        assert alone.series == (sites.series[-1],)
        regions = read_trends(context, "monthly", level="region", item=item)
        assert [(one.place, len(one.points)) for one in regions.series] == [("coast", 14)]
    pooled = regions.series[0].points[0]
    assert (pooled.value, pooled.n) == (0.8, 200)


def test_an_item_goes_on_under_its_new_id(hotels):
    for name in ("stars", "kindness"):
        found = trend(hotels, "--item", name, "--site", "east")
        assert {row["item"] for row in found.values()} == {"kindness"}
        assert (len(found), {row["stretch"] for row in found.values()}) == (14, {1})
        assert found["2025-01"]["chart"] == "xmr"


def test_people_read_words_in_both_languages(hotels):
    english = hotels.run("trend", "monthly", "--item", "clean", "--site", "east")
    line = next(line for line in english.out.splitlines() if line.startswith("2025-11"))
    assert "55.0%" in line
    assert "X" in line
    assert "below the lower limit (Nelson 1)" in line
    assert "provisional: they rest on 8 points" in english.err
    chinese = hotels.run("--lang", "zh", "trend", "monthly", "--item", "clean", "--site", "east")
    assert "低于控制下限" in chinese.out
    assert "below" not in chinese.text


def test_csv_has_the_columns_of_json(hotels):
    for command in ("trend", "rank"):
        as_csv = list(csv.DictReader(io.StringIO(hotels.run(command, "monthly", "--format", "csv").out)))
        as_json = rows(hotels, command, "monthly")
        assert list(as_csv[0]) == list(as_json[0])
        assert len(as_csv) == len(as_json)


def test_what_is_not_there_is_told_with_the_nearest(hotels):
    for arguments, code, near in (
        (("trend", "monthly", "--site", "eastt"), "SQA704", "did you mean 'east'?"),
        (("trend", "monthly", "--item", "claen"), "SQA764", "did you mean 'clean'?"),
        (("rank", "monthly", "--item", "claen"), "SQA764", "did you mean 'clean'?"),
        (("trend", "weekly"), "SQA706", "sqaudit run weekly"),
        (("rank", "monthly", "--period", "2031-01"), "SQA70", "2031-01"),
    ):
        outcome = hotels.run(*arguments)
        assert outcome.code == 2, arguments
        assert code in outcome.err
        assert near in outcome.text
        assert outcome.out == ""


def test_a_declared_break_begins_anew_without_a_new_revision(hotels):
    text = "trend:\n  baseline: 8\n"
    hotels.edit(PROGRAMME_FILE, text, f"{text}  breaks: [{{period: 2025-10, why: a laundry of our own}}]\n")
    try:
        outcome = hotels.run("trend", "monthly", "--site", "west", "--item", "clean")
        assert "from 2025-10 on, limits are made anew: a laundry of our own" in outcome.err
        assert "no limits from 2025-10 on: they need 8 known points, and there are 5" in outcome.err
        found = trend(hotels, "--site", "west", "--item", "clean")
        assert found["2025-09"]["centre"] is not None
        assert (found["2025-10"]["centre"], found["2025-10"]["stretch"]) == (None, 2)
        run(hotels, PERIODS[-1])
        found = rows(hotels, "cycle", "list", "--programme", "monthly", "--period", PERIODS[-1])
        assert {row["revision"] for row in found} == {1}
    finally:
        hotels.edit(PROGRAMME_FILE, "  breaks: [{period: 2025-10, why: a laundry of our own}]\n", "")


def test_what_others_reach_stands_beside_the_series_it_belongs_to(hotels):
    references = (
        "trend:\n  baseline: 8\n  references:\n"
        "    - {title: {en: Mean of the trade, zh: 行业平均}, value: 78.5, source: made up}\n"
        "    - {title: Next door, value: 0.9, source: made up too, item: clean}\n"
    )
    hotels.edit(PROGRAMME_FILE, "trend:\n  baseline: 8\n", references)
    try:
        assert "to compare: Mean of the trade 78.50 (made up)" in hotels.run("trend", "monthly").err
        assert "行业平均 78.50" in hotels.run("--lang", "zh", "trend", "monthly").err
        told = hotels.run("trend", "monthly", "--item", "clean").err
        assert "to compare: Next door 90.0% (made up too)" in told
        assert "Mean of the trade" not in told
    finally:
        hotels.write(PROGRAMME_FILE, PROGRAMME)


def test_limits_of_fewer_points_than_declared_are_not_made(hotels):
    hotels.edit(PROGRAMME_FILE, "trend:\n  baseline: 8\n", "")
    try:
        found = hotels.run("trend", "monthly")
        assert "no limits from 2025-01 on: they need 20 known points, and there are 13" in found.err
        assert {row["low"] for row in trend(hotels).values()} == {None}
    finally:
        hotels.write(PROGRAMME_FILE, PROGRAMME)


def test_another_measure_is_a_break_that_is_told(tmp_path, project_on_disk):
    p = project_on_disk(tmp_path)
    p.write("sqaudit.yaml", "project: hotels\n")
    for name, text in ((STANDARD_FILE, STANDARD), (CHECKLIST_FILE, CHECKLIST), (PROGRAMME_FILE, PROGRAMME)):
        p.write(name, text)
    p.write(RECORDS, records())
    run(p, "2025-01")
    p.edit(CHECKLIST_FILE, "share(clean)", "share(NOT clean)")
    p.edit(STANDARD_FILE, '"1.0.0"', '"1.1.0"')
    run(p, "2026-01")
    outcome = p.run("trend", "monthly", "--item", "clean", "--site", "east")
    assert "from 2026-01 on, limits are made anew: it is measured in another way: standard 1.0.0 → 1.1.0" in outcome.err
    found = trend(p, "--item", "clean", "--site", "east")
    assert (found["2026-01"]["stretch"], found["2026-01"]["year_before"]) == (2, None)
    assert "scores are made in another way" in p.run("trend", "monthly").err
    assert {row["stretch"] for row in trend(p, "--item", "lost").values()} == {1}
    run(p, "2025-Q1")
    assert "left out, since their periods are not those of the programme: 2025-Q1" in p.run("trend", "monthly").err
    assert list(trend(p)) == ["2025-01", "2026-01"]


def test_sites_have_the_ranks_that_chance_leaves_them(hotels):
    found = rank(hotels, "--item", "clean")
    assert list(found) == ["hill", "east", "west", "lake", "tiny"]
    assert {site: (row["best_rank"], row["worst_rank"]) for site, row in found.items()} == {
        "hill": (1, 1),
        "east": (2, 3),
        "west": (2, 3),
        "lake": (4, 4),
        "tiny": (None, None),
    }
    assert (found["east"]["rank"], found["hill"]["rank"], found["tiny"]["rank"]) == ("2 to 3 of 4", "1 of 4", None)
    assert (found["east"]["alike"], found["hill"]["alike"]) == ("west", "")
    assert (found["hill"]["funnel"], found["hill"]["good"]) == ("above", True)
    assert (found["lake"]["funnel"], found["lake"]["good"]) == ("below", False)
    assert (found["tiny"]["n"], found["tiny"]["reason"]) == (5, "small_base")
    assert found["hill"]["overall"] == pytest.approx((84 + 79 + 99 + 40) / 400)


def test_ranks_are_told_in_words(hotels):
    outcome = hotels.run("rank", "monthly", "--item", "clean")
    assert "2 to 3 of 4" in outcome.out
    for sentence in (
        "cannot be told apart: east, west",
        "better than chance explains, good practice to look at: hill",
        "worse than chance explains, causes to look for: lake",
        "not ranked, because fewer than 30 cases decide: tiny",
    ):
        assert sentence in outcome.err
    chinese = hotels.run("--lang", "zh", "rank", "monthly", "--item", "clean")
    assert "无法区分" in chinese.err
    assert "高于" in chinese.out
    assert not {"cannot", "above", "below"} & set(chinese.text.split())


def test_an_earlier_month_shows_no_difference(hotels):
    outcome = hotels.run("rank", "monthly", "--item", "clean", "--period", "2025-02")
    assert "none of the 4 sites can be told apart from another" in outcome.err
    assert {row["rank"] for row in rank(hotels, "--item", "clean", "--period", "2025-02").values()} == {
        "1 to 4 of 4",
        None,
    }


def test_a_score_is_as_sure_as_its_items(hotels):
    """Both items have half of the weight; 84 of 100 were clean, and of 100 stays 5 were lost."""
    east = rank(hotels)["east"]
    results = rows(hotels, "results", "--programme", "monthly", "--period", PERIODS[-1], "--site", "east")
    errors = [(row["high"] - row["low"]) / 2 / 1.959964 for row in results if row["item"] in {"clean", "lost"}]
    scales = [100 if row["item"] == "clean" else 0.1 for row in results if row["item"] in {"clean", "lost"}]
    error = np.hypot(*(0.5 * scale * error for scale, error in zip(scales, errors, strict=True)))
    assert (east["high"] - east["low"]) / 2 / 1.959964 == pytest.approx(error, rel=0.02)
    assert (east["rank"], east["reason"]) == ("2 to 3 of 4", None)
    assert rank(hotels)["tiny"]["reason"] == "small_base"


def test_a_value_without_interval_has_no_rank(hotels):
    found = hotels.run("rank", "monthly", "--item", "middle")
    assert found.code == 0
    assert "not ranked, because nothing says how sure a value is: east, hill, lake, tiny, west" in found.err
