"""Verdicts: by the target's direction, on what is adjusted for many tests, and by chance no more often than said."""

import math
from fractions import Fraction

import numpy as np
import pytest
from msgspec.structs import replace

from sqaudit.measures.compiled import with_interval
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.spread import Average, EventRate, Promotion, Proportion
from sqaudit.model.standard import Severity
from sqaudit.model.target import read_target
from sqaudit.workflow.comparing.changes import Verdict, Windows, compare_results, judge_changes

MADE_UP = {
    "share": lambda draw: share(int(draw.binomial(200, 0.8)), 200),
    "rare": lambda draw: share(int(draw.binomial(60, 0.03)), 60),
    "rate": lambda draw: rate(int(draw.poisson(12)), 1000),
    "mean": lambda draw: mean(draw.integers(1, 6, 50)),
    "nps": lambda draw: promotion(*draw.multinomial(100, (0.5, 0.3, 0.2))),
}


def share(successes, n):
    return value(successes / n, "share", Proportion(successes=successes, n=n)), n


def rate(events, exposure):
    return value(
        1000 * events / exposure, "per_thousand", EventRate(events=events, exposure=exposure, per=1000)
    ), exposure


def mean(values):
    spread = Average(
        mean=Fraction(int(sum(values)), len(values)), variance=Fraction(np.var(values, ddof=1)), n=len(values)
    )
    return value(float(spread.mean), "", spread), len(values)


def promotion(promoters, passives, detractors):
    n = int(promoters + passives + detractors)
    score = 100 * (promoters - detractors) / n
    return value(float(score), "points", Promotion(promoters=int(promoters), detractors=int(detractors), n=n)), n


def value(number, unit, spread=None):
    return with_interval(Value(value=number, unit=unit, formula="made/1", spread=spread))


def result(measured, target=None, item="i"):
    found, n = measured
    return ItemResult(
        site="a",
        checklist="c",
        item=item,
        criterion=None,
        dimension=None,
        status=Status.PASS,
        severity=Severity.MINOR,
        value=found,
        n=n,
        target=target and read_target(target),
    )


def change(before, after, target=None, windows=Windows(), *, is_same=True):  # noqa: B008 - frozen
    return compare_results("a", result(before, target), result(after, target), windows, is_same=is_same)


@pytest.mark.parametrize(
    ("target", "up", "down"),
    [
        (">= 0.5", Verdict.BETTER, Verdict.WORSE),
        ("<= 0.5", Verdict.WORSE, Verdict.BETTER),
        ("= 0.5", Verdict.HIGHER, Verdict.LOWER),
        (None, Verdict.HIGHER, Verdict.LOWER),
    ],
)
def test_the_target_says_which_way_is_better(target, up, down):
    low, high = share(20, 100), share(80, 100)
    judged = judge_changes([change(low, high, target), change(high, low, target), change(low, low, target)])
    assert [one.verdict for one in judged] == [up, down, Verdict.NO_CHANGE]


def test_the_verdict_rests_on_what_is_adjusted():
    """A p below 0.03 is a change by itself, and none among nineteen others that show nothing."""
    found, nothing = change(share(120, 200), share(141, 200)), change(share(120, 200), share(120, 200))
    assert 0.02 < found.contrast.p < 0.03
    assert judge_changes([found])[0].verdict is Verdict.HIGHER
    among = judge_changes([found, *[nothing] * 19])[0]
    assert (among.verdict, among.p_adjusted) == (Verdict.NO_CHANGE, pytest.approx(20 * found.contrast.p))


def test_what_is_not_tested_does_not_count_among_the_tests():
    found = change(share(120, 200), share(141, 200))
    beside = [change(share(1, 4), share(4, 4)), change((value(1, ""), 50), (value(2, ""), 50))]
    judged = judge_changes([*beside, found])
    assert [one.verdict for one in judged] == [Verdict.NOT_COMPARABLE, Verdict.NOT_TESTED, Verdict.HIGHER]
    assert judged[2].p_adjusted == found.contrast.p


def test_identical_periods_differ_by_chance_as_rarely_as_said():
    """In 1000 tables of five items nothing changed: at most 5 % of the tables say that something did.

    Two standard errors of such a share, 1.4 %, are allowed to the simulation.
    """
    draw = np.random.default_rng(2026)
    tables = 1000
    alarmed, alone = 0, 0
    for _ in range(tables):
        changes = [change(of(draw), of(draw), ">= 0.5") for of in MADE_UP.values()]
        alone += sum(one.contrast.p is not None and one.contrast.p < 0.05 for one in changes)
        alarmed += any(one.verdict in {Verdict.BETTER, Verdict.WORSE} for one in judge_changes(changes))
    allowed = 2 * math.sqrt(0.05 * 0.95 / tables)
    assert alarmed / tables <= 0.05 + allowed
    assert alone / tables / len(MADE_UP) <= 0.05 + allowed / 2


def test_shares_differ_by_points_that_a_float_cannot_spoil():
    found = change(share(60, 100), share(72, 100))
    assert (found.difference, found.relative) == (12.0, 0.2)


@pytest.mark.parametrize("number", [0, -20])
def test_nothing_is_relative_to_nothing(number):
    assert change((value(number, ""), 50), (value(20, ""), 50)).relative is None


def test_a_rate_rests_on_what_it_is_a_rate_of():
    """Totals in one row a month are no small base; ten rows with an event are."""
    measured, _ = rate(12, 10_000)
    assert change((measured, 1), (measured, 1)).is_comparable
    assert change(rate(1, 10), rate(9, 10)).reason == "small_base"


def test_a_count_has_no_base():
    measured = value(2, "count", EventRate(events=2, exposure=1))
    many = value(40, "count", EventRate(events=40, exposure=1))
    found = judge_changes([change((measured, 2), (many, 40), "<= 10")])[0]
    assert found.verdict is Verdict.WORSE
    assert change((measured, 2), (many, 40), windows=Windows(equal=False)).reason == "unequal_periods"


def test_intervals_alone_are_added_where_there_is_no_test():
    before = replace(value(50, ""), low=44, high=58)
    found = change((before, 50), (replace(value(60, ""), low=57, high=68), 50))
    assert (found.contrast.low, found.contrast.high) == (pytest.approx(10 - math.sqrt(73)), pytest.approx(20))
    assert judge_changes([found])[0].verdict is Verdict.NOT_TESTED


def test_a_score_of_another_measure_has_no_difference():
    found = change(share(20, 100), share(80, 100), is_same=False)
    assert (found.difference, found.reason, found.is_comparable) == (None, "measure_changed", False)
