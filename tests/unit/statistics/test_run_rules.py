"""Patterns of points: each rule at its edge, and against a plain search through all windows."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.model.trend import NELSON, Rule
from sqaudit.statistics.run_rules import find_runs, find_signals

GRID = st.lists(st.one_of(st.none(), st.sampled_from([-3.5, -2.5, -1.5, -0.5, 0.0, 0.5, 1.5, 2.5, 3.5])), max_size=40)


def runs(deviations, rule):
    return [(run.start, run.length) for run in find_runs(deviations, rule)]


def signalled(deviations, rule):
    return [signal.at for signal in find_signals(deviations, [rule])]


@pytest.mark.parametrize(
    ("rule", "deviations", "expected"),
    [
        (Rule.NELSON_1, [0, 3, 3.001, -3, -3.2], [2, 4]),
        (Rule.NELSON_2, [0.1] * 8, []),
        (Rule.NELSON_2, [0.1] * 9, [8]),
        (Rule.NELSON_2, [-0.1] * 11, [8, 9, 10]),
        (Rule.NELSON_2, [0.1] * 4 + [0.0] + [0.1] * 8, []),  # on the centre ends a run
        (Rule.NELSON_2, [0.1] * 8 + [None] + [0.1], []),  # an unknown point does too
        (Rule.NELSON_3, [1, 2, 3, 4, 5], []),
        (Rule.NELSON_3, [1, 2, 3, 4, 5, 6], [5]),
        (Rule.NELSON_3, [6, 5, 4, 3, 2, 1, 0], [5, 6]),
        (Rule.NELSON_3, [1, 2, 3, 3, 4, 5, 6, 7], []),  # equal neighbours end a trend
        (Rule.NELSON_3, [1, 2, 3, None, 4, 5, 6], []),
        (Rule.NELSON_4, [1, -1] * 7, [13]),
        (Rule.NELSON_4, [1, -1] * 6 + [1], []),
        (Rule.NELSON_4, [1, -1] * 3 + [-1, 1] * 4, []),
        (Rule.NELSON_5, [2.1, 0, 2.1], [2]),
        (Rule.NELSON_5, [2.1, 0, 0, 2.1], []),
        (Rule.NELSON_5, [2.1, 0, -2.1], []),  # not on one side
        (Rule.NELSON_5, [2.0, 2.0, 2.0], []),  # the limits themselves are inside
        (Rule.NELSON_5, [2.1, 2.1, 0], [1]),  # told once, when it is known
        (Rule.NELSON_5, [2.1, None, 2.1], []),
        (Rule.NELSON_6, [1.1, 1.1, 0, 1.1, 1.1], [4]),
        (Rule.NELSON_6, [1.1, 1.1, 0, 0, 1.1, 1.1], []),
        (Rule.NELSON_7, [0.9, -1.0, 0] * 5, [14]),
        (Rule.NELSON_7, [0.9, -1.0, 0] * 4 + [0.5, 0.5, 1.1], []),
        (Rule.NELSON_8, [1.1, -1.1] * 4, [7]),
        (Rule.NELSON_8, [1.1, -1.1, 1.0, 1.1] * 3, []),
        (Rule.WESTERN_ELECTRIC_1, [3.1], [0]),
        (Rule.WESTERN_ELECTRIC_4, [0.1] * 8, [7]),
        # After i points the average is 1.5 (1 - 0.8^i), its limit the root of 1 - 0.64^i: passed from the fifth on.
        (Rule.EWMA, [1.5] * 10, list(range(4, 10))),
        (Rule.EWMA, [0.0] * 30, []),
    ],
)
def test_a_rule_at_its_edge(rule, deviations, expected):
    assert signalled(deviations, rule) == expected


def test_the_authors_differ_in_one_rule_only():
    eight = [0.2] * 8 + [-0.5]
    assert runs(eight, Rule.WESTERN_ELECTRIC_4) == [(0, 8)]
    assert runs(eight, Rule.NELSON_2) == []


def test_rounding_makes_no_signal():
    assert find_signals([0.1 + 0.2 - 0.3] * 12, [Rule.NELSON_2]) == []
    assert find_signals([3 + 1e-12], [Rule.NELSON_1]) == []
    assert find_signals([0.1, 0.2, 0.3, 0.3 + 1e-12, 0.4, 0.5, 0.6], [Rule.NELSON_3]) == []


@given(GRID)
def test_mirrored_points_give_mirrored_signals(deviations):
    mirrored = [None if one is None else -one for one in deviations]
    told = [(one.rule, one.at, one.start, one.side) for one in find_signals(deviations, NELSON)]
    assert [(rule, at, start, -side) for rule, at, start, side in told] == [
        (one.rule, one.at, one.start, one.side) for one in find_signals(mirrored, NELSON)
    ]


@given(GRID, GRID)
def test_nothing_reaches_over_an_unknown_point(before, after):
    whole = [(one.rule, one.at, one.start) for one in find_signals([*before, None, *after], NELSON)]
    first = [(one.rule, one.at, one.start) for one in find_signals(before, NELSON)]
    shift = len(before) + 1
    second = [(one.rule, one.at + shift, one.start + shift) for one in find_signals(after, NELSON)]
    assert whole == first + second


@given(GRID)
def test_what_comes_later_changes_no_signal(deviations):
    known = [(one.rule, one.at, one.start) for one in find_signals(deviations, NELSON) if one.at < 20]
    assert [(one.rule, one.at, one.start) for one in find_signals(deviations[:20], NELSON)] == known


def windows(deviations, size, holds):
    """The last points of all windows of known points for which something holds."""
    found = []
    for at in range(size - 1, len(deviations)):
        window = deviations[at - size + 1 : at + 1]
        if None not in window and holds(window):
            found.append(at)
    return found


@given(GRID)
def test_runs_are_what_a_search_through_all_windows_finds(deviations):
    def one_side(window):
        return all(one > 0 for one in window) or all(one < 0 for one in window)

    def climbs(window):
        steps = [b - a for a, b in itertools.pairwise(window)]
        return all(step > 0 for step in steps) or all(step < 0 for step in steps)

    def turns(window):
        steps = [b - a for a, b in itertools.pairwise(window)]
        return all(steps) and all(a * b < 0 for a, b in itertools.pairwise(steps))

    for rule, size, holds in (
        (Rule.NELSON_2, 9, one_side),
        (Rule.WESTERN_ELECTRIC_4, 8, one_side),
        (Rule.NELSON_3, 6, climbs),
        (Rule.NELSON_4, 14, turns),
        (Rule.NELSON_7, 15, lambda window: all(abs(one) <= 1 for one in window)),
        (Rule.NELSON_8, 8, lambda window: all(abs(one) > 1 for one in window)),
    ):
        assert signalled(deviations, rule) == windows(deviations, size, holds)


@given(GRID)
def test_some_of_several_are_what_a_search_finds(deviations):
    for rule, wanted, of, beyond in ((Rule.NELSON_5, 2, 3, 2), (Rule.NELSON_6, 4, 5, 1)):
        found = []
        for at, last in enumerate(deviations):
            if last is None or abs(last) <= beyond:
                continue
            window = deviations[max(0, at - of + 1) : at + 1]
            gaps = [place for place, one in enumerate(window) if one is None]
            window = window[gaps[-1] + 1 :] if gaps else window
            if sum(one * last > 0 and abs(one) > beyond for one in window) >= wanted:
                found.append(at)
        assert signalled(deviations, rule) == found
