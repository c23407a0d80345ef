"""Sites placed by values that were read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.model.score import Value
from sqaudit.model.spread import Average, EventRate, Proportion
from sqaudit.model.target import Direction
from sqaudit.scoring.uncertainty import standard_error
from sqaudit.statistics.spreads import interval_of
from sqaudit.workflow.ranking.placing import Outlying, SiteValue, place_sites


def valued(site, spread, value, reason=None):
    low, high, method = interval_of(spread)
    known = Value(value=value, unit="", formula="f", low=low, high=high, interval=method, spread=spread)
    return SiteValue(site=site, value=known, n=30, error=standard_error(known), reason=reason)


def share(site, successes, n, reason=None):
    return valued(site, Proportion(successes=successes, n=n), successes / n, reason)


def scored(site, score, error, reason=None, weight=1.0):
    known = Value(value=score, unit="score", formula="score")
    return SiteValue(site=site, value=known, n=None, error=error, reason=reason, weight=weight)


def ranks(placed):
    return {one.site: (one.best, one.worst) for one in placed.sites}


def test_sites_far_apart_have_ranks_of_their_own():
    placed = place_sites([share("b", 50, 100), share("a", 95, 100), share("c", 10, 100)], Direction.HIGHER)
    assert [one.site for one in placed.sites] == ["a", "b", "c"]
    assert ranks(placed) == {"a": (1, 1), "b": (2, 2), "c": (3, 3)}
    assert placed.groups == ()
    assert placed.overall == pytest.approx(155 / 300)


def test_less_is_better_where_a_target_says_so():
    rates = {"a": 30, "b": 2, "c": 3}
    values = [valued(site, EventRate(events=k, exposure=1000, per=1000), float(k)) for site, k in rates.items()]
    placed = place_sites(values, Direction.LOWER)
    assert [one.site for one in placed.sites] == ["b", "c", "a"]
    assert ranks(placed) == {"b": (1, 2), "c": (1, 2), "a": (3, 3)}
    assert placed.groups == (("b", "c"),)
    worst = placed.sites[2]
    assert (worst.outlying, worst.is_good) == (Outlying.ABOVE, False)


def test_a_site_above_the_funnel_is_a_strength():
    placed = place_sites([share(name, 160, 200) for name in "abcdef"] + [share("g", 198, 200)], Direction.HIGHER)
    best = placed.sites[0]
    assert (best.site, best.best, best.worst, best.outlying, best.is_good) == ("g", 1, 1, Outlying.ABOVE, True)
    assert {one.outlying for one in placed.sites[1:]} == {None}
    without = place_sites([share(name, 160, 200) for name in "abcdef"] + [share("g", 198, 200)], None)
    assert (without.sites[0].outlying, without.sites[0].is_good) == (Outlying.ABOVE, None)


def test_who_is_refused_has_no_rank_and_is_in_no_funnel():
    values = [share("a", 9, 10, "small_base"), share("b", 90, 100), share("c", 91, 100), share("d", 20, 100)]
    placed = place_sites(values, Direction.HIGHER)
    last = placed.sites[-1]
    assert (last.site, last.value, last.best, last.funnel_low, last.reason) == ("a", 0.9, None, None, "small_base")
    assert ranks(placed)["d"] == (3, 3)
    assert placed.overall == pytest.approx(201 / 300)


@pytest.mark.parametrize("values", [[], [share("a", 9, 10)], [share("a", 9, 10), share("b", 9, 10, "small_base")]])
def test_one_site_alone_has_no_rank(values):
    placed = place_sites(values, Direction.HIGHER)
    assert placed.ranked == ()
    assert len(placed.sites) == len(values)


def test_two_sites_have_ranks_and_no_funnel():
    placed = place_sites([share("a", 95, 100), share("b", 30, 100)], Direction.HIGHER)
    assert ranks(placed) == {"a": (1, 1), "b": (2, 2)}
    assert {one.funnel_low for one in placed.sites} == {None}


def test_scores_are_told_apart_by_their_errors():
    placed = place_sites([scored("a", 90.0, 1.0), scored("b", 70.0, 1.0), scored("c", 75.0, 8.0)], Direction.HIGHER)
    assert ranks(placed) == {"a": (1, 2), "b": (2, 3), "c": (1, 3)}
    assert placed.groups == (("a", "c"), ("c", "b"))


def test_sites_count_by_their_weights_in_the_value_of_all():
    values = [scored("a", 90.0, 1.0, weight=3), scored("b", 70.0, 1.0), scored("c", 70.0, 1.0)]
    assert place_sites(values, Direction.HIGHER).overall == pytest.approx(82)


def test_means_are_compared_as_means():
    values = [
        valued("a", Average(mean=5, variance=1, n=60), 5.0),
        valued("b", Average(mean=3, variance=1, n=60), 3.0),
        valued("c", Average(mean=3, variance=1, n=30), 3.0),
    ]
    placed = place_sites(values, None)
    assert ranks(placed) == {"a": (1, 1), "b": (2, 3), "c": (2, 3)}
    assert placed.overall == pytest.approx((300 + 180 + 90) / 150)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(60, 200)), min_size=2, max_size=8), st.randoms())
def test_names_and_order_are_irrelevant(counts, choose):
    values = [share(f"s{number}", k, n) for number, (k, n) in enumerate(counts)]
    shuffled = list(values)
    choose.shuffle(shuffled)
    assert place_sites(values, Direction.HIGHER) == place_sites(shuffled, Direction.HIGHER)
    renamed = [replace(one, site=f"z{9 - int(one.site[1:])}") for one in values]
    there = ranks(place_sites(renamed, Direction.HIGHER))
    assert {
        f"z{9 - int(site[1:])}": rank for site, rank in ranks(place_sites(values, Direction.HIGHER)).items()
    } == there
