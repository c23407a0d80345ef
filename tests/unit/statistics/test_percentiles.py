"""Percentiles against numpy, ranks against every term of the binomial."""

from fractions import Fraction
from math import comb, exp, isclose, log, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.statistics.percentiles import percentile, ranks_around

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)
NAMES = {"type_7": "linear", "type_6": "weibull"}


@pytest.mark.parametrize("method", NAMES)
@given(values=VALUES, p=st.floats(0, 1))
def test_a_percentile_is_that_of_numpy(method, values, p):
    expected = np.quantile(values, p, method=NAMES[method])
    assert isclose(percentile(values, p, method), expected, rel_tol=1e-9, abs_tol=1e-6)


@pytest.mark.parametrize("method", NAMES)
@given(values=VALUES, p=st.floats(0, 1), q=st.floats(0, 1))
def test_a_percentile_lies_among_the_values_and_grows_with_p(method, values, p, q):
    low, high = (percentile(values, part, method) for part in sorted((p, q)))
    assert min(values) <= low <= max(values)
    assert low <= high or isclose(low, high, rel_tol=1e-12)


@given(VALUES)
def test_the_ends_are_values_and_both_methods_share_the_median(values):
    assert percentile(values, 0) == min(values)
    assert percentile(values, 1) == max(values)
    assert isclose(percentile(values, 0.5), percentile(values, 0.5, "type_6"), abs_tol=1e-6)


def test_nothing_has_no_percentile():
    assert percentile([], 0.5) is None


@pytest.mark.parametrize(
    ("values", "p", "method"),
    [
        ([1.0], -0.1, "type_7"),
        ([1.0], 1.1, "type_7"),
        ([1.0], nan, "type_7"),
        ([nan], 0.5, "type_7"),
        ([1.0], 0.5, "7"),
    ],
)
def test_an_impossible_percentile_is_refused(values, p, method):
    with pytest.raises(ValueError, match=r"percentile|finite"):
        percentile(values, p, method)


def enumerated_ranks(n, p, confidence):
    """By the definition, from exact terms: equal tails; else the outermost value and the other tail with what is left.

    ``p`` and ``confidence`` are fractions.
    """
    terms = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    below = [sum(terms[:rank]) for rank in range(n + 2)]  # below[r] = P(B < r)
    reached = [1 - part for part in below]  # reached[s] = P(B >= s)
    outside = 1 - confidence

    def lowest(tail):
        return max((r for r in range(1, n + 1) if below[r] <= tail), default=None)

    def highest(tail):
        return min((s for s in range(1, n + 1) if reached[s] <= tail), default=None)

    lower, upper = lowest(outside / 2), highest(outside / 2)
    if lower is None and n:
        lower, upper = 1, highest(outside - below[1])
    elif upper is None and n:
        lower, upper = lowest(outside - reached[n]), n
    return (lower, upper) if lower and upper and lower < upper else None


@pytest.mark.parametrize("confidence", ["0.5", "0.75", "0.8", "0.95", "0.99"])  # at 0.5 and 0.75 tails fit exactly
@pytest.mark.parametrize("p", ["0.1", "0.25", "0.5", "0.9", "0.95"])
def test_ranks_are_those_of_the_enumerated_binomial(p, confidence):
    for n in [*range(45), 59, 60, 90, 150]:
        expected = enumerated_ranks(n, Fraction(p), Fraction(confidence))
        assert ranks_around(n, float(p), float(confidence)) == expected, n


@pytest.mark.parametrize(("n", "p", "confidence"), [(2, "0.9", "0.18"), (2, "0.1", "0.18"), (3, "0.9", "0.27")])
def test_ranks_that_hold_their_confidence_exactly_are_not_lost_to_rounding(n, p, confidence):
    assert 1 - Fraction(p) ** n - (1 - Fraction(p)) ** n == Fraction(confidence)
    assert ranks_around(n, float(p), float(confidence)) == (1, n)


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9, 0.95])
def test_ranks_are_missing_only_where_even_the_outermost_values_are_not_enough(p):
    for n in range(120):
        outermost = 1 - p**n - (1 - p) ** n if n else 0
        if not isclose(outermost, 0.95, abs_tol=1e-12):
            assert (ranks_around(n, p) is not None) is (outermost > 0.95)


@given(st.integers(2, 50_000_000), st.floats(0.001, 0.999), st.sampled_from([0.8, 0.95, 0.99]))
def test_ranks_hold_their_confidence_and_no_closer_ones_would(n, p, confidence):
    ranks = ranks_around(n, p, confidence)
    if ranks is None:
        return
    lower, upper = ranks
    outside = 1 - confidence
    below, above = stats.binom.cdf(lower - 1, n, p), stats.binom.sf(upper - 1, n, p)
    assert 1 <= lower < upper <= n
    assert below + above <= outside * (1 + 1e-6)
    if lower > 1 and upper < n:
        assert stats.binom.cdf(lower, n, p) > outside / 2 * (1 - 1e-6)
        assert stats.binom.sf(upper - 2, n, p) > outside / 2 * (1 - 1e-6)


def test_ranks_of_fifty_million_leave_the_tail_that_a_sum_of_its_terms_leaves():
    """The tail is summed term by term from the first (Stirling's series for its factorials), down to nothing."""
    n, p = 50_000_000, 0.9
    _, upper = ranks_around(n, p)

    def tail_from(first):
        # Logarithms of numbers this large cancel; the ratios of neighbours to the mode do not.
        k = np.arange(first, first + 60_000, dtype=np.float64)
        term = exp(
            -first * log(first / (n * p))
            - (n - first) * log((n - first) / (n * (1 - p)))
            + 0.5 * log(n / (2 * np.pi * first * (n - first)))
        )
        ratios = (n - k[:-1]) / (k[:-1] + 1) * p / (1 - p)
        return term * (1 + np.cumprod(ratios).sum())

    assert tail_from(upper) <= 0.025 < tail_from(upper - 1)


@pytest.mark.parametrize(
    ("n", "p", "confidence"), [(-1, 0.5, 0.95), (5, 0, 0.95), (5, 1, 0.95), (5, 0.5, 1), (5, nan, 0.95)]
)
def test_impossible_ranks_are_refused(n, p, confidence):
    with pytest.raises(ValueError, match="ranks"):
        ranks_around(n, p, confidence)
