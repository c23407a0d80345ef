"""Scores against criteria: one sighting per criterion and site, citing every failed item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqaudit.model.finding import Sighting
from sqaudit.model.score import ItemResult, Status
from sqaudit.model.standard import Severity

_RANKS = {severity: severity.rank for severity in Severity}


def find_sightings(results: Iterable[ItemResult]) -> tuple[Sighting, ...]:
    """The criteria that were not met in a cycle, by site, ordered by severity, criterion and site."""
    failed: defaultdict[tuple[str, str], list[ItemResult]] = defaultdict(list)
    for result in results:
        if result.status is Status.FAIL and result.criterion is not None:
            failed[result.criterion, result.site].append(result)
    sightings = [
        Sighting(
            site=site,
            criterion=criterion,
            items=tuple(sorted(item.item for item in items)),
            severity=items[0].severity,
        )
        for (criterion, site), items in failed.items()
    ]
    return tuple(sorted(sightings, key=lambda one: (_RANKS[one.severity], one.criterion, one.site or "")))
