"""Statistics become values exactly, whatever kind of number they are; a value gets the interval of its spread."""

from decimal import Decimal
from fractions import Fraction

import pytest

from sqaudit.measures.finishing import count_of, exact_number, exact_square
from sqaudit.measures.shaping import mean_value, rate_value, share_value
from sqaudit.model.spread import Average, EventRate, Proportion


@pytest.mark.parametrize("number", [3, Decimal("3.0"), 3.0, Fraction(3)])
def test_every_kind_of_number_is_exact(number):
    assert exact_number(number) == exact_square(number) == count_of(number) == 3
    assert exact_number(number, "s") == Fraction(3, 10**6)
    assert exact_square(number, "s") == Fraction(3, 10**12)


def test_weighted_counts_keep_their_parts():
    assert count_of(Fraction(7, 3)) == Fraction(7, 3)
    assert count_of(0.1) == Fraction(1, 10)
    value = share_value(Fraction(1, 3), Decimal("1.5"), 2.5, "share/1")
    assert value.value == pytest.approx(2 / 9)
    assert value.spread == Proportion(successes=Fraction(1, 3), n=Fraction(3, 2))


def test_nothing_counted_is_no_share():
    assert share_value(None, None, 0, "share/1").reason == "no_valid_rows"
    assert share_value(0, 0, 3, "share/1").reason == "zero_denominator"


def test_a_mean_knows_its_variance():
    """2, 4, 9 have mean 5 and variance 13."""
    value = mean_value(15, {"n": 3, "squares": 101}, "", "mean/1")
    assert value.spread == Average(mean=Fraction(5), variance=Fraction(13), n=Fraction(3))


def test_the_variance_of_durations_is_in_square_seconds():
    """1 s and 3 s, in microseconds: variance 2."""
    value = mean_value(4 * 10**6, {"n": 2, "squares": 10 * 10**12}, "s", "mean/1")
    assert value.spread == Average(mean=Fraction(2), variance=Fraction(2), n=Fraction(2))


def test_a_scaled_mean_has_a_scaled_variance():
    """As percent of a scale from 1 to 5, the answers 3 and 5 are 50 and 100: variance 1250."""
    value = mean_value(8, {"n": 2, "squares": 34}, "", "csat_index/1", origin=Fraction(1), scale=Fraction(25))
    assert value.spread == Average(mean=Fraction(75), variance=Fraction(1250), n=Fraction(2))


def test_rounded_squares_make_no_negative_variance():
    value = mean_value(Decimal("0.3"), {"n": 3, "squares": Decimal("0.029999999")}, "", "mean/1")
    assert value.spread.variance == 0


def test_one_value_has_no_variance():
    assert mean_value(4, {"n": 1, "squares": 16}, "", "mean/1").spread.variance is None


def test_rates_may_exceed_their_exposure():
    value = rate_value(5, 2, 100, "per_100", "rate/1")
    assert (value.value, value.spread) == (250.0, EventRate(events=Fraction(5), exposure=Fraction(2), per=100))
    assert rate_value(5, 0, 1, "", "rate/1").reason == "zero_denominator"


@pytest.mark.parametrize(
    ("text", "statistics", "interval"),
    [
        ("share(reopened)", {"n": 10, "part": 3}, ("wilson", 0.1078, 0.6032)),
        ("nps(recommend)", {"n": 36, "promoters": 15, "detractors": 13}, ("adjusted_wald", -22.12, 32.38)),
        ("per_thousand(reopened)", {"n": 4500, "count": 18}, ("garwood", 2.371, 6.322)),
        ("count(*)", {"n": 10, "count": 10}, ("garwood", 4.795, 18.390)),
        # 1, 2, 3, 4, 5: 3 ± 2.7764·√(2.5/5)
        ("mean(csat)", {"n": 5, "sum": 15, "squares": 55}, ("t", 1.0368, 4.9632)),
        ("mean(csat)", {"n": 1, "sum": 5, "squares": 25}, (None, None, None)),
        ("sum(csat)", {"n": 5, "sum": 15}, (None, None, None)),
        ("sum(csat) / count(*)", {"a1": 15, "a2": 5, "n": 5}, (None, None, None)),
    ],
)
def test_the_interval_follows_from_the_spread(text, statistics, interval, compile_text):
    value = compile_text(text).finish(statistics)
    assert (value.interval, value.low and round(value.low, 4), value.high and round(value.high, 4)) == (
        interval[0],
        interval[1] and pytest.approx(interval[1], abs=6e-3),
        interval[2] and pytest.approx(interval[2], abs=6e-3),
    )
