"""The five service levels, counted call by call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.statistics.service_levels import FORMULAS, Calls, service_level

WITHIN, SHORT = 20, 5
CALLS = st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=30)

# Of an (answered, waited) call: does it count as good, does it count at all.
MEANT = {
    "f1": (lambda answered, waited: waited <= WITHIN, lambda answered, waited: True),
    "f2": (lambda answered, waited: answered and waited <= WITHIN, lambda answered, waited: answered),
    "f3": (lambda answered, waited: answered and waited <= WITHIN, lambda answered, waited: True),
    "f4": (
        lambda answered, waited: answered and waited <= WITHIN,
        lambda answered, waited: answered or waited > WITHIN,
    ),
    "f5": (lambda answered, waited: waited <= (WITHIN if answered else SHORT), lambda answered, waited: True),
}


def counted(calls):
    answered = [waited for was_answered, waited in calls if was_answered]
    abandoned = [waited for was_answered, waited in calls if not was_answered]
    return Calls(
        answered=len(answered),
        answered_within=sum(waited <= WITHIN for waited in answered),
        abandoned=len(abandoned),
        abandoned_within=sum(waited <= WITHIN for waited in abandoned),
        abandoned_short=sum(waited <= SHORT for waited in abandoned),
    )


@pytest.mark.parametrize("formula", sorted(FORMULAS))
@given(calls=CALLS)
def test_a_service_level_counts_the_calls_it_means(formula, calls):
    is_good, counts = MEANT[formula]
    all_calls = sum(counts(*call) for call in calls)
    expected = (sum(is_good(*call) for call in calls), all_calls) if all_calls else None
    assert service_level(counted(calls), formula) == expected


@given(CALLS)
def test_the_default_leaves_out_who_gave_up_within_the_time(calls):
    assert service_level(counted(calls)) == service_level(counted(calls), "f4")


@pytest.mark.parametrize(
    "calls",
    [
        Calls(answered=1, answered_within=2),
        Calls(answered=1, answered_within=-1),
        Calls(answered=1, answered_within=1, abandoned=1, abandoned_within=2),
        Calls(answered=1, answered_within=1, abandoned=1, abandoned_short=2),
    ],
)
def test_contradicting_counts_are_refused(calls):
    with pytest.raises(ValueError, match="contradict"):
        service_level(calls)


def test_an_unknown_formula_is_refused():
    with pytest.raises(ValueError, match="f6"):
        service_level(Calls(answered=1, answered_within=1), "f6")
