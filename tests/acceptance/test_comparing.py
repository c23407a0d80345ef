"""Two cycles compared through the command: known figures, what may not be compared, and what is said about it."""

import json
import math
import random
from fractions import Fraction

import pytest

from sqaudit.model.spread import Proportion
from sqaudit.statistics.contrasts import Sampled, contrast

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
      stars: {type: integer, min: 1, max: 5, optional: true}
      recommend: {type: integer, min: 0, max: 10, optional: true}
      lost: {type: boolean, optional: true}
      weight: {type: number, optional: true}
criteria:
  - {id: clean, dimension: rooms, target: ">= 0.7"}
  - {id: stars, dimension: desk, target: ">= 4"}
  - {id: lost, dimension: desk, target: "<= 30"}
"""
CHECKLIST = """
kind: checklist
id: guests
standard: stay@1
dataset: answers
items:
  - {criterion: clean, measure: share(clean)}
  - {criterion: stars, measure: mean(stars)}
  - {criterion: lost, measure: per_thousand(lost)}
  - {id: recommend, measure: nps(recommend)}
  - {id: answers, measure: count(*)}
  - {id: middle, measure: median(stars)}
"""
PROGRAMME = """
kind: programme
id: monthly
standard: stay@1
checklists: [guests]
sites: [{id: east, region: coast}, {id: west, region: coast}, {id: hill, region: inland}]
period: month
sources: {answers: {path: answers.csv, site: hotel, time: day}}
"""
STANDARD_FILE, CHECKLIST_FILE = "standards/stay/standard.yaml", "standards/stay/checklists/guests.yaml"
_MIDDLE = "  - {id: middle, measure: median(stars)}\n"
REPLACED = (
    CHECKLIST_FILE,
    "  - {id: answers, measure: count(*)}\n" + _MIDDLE,
    "  - {id: replies, measure: count(*)}\n" + _MIDDLE + "retired: [answers]\n",
)
PROGRAMME_FILE, RECORDS = "audits/monthly/programme.yaml", "audits/monthly/answers.csv"
HEADER = "hotel,day,clean,stars,recommend,lost,weight"
HOTEL = {"2026-07": (240, 400), "2026-08": (288, 400)}


def records(periods, *, sites=("east", "west"), seed=1):
    """Answers by period: how many of how many found the room clean, over the sites in turn."""
    choose = random.Random(seed)
    rows = []
    for period, (clean, n) in periods.items():
        for number in range(n):
            cells = (choose.randint(1, 5), choose.randint(0, 10), choose.choice(["yes", *["no"] * 30]), 1 + number % 3)
            verdict = "yes" if number < clean else "no"
            rows.append(
                ",".join(map(str, (sites[number % len(sites)], f"{period}-{1 + number % 28:02}", verdict, *cells)))
            )
    return "\n".join([HEADER, *rows, ""])


@pytest.fixture
def hotels(project):
    def make(periods=HOTEL, *, edits=(), rows=None, first=None):
        """A project whose cycles are run one after the other, the documents edited before the last."""
        p = project({STANDARD_FILE: STANDARD, CHECKLIST_FILE: CHECKLIST, PROGRAMME_FILE: PROGRAMME})
        for name, old, new in first or ():
            p.edit(name, old, new)
        p.write(RECORDS, rows or records(periods))
        *earlier, last = periods
        for period in earlier:
            run(p, period)
        for name, old, new in edits:
            p.edit(name, old, new)
        run(p, last)
        return p

    return make


def run(p, period, *more):
    outcome = p.run("run", "monthly", "--period", period, *more)
    assert outcome.code in {0, 4}, outcome.text  # 4: nothing may be shown of so few


def compare(p, *arguments):
    outcome = p.run("compare", "monthly", *(arguments or HOTEL), "--format", "json")
    assert outcome.code == 0, outcome.text
    return {(row["place"], row["kind"], row["id"]): row for row in json.loads(outcome.out)}


def item(p, name, *arguments, place="monthly"):
    return compare(p, *(arguments or HOTEL))[place, "item", name]


def test_two_surveys_of_hotels(hotels):
    """CASE-HOTEL: 60 to 72 per cent of 400, +12 points, +20 % relative, p 0.00034, 5.4 to 18.4 points."""
    row = item(hotels(), "clean")
    assert (row["value_before"], row["value_after"], row["n_before"], row["n_after"]) == (0.6, 0.72, 400, 400)
    assert (row["difference"], row["difference_unit"], row["relative"]) == (12.0, "percentage_points", 0.2)
    assert row["p"] == pytest.approx(0.00034, abs=5e-6)
    assert (round(row["difference_low"], 1), round(row["difference_high"], 1)) == (5.4, 18.4)
    assert (row["test"], row["interval"], row["verdict"], row["reason"]) == ("pooled_z", "newcombe", "better", None)
    assert row["p"] < row["p_adjusted"] < 0.05


def test_a_smaller_survey_shows_no_change(hotels):
    """CASE-INCON: 28.8 to 35.2 per cent, p 0.22."""
    periods = {"2026-07": (47, 163), "2026-08": (57, 162)}
    row = item(hotels(periods), "clean")
    assert (round(row["value_before"], 3), round(row["value_after"], 3)) == (0.288, 0.352)
    assert (round(row["p"], 2), row["verdict"]) == (0.22, "no_change")


def test_people_read_words_and_the_notes(hotels):
    p = hotels()
    outcome = p.run("compare", "monthly", *HOTEL)
    line = next(line for line in outcome.out.splitlines() if line.startswith("item") and " clean " in line)
    for cell in ("60.0%", "72.0%", "+12.0 pp", "+20.0%", "+5.4 pp", "+18.4 pp", "0.00034", "better"):
        assert cell in line
    assert "tested: 5; p is adjusted" in outcome.err
    assert "scores are made of many values" in outcome.err
    assert "days" not in outcome.err  # July and August have 31 each
    chinese = p.run("--lang", "zh", "compare", "monthly", *HOTEL)
    assert "变好" in chinese.out
    assert "检验数：5" in chinese.err


def test_exchanged_periods_are_the_mirror_image(hotels):
    p = hotels()
    there, back = compare(p), compare(p, *reversed(HOTEL))
    turned = {"better": "worse", "worse": "better", "higher": "lower", "lower": "higher"}
    assert there.keys() == back.keys()
    for key, row in there.items():
        other = back[key]
        assert row["verdict"] == turned.get(other["verdict"], other["verdict"])
        assert (row["reason"], row["test"]) == (other["reason"], other["test"])
        assert row["p"] == pytest.approx(other["p"])
        if row["difference"] is not None:
            assert row["difference"] == pytest.approx(-other["difference"])
        if row["difference_low"] is not None:
            assert row["difference_low"] == pytest.approx(-other["difference_high"])


def test_the_order_of_sites_and_rows_is_irrelevant(hotels, tmp_path):
    p = hotels()
    expected = p.run("compare", "monthly", *HOTEL, "--format", "json").out
    p.remove("sqaudit.db")
    p.edit(PROGRAMME_FILE, "{id: east, region: coast}, {id: west, region: coast}, {id: hill, region: inland}",
           "{id: hill, region: inland}, {id: west, region: coast}, {id: east, region: coast}")  # fmt: skip
    heading, *rows = records(HOTEL).splitlines()
    p.write(RECORDS, "\n".join([heading, *reversed(rows), ""]))
    for period in HOTEL:
        run(p, period)
    assert p.run("compare", "monthly", *HOTEL, "--format", "json").out == expected


def test_each_place_has_its_rows_and_all_are_adjusted_together(hotels):
    p = hotels()
    whole = compare(p)
    regions = compare(p, *HOTEL, "--level", "region")
    sites = compare(p, *HOTEL, "--level", "site")
    assert {key[0] for key in regions} == {"coast", "inland"}
    assert {key[0] for key in sites} == {"east", "west", "hill"}
    assert regions["coast", "item", "clean"]["p"] == whole["monthly", "item", "clean"]["p"]
    one = compare(p, *HOTEL, "--site", "east")
    assert {key[0] for key in one} == {"east"}
    assert one["east", "item", "clean"]["p"] == sites["east", "item", "clean"]["p"]
    alone = compare(p, *HOTEL, "--item", "clean")
    assert list(alone) == [("monthly", "item", "clean")]
    assert alone["monthly", "item", "clean"]["p_adjusted"] == alone["monthly", "item", "clean"]["p"]


def test_scores_are_shown_and_not_tested(hotels):
    rows = compare(hotels())
    rooms = rows["monthly", "dimension", "rooms"]
    assert (rooms["value_before"], rooms["value_after"], rooms["difference"]) == (0, 100, 100)
    assert (rooms["p"], rooms["verdict"], rooms["reason"]) == (None, "not_tested", "scores_not_tested")
    assert rows["monthly", "score", "monthly"]["verdict"] == "not_tested"


def test_without_a_target_a_change_is_only_higher_or_lower(hotels):
    lines = records(HOTEL).splitlines()
    better = [
        line if ",2026-07-" in line else ",".join([*line.split(",")[:4], "10", *line.split(",")[5:]]) for line in lines
    ]
    row = item(hotels(rows="\n".join([lines[0], *better[1:], ""])), "recommend")
    assert (row["verdict"], row["relative"], row["unit"]) == ("higher", None, "points")


def test_a_value_that_nobody_can_test_keeps_its_difference(hotels):
    row = item(hotels(), "middle", *HOTEL, "--site", "east", place="east")
    assert row["difference"] is not None
    assert (row["p"], row["verdict"], row["reason"]) == (None, "not_tested", "no_interval")
    interval = [(CHECKLIST_FILE, "median(stars)}", "median(stars), interval: true}")]
    row = item(hotels(first=interval), "middle", *HOTEL, "--site", "east", place="east")
    assert row["difference_low"] <= row["difference"] <= row["difference_high"]
    assert (row["p"], row["interval"], row["reason"]) == (None, "square_and_add", "interval_only")


def test_another_version_is_compared_and_marked(hotels):
    edits = [
        (STANDARD_FILE, '"1.0.0"', '"1.1.0"'),
        (STANDARD_FILE, '">= 0.7"', '">= 0.75"'),
        (CHECKLIST_FILE, "measure: mean(stars)", "measure: mean(stars), when: \"region = 'coast'\""),
    ]
    rows = compare(hotels(edits=edits))
    clean, stars = rows["monthly", "item", "clean"], rows["monthly", "item", "stars"]
    assert (clean["verdict"], clean["changed"]) == ("better", "standard 1.0.0 → 1.1.0; target >= 0.7 → >= 0.75")
    assert stars["changed"] == "standard 1.0.0 → 1.1.0; asked when - → region = 'coast'"
    score = rows["monthly", "score", "monthly"]
    assert (score["verdict"], score["reason"]) == ("not_comparable", "scoring_changed")


@pytest.mark.parametrize(
    "edit",
    [
        (STANDARD_FILE, "{id: stars, dimension: desk", "{id: stars, weight: 3, dimension: desk"),
        (STANDARD_FILE, "dimensions: {rooms: {}", "dimensions: {rooms: {weight: 2}"),
        (STANDARD_FILE, "dimensions:", "scoring: {unanswered: zero}\ndimensions:"),
        (CHECKLIST_FILE, "measure: mean(stars)", "measure: mean(stars), score: {linear: {zero: 1, full: target}}"),
        (CHECKLIST_FILE, "measure: mean(stars)", "measure: mean(stars), where: stars > 1"),
        (PROGRAMME_FILE, "period: month", "period: month\nsummary: worst"),
    ],
)
def test_scores_made_in_another_way_are_not_compared(hotels, edit):
    row = compare(hotels(edits=[edit]))["monthly", "score", "monthly"]
    assert (row["verdict"], row["reason"]) == ("not_comparable", "scoring_changed")


@pytest.mark.parametrize(
    ("edit", "name", "reason"),
    [
        ((CHECKLIST_FILE, "share(clean)", "share(NOT clean)"), "clean", "measure_changed"),
        (
            (CHECKLIST_FILE, "measure: share(clean)", "measure: share(clean), where: stars > 1"),
            "clean",
            "measure_changed",
        ),
        (REPLACED, "answers", "only_before"),
        (REPLACED, "replies", "only_after"),
    ],
)
def test_what_is_no_longer_the_same_is_not_compared(hotels, edit, name, reason):
    row = item(hotels(edits=[edit]), name)
    assert (row["verdict"], row["reason"], row["difference"], row["p"]) == ("not_comparable", reason, None, None)


def test_a_derived_item_is_as_its_parts_are(hotels):
    derived = [
        (CHECKLIST_FILE, "  - {id: middle", '  - {id: both, derive: "difference(clean, recommend)"}\n  - {id: middle')
    ]
    row = item(hotels(first=derived), "both")
    assert (row["verdict"], row["reason"]) == ("not_tested", "interval_only")
    assert row["difference_low"] < row["difference"] < row["difference_high"]
    edits = [(CHECKLIST_FILE, "share(clean)", "share(NOT clean)")]
    assert item(hotels(first=derived, edits=edits), "both")["reason"] == "measure_changed"


def test_no_data_is_never_zero(hotels):
    row = item(hotels(), "clean", *HOTEL, "--level", "region", place="inland")
    assert (row["value_before"], row["difference"], row["verdict"], row["reason"]) == (
        None, None, "not_comparable", "no_rows",
    )  # fmt: skip


def test_a_small_base_is_shown_and_not_judged(hotels):
    row = item(hotels({"2026-07": (1, 29), "2026-08": (29, 29)}), "clean")
    assert (row["difference"], row["p"], row["verdict"], row["reason"]) == (
        pytest.approx(96.55, abs=0.01), None, "not_comparable", "small_base",
    )  # fmt: skip
    assert row["difference_low"] > 0
    assert item(hotels({"2026-07": (1, 30), "2026-08": (29, 30)}), "clean")["verdict"] == "better"


def test_what_few_persons_said_is_not_shown(hotels):
    persons = [(STANDARD_FILE, "  answers:\n", "  answers:\n    about: persons\n")]
    row = item(hotels({"2026-07": (3, 4), "2026-08": (30, 40)}, first=persons), "clean")
    assert (row["value_before"], row["n_before"], row["difference"], row["reason"]) == (None, 0, None, "suppressed")


def test_counts_need_windows_of_one_length(hotels):
    assert item(hotels(), "answers")["verdict"] == "no_change"
    p = hotels({"2026-08": (240, 400), "2026-09": (288, 400)})
    row = item(p, "answers", "2026-08", "2026-09")
    assert (row["verdict"], row["reason"], row["difference"]) == ("not_comparable", "unequal_periods", 0)
    assert "the periods have 31 and 30 days" in p.run("compare", "monthly", "2026-08", "2026-09").err


def test_periods_that_overlap_are_not_tested(hotels):
    p = hotels()
    run(p, "2026-Q3")
    outcome = p.run("compare", "monthly", "2026-08", "2026-Q3", "--format", "json")
    rows = json.loads(outcome.out)
    assert {row["verdict"] for row in rows} == {"not_comparable"}
    assert {row["reason"] for row in rows} == {"periods_overlap", "not_mergeable"}
    assert {row["p"] for row in rows} == {None}
    assert "the periods overlap" in outcome.err


def test_sites_of_one_cycle_are_told(hotels):
    p = hotels(edits=[(PROGRAMME_FILE, ", {id: hill, region: inland}", "")])
    assert "sites that only one of the cycles has: 1" in p.run("compare", "monthly", *HOTEL).err
    row = item(p, "clean", *HOTEL, "--level", "region", place="inland")
    assert row["reason"] == "only_before"


def test_weighted_answers_are_tested_as_many_as_they_are_worth(hotels):
    """By Kish: (sum of weights) squared by the sum of squares, in each period; the shares are weighted."""
    weighted = [(CHECKLIST_FILE, "measure: share(clean)", "measure: share(clean), sample: {weight: weight}")]
    rows = [line.split(",") for line in records(HOTEL).splitlines()[1:]]
    spreads = []
    for period in HOTEL:
        own = [(row[2] == "yes", Fraction(row[6])) for row in rows if row[1].startswith(period)]
        total = sum(weight for _, weight in own)
        n = total**2 / sum(weight**2 for _, weight in own)
        share = sum(weight for holds, weight in own if holds) / total
        spreads.append(Sampled(spread=Proportion(successes=share * n, n=n)))
    row, expected = item(hotels(first=weighted), "clean"), contrast(*spreads)
    assert row["p"] == pytest.approx(expected.p)
    assert row["difference_low"] == pytest.approx(100 * expected.low)


def test_in_a_census_the_difference_is_what_it_is(hotels):
    counted = [(CHECKLIST_FILE, "measure: share(clean)", "measure: share(clean), sample: {population: 200}")]
    row = item(hotels(first=counted), "clean", *HOTEL, "--site", "east", place="east")
    assert (row["verdict"], row["reason"], row["p"]) == ("not_tested", "census", None)
    assert row["difference_low"] == row["difference"] == row["difference_high"]


def test_answers_of_people_are_compared_as_shares(project):
    """At 12, then at 28 of 40 sites an auditor found it quiet; chi-square of that table, by hand, is 12.8."""
    checklist = CHECKLIST + "  - {id: quiet, ask: Quiet?, answer: yes_no}\n"
    sites = [f"s{number}" for number in range(40)]
    programme = PROGRAMME[: PROGRAMME.index("sites:")] + f"sites: [{', '.join(f'{{id: {site}}}' for site in sites)}]\n"
    programme += PROGRAMME[PROGRAMME.index("period:") :]
    p = project({STANDARD_FILE: STANDARD, CHECKLIST_FILE: checklist, PROGRAMME_FILE: programme})
    p.write(RECORDS, records(HOTEL, sites=sites))
    for period, quiet in (("2026-07", 12), ("2026-08", 28)):
        given = [
            {
                "programme": "monthly",
                "period": period,
                "site": site,
                "answers": {"quiet": "yes" if at < quiet else "no"},
            }
            for at, site in enumerate(sites)
        ]
        p.write("given.yaml", json.dumps(given))
        taken = p.run("form", "import", str(p.folder / "given.yaml"), "--as", "mia")
        assert taken.code == 0, taken.text
        run(p, period)
    row = item(p, "quiet")
    assert (row["value_before"], row["value_after"], row["n_after"]) == (0.3, 0.7, 40)
    assert (row["test"], row["verdict"]) == ("pooled_z", "higher")
    assert row["p"] == pytest.approx(math.erfc(math.sqrt(12.8 / 2)))
    one = item(p, "quiet", *HOTEL, "--site", "s20", place="s20")
    assert (one["difference"], one["verdict"], one["reason"]) == (100, "not_tested", "no_interval")


RENAMED = [
    (STANDARD_FILE, "{id: clean, dimension", "{id: tidy-room, was: [clean], dimension"),
    (CHECKLIST_FILE, "{criterion: clean, measure", "{criterion: tidy-room, measure"),
    (CHECKLIST_FILE, "{id: answers, measure", "{id: all-answers, was: [answers], measure"),
    (CHECKLIST_FILE, "derive: clean * answers", "derive: tidy_room * all_answers"),
]
DERIVED = [(CHECKLIST_FILE, "  - {id: middle,", "  - {id: rooms, derive: clean * answers}\n  - {id: middle,")]


def test_what_was_renamed_is_compared_as_if_it_had_not_been(hotels):
    """The very figures of ``test_two_surveys_of_hotels``, under the new ids, whichever cycle is named first."""
    p = hotels(first=DERIVED, edits=RENAMED)
    rows = compare(p)
    assert not {"clean", "answers"} & {name for _, _, name in rows}
    room = rows["monthly", "item", "tidy-room"]
    assert (room["value_before"], room["value_after"], room["criterion"]) == (0.6, 0.72, "tidy-room")
    assert room["p"] == pytest.approx(0.00034, abs=5e-6)
    rooms = rows["monthly", "item", "rooms"]
    assert (rooms["value_before"], rooms["value_after"], rooms["reason"]) == (240, 288, "no_interval")
    assert rows["monthly", "score", "monthly"]["reason"] == "scores_not_tested"
    back = item(p, "tidy-room", "2026-08", "2026-07")
    assert (back["value_before"], back["value_after"], back["p"]) == (0.72, 0.6, room["p"])
    by_old_id = compare(p, *HOTEL, "--item", "clean")
    assert list(by_old_id) == [("monthly", "item", "tidy-room")]


def test_a_rename_is_one_change_of_the_documents(hotels):
    p = hotels(first=DERIVED, edits=RENAMED)
    told = p.run("cycle", "diff", "monthly", *HOTEL, "--format", "json")
    changes = [(row["document"], row["path"], row["before"], row["after"]) for row in json.loads(told.out)]
    assert changes == [
        ("standard", "criteria.tidy-room.id", "clean", "tidy-room"),
        ("checklist:guests", "items.all-answers.id", "answers", "all-answers"),
        ("checklist:guests", "items.rooms.derive", "clean * answers", "tidy_room * all_answers"),
    ]


def test_without_the_old_id_it_is_another_item(hotels):
    """And so is one that two became: nobody can say which of them it goes on with."""
    merged = [(name, old, new.replace("[clean]", "[clean, stars]")) for name, old, new in RENAMED[:2]]
    merged += [
        (STANDARD_FILE, '  - {id: stars, dimension: desk, target: ">= 4"}\n', ""),
        (CHECKLIST_FILE, "  - {criterion: stars, measure: mean(stars)}\n", ""),
    ]
    rows = compare(hotels(edits=merged))
    reasons = {name: row["reason"] for (_, kind, name), row in rows.items() if kind == "item"}
    assert (reasons["clean"], reasons["stars"], reasons["tidy-room"]) == ("only_before", "only_before", "only_after")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("2026-07", "2026-07"), "SQA761"),
        (("2026-07", "2026-05"), "SQA706"),
        (("2026-07", "2026-08-pilot"), "SQA762"),
        (("2026-07", "2026-08", "--site", "east", "--level", "region"), "SQA712"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_hint(hotels, arguments, code):
    p = hotels()
    run(p, "2026-08", "--pilot")
    outcome = p.run("compare", "monthly", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert code in outcome.err
    assert "hint:" in outcome.err


def test_no_record_is_read_again(hotels):
    p = hotels()
    before = compare(p)
    p.remove(RECORDS)
    assert compare(p) == before
