"""The rollup that starts from a base: points come off it for what was seen, and bonus points are added.

score = max(floor, min(base, base − Σ points off + Σ bonus points)). An item's score says how much that is: 100 less the
points that it takes off, or the bonus points that it adds, its cap applied (``builtin.scorers.points``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from msgspec.structs import replace

from sqaudit.model.score import NOTHING_SCORED, ItemResult, Level, Score
from sqaudit.model.standard import Scoring, Standard
from sqaudit.scoring.exact import FULL, NOTHING, kept


def moves(standard: Standard, results: Iterable[ItemResult], bonuses: Collection[str]) -> list[tuple[str, Decimal]]:
    """By how much each item that was scored moves the score, up or down; what has no weight moves nothing."""
    return [
        (result.item, result.score if result.item in bonuses else result.score - FULL)
        for result in results
        if result.score is not None and result.weight and _weight(standard, result)
    ]


def within_limits(scoring: Scoring, points: Decimal) -> Decimal:
    """The score of a base that was moved by so many points."""
    return kept(max(scoring.floor, min(scoring.base, scoring.base + points)))


def deduct(
    standard: Standard, results: Sequence[ItemResult], bonuses: Collection[str], scores: Iterable[Score]
) -> list[Score]:
    """Scores of criteria or dimensions, or of the audit, as the base would be moved by their own items alone."""
    by_criterion: defaultdict[str | None, list[ItemResult]] = defaultdict(list)
    by_dimension: defaultdict[str | None, list[ItemResult]] = defaultdict(list)
    for result in results:
        by_criterion[result.criterion].append(result)
        by_dimension[result.dimension].append(result)
    own = {Level.CRITERION: by_criterion, Level.DIMENSION: by_dimension}
    made = []
    for score in scores:
        of_it = own[score.level][score.id] if score.level in own else results
        points = [point for _, point in moves(standard, of_it, bonuses)]
        left = within_limits(standard.scoring, sum(points, NOTHING)) if points else None
        reason = None if left is not None else score.reason or NOTHING_SCORED
        made.append(replace(score, score=left, raw_score=left, reason=reason))
    return made


def _weight(standard: Standard, result: ItemResult) -> Decimal:
    return NOTHING if result.criterion is None else standard.criteria[result.criterion].weight
