"""Intervals against independent computations: scipy's distributions, and the equations that define the limits."""

from fractions import Fraction
from math import inf, isclose, nan, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sqaudit.statistics.intervals import (
    adjusted_nps,
    adjusted_wald_nps,
    clopper_pearson,
    garwood,
    newcombe,
    promotion_variance,
    t_interval,
    wald_nps,
    wilson,
)

CONFIDENCES = st.floats(0.5, 0.999)


@st.composite
def counts(draw, parts=1, most=10**7):
    """A number of answers, and so many disjoint parts of them."""
    n = draw(st.integers(1, most))
    cuts = sorted(draw(st.lists(st.integers(0, n), min_size=parts, max_size=parts)))
    return [n, *(high - low for low, high in zip([0, *cuts], cuts, strict=False))]


@pytest.mark.parametrize(
    ("successes", "n"), [(0, 1), (1, 1), (0, 30), (30, 30), (3, 7), (81, 263), (999_999, 1_000_000)]
)
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_wilson_is_the_interval_of_scipy(successes, n, confidence):
    theirs = stats.binomtest(successes, n).proportion_ci(confidence, method="wilson")
    low, high = wilson(successes, n, confidence=confidence)
    assert isclose(low, theirs.low, rel_tol=1e-9, abs_tol=1e-15)
    assert isclose(high, theirs.high, rel_tol=1e-9)


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (0, 30), (30, 30), (3, 7), (42, 50)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_the_exact_interval_is_that_of_scipy(successes, n, confidence):
    theirs = stats.binomtest(successes, n).proportion_ci(confidence, method="exact")
    low, high = clopper_pearson(successes, n, confidence=confidence)
    assert isclose(low, theirs.low, rel_tol=1e-9)
    assert isclose(high, theirs.high, rel_tol=1e-9)


@given(counts(), CONFIDENCES)
def test_wilson_surrounds_the_share_and_is_exact_at_the_ends(n_and_part, confidence):
    n, part = n_and_part
    low, high = wilson(part, n, confidence)
    assert 0 <= low <= part / n <= high <= 1
    assert (low == 0) is (part == 0)
    assert (high == 1) is (part == n)


@given(counts(), CONFIDENCES)
def test_wilson_of_the_others_is_the_mirror(n_and_part, confidence):
    n, part = n_and_part
    low, high = wilson(part, n, confidence)
    other_low, other_high = wilson(n - part, n, confidence)
    assert isclose(low, 1 - other_high, abs_tol=1e-12)
    assert isclose(high, 1 - other_low, abs_tol=1e-12)


@given(counts(most=10**5), st.integers(2, 50))
def test_wilson_narrows_as_answers_are_added(n_and_part, times):
    n, part = n_and_part
    low, high = wilson(part, n)
    surer_low, surer_high = wilson(times * part, times * n)
    assert surer_high - surer_low < high - low


@given(counts(most=10**6))
def test_more_successes_never_lower_an_end_of_wilson(n_and_part):
    n, part = n_and_part
    if part < n:
        before, after = wilson(part, n), wilson(part + 1, n)
        assert before[0] < after[0]
        assert before[1] < after[1] or after[1] == 1


@pytest.mark.parametrize(("part", "n"), [(1, 0), (0, 0), (-1, 5), (6, 5), (nan, 5), (1, nan), (1, inf), (inf, inf)])
def test_what_is_no_proportion_is_refused(part, n):
    with pytest.raises(ValueError, match=r"proportion|finite"):
        wilson(part, n)
    with pytest.raises(ValueError, match=r"proportion|finite"):
        newcombe(1, 2, part, n)
    for interval in (wald_nps, adjusted_wald_nps):
        with pytest.raises(ValueError, match=r"proportion|finite"):
            interval(part, 0, n)


@pytest.mark.parametrize("confidence", [0, 1, -0.5, 1.5, nan])
def test_a_confidence_lies_between_0_and_1(confidence):
    for interval in (
        lambda: wilson(1, 2, confidence),
        lambda: garwood(1, 2, confidence=confidence),
        lambda: t_interval(1, 2, 3, confidence),
        lambda: wald_nps(1, 1, 3, confidence),
    ):
        with pytest.raises(ValueError, match="confidence"):
            interval()


@given(counts(most=10**5), counts(most=10**5), CONFIDENCES)
def test_newcombe_surrounds_the_difference_and_turns_with_it(first, second, confidence):
    (n, x), (m, y) = first, second
    low, high = newcombe(x, n, y, m, confidence)
    assert -1 <= low <= x / n - y / m <= high <= 1
    turned_low, turned_high = newcombe(y, m, x, n, confidence)
    assert isclose(low, -turned_high, abs_tol=1e-12)
    assert isclose(high, -turned_low, abs_tol=1e-12)


def test_newcombe_of_two_certainties_is_the_width_of_wilson():
    """All against none: the difference is 1, and each side can only be off inward."""
    low, high = newcombe(10, 10, 0, 10)
    inner = wilson(10, 10)[0]
    assert high == 1
    assert isclose(low, 1 - sqrt(2) * (1 - inner), rel_tol=1e-12)


@pytest.mark.parametrize("n", [2, 3, 4.5, 30, 1e6])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_t_is_the_interval_of_scipy(n, confidence):
    theirs = stats.t.interval(confidence, df=n - 1, loc=-7.25, scale=sqrt(3.5 / n))
    for end, expected in zip(t_interval(-7.25, 3.5, n, confidence=confidence), theirs, strict=True):
        assert isclose(end, expected, rel_tol=1e-9)


def test_a_mean_of_equal_values_has_no_width_and_of_one_value_no_interval():
    assert t_interval(4.0, 0, 2) == (4.0, 4.0)
    assert t_interval(4.0, None, 1) is None
    assert t_interval(4.0, 1, 1.5) is None


@pytest.mark.parametrize(("mean", "variance", "n"), [(nan, 1, 3), (inf, 1, 3), (1, nan, 3), (1, -1, 3), (1, 1, inf)])
def test_an_impossible_mean_is_refused(mean, variance, n):
    with pytest.raises(ValueError, match=r"finite|impossible"):
        t_interval(mean, variance, n)


@pytest.mark.parametrize("events", [0, 1, 2.5, 10, 500, 10**6])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_garwood_is_the_chi_square_form(events, confidence):
    """Shown per 1000 on an exposure of 40, the limits of the count are multiplied by 25."""
    tail = (1 - confidence) / 2
    low, high = garwood(events, 40, 1000, confidence=confidence)
    assert isclose(low, 25 * stats.chi2.ppf(tail, 2 * events) / 2 if events else 0, rel_tol=1e-9)
    assert isclose(high, 25 * stats.chi2.isf(tail, 2 * events + 2) / 2, rel_tol=1e-9)


@given(st.integers(1, 10**4), CONFIDENCES)
def test_garwood_leaves_half_of_the_rest_on_either_side(events, confidence):
    """At the lower limit so many events or more are as rare as half of the rest, at the upper so many or fewer."""
    low, high = garwood(events, 1, confidence=confidence)
    assert low < events < high
    assert isclose(stats.poisson.sf(events - 1, low), (1 - confidence) / 2, rel_tol=1e-6)
    assert isclose(stats.poisson.cdf(events, high), (1 - confidence) / 2, rel_tol=1e-6)


@pytest.mark.parametrize(("events", "exposure"), [(-1, 5), (1, 0), (1, -3), (nan, 5), (1, inf), (inf, 1)])
def test_an_impossible_rate_is_refused(events, exposure):
    with pytest.raises(ValueError, match=r"finite|impossible"):
        garwood(events, exposure)


@given(counts(parts=2, most=200))
def test_the_variance_of_promotion_is_that_of_its_answers(three):
    n, promoters, detractors = three
    answers = [1] * promoters + [-1] * detractors + [0] * (n - promoters - detractors)
    mean = Fraction(sum(answers), n)
    expected = sum((answer - mean) ** 2 for answer in answers) / n
    assert isclose(promotion_variance(promoters, detractors, n), expected, abs_tol=1e-12)


@given(counts(parts=2), CONFIDENCES)
def test_wald_lies_evenly_around_the_score_unless_it_is_cut(three, confidence):
    n, promoters, detractors = three
    score = 100 * (promoters - detractors) / n
    low, high = wald_nps(promoters, detractors, n, confidence)
    assert -100 <= low <= score + 1e-9
    assert score - 1e-9 <= high <= 100
    if low > -100 and high < 100:
        assert isclose(low + high, 2 * score, abs_tol=1e-9)
        width = stats.norm.interval(confidence)[1] * sqrt(promotion_variance(promoters, detractors, n) / n)
        assert isclose(high - low, 200 * width, rel_tol=1e-9, abs_tol=1e-9)


@given(counts(parts=2), CONFIDENCES)
def test_adjusted_wald_is_wald_with_three_answers_more(three, confidence):
    n, promoters, detractors = three
    theirs = wald_nps(promoters + 0.75, detractors + 0.75, n + 3, confidence)
    low, high = adjusted_wald_nps(promoters, detractors, n, confidence)
    assert isclose(low, theirs[0], abs_tol=1e-9)
    assert isclose(high, theirs[1], abs_tol=1e-9)
    assert low < adjusted_nps(promoters, detractors, n) < high


@given(counts(parts=2))
def test_adjusted_wald_holds_the_score_of_two_answers_or_more(three):
    n, promoters, detractors = three
    if n > 1:
        low, high = adjusted_wald_nps(promoters, detractors, n)
        assert low <= 100 * (promoters - detractors) / n <= high


def test_adjusted_wald_keeps_a_width_when_all_agree():
    """Ten promoters, from the variance of -1, 0, 1 over the answers with three added; plain Wald has no width."""
    low, high = adjusted_wald_nps(10, 0, 10)
    p, d = Fraction(43, 52), Fraction(3, 52)
    variance = p + d - (p - d) ** 2
    assert isclose(low, 100 * float(p - d) - 100 * stats.norm.ppf(0.975) * sqrt(variance / 13), rel_tol=1e-12)
    assert high == 100.0
    assert wald_nps(10, 0, 10) == (100.0, 100.0)


def test_promoters_and_detractors_cannot_be_more_than_all():
    for interval in (wald_nps, adjusted_wald_nps):
        with pytest.raises(ValueError, match="proportion"):
            interval(3, 3, 5)
