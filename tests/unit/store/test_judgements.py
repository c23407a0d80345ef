"""Choices, disputes and calibration rounds come back as they were made, in every database."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from sqaudit.errors import InvalidInput
from sqaudit.model.answer import AnswerChoice, AnswerKey, GivenAnswer
from sqaudit.model.calibration import CalibrationRound, Conclusion, Rating, RoundUnit, Verdict
from sqaudit.model.dispute import Decision, Dispute, DisputedAnswer, DisputeState
from sqaudit.store.answers import AnswerFile

NOW = datetime(2026, 11, 2, 9, 30, 0, 125, tzinfo=UTC)
KEY = AnswerKey(programme="monthly", period="2026-10", site="north", checklist="desk", item="polite")
GIVEN = GivenAnswer(key=KEY, value="no", given_by="anna", given_at=NOW)
DISPUTE = Dispute(
    id="d-000000000001",
    key=KEY,
    answers=(DisputedAnswer(auditor="", version=1, given_by="anna"),),
    opened_by="ben",
    opened_at=NOW,
    reason="前台很有礼貌",
    proposed="yes",
)
DECISION = Decision(state=DisputeState.ACCEPTED, decided_by="dora", decided_at=NOW, reason="seen", value="yes")


def test_choices_come_back_one_after_the_other(store):
    store.add_answers([GIVEN])
    choices = [
        AnswerChoice(key=KEY, version=1, chosen_by="lead", chosen_at=NOW + timedelta(minutes=minute), reason=reason)
        for minute, reason in ((2, None), (1, "better seen"))
    ]
    for choice in choices:
        store.add_choice(choice)
    assert store.read_choices("monthly", "2026-10") == choices
    assert store.verify() == []


def test_a_dispute_is_decided_once_with_the_answer_that_it_makes(store, make):
    (kept,) = store.add_answers([GIVEN])
    make.add(store, observations=[make.observation(item="polite", answer=kept)])
    store.save_scored("monthly", "2026-10", 1, [make.result(item="polite")], [], make.following())
    store.add_dispute(DISPUTE)
    with pytest.raises(InvalidInput, match="SQA863"):
        store.add_dispute(replace(DISPUTE, id="d-2"))
    decided = store.decide_dispute(DISPUTE.id, DECISION, replace(GIVEN, value="yes", dispute=DISPUTE.id))
    assert decided == replace(DISPUTE, decision=replace(DECISION, version=2))
    with pytest.raises(InvalidInput, match="SQA864"):
        store.decide_dispute(DISPUTE.id, DECISION)
    assert store.list_disputes("monthly", DisputeState.ACCEPTED) == [store.find_dispute(DISPUTE.id)] == [decided]
    assert store.list_disputes(state="open") == []
    assert [one.value for one in store.read_answers("monthly", "2026-10")] == ["no", "yes"]
    (resting,) = store.read_results_of(KEY)
    assert (resting.answers, resting.value) == ({("", 1)}, 0.1)
    assert store.read_disputed_results() == {KEY: (resting,)}
    assert store.verify() == []


def test_a_calibration_round_comes_back_with_its_ratings_until_it_is_closed(store, make):
    opened = CalibrationRound(
        id="c-1",
        programme="monthly",
        period="2026-10",
        standard="service",
        checklist="desk",
        units=(RoundUnit(id="one", title="Call 1"), RoundUnit(id="two", repeats="one")),
        opened_at=NOW,
    )
    ratings = [
        Rating(unit=unit, item="polite", value=value, rated_by="anna", rated_at=NOW, is_reference=False, version=1)
        for unit, value in (("one", "yes"), ("two", "no"))
    ]
    file = AnswerFile(sha256="c" * 64, name="anna.xlsx", given_by="anna", given_at=NOW)
    store.add_round(opened, {"checklist": make.document(), "standard": make.document()})
    assert store.add_ratings("c-1", ratings, [file]) == ratings
    (again,) = store.add_ratings("c-1", [ratings[0], replace(ratings[1], value="yes")], [])
    assert again.version == 2
    assert store.read_ratings("c-1") == [ratings[0], again]
    assert store.list_raters() == [("c-1", "anna", False)]
    assert store.find_rating_file("c-1", "anna", file.sha256) == file
    assert set(store.read_round_documents("c-1")) == {"checklist", "standard"}
    told = Conclusion(auditor="anna", verdict=Verdict.MARGINAL, effectiveness=0.1 + 0.2)
    closed = replace(opened, closed_at=NOW, closed_by="lead", conclusions=(told,))
    store.close_round(closed)
    assert store.list_rounds(checklist="desk", programme=None) == [closed]
    with pytest.raises(InvalidInput, match="SQA853"):
        store.add_ratings("c-1", ratings, [])
    assert store.verify() == []
