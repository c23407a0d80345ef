"""Exact tests, against scipy's."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.statistics.exact_tests import exact_binomial, fisher_exact

COUNTS = st.integers(0, 40).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(COUNTS, COUNTS)
def test_fishers_test_is_that_of_scipy(one, other):
    table = [[one[0], one[1] - one[0]], [other[0], other[1] - other[0]]]
    assert isclose(fisher_exact(*one, *other), stats.fisher_exact(table).pvalue, rel_tol=1e-9)


@given(COUNTS, st.floats(0.001, 0.999))
def test_the_binomial_test_is_that_of_scipy(found, chance):
    if found[1]:
        assert isclose(exact_binomial(*found, chance), stats.binomtest(*found, chance).pvalue, rel_tol=1e-9)


def test_fishers_tea():
    """R. A. Fisher, The Design of Experiments (1935), chapter II: 3 of 4 cups right; 34 of 70 two-sided."""
    assert fisher_exact(3, 4, 1, 4) == pytest.approx(34 / 70)


def test_large_counts_are_as_exact():
    assert exact_binomial(500_000, 1_000_000, 0.4995) == pytest.approx(
        stats.binomtest(500_000, 1_000_000, 0.4995).pvalue, rel=1e-9
    )


def test_what_lies_too_far_out_for_numbers_is_zero():
    assert exact_binomial(1_000_000, 1_000_000, 0.1) == 0


@pytest.mark.parametrize("wrong", [(3, 2, 0, 1), (-1, 2, 0, 1), (0, 1, 2, 1)])
def test_parts_larger_than_their_whole_are_refused(wrong):
    with pytest.raises(ValueError, match="no proportions"):
        fisher_exact(*wrong)


@pytest.mark.parametrize("wrong", [(3, 2, 0.5), (1, 2, 0), (1, 2, 1)])
def test_impossible_binomials_are_refused(wrong):
    with pytest.raises(ValueError, match="impossible"):
        exact_binomial(*wrong)
