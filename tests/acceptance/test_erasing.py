"""A person is taken out of the store: nothing names them any more, and everything else is as it was."""

import json
import re
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from sqaudit.workflow.context import open_context
from sqaudit.workflow.persons import expire_persons

NAMES = ("zerlinda", "zq77x", "Zerlinda Quint", "昆采琳")
FILES = {
    "sqaudit.yaml": """
project: lobbies
people:
  zerlinda: {name: {en: Zerlinda Quint, zh: 昆采琳}, login: zq77x, roles: [lead, auditor]}
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
items:
  - {id: smile, criterion: C-1, ask: Friendly?, answer: {scale: {min: 0, max: 4}}, target: ">= 3"}
  - {id: has-bar, ask: Is there a bar?, answer: yes_no}
  - {id: bar, criterion: C-1, ask: Is it clean?, answer: yes_no, when: has_bar = true}
  - {id: remark, ask: Anything else?, answer: text}
""",
    "audits/visits/programme.yaml": """
kind: programme
id: visits
standard: desk@1
checklists: [visit]
sites: {file: sites.csv}
period: month
samples: {visit: {size: 2}}
team: {several: mean}
""",
    "audits/visits/sites.csv": "id,manager,nearest\nharbour,zerlinda,zq77x\nhill,,\nmill,,\n",
}
PERIOD = ("--period", "2026-10")


class Lobbies:
    def __init__(self, made):
        self.made = made

    def do(self, *words, code=0):
        # Who acts is logged in as the project says.
        acting = {after for option, after in pairwise(words) if option in {"--as", "--by"}}
        login = "zq77x" if "zerlinda" in acting else "clerk"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sqaudit.workflow.context._account", lambda: login)
            done = self.made.run(*words)
        assert done.code == code, done.text
        return done

    def rows(self, *words):
        return json.loads(self.do(*words, "--format", "json").out)

    def run(self):
        done = self.made.run("run", "visits", *PERIOD)
        assert done.code in {0, 3, 4}, done.text
        return done

    def give(self, who, file=None, **answers):
        told = {item.replace("_", "-"): value for item, value in answers.items()}
        content = {"programme": "visits", "period": "2026-10", "site": "harbour", "answers": told}
        name = f"{file or who}.yaml"
        self.made.write(name, json.dumps(content))
        self.do("form", "import", str(self.made.folder / name), "--as", who)
        self.made.remove(name)

    def erase(self, person="zerlinda", code=0, who="dora", reason="asked for on 3 November"):
        return self.do("store", "erase", person, "--as", who, "--reason", reason, code=code)

    def files(self):
        return {path.name: path.read_bytes() for path in self.made.folder.glob("sqaudit.db*")}

    def holding(self, *names):
        """The files of the store that hold one of the names, in letters of any case."""
        wanted = [name.casefold() for name in names]
        told = {name: content.decode("utf-8", "replace").casefold() for name, content in self.files().items()}
        return sorted(name for name, text in told.items() if any(one in text for one in wanted))

    def told(self):
        """All that commands tell of what was concluded, the names and what is made of them left out."""
        text = [self.rows("results"), self.rows("scores"), self.rows("findings"), self.rows("disputes")]
        text = [
            {
                key: cell
                for key, cell in row.items()
                if key not in {"given_by", "opened_by", "reason", "decision_reason"}
            }
            | ({"id": None, "auditor": None} if row.get("auditor") else {})
            for rows in text
            for row in rows
        ]
        return sorted(text, key=str)

    def counts(self):
        with sqlite3.connect(self.made.folder / "sqaudit.db") as raw:
            tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            found = {name: raw.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}
        raw.close()
        return found


@pytest.fixture
def lobbies(project):
    return Lobbies(project(FILES))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Where the full project is kept once it is made."""
    return tmp_path_factory.mktemp("full") / "project"


@pytest.fixture
def full(lobbies, built):
    """A store in which one person did something of every kind, under every name."""
    if not built.exists():
        fill(lobbies)
        shutil.copytree(lobbies.made.folder, built)
    else:
        shutil.copytree(built, lobbies.made.folder, dirs_exist_ok=True)
    return lobbies


def fill(lobbies):
    lobbies.do("sample", "draw", "visits", "visit", *PERIOD, "--seed", "7", "--by", "zerlinda",
               "--exclude", "hill=Zerlinda was there last week")  # fmt: skip
    noted = {"answer": 1, "note": "ZERLINDA, by herself; 由昆采琳填写"}
    lobbies.give("zerlinda", smile=noted, has_bar=True, bar=False, remark="Ask Zerlinda Quint")
    lobbies.give("ben", smile=4, has_bar=False, remark="zerlinda was late")
    lobbies.run()
    about = ("--site", "harbour", "--as", "zerlinda", "--reason", "Zerlinda says: she frowned", "--answer", "0")
    lobbies.do("disputes", "open", "visits", "smile", *about, *PERIOD)
    (dispute,) = lobbies.rows("disputes")
    lobbies.do("disputes", "decide", dispute["id"], "--accept", "--as", "mia", "--reason", "as zerlinda saw")
    units = ("--unit", "u1", "--unit", "u2")
    lobbies.do("calibration", "open", "visits", "--checklist", "visit", *units, *PERIOD, "--as", "zerlinda")
    (round_,) = lobbies.rows("calibration")
    for who in ("zerlinda", "ben"):
        lobbies.made.write("rated.csv", "unit,item,answer,note\nu1,smile,3,by zerlinda\nu2,smile,3,\n")
        lobbies.do("calibration", "rate", round_["id"], str(lobbies.made.folder / "rated.csv"), "--as", who)
    lobbies.do("calibration", "close", round_["id"], "--as", "zerlinda")
    lobbies.run()
    lobbies.do("cycle", "close", "visits", "2026-10", "--as", "zerlinda")


def leave_traces(lobbies):
    """Rows that were deleted and are still in the file, as SQLite leaves them where it is not built to be careful."""
    raw = sqlite3.connect(lobbies.made.folder / "sqaudit.db", isolation_level=None)
    raw.execute("PRAGMA secure_delete = OFF")
    raw.execute("CREATE TABLE passing (note TEXT)")
    raw.executemany("INSERT INTO passing VALUES (?)", [("zerlinda " * 50,)] * 200)
    raw.execute("DROP TABLE passing")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def test_nothing_in_the_file_names_the_person_any_more(full):
    leave_traces(full)
    assert full.holding("zerlinda " * 50) == ["sqaudit.db"]
    full.give("ben", file="after", has_bar=True)
    kept_open = sqlite3.connect(full.made.folder / "sqaudit.db")  # so that the journal stays beside the file
    kept_open.execute("SELECT count(*) FROM events").fetchone()
    done = full.erase()
    assert "still named" not in done.err, done.err
    assert "sqaudit.db-wal" in full.files()
    assert full.holding(*NAMES) == []
    kept_open.close()
    assert full.holding("dora") == ["sqaudit.db"]


def test_what_is_read_by_somebody_is_not_wiped_and_that_is_told(full, monkeypatch):
    monkeypatch.setattr("sqaudit.store.sqlite.BUSY_SECONDS", 0.05)
    reader = sqlite3.connect(full.made.folder / "sqaudit.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    assert "give the command again" in full.erase().err
    reader.close()
    assert "nothing was changed" in full.erase().err
    assert full.holding(*NAMES) == []


def test_everything_but_the_names_is_as_it_was(full):
    before, counts, head = full.told(), full.counts(), full.do("store", "head").out.split()[1]
    full.erase()
    assert full.do("store", "verify", "--head", head).err == "the store is whole\n"
    assert full.told() == before
    full.do("cycle", "reopen", "visits", "2026-10")
    results = full.rows("results")
    full.do("score", "visits", *PERIOD)
    assert full.told() == before
    assert full.rows("results") == results
    assert full.counts() == {**counts, "events": counts["events"] + 2}
    full.run()
    assert [row["revision"] for row in full.rows("cycle", "show", "visits", "2026-10")] == [1, 2]


def test_the_event_tells_what_was_erased_and_not_of_whom(full):
    before = full.rows("store", "events")
    full.erase(reason="zerlinda asked for it")
    *events, erasing = full.rows("store", "events")
    assert (erasing["kind"], erasing["who"], erasing["why"]) == ("payloads_erased", "dora", "erased-1 asked for it")
    blanked = [event["number"] for event in events if event["erased_by"] is not None]
    assert erasing["after"]["events"] == blanked
    assert {event["erased_by"] for event in events} == {None, erasing["number"]}
    named = [one["number"] for one in before if re.search("zerlinda", json.dumps(one), re.IGNORECASE)]
    assert blanked == named
    assert [one for one in events if one["erased_by"] is None] == [one for one in before if one["erased_by"] is None
                                                                  and one["number"] not in blanked]  # fmt: skip


def test_a_pseudonym_is_the_same_everywhere_and_the_next_is_another(full):
    full.erase()
    answers = full.rows("answers", "list", "visits", *PERIOD)
    assert {row["given_by"] for row in answers} == {"erased-1", "ben", "mia"}
    assert {row["auditor"] for row in answers} == {"erased-1", "ben", None}
    assert {row["answer"] for row in answers if row["item"] == "remark"} == {"Ask erased-1", "erased-1 was late"}
    (dispute,) = full.rows("disputes")
    assert dispute["opened_by"] == "erased-1"
    assert dispute["given_by"] == "ben erased-1"
    assert dispute["reason"] == "erased-1 says: she frowned"
    full.erase("ben")
    answers = full.rows("answers", "list", "visits", *PERIOD)
    assert {row["given_by"] for row in answers} == {"erased-1", "erased-2", "mia"}
    assert full.do("store", "verify").err == "the store is whole\n"


def test_who_erased_can_be_erased_too(full):
    head = full.do("store", "head").out.split()[1]
    full.erase()
    full.erase("ben", who="mia")
    full.erase("dora", who="mia")
    full.erase("mia", who="ben")
    assert full.do("store", "verify", "--head", head).err == "the store is whole\n"
    *_, first, second, third, last = full.rows("store", "events")
    assert [one["erased_by"] for one in (first, second, third, last)] == [third["number"], last["number"],
                                                                         last["number"], None]  # fmt: skip
    assert sorted(map(int, last["after"]["erased_before"])) == [one["number"] for one in (first, second, third)]


@pytest.mark.parametrize("person", ["zq77x", "Zerlinda Quint"])
def test_a_person_may_be_named_by_any_name(full, person):
    full.erase(person)
    assert full.holding(*NAMES) == []


def test_twice_is_once_and_an_unknown_name_changes_nothing(full):
    full.erase()
    head = full.do("store", "head").out
    assert full.erase().err.startswith("nothing that could be erased was found")
    assert full.erase("nobody-at-all").err.startswith("nothing that could be erased was found")
    assert full.do("store", "head").out == head


@pytest.mark.parametrize("who", ["zerlinda", "nobody", " "])
def test_who_may_not_erase_is_told_and_nothing_is_changed(full, who):
    before = full.do("store", "head").out
    done = full.erase(who=who, code=2)
    assert {"zerlinda": "SQA634", "nobody": "SQA271", " ": "SQA813"}[who] in done.err
    assert full.do("store", "head").out == before


def test_a_name_and_a_reason_are_needed(full):
    assert "SQA635" in full.erase(" ", code=2).err
    assert "SQA867" in full.erase(reason=" ", code=2).err


def test_what_documents_say_is_told_since_it_cannot_be_changed(lobbies):
    team = "lead: zerlinda, auditors: [zerlinda, ben], several: mean"
    lobbies.made.edit("audits/visits/programme.yaml", "several: mean", team)
    lobbies.give("zerlinda", smile=1, has_bar=True, bar=False)
    lobbies.give("ben", smile=4, has_bar=False)
    lobbies.run()
    before = lobbies.rows("results")
    assert {row["item"]: row["status"] for row in before if row["site"] == "harbour"}["bar"] == "fail"
    done = lobbies.erase()
    assert "still named in the programme 'visits'\n" in done.err
    assert "take the name out of the project's files" in done.err
    lobbies.do("score", "visits", *PERIOD)
    after = lobbies.rows("results")  # conditions still read what the lead answered
    assert [row["status"] for row in after] == [row["status"] for row in before]
    assert lobbies.erase().err.startswith("nothing that could be erased was found")


def test_a_store_that_is_not_there_is_not_made(lobbies):
    assert "SQA616" in lobbies.erase(code=74).err
    assert lobbies.files() == {}


def expire_in(lobbies, days):
    context = open_context(
        folder=lobbies.made.folder, environ={}, now=datetime.now(UTC) + timedelta(days=days), no_plugins=False
    )
    return expire_persons(context, who="dora")


def test_names_are_kept_as_long_as_the_project_says(full):
    assert "SQA636" in full.do("store", "expire", "--as", "dora", code=2).err
    full.made.edit("sqaudit.yaml", "project: lobbies", "project: lobbies\nretention: {persons: P100D}")
    before, head = full.told(), full.do("store", "head").out
    assert full.do("store", "expire", "--as", "dora").err.startswith("nothing that could be erased was found")
    assert expire_in(full, 99).is_empty
    assert full.do("store", "head").out == head
    assert expire_in(full, 101).events == tuple(range(1, int(head.split()[0]) + 1))
    assert full.do("store", "verify", "--head", head.split()[1]).err == "the store is whole\n"
    assert full.holding("zerlinda", "zq77x") == []
    assert {row["who"] for row in full.rows("store", "events")} == {None, "dora"}
    naming = {"decided_by", "who", "person"}
    assert [{**row, **dict.fromkeys(naming & row.keys())} for row in full.told()] == [
        {**row, **dict.fromkeys(naming & row.keys())} for row in before
    ]
    assert expire_in(full, 102).is_empty
