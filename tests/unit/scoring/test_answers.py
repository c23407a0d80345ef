"""What answers are worth: status, value and score of every kind, and what evidence does to them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sqaudit.builtin.scorers.linear import LinearScorer
from sqaudit.builtin.scorers.target import TargetScorer
from sqaudit.documents.answers import build_ask
from sqaudit.model.answer import AnswerKey, Evidence, GivenAnswer
from sqaudit.model.checklist import Checklist, Item, ScoreRule
from sqaudit.model.evidence import Observation
from sqaudit.model.score import Status
from sqaudit.model.standard import Criterion, Scoring, Severity
from sqaudit.model.target import read_target
from sqaudit.model.texts import plain
from sqaudit.scoring.answers import score_answer
from sqaudit.scoring.items import Question

KEY = AnswerKey(programme="visits", period="2026-10", site="north", checklist="desk", item="q")
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CHOICE = {"choice": {"clean": 100, "dusty": {"title": {"en": "Dusty"}, "points": 60}, "dirty": 0}}
MULTI = {"multi": {"none": 100, "torn": 20, "wet": 0}}
SCALE = {"scale": {"min": 1, "max": 5}}


def judged(answer, value, target=None, *, score=None, rules=None, criterion=True, **given):
    """The result of one answer; ``value`` is ``...`` where nobody has answered."""
    ask = build_ask({"ask": "?", "answer": answer, "evidence": rules or {}})
    scorer, rule = (LinearScorer(), ScoreRule(scorer="linear", parameters=score)) if score else (None, ScoreRule())
    question = Question(
        checklist=Checklist(id="desk", standard="s@1", title=plain("desk"), items=()),
        item=Item(
            id="q",
            title=plain("q"),
            dataset="",
            measure="",
            ask=ask,
            score=rule,
            target=None if target is None else read_target(target),
        ),
        criterion=Criterion(id="C", dimension="d", title=plain("C"), severity=Severity.MAJOR) if criterion else None,
        scorer=scorer or TargetScorer(),
        scoring=Scoring(),
    )
    told = GivenAnswer(key=KEY, value=value, given_by="anna", given_at=NOW, **given) if value is not ... else None
    return score_answer(question, ask, Observation(site="north", checklist="desk", item="q", answer=told))


def told(result):
    return result.status.value, result.value.value, None if result.score is None else float(result.score)


@pytest.mark.parametrize(
    ("answer", "value", "target", "expected"),
    [
        ("yes_no", "yes", ">= 1", ("pass", 1, 100)),
        ("yes_no", "no", ">= 1", ("fail", 0, 0)),
        ("yes_no", "yes", ">= 0.95", ("pass", 1, 100)),
        (CHOICE, "clean", ">= 100", ("pass", 100, 100)),
        (CHOICE, "dusty", ">= 100", ("fail", 60, 60)),
        (CHOICE, "dusty", ">= 60", ("pass", 60, 60)),
        (MULTI, "torn; wet", ">= 50", ("fail", 10, 10)),  # (20 + 0) / 2
        (MULTI, "none", ">= 50", ("pass", 100, 100)),
        (SCALE, "1", ">= 4", ("fail", 1, 0)),
        (SCALE, "4", ">= 4", ("pass", 4, 75)),  # (4 - 1) / (5 - 1)
        (SCALE, "5", ">= 4", ("pass", 5, 100)),
        ("number", "7.5", "<= 8", ("pass", 7.5, 100)),
        ("number", "8.1", "<= 8", ("fail", 8.1, 0)),
        ("deduction", "0", "<= 0", ("pass", 0, 100)),
        ("deduction", "3", "<= 0", ("fail", 3, 0)),
    ],
)
def test_every_kind_has_its_value_status_and_score(answer, value, target, expected):
    assert told(judged(answer, value, target)) == expected


def test_a_number_is_scored_by_the_rule_of_its_item():
    result = judged("number", "14", "<= 8", score={"zero": 20, "full": 8})
    assert told(result) == ("fail", 14, 50)  # (14 - 20) / (8 - 20)


def test_texts_and_dates_inform():
    for kind, value in (("text", "a word"), ("date", "2026-10-04")):
        result = judged(kind, value, criterion=False)
        assert told(result) == ("pass", None, None)
        assert result.reason is None


def test_an_item_without_criterion_informs_without_points():
    assert told(judged("yes_no", "no", ">= 1", criterion=False)) == ("fail", 0, None)


def test_no_answer_is_unanswered_and_never_0():
    result = judged("yes_no", ..., ">= 1")
    assert told(result) == ("unanswered", None, None)


def test_what_does_not_apply_says_why():
    result = judged("yes_no", None, ">= 1", not_applicable="no counter here")
    assert told(result) == ("not_applicable", None, None)
    assert result.reason == "no counter here"


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("yes_no", "maybe"),
        (CHOICE, "shiny"),
        (MULTI, "torn; shiny"),
        (SCALE, "6"),
        (SCALE, "2.5"),
        ("number", "NaN"),
        ("number", "1e15"),
        ({"number": {"max": 5}}, "sNaN"),
        ("number", "many"),
        ({"number": {"min": 0}}, "-1"),
        ("deduction", "-1"),
        ("deduction", "1.5"),
    ],
)
def test_an_answer_that_no_longer_fits_the_question_has_to_be_given_again(answer, value):
    result = judged(answer, value, ">= 1")
    assert told(result) == ("unanswered", None, None)
    assert result.reason == "answer_does_not_fit"


PHOTO = Evidence(sha256="a" * 64, name="desk.JPG", size=3, received_at=NOW, captured_on=date(2026, 10, 4))
LETTER = Evidence(sha256="b" * 64, name="letter.pdf", size=3, received_at=NOW)


@pytest.mark.parametrize(
    ("rules", "value", "given", "status", "reason"),
    [
        ({"photo": "always"}, "yes", {}, Status.NO_DATA, "evidence_missing"),
        ({"photo": "always"}, "yes", {"evidence": (PHOTO,)}, Status.PASS, None),
        ({"photo": "always"}, "yes", {"evidence": (LETTER,)}, Status.NO_DATA, "evidence_missing"),
        ({"file": "always"}, "yes", {"evidence": (LETTER,)}, Status.PASS, None),
        ({"photo": "on_fail", "note": "on_fail"}, "yes", {}, Status.PASS, None),
        ({"photo": "on_fail"}, "no", {}, Status.FAIL, "evidence_missing"),
        ({"photo": "on_fail", "note": "on_fail"}, "no", {"evidence": (PHOTO,)}, Status.FAIL, "evidence_missing"),
        ({"photo": "on_fail", "note": "on_fail"}, "no", {"evidence": (PHOTO,), "note": "rude"}, Status.FAIL, None),
        ({"note": "always"}, "yes", {"note": ""}, Status.NO_DATA, "evidence_missing"),
        ({"note": "always"}, None, {"not_applicable": "closed"}, Status.NOT_APPLICABLE, "closed"),
        ({"note": "never"}, "yes", {}, Status.PASS, None),
    ],
)
def test_missing_evidence_blocks_a_pass_and_says_so(rules, value, given, status, reason):
    result = judged("yes_no", value, ">= 1", rules=rules, **given)
    assert (result.status, result.reason) == (status, reason)
    if status is Status.NO_DATA:
        assert result.score is None
        assert result.value.value is None


def test_thirds_are_exact_to_twelve_decimals():
    answer = {"multi": {"a": 100, "b": 0, "c": 0}}
    assert judged(answer, "a; b; c", ">= 50").score == Decimal("33.333333333333")
