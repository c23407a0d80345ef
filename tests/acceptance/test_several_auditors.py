"""Several auditors answer one question: every answer is kept and judged, and it is told where they differ."""

from __future__ import annotations

import json
from fractions import Fraction

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

STANDARD = """
kind: standard
id: desk
version: "1.0"
scoring: {min_coverage: 0.1}
dimensions: {care: {}}
criteria:
  - {id: C-1, dimension: care, severity: major}
  - {id: C-2, dimension: care}
"""
CHECKLIST = """
kind: checklist
id: visit
standard: desk@1
items:
  - {id: greeted, criterion: C-1, ask: Are guests greeted?, answer: yes_no, evidence: {note: on_fail}}
  - {id: floor, criterion: C-2, ask: How clean?, answer: {choice: {clean: 100, dusty: 60, dirty: 0}}, target: ">= 60"}
  - {id: smile, criterion: C-1, ask: Friendliness, answer: {scale: {min: 0, max: 4}}, target: ">= 3"}
  - {id: has-bar, ask: Is there a bar?, answer: yes_no}
  - {id: bar-clean, criterion: C-2, ask: Is the bar clean?, answer: yes_no, when: has_bar = true}
  - {id: lamps, criterion: C-2, ask: Do all lamps work?, answer: yes_no, evidence: {note: always}}
  - {id: remark, ask: Anything else?, answer: text}
"""
PROGRAMME = """
kind: programme
id: visits
standard: desk@1
checklists: [visit]
sites: [{id: harbour}]
period: month
team: {lead: anna, auditors: [anna, ben], several: lead}
"""
PEOPLE = """
project: lobbies
people:
  anna: {name: {en: Anna Auditor, zh: 审核员安娜}, roles: [auditor, lead]}
  ben: {roles: [auditor]}
  carl: {roles: [auditor]}
"""
FILES = {
    "standards/desk/standard.yaml": STANDARD,
    "standards/desk/checklists/visit.yaml": CHECKLIST,
    "audits/visits/programme.yaml": PROGRAMME,
}
PERIOD = ("--period", "2026-10")


class Visits:
    def __init__(self, made):
        self.made = made

    def give(self, who, name=None, **answers):
        told = {item.replace("_", "-"): value for item, value in answers.items()}
        content = {"programme": "visits", "period": "2026-10", "site": "harbour", "answers": told}
        file = f"{name or who}.yaml"
        self.made.write(file, json.dumps(content))
        return self.made.run("form", "import", str(self.made.folder / file), "--as", who)

    def run(self):
        done = self.made.run("run", "visits", *PERIOD)
        assert done.code in {0, 4}, done.text
        return done

    def rows(self, *words):
        done = self.made.run(*words, "--format", "json")
        assert done.code == 0, done.text
        return json.loads(done.out)

    def results(self, item=None):
        """Status, value, score and reason, by auditor (``None``: the item's own)."""
        return {
            row["auditor"]: (row["status"], row["value"], row["score"], row["reason"])
            for row in self.rows("results", *(("--item", item) if item else ()))
        }

    def choose(self, item, auditor, who="anna"):
        return self.made.run("answers", "choose", "visits", item, "--auditor", auditor, "--as", who, *PERIOD)


@pytest.fixture
def visits(project):
    def make(several="lead", people=None):
        made = project(FILES | ({"sqaudit.yaml": people} if people else {}))
        if several != "lead":
            made.edit("audits/visits/programme.yaml", ", several: lead", several)
        return Visits(made)

    return make


MEAN = ", several: mean"
NO_SEVERAL = ""


def test_without_several_a_later_answer_by_anybody_is_a_correction(visits):
    v = visits(NO_SEVERAL)
    assert "1 new, 0 corrected" in v.give("anna", smile=4).out
    assert "0 new, 1 corrected" in v.give("ben", smile=3).out
    v.run()
    assert v.results("smile") == {None: ("pass", 3, 75.0, None)}
    assert [(row["auditor"], row["version"]) for row in v.rows("answers", "list", "visits", *PERIOD)] == [("ben", 2)]


def test_both_answers_are_kept_and_judged(visits):
    v = visits()
    assert "1 new, 0 corrected" in v.give("anna", smile=4).out
    assert "1 new, 0 corrected" in v.give("ben", smile=1).out
    v.run()
    assert v.results("smile") == {
        None: ("unanswered", None, None, "auditors_differ"),
        "anna": ("pass", 4, 100.0, None),
        "ben": ("fail", 1, 25.0, None),
    }
    ids = [row["id"] for row in v.rows("results")]
    assert len(set(ids)) == len(ids)
    assert v.made.run("store", "verify").code == 0


def test_two_files_that_say_the_same_are_two_answers(visits):
    """Also where the files are the same to the byte: the second auditor's is no copy that was taken in before."""
    v = visits()
    v.give("anna", name="form", smile=3)
    assert "1 new" in v.give("ben", name="form", smile=3).out
    again = v.give("ben", name="form", smile=3)
    assert "taken in before, by ben" in again.err
    v.run()
    assert v.results("smile").keys() == {None, "anna", "ben"}
    assert v.results("smile")[None] == ("pass", 3, 75.0, None)


def test_one_auditor_alone_answers_for_the_item(visits):
    v = visits()
    v.give("ben", smile=1)
    v.run()
    assert v.results("smile") == {None: ("fail", 1, 25.0, None), "ben": ("fail", 1, 25.0, None)}


def test_a_pass_needs_the_evidence_of_everybody_who_says_so(visits):
    v = visits()
    v.give("anna", lamps={"answer": True, "note": "all 12"})
    v.give("ben", lamps=True)
    v.run()
    assert v.results("lamps")[None] == ("no_data", None, None, "evidence_missing")


def test_the_lead_chooses_and_a_later_answer_makes_the_choice_void(visits):
    v = visits()
    v.give("anna", smile=4, floor="clean")
    v.give("ben", smile=1, floor="clean")
    v.run()
    assert (v.choose("smile", "ben").code, v.run().code) == (0, 0)
    assert v.results("smile")[None] == ("fail", 1, 25.0, None)
    v.give("anna", name="again", smile=3)  # somebody else's new answer leaves the choice as it is
    v.run()
    assert v.results("smile")[None][:2] == ("fail", 1)
    v.give("ben", name="later", smile=2)
    v.run()
    assert v.results("smile")[None] == ("unanswered", None, None, "choice_void")
    v.choose("smile", "anna")
    v.run()
    assert v.results("smile")[None] == ("pass", 3, 75.0, None)
    revisions = v.rows("cycle", "show", "visits", "2026-10")
    assert [row["revision"] for row in revisions] == [1, 2, 3, 4, 5]
    assert v.run().out == v.run().out  # nothing has changed, and nothing is recorded
    assert len(v.rows("cycle", "show", "visits", "2026-10")) == 5


@pytest.mark.parametrize(
    ("item", "auditor", "who", "code", "said"),
    [
        ("smile", "ben", "ben", "SQA843", "only anna chooses"),
        ("smile", "carl", "anna", "SQA844", "has not answered"),
        ("smile", "bne", "anna", "SQA844", "did you mean 'ben'"),
        ("floor", "ben", "anna", "SQA844", "nobody differs"),
        ("smiel", "ben", "anna", "SQA861", "did you mean 'smile'"),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused(visits, item, auditor, who, code, said):
    v = visits()
    v.give("anna", smile=4, floor="clean")
    v.give("ben", smile=1, floor="clean")
    done = v.choose(item, auditor, who)
    assert (done.code, code in done.err, said in done.err) == (2, True, True), done.err


def test_nobody_chooses_where_the_mean_counts_or_the_cycle_is_closed(visits):
    v = visits(MEAN)
    v.give("anna", smile=4)
    v.give("ben", smile=1)
    assert "SQA844" in v.choose("smile", "ben").err
    v.made.edit("audits/visits/programme.yaml", "several: mean", "several: lead")
    v.run()
    v.made.run("cycle", "close", "visits", "2026-10")
    refused = v.choose("smile", "ben")
    assert (refused.code, "SQA615" in refused.err, "cycle reopen" in refused.err) == (2, True, True)


def test_a_closed_cycle_is_scored_by_what_it_was_closed_with(visits):
    v = visits()
    v.give("anna", smile=4)
    v.give("ben", smile=1)
    v.choose("smile", "ben")
    v.run()
    v.made.run("cycle", "close", "visits", "2026-10")
    before = v.rows("results")
    v.give("ben", name="later", smile=3)
    v.run()
    v.made.run("score", "visits", *PERIOD)
    assert v.rows("results") == before
    v.made.run("cycle", "reopen", "visits", "2026-10")
    v.made.run("score", "visits", *PERIOD)
    assert v.rows("results") == before


def test_the_mean_of_what_differs_counts_against_the_target(visits):
    """Scale 4 and 3: 3.5 and (100 + 75) / 2. Options 100 and 60: their points. Yes and no: a half, below the target."""
    v = visits(MEAN)
    v.give("anna", smile=4, floor="clean", greeted={"answer": True}, remark="fine")
    v.give("ben", smile=3, floor="dusty", greeted={"answer": False, "note": "nobody there"}, remark="not fine")
    v.run()
    assert v.results("smile")[None] == ("pass", 3.5, 87.5, None)
    assert v.results("floor")[None] == ("pass", 80, 80.0, None)
    assert v.results("greeted")[None] == ("fail", 0.5, 50.0, None)
    assert v.results("remark")[None] == ("pass", None, None, None)
    (row,) = [one for one in v.rows("results", "--item", "smile") if one["auditor"] is None]
    assert (row["n"], row["formula"]) == (2, "mean-of-auditors/1")


def test_the_mean_asks_for_the_evidence_of_each_pass_and_leaves_out_who_says_it_does_not_apply(visits):
    v = visits(MEAN)
    v.give("anna", lamps=True, smile=4)
    v.give("ben", lamps={"answer": False, "note": "two are dark"}, smile={"not_applicable": "nobody there"})
    v.run()
    assert v.results("lamps")[None] == ("no_data", None, None, "evidence_missing")
    assert v.results("smile")[None] == ("pass", 4, 100.0, None)
    (row,) = [one for one in v.rows("results", "--item", "smile") if one["auditor"] is None]
    assert (row["n"], row["missing"]) == (1, 1)


@pytest.mark.parametrize(
    ("several", "lead", "ben", "expected"),
    [
        (MEAN, True, False, "pass"),
        (MEAN, None, False, "not_applicable"),
        ("", True, False, "not_applicable"),
        (", several: lead", True, False, "unanswered"),
        (", several: lead", True, True, "pass"),
    ],
)
def test_conditions_read_the_answer_that_counts(visits, several, lead, ben, expected):
    v = visits(several)
    if lead is not None:
        v.give("anna", has_bar=lead)
    v.give("ben", has_bar=ben, bar_clean=True)
    v.run()
    assert v.results("bar-clean")[None][0] == expected


def test_conditions_are_unknown_where_auditors_differ_and_the_lead_says_nothing(visits):
    v = visits(MEAN)
    v.made.edit("audits/visits/programme.yaml", "auditors: [anna, ben]", "auditors: [anna, ben, carl]")
    v.give("ben", has_bar=True, bar_clean=True)
    v.give("carl", has_bar=False)
    v.run()
    assert v.results("bar-clean") == {None: ("unanswered", None, None, "condition_unknown")}


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "smile": st.integers(0, 4),
        "floor": st.sampled_from(["clean", "dusty", "dirty"]),
        "has_bar": st.booleans(),
        "bar_clean": st.booleans(),
        "greeted": st.just({"not_applicable": "closed"}),
    },
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(anna={"smile": 4, "has_bar": True}, ben={"smile": 1, "has_bar": False, "bar_clean": True}, several=MEAN)
@given(anna=ANSWERS, ben=ANSWERS, several=st.sampled_from([", several: lead", MEAN]))
def test_the_order_of_imports_means_nothing(anna, ben, several, project, tmp_path_factory):
    seen = []
    for order in (("anna", "ben"), ("ben", "anna")):
        made = type(project())(tmp_path_factory.mktemp("order"))
        for name, content in {"sqaudit.yaml": "project: lobbies\n", **FILES}.items():
            made.write(name, content)
        v = Visits(made)
        made.edit("audits/visits/programme.yaml", ", several: lead", several)
        for who in order:
            v.give(who, **{"anna": anna, "ben": ben}[who])
        v.run()
        (cycle,) = v.rows("cycle", "show", "visits", "2026-10")
        seen.append((v.rows("results"), v.rows("scores"), cycle["fingerprint"]))
    assert seen[0] == seen[1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it is made once, and keeps nothing
@given(values=st.lists(st.integers(0, 4), min_size=2, max_size=5))
def test_the_mean_is_the_mean(values, mean_of):
    """Against the mean in fractions; the score of a scale of 0 to 4 is 25 for each step."""
    expected = Fraction(sum(values), len(values))
    value, score = mean_of(values)
    assert value == pytest.approx(float(expected), abs=1e-12)
    assert score == pytest.approx(float(expected * 25), abs=1e-9)


@pytest.fixture
def mean_of(project):
    """The value and score that auditors' answers to 'smile' come to, judged without a store."""
    from datetime import UTC, datetime

    from msgspec.structs import replace

    from sqaudit.model.answer import AnswerKey, GivenAnswer
    from sqaudit.workflow.answers import observe_answers
    from sqaudit.workflow.context import open_context
    from sqaudit.workflow.forms.asking import find_asking
    from sqaudit.workflow.judging.answers import judge_questions
    from sqaudit.workflow.judging.seen import sort_observations

    made = project(FILES)
    made.edit("audits/visits/programme.yaml", "several: lead", "several: mean")
    now = datetime(2026, 11, 3, tzinfo=UTC)
    measurable = find_asking(open_context(folder=made.folder, environ={}, now=now), "visits").measurable
    (site,) = measurable.programme.sites
    key = AnswerKey(programme="visits", period="2026-10", site="harbour", checklist="visit", item="smile")

    def make(values):
        answers = [
            GivenAnswer(key=replace(key, auditor=f"a{n}"), value=str(value), given_by=f"a{n}", given_at=now)
            for n, value in enumerate(values)
        ]
        seen = sort_observations(observe_answers(measurable, [site], (), answers))
        result = judge_questions(measurable, measurable.questions, site, seen["harbour"].answers()).results["smile"]
        return result.value.value, float(result.score)

    return make


def test_what_differs_is_listed(visits):
    v = visits()
    v.give("anna", smile=4, floor="clean")
    v.give("ben", smile=1, floor="clean")
    v.choose("smile", "ben")
    rows = v.rows("answers", "list", "visits", "--differing", "--site", "harbour", *PERIOD)
    told = [(row["item"], row["auditor"], row["version"], row["answer"], row["chosen"]) for row in rows]
    assert told == [("smile", "anna", 1, "4", False), ("smile", "ben", 1, "1", True)]
    shown = v.made.run("--lang", "zh", "answers", "list", "visits", *PERIOD)
    assert "审核员" in shown.out


def test_explaining_a_result_tells_who_said_what(visits):
    v = visits()
    v.give("anna", smile=4)
    v.give("ben", smile=1)
    v.run()
    ids = {row["auditor"]: row["id"] for row in v.rows("results", "--item", "smile")}
    assert "given by anna" in (whole := v.made.run("explain", ids[None]).out)
    assert "given by ben" in whole
    assert "given by anna" not in v.made.run("explain", ids["ben"]).out


def test_a_form_holds_the_answers_of_nobody_else(visits):
    v = visits()
    v.give("anna", smile=4)
    folder = v.made.folder / "forms"

    def smile(*more):
        done = v.made.run("form", "export", "visits", *PERIOD, "--dir", str(folder), *more)
        assert done.code == 0, done.text
        sheet = openpyxl.load_workbook(done.out.strip()).worksheets[0]
        return [sheet.cell(row, 7).value for row in range(5, sheet.max_row + 1)][2]

    assert (smile(), smile("--as", "anna"), smile("--as", "ben")) == (None, 4, None)
    filled = str(folder / "visits_2026-10_harbour_anna.xlsx")
    assert "0 new, 0 corrected, 1 unchanged" in v.made.run("form", "import", filled, "--as", "anna").out
    v.made.edit("audits/visits/programme.yaml", ", several: lead", "")
    refused = v.made.run("form", "export", "visits", *PERIOD, "--dir", str(folder / "more"), "--as", "anna")
    assert (refused.code, "SQA844" in refused.err) == (2, True)


def test_only_people_that_are_declared_answer(visits):
    v = visits(people=PEOPLE)
    refused = v.give("bne", smile=4)
    assert (refused.code, "SQA271" in refused.err, "did you mean 'ben'?" in refused.err) == (2, True, True)
    outside = v.give("carl", smile=4)
    assert (outside.code, "SQA841" in outside.err) == (2, True)
    assert v.give("ben", smile=4).code == 0
    assert "SQA813" in v.give(" ", smile=4).err


def test_a_team_is_made_of_people_that_are_declared(visits):
    v = visits(people=PEOPLE)
    assert v.made.run("check").code == 0
    v.made.edit("audits/visits/programme.yaml", "lead: anna, auditors: [anna, ben]", "lead: ana, auditors: [zoe]")
    done = v.made.run("check")
    assert done.code == 2
    told = [line for line in done.text.splitlines() if "SQA271" in line]
    assert [line.split(":")[1] for line in told] == ["8", "8"]
    assert "did you mean 'anna'?" in done.text


def test_samples_are_drawn_by_people_that_are_declared(visits):
    v = visits(people=PEOPLE)
    v.made.write("audits/visits/programme.yaml", PROGRAMME + "samples: {visit: {size: 1}}\n")
    draw = ("sample", "draw", "visits", "visit", *PERIOD, "--seed", "s", "--by")
    refused = v.made.run(*draw, "ana")
    assert (refused.code, "did you mean 'anna'?" in refused.err) == (2, True)
    assert v.made.run(*draw, "anna").code == 0


def test_answers_from_before_count_as_those_of_who_gave_them(visits):
    """A project that begins to keep several answers loses none that it has, and one that stops takes the latest."""
    v = visits(NO_SEVERAL)
    v.give("anna", smile=4)
    v.made.edit("audits/visits/programme.yaml", "auditors: [anna, ben]", "auditors: [anna, ben], several: mean")
    v.give("ben", smile=3)
    v.run()
    assert {who: row[1] for who, row in v.results("smile").items()} == {None: 3.5, "anna": 4, "ben": 3}
    v.give("anna", name="again", smile=3)
    v.run()
    assert {who: row[1] for who, row in v.results("smile").items()} == {None: 3, "anna": 3, "ben": 3}
    v.made.edit("audits/visits/programme.yaml", ", several: mean", "")
    v.run()
    assert {who: row[1] for who, row in v.results("smile").items()} == {None: 3}
    assert v.made.run("store", "verify").code == 0
