"""How sure a site's score is, from how sure the values of its items are.

Each item's value is taken for normal around what was measured, with the standard error that its interval implies, and
its score is worked out at as many equally likely values; the variances of the scores are added by the squares of the
weights that the items have in the audit score. Items are taken for independent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from math import fsum, isinf, sqrt
from statistics import NormalDist

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.standard import Combine, CriticalPolicy, Rollup, Severity, Standard
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.exact import FULL, NOTHING
from sqaudit.scoring.items import Question, score_value
from sqaudit.statistics.quantiles import normal_quantile
from sqaudit.statistics.spreads import bounds_of

# Why a score has no interval.
NO_INTERVAL, CENSUS, NO_SUM, SMALL_BASE = "no_interval", "census", "no_weighted_sum", "small_base"
_SUMS = frozenset({Rollup.DIMENSIONS, Rollup.FLAT, Rollup.POINTS})
_NODES = 64


class ScoreError(Struct, frozen=True, kw_only=True):
    """The standard error of a score in points, or ``None`` with the ``reason`` and the ``items`` that it is due to.

    ``small`` is the share (0 to 1) of the weight that items of small bases carry.
    """

    error: float | None
    reason: str | None = None
    items: tuple[str, ...] = ()
    small: float = 0.0


def standard_error(value: Value) -> float | None:
    """The standard error that an interval of 95 % implies; ``None`` without one."""
    if value.low is None or value.high is None:
        return None
    return (value.high - value.low) / (2 * normal_quantile())


def item_error(question: Question, value: Value, error: float) -> float:
    """The standard error of an item's score in points, given that of its value."""
    if value.value is None or not error:
        return 0.0
    least, most = (None, None) if value.spread is None else bounds_of(value.spread)
    scores = []
    for node in _nodes():
        number = value.value + error * node
        if least is not None:
            number = max(float(least), number)
        if most is not None:
            number = min(float(most), number)
        scores.append(float(score_value(question, number)))
    mean = fsum(scores) / _NODES
    return sqrt(fsum((score - mean) ** 2 for score in scores) / _NODES)


@cache
def _nodes() -> tuple[float, ...]:
    """Equally likely values of a standard normal number, spread so that their variance is 1."""
    nodes = [NormalDist().inv_cdf((number + 0.5) / _NODES) for number in range(_NODES)]
    spread = sqrt(fsum(node * node for node in nodes) / _NODES)
    return tuple(node / spread for node in nodes)


def score_error(
    standard: Standard,
    questions: Mapping[str, Question],
    results: Sequence[ItemResult],
    small: Collection[str] = (),
) -> ScoreError:
    """How sure the audit score of a site is.

    Args:
        standard: What the score was made by.
        questions: The items, by id.
        results: All results of one site.
        small: The items whose base is too small to be judged.
    """
    if not _is_sum(standard, results):
        return ScoreError(error=None, reason=NO_SUM)
    weights = {item: weight for item, weight in _weights(standard, results).items() if weight}
    scored = [one for one in results if one.item in weights and one.value.value is not None]
    unknown = tuple(one.item for one in scored if standard_error(one.value) is None)
    if unknown:
        return ScoreError(error=None, reason=NO_INTERVAL, items=unknown)
    counted = tuple(one.item for one in scored if isinf(one.value.worth))
    if counted:
        return ScoreError(error=None, reason=CENSUS, items=counted)
    parts = [
        weights[one.item] * item_error(questions[one.item], one.value, standard_error(one.value) or 0.0)
        for one in scored
    ]
    total = fsum(weights.values())
    on_small = fsum(weight for item, weight in weights.items() if item in small)
    return ScoreError(error=sqrt(fsum(part * part for part in parts)), small=on_small / total if total else 0.0)


def _is_sum(standard: Standard, results: Sequence[ItemResult]) -> bool:
    """Whether the score is a weighted sum of its items' scores: no worst item decides, and no critical one may."""
    if standard.scoring.rollup not in _SUMS:
        return False
    asked = {one.criterion for one in results if one.criterion is not None}
    several = [one for one in asked if sum(result.criterion == one for result in results) > 1]
    if any(standard.criteria[one].combine is Combine.WORST for one in several):
        return False
    if standard.scoring.critical is CriticalPolicy.RATING_ONLY:
        return True
    return not any(map(_may_fail, (one for one in results if one.severity is Severity.CRITICAL)))


def _may_fail(result: ItemResult) -> bool:
    """Whether an item missed its target, or its interval reaches it."""
    value, target = result.value, result.target
    if result.status is Status.FAIL or target is None or value.low is None or value.high is None:
        return result.status is Status.FAIL
    return not (target.is_met_by(value.low) and target.is_met_by(value.high))


def _weights(standard: Standard, results: Sequence[ItemResult]) -> dict[str, float]:
    """By how much the audit score rises when an item's score rises by one point."""
    own = score_audit(standard, "", results).audit.score
    found: dict[str, float] = {}
    for place, result in enumerate(results):
        if result.score is None or own is None:
            continue
        other = FULL if result.score < FULL / 2 else NOTHING
        changed = [*results[:place], replace(result, score=other), *results[place + 1 :]]
        moved = score_audit(standard, "", changed).audit.score
        assert moved is not None  # noqa: S101 - it has the same scores
        found[result.item] = float((moved - own) / (other - result.score))
    return found
