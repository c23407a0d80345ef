"""Intraclass correlations: the estimates of Shrout and Fleiss are in the vectors; here are intervals and edges."""

from fractions import Fraction
from math import isclose

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sqaudit.statistics.agreement import NO_PAIRS, NO_VARIATION
from sqaudit.statistics.intraclass import (
    Intraclass,
    intraclass_correlation,
    mean_squares,
    variance_components,
)

FORMS = ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)")
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
SEVEN = [[3.5, 4, 3], [7, 7.5, 6], [5, 5, 5.5], [2, 1, 2.5], [8, 9, 8], [6, 4, 7], [4.5, 4, 4]]


@st.composite
def tables(draw):
    n, k = draw(st.integers(2, 6)), draw(st.integers(2, 5))
    return draw(st.lists(st.lists(st.integers(0, 9), min_size=k, max_size=k), min_size=n, max_size=n))


# Made with pingouin 0.7.0, intraclass_corr, which rounds to two digits; R's psych prints the same for the first.
@pytest.mark.parametrize(
    ("ratings", "ends"),
    [
        (SHROUT_FLEISS, [(-0.13, 0.72), (0.02, 0.76), (0.34, 0.95), (-0.88, 0.91), (0.07, 0.93), (0.68, 0.99)]),
        (SEVEN, [(0.65, 0.98), (0.63, 0.98), (0.60, 0.97), (0.85, 0.99), (0.84, 0.99), (0.82, 0.99)]),
    ],
)
def test_the_intervals_are_those_of_pingouin(ratings, ends):
    found = [intraclass_correlation(ratings, form) for form in FORMS]
    assert [(round(one.low, 2), round(one.high, 2)) for one in found] == ends


# Made with pingouin 0.7.0.
def test_the_estimates_are_those_of_pingouin():
    expected = [0.879811468970935, 0.87914691943128, 0.864801864801865]
    expected += [0.956447480785653, 0.956185567010309, 0.950469684030743]
    found = [intraclass_correlation(SEVEN, form).value for form in FORMS]
    assert all(isclose(one, other, rel_tol=1e-12) for one, other in zip(found, expected, strict=True))


@given(form=st.sampled_from(FORMS), table=tables(), random=st.randoms())
def test_the_order_of_things_and_judges_changes_nothing(form, table, random):
    order = random.sample(range(len(table[0])), len(table[0]))
    shuffled = [[row[judge] for judge in order] for row in random.sample(table, len(table))]
    assert intraclass_correlation(table, form) == intraclass_correlation(shuffled, form)


@given(form=st.sampled_from(FORMS), table=tables(), shift=st.integers(-50, 50), scale=st.integers(1, 9))
def test_the_unit_of_the_ratings_changes_nothing(form, table, shift, scale):
    other = [[shift + scale * rating for rating in row] for row in table]
    assert intraclass_correlation(other, form).value == intraclass_correlation(table, form).value


@given(form=st.sampled_from(FORMS), table=tables())
def test_the_estimate_is_at_most_1_and_inside_its_interval(form, table):
    found = intraclass_correlation(table, form)
    assert found.value is None or found.value <= 1
    assert (found.value is None) == (found.reason is not None)
    if found.low is not None:
        assert found.low <= found.value + 1e-9
        assert found.high >= found.value - 1e-9
        assert found.high <= 1 + 1e-9


@given(tables())
def test_the_parts_of_the_variation_add_up(table):
    parts = mean_squares(table)
    n, k = parts.n, parts.k
    assert n * (k - 1) * parts.within == (k - 1) * parts.judges + (n - 1) * (k - 1) * parts.error
    mean = Fraction(sum(map(sum, table)), n * k)
    whole = sum((rating - mean) ** 2 for row in table for rating in row)
    assert whole == (n - 1) * parts.between + n * (k - 1) * parts.within


@pytest.mark.parametrize("form", FORMS)
def test_perfect_agreement_is_1_without_an_interval(form):
    assert intraclass_correlation([[1, 1, 1], [4, 4, 4], [2, 2, 2]], form) == Intraclass(value=1.0)


def test_a_judge_who_is_always_stricter_spoils_agreement_but_not_consistency():
    stricter = [[3, 1], [5, 3], [9, 7]]
    assert intraclass_correlation(stricter, "ICC(3,1)").value == 1
    found = intraclass_correlation(stricter, "ICC(2,1)")
    assert 0 < found.low < found.value < found.high < 1


@pytest.mark.parametrize("form", FORMS)
def test_constant_ratings_leave_it_undefined(form):
    assert intraclass_correlation([[5, 5], [5, 5], [5, 5]], form) == Intraclass(value=None, reason=NO_VARIATION)


@pytest.mark.parametrize("form", ["ICC(1,k)", "ICC(2,k)", "ICC(3,k)"])
def test_means_that_do_not_differ_tell_nothing_apart(form):
    assert intraclass_correlation([[1, 3], [3, 1], [2, 2]], form).reason == NO_VARIATION


def test_absolute_agreement_below_0_has_no_interval():
    found = intraclass_correlation([[3, 2], [6, 0]], "ICC(2,k)")
    assert (found.low, found.high) == (None, None)
    assert found.value < 0


def test_judges_who_contradict_each_other_agree_less_than_by_chance():
    assert intraclass_correlation([[1, 3], [3, 1], [2, 2]], "ICC(1,1)").value == -1


@pytest.mark.parametrize("ratings", [[], [[1, 2]], [[1], [2]]])
def test_one_thing_or_one_judge_is_not_enough(ratings):
    assert intraclass_correlation(ratings) == Intraclass(value=None, reason=NO_PAIRS)


def test_gaps_and_impossible_confidence_are_refused():
    with pytest.raises(ValueError, match="two judges"):
        intraclass_correlation([[1, 2], [3]])
    with pytest.raises(ValueError, match="confidence"):
        intraclass_correlation(SEVEN, confidence=1)


@given(tables())
def test_the_share_between_groups_is_the_one_way_correlation(table):
    parts = mean_squares(table)
    found = variance_components(parts.between, parts.within, parts.k)
    value = intraclass_correlation(table, "ICC(1,1)").value
    assume(value is not None)
    assert found.is_cut == (value < 0)
    assert isclose(found.between_share, max(0, value), abs_tol=1e-12)


def test_no_variance_at_all_has_no_share():
    assert variance_components(Fraction(0), Fraction(0), 3).between_share is None
    with pytest.raises(ValueError, match="impossible"):
        variance_components(Fraction(-1), Fraction(0), 3)
