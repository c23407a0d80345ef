"""A process, or the server's session, is killed at any moment of a move, COMMIT included: as before or as after."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from sqaudit.errors import CannotAccess
from sqaudit.store.engine import open_store
from sqaudit.store.tables import action_deadlines, actions

VARIABLE = "SQAUDIT_TEST_PG_URL"
MOST = 70  # moves
CONTAIN = {"correction": "called back", "containment": "a second desk", "consequences": "told"}

# Children move one action after the other and tell of each: ``c`` before COMMIT with the server's process, ``d`` when
# the move is done. A line says from which action on, what is aimed at (``c``, ``d``) the how many-th time, and how far
# into the COMMIT or the next move the kill falls, as a share of its length.
DRIVER = """
import os, pathlib, signal, sys, time
sys.path.insert(0, sys.argv[1])
from conftest import Make
from sqlalchemy import Engine, event
from sqaudit.errors import CannotAccess
from sqaudit.store.engine import open_store
make, folder, url = Make(), pathlib.Path(sys.argv[2]), sys.argv[3]
said = {"correction": "called back", "containment": "a second desk", "consequences": "told"}
WIDTH = 12

def move_on(first, tell):
    def mark_commit(connection):
        if connection.get_execution_options().get("writing"):
            driver = connection.connection.dbapi_connection
            session = driver.info.backend_pid if hasattr(driver, "info") else 0
            os.write(tell, b"c%011d" % session)
    with open_store(url, folder, create=False) as store:
        event.listen(Engine, "commit", mark_commit)
        for number in range(first, 10_000):
            store.move_action(f"a-{number}", make.moving("contain", **said))
            os.write(tell, b"d".ljust(WIDTH))

spans = {}
for line in sys.stdin:
    first, victim, aim, times, share = line.split()
    reading, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            move_on(int(first), tell)
        except CannotAccess:
            os._exit(74)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        os._exit(70)
    os.close(tell)
    marks = []
    def await_mark(kind):
        while mark := os.read(reading, WIDTH):
            marks.append(mark)
            if mark.startswith(kind):
                return time.perf_counter()
        return time.perf_counter()
    if not spans:
        done = await_mark(b"d")
        for _ in range(5):
            begun, at_commit, done = done, await_mark(b"c"), await_mark(b"d")
            spans["c"] = min(spans.get("c", 9), done - at_commit)
            spans["d"] = min(spans.get("d", 9), done - begun)
    for _ in range(int(times)):
        at = await_mark(aim.encode())
    until = at + spans[aim] * float(share)
    while time.perf_counter() < until:
        pass
    session = int([mark for mark in marks if mark.startswith(b"c")][-1][1:])
    os.kill(child if victim == "process" else session, signal.SIGKILL)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    while mark := os.read(reading, WIDTH):
        marks.append(mark)
    os.close(reading)
    print(ended, sum(mark.startswith(b"d") for mark in marks), marks[-1][:1].decode(), flush=True)
"""


def contents(store):
    """Actions, their deadlines, and what the log told of them."""
    with store._reading() as connection:
        rows = [sorted(map(repr, connection.execute(select(table)))) for table in (actions, action_deadlines)]
    return rows, [(event.number, event.deed) for event in store.list_events()]


@pytest.fixture(scope="module")
def stages(make, tmp_path_factory):
    """What a store holds after each of so many moves that nothing breaks."""
    with open_store("sqlite://", tmp_path_factory.mktemp("stages")) as store:
        make.add_actions(store, *map(make.opened, range(MOST)))
        found = [contents(store)]
        for number in range(MOST):
            store.move_action(f"a-{number}", make.moving("contain", **CONTAIN))
            found.append(contents(store))
    return found


@pytest.fixture
def killing(make, url, tmp_path):
    """Kill as a line says, and look: how it ended, what it was doing, and how many moves the store then holds."""
    with open_store(url, tmp_path) as store:
        make.add_actions(store, *map(make.opened, range(MOST)))
    command = [sys.executable, "-c", DRIVER, __file__.rpartition("/")[0], str(tmp_path), url]
    driver = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def kill(first, *words):
        driver.stdin.write(" ".join(map(str, (first, *words))) + "\n")
        ended, done, last = driver.stdout.readline().split()
        return int(ended), first + int(done), last

    yield kill
    driver.communicate(timeout=60)
    assert driver.returncode == 0


def look(url, folder, stages, deadline=30.0):
    """How many moves the store holds, wholly; a server whose session was killed comes back first."""
    until = time.monotonic() + deadline
    while True:
        try:
            with open_store(url, folder, create=False) as store:
                with store._writing():
                    pass  # the killed one has left, or the server has put away what it left
                found, problems = contents(store), store.verify()
        except CannotAccess:
            assert time.monotonic() < until
            time.sleep(0.05)
            continue
        assert problems == []
        assert found in stages, "neither as before a move nor as after it"
        return stages.index(found)


@pytest.fixture
def kill_all(killing, make, url, tmp_path, stages):
    """Let every kill leave whole moves, all that were told as done among them; how many fell into a COMMIT."""

    def run(kills, ends):
        held, in_commit = 0, 0
        for words in kills:
            ended, done, last = killing(held, *words)
            assert ended == ends
            held = look(url, tmp_path, stages)
            assert held in ((done,) if last == "d" else (done, done + 1))
            in_commit += last == "c"
        with open_store(url, tmp_path, create=False) as store:
            store.move_action(f"a-{held}", make.moving("contain", **CONTAIN))
            assert contents(store) == stages[held + 1]
        return in_commit

    return run


def aimed(chance, victim, aims):
    """Kills at random moments: within the first or second COMMIT (``c``) or at any time after a move (``d``)."""
    return [(victim, aim, chance.randint(1, 2), round(chance.random(), 3)) for aim in aims]


def test_a_process_that_is_killed_at_any_moment_leaves_whole_moves(kill_all, url):
    kills = aimed(random.Random(2), "process", "ccd" * (6 if url.startswith("sqlite") else 3))
    assert kill_all(kills, -signal.SIGKILL) >= len(kills) / 4


@pytest.mark.skipif(VARIABLE in os.environ, reason="the server is not ours to kill")
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_session_whose_server_process_is_killed_leaves_whole_moves_and_tells(kill_all):
    assert kill_all(aimed(random.Random(3), "session", "cd"), 74) <= 2
