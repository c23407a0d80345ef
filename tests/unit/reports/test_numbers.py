from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.reports.numbers import (
    round_half_up,
    show_difference,
    show_duration,
    show_number,
    show_probability,
    show_score,
    show_share,
    show_value,
)


@pytest.mark.parametrize(
    ("number", "places", "shown"),
    [
        (Decimal("89.995"), 2, "90.00"),
        (Decimal("89.994999999999"), 2, "89.99"),
        (2.675, 2, "2.68"),  # the nearest double lies below; the decimal that was meant counts
        (Decimal("-0.5"), 0, "-1"),
        (1e-7, 2, "0.00"),
        (Decimal("1E+3"), 1, "1000.0"),
    ],
)
def test_halves_go_away_from_zero(number, places, shown):
    assert f"{round_half_up(number, places):f}" == shown


def test_scores_and_shares():
    assert show_score(Decimal("87.5")) == "87.50"
    assert show_share(Decimal("0.9545")) == "95.5%"
    assert show_share(0.0005) == "0.1%"
    assert (show_score(None), show_share(None), show_number(None), show_duration(None)) == ("-",) * 4


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0s"), (0.25, "0.3s"), (59.94, "59.9s"), (59.96, "1m"), (60, "1m"), (90, "1m 30s"), (3599, "59m 59s"),
        (3599.6, "1h"), (3600, "1h"), (14_700, "4h 5m"), (14_729, "4h 5m"), (14_730, "4h 6m"), (86_399, "24h"),
        (93_600, "1d 2h"), (10 * 86_400, "10d"), (-90, "-1m 30s"),
    ],
)  # fmt: skip
def test_durations_are_said_in_their_two_largest_units(seconds, shown):
    assert show_duration(seconds) == shown


@given(st.floats(0, 1e8))
def test_a_shown_duration_is_near_the_real_one(seconds):
    sizes = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
    back = sum(float(part[:-1]) * sizes[part[-1]] for part in show_duration(seconds).split())
    assert abs(back - seconds) <= max(0.51, seconds / 24)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(3, "3"), (3.0, "3"), (1e21, "1000000000000000000000"), (4.125, "4.13"), (-4.125, "-4.13"),
     (0.03125, "0.0313"), (0.1, "0.100")],
)  # fmt: skip
def test_numbers_without_a_unit(number, shown):
    assert show_number(number) == shown


def test_the_unit_decides():
    assert show_value(0.5, "share") == "50.0%"
    assert show_value(90.0, "s") == "1m 30s"
    assert show_value(42.0, "points") == "42"
    assert show_value(None, "share") == "-"


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (1, "1.000"), (0.0496, "0.050"), (0.2198, "0.220"), (0.01, "0.010"), (0.00034, "0.00034"), (0.0001, "0.00010"),
        (0.00009, "<0.0001"), (2e-308, "<0.0001"), (None, "-"),
    ],
)  # fmt: skip
def test_a_probability_is_never_shown_as_none(probability, shown):
    assert show_probability(probability) == shown


@pytest.mark.parametrize(
    ("difference", "unit", "shown"),
    [
        (12.0, "percentage_points", "+12.0 pp"), (-0.04, "percentage_points", "-0.0 pp"), (0.2, "share", "+20.0%"),
        (-90, "s", "-1m 30s"), (0, "count", "0"), (41.666, "score", "+41.67"), (None, "s", "-"),
    ],
)  # fmt: skip
def test_a_difference_has_its_sign(difference, unit, shown):
    assert show_difference(difference, unit) == shown
