"""The points that criteria lose sum to what the raw score lacks."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.standard import Criterion, Dimension, Rollup, Scoring, Severity, Standard
from sqaudit.model.texts import plain
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.losses import lost_points

MEANS = [Rollup.DIMENSIONS, Rollup.FLAT, Rollup.POINTS, Rollup.XCCDF_DEFAULT, Rollup.XCCDF_FLAT]


def _standard(rollup, weights):
    dimensions = {name: Dimension(id=name, title=plain(name), weight=weight) for name, weight in weights}
    criteria = {
        f"{name}-{number}": Criterion(id=f"{name}-{number}", dimension=name, title=plain(name), weight=Decimal(number))
        for name in dimensions
        for number in (1, 2)
    }
    return Standard(
        id="s", version="1", title=plain("s"), scoring=Scoring(rollup=rollup), ratings=(), dimensions=dimensions,
        datasets={}, criteria=criteria,
    )  # fmt: skip


def _result(criterion, score):
    return ItemResult(
        site="x", checklist="c", item=f"i-{criterion.id}", criterion=criterion.id, dimension=criterion.dimension,
        status=Status.NO_DATA if score is None else Status.PASS if score == 100 else Status.FAIL, score=score,
        severity=Severity.MINOR, value=Value(value=None, unit="share", formula=""),
    )  # fmt: skip


SCORES = st.lists(st.none() | st.integers(0, 100).map(Decimal), min_size=6, max_size=6)
WEIGHTS = st.lists(st.integers(1, 50).map(Decimal), min_size=3, max_size=3)


@pytest.mark.parametrize("rollup", MEANS)
@given(scores=SCORES, weights=WEIGHTS)
def test_all_that_is_lost_is_what_the_raw_score_lacks(rollup, scores, weights):
    standard = _standard(rollup, list(zip("abc", weights, strict=True)))
    results = [_result(one, score) for one, score in zip(standard.criteria.values(), scores, strict=True)]
    made = score_audit(standard, "x", results)
    lost = lost_points(standard, made.criteria, made.dimensions, results)
    assert all(points >= 0 for points in lost.values())
    if made.audit.raw_score is None:
        assert not any(lost.values())
    else:
        assert float(sum(lost.values())) == pytest.approx(float(100 - made.audit.raw_score), abs=1e-9)


def test_by_deduction_it_is_what_was_taken_off():
    standard = _standard(Rollup.DEDUCTION, [("a", Decimal(1))])
    first, second = standard.criteria.values()
    results = [_result(first, Decimal(94)), _result(second, Decimal(100))]
    made = score_audit(standard, "x", results)
    lost = lost_points(standard, made.criteria, made.dimensions, results)
    assert made.audit.score == 94
    assert lost == {"a-1": 6, "a-2": 0}
