"""Opportunities for improvement: nothing is broken and no action opened, but somebody in charge answers."""

import json

import pytest

FILES = {
    "sqaudit.yaml": """
project: desks
people: {lena: {roles: [auditor]}, olive: {roles: [owner]}, mona: {roles: [manager]}}
""",
    "standards/desk/standard.yaml": """
kind: standard
id: desk
version: "1.0.0"
dimensions: {speed: {}}
datasets: {calls: {columns: {day: date, answered: boolean}}}
criteria: [{id: quick, dimension: speed, severity: opportunity, target: ">= 0.9"}]
""",
    "standards/desk/checklists/calls.yaml": """
kind: checklist
id: calls
standard: desk@1
dataset: calls
items: [{criterion: quick, measure: share(answered)}]
""",
    "audits/monthly/programme.yaml": """
kind: programme
id: monthly
standard: desk@1
checklists: [calls]
sites: [{id: north}]
period: month
sources: {calls: {path: calls.csv, site: desk, time: day}}
follow_up: {}
""",
    "audits/monthly/calls.csv": "desk,day,answered\n"
    + "".join(f"north,2026-0{month}-05,{said}\n" for month in (1, 2) for said in ("true", "false")),
}


def findings(p, *more):
    return json.loads(p.run("findings", *more, "--format", "json").out)


@pytest.fixture
def p(project):
    """January shows that half of the calls were not quick, and an auditor noted a bench that is missing."""
    p = project(FILES)
    assert p.run("run", "monthly", "--period", "2026-01").code == 0
    noted = p.run(
        *("findings", "add", "monthly", "--site", "north", "--severity", "opportunity"),
        *("--statement", "A bench would help", "--as", "lena"),
    )
    assert noted.code == 0, noted.err
    return p


def test_it_opens_no_action_and_waits_for_a_reply(p):
    assert json.loads(p.run("actions", "list", "--format", "json").out) == []
    for one in findings(p):
        days = (one["reply_due"], one["status"], one["replied_by"])
        assert days[1:] == ("open", None)
        raised = json.loads(p.run("store", "events", "--format", "json").out)[0]["when"][:10]
        assert days[0] > raised


@pytest.mark.parametrize(("answer", "who"), [("accepted", "olive"), ("declined", "mona")])
def test_the_reply_stands_in_the_register_and_the_log_has_all_of_them(p, answer, who):
    for one in findings(p):
        first = p.run("findings", "reply", one["id"], "declined", "--reason", "Not now", "--as", "mona")
        assert (first.code, f"finding {one['id']} is declined" in first.out) == (0, True), first.err
        assert p.run("findings", "reply", one["id"], answer, "--reason", "In May", "--as", who).code == 0
    assert {(one["status"], one["replied_by"], one["reply_reason"]) for one in findings(p)} == {(answer, who, "In May")}
    assert findings(p, "--status", "open") == []
    log = [
        one for one in json.loads(p.run("store", "events", "--format", "json").out) if one["kind"] == "finding_replied"
    ]
    assert [(one["before"], one["after"]["reply"], one["who"]) for one in log] == [
        ({"reply": None}, "declined", "mona"),
        ({"reply": "declined"}, answer, who),
    ] * 2


def test_what_people_write_is_masked_wherever_it_is_shown(p):
    number = "13800138000"
    for one in findings(p):
        said = ("--reason", f"Call me: {number}", "--as", "mona")
        assert p.run("findings", "reply", one["id"], "declined", *said).code == 0
    noted = p.run(
        *("findings", "add", "monthly", "--site", "north", "--severity", "good_practice"),
        *("--statement", f"They call back from {number}", "--as", "lena"),
    )
    assert noted.code == 0, noted.err
    shown = [p.run("findings", "--format", form).text for form in ("table", "json", "csv")]
    shown += [
        p.run("report", "monthly", "--format", form).text for form in ("html", "json", "markdown", "table", "csv")
    ]
    assert "Call me: " in shown[1]
    assert "They call back from" in shown[3]
    assert not [text for text in shown if number in text]


def test_what_is_seen_again_is_counted_on_the_one_that_was_answered(p):
    (one,) = [one for one in findings(p) if one["items"]]
    p.run("findings", "reply", one["id"], "declined", "--reason", "Few people call", "--as", "mona")
    assert p.run("run", "monthly", "--period", "2026-02").code == 0
    (again,) = [one for one in findings(p) if one["items"]]
    assert (again["id"], again["times_seen"], again["status"]) == (one["id"], 2, "declined")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("{}", "accepted", "--reason", "Yes", "--as", "lena"), "SQA874"),
        (("{}", "accepted", "--reason", " ", "--as", "olive"), "SQA873"),
        (("f-000000000000", "accepted", "--reason", "Yes", "--as", "olive"), "SQA707"),
    ],
)
def test_what_is_refused_changes_nothing(p, arguments, code):
    before = findings(p)
    refused = p.run("findings", "reply", *(part.replace("{}", before[0]["id"]) for part in arguments))
    assert (refused.code, code in refused.err) == (2, True), refused.err
    assert findings(p) == before


def test_a_failure_is_not_declined(p):
    p.edit("standards/desk/standard.yaml", "severity: opportunity", "severity: major")
    p.remove("sqaudit.db")
    assert p.run("run", "monthly", "--period", "2026-01").code == 0
    (one,) = findings(p)
    assert one["reply_due"] is None
    refused = p.run("findings", "reply", one["id"], "declined", "--reason", "No", "--as", "mona")
    assert (refused.code, "SQA885" in refused.err) == (2, True)
