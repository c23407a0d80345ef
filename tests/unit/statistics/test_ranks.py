"""Mann and Whitney's test from counts, against scipy, published figures and all orders there are."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.statistics.ranks import mann_whitney

ANSWERS = st.lists(st.integers(1, 5), min_size=1, max_size=60)


def drawn(before, after):
    return mann_whitney(Counter(before), Counter(after))


@given(ANSWERS, ANSWERS)
def test_answers_on_a_scale_as_scipy_has_them(before, after):
    found = drawn(before, after)
    if len({*before, *after}) == 1:
        assert found is None
        return
    assume(len({*before, *after}) < len(before) + len(after))
    expected = stats.mannwhitneyu(after, before, method="asymptotic", use_continuity=True)
    assert (found.name, found.u) == ("mann_whitney", expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)


@given(st.sets(st.integers(0, 99), min_size=2, max_size=24), st.data())
def test_different_values_as_scipy_has_them(values, data):
    before = data.draw(st.sets(st.sampled_from(sorted(values)), min_size=1, max_size=len(values) - 1))
    after = values - before
    assume(max(len(before), len(after)) <= 20)
    found = drawn(before, after)
    expected = stats.mannwhitneyu(sorted(after), sorted(before), method="exact")
    assert (found.name, found.u) == ("mann_whitney_exact", expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)


def test_the_exact_probability_counts_all_orders():
    """Of the 126 ways in which 4 of 9 ranks can be the later ones."""
    before, after = {1, 2, 4, 5, 7}, {3, 6, 8, 9}
    ranks = sorted(before | after)

    def pairs(later):
        return sum(one > other for one in later for other in ranks if other not in later)

    found = drawn(before, after)
    middle = len(before) * len(after) / 2
    far = [abs(pairs(later) - middle) >= abs(found.u - middle) for later in combinations(ranks, 4)]
    assert found.u == pairs(after) == 16
    assert found.p == pytest.approx(sum(far) / len(far))


def test_the_table_of_mann_and_whitney():
    """Their table for periods of 5 and 5, one-sided: 0.028 for a U of 3, 0.016 for one of 2."""
    found = drawn({1, 2, 3, 5, 7}, {4, 6, 8, 9, 10})
    assert found.u == 22
    assert found.p / 2 == pytest.approx(0.028, abs=5e-4)
    assert drawn({1, 2, 3, 4, 7}, {5, 6, 8, 9, 10}).p / 2 == pytest.approx(0.016, abs=5e-4)


@given(ANSWERS, ANSWERS)
def test_exchanged_periods_give_the_mirror_image(before, after):
    there, back = drawn(before, after), drawn(after, before)
    assume(there is not None)
    assert there.u + back.u == len(before) * len(after)
    assert (there.z, there.p) == (-back.z, back.p)


@given(ANSWERS, ANSWERS)
def test_only_the_order_of_the_values_counts(before, after):
    stretched = drawn([value**3 for value in before], [value**3 for value in after])
    assert stretched == drawn(before, after)


@given(ANSWERS, ANSWERS)
def test_more_answers_of_the_same_kind_make_a_difference_surer(before, after):
    once, twice = drawn(before * 2, after * 2), drawn(before * 4, after * 4)
    assume(once is not None)
    assert twice.p <= once.p
    assert 0 < twice.p <= once.p <= 1


def test_a_value_that_nobody_gave_is_no_value():
    with_nothing = mann_whitney({1: 4, 2: 0, 3: 5}, {1: 1, 3: 6, 5: 0})
    assert with_nothing == mann_whitney({1: 4, 3: 5}, {1: 1, 3: 6})


def test_numbers_of_all_kinds_are_put_in_order():
    assert mann_whitney({Decimal("1.5"): 3, 2: 4}, {Fraction(5, 2): 3, 2.0: 2}) == mann_whitney(
        {0: 3, 1: 4}, {2: 3, 1: 2}
    )


def test_many_different_values_are_left_to_the_normal_distribution():
    values = list(range(0, 84, 2)), list(range(9, 91, 2))
    found = drawn(*values)
    assert found.name == "mann_whitney"
    assert found.p == pytest.approx(stats.mannwhitneyu(values[1], values[0], method="asymptotic").pvalue)


def test_the_direction_is_that_of_the_later_values():
    worse, better = drawn([4, 4, 5], [1, 2, 2, 3]), drawn([1, 2, 2, 3], [4, 4, 5])
    assert worse.z < 0 < better.z


@pytest.mark.parametrize(
    ("before", "after"), [({}, {1: 3}), ({1: 3}, {}), ({1: 0}, {2: 4}), ({3: 9}, {3: 5}), ({}, {})]
)
def test_where_nothing_varies_there_is_no_test(before, after):
    assert mann_whitney(before, after) is None


@pytest.mark.parametrize("wrong", [{1: -1}, {1: 0.5}, {float("nan"): 2}, {float("inf"): 2}])
def test_what_is_no_count_is_refused(wrong):
    for counts in ((wrong, {1: 2}), ({1: 2}, wrong)):
        with pytest.raises(ValueError, match="impossible"):
            mann_whitney(*counts)
