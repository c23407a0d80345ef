"""What each criterion took off a site's score: the parts sum to what its raw score lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from sqaudit.model.score import ItemResult, Score
from sqaudit.model.standard import Rollup, Standard
from sqaudit.scoring.deduction import moves
from sqaudit.scoring.exact import FULL, NOTHING, share_of
from sqaudit.scoring.rollups import MEANS

_BY_DIMENSION = frozenset({Rollup.DIMENSIONS, Rollup.XCCDF_DEFAULT})


def lost_points(
    standard: Standard,
    criteria: Sequence[Score],
    dimensions: Sequence[Score],
    results: Iterable[ItemResult],
    bonuses: Collection[str] = (),
) -> Mapping[str, Decimal]:
    """Points (0 to 100) that each scored criterion of a site took, by its id.

    By a rollup that is a mean: the criterion's share of all weights that were scored, times what its own score lacks
    of 100. By deduction: the points taken off for its items; bonus points and limits take nothing.

    Args:
        standard: The standard that the site was scored by.
        criteria: The site's criteria, as they were rolled up.
        dimensions: Its dimensions.
        results: Its item results; read for deduction only.
        bonuses: The items whose points are added.
    """
    if standard.scoring.rollup is Rollup.DEDUCTION:
        return _taken_off(standard, results, bonuses)
    if standard.scoring.rollup not in _BY_DIMENSION:
        return _shares(MEANS[standard.scoring.rollup].members(standard, criteria, dimensions), FULL)
    members: defaultdict[str, list[Score]] = defaultdict(list)
    for one in criteria:
        members[standard.criteria[one.id].dimension].append(one)
    scored = [one for one in dimensions if one.score is not None]
    weights = sum((one.weight for one in scored), NOTHING)
    lost: dict[str, Decimal] = {}
    for dimension in scored if weights else ():
        lost.update(_shares(members[dimension.id], share_of(FULL, dimension.weight, weights)))
    return lost


def _shares(members: Iterable[Score], whole: Decimal) -> dict[str, Decimal]:
    """What each scored member lacks of ``whole`` points, shared out by weight."""
    scored = [(one.id, one.weight, one.score) for one in members if one.score is not None]
    weights = sum((weight for _, weight, _ in scored), NOTHING)
    if not weights:
        return {}
    return {name: share_of((FULL - score) * whole / FULL, weight, weights) for name, weight, score in scored}


def _taken_off(standard: Standard, results: Iterable[ItemResult], bonuses: Collection[str]) -> dict[str, Decimal]:
    lost: defaultdict[str, Decimal] = defaultdict(Decimal)
    for result in results:
        for _, points in moves(standard, [result], bonuses):
            if result.criterion is not None:
                lost[result.criterion] -= min(points, NOTHING)
    return lost
