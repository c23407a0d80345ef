"""Lots are decided by how many drawn subjects fail; a worse subject never turns a rejected lot into an accepted one."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.builtin.scorers.target import TargetScorer
from sqaudit.documents.answers import build_ask
from sqaudit.model.checklist import Checklist, Item
from sqaudit.model.programme import Site
from sqaudit.model.sample import Lot
from sqaudit.model.score import ItemResult, Level, Score, Status, Value
from sqaudit.model.standard import Criterion, Scoring, Severity, Unanswered
from sqaudit.model.texts import plain
from sqaudit.scoring.items import Question
from sqaudit.workflow.judging.acceptance import decide_lot
from sqaudit.workflow.judging.summaries import Subject

SITE = Site(id="north", title=plain("north"))
QUESTION = Question(
    checklist=Checklist(id="telephone", standard="s@1", title=plain("telephone"), items=()),
    item=Item(id="q", title=plain("q"), dataset="calls", measure="share(ok)"),
    criterion=Criterion(id="C", dimension="d", title=plain("C")),
    scorer=TargetScorer(),
    scoring=Scoring(),
)
ASKED = replace(QUESTION, item=replace(QUESTION.item, ask=build_ask({"ask": "?", "answer": "yes_no", "evidence": {}})))
P, F, X, N, E = Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.NO_DATA, Status.ERROR


def subject(label, status):
    result = ItemResult(
        site="north",
        checklist="telephone",
        item="q",
        criterion="C",
        dimension="d",
        status=status,
        severity=Severity.MINOR,
        value=Value(value=None, unit="share", formula="share/1"),
        reason="broken" if status is E else None,
        subject=label,
    )
    score = Score(
        level=Level.SUBJECT,
        id="telephone",
        site="north",
        score=None,
        raw_score=None,
        coverage=None,
        weight=Decimal(1),
        items=1,
    )
    return Subject(label=label, results={"q": result}, score=score, latest=None)


def decided(statuses, accept, drawn=None, question=QUESTION):
    """The result of a lot whose first subjects came to these; the others of ``drawn`` were not looked at."""
    drawn = len(statuses) if drawn is None else drawn
    lot = Lot(subjects=frozenset(map(str, range(drawn))), accept=accept)
    return decide_lot(question, SITE, [subject(str(i), status) for i, status in enumerate(statuses)], lot)


@pytest.mark.parametrize(
    ("statuses", "accept", "drawn", "expected"),
    [
        ((P, P, P), 0, 3, ("pass", 0, 100, 3, 0, None)),
        ((P, F, P), 1, 3, ("pass", 1, 100, 3, 0, None)),
        ((F, F, P), 1, 3, ("fail", 2, 0, 3, 0, None)),
        ((F, F), 1, 9, ("fail", 2, 0, 2, 7, None)),  # decided before the others are looked at
        ((F, F, E), 1, 3, ("fail", 2, 0, 2, 1, None)),
        ((P, F), 1, 5, ("no_data", None, None, 2, 3, "subjects_missing:3")),
        ((P, P, N), 1, 3, ("no_data", None, None, 2, 1, "subjects_missing:1")),
        ((P, X, X), 0, 3, ("pass", 0, 100, 3, 0, None)),  # what does not apply conforms
        ((P, P, E), 1, 3, ("error", None, None, 0, 0, "broken")),
        ((P, P, P, F, F), 1, 3, ("pass", 0, 100, 3, 0, None)),  # only drawn ones count
    ],
)
def test_the_number_of_failing_subjects_decides(statuses, accept, drawn, expected):
    result = decided(statuses, accept, drawn)
    assert (
        result.status.value,
        result.value.value,
        result.score,
        result.n,
        result.missing,
        result.reason,
    ) == expected
    assert (result.value.unit, result.value.formula) == ("count", "acceptance/1")
    if result.status is not E:
        assert result.target.text == f"<= {accept}"


def test_questions_to_people_are_unanswered_until_every_drawn_subject_is_judged():
    result = decided((P, P), 1, 3, ASKED)
    assert (result.status, result.score, result.reason) == (Status.UNANSWERED, None, "subjects_missing:1")
    harsh = replace(ASKED, scoring=Scoring(unanswered=Unanswered.ZERO))
    assert decided((P, P), 1, 3, harsh).score == 0
    assert decided((P, F, F), 1, 9, ASKED).status is F


def test_an_item_without_criterion_is_decided_without_points():
    result = decided((P, F), 0, 2, replace(QUESTION, criterion=None))
    assert (result.status, result.value.value, result.score) == (F, 1, None)


series = st.lists(st.sampled_from([P, F, X, N, E]), min_size=1, max_size=8)


@given(series, st.integers(0, 4), st.data())
def test_a_worse_subject_never_turns_a_rejected_lot_into_an_accepted_one(statuses, accept, data):
    """Nor makes an accepted one of a lot that is not decided."""
    place = data.draw(st.integers(0, len(statuses) - 1))
    before = decided(statuses, accept).status
    after = decided([*statuses[:place], F, *statuses[place + 1 :]], accept).status
    if before is F:
        assert after is F
    if before is not P and statuses[place] in {P, X, F}:
        assert after is not P


@given(series, series, st.integers(0, 4))
def test_what_is_decided_stays_so_whatever_comes_of_the_rest(first, rest, accept):
    before = decided(first, accept, len(first) + len(rest)).status
    assert before is not P
    if before is F:
        assert decided([*first, *rest], accept).status is F
