"""Calibration rounds from the command line: opened, rated blind, closed, reported, and felt in later audits only."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import openpyxl
import pytest

STANDARD = """
kind: standard
id: desk
version: "1.0"
title: Desk
dimensions: {care: {}}
criteria:
  - {id: C-1, dimension: care}
"""
CHECKLIST = """
kind: checklist
id: visit
standard: desk@1
items:
"""
GREETED = "  - {id: greeted, criterion: C-1, ask: Greeted?, answer: yes_no, evidence: {photo: on_fail}}\n"
SMILE = '  - {id: smile, criterion: C-1, ask: Smile, answer: {scale: {min: 0, max: 10}}, target: ">= 3"}\n'
QUEUE = '  - {id: queue, criterion: C-1, ask: Minutes, answer: {number: {min: 0}}, target: "<= 8"}\n'
CATEGORY = "  - {id: category, ask: Which?, answer: {choice: {c1: 1, c2: 2, c3: 3, c4: 4, c5: 5}}}\n"
REMARK = "  - {id: remark, ask: Anything else?, answer: text}\n"
PROGRAMME = """
kind: programme
id: visits
standard: desk@1
checklists: [visit]
sites: [{id: harbour}, {id: hill}]
period: month
"""
GAUGE = Path(__file__).parents[1] / "cases" / "calibration" / "gauge_study.csv"
OCTOBER = ("--period", "2026-10")


class Rounds:
    """A project with calibration rounds."""

    def __init__(self, made):
        self.made = made
        self.files = 0

    def run(self, *arguments, code=0):
        done = self.made.run(*arguments)
        assert done.code == code, done.text
        return done

    def open(self, units, repeats=None):
        """Open a round over units, some of which repeat others."""
        lines = [f"{unit},{(repeats or {}).get(unit, '')}" for unit in units]
        self.made.write("units.csv", "\n".join(["id,repeats", *lines]) + "\n")
        path = str(self.made.folder / "units.csv")
        done = self.run("calibration", "open", "visits", "--checklist", "visit", "--units", path, *OCTOBER)
        return done.out.split()[2].rstrip(":")

    def write(self, ratings, item="greeted"):
        """A file of ratings of one question, by unit."""
        self.files += 1
        name = f"ratings-{self.files}.csv"
        lines = [f"{unit},{item},{answer}" for unit, answer in ratings.items()]
        self.made.write(name, "\n".join(["unit,item,answer", *lines]) + "\n")
        return str(self.made.folder / name)

    def rate(self, identity, who, ratings, item="greeted", *more):
        return self.run("calibration", "rate", identity, self.write(ratings, item), "--as", who, *more)

    def close(self, identity):
        return self.run("calibration", "close", identity, "--as", "lea")

    def report(self, identity):
        return json.loads(self.run("calibration", "report", identity, "--format", "json").out)

    def items(self, identity):
        return {row["coefficient"]: row for row in self.report(identity) if row["level"] == "item"}

    def auditors(self, identity, item=None):
        rows = self.report(identity)
        return {row["auditor"]: row for row in rows if row["level"] == "auditor" and row["item"] == item}

    def scores(self):
        """All scores, whichever revision they are of."""
        return [{**row, "revision": None} for row in json.loads(self.run("scores", "--format", "json").out)]

    def answer(self, who, answer="yes", sites=("harbour", "hill")):
        """Real answers of an audit."""
        lines = [f"visits,2026-10,{site},visit,greeted,{answer}" for site in sites]
        self.made.write(f"{who}.csv", "\n".join(["programme,period,site,checklist,item,answer", *lines]) + "\n")
        self.run("form", "import", str(self.made.folder / f"{who}.csv"), "--as", who)

    def judged(self, who, misses, units=20):
        """A closed round that finds an auditor calling good so many of ten bad units."""
        truth = {f"u{number}": "no" if number < 10 else "yes" for number in range(units)}
        calls = {unit: "yes" if number < misses else truth[unit] for number, unit in enumerate(truth)}
        identity = self.open(truth)
        self.rate(identity, who, calls)
        self.rate(identity, "panel", truth, "greeted", "--reference")
        self.close(identity)
        return identity


@pytest.fixture
def rounds(project):
    """Make a project whose checklist has these items."""

    def make(items=GREETED):
        files = {
            "standards/desk/standard.yaml": STANDARD,
            "standards/desk/checklists/visit.yaml": CHECKLIST + items,
            "audits/visits/programme.yaml": PROGRAMME,
        }
        return Rounds(project(files))

    return make


def from_table(table, first="no", second="yes"):
    """The answers of two raters whose cross table this is; rows are those of the first."""
    words = (first, second)
    pairs = [(words[i], words[j]) for i in (0, 1) for j in (0, 1) for _ in range(table[i][j])]
    one, other = zip(*pairs, strict=True)
    return ({f"u{n}": answer for n, answer in enumerate(side)} for side in (one, other))


@pytest.fixture(scope="module")
def gauge():
    """Fifty parts looked at three times by three appraisers, such that all tables printed by AIAG come out.

    The answers of each, by look; what each look repeats.
    """
    with GAUGE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    looks = {f"{row['part']}-{row['trial']}": row for row in rows}
    repeats = {look: "" if row["trial"] == "1" else f"{row['part']}-1" for look, row in looks.items()}
    answers = {
        who: {look: "yes" if row[who] == "1" else "no" for look, row in looks.items()}
        for who in ("A", "B", "C", "reference")
    }
    return answers, repeats


@pytest.mark.parametrize(
    ("first", "second", "kappa", "with_reference"),
    [("A", "B", 0.86, (0.88, 0.92)), ("A", "C", 0.78, (0.88, 0.77)), ("B", "C", 0.79, (0.92, 0.77))],
)
def test_the_attribute_study_of_aiag_has_its_six_kappas(rounds, gauge, first, second, kappa, with_reference):
    """AIAG, Measurement Systems Analysis, attribute study: appraisers with each other and with the reference."""
    answers, repeats = gauge
    r = rounds()
    identity = r.open(repeats, repeats)
    for who in (first, second):
        r.rate(identity, who, answers[who])
    r.rate(identity, "panel", answers["reference"], "greeted", "--reference")
    r.close(identity)
    assert r.items(identity)["cohen_kappa"]["value"] == pytest.approx(kappa, abs=0.005)
    found = r.auditors(identity, "greeted")
    assert [found[who]["value"] for who in (first, second)] == pytest.approx(with_reference, abs=0.005)
    assert {found[who]["coefficient"] for who in (first, second)} == {"cohen_kappa"}


def test_the_attribute_study_of_aiag_has_its_effectiveness_misses_and_false_alarms(rounds, gauge):
    """Effectiveness counts a part once, if every look at it was right; the panel need not rate the repeats."""
    answers, repeats = gauge
    r = rounds()
    identity = r.open(repeats, repeats)
    for who in "ABC":
        r.rate(identity, who, answers[who])
    once = {look: answer for look, answer in answers["reference"].items() if not repeats[look]}
    r.rate(identity, "panel", once, "greeted", "--reference")
    assert [row["complete"] for row in r.report(identity)] == [1, 1, 1, 1]
    r.close(identity)
    printed = {  # effectiveness with its limits, miss rate, false-alarm rate, in per cent
        "A": (84, 71, 93, 6.3, 4.9),
        "B": (90, 78, 97, 6.3, 2.0),
        "C": (80, 66, 90, 12.5, 8.8),
    }
    verdicts = {}
    for who, row in r.auditors(identity).items():
        *limits, misses, alarms = printed[who]
        assert [100 * row[name] for name in ("agreement", "agreement_low", "agreement_high")] == pytest.approx(
            limits, abs=0.55
        )
        assert [100 * row["miss_rate"], 100 * row["false_alarm_rate"]] == pytest.approx([misses, alarms], abs=0.06)
        assert (row["bad"], row["good"], row["units"], row["repeated"]) == (48, 102, 50, 50)
        assert row["repeat_agreement"] == row["agreement"]  # nobody was wrong three times
        verdicts[who] = row["verdict"]
    # All miss more than 5 %, the most that is marginal.
    assert verdicts == dict.fromkeys("ABC", "unacceptable")
    assert set(r.items(identity)) == {"fleiss_kappa", "krippendorff_alpha"}


@pytest.mark.parametrize(
    ("table", "kappa", "prevalence"),
    [([[40, 9], [6, 45]], 0.70, ["no=0.475", "yes=0.525"]), ([[80, 10], [5, 5]], 0.32, ["no=0.875", "yes=0.125"])],
)
def test_equal_agreement_with_unequal_kappa_shows_its_prevalence(rounds, table, kappa, prevalence):
    """Feinstein and Cicchetti, Journal of Clinical Epidemiology 43 (1990) 543-549."""
    r = rounds()
    one, other = from_table(table)
    identity = r.open(one)
    r.rate(identity, "anna", one)
    r.rate(identity, "ben", other)
    r.close(identity)
    found = r.items(identity)["cohen_kappa"]
    assert found["value"] == pytest.approx(kappa, abs=0.005)
    assert found["low"] < found["value"] < found["high"]
    assert found["agreement"] == 0.85
    assert found["prevalence"] == " ".join(prevalence)


GAPS = (  # Krippendorff, Computing Krippendorff's Alpha-Reliability: four observers, twelve units
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


@pytest.mark.parametrize(
    ("items", "item", "prefix", "alpha"),
    [(CATEGORY, "category", "c", 0.743), (SMILE, "smile", "", 0.815), (QUEUE, "queue", "", 0.849)],
)
def test_alpha_knows_the_kind_of_answer_and_gaps(rounds, items, item, prefix, alpha):
    r = rounds(items)
    identity = r.open([f"u{n}" for n in range(12)])
    for number, row in enumerate(GAPS):
        given = {f"u{n}": f"{prefix}{rating}" for n, rating in enumerate(row) if rating is not None}
        r.rate(identity, f"rater-{number}", given, item)
    r.close(identity)
    found = r.items(identity)
    assert set(found) == {"krippendorff_alpha"}
    assert found["krippendorff_alpha"]["value"] == pytest.approx(alpha, abs=0.0005)
    assert found["krippendorff_alpha"]["units"] == 11  # one was rated once


def test_numbers_that_everybody_gave_have_an_intraclass_correlation(rounds):
    """Shrout and Fleiss, Psychological Bulletin 86 (1979) 420-428: six targets, four judges."""
    judged = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))
    r = rounds(QUEUE)
    identity = r.open([f"u{n}" for n in range(6)])
    for judge in range(4):
        r.rate(identity, f"judge-{judge}", {f"u{n}": row[judge] for n, row in enumerate(judged)}, "queue")
    r.close(identity)
    assert r.items(identity)["icc_2_1"]["value"] == pytest.approx(0.29, abs=0.005)


def test_many_raters_have_fleiss_kappa(rounds):
    """Wikipedia's worked example: fourteen raters, ten subjects, five categories."""
    table = (
        (0, 0, 0, 0, 14),
        (0, 2, 6, 4, 2),
        (0, 0, 3, 5, 6),
        (0, 3, 9, 2, 0),
        (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0),
        (3, 2, 6, 3, 0),
        (2, 5, 3, 2, 2),
        (6, 5, 2, 1, 0),
        (0, 2, 2, 3, 7),
    )
    chosen = [[f"c{n + 1}" for n, count in enumerate(row) for _ in range(count)] for row in table]
    r = rounds(CATEGORY)
    identity = r.open([f"u{n}" for n in range(10)])
    for rater in range(14):
        r.rate(identity, f"rater-{rater}", {f"u{n}": row[rater] for n, row in enumerate(chosen)}, "category")
    r.close(identity)
    assert r.items(identity)["fleiss_kappa"]["value"] == pytest.approx(0.210, abs=0.0005)


def test_no_variation_is_said_in_words(rounds):
    r = rounds()
    identity = r.open(["a", "b"])
    r.rate(identity, "anna", {"a": "yes", "b": "yes"})
    r.rate(identity, "ben", {"a": "yes", "b": "yes"})
    r.close(identity)
    assert {(row["value"], row["reason"], row["agreement"]) for row in r.items(identity).values()} == {
        (None, "no_variation", 1.0)
    }
    shown = r.run("calibration", "report", identity).out
    assert "no variation" in shown
    assert "100.0%" in shown
    assert "没有变化" in r.run("--lang", "zh", "calibration", "report", identity).out
    assert "| greeted |" in r.run("calibration", "report", identity, "--format", "markdown").out


def test_an_open_round_tells_how_far_everybody_is_and_nothing_else(rounds):
    r = rounds(GREETED + SMILE + REMARK)
    identity = r.open(["a", "b"])
    r.rate(identity, "anna", {"a": "no", "b": "no"})
    r.rate(identity, "ben", {"a": "yes"})
    r.rate(identity, "panel", {"a": "yes"}, "greeted", "--reference")
    known = {"round", "programme", "period", "checklist", "state", "level", "auditor", "is_reference"}
    rows = r.report(identity)
    assert {name for row in rows for name, cell in row.items() if cell is not None} - known == {
        *("rated", "asked", "complete"),
    }
    assert [(row["auditor"], row["rated"], row["asked"]) for row in rows] == [
        ("anna", 2, 4),
        ("ben", 1, 4),
        ("panel", 1, 4),
    ]
    for format_ in ("table", "csv", "markdown"):
        shown = r.run("calibration", "report", identity, "--format", format_).out
        assert not any(word in shown for word in ("kappa", "yes", "greeted"))


def test_a_round_waits_for_those_who_answer_its_checklist(rounds):
    r = rounds()
    r.answer("ben")
    done = r.run("calibration", "open", "visits", "--checklist", "visit", "--unit", "a", "--unit", "b")
    assert "ben" in done.out
    assert "20" in done.err  # too few for a verdict
    (row,) = json.loads(r.run("calibration", "--format", "json").out)
    assert (row["state"], row["units"], row["rated_by"]) == ("open", 2, "")
    assert [(one["auditor"], one["complete"]) for one in r.report(row["id"])] == [("ben", 0)]


def test_all_ratings_of_a_call_are_taken_in_or_none(rounds):
    r = rounds(GREETED + SMILE)
    identity = r.open(["call-1", "call-2"])
    good = r.write({"call-1": "yes"})
    r.made.write(
        "bad.csv",
        "unit,item,answer,not_applicable,note\ncall-3,greeted,yes,,\ncall-1,greted,yes,,\ncall-1,greeted,maybe,,\n"
        "call-2,greeted,yes,no guest,\ncall-2,smile,,,why\ncall-1,smile,3,,\ncall-1,smile,4,,\n",
    )
    done = r.run("calibration", "rate", identity, good, str(r.made.folder / "bad.csv"), "--as", "anna", code=2)
    for told in (
        "bad.csv:2:1: SQA802",
        "bad.csv:3:2: SQA802",
        "did you mean 'greeted'?",
        "bad.csv:4:3: SQA805",
        "bad.csv:5:4: SQA805",
        "bad.csv:6: SQA805",
        "bad.csv:8: SQA806",
        "SQA800",
    ):
        assert told in done.text
    assert r.report(identity) == []
    r.made.write("odd.csv", "unit,item,anser\na,greeted,yes\n")
    done = r.run("calibration", "rate", identity, str(r.made.folder / "odd.csv"), "--as", "anna", code=2)
    assert "did you mean 'answer'?" in done.text


def test_the_same_file_changes_nothing_and_a_correction_counts(rounds):
    r = rounds()
    identity = r.open(["a", "b"])
    file = r.write({"a": "yes", "b": "no"})
    rate = ("calibration", "rate", identity)
    assert "2 new, 0 corrected, 0 unchanged" in r.run(*rate, file, file, "--as", "anna").out
    assert "taken in before" in r.run(*rate, file, "--as", "anna").err
    assert "2 new" in r.run(*rate, file, "--as", "ben").out  # another person may say the same
    assert "0 new, 1 corrected, 1 unchanged" in r.rate(identity, "anna", {"a": "no", "b": "no"}).out
    assert "0 new, 0 corrected, 0 unchanged" in r.run(*rate, file, "--as", "anna").out
    r.close(identity)
    assert r.items(identity)["cohen_kappa"]["agreement"] == 0.5
    done = r.run(*rate, r.write({"a": "yes", "b": "yes"}), "--as", "anna", code=2)
    assert "SQA853" in done.err
    assert "SQA853" in r.run("calibration", "close", identity, "--as", "lea", code=2).err


def test_yaml_says_the_same_as_csv(rounds):
    r = rounds(GREETED + SMILE)
    identity = r.open(["a", "2"])
    r.made.write(
        "one.yaml",
        "- {unit: a, answers: {greeted: yes, smile: 3}}\n"
        "- unit: 2\n  answers: {greeted: {not_applicable: no guest}, smile: {answer: 4, note: loud}}\n",
    )
    r.run("calibration", "rate", identity, str(r.made.folder / "one.yaml"), "--as", "anna")
    r.made.write("one.csv", "unit,item,answer,not_applicable,note\na,greeted,yes,,\na,smile,3,,\n"
                 "2,greeted,,no guest,\n2,smile,4,,loud\n")  # fmt: skip
    done = r.run("calibration", "rate", identity, str(r.made.folder / "one.csv"), "--as", "anna")
    assert "0 new, 0 corrected, 4 unchanged" in done.out
    r.made.write("two.yaml", "{unit: a, anwers: {greeted: yes}}\n")
    done = r.run("calibration", "rate", identity, str(r.made.folder / "two.yaml"), "--as", "anna", code=2)
    assert "did you mean 'answers'?" in done.text


def fill(path, to, answers):
    """Fill the form of a round: answers by unit and item."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[3]}
    for row in range(5, sheet.max_row + 1):
        *_, item, unit = json.loads(sheet.cell(row, 1).value)
        for column, value in answers.get((unit, item), {}).items():
            sheet.cell(row, columns[column]).value = value
    workbook.save(to)
    return str(to)


def test_the_form_of_a_round_is_blind_and_comes_back(rounds):
    r = rounds(GREETED + SMILE + REMARK)
    r.made.write("units.csv", "id,title,repeats\nu1,Call at nine,\nu2,Call at ten,\nu3,Call at noon,u1\n")
    opening = ("calibration", "open", "visits", "--checklist", "visit", "--units", str(r.made.folder / "units.csv"))
    identity = r.run(*opening).out.split()[2].rstrip(":")
    folder = r.made.folder / "forms"
    form = ("calibration", "form", identity, "--dir")
    (first,) = r.run(*form, str(folder)).out.splitlines()
    r.rate(identity, "ben", {"u1": "no", "u2": "yes", "u3": "no"})
    r.rate(identity, "panel", {"u1": "no", "u2": "yes"}, "greeted", "--reference")
    (second,) = r.run(*form, str(folder / "later")).out.splitlines()

    def shown(path):
        sheets = openpyxl.load_workbook(path).worksheets
        return [[cell.value for cell in row] for sheet in sheets for row in sheet.iter_rows()]

    assert shown(first) == shown(second)
    texts = {str(cell) for row in shown(first) for cell in row}
    assert any("Call at noon" in text for text in texts)
    assert not any(word in text for text in texts for word in ("ben", "panel", "picture", "Evidence"))
    assert "SQA614" in r.run(*form, str(folder), code=74).err

    given = {
        ("u1", "greeted"): {"answer": "yes", "note": "quietly"},
        ("u3", "greeted"): {"answer": "no"},
        ("u2", "greeted"): {"not_applicable": "nobody came"},
        ("u2", "smile"): {"answer": 4},
    }
    filled = fill(first, folder / "anna.xlsx", given)
    rate = ("calibration", "rate", identity)
    assert "4 new" in r.run(*rate, filled, "--as", "anna").out
    wrong = fill(first, folder / "wrong.xlsx", {("u1", "greeted"): {"evidence": "a.jpg", "question": "Kissed?"}})
    told = r.run(*rate, wrong, "--as", "carl", code=2).text
    assert "ratings keep no evidence" in told
    assert "SQA808" in told
    # A form belongs to its round, and to no audit.
    other = r.open(["u1", "u2", "u3"])
    assert "SQA804" in r.run("calibration", "rate", other, filled, "--as", "anna", code=2).text
    assert "SQA802" in r.run("form", "import", filled, "--as", "anna", code=2).text
    r.close(identity)
    assert r.auditors(identity)["anna"]["repeat_agreement"] == 0
    assert r.auditors(identity)["ben"]["repeat_agreement"] == 1
    assert "SQA853" in r.run(*form, str(folder / "late"), code=2).err


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("id,repeat\na,\n", "repeat"),
        ("id\na\na\n", "'a' is there twice"),
        ("id,repeats\na,b\n", "repeats 'b'"),
        ("id,repeats\na,\nb,a\nc,b\n", "repeats 'b'"),
        ("id,title\n,A call\n", "no id"),
        ("id\n", "no units"),
    ],
)
def test_units_of_no_use_open_no_round(rounds, lines, said):
    r = rounds()
    r.made.write("units.csv", lines)
    path = str(r.made.folder / "units.csv")
    done = r.run("calibration", "open", "visits", "--checklist", "visit", "--units", path, code=2)
    assert "SQA851" in done.err
    assert said in done.err
    assert json.loads(r.run("calibration", "--format", "json").out) == []


def test_one_person_has_one_part(rounds):
    r = rounds()
    identity = r.open(["a"])
    r.rate(identity, "anna", {"a": "yes"})
    assert "SQA853" in r.run("calibration", "close", identity, "--as", "lea", code=2).err
    file = r.write({"a": "no"})
    rate = ("calibration", "rate", identity, file, "--as")
    assert "SQA854" in r.run(*rate, "anna", "--reference", code=2).err
    r.run(*rate, "panel", "--reference")
    assert "SQA854" in r.run(*rate, "panel", code=2).err
    assert "SQA854" in r.run(*rate, "other", "--reference", code=2).err
    assert "SQA813" in r.run(*rate, " ", code=2).err
    assert "SQA852" in r.run("calibration", "report", "cal-0", code=2).err
    opening = ("calibration", "open", "visits", "--unit", "a", "--checklist")
    assert "SQA850" in r.run(*opening, "vist", code=2).err
    r.made.write("standards/desk/checklists/visit.yaml", CHECKLIST + REMARK)
    assert "SQA850" in r.run(*opening, "visit", code=2).err


def test_a_checklist_may_change_under_an_open_round(rounds):
    """The questions, their answers and what passes are those of the day the round was opened."""
    r = rounds(SMILE)
    identity = r.open([f"u{n}" for n in range(20)])
    truth = {f"u{n}": 1 if n < 10 else 4 for n in range(20)}
    r.made.write("standards/desk/checklists/visit.yaml", CHECKLIST + SMILE.replace(">= 3", ">= 5") + GREETED)
    r.rate(identity, "anna", truth, "smile")
    r.made.remove("standards/desk")
    r.rate(identity, "panel", truth, "smile", "--reference")
    r.close(identity)
    row = r.auditors(identity)["anna"]
    assert (row["bad"], row["good"], row["verdict"]) == (10, 10, "accept")
    assert r.run("store", "verify").code == 0


def test_what_does_not_apply_is_a_call_of_its_own(rounds):
    """Neither a miss nor a false alarm, and not right either."""
    r = rounds()
    identity = r.open(["a", "b"])
    r.made.write("anna.csv", "unit,item,answer,not_applicable\na,greeted,,no guest\nb,greeted,yes,\n")
    r.run("calibration", "rate", identity, str(r.made.folder / "anna.csv"), "--as", "anna")
    r.rate(identity, "panel", {"a": "no", "b": "yes"}, "greeted", "--reference")
    r.close(identity)
    row = r.auditors(identity)["anna"]
    assert (row["agreement"], row["bad"], row["miss_rate"], row["false_alarm_rate"]) == (0.5, 0, None, 0)
    assert (row["verdict"], row["reason"]) == (None, "too_few_units")


def test_without_reference_auditors_are_held_against_each_other(rounds):
    r = rounds()
    identity = r.open([f"u{n}" for n in range(20)])
    for who, noes in (("anna", 0), ("ben", 5), ("carl", 5)):
        r.rate(identity, who, {f"u{n}": "no" if n < noes else "yes" for n in range(20)})
    r.close(identity)
    rows = r.auditors(identity)
    assert {(row["against"], row["verdict"], row["reason"], row["miss_rate"]) for row in rows.values()} == {
        ("others", None, "no_reference", None)
    }
    assert [rows[who]["agreement"] for who in ("anna", "ben")] == [0.75, 0.875]


def test_verdicts_by_the_limits(rounds):
    """Of ten bad units none may be missed, one is 10 % and above all limits; without any bad there is no verdict."""
    r = rounds()
    assert r.auditors(r.judged("anna", 0))["anna"]["verdict"] == "accept"
    assert r.auditors(r.judged("anna", 1))["anna"]["verdict"] == "unacceptable"
    assert r.auditors(r.judged("anna", 0, units=10))["anna"]["reason"] == "too_few_units"
    truth = dict.fromkeys((f"u{n}" for n in range(20)), "yes")
    identity = r.open(truth)
    r.rate(identity, "anna", {**truth, "u0": "no"})
    r.rate(identity, "panel", truth, "greeted", "--reference")
    r.close(identity)
    row = r.auditors(identity)["anna"]
    assert (row["verdict"], row["reason"], row["miss_rate"]) == (None, "nothing_bad", None)
    apart = r.open(["a", "b"])
    r.rate(apart, "anna", {"a": "no"})
    r.rate(apart, "panel", {"b": "no"}, "greeted", "--reference")
    r.close(apart)
    row = r.auditors(apart)["anna"]
    assert (row["against"], row["agreement"], row["units"], row["reason"]) == ("reference", None, 0, "too_few_units")


def tables_of_sites(folder):
    with sqlite3.connect(folder / "sqaudit.db") as store:
        names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = {name: list(store.execute(f"SELECT * FROM {name}")) for name in names}
    store.close()
    others = {"documents", "events", "event_head"}
    return {name: rows for name, rows in kept.items() if not name.startswith("calibration") and name not in others}


def test_a_round_changes_nothing_about_sites(rounds):
    r = rounds()
    r.answer("anna")
    r.run("run", "visits", *OCTOBER)
    before = tables_of_sites(r.made.folder)
    report = r.run("report", "visits", *OCTOBER).out
    r.judged("ben", 5)  # whose answers count nowhere
    r.judged("anna", 0)
    r.run("run", "visits", *OCTOBER)
    assert tables_of_sites(r.made.folder) == before
    assert r.run("report", "visits", *OCTOBER).out == report


def test_a_store_without_the_round_of_its_ratings_is_not_whole(rounds):
    r = rounds()
    identity = r.judged("ben", 0)
    r.run("store", "verify")
    with sqlite3.connect(r.made.folder / "sqaudit.db") as store:
        store.execute("DELETE FROM calibration_rounds WHERE id = ?", [identity])
    store.close()
    done = r.made.run("store", "verify")
    assert done.code != 0
    assert "calibration_ratings" in done.text


def test_an_auditor_under_the_limit_is_flagged_until_a_better_round(rounds):
    r = rounds()
    r.answer("ben")
    first = r.run("run", "visits", *OCTOBER)
    assert "ben" not in first.text
    bad = r.judged("ben", 5)
    flagged = r.run("run", "visits", *OCTOBER)
    assert "revision 2" in flagged.out
    assert f"answers by ben to 'visit' count, but calibration round {bad}" in flagged.err
    assert "50.0%" in flagged.err
    view = json.loads(r.run("report", "visits", *OCTOBER, "--format", "json").out)
    assert [(row["auditor"], row["round"], row["miss_rate"]) for row in view["flagged"]] == [("ben", bad, 0.5)]
    assert "Auditors under the calibration limit" in r.run("report", "visits", *OCTOBER).out
    scores = r.scores()
    # The same again changes nothing, and too few units neither.
    r.judged("ben", 0, units=15)
    again = r.run("run", "visits", *OCTOBER)
    assert "revision 2" in again.out
    assert "answers by ben" in again.err
    r.judged("ben", 0)
    lifted = r.run("run", "visits", *OCTOBER)
    assert "revision 3" in lifted.out
    assert "answers by ben" not in lifted.err
    view = json.loads(r.run("report", "visits", *OCTOBER, "--format", "json").out)
    assert view["flagged"] == []
    assert r.scores() == scores


def test_a_flag_stays_in_the_report_of_a_closed_cycle(rounds):
    r = rounds()
    r.answer("ben", sites=("harbour",))
    r.answer("anna", sites=("hill",))
    r.judged("ben", 5)
    r.run("run", "visits", *OCTOBER)
    elsewhere = r.run("run", "visits", *OCTOBER, "--site", "hill")
    assert "answers by ben" not in elsewhere.err  # none of them is looked at
    r.run("run", "visits", *OCTOBER)
    report = r.run("report", "visits", *OCTOBER).out
    r.run("cycle", "close", "visits", "2026-10")
    r.judged("ben", 0)
    late = r.run("run", "visits", *OCTOBER)
    assert "the calibration of an auditor changed: ben" in late.err
    assert r.run("report", "visits", *OCTOBER).out.replace("closed", "open") == report
