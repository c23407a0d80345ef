"""Possible ranks: equal sites are not ranked apart, different ones are, and the order of sites is irrelevant."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.model.spread import Proportion
from sqaudit.statistics.comparison import proportions_test
from sqaudit.statistics.funnels import binomial_limits, limits_around_mean, poisson_limits, tail_of
from sqaudit.statistics.ranking import groups_alike, probability_by_errors, rank_intervals

SITES = st.lists(
    st.tuples(st.floats(0, 100), st.floats(0.1, 20)), min_size=2, max_size=12, unique_by=lambda one: one[0]
)
CHAINS, NOMINAL = 1000, 0.05
# Three standard errors of a share of 5 % in 1,000 chains.
SLACK = 3 * (NOMINAL * (1 - NOMINAL) / CHAINS) ** 0.5


def standings_of(values, errors):
    return rank_intervals(values, probability_by_errors(values, errors))


def by_counts(successes, sizes):
    counts = [Proportion(successes=int(k), n=int(n)) for k, n in zip(successes, sizes, strict=True)]

    def probability(one, other):
        found = proportions_test(counts[one], counts[other])
        return None if found is None else found.p

    return rank_intervals([float(one.successes / one.n) for one in counts], probability)


def test_equal_sites_are_seldom_ranked_apart():
    """In 1,000 chains of 12 equal sites, at most 5 % have any pair told apart; by errors and by counts."""
    rng = np.random.default_rng(11)
    errors = rng.uniform(0.5, 8, 12)
    values = rng.normal(70, errors, (CHAINS, 12))
    wrong = sum(any(one.above for one in standings_of(row, errors.tolist())) for row in values.tolist())
    assert wrong / CHAINS <= NOMINAL + SLACK
    sizes = rng.integers(30, 300, 12)
    counts = rng.binomial(sizes, 0.9, (CHAINS, 12))
    wrong = sum(any(one.above for one in by_counts(row, sizes)) for row in counts)
    assert wrong / CHAINS <= NOMINAL + SLACK


def test_equal_sites_seldom_leave_the_funnel():
    rng = np.random.default_rng(12)
    sizes = rng.integers(30, 300, 12)
    counts = rng.binomial(sizes, 0.9, (CHAINS, 12))
    tail = tail_of(12)
    wrong = 0
    for row in counts:
        overall = row.sum() / sizes.sum()
        limits = [binomial_limits(overall, int(n), tail) for n in sizes]
        wrong += any(not low <= k / n <= high for k, n, (low, high) in zip(row, sizes, limits, strict=True))
    assert wrong / CHAINS <= NOMINAL + SLACK
    # One sure site among unsure ones: the mean of all is what is uncertain.
    errors = np.array([0.1] + [6.0] * 11)
    values = rng.normal(70, errors, (CHAINS, 12)).tolist()
    reaches = [(z, z) for z in (stats.norm.isf(tail) * errors).tolist()]
    wrong = 0
    for row in values:
        limits = limits_around_mean(errors.tolist(), reaches, [1.0] * 12, sum(row) / 12, tail)
        wrong += any(not low <= value <= high for value, (low, high) in zip(row, limits, strict=True))
    assert wrong / CHAINS <= NOMINAL + SLACK


def test_truly_different_sites_are_told_apart():
    """Two groups six standard errors apart: hardly a chain in which they are not parted, and true ranks are inside."""
    rng = np.random.default_rng(13)
    truth = np.array([70.0] * 6 + [88.0] * 6)
    parted = missed = 0
    for row in rng.normal(truth, 2.0, (200, 12)).tolist():
        standings = standings_of(row, [2.0] * 12)
        parted += sum(len(one.above) for one in standings[:6]) >= 34
        # Of sites that are alike, any of their ranks is a true one.
        missed += any(one.worst < 7 for one in standings[:6]) or any(one.best > 6 for one in standings[6:])
    assert parted / 200 > 0.95
    assert missed / 200 <= NOMINAL


@given(SITES, st.randoms())
def test_the_order_of_sites_is_irrelevant(sites, choose):
    order = list(range(len(sites)))
    choose.shuffle(order)
    straight = standings_of(*map(list, zip(*sites, strict=True)))
    shuffled = standings_of(*map(list, zip(*(sites[place] for place in order), strict=True)))
    assert [(one.best, one.worst) for one in shuffled] == [(straight[p].best, straight[p].worst) for p in order]


@given(SITES)
def test_ranks_hold_together(sites):
    values, errors = map(list, zip(*sites, strict=True))
    standings = standings_of(values, errors)
    for place, one in enumerate(standings):
        rank = 1 + sum(other > values[place] for other in values)
        assert 1 <= one.best <= rank <= one.worst <= len(values)
        assert all(place in standings[other].below for other in one.above)
    mirrored = standings_of([-value for value in values], errors)
    assert [(len(values) + 1 - one.worst, len(values) + 1 - one.best) for one in mirrored] == [
        (one.best, one.worst) for one in standings
    ]


@given(SITES)
def test_no_two_of_a_group_are_told_apart(sites):
    values, errors = map(list, zip(*sites, strict=True))
    standings = standings_of(values, errors)
    groups = groups_alike(values, standings)
    for group in groups:
        assert len(group) > 1
        assert not any(other in standings[place].below for place in group for other in group)
    assert not any(set(one) < set(other) for one in groups for other in groups)
    order = sorted(range(len(values)), key=lambda place: -values[place])
    for one, other in itertools.pairwise(order):
        is_together = any({one, other} <= set(group) for group in groups)
        assert is_together is (other not in standings[one].below)


def test_by_hand():
    """Of three pairs the smallest p is doubled six times by Holm: 1.96 standard errors no longer part two of three."""
    standings = standings_of([0.0, 2.8, 20.0], [1.0, 1.0, 1.0])
    assert [(one.best, one.worst) for one in standings] == [(2, 3), (2, 3), (1, 1)]
    assert groups_alike([0.0, 2.8, 20.0], standings) == [(1, 0)]


def test_values_without_error_are_as_they_are():
    standings = standings_of([1.0, 1.0, 2.0], [0.0, 0.0, 0.0])
    assert [(one.best, one.worst) for one in standings] == [(2, 3), (2, 3), (1, 1)]


@pytest.mark.parametrize(("overall", "n"), [(0.9, 100), (0.5, 31), (0.03, 400), (0.99, 40)])
@pytest.mark.parametrize("tail", [0.025, 0.001])
def test_binomial_limits_leave_out_what_is_rarer_than_the_tail(overall, n, tail):
    low, high = binomial_limits(overall, n, tail)
    for k in range(n + 1):
        assert (k / n < low) is bool(stats.binom.cdf(k, n, overall) < tail)
        assert (k / n > high) is bool(stats.binom.sf(k - 1, n, overall) < tail)


@pytest.mark.parametrize(("overall", "exposure"), [(0.02, 1000), (2.5, 4), (0.0001, 10), (0.3, 10)])
@pytest.mark.parametrize("tail", [0.025, 0.001])
def test_poisson_limits_leave_out_what_is_rarer_than_the_tail(overall, exposure, tail):
    low, high = poisson_limits(overall, exposure, tail)
    for k in range(80):
        assert (k / exposure < low) is bool(stats.poisson.cdf(k, overall * exposure) < tail)
        assert (k / exposure > high) is bool(stats.poisson.sf(k - 1, overall * exposure) < tail)


def test_where_nothing_or_everything_succeeds_the_funnel_is_closed():
    assert binomial_limits(0, 50, 0.01) == (0, 0)
    assert binomial_limits(1, 50, 0.01) == (1, 1)
    assert poisson_limits(0, 50, 0.01) == (0, 0)


@pytest.mark.parametrize(
    ("limits", "given"),
    [(binomial_limits, (1.2, 5, 0.01)), (binomial_limits, (0.5, 0, 0.01)), (poisson_limits, (0.5, 0, 0.01))],
)
def test_impossible_funnels_are_refused(limits, given):
    with pytest.raises(ValueError, match="no limits"):
        limits(*given)


def test_a_funnel_around_nothing_is_refused():
    with pytest.raises(ValueError, match="weighs"):
        limits_around_mean([1.0], [(1.0, 1.0)], [0.0], 5.0, 0.01)
