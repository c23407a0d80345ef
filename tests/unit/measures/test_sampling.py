"""What weights, clusters and a population do to an interval; the numbers are those of the domain's vectors."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.builtin.measures import MEASURES
from sqaudit.builtin.measures.quantiles import MEDIAN
from sqaudit.measures.compiled import finish_observation
from sqaudit.measures.language import compile_measure
from sqaudit.measures.requests import CLUSTERS, HIGH, LOW, RAW_N, WEIGHTS, WEIGHTS_SQUARED
from sqaudit.measures.sampling import finish_sampled, population_of
from sqaudit.model.checklist import Sample
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.model.texts import plain
from sqaudit.statistics.intervals import t_interval, wilson

NAMED = {measure.name: measure for measure in MEASURES}
DATASET = Dataset(
    id="answers",
    columns={
        "ok": Column(name="ok", type=ColumnType.BOOLEAN, optional=True),
        "x": Column(name="x", type=ColumnType.NUMBER, optional=True),
        "at": Column(name="at", type=ColumnType.TIMESTAMP),
        "done": Column(name="done", type=ColumnType.TIMESTAMP, optional=True),
    },
)


def compiled(text):
    return compile_measure(text, DATASET, NAMED)


def seen(n, **statistics):
    named = {"n": n, **statistics}
    return Observation(site="a", checklist="c", item="i", rows=n, n=n, statistics=named)


def finished(text, observation, sample=None, population=None):
    return finish_sampled(compiled(text), observation, sample, population)


def limits(value):
    return (value.low, value.high)


def test_a_finite_population_narrows_the_interval():
    """VECTORS WIL-08: 60 of 80 in a population of 200."""
    value = finished("share(ok)", seen(80, part=60), Sample(population=200), 200)
    assert limits(value) == pytest.approx((0.669985951625, 0.81594360822))
    assert (value.value, value.interval) == (0.75, "wilson + finite_population")


def test_a_census_has_no_width():
    value = finished("share(ok)", seen(80, part=60), Sample(population=80), 80)
    assert (value.low, value.high, value.interval) == (0.75, 0.75, "census")
    assert finished("sum(x)", seen(3, sum=Decimal(12)), Sample(population=3), 3).interval == "census"


def test_more_rows_than_the_population_has_give_no_interval_and_a_reason():
    value = finished("share(ok)", seen(81, part=60), Sample(population=80), 80)
    assert (value.value, value.low, value.interval, value.reason) == (60 / 81, None, None, "more_than_population")


def test_weights_count_as_many_answers_as_they_are_worth():
    """VECTORS EFF-01: weights 3, 1, 1, 1 are worth 3 answers."""
    observation = replace(
        seen(Decimal(6), part=Decimal(3), **{RAW_N: 4, WEIGHTS: Decimal(6), WEIGHTS_SQUARED: Decimal(12)}), n=4
    )
    value = finished("share(ok)", observation, Sample(weight="w"))
    assert (value.value, value.interval) == (0.5, "wilson + weighted")
    assert limits(value) == pytest.approx(wilson(1.5, 3))


@pytest.mark.parametrize("scale", [Decimal("0.01"), Decimal(1), Decimal(1000)])
def test_the_scale_of_weights_does_not_matter(scale):
    """Values 1, 2, 3, 6 with weights 3, 1, 1, 1; the effective n is 3 and the weighted sample variance follows."""
    weights, values = [3, 1, 1, 1], [1, 2, 3, 6]
    sums = [sum(w * v**power for w, v in zip(weights, values, strict=True)) for power in (0, 1, 2)]
    observation = replace(
        seen(
            scale * sums[0],
            sum=scale * sums[1],
            squares=scale * sums[2],
            **{RAW_N: 4, WEIGHTS: scale * sums[0], WEIGHTS_SQUARED: scale**2 * 12},
        ),
        n=4,
    )
    value = finished("mean(x)", observation, Sample(weight="w"))
    mean = sums[1] / sums[0]
    variance = (sums[2] / sums[0] - mean**2) * 3 / 2
    assert value.value == pytest.approx(mean)
    assert limits(value) == pytest.approx(t_interval(mean, variance, 3))
    assert value.interval == "t + weighted"


def test_clustered_answers_are_worth_less():
    """VECTORS EFF-02: 400 answers in clusters of 20 with an ICC of 0.05 are worth 205.13."""
    sample = Sample(cluster="agent", icc=Decimal("0.05"))
    value = finished("share(ok)", seen(400, part=100, **{CLUSTERS: 20}), sample)
    assert limits(value) == pytest.approx(wilson(100 / 1.95, 400 / 1.95))
    assert value.interval == "wilson + clustered"
    both = finished("share(ok)", seen(400, part=100, **{CLUSTERS: 20}), sample, 1000)
    worth = Fraction(999, 600) / Fraction(195, 100)
    assert limits(both) == pytest.approx(wilson(float(100 * worth), float(400 * worth)))
    assert both.interval == "wilson + clustered + finite_population"


def test_clusters_that_nobody_counted_leave_no_interval():
    value = finished("share(ok)", seen(400, part=100), Sample(cluster="agent", icc=Decimal("0.05")))
    assert (value.value, value.low, value.interval) == (0.25, None, None)


def test_a_quantile_lies_between_its_ranks():
    observation = seen(100, quantile=5_000_000, **{LOW: 4_000_000, HIGH: 7_000_000})
    value = finished("median(done - at)", observation)
    assert (value.value, value.low, value.high, value.interval) == (5.0, 4.0, 7.0, "order_statistics")
    weighted = finished("median(done - at)", observation, Sample(cluster="agent", icc=Decimal("0.1")))
    assert weighted.interval is None
    assert MEDIAN.name == "median"


@given(st.integers(1, 50), st.integers(0, 50), st.integers(1, 60))
def test_the_value_never_changes_and_a_population_never_widens(n, part, population):
    part = min(part, n)
    plainly = finish_observation(compiled("share(ok)"), seen(n, part=part))
    value = finished("share(ok)", seen(n, part=part), Sample(population=population), population)
    assert value.value == plainly.value
    if value.low is not None:
        assert value.low >= plainly.low - 1e-12
        assert value.high <= plainly.high + 1e-12
    else:
        assert n > population


@pytest.mark.parametrize(
    ("written", "attribute", "population"),
    [
        (500, None, 500),
        ("guests", 80, 80),
        ("guests", 80.0, 80),
        ("guests", "80", 80),
        ("guests", None, None),
        ("guests", 0, None),
        ("guests", True, None),
        ("guests", 80.5, None),
        ("guests", "many", None),
        (None, 80, None),
    ],
)
def test_a_population_is_a_number_or_an_attribute_of_the_site(written, attribute, population):
    site = Site(id="a", title=plain("a"), attributes={"guests": attribute})
    assert population_of(Sample(population=written, weight="w"), site) == population
    assert population_of(None, site) is None


def test_a_value_says_what_its_answers_are_worth():
    """What the interval was made from can be compared: 60 of 80 in a population of 200 are worth 80 * 199 / 120."""
    value = finished("share(ok)", seen(80, part=60), Sample(population=200), 200)
    assert value.worth == Fraction(199, 120)
    assert finished("share(ok)", seen(80, part=60)).worth == 1
    assert finished("share(ok)", seen(80, part=60), Sample(population=80), 80).worth == float("inf")


def test_without_an_interval_there_is_nothing_to_compare():
    assert finished("share(ok)", seen(80, part=60), Sample(population=50), 50).spread is None
