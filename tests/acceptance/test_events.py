"""The log from the command line: what people did is listed, and its head is an anchor against whoever has the file."""

import csv
import io
import json
import platform
import sqlite3

import pytest

FILES = {
    "sqaudit.yaml": """
project: lobbies
people:
  anna: {name: Anna, roles: [lead]}
  ben: {name: Ben, roles: [auditor]}
  mia: {name: Mia, roles: [manager]}
  dora: {name: Dora, roles: [approver]}
""",
    "standards/desk/standard.yaml": """
kind: standard
id: desk
version: "1.0"
dimensions: {care: {}}
criteria: [{id: C-1, dimension: care}]
""",
    "standards/desk/checklists/visit.yaml": """
kind: checklist
id: visit
standard: desk@1
items: [{id: smile, criterion: C-1, ask: Friendly?, answer: {scale: {min: 0, max: 4}}, target: ">= 3"}]
""",
    "audits/visits/programme.yaml": """
kind: programme
id: visits
standard: desk@1
checklists: [visit]
sites: [{id: harbour}, {id: hill}, {id: mill}]
period: month
samples: {visit: {size: 2}}
team: {lead: anna, auditors: [anna, ben], several: lead}
""",
}
PERIOD = ("--period", "2026-10")


class Lobbies:
    def __init__(self, made):
        self.made = made

    def do(self, *words, code=0):
        done = self.made.run(*words)
        assert done.code == code, done.text
        return done

    def run(self):
        done = self.made.run("run", "visits", *PERIOD)
        assert done.code in {0, 3, 4}, done.text

    def give(self, who, smile):
        content = {"programme": "visits", "period": "2026-10", "site": "harbour", "answers": {"smile": smile}}
        self.made.write(f"{who}.yaml", json.dumps(content))
        self.do("form", "import", str(self.made.folder / f"{who}.yaml"), "--as", who)

    def rate(self, identity, who):
        rows = "".join(f"{unit},smile,3\n" for unit in ("u1", "u2"))
        self.made.write(f"rated-{who}.csv", "unit,item,answer\n" + rows)
        self.do("calibration", "rate", identity, str(self.made.folder / f"rated-{who}.csv"), "--as", who)

    def events(self, *words):
        return json.loads(self.do("store", "events", *words, "--format", "json").out)


@pytest.fixture
def lobbies(project):
    return Lobbies(project(FILES))


def test_what_people_do_is_in_the_log(lobbies):
    lobbies.do("sample", "draw", "visits", "visit", *PERIOD, "--seed", "7", "--by", "anna")
    lobbies.give("anna", 1)
    lobbies.give("ben", 4)
    chosen = ("--site", "harbour", "--auditor", "ben", "--as", "anna", "--reason", "he was nearer")
    lobbies.do("answers", "choose", "visits", "smile", *chosen, *PERIOD)
    lobbies.run()
    about = ("--site", "harbour", "--as", "mia", "--reason", "she frowned", "--answer", "0")
    lobbies.do("disputes", "open", "visits", "smile", *about, *PERIOD)
    (dispute,) = json.loads(lobbies.do("disputes", "--format", "json").out)
    lobbies.do("disputes", "decide", dispute["id"], "--accept", "--as", "dora", "--reason", "seen on film")
    units = ("--unit", "u1", "--unit", "u2")
    lobbies.do("calibration", "open", "visits", "--checklist", "visit", *units, *PERIOD, "--as", "anna")
    (round_,) = json.loads(lobbies.do("calibration", "--format", "json").out)
    lobbies.rate(round_["id"], "anna")
    lobbies.rate(round_["id"], "ben")
    lobbies.do("calibration", "close", round_["id"], "--as", "dora")
    lobbies.do("cycle", "close", "visits", "2026-10", "--as", "dora")
    lobbies.do("cycle", "reopen", "visits", "2026-10", "--as", "dora")
    events = lobbies.events()
    assert [(event["number"], event["kind"], event["who"]) for event in events] == [
        (1, "sample_drawn", "anna"),
        (2, "answers_taken_in", "anna"),
        (3, "answers_taken_in", "ben"),
        (4, "answer_chosen", "anna"),
        (5, "revision_collected", None),
        (6, "dispute_opened", "mia"),
        (7, "dispute_decided", "dora"),
        (8, "round_opened", "anna"),
        (9, "round_closed", "dora"),
        (10, "cycle_closed", "dora"),
        (11, "cycle_reopened", "dora"),
    ]
    assert {(event["programme"], event["period"], event["host"]) for event in events} == {
        ("visits", "2026-10", platform.node())
    }
    drawn, taken, _, choice, revision, opened, decided, *_ = events
    assert (drawn["after"]["seed"], drawn["after"]["frame_size"], drawn["after"]["units"]) == ("7", 3, 2)
    assert taken["after"]["files"][0][0] == "anna.yaml"
    assert [taken["after"][name] for name in ("new", "corrected", "unchanged")] == [1, 0, 0]
    assert (choice["about"], choice["after"]["auditor"], choice["why"]) == ("smile", "ben", "he was nearer")
    assert revision["about"] == "1"
    assert len(revision["after"]["fingerprint"]) == 64
    assert (opened["about"], opened["after"]["proposed"], opened["why"]) == (dispute["id"], "0", "she frowned")
    assert (decided["after"]["state"], decided["after"]["value"]) == ("accepted", "0")
    assert [event["number"] for event in lobbies.events("--about", dispute["id"])] == [6, 7]
    assert [event["number"] for event in lobbies.events("--about", round_["id"])] == [8, 9]
    assert lobbies.events("--programme", "others") == []
    assert lobbies.do("store", "verify").err == "the store is whole\n"


def test_people_are_shown_the_login_where_nobody_was_named(lobbies):
    lobbies.run()
    lobbies.do("cycle", "close", "visits", "2026-10", "--as", "dora")
    (first, _) = lobbies.events()
    table = lobbies.do("store", "events").out.splitlines()
    assert table[0].split() == ["number", "when", "kind", "about", "who"]
    assert table[2].split()[-5:] == ["collected", "visits", "2026-10", "1", first["login"]]
    assert table[3].split()[-5:] == ["cycle", "closed", "visits", "2026-10", "dora"]
    chinese = lobbies.do("--lang", "zh", "store", "events").out
    assert "关闭周期" in chinese
    (_, closed) = csv.DictReader(io.StringIO(lobbies.do("store", "events", "--format", "csv").out))
    assert json.loads(closed["before"]) == {"state": "open", "closed_at": None}


def test_a_refused_step_is_no_event(lobbies):
    lobbies.run()
    lobbies.do("cycle", "close", "visits", "2026-10")
    lobbies.do("cycle", "close", "visits", "2026-10", code=2)
    lobbies.do("cycle", "reopen", "visits", "2026-10", "--as", "nobody", code=2)
    lobbies.run()  # nothing is taken up
    assert [event["kind"] for event in lobbies.events()] == ["revision_collected", "cycle_closed"]


def test_the_head_is_an_anchor(lobbies):
    lobbies.run()
    lobbies.do("cycle", "close", "visits", "2026-10")
    number, hash_ = lobbies.do("store", "head").out.split()
    assert (number, hash_) == ("2", lobbies.events()[-1]["hash"])
    path = lobbies.made.folder / "anchors" / "head.txt"
    assert lobbies.do("store", "head", "--output", str(path)).out == ""
    assert path.read_text() == f"2 {hash_}\n"
    lobbies.do("cycle", "reopen", "visits", "2026-10")
    lobbies.do("store", "verify", "--head", hash_)
    with sqlite3.connect(lobbies.made.folder / "sqaudit.db") as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("DELETE FROM events WHERE number > 1")
        raw.execute("UPDATE event_head SET number = 1, hash = (SELECT hash FROM events)")
    raw.close()
    lobbies.do("store", "verify")
    done = lobbies.do("store", "verify", "--head", hash_, code=74)
    assert "SQA633" in done.out
    assert hash_ in done.out
    with sqlite3.connect(lobbies.made.folder / "sqaudit.db") as raw:
        raw.execute("UPDATE events SET payload = replace(payload, 'fingerprint', 'fingerprinT')")
    raw.close()
    assert "SQA632 event 1 of the log is not what was recorded" in lobbies.do("store", "verify", code=74).out


@pytest.mark.parametrize("text", ["12", "", "x" * 64, "A" * 64, "2 " + "a" * 64])
def test_what_is_no_head_is_told(lobbies, text):
    lobbies.run()
    done = lobbies.do("store", "verify", "--head", text, code=2)
    assert "SQA713" in done.err
    assert "hint: " in done.err


def test_a_store_that_is_not_there_is_not_made_for_its_log(lobbies):
    for words in (("events",), ("head",)):
        assert "SQA616" in lobbies.do("store", *words, code=74).err
    assert not (lobbies.made.folder / "sqaudit.db").exists()
