"""How sure a score is: against simulation, and what has no interval."""

from decimal import Decimal
from math import inf

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.builtin.scorers.linear import LinearScorer
from sqaudit.builtin.scorers.target import TargetScorer
from sqaudit.model.checklist import Checklist, Item, ScoreRule
from sqaudit.model.score import Status, Value
from sqaudit.model.spread import Proportion
from sqaudit.model.standard import Combine, CriticalPolicy, Rollup, Scoring, Severity
from sqaudit.model.target import read_target
from sqaudit.model.texts import plain
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.items import Question, score_value
from sqaudit.scoring.uncertainty import _weights, likely_score, likely_scores, standard_error

SECTIONS = {"A": (40, [(3, 0.5), (1, 0.5)]), "B": (60, [[0.5, 0.5]])}


def question(item, scorer=None, parameters=None, target=None):
    asked = Item(
        id=item,
        title=plain("i"),
        dataset="",
        measure="",
        target=None if target is None else read_target(target),
        score=ScoreRule(parameters=parameters or {"zero": 0, "full": 1}),
    )
    return Question(
        checklist=Checklist(id="c", standard="s", title=plain("c"), items=(asked,)),
        item=asked,
        criterion=None,
        scorer=scorer or LinearScorer(),
        scoring=Scoring(),
    )


def deviation(likely):
    """The standard deviation of values with their probabilities."""
    values, chances = map(np.array, zip(*likely, strict=True))
    return float(np.sqrt((chances * (values - (chances * values).sum()) ** 2).sum()))


def error_of(found):
    return deviation([(0.05 * place, chance) for place, chance in enumerate(found.distribution)])


def valued(value, error, worth=1, unit="share"):
    """A value whose interval implies the standard error."""
    margin = 1.959964 * error
    spread = Proportion(successes=int(100 * value), n=100)
    return Value(
        value=value, unit=unit, formula="f", low=value - margin, high=value + margin, spread=spread, worth=worth
    )


def measured(audit, errors, **scoring):
    """The results of SECTIONS as linear scores of shares with these standard errors, and their questions."""
    made = audit(SECTIONS, Scoring(**scoring) if scoring else None)
    results = [
        replace(one, value=valued(0.5, error), status=Status.PASS)
        for one, error in zip(made.results, errors, strict=True)
    ]
    return made.standard, {one.item: question(one.item) for one in results}, results


def test_the_interval_tells_the_standard_error():
    assert standard_error(valued(0.5, 0.05)) == pytest.approx(0.05)
    assert standard_error(Value(value=1.0, unit="", formula="f")) is None


def test_a_linear_scorer_carries_the_error_on():
    assert deviation(likely_scores(question("i"), valued(0.5, 0.04), 0.04)) == pytest.approx(4.0)


def test_the_end_of_a_scale_cuts_it_off():
    """Half of the values would be beyond the full score: the deviation of half a normal that is cut at its middle."""
    expected = 100 * 0.04 * (0.5 - 1 / (2 * np.pi)) ** 0.5
    assert deviation(likely_scores(question("i"), valued(1.0, 0.04), 0.04)) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("value", "chance"), [(0.8, 0.5), (0.84, 0.8413), (0.95, 0.9999)])
def test_all_or_nothing_is_as_unsure_as_the_target_is_near(value, chance):
    asked = question("i", TargetScorer(), {}, ">= 0.8")
    expected = 100 * (chance * (1 - chance)) ** 0.5
    assert deviation(likely_scores(asked, valued(value, 0.04), 0.04)) == pytest.approx(expected, abs=2)


def test_a_score_is_as_unsure_as_a_simulation_of_its_items(audit):
    """Sections of weights 40 and 60; of the first criteria weigh 3 and 1, of the second two items share one."""
    errors = [0.05, 0.1, 0.03, 0.06]
    standard, questions, results = measured(audit, errors)
    rng = np.random.default_rng(7)
    scores = []
    for row in rng.normal(0.5, errors, (400, 4)).tolist():
        drawn = [
            replace(one, score=score_value(questions[one.item], value)) for one, value in zip(results, row, strict=True)
        ]
        scores.append(float(score_audit(standard, "site", drawn).audit.score))
    found = likely_score(standard, questions, results)
    assert (found.reason, found.items) == (None, ())
    assert error_of(found) == pytest.approx(np.std(scores), rel=0.1)
    parts = np.array([0.4 * 0.75, 0.4 * 0.25, 0.3, 0.3]) * 100 * errors
    assert error_of(found) == pytest.approx((parts**2).sum() ** 0.5, rel=0.001)


def test_more_answers_make_it_surer(audit):
    wide, narrow = (likely_score(*measured(audit, [error] * 4)) for error in (0.08, 0.04))
    assert error_of(wide) == pytest.approx(2 * error_of(narrow), rel=0.01)


def test_an_item_without_interval_leaves_none(audit):
    standard, questions, results = measured(audit, [0.05] * 4)
    results[1] = replace(results[1], value=replace(results[1].value, low=None, high=None))
    found = likely_score(standard, questions, results)
    assert (found.distribution, found.reason, found.items) == (None, "no_interval", ("A1-0",))
    results[1] = replace(results[1], value=valued(0.5, 0.0, worth=inf))
    assert likely_score(standard, questions, results).reason == "census"


def test_what_was_not_scored_needs_no_interval(audit):
    standard, questions, results = measured(audit, [0.05] * 4)
    nothing = Value(value=None, unit="", formula="f", reason="no_rows")
    results[1] = replace(results[1], value=nothing, score=None, status=Status.NO_DATA)
    found = likely_score(standard, questions, results)
    assert error_of(found) == pytest.approx(100 * 0.05 * (0.4**2 + 2 * 0.3**2) ** 0.5, rel=0.001)


def test_the_weight_of_small_bases_is_told(audit):
    standard, questions, results = measured(audit, [0.05] * 4)
    assert likely_score(standard, questions, results, {"A0-0", "B0-1"}).small == pytest.approx(0.3 + 0.3)


@pytest.mark.parametrize("rollup", [Rollup.DEDUCTION, Rollup.XCCDF_FLAT, Rollup.XCCDF_ABSOLUTE])
def test_what_is_no_weighted_sum_has_no_interval(audit, rollup):
    assert likely_score(*measured(audit, [0.05] * 4, rollup=rollup)).reason == "no_weighted_sum"


def test_the_worst_of_several_items_is_no_sum(audit):
    standard, questions, results = measured(audit, [0.05] * 4)
    criteria = {**standard.criteria, "B0": replace(standard.criteria["B0"], combine=Combine.WORST)}
    assert likely_score(replace(standard, criteria=criteria), questions, results).reason == "no_weighted_sum"
    criteria = {**standard.criteria, "A0": replace(standard.criteria["A0"], combine=Combine.WORST)}
    assert likely_score(replace(standard, criteria=criteria), questions, results).distribution


@pytest.mark.parametrize(
    ("target", "status", "reason"),
    [
        (">= 0.3", Status.PASS, None),
        (">= 0.45", Status.PASS, "no_weighted_sum"),
        (">= 0.55", Status.FAIL, "no_weighted_sum"),
    ],
)
def test_a_critical_item_that_may_fail_cuts_the_score(audit, target, status, reason):
    standard, questions, results = measured(audit, [0.05] * 4, critical=CriticalPolicy.CAP, cap=Decimal(60))
    results[0] = replace(results[0], severity=Severity.CRITICAL, status=status, target=read_target(target))
    assert likely_score(standard, questions, results).reason == reason


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    st.dictionaries(
        st.sampled_from("AB"),
        st.tuples(
            st.integers(0, 4),
            st.lists(st.tuples(st.integers(0, 3), st.sampled_from([0, 0.5, [1, 0.5], Status.NO_DATA])), min_size=1),
        ),
        min_size=1,
    ),
    st.sampled_from([Rollup.DIMENSIONS, Rollup.FLAT, Rollup.POINTS]),
)
def test_an_item_weighs_what_the_score_moves_when_it_moves(audit, sections, rollup):
    made = audit(sections, Scoring(rollup=rollup))
    before = made.scores
    weights = _weights(made.standard, before, made.results) if before.audit.score is not None else {}
    for place, one in enumerate(made.results):
        if one.score is None or before.audit.score is None:
            assert one.item not in weights
            continue
        moved = [*made.results[:place], replace(one, score=one.score + 8), *made.results[place + 1 :]]
        risen = score_audit(made.standard, "site", moved).audit.score - before.audit.score
        assert weights.get(one.item, 0) == pytest.approx(float(risen / 8), abs=1e-9)
