"""Scores against criteria: one finding per criterion and site, citing every failed item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqaudit.model.finding import Finding
from sqaudit.model.ids import short_id
from sqaudit.model.score import ItemResult, Status
from sqaudit.model.standard import Severity

_RANKS = {severity: severity.rank for severity in Severity}


def find_findings(programme: str, period: str, results: Iterable[ItemResult]) -> tuple[Finding, ...]:
    """The findings of a cycle, by site and criterion, ordered by severity, criterion and site."""
    failed: defaultdict[tuple[str, str], list[ItemResult]] = defaultdict(list)
    for result in results:
        if result.status is Status.FAIL and result.criterion is not None:
            failed[result.criterion, result.site].append(result)
    findings = [
        Finding(
            id=short_id("f", programme, period, site, criterion),
            site=site,
            criterion=criterion,
            items=tuple(sorted(item.item for item in items)),
            severity=items[0].severity,
        )
        for (criterion, site), items in failed.items()
    ]
    return tuple(sorted(findings, key=lambda f: (_RANKS[f.severity], f.criterion, f.site)))
