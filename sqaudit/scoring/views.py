"""A second roll-up beside the dimensions: a site's criteria by a tag, such as the department that answers for them.

A criterion has its own tag, else that of its dimension; without either it is in no group. It counts in its group what
it counts in the audit score, so that groups which take in every criterion average to that score. No view changes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec.structs import replace

from sqaudit.model.score import ItemResult, Level, Score
from sqaudit.model.standard import Rollup, Standard, View
from sqaudit.scoring.aggregation import roll_up
from sqaudit.scoring.deduction import deduct
from sqaudit.scoring.exact import NOTHING
from sqaudit.scoring.rollups import counted_weights


def score_views(
    standard: Standard, site: str, criteria: Sequence[Score], results: Sequence[ItemResult], bonuses: Collection[str]
) -> Iterator[Score]:
    """The scores of the groups of every view, from the criteria of a site and the results they were made from."""
    if not standard.scoring.views:
        return
    applying = [one for one in criteria if one.coverage is not None]
    weights = counted_weights(standard, applying)
    counted = {one.id: replace(one, weight=weights[one.id]) for one in applying}
    for view in standard.scoring.views:
        for group, members in groups_of(standard, view).items():
            own = [counted[name] for name in members if name in counted]
            weight = sum((one.weight for one in own), NOTHING)
            score = replace(roll_up(Level.VIEW, group, site, own, weight), view=view.tag)
            if standard.scoring.rollup is Rollup.DEDUCTION:
                (score,) = deduct(standard, [one for one in results if one.criterion in members], bonuses, [score])
            yield score


def groups_of(standard: Standard, view: View) -> Mapping[str, Sequence[str]]:
    """The criteria of each group of a view: first groups that it gives titles, then others as criteria come."""
    members: dict[str, list[str]] = {group: [] for group in view.values}
    for criterion in standard.criteria.values():
        group = criterion.tags.get(view.tag, standard.dimensions[criterion.dimension].tags.get(view.tag))
        if group is not None:
            members.setdefault(group, []).append(criterion.id)
    return members
