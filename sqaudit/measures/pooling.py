"""Statistics merged upward: from groups to their site, from sites to region and programme, from months to a year.

Only what can be added up is merged, exactly. A quantile or a count of different values of the whole is not to be had
from those of its parts: it is measured at the level that wants it, or it is unknown there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import localcontext

from sqaudit.model.evidence import Number, Observation, Statistics
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.score import Level

NOT_MERGEABLE = "not_mergeable"
_DIGITS = 100  # more than any sum has: one that was rounded would depend on the order of its parts
_ADDED = frozenset({StatisticKind.COUNT, StatisticKind.SUM, StatisticKind.SQUARES})


def merged_statistics(parts: Sequence[Statistics], kinds: Mapping[str, StatisticKind]) -> dict[str, Number | None]:
    """The statistics of the whole, without those that cannot be merged; an unknown part adds nothing."""
    whole: dict[str, Number | None] = {}
    for name, kind in kinds.items():
        known = [number for part in parts if (number := part.get(name)) is not None]
        if kind in _ADDED:
            whole[name] = _exact_sum(known) if known else (0 if kind is StatisticKind.COUNT else None)
        elif kind is StatisticKind.MIN:
            whole[name] = min(known, default=None)
        elif kind is StatisticKind.MAX:
            whole[name] = max(known, default=None)
    return whole


def _exact_sum(numbers: Sequence[Number]) -> Number:
    with localcontext(prec=_DIGITS):
        return sum(numbers)


def pooled(
    parts: Sequence[Observation], statistics: Mapping[str, Statistic], *, place: str, level: Level
) -> Observation:
    """One observation of an item at a place above the sites of ``parts``.

    If one of them failed, the whole is not known; nor if it needs a statistic that cannot be merged.
    """
    first = parts[0]
    failed = next((part for part in parts if part.failed), None)
    kinds = {name: found.kind for name, found in statistics.items()}
    seen = [part for part in parts if part.reason is None]
    reason = None
    if failed is not None:
        reason = failed.reason
    elif not seen:
        reason = first.reason
    elif any(kind in {StatisticKind.QUANTILE, StatisticKind.DISTINCT} for kind in kinds.values()):
        reason = NOT_MERGEABLE
    return Observation(
        site=place,
        level=level,
        checklist=first.checklist,
        item=first.item,
        rows=sum(part.rows for part in parts),
        n=sum(part.n for part in parts),
        missing=sum(part.missing for part in parts),
        invalid=sum(part.invalid for part in parts),
        statistics=merged_statistics([part.statistics for part in seen], kinds),
        stale=any(part.stale for part in parts),
        failed=failed is not None,
        reason=reason,
    )
