"""People are named as long as the project says, and a cycle loses them as a whole."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.model.answer import AnswerChoice, AnswerKey, GivenAnswer
from sqaudit.model.calibration import CalibrationRound, Rating, RoundUnit
from sqaudit.model.dispute import Decision, Dispute, DisputedAnswer, DisputeState
from sqaudit.store.engine import open_store
from sqaudit.store.erasure import Erasing

OLD, LIMIT = datetime(2022, 11, 10, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC)
NEW = LIMIT + timedelta(days=1)
BY = Erasing(who="dora", when=datetime(2026, 1, 1, tzinfo=UTC), why="retention: P1095D")


def key(period="2022-10", item="wait", auditor="anna"):
    parts = {"programme": "monthly", "period": period, "site": "north", "checklist": "desk"}
    return AnswerKey(**parts, item=item, auditor=auditor)


def answer(when=OLD, value="yes", who="anna", **more):
    return GivenAnswer(key=key(auditor=who, **more), value=value, given_by=who, given_at=when)


def auditors(store, period="2022-10"):
    return [(one.auditor, one.given_by, one.version) for one in store.read_answers("monthly", period)]


def test_what_is_older_loses_its_names_once(store):
    store.add_answers([answer(), answer(who="ben")])
    store.add_answers([answer(NEW, period="2023-01")])
    head = store.read_head().hash
    erased = store.expire_persons(LIMIT, BY)
    assert erased.events == (1,)
    assert auditors(store) == [("erased-1", "erased-1", 1), ("erased-2", "erased-2", 1)]  # which is whose is chance
    assert auditors(store, "2023-01") == [("anna", "anna", 1)]
    assert store.verify(head) == []
    assert store.list_events()[-1].deed.why == "retention: P1095D"
    newest = store.read_head()
    assert store.expire_persons(LIMIT, BY).is_empty
    assert store.read_head() == newest


def choice(when):
    return AnswerChoice(key=key(), version=1, chosen_by="carl", chosen_at=when)


def dispute():
    disputed = DisputedAnswer(auditor="anna", version=1, given_by="anna")
    return Dispute(id="d-1", key=key(auditor=""), answers=(disputed,), opened_by="carl", opened_at=OLD, reason="no")


@pytest.mark.parametrize(
    "do",
    [
        lambda store: store.add_answers([answer(NEW, value="no")]),
        lambda store: store.add_choice(choice(NEW)),
        lambda store: store.add_dispute(dispute()),
    ],
    ids=["a correction", "a choice", "an open dispute"],
)
def test_one_new_step_keeps_the_whole_cycle(store, do):
    """Else one version of an answer would be of somebody else than the next."""
    store.add_answers([answer(), answer(who="ben", item="smile")])
    do(store)
    erased = store.expire_persons(LIMIT, BY)
    assert not erased.rows
    assert {one for one, *_ in auditors(store)} == {"anna", "ben"}


def test_a_decided_dispute_grows_old(store):
    store.add_answers([answer()])
    store.add_dispute(dispute())
    decision = Decision(state=DisputeState.REJECTED, decided_by="carl", decided_at=OLD, reason="no")
    store.decide_dispute("d-1", decision)
    store.expire_persons(LIMIT, BY)
    found = store.find_dispute("d-1")
    assert found.opened_by == found.decision.decided_by != found.answers[0].given_by
    assert {found.opened_by, found.answers[0].given_by} == {"erased-1", "erased-2"}
    assert "anna" not in str(store.list_events())


def test_rounds_grow_old_by_their_newest_step(store):
    for number, when in enumerate((OLD, NEW)):
        opened = CalibrationRound(
            id=f"cal-{number}",
            programme="monthly",
            period="2022-10",
            standard="s",
            checklist="desk",
            units=(RoundUnit(id="u"),),
            opened_at=OLD,
            opened_by="anna",
        )
        store.add_round(opened, {})
        rating = Rating(unit="u", item="wait", value="yes", rated_by="anna", rated_at=when)
        store.add_ratings(opened.id, [rating], [])
        store.close_round(replace(opened, closed_at=when, closed_by="anna"))
    store.expire_persons(LIMIT, BY)
    assert [one.closed_by for one in store.list_rounds()] == ["erased-1", "anna"]
    assert sorted(store.list_raters()) == [("cal-0", "erased-1", False), ("cal-1", "anna", False)]


def test_what_erased_grows_old_too(store):
    store.add_answers([answer()])
    store.expire_persons(LIMIT, replace(BY, when=NEW))
    later = store.expire_persons(NEW + timedelta(days=1), BY)
    assert later.events == (2,)
    assert store.list_events()[-1].deed.after["erased_before"] == {"2": [1]}
    assert store.verify() == []


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["anna", "ben"]), st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_series_stay_series(tmp_path_factory, steps):
    """However old which answers are: versions, series and answers are counted as before."""
    with open_store("sqlite://", tmp_path_factory.mktemp("store")) as store:
        for number, (who, is_old, later) in enumerate(steps):
            period = "2023-01" if later else "2022-10"
            store.add_answers([answer(OLD if is_old else NEW, str(number), who, period=period)])
        before = {period: auditors(store, period) for period in ("2022-10", "2023-01")}
        store.expire_persons(LIMIT, BY)
        for period, was in before.items():
            now = auditors(store, period)
            assert sorted(version for *_, version in now) == sorted(version for *_, version in was)
            assert len({one for one, *_ in now}) == len({one for one, *_ in was})
            is_expired = all(is_old for _, is_old, later in steps if later == (period == "2023-01"))
            assert all(one.startswith("erased-") == is_expired for one, *_ in now)
        assert store.verify() == []
