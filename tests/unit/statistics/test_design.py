"""What samples are worth, against the definitions."""

from fractions import Fraction
from math import inf, isclose, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.statistics.design import design_effect, effective_size, finite_population

WEIGHTS = st.lists(st.fractions(0, 1000), min_size=1, max_size=20).filter(any)


def size_of(weights):
    return effective_size(sum(weights), sum(weight**2 for weight in weights))


@given(WEIGHTS)
def test_weights_never_make_a_sample_larger(weights):
    assert 1 <= size_of(weights) <= sum(weight > 0 for weight in weights)


@given(WEIGHTS, st.fractions(Fraction(1, 100), 100))
def test_the_unit_of_weights_does_not_matter(weights, unit):
    assert size_of([weight * unit for weight in weights]) == size_of(weights)


@given(st.integers(1, 1000), st.fractions(Fraction(1, 100), 100))
def test_equal_weights_change_nothing(n, weight):
    assert effective_size(n * weight, n * weight**2) == n


def test_nothing_weighs_nothing():
    assert effective_size(0, 0) is None


@given(st.integers(1, 40), st.integers(1, 40), st.fractions(0, 1))
def test_the_design_effect_is_how_much_clusters_swell_the_variance_of_a_mean(size, clusters, icc):
    """The variance of a mean is the mean of all entries of the covariance matrix: 1 on, icc beside the diagonal."""
    block = np.full((size, size), float(icc))
    np.fill_diagonal(block, 1.0)
    n = size * clusters
    variance = clusters * block.sum() / n**2
    assert isclose(design_effect(size, icc), variance / (1 / n), rel_tol=1e-9)


@given(st.integers(2, 10**6), st.data())
def test_a_finite_population_makes_a_sample_worth_more(population, data):
    """The variance shrinks by (N - n)/(N - 1)."""
    n = data.draw(st.integers(1, population - 1))
    assert Fraction(1, n) * Fraction(population - n, population - 1) == 1 / finite_population(n, population)
    assert finite_population(n, population) >= n


def test_a_census_has_no_sampling_error():
    assert finite_population(80, 80) == inf
    assert finite_population(1, 1) == inf
    assert finite_population(0, 5) == 0


@pytest.mark.parametrize(
    ("of", "numbers"),
    [
        (effective_size, (nan, 1)),
        (effective_size, (1, inf)),
        (effective_size, (-1, 1)),
        (design_effect, (0.5, 0.1)),
        (design_effect, (inf, 0.1)),
        (design_effect, (20, 1.1)),
        (design_effect, (20, -0.5)),
        (finite_population, (6, 5)),
        (finite_population, (-1, 5)),
        (finite_population, (1, inf)),
        (finite_population, (nan, 5)),
    ],
)
def test_impossible_samples_are_refused(of, numbers):
    with pytest.raises(ValueError, match=r"."):
        of(*numbers)


def test_floats_and_whole_numbers_are_the_same():
    assert effective_size(6.0, 12.0) == effective_size(6, 12) == 3
    assert finite_population(80.0, 200) == finite_population(80, 200)
