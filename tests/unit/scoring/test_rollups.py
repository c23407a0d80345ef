"""The same answers under different rules: what each named policy makes of them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from msgspec.structs import replace

from sqaudit.model.checklist import Item
from sqaudit.model.score import Status
from sqaudit.model.standard import NotApplicable, Rollup, Scoring, Unanswered
from sqaudit.model.texts import plain
from sqaudit.reports.policies import policies_in_words
from sqaudit.scoring.contributions import audit_contributions, earned_points
from sqaudit.scoring.items import score_by_policy

NOT_APPLICABLE = Status.NOT_APPLICABLE
ONE_OUT = {"A": (40, [1, 1, 1, 0]), "B": (60, [0, NOT_APPLICABLE])}
B_OUT = {"A": (40, [1, 1, 1, 0]), "B": (60, [NOT_APPLICABLE, NOT_APPLICABLE])}


MEANS_ALONE = [rollup for rollup in Rollup if rollup is not Rollup.DEDUCTION]


def of(rollup):
    return Scoring(rollup=Rollup(rollup))


@pytest.mark.parametrize(
    ("scoring", "one_out", "b_out"),
    [
        (of("flat"), "60.0", 75),
        (of("points"), "54.5", 75),
        (of("dimensions"), "30.0", 75),
        (Scoring(not_applicable=NotApplicable.FULL), "60.0", 90),
        (Scoring(not_applicable=NotApplicable.ZERO), "30.0", 30),
    ],
)
def test_ten_numbers_of_published_rules(audit, scoring, one_out, b_out):
    """Flat points, Genesys, nested weighted mean, nested with not applicable as passed, and as zero."""
    first, second = (audit(sections, scoring).score for sections in (ONE_OUT, B_OUT))
    assert (first.quantize(Decimal("0.1")), second) == (Decimal(one_out), b_out)


@pytest.mark.parametrize(
    ("rollup", "one_out", "b_out"),
    [
        ("flat", Fraction(3, 5), Fraction(3, 4)),
        ("points", Fraction(3 * 40, 4 * 40 + 60), Fraction(3, 4)),
        ("dimensions", Fraction(40 * 3, 4 * 100), Fraction(3, 4)),
        ("xccdf-default", Fraction(40 * 3, 4 * 100), Fraction(3, 4)),
        ("xccdf-flat", Fraction(3, 5), Fraction(3, 4)),
        ("xccdf-flat-unweighted", Fraction(3, 5), Fraction(3, 4)),
        ("xccdf-absolute", 0, 0),
    ],
)
def test_the_same_answers_come_to_different_scores(audit, rollup, one_out, b_out):
    """Two sections of weights 40 and 60: 60.0, 54.5 or 30.0 when one item of the second does not apply, 75 if both."""
    for sections, expected in ((ONE_OUT, one_out), (B_OUT, b_out)):
        assert abs(Fraction(audit(sections, of(rollup)).score) - 100 * expected) < Fraction(1, 10**11)


def test_points_of_criteria_weigh_in_flat_and_points_and_not_in_flat_unweighted(audit):
    sections = {"A": (2, [(3, 1), (1, 0)]), "B": (1, [(2, 0), (0, 1)])}
    scores = {rollup: audit(sections, of(rollup)).score for rollup in ("flat", "points", "xccdf-flat-unweighted")}
    assert scores == {
        "flat": 50,
        "points": 60,  # 2·3 of 2·3 + 2·1 + 1·2
        "xccdf-flat-unweighted": Decimal("33.333333333333"),
    }


def test_an_outcome_of_xccdf_is_passed_or_not_and_an_error_is_not(audit):
    sections = {"A": (1, [0.9, 1, Status.ERROR, Status.NO_DATA])}
    assert audit(sections, of("dimensions")).score == 95
    made = audit(sections, of("xccdf-default")).scores.audit
    assert made.score == Decimal("33.333333333333")
    assert made.coverage == Decimal("0.5"), "what is in error counts as not passed, and was not looked at"


def test_absolute_is_all_or_nothing_of_what_has_a_weight(audit):
    assert audit({"A": (1, [1, (0, 0), NOT_APPLICABLE])}, of("xccdf-absolute")).score == 100
    assert audit({"A": (1, [1, [1, 0]])}, of("xccdf-absolute")).score == 0
    assert audit({"A": (1, [NOT_APPLICABLE])}, of("xccdf-absolute")).score is None


@pytest.mark.parametrize("rollup", Rollup)
def test_without_anything_applicable_there_is_no_score(audit, rollup):
    made = audit({"A": (1, [NOT_APPLICABLE, NOT_APPLICABLE])}, of(rollup)).scores.audit
    assert (made.score, made.reason) == (None, "nothing_scored")


@pytest.mark.parametrize("rollup", MEANS_ALONE)
def test_parts_sum_to_the_score(audit, rollup):
    made = audit({"A": (40, [(3, 1), 0.5, 0]), "B": (60, [1, NOT_APPLICABLE, Status.NO_DATA])}, of(rollup))
    scores = made.scores
    parts = audit_contributions(made.standard, scores)
    assert abs(sum(part.points for part in parts) - scores.audit.score) < Decimal("1e-9")


def test_earned_and_possible_points_are_those_of_the_parts(audit):
    made = audit({"A": (40, [(3, 1), (2, 0.5), (5, Status.NO_DATA)])}, of("flat"))
    scores = made.scores
    assert earned_points(audit_contributions(made.standard, scores)) == (4, 5)


@pytest.mark.parametrize("rollup", Rollup)
def test_every_policy_is_told_by_its_name(rollup):
    first = next(policies_in_words(Scoring(rollup=rollup)))
    assert f"({rollup.value})" in str(first)


def test_what_is_not_answered_lowers_the_coverage_or_counts_nothing(audit):
    sections = {"A": (1, [1, 1, 1, Status.UNANSWERED])}
    made = [audit(sections, Scoring(unanswered=policy)).scores.audit for policy in Unanswered]
    assert [(each.score, each.coverage) for each in made] == [(100, Decimal("0.75")), (75, 1)]


def test_an_error_and_missing_data_have_no_policy(audit):
    """Unknown is never zero: only what people left unanswered may be."""
    scoring = Scoring(not_applicable=NotApplicable.ZERO, unanswered=Unanswered.ZERO)
    made = audit({"A": (1, [1, Status.ERROR, Status.NO_DATA, Status.NOT_SELECTED])}, scoring).scores.audit
    assert (made.score, made.coverage) == (100, Decimal("0.333333333333"))


def test_an_item_may_say_otherwise():
    item = Item(id="i", title=plain("i"), dataset="", measure="")
    scoring = Scoring(not_applicable=NotApplicable.ZERO)
    own = replace(item, not_applicable=NotApplicable.FULL, unanswered=Unanswered.ZERO)
    assert score_by_policy(own, scoring, Status.NOT_APPLICABLE) == 100
    assert score_by_policy(own, scoring, Status.UNANSWERED) == 0
    told = [str(line) for line in policies_in_words(scoring, [own])]
    assert "item 'i' gets full points where it is not applicable" in told
    assert "item 'i' gets no points where it is not answered" in told
    alike = replace(own, not_applicable=NotApplicable.ZERO, unanswered=None)
    assert not any("'i'" in str(line) for line in policies_in_words(scoring, [alike]))
