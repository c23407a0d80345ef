"""Doubtful answers: each kind at both of its edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from sqaudit.model.answer import AnswerForm, AnswerKey, AnswerKind, Evidence, GivenAnswer, Option
from sqaudit.model.texts import plain
from sqaudit.scoring import doubts
from sqaudit.scoring.doubts import Marked, Sheet

START, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 21, tzinfo=UTC)  # its last twentieth is one day
MOMENT = datetime(2026, 10, 5, 9, tzinfo=UTC)
YES_NO = AnswerForm(kind=AnswerKind.YES_NO)
SCALE = AnswerForm(kind=AnswerKind.SCALE, minimum=Decimal(0), maximum=Decimal(4))
LONGER = AnswerForm(kind=AnswerKind.SCALE, minimum=Decimal(0), maximum=Decimal(10))


def choice(*options):
    made = tuple(Option(id=one, title=plain(one), points=Decimal(place)) for place, one in enumerate(options))
    return AnswerForm(kind=AnswerKind.CHOICE, options=made)


def marked(value="yes", form=YES_NO, score=100, began=None, seconds=None, evidence=()):
    given = GivenAnswer(
        key=AnswerKey(programme="p", period="2026-10", site="s", checklist="c", item="i"),
        value=value,
        not_applicable=None if value is not None else "none here",
        given_by="anna",
        given_at=MOMENT,
        evidence=evidence,
        began_at=began,
        finished_at=None if began is None or seconds is None else began + timedelta(seconds=seconds),
    )
    return Marked(answer=given, form=form, score=None if score is None else Decimal(str(score)))


def sheet(answers, site="s", person="anna", checklist="c", subject=""):
    return Sheet(site=site, checklist=checklist, subject=subject, person=person, answers=tuple(answers))


def kinds(found):
    return [one.kind.value for one in found]


@pytest.mark.parametrize(
    ("scores", "flagged"),
    [
        ([100] * 10, True),
        ([100] * 9, False),
        ([100] * 9 + [None], False),
        ([100] * 10 + [None, None], True),
        ([100] * 30 + ["99.99"], False),
        ([], False),
    ],
)
def test_all_perfect(scores, flagged):
    assert kinds(doubts.all_perfect([sheet([marked(score=one) for one in scores])])) == ["all_perfect"] * flagged


@pytest.mark.parametrize(
    ("answers", "flagged"),
    [
        ([marked("3", SCALE)] * 8, True),
        ([marked("3", SCALE)] * 7, False),
        ([marked("3", SCALE)] * 8 + [marked("2", SCALE)], False),
        ([marked("3", SCALE)] * 7 + [marked("3", LONGER)], False),
        ([marked("3", SCALE)] * 8 + [marked("5", LONGER)], True),
        ([marked("3", SCALE)] * 7 + [marked(None, SCALE)], False),
        ([marked("b", choice("a", "b"))] * 8, True),
        ([marked("b", choice("a", "b"))] * 4 + [marked("b", choice("a", "b", "c"))] * 4, False),
        ([marked("b", choice("a", "b"))] * 4 + [marked("a", choice("a", "b"))] * 4, False),
        ([marked("yes")] * 40, False),
    ],
)
def test_straight_lined(answers, flagged):
    assert kinds(doubts.straight_lined([sheet(answers)])) == ["straight_lined"] * flagged


def timed(seconds, answers=10, **where):
    """A sheet of so many answers that took so many seconds in all."""
    return sheet([marked(began=MOMENT, seconds=seconds)] * answers, **where)


@pytest.mark.parametrize(
    ("sheets", "flagged"),
    [
        ([timed(300)] * 4 + [timed(99)], True),
        ([timed(300)] * 4 + [timed(100)], False),
        ([timed(300)] * 3 + [timed(99)], False),  # four sheets tell nothing of what is usual
        ([timed(300)] * 4 + [sheet([marked()] * 10)], False),
        ([timed(300)] * 4 + [timed(99, checklist="other")], False),
        ([timed(19)], True),
        ([timed(20)], False),
        ([timed(300)] * 4 + [timed(50, answers=5)], False),
    ],
)
def test_too_fast(sheets, flagged):
    """300 s for 10 answers are 30 s for one; a third of that is 10 s, and less than 2 s is too fast in any case."""
    assert kinds(doubts.too_fast(sheets)) == ["too_fast"] * flagged


def test_the_pace_is_that_of_the_answers_with_times_and_every_visit_counts_once():
    second = MOMENT + timedelta(days=1)
    one = sheet([marked(began=MOMENT, seconds=60)] * 4 + [marked(began=second, seconds=30), marked(), marked()])
    assert one.seconds_per_answer == 90 / 5
    assert sheet([marked(began=MOMENT)]).seconds_per_answer is None


def finished(moment, **where):
    return sheet([marked(began=moment - timedelta(hours=1), seconds=3600)], **where)


LATE, EARLY = END - timedelta(days=1), END - timedelta(days=1, seconds=1)


@pytest.mark.parametrize(
    ("moments", "flagged"),
    [
        ([LATE] * 5, True),
        ([LATE] * 4, False),
        ([LATE] * 4 + [EARLY], False),
        ([LATE] * 5 + [EARLY] * 4, True),
        ([LATE] * 5 + [EARLY] * 5, False),
        ([END + timedelta(days=9)] * 5, True),
    ],
)
def test_burst(moments, flagged):
    sheets = [finished(moment, site=f"s-{number}") for number, moment in enumerate(moments)]
    # What somebody else did, and what has no time, says nothing of anna.
    sheets += [finished(EARLY, person="ben")] * 9 + [sheet([marked()])] * 9
    assert kinds(doubts.burst(sheets, START, END)) == ["burst"] * flagged


@pytest.mark.parametrize(
    ("manager", "flagged"), [("anna", True), (" Anna ", True), ("ben", False), ("ann", False), (None, False)]
)
def test_own_site(manager, flagged):
    assert kinds(doubts.own_site([sheet([marked()])], {"s": manager})) == ["own_site"] * flagged


def file(captured=None, effective=None, sha256="1", name="photo.jpg"):
    return Evidence(sha256=sha256, name=name, size=1, received_at=MOMENT, captured_on=captured, effective_on=effective)


@pytest.mark.parametrize(
    ("evidence", "flagged"),
    [
        (file(date(2026, 10, 1)), False),
        (file(date(2026, 9, 30)), True),
        (file(date(2026, 10, 20)), False),
        (file(date(2026, 10, 21)), True),
        (file(), False),
        (file(date(2026, 9, 30), effective=date(2026, 10, 3)), False),
        (file(date(2026, 10, 3), effective=date(2026, 9, 30)), True),
    ],
)
def test_evidence_out_of_period(evidence, flagged):
    found = doubts.evidence_out_of_period([sheet([marked(evidence=(evidence,))])], START.date(), END.date())
    assert kinds(found) == ["evidence_out_of_period"] * flagged


def test_evidence_reused():
    def beside(site, *hashes):
        return sheet([marked(evidence=tuple(file(sha256=one, name=f"{site}-{one}.jpg") for one in hashes))], site=site)

    found = list(doubts.evidence_reused([beside("a", "1", "2"), beside("b", "2"), beside("b", "2", "3")]))
    assert [(one.site, one.statement.values) for one in found] == [
        ("a", {"file": "a-2.jpg", "sites": "b"}),
        ("b", {"file": "b-2.jpg", "sites": "a"}),
        ("b", {"file": "b-2.jpg", "sites": "a"}),
    ]
    assert list(doubts.evidence_reused([beside("a", "1"), beside("a", "1")])) == []
