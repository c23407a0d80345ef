"""The verdict on an action: stories with their figures, each rule by itself, and what holds of any evidence."""

from decimal import Decimal
from fractions import Fraction
from math import inf, nan

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace
from scipy import stats

from sqaudit.follow_up.effectiveness import Condition, Evidence, Guard, Reason, judge
from sqaudit.model.action import Verdict
from sqaudit.model.spread import Average, EventRate, Proportion
from sqaudit.model.target import Direction, Target, read_target
from sqaudit.statistics.contrasts import CENSUS, Contrast, Sampled, contrast
from sqaudit.statistics.controlled import Controlled, difference_in_differences

HIGHER, LOWER = Direction.HIGHER, Direction.LOWER
EFFECTIVE, PARTLY = Verdict.EFFECTIVE, Verdict.PARTLY
NOT_EFFECTIVE, INCONCLUSIVE = Verdict.NOT_EFFECTIVE, Verdict.INCONCLUSIVE
RANKS = [NOT_EFFECTIVE, INCONCLUSIVE, PARTLY, EFFECTIVE]


def proportion(successes, n):
    return Sampled(spread=Proportion(successes=successes, n=n))


def of_shares(before, after, **facts):
    """Two surveys: how many of how many."""
    return Evidence(
        **{
            "before": before[0] / before[1],
            "after": after[0] / after[1],
            "n_before": before[1],
            "n_after": after[1],
            "contrast": contrast(proportion(*before), proportion(*after)),
            "direction": HIGHER,
            "improve": 0.05,
            **facts,
        }
    )


HOTEL = of_shares((240, 400), (288, 400))
SMALL = of_shares((46, 160), (57, 162))


def of_numbers(before, after, error, **facts):
    """Two values with a normal difference: its interval and its probability."""
    difference = after - before
    made = Contrast(
        low=difference - 1.96 * error,
        high=difference + 1.96 * error,
        interval="z",
        p=float(2 * stats.norm.sf(abs(difference) / error)),
        test="z",
    )
    return Evidence(**{"before": before, "after": after, "contrast": made, "direction": HIGHER, "improve": 0, **facts})


def guard(difference, *, p=0.001, direction=HIGHER, reason=None):
    wide = 0.5 if p >= 0.05 else 0.0
    low, high = min(0.0, difference) - wide, max(0.0, difference) + wide
    return Guard(
        item="other",
        direction=direction,
        difference=difference,
        contrast=Contrast(low=low, high=high, interval="z", p=p, test="z"),
        reason=reason,
    )


BETTER, UNSURE, WORSE = guard(0.1), guard(-0.1, p=0.2), guard(-0.1)
UNKNOWN = guard(-0.1, reason="measure_changed")


def outcomes(evidence, alpha=0.05):
    return dict(judge(evidence, alpha).checks)


# --- stories with their figures ---


def test_a_hotel_keeps_to_a_stricter_cleaning_standard():
    """60 to 72 % of 400 guests each: 12 points, p 0.00034."""
    found = judge(replace(HOTEL, target=read_target(">= 0.7")))
    assert (found.verdict, found.reasons) == (EFFECTIVE, ())
    assert all(outcome is True for _, outcome in found.checks)


def test_a_difference_is_as_large_as_it_is_written():
    """0.72 less 0.6 is 0.12, and not a last digit less; 0.8 less 0.7 is 0.1."""
    assert outcomes(replace(HOTEL, improve=0.12))[Condition.SIZE] is True
    assert outcomes(of_shares((700, 1000), (800, 1000), improve=0.1))[Condition.SIZE] is True
    assert outcomes(replace(HOTEL, improve=0.121))[Condition.SIZE] is False


def test_a_survey_too_small_to_tell_stays_open():
    """28.8 to 35.2 %, p 0.22."""
    assert SMALL.contrast.p == pytest.approx(0.22, abs=0.01)
    found = judge(SMALL)
    assert (found.verdict, found.reasons) == (INCONCLUSIVE, ("within_chance",))


def test_fewer_complaints_in_holiday_weeks_still_more_than_asked_for():
    """9 to 5 per 1000 orders is better; a target of 4 is missed."""
    before, after = (
        Sampled(spread=EventRate(events=events, exposure=Fraction(20_000), per=1000)) for events in (180, 100)
    )
    evidence = Evidence(
        before=9.0, after=5.0, contrast=contrast(before, after), direction=LOWER, improve=2, target=read_target("<= 4")
    )
    assert judge(replace(evidence, target=read_target("<= 6"))).verdict is EFFECTIVE
    found = judge(evidence)
    assert (found.verdict, found.reasons) == (PARTLY, ("target_missed",))


def test_boarding_is_rated_better_on_a_scale_from_1_to_5():
    """A mean of 2.95 to 4.00."""
    before, after = (
        Sampled(spread=Average(mean=Fraction(mean), variance=Fraction(1), n=120)) for mean in ("2.95", "4")
    )
    evidence = Evidence(before=2.95, after=4.0, contrast=contrast(before, after), direction=HIGHER, improve=0.5)
    assert judge(evidence).verdict is EFFECTIVE


def test_a_median_has_no_test_but_an_interval():
    """195 to 13.5 seconds to the first answer."""
    made = Contrast(low=-190.0, high=-170.0, interval="square_and_add", reason="interval_only")
    evidence = Evidence(before=195.0, after=13.5, contrast=made, direction=LOWER, improve=60)
    assert judge(evidence).verdict is EFFECTIVE
    assert judge(replace(evidence, contrast=replace(made, high=5.0))).reasons == ("within_chance",)
    # At another level than that of the interval it tells nothing.
    assert judge(evidence, 0.01).reasons == ("not_tested", "interval_only")


# --- each rule ---


@pytest.mark.parametrize(
    ("evidence", "verdict", "reasons"),
    [
        # 1 to 3 and no recurrence, but the target or a guard
        (replace(HOTEL, target=read_target(">= 0.75")), PARTLY, [Reason.TARGET_MISSED]),
        (replace(HOTEL, guards=(BETTER, WORSE)), PARTLY, [Reason.GUARD_WORSE]),
        (replace(HOTEL, guards=(UNKNOWN, WORSE)), PARTLY, [Reason.GUARD_WORSE]),
        (
            replace(HOTEL, target=read_target(">= 0.75"), guards=(WORSE,)),
            PARTLY,
            [Reason.TARGET_MISSED, Reason.GUARD_WORSE],
        ),
        (replace(HOTEL, guards=(BETTER, UNSURE)), EFFECTIVE, []),
        # a recurrence decides alone
        (replace(HOTEL, recurred=True), NOT_EFFECTIVE, [Reason.RECURRED]),
        (replace(HOTEL, recurred=True, reason="measure_changed"), NOT_EFFECTIVE, [Reason.RECURRED]),
        (replace(HOTEL, recurred=True, after=None), NOT_EFFECTIVE, [Reason.RECURRED]),
        # surely worse, surely too small
        (of_shares((288, 400), (240, 400)), NOT_EFFECTIVE, [Reason.WORSE]),
        (replace(HOTEL, direction=LOWER), NOT_EFFECTIVE, [Reason.WORSE]),
        (replace(HOTEL, improve=0.2), NOT_EFFECTIVE, [Reason.TOO_SMALL]),
        (of_shares((2400, 4000), (2410, 4000)), NOT_EFFECTIVE, [Reason.TOO_SMALL]),
        # chance may have done it
        (of_shares((24, 40), (23, 40)), INCONCLUSIVE, [Reason.NOT_BETTER]),
        (of_shares((24, 40), (24, 40)), INCONCLUSIVE, [Reason.NOT_BETTER]),
        (replace(SMALL, improve=0.1), INCONCLUSIVE, [Reason.WITHIN_CHANCE, Reason.BELOW_LEAST]),
        (replace(HOTEL, improve=0.15), INCONCLUSIVE, [Reason.BELOW_LEAST]),
        # what is not known never speaks for an action
        (replace(HOTEL, guards=(UNKNOWN,)), INCONCLUSIVE, [Reason.GUARD_UNKNOWN]),
        (replace(HOTEL, guards=(guard(nan),)), INCONCLUSIVE, [Reason.GUARD_UNKNOWN]),
        (
            replace(HOTEL, target=read_target(">= 0.75"), guards=(UNKNOWN,)),
            INCONCLUSIVE,
            [Reason.GUARD_UNKNOWN],
        ),
        (replace(HOTEL, before=None), INCONCLUSIVE, [Reason.NOTHING_BEFORE]),
        (replace(HOTEL, n_before=0), INCONCLUSIVE, [Reason.NOTHING_BEFORE]),
        (replace(HOTEL, after=nan), INCONCLUSIVE, [Reason.NOTHING_AFTER]),
        (replace(HOTEL, after=inf), INCONCLUSIVE, [Reason.NOTHING_AFTER]),
        (replace(HOTEL, n_after=0), INCONCLUSIVE, [Reason.NOTHING_AFTER]),
        (replace(HOTEL, reason="too_early"), INCONCLUSIVE, ["too_early"]),
        (replace(HOTEL, contrast=Contrast(reason="no_interval")), INCONCLUSIVE, [Reason.NOT_TESTED, "no_interval"]),
        (replace(HOTEL, contrast=Contrast(p=nan, low=nan, high=nan)), INCONCLUSIVE, [Reason.NOT_TESTED]),
        # others were judged with it: p is 0.00034, and 0.034 as the smallest of 100, but 0.07 as that of 200
        (replace(HOTEL, others=(0.5,) * 99), EFFECTIVE, []),
        (replace(HOTEL, others=(0.5,) * 199), INCONCLUSIVE, [Reason.AMONG_OTHERS]),
        (replace(HOTEL, others=(0.0001,) * 199), EFFECTIVE, []),
        (replace(HOTEL, others=(0.0004,) * 199), INCONCLUSIVE, [Reason.AMONG_OTHERS]),
        (replace(SMALL, others=(0.5,) * 199), INCONCLUSIVE, [Reason.WITHIN_CHANCE]),
        (replace(of_shares((288, 400), (240, 400)), others=(0.5,) * 999), NOT_EFFECTIVE, [Reason.WORSE]),
        # picked from many by the value before
        (replace(HOTEL, picked_from=12), EFFECTIVE, []),
        (replace(HOTEL, picked_from=200), INCONCLUSIVE, [Reason.PICKED]),
        (replace(HOTEL, picked_from=12, others=(0.5,) * 99), INCONCLUSIVE, [Reason.AMONG_OTHERS]),
        (replace(HOTEL, picked_from=200, others=(0.5,) * 99), INCONCLUSIVE, [Reason.PICKED]),
        (replace(SMALL, picked_from=200), INCONCLUSIVE, [Reason.WITHIN_CHANCE]),
        (replace(of_shares((288, 400), (240, 400)), picked_from=10**400), NOT_EFFECTIVE, [Reason.WORSE]),
    ],
)
def test_each_rule(evidence, verdict, reasons):
    found = judge(evidence)
    assert (found.verdict, list(found.reasons)) == (verdict, reasons)


def test_a_test_that_was_taken_away_is_not_replaced_by_the_interval():
    """A small base has an interval, but no test and no reason in its contrast."""
    bare = replace(HOTEL.contrast, p=None, test=None)
    assert judge(replace(HOTEL, contrast=bare)).reasons == ("not_tested",)


def test_what_lies_on_a_bound_is_not_beyond_it():
    """A probability of just the level is not below it; an interval that ends at the least improvement reaches it."""
    on_the_bound = replace(HOTEL, contrast=replace(HOTEL.contrast, p=0.05))
    assert judge(on_the_bound).reasons == ("within_chance",)
    halved = replace(HOTEL, contrast=replace(HOTEL.contrast, p=0.025), others=(0.5,))
    assert judge(halved).reasons == ("among_others",)
    assert judge(replace(HOTEL, improve=0.125, contrast=replace(HOTEL.contrast, high=0.125))).verdict is INCONCLUSIVE


def test_a_worsening_is_beyond_chance_however_the_site_was_picked():
    worse = of_shares((288, 400), (240, 400), picked_from=10**400)
    assert outcomes(worse)[Condition.CHANCE] is True


def test_a_median_is_none_of_those_that_are_judged_together():
    """It has an interval and no probability, and stands by itself."""
    made = Contrast(low=5.0, high=9.0, interval="square_and_add", reason="interval_only")
    evidence = Evidence(before=0.0, after=7.0, contrast=made, direction=HIGHER, improve=1.0, others=(0.9,) * 50)
    assert (judge(evidence).verdict, judge(evidence).p) == (EFFECTIVE, None)


@given(p=st.floats(1e-6, 0.2), others=st.lists(st.floats(0, 1), max_size=5).map(tuple), ways=st.sampled_from([1, 12]))
def test_the_probability_that_counts_is_told(p, others, ways):
    """By Holm's own words: the smallest that is not below the level by how many are left ends it."""
    found = judge(replace(HOTEL, contrast=replace(HOTEL.contrast, p=p), others=others, picked_from=ways))
    own = min(1, p * ways)
    all_ = sorted([own, *others])
    assume(all_.count(own) == 1)
    steps = [min(1, one * (len(all_) - place)) for place, one in enumerate(all_)]
    assert found.p == pytest.approx(max(steps[: all_.index(own) + 1]))


def test_each_guard_has_its_outcome():
    named = [replace(one, item=name) for name, one in zip("abcd", (BETTER, UNSURE, WORSE, UNKNOWN), strict=True)]
    found = judge(replace(HOTEL, guards=tuple(named)))
    assert found.guards == (("a", True), ("b", True), ("c", False), ("d", None))


def test_a_guard_is_worse_in_its_own_direction():
    """Shorter calls are better, whichever way the indicator points."""
    assert judge(replace(HOTEL, guards=(guard(0.1, direction=LOWER),))).reasons == ("guard_worse",)
    assert judge(replace(HOTEL, guards=(guard(-0.1, direction=LOWER),))).verdict is EFFECTIVE


def test_a_guard_without_a_test_is_judged_by_its_interval():
    def median(low, high):
        made = Contrast(low=low, high=high, interval="square_and_add", reason="interval_only")
        return Guard(item="time", direction=LOWER, difference=5.0, contrast=made)

    assert judge(replace(HOTEL, guards=(median(1.0, 9.0),))).verdict is PARTLY
    assert judge(replace(HOTEL, guards=(median(-1.0, 11.0),))).verdict is EFFECTIVE


@pytest.mark.parametrize("made", [Contrast(reason=CENSUS), Contrast(reason=CENSUS, low=0.02, high=0.02)])
@pytest.mark.parametrize(
    ("improve", "after", "verdict"),
    [
        (0.02, 0.62, EFFECTIVE),
        (0.03, 0.62, NOT_EFFECTIVE),
        (0.0, 0.6, NOT_EFFECTIVE),
        (0.0, 0.59, NOT_EFFECTIVE),
    ],
)
def test_where_all_there_are_were_counted_the_size_decides(made, improve, after, verdict):
    evidence = Evidence(before=0.6, after=after, contrast=made, direction=HIGHER, improve=improve)
    assert judge(evidence).verdict is verdict
    counted = Guard(item="other", direction=HIGHER, difference=-0.001, contrast=Contrast(reason=CENSUS))
    assert judge(replace(evidence, guards=(counted,))).verdict is (PARTLY if verdict is EFFECTIVE else verdict)


def test_where_only_one_side_was_counted_in_full_there_is_chance():
    made = Contrast(reason=CENSUS, low=-0.01, high=0.05, interval="square_and_add")
    evidence = Evidence(before=0.6, after=0.62, contrast=made, direction=HIGHER, improve=0.01)
    assert judge(evidence).reasons == ("within_chance",)
    assert judge(replace(evidence, contrast=replace(made, low=0.005))).verdict is EFFECTIVE


@pytest.mark.parametrize("reason", [CENSUS, "interval_only"])
def test_what_was_picked_without_a_test_cannot_be_made_up_for(reason):
    made = Contrast(reason=reason, low=0.1, high=0.1)
    evidence = Evidence(before=0.6, after=0.7, contrast=made, direction=HIGHER, improve=0.0, picked_from=12)
    found = judge(evidence)
    assert (found.verdict, found.reasons) == (INCONCLUSIVE, ("picked_by_value",))


def test_with_controls_the_improvement_is_that_beyond_theirs():
    """60 to 72 % where something was done; where nothing was, as much, nothing, or worse."""
    pair = proportion(240, 400), proportion(288, 400)
    still = proportion(400, 800), proportion(400, 800)
    risen = proportion(400, 800), proportion(496, 800)
    fallen = proportion(496, 800), proportion(400, 800)
    for controls, verdict in ((still, EFFECTIVE), (risen, INCONCLUSIVE), (fallen, EFFECTIVE)):
        assert judge(replace(HOTEL, control=difference_in_differences(*pair, *controls))).verdict is verdict
    soared = difference_in_differences(*pair, proportion(200, 800), proportion(600, 800))
    assert judge(replace(HOTEL, control=soared)).reasons == ("indicator_worse",)
    nothing = difference_in_differences(*pair, proportion(0, 0), proportion(3, 4))
    assert judge(replace(HOTEL, control=nothing)).reasons == ("no_control_value",)


@pytest.mark.parametrize(
    "facts",
    [
        {"improve": -0.1},
        {"improve": nan},
        {"improve": inf},
        {"picked_from": 0},
        {"others": (1.5,)},
        {"others": (-0.5,)},
    ],
)
def test_impossible_facts_are_refused(facts):
    with pytest.raises(ValueError, match=r"impossible|cannot be judged|no probability"):
        judge(replace(HOTEL, **facts))


@pytest.mark.parametrize("alpha", [0, 1, nan])
def test_an_impossible_level_is_refused(alpha):
    with pytest.raises(ValueError, match="cannot be judged"):
        judge(HOTEL, alpha)


# --- whatever the evidence ---

NUMBERS = st.none() | st.floats(-2, 2) | st.sampled_from([nan, inf, -inf, 0.0])
PROBABILITIES = st.none() | st.floats(0, 1) | st.sampled_from([0.001, nan])
CODES = st.none() | st.sampled_from([CENSUS, "interval_only", "too_few"])
CONTRASTS = st.builds(Contrast, low=NUMBERS, high=NUMBERS, p=PROBABILITIES, reason=CODES)
DIRECTIONS = st.sampled_from(Direction)
TARGETS = st.none() | st.builds(
    lambda comparison, bound: Target(text="", comparison=comparison, bound=Decimal(bound) / 10),
    st.sampled_from([">=", "<=", ">", "<", "="]),
    st.integers(-20, 20),
)
GUARDS = st.builds(
    Guard,
    item=st.just("g"),
    direction=DIRECTIONS,
    difference=NUMBERS,
    contrast=CONTRASTS,
    reason=st.none() | st.just("x"),
)
FACTS = {
    "direction": DIRECTIONS,
    "improve": st.floats(0, 1),
    "target": TARGETS,
    "recurred": st.booleans(),
    "guards": st.lists(GUARDS, max_size=2).map(tuple),
    "picked_from": st.sampled_from([1, 1, 12, 10**400]),
    "others": st.lists(st.floats(0, 1), max_size=3).map(tuple),
    "reason": st.sampled_from([None, None, None, "too_early"]),
}
EVIDENCE = st.builds(
    Evidence,
    before=NUMBERS,
    after=NUMBERS,
    contrast=CONTRASTS,
    control=st.none() | st.builds(Controlled, difference=NUMBERS, contrast=CONTRASTS),
    **FACTS,
)


@given(EVIDENCE, st.sampled_from([0.01, 0.05, 0.1]))
def test_any_evidence_has_a_verdict_and_its_reasons(evidence, alpha):
    found = judge(evidence, alpha)
    checks = dict(found.checks)
    assert list(checks) == list(Condition)
    assert (found.verdict is EFFECTIVE) is (not found.reasons)
    if found.verdict is EFFECTIVE:
        assert set(checks.values()) == {True}
        assert evidence.after is not None
        assert evidence.reason is None
    if found.verdict is PARTLY:
        assert all(checks[one] for one in (Condition.DIRECTION, Condition.CHANCE, Condition.SIZE, Condition.RECURRENCE))
        assert not all((checks[Condition.TARGET], checks[Condition.GUARDS]))
    if evidence.recurred:
        assert found.verdict is NOT_EFFECTIVE


SIZES = st.integers(-40, 40).map(lambda number: number / 20)


@given(before=SIZES, after=SIZES, error=st.sampled_from([0.05, 0.2]), facts=st.fixed_dictionaries(FACTS))
def test_it_is_effective_if_and_only_if_all_conditions_hold(before, after, error, facts):
    found = judge(of_numbers(before, after, error, **facts))
    assert (found.verdict is EFFECTIVE) is all(outcome is True for _, outcome in found.checks)


@given(
    before=SIZES,
    after=SIZES,
    gain=st.integers(0, 40).map(lambda number: number / 20),
    error=st.sampled_from([0.05, 0.2, 0.5]),
    facts=st.fixed_dictionaries(FACTS),
)
def test_a_better_value_after_never_makes_the_verdict_worse(before, after, gain, error, facts):
    target, sign = facts["target"], 1 if facts["direction"] is HIGHER else -1
    assume(target is None or (target.comparison != "=" and target.direction is facts["direction"]))
    found, better = (judge(of_numbers(before, value, error, **facts)).verdict for value in (after, after + sign * gain))
    assert RANKS.index(better) >= RANKS.index(found)


@given(before=SIZES, after=SIZES, error=st.sampled_from([0.05, 0.2]), facts=st.fixed_dictionaries(FACTS))
def test_less_asked_for_never_makes_the_verdict_worse(before, after, error, facts):
    evidence = of_numbers(before, after, error, **facts)
    found = RANKS.index(judge(evidence).verdict)
    milder = [
        replace(evidence, improve=evidence.improve / 2),
        replace(evidence, target=None),
        replace(evidence, guards=()),
        replace(evidence, picked_from=1),
        replace(evidence, others=()),
        replace(evidence, recurred=False),
    ]
    assert all(RANKS.index(judge(one).verdict) >= found for one in milder)
