"""Revisions follow each other, closed cycles stay as they are, and half a revision is never kept."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from msgspec.structs import replace

from sqaudit.errors import CannotAccess, InvalidInput
from sqaudit.model.ids import short_id
from sqaudit.model.programme import CycleState
from sqaudit.model.score import Level, Status
from sqaudit.store.engine import open_store

LATER = datetime(2026, 12, 1, tzinfo=UTC)


def test_a_programme_without_revisions_has_no_cycle(store):
    assert store.read_cycle("monthly", "2026-10") is None
    assert store.list_cycles() == []
    assert store.read_results() == store.read_scores() == store.read_findings() == []
    assert store.find_result("r-000000000000") is None
    assert store.find_finding("f-000000000000") is None
    assert store.read_document("0" * 64) is None


def test_cycles_are_sorted_by_programme_and_time_not_by_label(store, make):
    """2026-W9 comes before 2026-W10, though its label sorts after it."""
    for number, label in ((3, "2026-W10"), (2, "2026-W9")):
        make.add(store, period=replace(make.month(number), label=label))
    make.add(store, programme="a-first")
    assert [(cycle.programme, cycle.period) for cycle in store.list_cycles()] == [
        ("a-first", "2026-10"),
        ("monthly", "2026-W9"),
        ("monthly", "2026-W10"),
    ]
    assert [cycle.period for cycle in store.list_cycles(period="2026-W9")] == ["2026-W9"]


def test_the_edges_are_those_of_the_newest_revision(store, make):
    """The project's zone may be changed while a cycle is open."""
    period = make.month(10)
    zone = timezone(timedelta(hours=8))
    moved = replace(period, start=period.start.replace(tzinfo=zone), end=period.end.replace(tzinfo=zone))
    make.add(store, period=period)
    make.add(store, period=moved, number=2)
    cycle = store.read_cycle("monthly", "2026-10")
    assert (cycle.start, cycle.end) == (moved.start, moved.end)


def test_a_second_revision_keeps_the_first(store, make):
    make.add(store, observations=[make.observation(n=1)])
    make.add(store, number=2, observations=[make.observation(n=2)])
    assert [revision.number for revision in store.read_cycle("monthly", "2026-10").revisions] == [1, 2]
    assert [store.read_observations("monthly", "2026-10", number)[0].n for number in (1, 2)] == [1, 2]


def test_a_number_that_is_taken_is_refused_and_changes_nothing(store, make):
    make.add(store)
    with pytest.raises(CannotAccess, match="SQA610 another run has just recorded revision 1") as caught:
        make.add(store, documents=[make.document("other")], observations=[make.observation(n=9)])
    assert caught.value.exit_code == 74
    assert store.read_observations("monthly", "2026-10", 1)[0].n == 0
    assert store.read_document(make.document("other").hash) is None


def test_a_gap_in_the_numbers_is_our_own_mistake(store, make):
    with pytest.raises(ValueError, match="does not follow"):
        make.add(store, number=2)


def no_following(known, actions_of):
    raise RuntimeError("a fault while saving")


def failing(observation):
    yield observation
    raise RuntimeError("the power went")


def test_a_fault_in_the_middle_leaves_nothing(store, make):
    with pytest.raises(RuntimeError):
        make.add(store, observations=failing(make.observation()))
    assert store.list_cycles() == []
    assert store.read_document(make.document().hash) is None
    assert store.verify() == []
    make.add(store)


def test_an_interrupt_in_the_middle_leaves_nothing(store, make):
    def interrupted():
        yield make.observation()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make.add(store, observations=interrupted())
    assert store.list_cycles() == []


def test_a_fault_while_saving_scores_keeps_the_old_ones(store, make):
    make.add(store)
    store.save_scored("monthly", "2026-10", 1, [make.result(n=1)], [make.score()], make.following(make.finding()))
    with pytest.raises(RuntimeError):
        store.save_scored("monthly", "2026-10", 1, [make.result(n=2)], [], no_following)
    assert [one.n for _, one in store.read_results()] == [1]
    assert len(store.read_scores()) == len(store.read_findings()) == 1


def test_scoring_again_replaces_what_was_concluded(store, make):
    make.add(store)
    assert not store.is_scored("monthly", "2026-10", 1)
    store.save_scored("monthly", "2026-10", 1, [make.result()], [make.score()], make.following(make.finding()))
    assert store.is_scored("monthly", "2026-10", 1)
    store.save_scored("monthly", "2026-10", 1, [make.result(n=7)], [], make.following())
    assert [one.n for _, one in store.read_results()] == [7]
    assert store.read_scores() == store.read_findings() == []


def test_a_closed_cycle_takes_nothing_up(store, make):
    make.add(store)
    store.save_scored("monthly", "2026-10", 1, [make.result()], [], make.following())
    assert store.close_cycle("monthly", "2026-10", LATER).state is CycleState.CLOSED
    with pytest.raises(InvalidInput, match="SQA615"):
        make.add(store, number=2)
    with pytest.raises(InvalidInput, match="SQA615"):
        store.save_scored("monthly", "2026-10", 1, [], [], make.following())
    assert len(store.read_results()) == 1
    assert store.reopen_cycle("monthly", "2026-10", LATER).state is CycleState.OPEN
    make.add(store, number=2)


def test_a_cycle_closed_before_it_was_scored_can_still_be_scored_once(store, make):
    make.add(store)
    store.close_cycle("monthly", "2026-10", LATER)
    store.save_scored("monthly", "2026-10", 1, [make.result()], [], make.following())
    with pytest.raises(InvalidInput, match="SQA615"):
        store.save_scored("monthly", "2026-10", 1, [make.result()], [], make.following())


def test_closing_twice_opening_twice_and_unknown_cycles_are_told(store, make):
    with pytest.raises(InvalidInput, match="SQA612"):
        store.close_cycle("monthly", "2026-10", LATER)
    make.add(store)
    with pytest.raises(InvalidInput, match=r"SQA613 .*open already"):
        store.reopen_cycle("monthly", "2026-10", LATER)
    store.close_cycle("monthly", "2026-10", LATER)
    with pytest.raises(InvalidInput, match=r"SQA613 .*closed already"):
        store.close_cycle("monthly", "2026-10", LATER)


@pytest.mark.parametrize("ask", ["read_sites", "read_sources", "read_observations", "read_documents", "is_scored"])
def test_an_unknown_revision_is_not_an_empty_one(store, make, ask):
    make.add(store)
    with pytest.raises(InvalidInput, match="SQA612 there is no revision 2"):
        getattr(store, ask)("monthly", "2026-10", 2)


def test_lists_show_the_latest_scored_revision_of_each_cycle(store, make):
    """A revision that is collected and not scored yet hides nothing."""
    for number in (1, 2, 3):
        make.add(store, number=number)
    make.add(store, period=make.month(9))
    for number in (1, 2):
        store.save_scored("monthly", "2026-10", number, [make.result(n=number)], [], make.following())
    store.save_scored("monthly", "2026-09", 1, [make.result(n=9)], [], make.following())
    assert [(key.period, key.number, one.n) for key, one in store.read_results()] == [
        ("2026-09", 1, 9),
        ("2026-10", 2, 2),
    ]
    assert [(key.period, one.n) for key, one in store.read_results(revision=1)] == [("2026-09", 9), ("2026-10", 1)]


def test_filters_pick_and_order_is_fixed(store, make):
    make.add(store)
    rows = [
        make.result("south", "wait", status=Status.FAIL),
        make.result("north", "wait"),
        make.result("north", "care", criterion="AT-1", status=Status.NO_DATA),
        make.result("north", "info", criterion=None),
    ]
    scores = [make.score(), make.score(Level.PROGRAMME, "monthly", None), make.score(Level.CRITERION, "RS-1")]
    findings = [make.finding("south"), make.finding("north"), make.finding("north", "AT-1")]
    store.save_scored("monthly", "2026-10", 1, rows, scores, make.following(*findings))

    def picked(**wanted):
        return [(one.site, one.item) for _, one in store.read_results(**wanted)]

    assert picked() == [("north", "care"), ("north", "info"), ("north", "wait"), ("south", "wait")]
    assert picked(site="south") == picked(status=Status.FAIL) == picked(status="fail") == [("south", "wait")]
    assert picked(criterion="AT-1") == picked(item="care") == [("north", "care")]
    assert picked(programme="monthly", period="2026-10", revision=1) == picked()
    assert picked(programme="other") == picked(period="2026-11") == []
    assert [one.level for _, one in store.read_scores()] == [Level.CRITERION, Level.AUDIT, Level.PROGRAMME]
    assert [one.site for _, one in store.read_scores(level=Level.PROGRAMME)] == [None]
    assert [one.finding.criterion for one in store.read_findings(site="north")] == ["AT-1", "RS-1"]


def test_ids_find_results_and_findings_in_the_latest_revision(store, make):
    for number in (1, 2):
        make.add(store, number=number)
        store.save_scored(
            "monthly", "2026-10", number, [make.result(n=number)], [], make.following(make.finding(id="f-1"))
        )
    key, found = store.find_result(short_id("r", "monthly", "2026-10", "north", "desk", "wait"))
    assert (key.number, found.n) == (2, 2)
    assert store.find_finding("f-1") == make.finding(id="f-1")
    assert [(one.key.number, one.sighting.criterion) for one in store.read_findings(finding="f-1")] == [(2, "RS-1")]


RIVAL = """
import sys, pathlib
sys.path.insert(0, sys.argv[1])
from conftest import Make
from sqaudit.errors import CannotAccess
from sqaudit.store.engine import open_store
make = Make()
print("ready", flush=True)
sys.stdin.readline()
try:
    with open_store(sys.argv[3], pathlib.Path(sys.argv[2])) as store:
        make.add(store, observations=[make.observation(f"s{n}") for n in range(2000)])
    print("won")
except CannotAccess as error:
    print(error.code)
"""


def test_of_two_runs_that_record_the_same_revision_one_wins(tmp_path, url):
    """Even when both are the first to open the store, and make it."""
    here = __file__.rpartition("/")[0]
    command = [sys.executable, "-c", RIVAL, here, str(tmp_path), url]
    rivals = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for rival in rivals:
        assert rival.stdout.readline() == "ready\n"
    for rival in rivals:
        rival.stdin.write("go\n")
        rival.stdin.flush()
    outcomes = sorted(rival.communicate(timeout=60)[0].strip() for rival in rivals)
    assert outcomes == ["SQA610", "SQA610", "won"]
    with open_store(url, tmp_path, create=False) as store:
        assert len(store.read_observations("monthly", "2026-10", 1)) == 2000
        assert store.verify() == []
