"""Sizes of samples; published examples are in the vectors."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.sampling.sizes import of_population, size_for_mean, size_for_proportion, whole_size


def test_no_rounding_error_adds_a_unit():
    """2 x 2 x 0.25 / 0.05² is 400; in floats it is 399.9... or 400.00000000000006."""
    assert whole_size(size_for_proportion(0.05, 2)) == 400
    assert whole_size(size_for_proportion(0.1, 3, 0.1)) == 81


def test_a_mean_within_a_margin():
    """By hand: (1.96 x 3 / 1)² is 34.5744."""
    size = size_for_mean(1, 1.96, 3)
    assert size == Fraction("34.5744")
    assert whole_size(size) == 35


@given(st.integers(1, 10**6), st.integers(1, 10**7))
def test_a_population_never_asks_for_more_than_itself_or_more_than_without_end(size, population):
    found = of_population(size, population)
    assert 1 <= found <= min(size, population)


@given(st.integers(2, 10**5))
def test_a_population_keeps_the_precision(population):
    """The variance of a mean of n of N is s²/n (N - n)/(N - 1): it must be that of n₀ without end."""
    n = of_population(100, population)
    assert (population - n) / (n * (population - 1)) == Fraction(1, 100)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: size_for_proportion(0, 1.96),
        lambda: size_for_proportion(1, 1.96),
        lambda: size_for_proportion(0.05, 1.96, 1.5),
        lambda: size_for_mean(1, 1.96, 0),
        lambda: of_population(10, 0),
        lambda: of_population(-1, 10),
    ],
)
def test_impossible_numbers_are_refused(refused):
    with pytest.raises(ValueError, match=r"\w"):
        refused()
