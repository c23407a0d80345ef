"""Agreement of raters: published examples are in the vectors; here are intervals, degenerate cases and symmetries."""

from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.statistics.agreement import (
    NO_PAIRS,
    NO_VARIATION,
    Agreement,
    cohen_kappa,
    cross_table,
    fleiss_kappa,
    prevalence,
    weighted_kappa,
)

COHEN_1968 = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
FOUR = [[11, 3, 1, 0], [2, 9, 4, 1], [0, 3, 14, 2], [1, 0, 2, 7]]


def quadratic(table):
    return weighted_kappa(table, "quadratic")


@st.composite
def two_raters(draw):
    """Ratings of two raters in up to four categories, some missing."""
    rating = st.one_of(st.none(), st.integers(0, 3))
    return draw(st.lists(st.tuples(rating, rating), max_size=30))


def kappas(pairs, categories=range(4)):
    table = cross_table([one for one, _ in pairs], [other for _, other in pairs], list(categories))
    return [cohen_kappa(table), weighted_kappa(table), quadratic(table)]


# Made with statsmodels 0.15.0, cohens_kappa.
@pytest.mark.parametrize(
    ("table", "of", "value", "low", "high"),
    [
        ([[20, 5], [10, 15]], cohen_kappa, 0.4, 0.151092290476661, 0.648907709523339),
        (COHEN_1968, cohen_kappa, 0.491525423728814, 0.391563702053547, 0.59148714540408),
        (COHEN_1968, weighted_kappa, 0.473684210526316, 0.366998844942790, 0.580369576109842),
        (FOUR, weighted_kappa, 0.665211062590975, 0.520461657275653, 0.809960467906298),
        (
            FOUR,
            lambda table: weighted_kappa(table, "quadratic"),
            0.740973312401884,
            0.576205174769451,
            0.905741450034316,
        ),
    ],
)
def test_kappa_has_the_large_sample_interval(table, of, value, low, high):
    found = of(table)
    assert isclose(found.coefficient, value, rel_tol=1e-12)
    assert isclose(found.low, low, rel_tol=1e-12)
    assert isclose(found.high, high, rel_tol=1e-12)


def test_the_confidence_widens_the_interval():
    wide, narrow = cohen_kappa(FOUR, 0.99), cohen_kappa(FOUR, 0.9)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_the_interval_stays_within_what_a_kappa_can_be():
    assert cohen_kappa([[5, 1], [0, 3]]).high == 1
    assert cohen_kappa([[0, 2], [3, 1]]).low == -1


def test_one_category_only_leaves_kappa_undefined_and_shows_the_agreement():
    alone = Agreement(coefficient=None, agreement=Fraction(1), reason=NO_VARIATION)
    assert cohen_kappa([[7, 0], [0, 0]]) == alone
    assert quadratic([[7]]) == alone
    assert fleiss_kappa([[3, 0], [3, 0]]) == alone


@pytest.mark.parametrize("table", [[], [[0]], [[0, 0], [0, 0]]])
def test_without_pairs_there_is_nothing(table):
    nothing = Agreement(coefficient=None, agreement=None, reason=NO_PAIRS)
    assert cohen_kappa(table) == weighted_kappa(table) == fleiss_kappa(table) == nothing
    assert prevalence(table) is None


def test_one_rater_alone_makes_no_pair():
    assert fleiss_kappa([[1, 0], [0, 1]]).reason == NO_PAIRS


def test_one_rater_who_never_varies_agrees_as_by_chance():
    found = cohen_kappa([[4, 6], [0, 0]])
    assert (found.coefficient, found.agreement, found.reason) == (0, Fraction(2, 5), None)


def test_perfect_agreement_is_exactly_1_and_no_interval_pretends_to_be_sure_of_it():
    table = [[3, 0, 0], [0, 1, 0], [0, 0, 2]]
    perfect = Agreement(coefficient=Fraction(1), agreement=Fraction(1))
    assert cohen_kappa(table) == weighted_kappa(table) == quadratic(table) == perfect
    assert fleiss_kappa([[3, 0], [0, 3]]) == perfect


def test_complete_disagreement_on_two_balanced_categories_is_minus_1():
    assert cohen_kappa([[0, 5], [5, 0]]).coefficient == -1


def test_a_thing_that_one_rater_left_out_is_not_counted():
    assert cross_table(["a", None, "b", "a"], ["a", "a", None, "b"], ["a", "b"]) == [[1, 1], [0, 0]]


def test_prevalence_is_of_both_raters_together():
    assert prevalence([[80, 10], [5, 5]]) == [Fraction(175, 200), Fraction(25, 200)]


@given(two_raters(), st.randoms())
def test_the_order_of_raters_and_things_changes_nothing(pairs, random):
    shuffled = [(other, one) for one, other in pairs]
    random.shuffle(shuffled)
    assert kappas(pairs) == kappas(shuffled)


@given(two_raters(), st.permutations(range(4)))
def test_the_order_of_unordered_categories_changes_nothing(pairs, order):
    assert kappas(pairs)[0] == kappas(pairs, order)[0]


@given(two_raters())
def test_reversing_ordered_categories_changes_nothing(pairs):
    assert kappas(pairs) == kappas(pairs, reversed(range(4)))


@given(st.lists(st.integers(0, 1), min_size=1), st.lists(st.integers(0, 1), min_size=1))
def test_two_categories_are_alike_under_all_weights(first, second):
    plain, *weighted = kappas(list(zip(first, second, strict=False)), range(2))
    assert weighted == [plain, plain]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1))
def test_quadratic_weights_give_the_concordance_of_the_ratings(pairs):
    """Quadratic kappa is Lin's concordance: twice the covariance over the variances and the squared bias."""
    n, first, second = len(pairs), [one for one, _ in pairs], [other for _, other in pairs]
    covariance = Fraction(n * sum(one * other for one, other in pairs) - sum(first) * sum(second), n * n)
    spread = sum(Fraction(n * sum(x * x for x in xs) - sum(xs) ** 2, n * n) for xs in (first, second))
    whole = spread + Fraction(sum(first) - sum(second), n) ** 2
    assert kappas(pairs)[2].coefficient == (2 * covariance / whole if whole else None)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), min_size=1), st.randoms())
def test_the_order_of_things_and_categories_changes_no_fleiss_kappa(things, random):
    table = [[row.count(category) for category in range(4)] for row in things]
    order = random.sample(range(4), 4)
    other = [[row[place] for place in order] for row in random.sample(table, len(table))]
    assert fleiss_kappa(table) == fleiss_kappa(other)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: cohen_kappa([[1, 2]]),
        lambda: cohen_kappa([[1, -2], [0, 1]]),
        lambda: cohen_kappa([[1, 2], [2, 1]], confidence=1),
        lambda: weighted_kappa([[1, 2], [2, 1]], [[0]]),
        lambda: weighted_kappa([[1, 2], [2, 1]], [[0, 1], [1, 1]]),
        lambda: fleiss_kappa([[1, 2], [2, 2]]),
        lambda: fleiss_kappa([[1, 2], [3]]),
        lambda: fleiss_kappa([[1, 2], [4, -1]]),
        lambda: cross_table([1], [1, 2], [1, 2]),
        lambda: cross_table([1], [3], [1, 2]),
    ],
)
def test_impossible_tables_are_refused(refused):
    with pytest.raises(ValueError, match=r"\w"):
        refused()
