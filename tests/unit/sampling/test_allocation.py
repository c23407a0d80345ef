"""Shares of strata; worked examples are in the vectors."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.sampling.allocation import neyman, proportional

sizes = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 200), max_size=8)


@given(sizes, st.data())
def test_shares_add_up_and_stay_within_one_of_the_proportion(strata, data):
    whole = sum(strata.values())
    total = data.draw(st.integers(0, whole))
    shares = proportional(total, strata)
    assert sum(shares.values()) == total
    assert shares.keys() == strata.keys()
    for name, size in strata.items():
        assert 0 <= shares[name] <= size
        assert not whole or abs(shares[name] - Fraction(total * size, whole)) < 1


def test_equal_remainders_go_to_the_first_name_whatever_the_order():
    assert proportional(1, {"b": 5, "a": 5}) == {"a": 1, "b": 0}


def test_neyman_follows_the_deviation_and_gives_nothing_where_nothing_varies():
    assert neyman(30, {"even": (100, 0.0), "mixed": (50, 2.0), "wild": (50, 4.0)}) == {
        "even": 0,
        "mixed": 10,
        "wild": 20,
    }
    assert neyman(30, {"even": (100, 0.0)}) is None


@pytest.mark.parametrize(
    "refused",
    [
        lambda: proportional(-1, {"a": 3}),
        lambda: proportional(4, {"a": 3}),
        lambda: neyman(-1, {"a": (3, 1.0)}),
        lambda: neyman(1, {"a": (3, -1.0)}),
    ],
)
def test_impossible_numbers_are_refused(refused):
    with pytest.raises(ValueError, match=r"\w"):
        refused()
