"""Krippendorff's alpha: published examples are in the vectors; here it is held against its definition."""

from collections import Counter
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.statistics.agreement import NO_PAIRS, NO_VARIATION, Agreement, cohen_kappa, cross_table
from sqaudit.statistics.krippendorff import krippendorff_alpha

SCALES = ("nominal", "ordinal", "interval", "ratio")
ratings = st.lists(st.lists(st.one_of(st.none(), st.integers(0, 4)), max_size=5), max_size=8)


def by_definition(rows, scale):
    """1 - observed / expected, pair by pair, with the differences as Krippendorff writes them."""
    rows = [[rating for rating in row if rating is not None] for row in rows]
    rows = [row for row in rows if len(row) > 1]
    whole = [rating for row in rows for rating in row]
    counts = Counter(whole)

    def squared(one, other):
        if scale == "ordinal":
            low, high = sorted((one, other))
            between = sum(counts[rating] for rating in range(low, high + 1))
            return (between - Fraction(counts[low] + counts[high], 2)) ** 2
        if scale == "ratio":
            return Fraction(one - other, one + other) ** 2 if one != other else 0
        return (one - other) ** 2 if scale == "interval" else one != other

    expected = sum(Fraction(squared(*pair), max(1, len(whole) - 1)) for pair in permutations(whole, 2))
    if not expected:
        return None
    observed = sum(Fraction(squared(*pair), len(row) - 1) for row in rows for pair in permutations(row, 2))
    return 1 - observed / expected


@given(scale=st.sampled_from(SCALES), rows=ratings)
def test_alpha_is_as_defined(scale, rows):
    assert krippendorff_alpha(rows, scale).coefficient == by_definition(rows, scale)


@given(scale=st.sampled_from(SCALES), rows=ratings, random=st.randoms())
def test_the_order_of_things_raters_and_gaps_changes_nothing(scale, rows, random):
    shuffled = [random.sample(row, len(row)) for row in random.sample(rows, len(rows))]
    assert krippendorff_alpha(rows, scale) == krippendorff_alpha(shuffled, scale)


@given(rows=ratings)
def test_a_thing_rated_once_says_nothing(rows):
    assert krippendorff_alpha([*rows, [4, None], []]) == krippendorff_alpha(rows)


@given(rows=ratings, order=st.permutations("abcde"))
def test_names_will_do_where_order_means_nothing(rows, order):
    named = [[None if rating is None else order[rating] for rating in row] for row in rows]
    assert krippendorff_alpha(named) == krippendorff_alpha(rows)


@pytest.mark.parametrize("scale", SCALES)
def test_perfect_agreement_is_1(scale):
    assert krippendorff_alpha([[1, 1], [2, 2, None], [3, 3, 3]], scale) == Agreement(
        coefficient=Fraction(1), agreement=Fraction(1)
    )


@pytest.mark.parametrize("scale", SCALES)
def test_ratings_that_never_vary_leave_alpha_undefined(scale):
    found = krippendorff_alpha([[0, 0], [0, 0, 0]], scale)
    assert found == Agreement(coefficient=None, agreement=Fraction(1), reason=NO_VARIATION)


@pytest.mark.parametrize("rows", [[], [[]], [[1], [2, None]]])
def test_without_pairs_there_is_nothing(rows):
    assert krippendorff_alpha(rows) == Agreement(coefficient=None, agreement=None, reason=NO_PAIRS)


def test_the_plain_agreement_of_two_raters_is_that_of_kappa():
    first, second = [0, 1, 0, 0, 1], [1, 1, 0, 0, 0]
    table = cross_table(first, second, [0, 1])
    assert krippendorff_alpha(list(zip(first, second, strict=True))).agreement == cohen_kappa(table).agreement


def test_a_ratio_has_no_rating_below_0():
    with pytest.raises(ValueError, match="-1"):
        krippendorff_alpha([[-1, 1]], "ratio")
