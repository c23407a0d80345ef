"""Two values of one measure: their tests against scipy, their intervals against formulas, and nothing where is none."""

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.model.spread import Average, EventRate, Promotion, Proportion
from sqaudit.statistics.comparison import Mean, proportions_z, rates_test, welch
from sqaudit.statistics.contrasts import (
    CENSUS,
    NO_VARIATION,
    NOT_WHOLE,
    TOO_FEW,
    Sampled,
    contrast,
    square_and_add,
)


def proportion(successes, n):
    return Proportion(successes=Fraction(successes), n=Fraction(n))


def rate(events, exposure):
    return EventRate(events=Fraction(events), exposure=Fraction(exposure), per=1000)


def average(values, **bounds):
    exact = [Fraction(str(value)) for value in values]
    middle = sum(exact) / len(exact)
    spread = sum((value - middle) ** 2 for value in exact) / (len(exact) - 1) if len(exact) > 1 else None
    return Average(mean=middle, variance=spread, n=len(exact), **bounds)


def promotion(promoters, passives, detractors):
    return Promotion(promoters=promoters, detractors=detractors, n=promoters + passives + detractors)


def between(before, after, worth=Fraction(1)):
    return contrast(Sampled(spread=before, worth=worth), Sampled(spread=after, worth=worth))


PROPORTIONS = st.integers(1, 90).flatmap(lambda n: st.builds(proportion, st.integers(0, n), st.just(n)))
RATES = st.builds(rate, st.integers(0, 60), st.integers(1, 500))
AVERAGES = st.builds(average, st.lists(st.integers(1, 5), min_size=1, max_size=40), least=st.just(1), most=st.just(5))
PROMOTIONS = st.builds(promotion, *[st.integers(0, 40)] * 3).filter(lambda one: one.n > 0)
PAIRS = st.one_of(*(st.tuples(kind, kind) for kind in (PROPORTIONS, RATES, AVERAGES, PROMOTIONS)))


def test_two_surveys_of_a_hotel():
    """240 of 400, then 288 of 400: z 3.58, p 0.00034, 5.4 to 18.4 percentage points."""
    before, after = proportion(240, 400), proportion(288, 400)
    found = between(before, after)
    assert proportions_z(before, after).z == pytest.approx(3.58, abs=0.005)
    assert (found.p, found.test) == (pytest.approx(0.00034, abs=5e-6), "pooled_z")
    assert (found.low, found.high) == (pytest.approx(0.054, abs=5e-4), pytest.approx(0.184, abs=5e-4))


@given(PROPORTIONS, PROPORTIONS)
def test_shares_are_tested_by_chi_square_or_exactly(before, after):
    table = [[int(one.successes), int(one.n - one.successes)] for one in (before, after)]
    found = between(before, after)
    if 0 in np.sum(table, axis=0):
        assert (found.p, found.reason) == (None, NO_VARIATION)
        return
    expected = stats.contingency.expected_freq(table)
    if expected.min() < 5 - 1e-9:
        assert (found.test, found.p) == ("fisher_exact", pytest.approx(stats.fisher_exact(table).pvalue))
    elif expected.min() > 5 + 1e-9:
        squared = stats.chi2_contingency(table, correction=False).pvalue
        assert (found.test, found.p) == ("pooled_z", pytest.approx(squared))


@given(RATES, RATES)
def test_rates_are_tested_given_all_events(before, after):
    total = int(before.events + after.events)
    found = between(before, after)
    if not total:
        assert (found.p, found.reason, found.ratio) == (None, NO_VARIATION, None)
        return
    chance = float(after.exposure / (before.exposure + after.exposure))
    test = stats.binomtest(int(after.events), total, chance)
    assert found.p == pytest.approx(test.pvalue)
    ends = test.proportion_ci(0.95, "exact")
    scale = float(before.exposure / after.exposure)
    assert found.ratio_low == pytest.approx(ends.low / (1 - ends.low) * scale)
    if before.events:
        assert found.ratio == pytest.approx(float(after.events * before.exposure / before.events / after.exposure))
        assert found.ratio_high == pytest.approx(ends.high / (1 - ends.high) * scale)
    else:
        assert (found.ratio, found.ratio_high) == (None, None)


@pytest.mark.filterwarnings("ignore:Precision loss")  # scipy's remark on values that hardly vary
@given(*[st.lists(st.integers(-50, 50), min_size=2, max_size=30)] * 2)
def test_means_are_tested_by_welch(one, other):
    found = between(average(one), average(other))
    if len(set(one)) == len(set(other)) == 1:
        assert (found.p, found.low, found.reason) == (None, None, NO_VARIATION)
        return
    expected = stats.ttest_ind(other, one, equal_var=False)
    ends = expected.confidence_interval(0.95)
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == (pytest.approx(ends.low), pytest.approx(ends.high))


@given(PAIRS)
def test_exchanged_periods_give_the_mirror_image(pair):
    there, back = between(*pair), between(*reversed(pair))
    assert there.reason == back.reason
    assert there.test == back.test
    if there.p is not None:
        assert there.p == pytest.approx(back.p)
        assert 0 < there.p <= 1
    if there.low is not None:
        assert (there.low, there.high) == (pytest.approx(-back.high), pytest.approx(-back.low))


@given(PAIRS)
def test_every_contrast_has_a_probability_or_a_reason(pair):
    found = between(*pair)
    assert (found.p is None) is (found.reason is not None)
    assert (found.p is None) is (found.test is None)
    assert (found.low is None) is (found.interval is None)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (proportion(0, 40), proportion(0, 30), NO_VARIATION),
        (proportion(40, 40), proportion(30, 30), NO_VARIATION),
        (proportion(0, 0), proportion(3, 30), TOO_FEW),
        (rate(0, 10), rate(0, 20), NO_VARIATION),
        (average([3, 3, 3]), average([4, 4, 4]), NO_VARIATION),
        (average([3]), average([4, 5]), TOO_FEW),
        (promotion(9, 0, 0), promotion(4, 0, 0), NO_VARIATION),
        (promotion(9, 0, 0), Promotion(promoters=0, detractors=0, n=0), TOO_FEW),
    ],
)
def test_where_nothing_can_be_tested_the_reason_is_said(before, after, reason):
    found = between(before, after)
    assert (found.p, found.reason) == (None, reason)


def test_a_difference_beyond_all_numbers_keeps_a_probability_above_zero():
    assert between(proportion(0, 10**6), proportion(10**6, 10**6)).p > 0
    assert between(average([1, 2] * 9999), average([10**9, 10**9 + 1] * 9999)).p > 0
    assert between(rate(1, 10**6), rate(10**6, 10**6)).p > 0


def test_weighted_answers_are_worth_fewer():
    """A sample of half its size: 120 of 200 and 144 of 200."""
    half = between(proportion(240, 400), proportion(288, 400), Fraction(1, 2))
    assert half == between(proportion(120, 200), proportion(144, 200))
    means = between(average([1, 2, 3, 4] * 10), average([2, 3, 4, 5] * 10), Fraction(1, 2))
    variance = np.var([1, 2, 3, 4] * 10, ddof=1) / 20
    expected = welch(*(Mean(mean=mean, variance=variance, degrees=19) for mean in (2.5, 3.5)))
    assert (means.p, means.low) == (pytest.approx(expected.p), pytest.approx(expected.low))


def test_parts_of_answers_are_not_counted_exactly():
    found = between(proportion(2, 41), proportion(5, 41), Fraction(1, 3))
    assert (found.p, found.test, found.reason, found.interval) == (None, None, NOT_WHOLE, "newcombe")
    assert between(rate(3, 10), rate(5, 10), Fraction(1, 2)).reason == NOT_WHOLE


def test_in_a_census_there_is_no_chance():
    assert between(proportion(1, 2), proportion(2, 2), math.inf).reason == CENSUS


def test_values_of_two_kinds_are_refused():
    with pytest.raises(ValueError, match="one measure"):
        between(proportion(1, 2), rate(1, 2))


@given(PROMOTIONS, PROMOTIONS)
def test_scores_of_promoters_lie_within_what_is_possible(before, after):
    found = between(before, after)
    assert -200 <= found.low < found.high <= 200


def test_distances_are_squared_and_added():
    """Of 50 (44 to 58) and 60 (57 to 68): below by the root of 3 and 8 squared, above by that of 8 and 6."""
    low, high = square_and_add(50, (44, 58), 60, (57, 68))
    assert (low, high) == (pytest.approx(10 - math.sqrt(73)), pytest.approx(20))


@pytest.mark.parametrize("wrong", [(-1, 1), (1, 0)])
def test_impossible_rates_are_refused(wrong):
    with pytest.raises(ValueError, match="impossible"):
        rates_test(rate(*wrong), rate(1, 1))


def test_impossible_means_are_refused():
    with pytest.raises(ValueError, match="impossible"):
        welch(Mean(mean=0, variance=-1, degrees=3), Mean(mean=0, variance=1, degrees=3))


def test_means_are_tested_by_ranks_too_where_every_answer_is_known():
    """By scipy; not where an answer is worth less than one, nor where only sums are known."""
    before, after = [1, 2, 2, 3, 3, 3, 4], [3, 4, 4, 5, 5, 5, 2, 4]
    was, became = (Sampled(spread=average(one, counts=Counter(one))) for one in (before, after))
    found = contrast(was, became)
    assert found.p_ranks == pytest.approx(stats.mannwhitneyu(before, after, method="asymptotic").pvalue)
    assert found.p == pytest.approx(stats.ttest_ind(before, after, equal_var=False).pvalue)
    assert contrast(was, Sampled(spread=average(after))).p_ranks is None
    assert contrast(was, Sampled(spread=became.spread, worth=Fraction(1, 2))).p_ranks is None
