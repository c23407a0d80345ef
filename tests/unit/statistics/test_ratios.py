"""Shares and rates: exact, without a value on nothing, and refusing what cannot be."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.statistics.ratios import mean_share, net_promoter_score, pooled_share, rate, share

GROUPS = st.lists(st.integers(0, 100).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=6)


def test_nothing_has_no_share_no_rate_and_no_score():
    assert share(0, 0) is None
    assert rate(0, 0) is None
    assert rate(3, 0, 1000) is None
    assert net_promoter_score(0, 0, 0) is None
    assert pooled_share([]) is None
    assert mean_share([(0, 0)]) is None


def test_a_rate_may_pass_its_exposure_and_a_share_may_not():
    assert rate(9, 4) == Fraction(9, 4)
    assert rate(18, 4500, 1000) == 4
    with pytest.raises(ValueError, match="share"):
        share(9, 4)


@pytest.mark.parametrize("numbers", [(-1, 3), (1, -3)])
def test_counts_are_not_below_0(numbers):
    for of in (share, rate):
        with pytest.raises(ValueError, match=r"share|rate"):
            of(*numbers)


@given(GROUPS)
def test_pooling_weighs_groups_by_their_size(groups):
    records = [place < part for part, whole in groups for place in range(whole)]
    assert pooled_share(groups) == (Fraction(sum(records), len(records)) if records else None)


@given(GROUPS)
def test_the_mean_share_lies_among_the_shares(groups):
    shares = [Fraction(part, whole) for part, whole in groups if whole]
    if shares:
        assert min(shares) <= mean_share(groups) <= max(shares)
        assert mean_share([*groups, (0, 0)]) == mean_share(groups)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_a_net_promoter_score_is_the_mean_of_its_answers_in_points(promoters, passives, detractors):
    answers = [100] * promoters + [0] * passives + [-100] * detractors
    expected = Fraction(sum(answers), len(answers)) if answers else None
    assert net_promoter_score(promoters, detractors, len(answers)) == expected


@pytest.mark.parametrize("counts", [(-1, 0, 3), (0, -1, 3), (2, 2, 3)])
def test_promoters_and_detractors_are_parts_of_all(counts):
    with pytest.raises(ValueError, match="parts"):
        net_promoter_score(*counts)
