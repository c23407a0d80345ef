"""What holds of auditors and their agreement, whoever they are and whatever they say."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.model.answer import AnswerForm, AnswerKind, Ask, EvidenceRules, Need
from sqaudit.model.calibration import Rating, Verdict
from sqaudit.model.checklist import Checklist, Item
from sqaudit.model.score import Status
from sqaudit.model.standard import Scoring
from sqaudit.model.target import Target
from sqaudit.model.texts import plain
from sqaudit.scoring.calibration import call_of, compare_auditors, conclude_auditor
from sqaudit.scoring.items import Question
from sqaudit.scoring.rating_agreement import agree, answers_of

UNITS = [f"u{number}" for number in range(24)]
ORIGINALS = {unit: UNITS[0] if unit == UNITS[-1] else unit for unit in UNITS}
AUDITORS = ("anna", "ben", "carl")
NOW = datetime(2026, 11, 5, tzinfo=UTC)


class Nobody:
    """A scorer that is never asked."""

    name = "nobody"


def question(kind=AnswerKind.SCALE, **form):
    asked = Ask(
        question=plain("?"),
        form=AnswerForm(kind=kind, **form),
        evidence=EvidenceRules(photo=Need.ALWAYS, note=Need.ON_FAIL),
    )
    target = Target(text=">= 3", comparison=">=", bound=Decimal(3))
    item = Item(id="q", title=plain("q"), dataset="", measure="", ask=asked, target=target)
    checklist = Checklist(id="list", standard="s@1", title=plain("list"), items=(item,))
    return Question(checklist=checklist, item=item, criterion=None, scorer=Nobody(), scoring=Scoring())


SCALE = question(minimum=Decimal(0), maximum=Decimal(5))


def rating(who, unit, value, *, is_reference=False):
    reason = "no guest" if value is None else None
    value = None if value is None else str(value)
    return Rating(
        unit=unit, item="q", value=value, not_applicable=reason, rated_by=who, rated_at=NOW, is_reference=is_reference
    )


values = st.sampled_from([None, 0, 2, 3, 5])
rated = st.dictionaries(st.sampled_from(UNITS), values, min_size=1)
rounds = st.fixed_dictionaries(dict.fromkeys(AUDITORS, rated) | {"panel": rated}).map(
    lambda given: [
        rating(who, unit, value, is_reference=who == "panel")
        for who, own in given.items()
        for unit, value in own.items()
    ]
)


def test_a_rating_is_judged_like_an_answer_and_needs_no_evidence():
    calls = [call_of(SCALE, rating("anna", "u0", value)) for value in (5, 3, 2, None)]
    assert calls == [Status.PASS, Status.PASS, Status.FAIL, Status.NOT_APPLICABLE]
    informs = replace(SCALE, item=replace(SCALE.item, target=None))
    assert call_of(informs, rating("anna", "u0", 5)) is None


@given(ratings=rounds, data=st.data())
def test_the_order_of_ratings_means_nothing(ratings, data):
    shuffled = data.draw(st.permutations(ratings))
    assert compare_auditors([SCALE], ratings, ORIGINALS) == compare_auditors([SCALE], shuffled, ORIGINALS)
    plainly = [one for one in ratings if not one.is_reference]
    again = [one for one in shuffled if not one.is_reference]
    found = agree("q", AnswerKind.SCALE, answers_of(AnswerKind.SCALE, plainly))
    assert found == agree("q", AnswerKind.SCALE, answers_of(AnswerKind.SCALE, again))


@given(ratings=rounds)
def test_what_is_counted_adds_up(ratings):
    for one in compare_auditors([SCALE], ratings, ORIGINALS):
        appraisal = one.appraisal
        assert appraisal.misses <= appraisal.bad
        assert appraisal.false_alarms <= appraisal.good
        assert one.decisions <= len(UNITS) - 1  # one of them repeats another
        if one.agreement is None:
            assert one.decisions == 0
        else:
            assert one.low <= one.agreement <= one.high
        if one.agreement == 1:
            assert (appraisal.misses, appraisal.false_alarms) == (0, 0)


@given(truth=st.dictionaries(st.sampled_from(UNITS), values, min_size=1))
def test_who_says_what_the_reference_says_is_right(truth):
    """Unless the reference says of a repeat what it does not say of the thing."""
    truth = {unit: truth.get(ORIGINALS[unit], value) for unit, value in truth.items()}
    ratings = [
        rating(who, unit, value, is_reference=who == "panel")
        for who in ("anna", "panel")
        for unit, value in truth.items()
    ]
    found = compare_auditors([SCALE], ratings, ORIGINALS)[0]
    assert found.agreement == 1
    assert conclude_auditor(found).verdict in {None, Verdict.ACCEPT}


@given(ratings=rounds, unit=st.sampled_from(UNITS))
def test_correcting_a_rating_never_lowers_effectiveness(ratings, unit):
    known = {one.unit: one.value for one in ratings if one.is_reference}
    truth = known.get(unit, known.get(ORIGINALS[unit], "unknown"))
    if truth == "unknown" or not any((one.rated_by, one.unit) == ("anna", unit) for one in ratings):
        return
    better = [rating("anna", unit, truth) if (one.rated_by, one.unit) == ("anna", unit) else one for one in ratings]
    before, after = (compare_auditors([SCALE], given, ORIGINALS)[0] for given in (ratings, better))
    assert after.agreement >= before.agreement
    assert after.appraisal.misses <= before.appraisal.misses


def test_wide_scales_are_no_work():
    """Only what was answered is looked at: a scale of ten thousand steps has as many categories as answers."""
    answers = {"anna": {"a": 1, "b": 9_000, "c": 10_000}, "ben": {"a": 1, "b": 9_100, "c": 9_000}}
    first, _ = agree("q", AnswerKind.SCALE, answers)
    assert first.coefficient == "weighted_kappa"
    assert 0.9 < first.value < 1
