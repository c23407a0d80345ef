"""The interval of a spread is that of its counts; what a sample is worth changes the width and not the estimate."""

from fractions import Fraction
from math import inf, isclose, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.model.spread import Average, EventRate, Promotion, Proportion
from sqaudit.statistics.intervals import adjusted_wald_nps, garwood, t_interval, wilson
from sqaudit.statistics.spreads import bounds_of, interval_of

SHARE = Proportion(successes=Fraction(60), n=Fraction(80))
MEAN = Average(mean=Fraction(7, 2), variance=Fraction(9, 4), n=Fraction(40))
RATE = EventRate(events=Fraction(18), exposure=Fraction(4500), per=1000)
SCORE = Promotion(promoters=Fraction(15), detractors=Fraction(13), n=Fraction(36))
ESTIMATES = [(SHARE, 0.75), (MEAN, 3.5), (RATE, 4.0), (SCORE, 100 / 18)]


def test_each_spread_has_its_method():
    assert interval_of(SHARE) == (*wilson(60, 80), "wilson")
    assert interval_of(MEAN) == (*t_interval(3.5, 2.25, 40), "t")
    assert interval_of(RATE) == (*garwood(18, 4500, 1000), "garwood")
    assert interval_of(SCORE) == (*adjusted_wald_nps(15, 13, 36), "adjusted_wald")


def test_a_mean_whose_values_have_ends_has_an_interval_within_them():
    half = Average(mean=Fraction(1, 2), variance=Fraction(1, 2), n=2, least=0, most=1)
    assert interval_of(half) == (0.0, 1.0, "t")
    low, high, _ = interval_of(Average(mean=Fraction(1, 2), variance=Fraction(1, 2), n=2))
    assert (low < 0, high > 1) == (True, True)
    assert interval_of(Average(mean=3, variance=4, n=9, least=0))[0] == t_interval(3, 4, 9)[0]


def test_no_value_of_a_spread_goes_beyond_its_bounds():
    assert [bounds_of(spread) for spread in (SHARE, MEAN, RATE, SCORE)] == [
        (0, 1),
        (None, None),
        (0, None),
        (-100, 100),
    ]


def test_a_sample_of_half_its_worth_is_one_of_half_the_size():
    half = Fraction(1, 2)
    assert interval_of(SHARE, half) == (*wilson(30, 40), "wilson")
    assert interval_of(MEAN, half) == (*t_interval(3.5, 2.25, 20), "t")
    assert interval_of(RATE, half) == (*garwood(9, 2250, 1000), "garwood")
    assert interval_of(SCORE, half) == (*adjusted_wald_nps(7.5, 6.5, 18), "adjusted_wald")


@pytest.mark.parametrize(("spread", "estimate"), ESTIMATES)
@given(small=st.fractions(Fraction(1, 10), 10), more=st.fractions(Fraction(11, 10), 10))
def test_the_interval_holds_the_estimate_and_narrows_with_the_worth_of_the_sample(spread, estimate, small, more):
    low, high, method = interval_of(spread, small)
    surer_low, surer_high, same_method = interval_of(spread, small * more)
    assert low <= estimate <= high
    assert surer_low <= estimate <= surer_high
    assert surer_high - surer_low < high - low
    assert method == same_method


@pytest.mark.parametrize(("spread", "estimate"), ESTIMATES)
def test_the_confidence_widens_and_a_census_leaves_no_width(spread, estimate):
    low, high, _ = interval_of(spread, confidence=0.8)
    wider_low, wider_high, _ = interval_of(spread, confidence=0.99)
    assert wider_low < low < high < wider_high
    at, also_at, method = interval_of(spread, inf)
    assert at == also_at
    assert isclose(at, estimate, rel_tol=1e-12)
    assert method == interval_of(spread)[2]


def test_a_small_population_does_not_make_the_variance_better_known():
    """Twice the worth divides the variance of the mean by two; t keeps the degrees of freedom of the 40 values."""
    low, high, _ = interval_of(MEAN, Fraction(2))
    full_low, full_high, _ = interval_of(MEAN)
    assert isclose((high - low) * 2**0.5, full_high - full_low, rel_tol=1e-12)


@pytest.mark.parametrize(
    "spread",
    [
        Proportion(successes=Fraction(0), n=Fraction(0)),
        Average(mean=Fraction(0), variance=None, n=Fraction(0)),
        Average(mean=Fraction(4), variance=None, n=Fraction(1)),
        EventRate(events=Fraction(0), exposure=Fraction(0)),
        Promotion(promoters=Fraction(0), detractors=Fraction(0), n=Fraction(0)),
    ],
)
def test_too_little_has_no_interval(spread):
    assert interval_of(spread) is None


def test_an_effective_sample_below_two_has_no_t_interval():
    assert interval_of(MEAN, Fraction(1, 21)) is None


def test_equal_values_have_no_width():
    same = Average(mean=Fraction(4), variance=Fraction(0), n=Fraction(2))
    assert interval_of(same) == (4.0, 4.0, "t")


@given(st.integers(0, 50), st.integers(0, 50), st.fractions(Fraction(1, 97), 5))
def test_parts_of_answers_never_contradict_each_other(promoters, detractors, factor):
    """Everyone is a promoter or a detractor: the rounded parts may add up to a digit more than all."""
    n = Fraction(promoters + detractors)
    everyone = Promotion(promoters=Fraction(promoters), detractors=Fraction(detractors), n=n)
    assert (interval_of(everyone, factor) is None) is (n == 0)


@pytest.mark.parametrize("factor", [0, Fraction(-1), nan, -inf])
def test_a_sample_is_worth_something(factor):
    with pytest.raises(ValueError, match="worth"):
        interval_of(SHARE, factor)


def test_contradicting_counts_are_refused():
    with pytest.raises(ValueError, match="proportion"):
        interval_of(Proportion(successes=Fraction(3), n=Fraction(2)))
