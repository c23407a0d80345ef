"""Series from values that were read: stretches, frozen limits, gaps, and the year before."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.errors import msg
from sqaudit.model.spread import EventRate, Proportion
from sqaudit.model.trend import Break, Rule, Trend
from sqaudit.workflow.trending.rows import sketch
from sqaudit.workflow.trending.series import Seen, make_series

EIGHT = Trend(baseline=8)
STEADY = [80.0, 82.0, 79.0, 81.0, 80.0, 83.0, 78.0, 81.0]


def months(number, year=2025):
    return [f"{year + place // 12}-{place % 12 + 1:02}" for place in range(number)]


def scores(values, changed=None):
    """Scores month by month; of an unknown one there is a reason."""
    return [
        Seen(
            period=period,
            value=value,
            unit="score",
            reason="nothing_scored" if value is None else None,
            changed=(changed or {}).get(period),
        )
        for period, value in zip(months(len(values)), values, strict=True)
    ]


def series(values, trend=EIGHT, changed=None):
    return make_series("all", None, scores(values, changed), trend, None)


def signals(one):
    return {point.period: [signal.rule for signal in point.signals] for point in one.signalling}


def test_limits_are_those_of_the_baseline_and_stay():
    """Mean 80.5; seven ranges that sum to 19 give sigma 19/7/1.128, whatever comes later."""
    one = series([*STEADY, 95.0, 80.0])
    sigma = 19 / 7 / 1.128
    for point in one.points:
        assert (point.centre, point.low, point.high) == pytest.approx((80.5, 80.5 - 3 * sigma, 80.5 + 3 * sigma))
    assert [point.in_baseline for point in one.points] == [True] * 8 + [False] * 2
    assert signals(one) == {"2025-09": [Rule.NELSON_1]}
    assert one.stretches[0].provisional


def test_too_few_points_have_no_limits():
    one = series(STEADY[:7])
    assert all((point.centre, point.low, point.high) == (None, None, None) for point in one.points)
    (stretch,) = one.stretches
    assert (stretch.reason, stretch.known, stretch.missing) == ("too_few_points", 7, 1)


def test_an_unknown_point_is_a_gap_and_no_point_of_the_baseline():
    """Without the gap it would be nine on a side; a zero would be far below."""
    with_gap = series([*STEADY, *[81.0] * 7, None, 81.0])
    assert signals(with_gap) == {}
    assert with_gap.points[15].reason == "nothing_scored"
    assert signals(series([*STEADY, *[81.0] * 8])) == {"2026-04": [Rule.NELSON_2]}
    early = series([*STEADY[:4], None, *STEADY[4:]])
    assert early.points[4].value is None
    assert not early.points[4].in_baseline
    assert early.stretches[0].missing == 0
    assert series([*STEADY[:7], None]).stretches[0].missing == 1


def test_a_break_begins_new_limits_and_ends_every_run():
    later = [value + 10 for value in STEADY]
    trend = Trend(baseline=8, breaks=(Break(period="2025-09", why="a second counter"),))
    one = series([*STEADY, *later], trend)
    assert signals(one) == {}
    assert [stretch.start for stretch in one.stretches] == ["2025-01", "2025-09"]
    assert one.stretches[1].why == "a second counter"
    assert (one.points[0].centre, one.points[-1].centre) == (80.5, 90.5)
    assert signals(series([*STEADY, *later]))


def test_after_a_break_new_limits_take_as_many_points():
    trend = Trend(baseline=8, breaks=(Break(period="2025-09", why="a second counter"),))
    one = series([*STEADY, 95.0, 96.0], trend)
    assert one.points[0].centre is not None
    assert one.points[-1].centre is None
    assert one.stretches[1].missing == 6


@pytest.mark.parametrize("period", ["2024-06", "2025-01", "2027-01"])
def test_a_break_before_or_after_all_points_parts_nothing(period):
    one = series(STEADY, Trend(baseline=8, breaks=(Break(period=period, why="long ago"),)))
    assert len(one.stretches) == 1
    assert one.stretches[0].why == (None if period > "2026" else "long ago")


def test_another_measure_is_a_break_and_ends_the_year_before():
    changed = {"2025-09": msg("it is measured in another way")}
    one = series([*STEADY, *STEADY], changed=changed)
    assert one.stretches[1].why == msg("it is measured in another way")
    january = one.points[12]
    assert (january.period, january.year_before, january.year_difference) == ("2026-01", None, None)


def test_the_year_before_goes_over_a_declared_break():
    trend = Trend(baseline=8, breaks=(Break(period="2025-09", why="a second counter"),))
    values = [80.1, *STEADY[1:], *STEADY[:4], 80.4]
    january = series(values, trend).points[12]
    assert (january.year_before, january.year_difference) == (80.1, 0.3)
    unknown = series([None, *STEADY, 80.0, 80.0, 80.0, 81.0]).points[12]
    assert (unknown.year_before, unknown.year_difference) == (None, None)


def test_nothing_that_varied_has_no_limits():
    one = series([100.0] * 12)
    assert one.stretches[0].reason == "nothing_varied"
    assert not one.signalling


def shares(counts, trend=EIGHT):
    seen = [
        Seen(
            period=period,
            value=k / n,
            unit="share",
            n=n,
            counted=Proportion(successes=k, n=n),
        )
        for period, (k, n) in zip(months(len(counts)), counts, strict=True)
    ]
    return make_series("all", "clean", seen, trend, None)


def test_shares_have_wider_limits_where_fewer_were_asked():
    one = shares([(80, 100)] * 8 + [(8, 20), (40, 100)])
    few, many = one.points[8], one.points[9]
    assert one.stretches[0].chart == "p"
    assert few.low == pytest.approx(0.8 - 3 * (0.8 * 0.2 / 20) ** 0.5)
    assert many.low == pytest.approx(0.8 - 3 * (0.8 * 0.2 / 100) ** 0.5)
    assert [signal.rule for signal in many.signals] == [Rule.NELSON_1, Rule.NELSON_5]


def test_shares_that_vary_more_than_counting_explains_have_wider_limits():
    """Twenty large samples that alternate between 78 and 82 per cent; Laney's factor widens, below 20 points not."""
    counts = [(7800, 10000), (8200, 10000)] * 10
    sure, early = shares(counts, Trend(baseline=20)), shares(counts)
    factor = (0.04 / (0.8 * 0.2 / 10000) ** 0.5) / 1.128
    assert sure.stretches[0].dispersion == pytest.approx(factor)
    assert not sure.signalling
    assert early.stretches[0].dispersion == 1
    assert early.signalling


def test_rates_have_limits_by_exposure():
    seen = [
        Seen(
            period=period,
            value=1000 * events / exposure,
            unit="per_thousand",
            counted=EventRate(events=events, exposure=exposure, per=1000),
        )
        for period, (events, exposure) in zip(months(9), [(5, 1000)] * 8 + [(30, 2000)], strict=True)
    ]
    one = make_series("all", "lost", seen, EIGHT, None)
    assert one.stretches[0].chart == "u"
    assert one.points[8].high == pytest.approx(5 + 3 * 1000 * (0.005 / 2000) ** 0.5)
    assert one.points[8].low == pytest.approx(max(0, 5 - 3 * 1000 * (0.005 / 2000) ** 0.5))
    assert signals(one) == {"2025-09": [Rule.NELSON_1]}


def test_weighted_answers_are_worth_less():
    seen = [
        Seen(
            period=period,
            value=0.8,
            unit="share",
            counted=Proportion(successes=Fraction(80), n=100),
            worth=0.25,
        )
        for period in months(8)
    ]
    one = make_series("all", "clean", seen, EIGHT, None)
    assert one.points[0].low == pytest.approx(0.8 - 3 * (0.8 * 0.2 / 25) ** 0.5)


@given(st.lists(st.floats(20, 60).map(lambda one: round(one, 2)), min_size=8, max_size=20), st.integers(1, 30))
def test_a_constant_shifts_centre_and_limits(values, constant):
    seen = [Seen(period=p, value=v, unit="", n=None) for p, v in zip(months(len(values)), values, strict=True)]
    moved = [Seen(period=one.period, value=one.value + constant, unit="", n=None) for one in seen]
    before, after = (make_series("all", None, one, EIGHT, None) for one in (seen, moved))
    for one, other in zip(before.points, after.points, strict=True):
        if one.low is not None and other.low is not None:
            assert (other.low, other.centre, other.high) == pytest.approx(
                (one.low + constant, one.centre + constant, one.high + constant)
            )


def test_a_sketch_shows_limits_centre_and_point():
    one = series([*STEADY, 95.0])
    ends = (one.points[0].low, 95.0)
    assert sketch(one.points[0], ends).count("|") == 2
    assert sketch(one.points[8], ends).endswith("X")
    assert sketch(one.points[0], None) is None
    assert len({len(sketch(point, ends)) for point in one.points}) == 1
