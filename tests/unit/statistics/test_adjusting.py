"""Adjusted probabilities, against scipy and published examples."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.statistics.adjusting import benjamini_hochberg, holm

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=30)
# Benjamini and Hochberg 1995, section 4.1: thrombolysis against myocardial infarction, 15 tests.
PUBLISHED = [
    *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
    *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
]


@given(PROBABILITIES)
def test_benjamini_and_hochberg_as_scipy_does(probabilities):
    assert benjamini_hochberg(probabilities) == pytest.approx(stats.false_discovery_control(probabilities))


def test_the_published_example():
    """At 0.05 they reject the four smallest."""
    assert sum(p <= 0.05 for p in benjamini_hochberg(PUBLISHED)) == 4


@given(PROBABILITIES, st.randoms())
def test_the_order_is_irrelevant(probabilities, choose):
    order = list(range(len(probabilities)))
    choose.shuffle(order)
    shuffled = benjamini_hochberg([probabilities[place] for place in order])
    assert shuffled == [benjamini_hochberg(probabilities)[place] for place in order]


def test_nothing_is_adjusted_to_nothing():
    assert (benjamini_hochberg([]), benjamini_hochberg([0.03])) == ([], [0.03])


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(ValueError, match="no probability"):
        benjamini_hochberg([0.5, wrong])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_is_the_closure_of_bonferroni(probabilities):
    """A test stands only if every group of tests that it belongs to does: their smallest times their number."""
    places = range(len(probabilities))
    groups = [group for size in places for group in combinations(places, size + 1)]
    closed = [
        max(min(1.0, len(group) * min(probabilities[one] for one in group)) for group in groups if place in group)
        for place in places
    ]
    assert holm(probabilities) == pytest.approx(closed)


def test_holms_own_steps():
    """Four tests by hand: 4 times the smallest, 3 times the next, then never less than the one before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(PROBABILITIES)
def test_holm_is_no_milder_than_benjamini_and_hochberg(probabilities):
    for rate, one in zip(benjamini_hochberg(probabilities), holm(probabilities), strict=True):
        assert rate <= one * (1 + 1e-12)


@given(PROBABILITIES)
def test_holm_keeps_the_order_of_the_probabilities(probabilities):
    adjusted = [one for _, one in sorted(zip(probabilities, holm(probabilities), strict=True))]
    assert adjusted == sorted(adjusted)
    assert adjusted[0] >= 0
    assert adjusted[-1] <= 1


@given(PROBABILITIES, st.randoms())
def test_the_order_is_irrelevant_to_holm(probabilities, choose):
    order = list(range(len(probabilities)))
    choose.shuffle(order)
    shuffled = holm([probabilities[place] for place in order])
    assert shuffled == [holm(probabilities)[place] for place in order]


def test_one_test_alone_is_not_adjusted_by_holm():
    assert (holm([]), holm([0.03])) == ([], [0.03])


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_holm_refuses_what_is_no_probability(wrong):
    with pytest.raises(ValueError, match="no probability"):
        holm([0.5, wrong])
