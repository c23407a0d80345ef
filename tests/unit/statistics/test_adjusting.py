"""Adjusted probabilities, against scipy and published examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.statistics.adjusting import benjamini_hochberg

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
