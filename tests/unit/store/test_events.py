"""The log of events holds what was done, and whoever changes it behind our back is found out."""

import hashlib
import json
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from sqaudit.errors import CannotAccess
from sqaudit.model.event import EMPTY, Deed, Head, Origin
from sqaudit.store.engine import open_store
from sqaudit.store.events import append_event

URL = "sqlite:///sqaudit.db"
NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
COLUMNS = ("kind", "programme", "period", "thing", "recorded_at", "payload", "payload_hash", "previous_hash", "hash")
COVERED = ("number", "kind", "programme", "period", "thing", "recorded_at", "payload_hash", "previous_hash")


def move(store, times=1, programme="monthly"):
    for _ in range(times):
        store.close_cycle(programme, "2026-10", NOW, "anna")
        store.reopen_cycle(programme, "2026-10", NOW, "ben")


@pytest.fixture
def project(tmp_path, make):
    """A folder whose store's log has five events."""
    with open_store(URL, tmp_path, origin=Origin(login="anna01", host="desk")) as store:
        make.add(store)
        move(store, 2)
        assert store.verify() == []
    return tmp_path


def attack(project, *statements):
    """Change the database as somebody would who has the file: the triggers are dropped first."""
    raw = sqlite3.connect(project / "sqaudit.db")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(*statement if isinstance(statement, tuple) else (statement,))
    raw.commit()
    raw.close()


def rows(project):
    raw = sqlite3.connect(project / "sqaudit.db")
    raw.row_factory = sqlite3.Row
    found = [dict(row) for row in raw.execute("SELECT * FROM events ORDER BY number")]
    raw.close()
    return found


def told(project, head=None):
    with open_store(URL, project) as store:
        return [(problem.code, str(problem.message)) for problem in store.verify(head)]


def head_of(project):
    with open_store(URL, project) as store:
        return store.read_head()


def test_an_event_tells_what_was_done_by_whom_and_where(project):
    with open_store(URL, project) as store:
        collected, closed, reopened, *_ = store.list_events()
    assert (collected.deed.kind, collected.deed.thing, collected.deed.who) == ("revision_collected", "1", None)
    assert collected.deed.after == {"fingerprint": "f1", "changes": []}
    assert (closed.deed.kind, closed.deed.programme, closed.deed.period) == ("cycle_closed", "monthly", "2026-10")
    assert (closed.deed.who, closed.deed.when, closed.origin) == ("anna", NOW, Origin(login="anna01", host="desk"))
    assert closed.deed.before["state"] == "open"
    assert (reopened.deed.before["state"], reopened.deed.after["state"]) == ("closed", "open")


def test_the_hashes_can_be_computed_by_anybody(project):
    """By SHA-256 over JSON with sorted keys, no blanks and no escapes, as the documentation says."""
    before = "0" * 64
    for number, row in enumerate(rows(project), 1):
        assert row["number"] == number
        assert row["previous_hash"] == before
        assert row["payload_hash"] == hashlib.sha256(row["payload"].encode()).hexdigest()
        covered = {name: row[name] for name in COVERED}
        written = json.dumps(covered, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        before = hashlib.sha256(written.encode()).hexdigest()
        assert row["hash"] == before
    assert head_of(project) == Head(number=5, hash=before)


def test_equal_payloads_have_unlike_hashes(project):
    """Else what was erased could be found again by trying all names."""
    payloads = [json.loads(row["payload"]) for row in rows(project)]
    assert len({payload.pop("salt") for payload in payloads}) == 5
    assert len({row["payload_hash"] for row in rows(project)}) == 5


def test_an_empty_log_has_a_head(tmp_path):
    with open_store(URL, tmp_path) as store:
        assert store.read_head() == EMPTY
        assert store.list_events() == []
        assert store.verify(EMPTY.hash) == []


@pytest.mark.parametrize("number", [1, 3, 5])
@pytest.mark.parametrize("column", COLUMNS)
def test_one_altered_byte_names_the_event(project, column, number):
    value = rows(project)[number - 1][column] or ""
    place = len(value) // 2
    altered = value[:place] + ("b" if value[place : place + 1] != "b" else "c") + value[place + 1 :]
    attack(project, (f"UPDATE events SET {column} = ? WHERE number = ?", (altered, number)))
    assert told(project) == [("SQA632", f"event {number} of the log is not what was recorded")]


def test_what_is_said_to_be_erased_and_is_still_there_is_told(project):
    attack(project, "UPDATE events SET erased_by = 5 WHERE number = 2")
    assert told(project) == [("SQA632", "event 2 of the log is not what was recorded")]


@pytest.mark.parametrize("value", [b"\xff\xfe", 7])
def test_what_is_no_text_any_more_is_told(project, value):
    attack(project, ("UPDATE events SET payload = ? WHERE number = 2", (value,)))
    assert told(project) == [("SQA632", "event 2 of the log is not what was recorded")]
    with open_store(URL, project) as store, pytest.raises(CannotAccess, match="SQA632"):
        store.list_events()


def forged(row, **changed):
    """An event with hashes that fit what is in it now."""
    row = {**row, **changed}
    row["payload_hash"] = hashlib.sha256(row["payload"].encode()).hexdigest()
    covered = {name: row[name] for name in COVERED}
    written = json.dumps(covered, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return {**row, "hash": hashlib.sha256(written.encode()).hexdigest()}


def write(row):
    return (
        "UPDATE events SET payload = ?, payload_hash = ?, previous_hash = ?, hash = ? WHERE number = ?",
        tuple(row[name] for name in ("payload", "payload_hash", "previous_hash", "hash", "number")),
    )


def test_an_event_with_forged_hashes_is_found_at_the_next(project):
    row = rows(project)[2]
    attack(project, write(forged(row, payload=row["payload"].replace("ben", "eve"))))
    assert told(project) == [("SQA632", "event 4 of the log does not follow the one before it")]


def test_a_log_that_was_forged_to_its_end_is_found_by_an_anchor_alone(project):
    anchor, found = head_of(project).hash, rows(project)
    written, before = [], "0" * 64
    for row in found:
        written.append(forged(row, previous_hash=before, payload=row["payload"].replace("ben", "eve")))
        before = written[-1]["hash"]
    attack(project, *map(write, written), ("UPDATE event_head SET hash = ?", (before,)))
    assert told(project) == []
    assert [code for code, _ in told(project, anchor)] == ["SQA633"]


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_deleted_event_is_named(project, number):
    attack(project, f"DELETE FROM events WHERE number = {number}")
    assert told(project) == [("SQA632", f"event {number} of the log is gone")]


def test_a_deleted_event_is_named_after_those_behind_it_moved_up(project):
    attack(
        project,
        "DELETE FROM events WHERE number = 3",
        *(f"UPDATE events SET number = {number - 1} WHERE number = {number}" for number in (4, 5)),
        "UPDATE event_head SET number = 4",
    )
    assert told(project) == [("SQA632", "event 3 of the log is not what was recorded")]


def test_two_events_that_changed_places_are_named(project):
    moves = ((2, 99), (3, 2), (99, 3))
    attack(project, *(f"UPDATE events SET number = {new} WHERE number = {old}" for old, new in moves))
    assert told(project) == [("SQA632", "event 2 of the log is not what was recorded")]


def test_a_tail_that_was_cut_with_care_is_found_by_an_anchor_alone(project):
    head, earlier = head_of(project), rows(project)[2]["hash"]
    attack(project, "DELETE FROM events WHERE number > 3", ("UPDATE event_head SET number = 3, hash = ?", (earlier,)))
    assert told(project) == told(project, earlier) == []
    assert [code for code, _ in told(project, head.hash)] == ["SQA633"]


def test_an_older_head_is_in_the_log_as_long_as_it_grows(project):
    head = head_of(project).hash
    with open_store(URL, project) as store:
        move(store)
        assert store.read_head().number == 7
        assert store.verify(head) == []


def test_a_head_that_names_another_event_is_told(project):
    attack(project, "UPDATE event_head SET number = 2")
    assert "head of the log" in told(project)[0][1]
    attack(project, "DELETE FROM event_head")
    assert "head of the log" in told(project)[0][1]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events",
        "DELETE FROM events WHERE number = 5",
        *(f"UPDATE events SET {column} = 'x' WHERE number = 2" for column in COLUMNS),
        "UPDATE events SET number = 9 WHERE number = 5",
        "UPDATE events SET payload = NULL WHERE number = 2",
        "UPDATE events SET payload = NULL, erased_by = 5, kind = 'x' WHERE number = 2",
        "UPDATE events SET erased_by = 5 WHERE number = 2",
        "INSERT OR REPLACE INTO events SELECT 2, 'x', NULL, NULL, NULL, 'x', 'x', 'x', 'x', 'x', NULL",
        "INSERT INTO events SELECT 0, 'x', NULL, NULL, NULL, 'x', 'x', 'x', 'x', 'x', NULL",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(project, statement):
    before = rows(project)
    raw = sqlite3.connect(project / "sqaudit.db")
    with pytest.raises(sqlite3.IntegrityError, match="events are never"):
        raw.execute(statement)
    raw.close()
    assert rows(project) == before


def blank(connection, number, by):
    values = {"number": number, "by": by}
    connection.execute(text("UPDATE events SET payload = NULL, erased_by = :by WHERE number = :number"), values)


def test_a_payload_that_an_event_says_was_erased_leaves_the_chain_whole(project):
    with open_store(URL, project) as store:
        with store._writing() as connection:
            erased = Deed(kind="payloads_erased", when=NOW, after={"events": [2, 3]}, why="asked for")
            by = append_event(connection, erased)
            blank(connection, 2, by)
            blank(connection, 3, by)
        assert store.verify() == []
        two = store.list_events()[1]
        assert (two.deed.kind, two.deed.who, two.origin, two.erased_by) == ("cycle_closed", None, Origin(), 6)
        with pytest.raises(IntegrityError), store._writing() as connection:
            blank(connection, 2, 5)
        with store._writing() as connection:
            blank(connection, 4, by)
        assert [str(problem.message)[:29] for problem in store.verify()] == ["what event 4 of the log told "]


DIES = """
import os, pathlib, signal, sys
from datetime import UTC, datetime
from sqaudit.store import cycles
from sqaudit.store.engine import open_store
append = cycles.append_event
def die(connection, deed):
    if sys.argv[2] == "after":
        append(connection, deed)
    os.kill(os.getpid(), signal.SIGKILL)
cycles.append_event = die
with open_store("sqlite:///sqaudit.db", pathlib.Path(sys.argv[1])) as store:
    store.close_cycle("monthly", "2026-10", datetime.now(UTC), "anna")
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_process_leaves_neither_the_event_nor_the_thing(project, when):
    before = rows(project)
    done = subprocess.run([sys.executable, "-c", DIES, str(project), when], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert rows(project) == before
    with open_store(URL, project) as store:
        assert store.read_cycle("monthly", "2026-10").state == "open"
        assert store.verify() == []
        move(store)
        assert store.verify() == []


MOVES = """
import pathlib, sys
from datetime import UTC, datetime
from sqaudit.store.engine import open_store
with open_store("sqlite:///sqaudit.db", pathlib.Path(sys.argv[1])) as store:
    for _ in range(15):
        store.close_cycle(sys.argv[2], "2026-10", datetime.now(UTC), sys.argv[2])
        store.reopen_cycle(sys.argv[2], "2026-10", datetime.now(UTC), sys.argv[2])
"""


def test_four_processes_at_once_leave_no_gap_and_no_fork(tmp_path, make):
    programmes = ["one", "two", "three", "four"]
    with open_store(URL, tmp_path) as store:
        for programme in programmes:
            make.add(store, programme=programme)
    started = [
        subprocess.Popen([sys.executable, "-c", MOVES, str(tmp_path), name], stderr=subprocess.PIPE)
        for name in programmes
    ]
    for process in started:
        _, words = process.communicate(timeout=120)
        assert process.returncode == 0, words
    with open_store(URL, tmp_path) as store:
        events = store.list_events()
        assert [event.number for event in events] == list(range(1, 4 + 4 * 30 + 1))
        assert len({event.previous_hash for event in events}) == len(events)
        assert store.verify() == []
        for name in programmes:
            assert len(store.list_events(name)) == 31
