"""Sums of parts on a grid: against plain enumeration, and scores of equal sites that are all or nothing."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.model.score import Value
from sqaudit.model.target import Direction
from sqaudit.statistics.weighted_sums import (
    chances_not_above,
    distribution_of_sum,
    normal_nodes,
    quantile_of,
)
from sqaudit.workflow.ranking.placing import SiteValue, place_sites

NODES = np.array(normal_nodes())
CHAINS, SITES, NOMINAL = 250, 8, 0.05


def on_grid(distribution):
    return {round(0.05 * place, 2): chance for place, chance in enumerate(distribution) if chance > 1e-12}


@given(st.lists(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), min_size=1, max_size=4), max_size=4))
def test_a_sum_is_what_enumeration_makes_of_it(written):
    parts = [[(float(value), chance / sum(c for _, c in part)) for value, chance in part] for part in written]
    expected: dict[float, float] = {}
    for chosen in product(*parts):
        total = sum(value for value, _ in chosen) + 10
        expected[total] = expected.get(total, 0) + np.prod([chance for _, chance in chosen])
    assert on_grid(distribution_of_sum(parts, 10)) == pytest.approx(expected)


def test_between_the_grid_the_mean_is_kept():
    found = distribution_of_sum([[(10.01, 1.0)], [(20.02, 0.5), (30.033, 0.5)]])
    mean = sum(0.05 * place * chance for place, chance in enumerate(found))
    assert mean == pytest.approx(10.01 + (20.02 + 30.033) / 2)
    assert sum(found) == pytest.approx(1)


def test_the_nodes_have_the_tails_of_a_normal_number():
    values, chances = NODES.T
    assert (chances * values**2).sum() == pytest.approx(1)
    for limit in (1.05, 2.05, 3.05, 4.05):
        assert chances[values > limit].sum() == pytest.approx(stats.norm.sf(limit), rel=0.02)


def test_quantiles_and_chances():
    one, other = distribution_of_sum([[(10.0, 0.9), (90.0, 0.1)]]), distribution_of_sum([], 50)
    assert (quantile_of(one, 0.5), quantile_of(one, 0.95), quantile_of(other, 0.01)) == (10, 90, 50)
    assert chances_not_above([one, other]) == pytest.approx(np.array([[1 - 0.9 * 0.1, 0.9], [0.1, 1]]))


def all_or_nothing(value):
    return 100.0 * (value >= 0.8)


def straight(value):
    return 100 * np.clip((value - 0.5) / 0.5, 0, 1)


@pytest.mark.parametrize(
    "scorers", [[all_or_nothing], [straight], [all_or_nothing, all_or_nothing, straight]], ids=["one", "line", "mixed"]
)
def test_scores_of_equal_sites_are_seldom_told_apart(scorers):
    """True values lie at the target itself, where all or nothing is least sure; at most 5 % of the chains err."""
    rng = np.random.default_rng(21)
    errors = rng.uniform(0.01, 0.06, (SITES, len(scorers)))
    drawn = rng.normal(0.8, errors, (CHAINS, SITES, len(scorers)))
    weight, ranked, outlying = 1 / len(scorers), 0, 0
    for chain in drawn:
        values = []
        for site, measured in enumerate(chain):
            parts = [
                np.column_stack([weight * scorer(value + error * NODES[:, 0]), NODES[:, 1]])
                for scorer, value, error in zip(scorers, measured, errors[site], strict=True)
            ]
            score = weight * sum(float(scorer(value)) for scorer, value in zip(scorers, measured, strict=True))
            likely = distribution_of_sum(parts)
            error = (quantile_of(likely, 0.975) - quantile_of(likely, 0.025)) / 3.92
            known = Value(value=score, unit="score", formula="score")
            values.append(SiteValue(site=f"s{site}", value=known, n=None, error=error, likely=likely))
        placed = place_sites(values, Direction.HIGHER)
        ranked += any(one.best != 1 or one.worst != SITES for one in placed.sites)
        outlying += any(one.outlying for one in placed.sites)
    slack = 3 * (NOMINAL * (1 - NOMINAL) / CHAINS) ** 0.5
    assert ranked / CHAINS <= NOMINAL + slack
    assert outlying / CHAINS <= NOMINAL + slack
