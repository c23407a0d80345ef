"""How evenly sites perform, against scipy."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.statistics.consistency import coefficient_of_variation, corrected_variation


@given(st.lists(st.floats(1, 100), min_size=2, max_size=30))
def test_the_variation_is_that_of_scipy(scores):
    plain = coefficient_of_variation(scores)
    assert isclose(plain, stats.variation(scores, ddof=1), rel_tol=1e-9, abs_tol=1e-12)
    assert isclose(corrected_variation(scores), plain * (4 * len(scores) + 1) / (4 * len(scores)), rel_tol=1e-12)


@pytest.mark.parametrize("scores", [[], [90.0], [-1.0, 1.0]])
def test_one_site_or_a_mean_of_0_has_no_variation(scores):
    assert coefficient_of_variation(scores) is None
    assert corrected_variation(scores) is None
