"""Changes beyond those of controls: against formulas and simulations, and what was picked for being bad."""

from fractions import Fraction
from math import hypot, inf, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.model.spread import Average, EventRate, Promotion, Proportion
from sqaudit.statistics.contrasts import CENSUS, NO_VARIATION, TOO_FEW, Sampled, contrast
from sqaudit.statistics.controlled import difference_in_differences

WHOLE = Fraction(1)


def proportion(successes, n, worth=WHOLE):
    return Sampled(spread=Proportion(successes=int(successes), n=int(n)), worth=worth)


def rate(events, exposure, worth=WHOLE):
    return Sampled(spread=EventRate(events=int(events), exposure=Fraction(exposure), per=100), worth=worth)


def promotion(promoters, passives, detractors):
    n = promoters + passives + detractors
    return Sampled(spread=Promotion(promoters=promoters, detractors=detractors, n=n))


def average(values, worth=WHOLE):
    exact = [Fraction(str(value)) for value in values]
    middle = sum(exact) / len(exact)
    variance = sum((value - middle) ** 2 for value in exact) / (len(exact) - 1) if len(exact) > 1 else None
    return Sampled(spread=Average(mean=middle, variance=variance, n=len(exact)), worth=worth)


PROPORTIONS = st.integers(1, 90).flatmap(lambda n: st.builds(proportion, st.integers(0, n), st.just(n)))
RATES = st.builds(rate, st.integers(0, 60), st.integers(1, 500))
AVERAGES = st.builds(average, st.lists(st.integers(1, 5), min_size=2, max_size=20))
PROMOTIONS = st.builds(promotion, *[st.integers(0, 40)] * 3).filter(lambda one: one.spread.n > 0)
FOURS = st.one_of(*(st.tuples(kind, kind, kind, kind) for kind in (PROPORTIONS, RATES, AVERAGES, PROMOTIONS)))


def test_a_season_that_moved_everybody_is_taken_away():
    """60 to 75 % where something was done, 62 to 72 % where nothing was: 5 points, and those may be chance."""
    found = difference_in_differences(
        proportion(240, 400), proportion(300, 400), proportion(248, 400), proportion(288, 400)
    )
    assert found.difference == 0.05
    # Wilson's limits by their formula, all four squared and added.
    z = stats.norm.ppf(0.975)
    shares = [0.6, 0.75, 0.62, 0.72]
    centres = [(p + z * z / 800) / (1 + z * z / 400) for p in shares]
    margins = [z * sqrt(p * (1 - p) / 400 + z * z / 640_000) / (1 + z * z / 400) for p in shares]
    lows, highs = zip(*((c - m, c + m) for c, m in zip(centres, margins, strict=True)), strict=True)
    below = hypot(highs[0] - 0.6, 0.75 - lows[1], 0.62 - lows[2], highs[3] - 0.72)
    above = hypot(0.6 - lows[0], highs[1] - 0.75, highs[2] - 0.62, 0.72 - lows[3])
    assert (found.contrast.low, found.contrast.high) == (pytest.approx(0.05 - below), pytest.approx(0.05 + above))
    plain = 0.05 / sqrt(sum(p * (1 - p) / 400 for p in shares))
    assert found.contrast.p == pytest.approx(2 * stats.norm.sf(plain), abs=0.005)
    assert (found.contrast.interval, found.contrast.test) == ("square_and_add", "z")


def test_means_are_welchs_t_of_four():
    """Against the linear contrast of four groups with Satterthwaite's degrees of freedom."""
    groups = [[3, 4, 2, 5, 3, 1], [5, 4, 5, 4], [2, 3, 3, 4, 1], [3, 3, 4, 2, 5, 5, 1]]
    found = difference_in_differences(*map(average, groups))
    parts = [np.var(group, ddof=1) / len(group) for group in groups]
    degrees = sum(parts) ** 2 / sum(part**2 / (len(group) - 1) for part, group in zip(parts, groups, strict=True))
    means = [np.mean(group) for group in groups]
    difference, error = means[1] - means[0] - means[3] + means[2], sqrt(sum(parts))
    low, high = stats.t.interval(0.95, degrees, difference, error)
    assert found.difference == pytest.approx(difference)
    assert found.contrast.p == pytest.approx(2 * stats.t.sf(abs(difference) / error, degrees))
    assert (found.contrast.low, found.contrast.high) == (pytest.approx(low), pytest.approx(high))
    assert (found.contrast.interval, found.contrast.test) == ("welch_t", "welch_t")


@given(FOURS)
def test_the_interval_holds_the_difference_and_the_test_agrees_with_it(four):
    found = difference_in_differences(*four)
    one = found.contrast
    assert (one.p is None) is (one.reason is not None) is (one.low is None)
    assume(one.p is not None)
    assert 0 < one.p <= 1
    assert one.low - 1e-9 <= found.difference <= one.high + 1e-9
    if abs(one.p - 0.05) > 1e-6:
        assert (one.p < 0.05) is not (one.low <= 0 <= one.high)


@given(FOURS)
def test_treated_and_controls_exchanged_give_the_mirror_image(four):
    there, back = difference_in_differences(*four), difference_in_differences(*four[2:], *four[:2])
    assert there.difference == -back.difference
    assume(there.contrast.p is not None)
    assert there.contrast.p == pytest.approx(back.contrast.p)
    assert there.contrast.low == pytest.approx(-back.contrast.high)


@given(PROPORTIONS, PROPORTIONS)
def test_controls_that_were_all_counted_and_stayed_leave_the_change_itself(before, after):
    """Nothing is subtracted, and nothing uncertain: the interval is Newcombe's of the treated alone."""
    still = proportion(30, 40, inf)
    found = difference_in_differences(before, after, still, still)
    alone = contrast(before, after)
    assert (max(-1, found.contrast.low), min(1, found.contrast.high)) == (
        pytest.approx(alone.low),
        pytest.approx(alone.high),
    )


def test_means_that_were_all_counted_leave_welchs_test_of_the_others():
    groups = [3, 4, 2, 5, 3, 1], [5, 4, 5, 4]
    still = average([1, 9], inf)
    found = difference_in_differences(*map(average, groups), still, still)
    alone = contrast(*map(average, groups))
    assert (found.contrast.p, found.contrast.low, found.contrast.high) == tuple(
        map(pytest.approx, (alone.p, alone.low, alone.high))
    )


def test_answers_that_are_worth_less_make_it_less_sure():
    counts = [(240, 400), (300, 400), (248, 400), (260, 400)]
    whole = difference_in_differences(*(proportion(*one) for one in counts))
    half = difference_in_differences(*(proportion(*one, Fraction(1, 2)) for one in counts))
    assert half.difference == whole.difference
    assert half.contrast.p > whole.contrast.p
    assert half.contrast.low < whole.contrast.low < whole.contrast.high < half.contrast.high


@pytest.mark.parametrize(
    ("four", "difference", "reason"),
    [
        ([proportion(1, 2), proportion(0, 0), proportion(1, 2), proportion(1, 2)], None, TOO_FEW),
        ([rate(1, 2), rate(1, 2), rate(1, 0), rate(1, 2)], None, TOO_FEW),
        ([average([1, 2]), average([4, 5]), average([1]), average([2, 3])], 1.5, TOO_FEW),
        ([average([1, 1]), average([4, 4]), average([2, 2]), average([3, 3])], 2, NO_VARIATION),
        ([proportion(1, 4, inf), proportion(3, 4, inf), proportion(1, 4, inf), proportion(2, 4, inf)], 0.25, CENSUS),
    ],
)
def test_where_nothing_can_be_tested_the_reason_is_said(four, difference, reason):
    found = difference_in_differences(*four)
    assert (found.difference, found.contrast.p, found.contrast.reason) == (difference, None, reason)


def test_an_improvement_beyond_all_doubt_has_a_probability():
    """No events were found in the only sample; had there been any, the difference would be larger still."""
    found = difference_in_differences(rate(1, 5, inf), rate(9, 5, inf), rate(0, 5), rate(1, 5, inf))
    assert found.contrast.low == found.difference == 140
    assert 0 < found.contrast.p < 1e-300


def test_values_of_different_kinds_are_refused():
    with pytest.raises(ValueError, match="no values of one measure"):
        difference_in_differences(proportion(1, 2), proportion(1, 2), rate(1, 2), rate(1, 2))


@pytest.mark.parametrize(
    ("draw", "make", "sizes"),
    [
        (lambda rng, n: rng.binomial(n, 0.8), proportion, (40, 400, 400, 400)),
        (lambda rng, n: rng.binomial(n, 0.95), proportion, (30, 30, 300, 300)),
        (lambda rng, n: rng.poisson(n), rate, (30, 5, 100, 200)),
    ],
)
def test_without_an_effect_it_is_seldom_found(draw, make, sizes):
    """At most one in twenty, within what 1500 trials can tell (one in 10 000)."""
    rng, trials = np.random.default_rng(1947), 1500
    found = sum(
        difference_in_differences(*(make(draw(rng, n), n) for n in sizes)).contrast.p < 0.05 for _ in range(trials)
    )
    assert found <= stats.binom.ppf(1 - 1e-4, trials, 0.05)
