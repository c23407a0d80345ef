"""A corrective action is moved in one transaction: row, deadlines and log say the same, whatever happens."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from sqaudit.errors import InvalidInput
from sqaudit.model.action import ActionState, Move
from sqaudit.model.event import Deed
from sqaudit.model.standard import Severity
from sqaudit.store.actions import ActionChoice
from sqaudit.store.engine import open_store
from sqaudit.store.events import append_event
from sqaudit.store.tables import action_deadlines, actions, findings, results, revisions, scores, sightings

TABLES = (actions, action_deadlines, findings, sightings, results, scores, revisions)
CONTAIN = {"correction": "called back", "containment": "a second desk", "consequences": "told"}
ANALYSE = {"method": "other", "cause": "no plan", "code": "process", "extent": "all", "escape": "no look"}


def contents(store):
    """Everything that scoring and moving write, and what the log told of it."""
    with store._reading() as connection:
        rows = {table.name: sorted(map(repr, connection.execute(select(table)))) for table in TABLES}
    return rows, [(event.number, event.deed) for event in store.list_events()]


def see_that_rows_and_log_agree(store, moves):
    """Every action stands where its last event left it, and the log tells so many ``moves``, none of them twice."""
    events = [event.deed for event in store.list_events() if event.deed.kind == "action_moved"]
    assert len(events) == moves
    made, stands = Counter(deed.thing for deed in events), {}
    for deed in events:
        assert deed.before["state"] == stands.get(deed.thing, "open")
        stands[deed.thing] = deed.after.get("state", deed.before["state"])
    for action in store.list_actions(ActionChoice()):
        assert (action.state, action.version) == (stands.get(action.id, "open"), 1 + made[action.id])
    assert store.verify() == []


def test_rows_and_log_say_the_same_after_every_move(store, make):
    make.add_actions(store, make.opened(1), make.opened(2))
    see_that_rows_and_log_agree(store, 0)
    contained = store.move_action("a-1", make.moving("contain", **CONTAIN))
    assert store.find_action("a-1") == contained
    store.move_action("a-2", make.moving("comment", text="seen"))
    store.move_action("a-1", make.moving("analyse", **ANALYSE))
    store.move_action("a-2", make.moving("cancel", "mona", reason="a wrong log"))
    see_that_rows_and_log_agree(store, 4)
    assert [one.id for one in store.list_actions(ActionChoice(is_final=False))] == ["a-1"]
    running = {id_: [one.step for one in all_ if one.ended_at is None] for id_, all_ in store.list_deadlines().items()}
    assert running == {"a-1": [Move.PLAN, Move.IMPLEMENT], "a-2": []}


@pytest.mark.parametrize("given", [{}, {"correction": "called back", "containment": " ", "consequences": "told"}])
def test_a_move_that_leaves_something_out_changes_nothing(store, make, given):
    make.add_actions(store, make.opened())
    before = contents(store)
    with pytest.raises(InvalidInput, match="SQA873"):
        store.move_action("a-1", make.moving("contain", **given))
    assert contents(store) == before


def test_a_move_that_breaks_off_while_it_is_kept_changes_nothing(store, make):
    """The deed cannot be written: what was written before it is gone too."""
    make.add_actions(store, make.opened())
    before = contents(store)

    def change(action, deadlines):
        moved = make.moving("contain", **CONTAIN)(action, deadlines)
        moved.deed.after["state"] = object()
        return moved

    with pytest.raises(TypeError):
        store.move_action("a-1", change)
    assert contents(store) == before
    assert store.verify() == []


def test_who_looked_before_another_moved_is_told_what_it_has_become(store, make):
    make.add_actions(store, make.opened())
    assert store.find_action("a-1").state is ActionState.OPEN
    store.move_action("a-1", make.moving("contain", **CONTAIN))
    with pytest.raises(InvalidInput, match="SQA872 action a-1 is contained, which allows no 'contain'"):
        store.move_action("a-1", make.moving("contain", **CONTAIN))
    see_that_rows_and_log_agree(store, 1)


def test_of_two_moves_at_once_one_wins_and_the_other_is_told_what_it_has_become(url, tmp_path, make):
    rounds, start, won, refused = 15, threading.Barrier(2), [], []
    with open_store(url, tmp_path) as store:
        make.add_actions(store, *map(make.opened, range(rounds)))

    def move(who):
        with open_store(url, tmp_path) as own:
            for number in range(rounds):
                start.wait(timeout=60)
                try:
                    own.move_action(f"a-{number}", make.moving("contain", who, **CONTAIN))
                    won.append((f"a-{number}", who))
                except InvalidInput as error:
                    refused.append(str(error))

    both = [threading.Thread(target=move, args=(who,)) for who in ("olive", "otto")]
    for one in both:
        one.start()
    for one in both:
        one.join(timeout=120)
    with open_store(url, tmp_path) as store:
        kept = [(one.id, one.containment.by) for one in store.list_actions(ActionChoice())]
        assert sorted(kept) == sorted(won)
        see_that_rows_and_log_agree(store, rounds)
    assert sorted(refused) == sorted(
        f"SQA872 action a-{number} is contained, which allows no 'contain'" for number in range(rounds)
    )


def test_a_clock_that_is_set_back_between_two_moves_breaks_nothing(store, make):
    opened = make.opened()
    make.add_actions(store, opened)
    earlier = opened.action.opened_at - timedelta(days=400)
    store.move_action("a-1", make.moving("contain", at=earlier, **CONTAIN))
    store.move_action("a-1", make.moving("analyse", at=earlier - timedelta(hours=1), **ANALYSE))
    see_that_rows_and_log_agree(store, 2)
    deadlines = store.list_deadlines(["a-1"])["a-1"]
    assert [(one.number, one.step, one.due, one.set_at) for one in deadlines] == [
        (one.number, one.step, one.due, one.set_at) for one in opened.deadlines
    ]
    assert [one.ended_at for one in deadlines] == [opened.action.opened_at] * 2 + [None] * 2
    plan = deadlines[2]
    assert (store.find_action("a-1").due, store.find_action("a-1").due_for) == (plan.due, Move.PLAN)


# What is altered behind our back.


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("state = 'closed' WHERE id = 'a-1'", ["action 'a-1' is 'closed', and the log says 'contained'"]),
        ("state = 'cancelled' WHERE id = 'a-2'", ["action 'a-2' is 'cancelled', and the log says 'open'"]),
        ("id = 'a-9' WHERE id = 'a-2'", ["action 'a-2' of the log is gone", "the log does not know action 'a-9'"]),
    ],
)
def test_an_action_that_was_changed_past_the_log_is_found(store, make, change, told):
    make.add_actions(store, make.opened(1), make.opened(2, severity=Severity.OPPORTUNITY))
    store.move_action("a-1", make.moving("contain", **CONTAIN))
    store.move_action("a-1", make.moving("comment", text="names no state"))
    assert store.verify() == []
    with store._writing() as connection:
        connection.exec_driver_sql(f"UPDATE actions SET {change}")
    assert [(problem.code, str(problem.message)) for problem in store.verify()] == [("SQA637", words) for words in told]


def test_of_an_action_whose_last_move_was_erased_nobody_knows_where_it_stands(store, make):
    make.add_actions(store, make.opened(1))
    store.move_action("a-1", make.moving("contain", **CONTAIN))
    store.move_action("a-1", make.moving("analyse", **ANALYSE))
    (last,) = [one for one in store.list_events(thing="a-1") if one.deed.after and one.deed.after["move"] == "analyse"]
    with store._writing() as connection:
        by = append_event(
            connection, Deed(kind="payloads_erased", when=last.deed.when, after={"events": [last.number]})
        )
        connection.exec_driver_sql(f"UPDATE events SET payload = NULL, erased_by = {by} WHERE number = {last.number}")
    assert store.verify() == []


# What is killed, and what has no room. Processes are forked from one that has loaded everything.

LOADED = """
import json, os, pathlib, random, resource, signal, sys
sys.path.insert(0, sys.argv[1])
from conftest import Make
from sqlalchemy import Engine, event
from sqaudit.errors import CannotAccess, InvalidInput
from sqaudit.store.engine import open_store
make, folder, url = Make(), pathlib.Path(sys.argv[2]), sys.argv[3]

def contain(store, number=1):
    said = {"correction": "called back", "containment": "a second desk", "consequences": "told"}
    return store.move_action(f"a-{number}", make.moving("contain", **said))

WORK = {"move": contain, "score": make.score_next_month}
"""

KILLED = """
def work(what, point):
    left = int(point)
    def count(*_):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    with open_store(url, folder, create=False) as store:
        for moment in ("before_cursor_execute", "commit"):
            event.listen(Engine, moment, count)
        WORK[what](store)
        count()
"""

FULL = """
def work(what, room):
    with open_store(url, folder, create=False) as store:
        store.list_events()  # what reading makes is made
        size = max(path.stat().st_size for path in folder.iterdir() if path.suffix != ".db")
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + int(room), size + int(room)))
        try:
            WORK[what](store)
        except CannotAccess as error:
            assert error.code in {"SQA604", "SQA616"}, error
            os._exit(74)
"""

ONE_BY_ONE = """
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            work(*line.split())
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(70)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def forked(tmp_path, url):
    """Let a forked process do its work, one line of words after the other; how each of them ended."""
    started = []

    def start(script):
        here = __file__.rpartition("/")[0]
        process = subprocess.Popen(
            [sys.executable, "-c", LOADED + script + ONE_BY_ONE, here, str(tmp_path), url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        started.append(process)

        def do(*words):
            process.stdin.write(" ".join(map(str, words)) + "\n")
            return int(process.stdout.readline())

        return do

    yield start
    for process in started:
        process.communicate(timeout=60)
        assert process.returncode == 0


def october(store, make):
    make.add_actions(store, make.opened(1), make.opened(2))
    make.add(store, make.month(11))


def expected(make, what, tmp_path):
    """What a store holds before and after, where nothing goes wrong."""
    with open_store("sqlite://", tmp_path) as store:
        october(store, make)
        before = contents(store)
        if what == "move":
            store.move_action("a-1", make.moving("contain", **CONTAIN))
        else:
            make.score_next_month(store)
        return before, contents(store)


@pytest.mark.parametrize("what", ["move", "score"])
def test_a_process_that_is_killed_at_any_statement_leaves_it_as_before_or_as_after(forked, make, url, tmp_path, what):
    before, after = expected(make, what, tmp_path)
    assert before != after
    with open_store(url, tmp_path) as store:
        october(store, make)
        assert contents(store) == before
        do, points = forked(KILLED), 0
        step = 1 if url.startswith("sqlite") else 3
        while contents(store) == before:
            points += step
            is_killed = do(what, points) == -signal.SIGKILL
            assert contents(store) in ((before, after) if is_killed else (after,))
            assert store.verify() == []
        assert contents(store) == after
        assert points > (10 if what == "move" else 20)


@pytest.mark.parametrize("what", ["move", "score"])
@pytest.mark.parametrize("url", ["file"], indirect=True)
def test_a_full_disk_is_told_and_leaves_nothing_half(forked, make, url, tmp_path, what):
    before, after = expected(make, what, tmp_path)
    with open_store(url, tmp_path) as store:
        october(store, make)
        do, room, told = forked(FULL), 0, 0
        while do(what, room) == 74:
            assert contents(store) == before
            assert store.verify() == []
            room, told = room + 8_000, told + 1
        assert contents(store) == after
        assert store.verify() == []
        assert told > 1


# What many do at once.

SEEKERS = 3  # of each action
MANY = f"""
processes, many = int(sys.argv[4]), int(sys.argv[5])
releasing, holding = os.pipe()
for own in range(processes):
    if os.fork() == 0:
        os.close(holding)
        turns = [turn for turn in range(many) if (turn + own) % processes < {SEEKERS}]
        random.Random(own).shuffle(turns)
        won, refused = [], []
        with open_store(url, folder, create=False) as store:
            os.read(releasing, 1)  # all start at once, when nobody holds the other end any more
            for turn in turns:
                try:
                    contain(store, turn)
                    won.append(turn)
                except InvalidInput as error:
                    assert "SQA872 action a-%d is contained" % turn in str(error), error
                    refused.append(turn)
        os.write(1, (json.dumps([won, refused]) + chr(10)).encode())
        os._exit(0)
os.close(holding)
for _ in range(processes):
    assert os.wait()[1] == 0
"""


@pytest.mark.thorough
def test_many_processes_at_once_move_each_of_a_thousand_actions_once(make, url, tmp_path):
    processes, many = 4 if url.startswith("sqlite") else 20, 1000
    with open_store(url, tmp_path) as store:
        make.add_actions(store, *map(make.opened, range(many)))
    here = __file__.rpartition("/")[0]
    command = [sys.executable, "-c", LOADED + MANY, here, str(tmp_path), url, str(processes), str(many)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout.splitlines()
    assert len(said) == processes
    won, refused = ([turn for line in said for turn in json.loads(line)[which]] for which in (0, 1))
    assert sorted(won) == list(range(many))
    assert Counter(refused) == dict.fromkeys(range(many), SEEKERS - 1)
    with open_store(url, tmp_path) as store:
        assert {one.state for one in store.list_actions(ActionChoice())} == {ActionState.CONTAINED}
        see_that_rows_and_log_agree(store, many)
