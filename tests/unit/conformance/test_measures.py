"""Each check of measures finds what it is for, and passes a sound measure."""

import random

import pytest

from sqaudit.conformance.measures import MEASURE_CHECKS
from sqaudit.conformance.report import Outcome
from sqaudit.model.examples import Examples
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.score import Value

COLUMNS = {"wait": {"type": "number", "scale": 2, "optional": True}, "flag": {"type": "boolean", "optional": True}}


def naive_spread(rows):
    waits = [row["wait"] for row in rows if row["wait"] is not None]
    return max(waits) - min(waits) if waits else None


SOUND = Examples(columns=COLUMNS, naive={"spread(wait)": naive_spread})


def with_statistic(name, kind, expression):
    def statistics(self, arguments):
        number = arguments[0].sql
        good = {
            "n": Statistic(kind=StatisticKind.COUNT, expression=f"({number} IS NOT NULL)"),
            "low": Statistic(kind=StatisticKind.MIN, expression=number),
            "high": Statistic(kind=StatisticKind.MAX, expression=number),
        }
        return good | {name: Statistic(kind=kind, expression=expression.format(number))}

    return statistics


def finishing(work, nothing=None):
    def finish(self, statistics, unit):
        value = work(statistics) if statistics["n"] else nothing
        return Value(
            value=value, unit=unit, formula=self.formula, reason=None if value is not None else "no_valid_rows"
        )

    return finish


def span(statistics):
    return float(statistics["high"] - statistics["low"])


BROKEN = {
    "another formula": ({"finish": finishing(lambda s: float(s["high"]))}, {"measure-agreement"}),
    "0 of nothing": ({"finish": finishing(span, nothing=0.0)}, {"measure-empty"}),
    "absent cells are 0": (
        {"statistics": with_statistic("low", StatisticKind.MIN, "coalesce({}, 0)")},
        {"measure-agreement"},
    ),
    "all rows are valid": (
        {"statistics": with_statistic("n", StatisticKind.COUNT, "TRUE")},
        {"measure-nulls", "measure-unusable"},
    ),
    "chance": ({"finish": finishing(lambda s: span(s) + random.random())}, {"measure-order"}),
    "floats are another matter": (
        {"finish": finishing(lambda s: span(s) + isinstance(s["high"], float))},
        {"measure-foreign-numbers"},
    ),
    "chance in SQL": (
        {"statistics": with_statistic("high", StatisticKind.SUM, "random()")},
        {"measure-order", "measure-merging"},
    ),
    "a Decimal": ({"finish": finishing(lambda s: s["high"] - s["low"])}, {"measure-returns"}),
    "its statistics changed": ({"finish": finishing(lambda s: [span(s), s.clear()][0])}, {"measure-returns"}),
    "no SQL against": ({"against": lambda self, arguments, direction: "no such column"}, {"measure-against"}),
    "no value of its own": ({"finish": lambda self, statistics, unit: None}, {"measure-returns"}),
}


WRONG_NAIVE = {
    "raising": (lambda rows: 1 / 0, "ZeroDivisionError"),
    "words": (lambda rows: "much", "no number"),
    "nan": (lambda rows: float("nan"), "no number"),
    "naught": (lambda rows: 0.0, "the naive computation 0.0"),
}


def named(kind, number):
    return f"{kind}_{number}"


@pytest.fixture(scope="module")
def checks(spread, checks_of):
    """The checks of one plugin with a sound measure, broken ones, and sound ones with wrong naive computations."""
    measures = [spread()]
    for number, (changed, _) in enumerate(BROKEN.values()):
        measures.append(type("Broken", (spread,), {"name": named("broken", number), **changed})())
    measures += [type("Sound", (spread,), {"name": name})() for name in WRONG_NAIVE]
    naive = {f"{measure.name}(wait)": naive_spread for measure in measures}
    naive |= {f"{name}(wait)": wrong for name, (wrong, _) in WRONG_NAIVE.items()}
    naive |= {"spread(flag)": naive_spread, "spraed(wait)": naive_spread}
    measures.append(type("Other", (spread,), {"name": "other"})())
    return checks_of(Examples(columns=COLUMNS, naive=naive), measures=measures)


def faults_of(checks, where):
    return {name: fault for name, check in checks.items() for fault in check.faults if fault.where == where}


def test_a_sound_measure_passes_every_check(checks):
    assert {checks[name].outcome for name in MEASURE_CHECKS} <= {Outcome.PASSED, Outcome.FAILED}
    assert faults_of(checks, "spread(wait)") == {}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_measure_is_found_by_the_check_for_it(case, checks):
    found = faults_of(checks, f"{named('broken', [*BROKEN].index(case))}(wait)")
    assert BROKEN[case][1] <= {*found}
    assert {*found} <= {*MEASURE_CHECKS}


@pytest.mark.parametrize("name", WRONG_NAIVE)
def test_a_wrong_naive_computation_is_told_as_such(name, checks):
    assert WRONG_NAIVE[name][1] in str(faults_of(checks, f"{name}(wait)")["measure-agreement"].message)


def test_a_measure_without_a_naive_computation_does_not_conform_by_name(checks):
    assert "other(number)" in str(faults_of(checks, "other")["measure-naive"].hint)


def test_calls_that_cannot_be_used_are_told(checks):
    assert "measure-naive" in faults_of(checks, "spread(flag)")
    assert "spraed" in str(faults_of(checks, "spraed(wait)")["measure-naive"].message)


def test_columns_that_cannot_be_used_are_told(spread, checks_of):
    wrong = Examples(columns={"wait": {"type": "weight"}}, naive={"spread(wait)": naive_spread})
    assert "weight" in str(checks_of(wrong, measures=[spread()])["measure-naive"].faults[0].message)


def test_without_examples_nothing_is_tried_and_the_plugin_does_not_conform(spread, checks_of):
    found = checks_of(measures=[spread()])
    assert {name for name, check in found.items() if check.outcome is Outcome.FAILED} == {"measure-naive"}
    assert found["measure-agreement"].outcome is Outcome.NOT_APPLICABLE
