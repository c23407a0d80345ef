"""The rollups that are weighted means: what an item counts, and what the audit is the mean of.

The models of XCCDF are those of NISTIR 7275r4, section 7.3, tables 40 and 41. A criterion stands for a rule, its items
for the rule's results, a dimension for a group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.model.score import ItemResult, Score, Status
from sqaudit.model.standard import Dimension, Rollup, Standard
from sqaudit.scoring.exact import FULL, NOTHING, kept, share_of

Scores = Sequence[Score]


class Mean(Struct, frozen=True, kw_only=True):
    """One rollup.

    ``members`` gives, of a site's criteria and dimensions, those that make the audit, each with the weight that it has
    there. ``item`` is what an item counts, where that is not its score; ``whole`` what is made of the mean.
    """

    members: Callable[[Standard, Scores, Scores], Scores]
    item: Callable[[ItemResult], ItemResult] | None = None
    whole: Callable[[Decimal], Decimal] | None = None


def _dimensions(_: Standard, criteria: Scores, dimensions: Scores) -> Scores:
    """Dimensions by their own weight."""
    del criteria
    return dimensions


def _criteria(_: Standard, criteria: Scores, dimensions: Scores) -> Scores:
    """Criteria by their own weight, whatever their dimensions weigh."""
    del dimensions
    return criteria


def _criteria_by_dimension(standard: Standard, criteria: Scores, dimensions: Scores) -> Scores:
    """Criteria by their weight times their dimension's: what leaves takes its share of the dimension's along."""
    del dimensions
    return [replace(one, weight=one.weight * _dimension_of(standard, one).weight) for one in criteria]


def _dimension_of(standard: Standard, criterion: Score) -> Dimension:
    return standard.dimensions[standard.criteria[criterion.id].dimension]


def _criteria_alike(_: Standard, criteria: Scores, dimensions: Scores) -> Scores:
    """Criteria with a weight count alike."""
    del dimensions
    return [replace(one, weight=Decimal(bool(one.weight))) for one in criteria]


def counted_weights(standard: Standard, criteria: Scores) -> dict[str, Decimal]:
    """What each of these criteria counts in the audit score, if there are no others; only the ratios mean something.

    Where the audit is made of dimensions, a criterion has its share of its dimension's weight.
    """
    members = MEANS[standard.scoring.rollup].members(standard, criteria, ())
    if members:
        return {one.id: one.weight for one in members}
    whole: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in criteria:
        whole[standard.criteria[one.id].dimension] += one.weight
    counted = {}
    for one in criteria:
        dimension = _dimension_of(standard, one)
        all_of_it = whole[dimension.id]
        counted[one.id] = kept(share_of(dimension.weight, one.weight, all_of_it)) if all_of_it else NOTHING
    return counted


def _outcome(result: ItemResult) -> ItemResult:
    """Passed or not, whatever the points; what is in error has not passed."""
    if result.status is Status.PASS:
        return replace(result, score=FULL)
    return replace(result, score=NOTHING) if result.status in _NOT_PASSED else result


def _all_or_nothing(mean: Decimal) -> Decimal:
    return kept(FULL if mean == FULL else NOTHING)


_NOT_PASSED = frozenset({Status.FAIL, Status.ERROR})

MEANS: Mapping[Rollup, Mean] = {
    Rollup.DIMENSIONS: Mean(members=_dimensions),
    Rollup.FLAT: Mean(members=_criteria),
    Rollup.POINTS: Mean(members=_criteria_by_dimension),
    Rollup.XCCDF_DEFAULT: Mean(members=_dimensions, item=_outcome),
    Rollup.XCCDF_FLAT: Mean(members=_criteria, item=_outcome),
    Rollup.XCCDF_FLAT_UNWEIGHTED: Mean(members=_criteria_alike, item=_outcome),
    Rollup.XCCDF_ABSOLUTE: Mean(members=_criteria, item=_outcome, whole=_all_or_nothing),
    Rollup.DEDUCTION: Mean(members=_criteria),  # for the coverage; the scores are those of ``deduction``
}
