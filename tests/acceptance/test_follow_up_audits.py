"""Follow-up audits: cycles of their own that look only at what was open, and on which actions may rest."""

import json
from pathlib import Path

import openpyxl
import pytest

FILES = {
    "sqaudit.yaml": """
project: desks
people:
  lena: {roles: [lead, auditor]}
  olive: {roles: [owner]}
  vera: {roles: [verifier]}
""",
    "standards/desk/standard.yaml": """
kind: standard
id: desk
version: "1.0.0"
dimensions: {speed: {}, place: {}}
datasets:
  calls: {columns: {day: date, answered: boolean}}
criteria:
  - {id: answered, dimension: speed, severity: major, target: ">= 0.9"}
  - {id: clean, dimension: place, severity: minor}
  - {id: signs, dimension: place, severity: minor}
""",
    "standards/desk/checklists/calls.yaml": """
kind: checklist
id: calls
standard: desk@1
dataset: calls
items:
  - {criterion: answered, measure: share(answered)}
""",
    "standards/desk/checklists/visit.yaml": """
kind: checklist
id: visit
standard: desk@1
items:
  - {id: has-counter, ask: Is there a counter?, answer: yes_no}
  - {criterion: clean, ask: Is it clean?, answer: yes_no, when: has_counter = true}
  - {criterion: signs, ask: Are there signs?, answer: yes_no}
""",
    "audits/monthly/programme.yaml": """
kind: programme
id: monthly
standard: desk@1
checklists: [calls, visit]
sites: [{id: north, manager: olive}, {id: south}, {id: east}]
period: month
sources: {calls: {path: calls.csv, site: desk, time: day}}
follow_up: {}
""",
}
SITES = ("north", "south", "east")
VISIT, LABEL = "2026-02-10/2026-02-14", "2026-02-10/2026-02-14-follow-up"


def calls(**unanswered):
    """Twenty calls a site in January and in the days of the visit; in January eight of north were not answered."""
    rows = ["desk,day,answered"]
    for day, missed in (("2026-01-05", {"north": 8}), ("2026-02-12", unanswered)):
        rows += [f"{site},{day},{str(number >= missed.get(site, 0)).lower()}" for site in SITES for number in range(20)]
    return "\n".join(rows) + "\n"


def answer(p, period, **of_sites):
    rows = [
        f"monthly,{period},{site},{item.replace('_', '-')},{said}"
        for site, answers in of_sites.items()
        for item, said in answers.items()
    ]
    p.write("given.csv", "programme,period,site,item,answer\n" + "\n".join(rows))
    return p.run("form", "import", str(p.folder / "given.csv"), "--as", "lena")


def listed(p, *command):
    outcome = p.run(*command, "--format", "json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def finding_of(p, site, criterion):
    (found,) = [one for one in listed(p, "findings") if (one["site"], one["criterion"]) == (site, criterion)]
    return found


@pytest.fixture
def p(project):
    """January is collected: north missed calls and was dirty, south had no signs."""
    p = project({**FILES, "audits/monthly/calls.csv": calls()})
    good = {"has_counter": "yes", "clean": "yes", "signs": "yes"}
    given = answer(p, "2026-01", north=good | {"clean": "no"}, south=good | {"signs": "no"}, east=good)
    assert given.code == 0, given.err
    assert p.run("run", "monthly", "--period", "2026-01").code == 0
    return p


def ask_for(p, *places, period=VISIT):
    found = [finding_of(p, *place)["id"] for place in places]
    asked = p.run("findings", "follow-up", *found, "--period", period, "--as", "lena")
    assert asked.code == 0, asked.err
    return asked


def test_it_looks_only_at_what_its_findings_are_about(p):
    ask_for(p, ("north", "clean"), ("south", "signs"))
    assert answer(p, LABEL, north={"has_counter": "yes", "clean": "yes"}, south={"signs": "no"}).code == 0
    ran = p.run("run", "monthly", "--period", LABEL)
    assert (ran.code, "a follow-up audit" in ran.out) == (0, True)
    rows = {(one["site"], one["item"]): one["status"] for one in listed(p, "results", "--period", LABEL)}
    looked_at = {place: status for place, status in rows.items() if status != "not_selected"}
    assert looked_at == {
        ("north", "has-counter"): "pass",  # it decides whether the next one applies
        ("north", "clean"): "pass",
        ("south", "signs"): "fail",
    }
    assert len(rows) == len(SITES) * 4
    assert finding_of(p, "south", "signs")["times_seen"] == 2
    assert finding_of(p, "north", "clean")["times_seen"] == 1
    report = json.loads(p.run("report", "monthly", "--period", LABEL, "--format", "json").out)
    assert report["follow_up"] is True
    assert "not selected" not in p.run("report", "monthly", "--period", LABEL).out
    for form in ("html", "markdown", "table"):
        assert "follow-up audit of what was open" in p.run("report", "monthly", "--period", LABEL, "--format", form).out


def test_measured_items_are_measured_again_in_its_days_alone(p):
    ask_for(p, ("north", "answered"))
    p.write("audits/monthly/calls.csv", calls(north=1))
    assert p.run("run", "monthly", "--period", LABEL).code == 0
    (seen,) = [one for one in listed(p, "results", "--period", LABEL) if one["status"] != "not_selected"]
    assert (seen["site"], seen["item"], seen["value"], seen["n"]) == ("north", "answered", 0.95, 20)


def test_forms_ask_the_same_and_may_be_written_before_it_begins(p):
    ask_for(p, ("north", "clean"), period="2099-03")
    written = p.run("form", "export", "monthly", "--period", "2099-03-follow-up", "--dir", str(p.folder / "forms"))
    assert written.code == 0, written.err
    (path,) = [Path(line) for line in written.out.splitlines()]
    assert path.name == "monthly_2099-03-follow-up_north.xlsx"
    cells = {str(cell.value) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for cell in row}
    assert {"Is there a counter?", "Is it clean?"} <= cells
    assert "Are there signs?" not in cells
    refused = answer(p, "2099-03-follow-up", north={"signs": "yes"})
    assert (refused.code, "SQA802" in refused.err) == (2, True)
    assert "SQA701" in p.run("run", "monthly", "--period", "2099-03-follow-up").err


def test_it_counts_in_no_trend(p):
    before = [p.run(*command).out for command in (("scores",), ("results",), ("report", "monthly", "--format", "csv"))]
    ask_for(p, ("north", "answered"))
    assert p.run("run", "monthly", "--period", LABEL).code == 0
    after = [p.run(*command).out for command in (("scores",), ("results",), ("report", "monthly", "--format", "csv"))]
    assert after == before
    assert [one["follow_up"] for one in listed(p, "cycle", "list")] == [False, True]
    refused = p.run("compare", "monthly", "2026-01", LABEL)
    assert (refused.code, "SQA762" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("said", "state", "verdict"), [("yes", "verifying", "effective"), ("no", "reopened", "not_effective")]
)
def test_a_correction_is_proven_by_it_or_comes_back(p, said, state, verdict):
    action = finding_of(p, "south", "signs")["action"]
    p.run("actions", "assign", action, "--owner", "olive", "--as", "lena")
    contained = p.run(
        *("actions", "contain", action, "--as", "olive", "--on", "2026-02-01", "--correction", "Signs were hung up"),
        *("--containment", "A list at the door", "--consequences", "None"),
    )
    assert contained.code == 0, contained.err
    assert p.run("actions", "verify", action, "--as", "vera", "--evidence", "photo seen").code == 0
    ask_for(p, ("south", "signs"))
    assert answer(p, LABEL, south={"signs": said}).code == 0
    assert p.run("run", "monthly", "--period", LABEL).code == 0
    judged = p.run("actions", "verify", action, "--as", "vera")
    assert judged.code == 0, judged.err
    (shown,) = listed(p, "actions", "show", action)
    assert (shown["state"], shown["verdict"]) == (state, verdict)


def test_it_belongs_to_the_findings_that_asked_for_it(p):
    ask_for(p, ("north", "clean"))
    ask_for(p, ("north", "clean"))
    (shown,) = listed(p, "findings", "show", finding_of(p, "north", "clean")["id"])
    assert shown["follow_ups"] == LABEL
    assert f"{LABEL}, asked for by lena: not collected yet" in p.run("findings", "show", shown["id"]).out
    events = [one for one in listed(p, "store", "events") if one["kind"] == "follow_up_asked"]
    assert [(one["period"], one["about"], one["who"]) for one in events] == [(LABEL, shown["id"], "lena")]
    p.run("run", "monthly", "--period", LABEL)
    assert f"{LABEL}, asked for by lena: collected" in p.run("findings", "show", shown["id"]).out


def test_another_finding_that_asks_makes_a_new_revision_and_says_so(p):
    ask_for(p, ("north", "answered"))
    p.run("run", "monthly", "--period", LABEL)
    ask_for(p, ("south", "signs"))
    again = p.run("run", "monthly", "--period", LABEL)
    assert "revision 2" in again.out
    assert "something else is looked at again: south" in again.out
    assert "revision 2" in p.run("run", "monthly", "--period", LABEL).out


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (("run", "monthly", "--period", LABEL), "SQA884", "no finding asked for"),
        (("plan", "monthly", "--period", LABEL), "SQA884", "no finding asked for"),
        (("form", "export", "monthly", "--period", LABEL), "SQA884", "no finding asked for"),
        (
            ("findings", "follow-up", "f-000000000000", "--period", VISIT, "--as", "lena"),
            "SQA707",
            "no finding is called",
        ),
        (("findings", "follow-up", "{}", "--period", "2026-13", "--as", "lena"), "SQA702", "no period"),
        (("findings", "follow-up", "{}", "--period", VISIT, "--as", "olive"), "SQA874", "auditor, lead, verifier"),
    ],
)
def test_what_is_refused(p, command, code, said):
    identity = finding_of(p, "north", "clean")["id"]
    refused = p.run(*(part.replace("{}", identity) for part in command))
    assert (refused.code, code in refused.err, said in refused.err) == (2, True, True), refused.err
    assert len(listed(p, "cycle", "list")) == 1


def test_what_is_closed_or_written_by_hand_without_item_cannot_be_repeated(p):
    noted = p.run(
        *("findings", "add", "monthly", "--site", "east", "--severity", "opportunity"),
        *("--statement", "A bench would help", "--as", "lena"),
    )
    identity = noted.out.split()[1]
    refused = p.run("findings", "follow-up", identity, "--period", VISIT, "--as", "lena")
    assert (refused.code, "no item of the programme shows" in refused.err) == (2, True)
