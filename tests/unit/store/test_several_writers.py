"""Several processes write at once, and nothing is lost or kept twice."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from sqaudit.model.answer import AnswerKey
from sqaudit.model.dispute import Dispute
from sqaudit.store.engine import open_store

WRITERS, TURNS = 4, 12

ANSWERS = """
from datetime import UTC, datetime
from sqaudit.model.answer import AnswerKey, GivenAnswer

def given(item, value):
    key = AnswerKey(programme="visits", period="2026-10", site="north", checklist="desk", item=item)
    return GivenAnswer(key=key, value=value, given_by=who, given_at=datetime(2026, 11, 2, tzinfo=UTC))

for turn in range(turns):
    with open_store(url, folder) as store:
        store.add_answers([given("shared", f"{who} {turn}"), given(f"own-{who}-{turn}", "yes")])
"""

CYCLES = """
from msgspec.structs import replace
from sqaudit.errors import CannotAccess
turn = 0
while turn < turns:
    with open_store(url, folder) as store:
        cycle = store.read_cycle("monthly", "2026-10")
        number = 1 if cycle is None else cycle.revisions[-1].number + 1
        revision = replace(make.revision(), number=number, fingerprint=f"{who} {turn}")
        try:
            make.add(store, revision=revision, observations=[make.observation(f"s{n}") for n in range(20)])
            store.save_scored("monthly", "2026-10", number, [make.result(n=number)], [], make.following())
            turn += 1
        except CannotAccess as error:
            assert error.code == "SQA610", error
"""

DECISIONS = """
from datetime import UTC, datetime
from sqaudit.errors import InvalidInput
from sqaudit.model.dispute import Decision, DisputeState
now = datetime(2026, 11, 2, tzinfo=UTC)
with open_store(url, folder) as store:
    for dispute in store.list_disputes():
        try:
            store.decide_dispute(
                dispute.id,
                Decision(state=DisputeState.REJECTED, decided_by=who, decided_at=now, reason="no"),
            )
            print("won", flush=True)
        except InvalidInput as error:
            assert error.code == "SQA864", error
"""

START = """
import sys, pathlib
sys.path.insert(0, sys.argv[1])
from conftest import Make
from sqaudit.store.engine import open_store
make, folder, url, who, turns = Make(), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4], int(sys.argv[5])
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def write(tmp_path, url):
    """Let several processes run a script at once; what each of them says."""

    def run(script):
        here = __file__.rpartition("/")[0]
        command = [sys.executable, "-c", START + script, here, str(tmp_path), url]
        writers = [
            subprocess.Popen([*command, f"w{number}", str(TURNS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for number in range(WRITERS)
        ]
        for writer in writers:
            assert writer.stdout.readline() == b"ready\n"
        for writer in writers:
            writer.stdin.write(b"go\n")
            writer.stdin.flush()
        said = [writer.communicate(timeout=120)[0].decode() for writer in writers]
        assert [writer.returncode for writer in writers] == [0] * WRITERS
        return said

    return run


TOLD = {f"w{writer} {turn}" for writer in range(WRITERS) for turn in range(TURNS)}


def test_every_answer_is_kept_once_as_a_version_of_its_own(write, tmp_path, url):
    write(ANSWERS)
    with open_store(url, tmp_path, create=False) as store:
        kept = store.read_answers("visits", "2026-10")
        key = AnswerKey(programme="visits", period="2026-10", site="north", checklist="desk", item="shared")
        shared = [one for one in kept if one.key == key]
        assert [one.version for one in shared] == list(range(1, len(TOLD) + 1))
        assert {one.value for one in shared} == TOLD
        assert len({one.key for one in kept}) - 1 == len(kept) - len(shared) == len(TOLD)
        assert store.verify() == []


def test_every_revision_is_kept_once_under_a_number_of_its_own(write, tmp_path, url):
    write(CYCLES)
    with open_store(url, tmp_path, create=False) as store:
        revisions = store.read_cycle("monthly", "2026-10").revisions
        assert [one.number for one in revisions] == list(range(1, len(TOLD) + 1))
        assert {one.fingerprint for one in revisions} == TOLD
        for number in (1, len(TOLD)):
            assert len(store.read_observations("monthly", "2026-10", number)) == 20
            assert [one.n for _, one in store.read_results(revision=number)] == [number]
        assert store.verify() == []


def test_every_dispute_is_decided_by_one(write, tmp_path, url):
    now = datetime(2026, 11, 1, tzinfo=UTC)
    with open_store(url, tmp_path) as store:
        for number in range(TURNS):
            key = AnswerKey(programme="p", period="2026-10", site="north", checklist="desk", item=f"q{number}")
            store.add_dispute(
                Dispute(id=f"d-{number}", key=key, answers=(), opened_by="ben", opened_at=now, reason="no")
            )
    said = write(DECISIONS)
    assert sum(one.count("won") for one in said) == TURNS
    with open_store(url, tmp_path) as store:
        assert len(store.list_disputes(state="rejected")) == TURNS


OPENS = """
import sys
from pathlib import Path
from sqaudit.store import sqlite
for line in sys.stdin:
    path = Path(line.strip())
    print("ready", flush=True)
    sys.stdin.readline()
    engine = sqlite.make_engine(path)
    with engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    engine.dispose()
    print(mode, flush=True)
"""


def test_processes_that_open_a_new_file_at_the_same_moment_wait_for_each_other(tmp_path):
    """SQLite refuses at once, whatever the timeout, where two processes turn write-ahead logging on."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        for _ in range(WRITERS)
    ]

    def tell(words):
        for writer in writers:
            writer.stdin.write(f"{words}\n")
        return {writer.stdout.readline().strip() for writer in writers}

    for turn in range(40):
        assert tell(tmp_path / f"{turn}.db") == {"ready"}
        assert tell("go") == {"wal"}
    for writer in writers:
        writer.communicate(timeout=20)
        assert writer.returncode == 0
