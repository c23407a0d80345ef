"""In how many ways a picking could have ended, and what that leaves of a probability."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.statistics.picking import after_picking, ways_to_pick


@given(st.integers(1, 9), st.data())
def test_every_group_that_could_have_come_out_is_a_way(candidates, data):
    picked = data.draw(st.integers(1, candidates))
    assert ways_to_pick(candidates, picked) == len(list(combinations(range(candidates), picked)))


def test_where_all_were_taken_nothing_was_picked():
    assert (ways_to_pick(1), ways_to_pick(12, 12), ways_to_pick(12), ways_to_pick(12, 12, 3)) == (1, 1, 12, 3)


@pytest.mark.parametrize("wrong", [(0, 1), (3, 0), (3, 4), (3, 1, 0)])
def test_an_impossible_picking_is_refused(wrong):
    with pytest.raises(ValueError, match="cannot be picked"):
        ways_to_pick(*wrong)


@given(st.floats(0, 1), st.integers(1, 10**400))
def test_a_probability_only_grows(p, ways):
    assert p <= after_picking(p, ways) <= 1
    assert after_picking(p, 1) == p


def test_more_ways_than_any_float_can_hold():
    assert after_picking(1e-300, ways_to_pick(2000, 1000)) == 1
    assert after_picking(0.0, 10**400) == 0
    assert after_picking(0.0001, 200) == pytest.approx(0.02)


@pytest.mark.parametrize("wrong", [(-0.1, 1), (1.1, 1), (float("nan"), 1), (0.5, 0)])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(ValueError, match="impossible"):
        after_picking(*wrong)
