"""How sure a site's score is, from how sure the values of its items are.

Each item's value is taken for normal around what was measured, with the standard error that its interval implies, and
its score is worked out at values from end to end of that. The scores, by the weights that the items have in the audit
score, make the distribution of the whole. Items are taken for independent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from functools import cache
from math import fsum, isinf

from msgspec import Struct

from sqaudit.errors import Incomplete
from sqaudit.model.score import ItemResult, Status, Value
from sqaudit.model.standard import Combine, CriticalPolicy, Rollup, Severity, Standard
from sqaudit.scoring.aggregation import AuditScores, score_audit
from sqaudit.scoring.exact import NOTHING
from sqaudit.scoring.items import Question, score_value
from sqaudit.scoring.rollups import counted_weights
from sqaudit.statistics.quantiles import normal_quantile
from sqaudit.statistics.spreads import bounds_of
from sqaudit.statistics.weighted_sums import distribution_of_sum, normal_nodes

# Why a score has no interval.
NO_INTERVAL, CENSUS, NO_SUM, SMALL_BASE = "no_interval", "census", "no_weighted_sum", "small_base"
_SUMS = frozenset({Rollup.DIMENSIONS, Rollup.FLAT, Rollup.POINTS})


class LikelyScore(Struct, frozen=True, kw_only=True):
    """The ``distribution`` of a score (``statistics.weighted_sums``).

    It is ``None`` with the ``reason`` and the ``items`` that this is due to. ``small`` is the share (0 to 1) of the
    weight that items of small bases carry.
    """

    distribution: tuple[float, ...] | None
    reason: str | None = None
    items: tuple[str, ...] = ()
    small: float = 0.0


def standard_error(value: Value) -> float | None:
    """The standard error that an interval of 95 % implies; ``None`` without one."""
    if value.low is None or value.high is None:
        return None
    return (value.high - value.low) / (2 * normal_quantile())


def likely_scores(question: Question, value: Value, error: float) -> list[tuple[float, float]]:
    """The scores that an item may have, each with its probability, given the standard error of its value."""
    number = value.value
    if number is None or not error:
        return []
    least, most = (None, None) if value.spread is None else bounds_of(value.spread)
    found = []
    for node, probability in _nodes():
        drawn = number + error * node
        if least is not None:
            drawn = max(float(least), drawn)
        if most is not None:
            drawn = min(float(most), drawn)
        found.append((float(score_value(question, drawn)), probability))
    return found


@cache
def _nodes() -> tuple[tuple[float, float], ...]:
    return tuple(normal_nodes())


def likely_score(
    standard: Standard,
    questions: Mapping[str, Question],
    results: Sequence[ItemResult],
    small: Collection[str] = (),
) -> LikelyScore:
    """What the audit score of a site may be.

    Args:
        standard: What the score was made by.
        questions: The items, by id.
        results: All results of one site.
        small: The items whose base is too small to be judged.
    """
    if not _is_sum(standard, results):
        return LikelyScore(distribution=None, reason=NO_SUM)
    scores = score_audit(standard, "", results)
    own = scores.audit.score
    if own is None:
        return LikelyScore(distribution=None)
    weights = _weights(standard, scores, results)
    scored = [one for one in results if one.item in weights and one.value.value is not None]
    unknown = tuple(one.item for one in scored if standard_error(one.value) is None)
    if unknown:
        return LikelyScore(distribution=None, reason=NO_INTERVAL, items=unknown)
    counted = tuple(one.item for one in scored if isinf(one.value.worth))
    if counted:
        return LikelyScore(distribution=None, reason=CENSUS, items=counted)
    parts, constant = [], float(own)
    for one in scored:
        weight = weights[one.item]
        try:
            likely = likely_scores(questions[one.item], one.value, standard_error(one.value) or 0.0)
        except Incomplete:
            return LikelyScore(distribution=None, reason=NO_INTERVAL, items=(one.item,))
        if likely:
            parts.append([(weight * score, probability) for score, probability in likely])
            constant -= weight * float(one.score or 0)
    total = fsum(weights.values())
    on_small = fsum(weight for item, weight in weights.items() if item in small)
    return LikelyScore(distribution=distribution_of_sum(parts, constant), small=on_small / total if total else 0.0)


def _is_sum(standard: Standard, results: Sequence[ItemResult]) -> bool:
    """Whether the score is a weighted sum of its items' scores: no worst item decides, and no critical one may."""
    if standard.scoring.rollup not in _SUMS:
        return False
    asked = {one.criterion for one in results if one.criterion is not None and one.criterion in standard.criteria}
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


def _weights(standard: Standard, scores: AuditScores, results: Sequence[ItemResult]) -> dict[str, float]:
    """By how much the audit score rises when an item's score rises by one point; what moves nothing is left out."""
    of_criteria = counted_weights(standard, [one for one in scores.criteria if one.score is not None])
    whole = sum(of_criteria.values(), NOTHING)
    scored = [one for one in results if one.score is not None and one.weight and of_criteria.get(one.criterion or "")]
    of_items: defaultdict[str | None, Decimal] = defaultdict(Decimal)
    for one in scored:
        of_items[one.criterion] += one.weight
    return {
        one.item: float(of_criteria[one.criterion or ""] / whole * one.weight / of_items[one.criterion])
        for one in scored
    }
