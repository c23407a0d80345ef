"""Control limits, against numpy and the published examples that the vectors lack."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sqaudit.model.spread import EventRate, Proportion
from sqaudit.statistics.control_limits import (
    dispersion_of,
    expected_of_individuals,
    expected_of_proportions,
    expected_of_rates,
    mean_moving_range,
    moving_average,
    moving_average_sigma,
)

VALUES = st.lists(st.floats(-1000, 1000).map(lambda number: round(number, 3)), min_size=2, max_size=40)
SIZES = st.integers(1, 500)


@given(VALUES)
def test_single_values_as_numpy_has_them(values):
    expected = expected_of_individuals(values)
    moving = np.abs(np.diff(values)).mean()
    if not moving:
        assert expected is None
        return
    limits = expected.limits()
    assert limits.centre == pytest.approx(np.mean(values))
    assert (limits.low, limits.high) == pytest.approx(
        (np.mean(values) - 3 * moving / 1.128, np.mean(values) + 3 * moving / 1.128)
    )


@given(VALUES, st.floats(-100, 100).map(lambda number: round(number, 3)))
def test_a_constant_shifts_the_limits_of_single_values(values, constant):
    before, after = (
        expected_of_individuals(values),
        expected_of_individuals([round(one + constant, 6) for one in values]),
    )
    assume(before is not None and after is not None)
    for name in ("centre", "low", "high"):
        shifted = getattr(before.limits(), name) + constant
        assert getattr(after.limits(), name) == pytest.approx(shifted, abs=1e-6)


@given(VALUES, st.floats(0.1, 50))
def test_a_factor_stretches_them(values, factor):
    before, after = expected_of_individuals(values), expected_of_individuals([one * factor for one in values])
    assume(before is not None and after is not None)
    assert after.sigma == pytest.approx(before.sigma * factor)


def test_ranges_beside_an_unknown_value_do_not_count():
    """10 to 14 and 14 to 13; not 13 to 20 over the gap, and a gap is no zero."""
    assert mean_moving_range([10, 14, 13, None, 20]) == pytest.approx(2.5)
    assert expected_of_individuals([10, 14, 13, None, 20]).centre == pytest.approx(14.25)
    assert mean_moving_range([10, None, 14]) is None


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0, 3.0], [1.0, None, 2.0]])
def test_without_any_range_there_are_no_limits(values):
    assert expected_of_individuals(values) is None


def test_limits_end_where_values_do():
    limits = expected_of_individuals([95, 85, 99, 90], 0, 100).limits()
    assert limits.high == 100
    assert limits.low > 0


def test_what_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        expected_of_individuals([1.0, math.inf])


@given(st.lists(st.tuples(SIZES, st.floats(0, 1)), min_size=1, max_size=20))
def test_shares_have_binomial_limits(cases):
    counts = [Proportion(successes=round(n * part), n=n) for n, part in cases]
    expected = expected_of_proportions(counts)
    k, n = (np.array([getattr(one, name) for one in counts]) for name in ("successes", "n"))
    centre = k.sum() / n.sum()
    if centre in {0, 1}:
        assert expected is None
        return
    for size in n:
        limits = expected.limits(float(size))
        sigma = np.sqrt(centre * (1 - centre) / size)
        assert limits.low == pytest.approx(max(0, centre - 3 * sigma))
        assert limits.high == pytest.approx(min(1, centre + 3 * sigma))


@given(st.lists(st.tuples(st.integers(0, 60), SIZES), min_size=1, max_size=20), st.sampled_from([1, 100, 1000]))
def test_rates_have_poisson_limits(cases, per):
    counts = [EventRate(events=events, exposure=exposure, per=per) for events, exposure in cases]
    expected = expected_of_rates(counts)
    mean = sum(events for events, _ in cases) / sum(exposure for _, exposure in cases)
    if not mean:
        assert expected is None
        return
    for _, exposure in cases:
        limits = expected.limits(float(exposure))
        assert limits.high == pytest.approx(per * (mean + 3 * math.sqrt(mean / exposure)))
        assert limits.low == pytest.approx(max(0, per * (mean - 3 * math.sqrt(mean / exposure))))


@pytest.mark.parametrize(
    ("make", "counts"),
    [
        (expected_of_proportions, [Proportion(successes=3, n=2)]),
        (expected_of_rates, [EventRate(events=-1, exposure=2)]),
        (expected_of_rates, [EventRate(events=1, exposure=0)]),
    ],
)
def test_impossible_counts_are_refused(make, counts):
    with pytest.raises(ValueError, match=r"no proportion|impossible"):
        make(counts)


def test_points_that_vary_as_chance_does_have_a_dispersion_of_one():
    """Laney's factor of shares that are binomial is 1, and of shares that jump about more it is larger."""
    rng = np.random.default_rng(5)
    steady = [Proportion(successes=int(k), n=400) for k in rng.binomial(400, 0.3, 300)]
    jumping = [Proportion(successes=int(rng.binomial(400, p)), n=400) for p in rng.uniform(0.2, 0.4, 300)]
    for counts, factor in ((steady, 1.0), (jumping, 2.7)):
        expected = expected_of_proportions(counts)
        deviations = [expected.deviation(float(one.successes) / 400, 400.0) for one in counts]
        assert dispersion_of(deviations) == pytest.approx(factor, abs=0.2)
    assert dispersion_of([None, 1.0, None]) is None


@given(VALUES, st.floats(0.05, 1))
def test_the_moving_average_is_the_sum_of_all_that_came(values, weight):
    """Written out: every value with its weight, what is left for the start."""
    powers = (1 - weight) ** np.arange(len(values) - 1, -1, -1)
    written_out = weight * (powers * values).sum() + (1 - weight) ** len(values) * 7
    assert moving_average(values, weight, 7)[-1] == pytest.approx(written_out, abs=1e-6)


def test_the_moving_average_goes_on_after_a_gap():
    assert moving_average([10, None, 20], 0.5, 0) == [5, None, 12.5]


def test_its_error_grows_to_the_steady_one():
    """With all weight on the newest it is that of single values; else it is simulated."""
    assert moving_average_sigma(2, 1, 1) == pytest.approx(2)
    rng = np.random.default_rng(3)
    noise = rng.normal(0, 2, (4000, 40))
    averages = np.array([moving_average(row, 0.3, 0.0) for row in noise.tolist()])
    assert averages[:, 1].std() == pytest.approx(moving_average_sigma(2, 0.3, 2), rel=0.05)
    assert averages[:, -1].std() == pytest.approx(moving_average_sigma(2, 0.3), rel=0.05)
