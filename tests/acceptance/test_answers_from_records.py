"""Answers from records: a register says what was looked at, rows of another dataset say what was found there."""

from __future__ import annotations

import json
import random
from collections import Counter
from fractions import Fraction

import duckdb
import pytest

STANDARD = """\
kind: standard
id: food
version: "1.0"
scoring: {rollup: flat}
ratings: [{rating: A, from: 80}, {rating: B, from: 0}]
dimensions: {kitchen: {}}
datasets:
  inspections: {columns: {inspection: text, day: date, kind: {type: text, optional: true, values: [regular, repeat]}}}
  violations:
    columns:
      inspection: text
      day: date
      code: {type: text, optional: true, values: [04L, 02B, 08A, 10F]}
      said: {type: text, optional: true}
criteria:
  - {id: mice, dimension: kitchen, severity: critical}
  - {id: heat, dimension: kitchen}
  - {id: flies, dimension: kitchen}
"""
CHECKLIST = """\
kind: checklist
id: inspection
standard: food@1
dataset: inspections
where: kind = 'regular'
subject: inspection
answers: {dataset: violations, item: code, absent: pass}
items:
  - {criterion: mice, code: 04L, answer: yes_no}
  - {criterion: heat, code: 02B, answer: deduction, score: {linear: {zero: 4, full: 0}}}
  - {criterion: flies, code: 08A, answer: yes_no, when: mice = false}
"""
PROGRAMME = """\
kind: programme
id: kitchens
standard: food@1
checklists: [inspection]
sites: [{id: north}, {id: south}, {id: quiet}]
period: month
sources:
  inspections: {path: inspections.csv, site: site, time: day}
  violations: {path: violations.csv, site: site, time: day}
"""
PERIOD = ("--period", "2026-10")
VIOLATIONS = "audits/kitchens/violations.csv"
REGISTER = "audits/kitchens/inspections.csv"
ITEM = "standards/food/checklists/inspection.yaml"


def table(header, rows):
    return "\n".join([header, *(",".join(map(str, row)) for row in rows), ""])


def made(seed=3):
    """Inspections of two sites, and what was found at each, some of it several times."""
    chance = random.Random(seed)
    register, found = [], []
    for site in ("north", "south"):
        for number in range(12):
            name, day = f"{site[0]}{number}", f"2026-10-{chance.randrange(1, 31):02}"
            register.append((site, name, day, "repeat" if number == 5 else "regular"))
            found += [
                (site, name, day, code, "")
                for code in ("04L", "02B", "08A")
                for _ in range(chance.choice([0, 0, 1, 3]))
            ]
    return register, found


@pytest.fixture
def kitchens(project):
    register, found = made()
    return project(
        {
            "standards/food/standard.yaml": STANDARD,
            ITEM: CHECKLIST,
            "audits/kitchens/programme.yaml": PROGRAMME,
            REGISTER: table("site,inspection,day,kind", register),
            VIOLATIONS: table("site,inspection,day,code,said", found),
        }
    )


def run(kitchens, code=0):
    done = kitchens.run("run", "kitchens", *PERIOD)
    assert done.code == code, done.text
    return done


def results(kitchens):
    rows = json.loads(kitchens.run("results", "--programme", "kitchens", "--format", "json").out)
    return {(row["site"], row["item"], *json.loads(row["subject"] or "[]")): row for row in rows}


def scores(kitchens):
    return json.loads(kitchens.run("scores", "--programme", "kitchens", "--format", "json").out)


def small(kitchens, register, found):
    """Other records: what was looked at at the site north, and what was found."""
    kitchens.write(REGISTER, table("site,inspection,day,kind", [("north", *row) for row in register]))
    kitchens.write(VIOLATIONS, table("site,inspection,day,code,said", [("north", *row) for row in found]))


def as_parquet(kitchens, dataset):
    """The same records, as another program would write them."""
    file = kitchens.folder / f"audits/kitchens/{dataset}.csv"
    rows = duckdb.sql(f"SELECT * REPLACE (CAST(day AS DATE) AS day) FROM read_csv('{file}', all_varchar = true)")
    rows.write_parquet(str(file.with_suffix(".parquet")))
    kitchens.edit("audits/kitchens/programme.yaml", f"{dataset}.csv", f"{dataset}.parquet")


def test_every_subject_of_the_register_is_answered_by_its_rows(kitchens):
    run(kitchens)
    register, found = made()
    times = Counter((site, name, code) for site, name, _, code, _ in found)
    rows = results(kitchens)
    regular = [(site, name) for site, name, _, kind in register if kind == "regular"]
    assert {(site, name) for site, _, *subject in rows for name in subject} == set(regular)
    points = {}
    for site, name in regular:
        mice, heat, flies = (times[site, name, code] for code in ("04L", "02B", "08A"))
        assert rows[site, "mice", name]["value"] == (0 if mice else 1)
        assert rows[site, "heat", name]["value"] == heat
        if mice:  # only then it is asked
            assert rows[site, "flies", name]["value"] == (0 if flies else 1)
        else:
            assert rows[site, "flies", name]["status"] == "not_applicable"
        own = [Fraction(0 if mice else 100), max(Fraction(0), 100 - Fraction(100 * heat, 4))]
        own += [Fraction(0 if flies else 100)] if mice else []
        points[site, name] = sum(own) / len(own)
    by_subject = {(s["site"], *json.loads(s["subject"])): s for s in scores(kitchens) if s["level"] == "subject"}
    assert {key: round(float(value), 9) for key, value in points.items()} == {
        key: round(score["score"], 9) for key, score in by_subject.items()
    }
    for site in ("north", "south"):
        named = [name for at, name in regular if at == site]
        good = Fraction(sum(not times[site, name, "04L"] for name in named), len(named))
        assert rows[site, "mice"]["value"] == pytest.approx(float(good), abs=1e-12)
        assert rows[site, "mice"]["score"] == pytest.approx(float(100 * good), abs=1e-9)
        assert rows[site, "mice"]["n"] == len(named)
    assert (rows["quiet", "mice"]["status"], rows["quiet", "mice"]["reason"]) == ("no_data", "no_subjects")


def test_without_absent_what_no_row_is_about_is_unanswered(kitchens):
    kitchens.edit(ITEM, ", absent: pass", "")
    small(
        kitchens, [("i1", "2026-10-02", "regular"), ("i2", "2026-10-03", "regular")], [("i1", "2026-10-02", "02B", "")]
    )
    run(kitchens)
    rows = results(kitchens)
    assert rows["north", "heat", "i1"]["value"] == 1
    assert {rows["north", item, name]["status"] for item, name in [("mice", "i1"), ("mice", "i2"), ("heat", "i2")]} == {
        "unanswered"
    }
    # what depends on an answer that nobody gave is itself without one
    assert rows["north", "flies", "i2"]["status"] == "unanswered"


def test_rows_that_answer_nothing_are_counted_and_told_again_by_the_next_run(kitchens):
    small(
        kitchens,
        [("i1", "2026-10-02", "regular"), ("i2", "2026-10-02", "repeat"), ("i3", "2026-09-30", "regular")],
        [
            ("i1", "2026-10-02", "10F", ""),
            ("i1", "2026-10-02", "10F", ""),
            ("i1", "2026-10-02", "", ""),
            ("i2", "2026-10-02", "04L", ""),  # known, and not looked at
            ("i9", "2026-10-02", "04L", ""),  # not known
            ("i3", "2026-09-30", "04L", ""),  # another period
        ],
    )
    first = run(kitchens)
    for told in (
        "violations: rows about what is not in 'inspections', left out: 1",
        "violations: rows whose 'code' no item of 'inspection' is called, left out: 2 (10F)",
        "violations: rows whose 'code' is missing or unusable, left out: 1",
    ):
        assert told in first.err, first.err
        assert told in kitchens.run("report", "kitchens", *PERIOD).out
    assert run(kitchens).err == first.err
    rows = results(kitchens)
    assert [key for key in rows if len(key) > 2] == [("north", item, "i1") for item in ("flies", "heat", "mice")]
    assert rows["north", "mice", "i1"]["value"] == 1
    chinese = kitchens.run("run", "kitchens", *PERIOD, "--lang", "zh")
    assert "violations：“code”不是“inspection”任何检查项的名称、未计入的行：2（10F）" in chinese.err


def test_a_row_that_does_not_say_which_item_it_means_makes_none_pass(kitchens):
    small(
        kitchens,
        [("i1", "2026-10-02", "regular"), ("i2", "2026-10-02", "regular"), ("i3", "2026-10-02", "rergular")],
        [("i1", "2026-10-02", "99Z", ""), ("i1", "2026-10-02", "04L", ""), ("i1", "2026-10-02", "02B", "")],
    )
    done = run(kitchens)
    rows = results(kitchens)
    assert rows["north", "mice", "i1"]["value"] == 0  # a row says so
    unknown = rows["north", "heat", "i1"]  # once, or twice
    assert (unknown["status"], unknown["reason"], unknown["invalid"]) == ("no_data", "item_unknown", 1)
    assert rows["north", "flies", "i1"]["reason"] == "item_unknown"
    assert rows["north", "heat", "i2"]["value"] == 0
    assert (rows["north", "heat"]["n"], rows["north", "heat"]["invalid"]) == (1, 1)
    assert ("north", "heat", "i3") not in rows  # whether it is looked at is not known
    assert "inspections: rows of which it is not known what 'inspection' would look at, left out: 1" in done.err


FILLED = """\
kind: checklist
id: inspection
standard: food@1
dataset: inspections
subject: inspection
summary: latest
answers: {dataset: violations, item: code, value: said}
items:
  - {criterion: mice, code: 04L, answer: yes_no}
  - criterion: heat
    code: 02B
    answer: {choice: {hot: 100, warm: {title: {en: Lukewarm, zh: 温}, points: 40}, cold: 0}}
  - {criterion: flies, code: 08A, answer: {scale: {min: 0, max: 4}}}
  - {id: slips, code: 10F, answer: deduction}
"""


@pytest.fixture
def filled(kitchens):
    kitchens.write(ITEM, FILLED)
    return kitchens


def test_a_filled_in_form_is_read_as_people_write_it(filled):
    days = [("i1", "2026-10-02", ""), ("i2", "2026-10-20", ""), ("i3", "2026-10-09", "")]
    said = {
        "i1": {"04L": "是", "02B": "Lukewarm", "08A": "3", "10F": "2"},
        "i2": {"04L": "No", "02B": "温", "08A": "0", "10F": "0"},
        "i3": {"04L": "yes", "02B": "hot", "08A": "4.0"},
    }
    rows = [(name, "2026-10-02", code, text) for name, answers in said.items() for code, text in answers.items()]
    small(filled, days, rows)
    run(filled)
    found = results(filled)
    values = {
        name: [found["north", item, name]["value"] for item in ("mice", "heat", "flies", "slips")] for name in said
    }
    assert values == {"i1": [1, 40, 3, 2], "i2": [0, 40, 0, 0], "i3": [1, 100, 4, None]}
    assert found["north", "slips", "i3"]["status"] == "unanswered"
    # the newest inspection makes the site
    assert [found["north", item]["value"] for item in ("mice", "heat", "flies")] == [0, 40, 0]
    assert found["north", "flies", "i1"]["score"] == 75


def test_answers_that_cannot_be_used_are_never_guessed(filled):
    filled.edit(ITEM, "value: said}", "value: said, absent: pass}")
    small(
        filled,
        [(f"i{number}", "2026-10-02", "") for number in range(1, 4)],
        [
            ("i1", "2026-10-02", "04L", "perhaps"),
            ("i1", "2026-10-02", "02B", "hot"),
            ("i1", "2026-10-02", "02B", "cold"),
            ("i1", "2026-10-02", "08A", "7"),
            ("i1", "2026-10-02", "10F", "1"),
            ("i1", "2026-10-02", "10F", "1"),
            ("i2", "2026-10-02", "04L", "yes"),
            ("i2", "2026-10-02", "04L", "是"),
            ("i2", "2026-10-02", "02B", ""),
        ],
    )
    done = run(filled)
    rows = results(filled)
    told = {
        item: (rows["north", item, "i1"]["status"], rows["north", item, "i1"]["reason"])
        for item in ("mice", "heat", "flies", "slips")
    }
    assert told == {
        "mice": ("no_data", "unusable_answer"),
        "heat": ("no_data", "several_values"),
        "flies": ("no_data", "unusable_answer"),
        "slips": ("no_data", "several_values"),  # whether they add up or repeat each other is not known
    }
    assert rows["north", "mice", "i2"]["value"] == 1  # equal answers count once
    assert rows["north", "heat", "i2"]["status"] == "unanswered"  # a row is there, and says nothing
    best = [rows["north", item, "i3"]["value"] for item in ("mice", "heat", "flies", "slips")]
    assert best == [1, 100, 4, 0]
    assert "violations: answers to 'inspection' that cannot be used: 4" in done.err


def test_without_subject_the_rows_belong_to_the_site(kitchens):
    kitchens.edit(ITEM, "dataset: inspections\nwhere: kind = 'regular'\nsubject: inspection\n", "")
    kitchens.edit(
        "audits/kitchens/programme.yaml", "  inspections: {path: inspections.csv, site: site, time: day}\n", ""
    )
    run(kitchens)
    _, found = made()
    times = Counter((site, code) for site, _, _, code, _ in found)
    rows = results(kitchens)
    for site in ("north", "south", "quiet"):
        assert rows[site, "heat"]["value"] == times[site, "02B"]
        assert rows[site, "mice"]["value"] == (0 if times[site, "04L"] else 1)
    assert set(rows) == {(site, item) for site in ("north", "south", "quiet") for item in ("mice", "heat", "flies")}


@pytest.mark.parametrize("is_parquet", [False, True])
def test_before_the_first_record_of_all_silence_is_no_answer(kitchens, is_parquet):
    if is_parquet:
        as_parquet(kitchens, "violations")
    kitchens.edit(ITEM, "dataset: inspections\nwhere: kind = 'regular'\nsubject: inspection\n", "")
    kitchens.edit(
        "audits/kitchens/programme.yaml", "  inspections: {path: inspections.csv, site: site, time: day}\n", ""
    )
    assert kitchens.run("run", "kitchens", "--period", "2026-09").code == 4
    rows = results(kitchens)
    assert {(row["status"], row["reason"]) for (_, item, *_), row in rows.items() if item != "flies"} == {
        ("no_data", "no_rows")
    }


def test_changed_records_of_either_dataset_make_a_revision_and_unchanged_ones_none(kitchens):
    small(kitchens, [("i1", "2026-10-02", "regular")], [("i1", "2026-10-02", "02B", "")])
    assert "revision 1" in run(kitchens).out
    assert "revision 1" in run(kitchens).out
    small(kitchens, [("i1", "2026-10-02", "regular")], [("i1", "2026-10-02", "02B", "")] * 2)
    assert "records changed: violations" in run(kitchens).text
    assert results(kitchens)["north", "heat", "i1"]["value"] == 2
    small(
        kitchens,
        [("i1", "2026-10-02", "regular"), ("i2", "2026-10-02", "regular")],
        [("i1", "2026-10-02", "02B", "")] * 2,
    )
    assert "records changed: inspections" in run(kitchens).text
    assert results(kitchens)["north", "heat", "i2"]["value"] == 0
    # another target reads what people would have answered once more, with the same outcome
    kitchens.edit(ITEM, "code: 02B, answer: deduction", 'code: 02B, target: "<= 1", answer: deduction')
    assert "document changed" in run(kitchens).text
    assert results(kitchens)["north", "heat", "i1"]["status"] == "fail"


def test_a_measure_on_the_same_records_stands_beside(kitchens):
    kitchens.edit(ITEM, "items:\n", "items:\n  - {id: entries, dataset: violations, measure: count(*)}\n")
    run(kitchens)
    _, found = made()
    per_site = Counter(site for site, name, *_ in found)
    rows = results(kitchens)
    entries = Counter()
    for (site, item, *subject), row in rows.items():
        if item == "entries" and subject:
            entries[site] += row["value"] or 0
    assert entries == per_site
    kitchens.edit(ITEM, "measure: count(*)", "measure: count(*), title: Entries")
    run(kitchens)
    assert {key: row["value"] for key, row in results(kitchens).items()} == {
        key: row["value"] for key, row in rows.items()
    }


def test_a_closed_cycle_is_judged_again_without_its_records(kitchens):
    run(kitchens)
    before = kitchens.run("scores", "--programme", "kitchens", "--format", "json").out
    assert kitchens.run("cycle", "close", "kitchens", "2026-10").code == 0
    kitchens.remove(VIOLATIONS)
    kitchens.remove(REGISTER)
    assert kitchens.run("score", "kitchens", *PERIOD).code == 0
    assert kitchens.run("scores", "--programme", "kitchens", "--format", "json").out == before


@pytest.mark.parametrize("file", [VIOLATIONS, REGISTER])
def test_a_missing_file_makes_the_questions_an_error(kitchens, file):
    kitchens.remove(file)
    run(kitchens, code=3)
    rows = results(kitchens)
    assert {row["status"] for row in rows.values()} == {"error"}
    assert len(rows) == 3 * 3


def test_the_number_of_passes_follows_from_checklists_alone(kitchens):
    def passes():
        return kitchens.run("explain", "kitchens", "--plan", *PERIOD, "--format", "json").out

    few = json.loads(passes())
    assert [(row["dataset"], row["groups"]) for row in few] == [
        ("inspections", "inspection"),
        ("violations", "inspection, code"),
    ]
    kitchens.edit(ITEM, "items:\n", "items:\n" + "".join(f"  - {{id: x{n}, answer: yes_no}}\n" for n in range(40)))
    kitchens.edit("audits/kitchens/programme.yaml", "{id: quiet}", ", ".join(f"{{id: s{n}}}" for n in range(40)))
    assert json.loads(passes()) == few


def test_nobody_is_asked_and_no_form_is_made(kitchens):
    done = kitchens.run("form", "export", "kitchens", *PERIOD)
    assert (done.code, "SQA811" in done.text) == (2, True)
    done = kitchens.run("sample", "draw", "kitchens", "inspection", *PERIOD, "--seed", "1")
    assert (done.code, "SQA731" in done.text) == (2, True)
    done = kitchens.run("calibration", "open", "kitchens", "--checklist", "inspection", "--unit", "a", "--unit", "b")
    assert (done.code, "asks nothing that can be compared" in done.text) == (2, True)


def test_a_result_tells_which_rows_answer_it(kitchens):
    run(kitchens)
    row = results(kitchens)["north", "heat", "n0"]
    told = kitchens.run("explain", row["id"]).out
    assert "answered by rows of 'violations' with code = 02B" in told
    assert f"answer: {row['value']}\n" in told


def test_sites_are_weighted_by_what_was_looked_at(kitchens):
    kitchens.edit("audits/kitchens/programme.yaml", "period: month", "period: month\nsummary: volume")
    small(kitchens, [("i1", "2026-10-02", "regular")], [])
    run(kitchens)
    found = {score["id"]: score["score"] for score in scores(kitchens) if score["level"] in {"programme", "audit"}}
    assert (found["north"], found["kitchens"]) == (100, 100)


def test_records_in_parquet_answer_alike(kitchens):
    run(kitchens)
    before = results(kitchens)
    as_parquet(kitchens, "inspections")
    as_parquet(kitchens, "violations")
    run(kitchens)
    after = results(kitchens)
    assert {key: (row["value"], row["score"]) for key, row in after.items()} == {
        key: (row["value"], row["score"]) for key, row in before.items()
    }


def test_a_result_leads_back_to_the_rows_that_answered(kitchens):
    small(
        kitchens,
        [("i1", "2026-10-02", "regular"), ("i2", "2026-10-02", "regular")],
        [("i1", "2026-10-02", "02B", "soup"), ("i1", "2026-10-02", "04L", ""), ("i2", "2026-10-02", "02B", "rice")],
    )
    run(kitchens)
    rows = results(kitchens)
    shown = kitchens.run("results", "records", rows["north", "heat", "i1"]["id"], "--format", "csv")
    assert "soup" in shown.out
    assert "rice" not in shown.out
    assert "04L" not in shown.out
    whole = kitchens.run("results", "records", rows["north", "heat"]["id"])
    assert "ask for the result of one of them" in whole.text


def test_numbers_in_a_column_of_numbers(filled):
    filled.edit(
        "standards/food/standard.yaml", "said: {type: text, optional: true}", "said: {type: number, optional: true}"
    )
    small(
        filled,
        [("i1", "2026-10-02", ""), ("i2", "2026-10-03", "")],
        [
            ("i1", "2026-10-02", "08A", "3"),
            ("i1", "2026-10-02", "10F", "1.5"),
            ("i2", "2026-10-03", "08A", "many"),
            ("i2", "2026-10-03", "10F", "2"),
        ],
    )
    run(filled)
    rows = results(filled)
    assert (rows["north", "flies", "i1"]["value"], rows["north", "slips", "i2"]["value"]) == (3, 2)
    told = {(item, name): rows["north", item, name]["reason"] for item in ("flies", "slips") for name in ("i1", "i2")}
    assert told == {
        ("flies", "i1"): None,
        ("slips", "i1"): "unusable_answer",  # one and a half times
        ("flies", "i2"): "unusable_answer",  # a cell that holds no number
        ("slips", "i2"): None,
    }


def test_the_answers_of_one_site_are_those_of_its_own_rows(kitchens):
    """Two sites may call an inspection alike."""
    kitchens.write(
        REGISTER, table("site,inspection,day,kind", [(s, "i1", "2026-10-02", "regular") for s in ("north", "south")])
    )
    kitchens.write(VIOLATIONS, table("site,inspection,day,code,said", [("south", "i1", "2026-10-02", "02B", "")]))
    run(kitchens)
    rows = results(kitchens)
    assert [rows[site, "heat", "i1"]["value"] for site in ("north", "south")] == [0, 1]
    assert kitchens.run("store", "verify").code == 0
    chosen = kitchens.run("run", "kitchens", *PERIOD, "--site", "south")
    assert chosen.code == 0, chosen.text
    rows = results(kitchens)
    assert rows["south", "heat", "i1"]["value"] == 1
    assert rows["north", "heat"]["status"] == "not_selected"


def test_two_checklists_share_the_records(kitchens):
    """What one of them asks for is no unknown code to the other."""
    other = CHECKLIST[: CHECKLIST.index("items:")].replace("id: inspection", "id: others").replace("criterion", "id")
    kitchens.write(
        "standards/food/checklists/others.yaml", other + "items:\n  - {id: grease, code: 10F, answer: deduction}\n"
    )
    kitchens.edit("audits/kitchens/programme.yaml", "[inspection]", "[inspection, others]")
    small(
        kitchens, [("i1", "2026-10-02", "regular")], [("i1", "2026-10-02", "10F", ""), ("i1", "2026-10-02", "02B", "")]
    )
    done = run(kitchens)
    assert "is called" not in done.err
    rows = results(kitchens)
    assert (rows["north", "heat", "i1"]["value"], rows["north", "grease", "i1"]["value"]) == (1, 1)


def test_a_snapshot_of_answers_is_matched_by_subject_alone(kitchens):
    kitchens.edit(
        "audits/kitchens/programme.yaml", "violations.csv, site: site, time: day", "violations.csv, site: site"
    )
    small(
        kitchens,
        [("i1", "2026-10-30", "regular"), ("i2", "2026-09-30", "regular")],
        [("i1", "2026-11-03", "02B", ""), ("i2", "2026-10-01", "02B", "")],  # typed in later
    )
    done = run(kitchens)
    assert results(kitchens)["north", "heat", "i1"]["value"] == 1
    assert "about what is not in" not in done.err  # the rows of other periods are about what is not in this one


def test_answers_are_pooled_above_the_sites(kitchens):
    run(kitchens)
    register, found = made()
    times = Counter((site, name, code) for site, name, _, code, _ in found)
    regular = [(site, name) for site, name, _, kind in register if kind == "regular"]
    shown = json.loads(
        kitchens.run("results", "--programme", "kitchens", "--level", "programme", "--format", "json").out
    )
    pooled = {row["item"]: row for row in shown}
    assert pooled["heat"]["n"] == len(regular)
    mean = Fraction(sum(times[site, name, "02B"] for site, name in regular), len(regular))
    assert pooled["heat"]["value"] == pytest.approx(float(mean), abs=1e-12)
