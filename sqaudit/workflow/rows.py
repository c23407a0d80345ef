"""Results, scores and findings as flat rows: the fields of the JSON that commands print."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqaudit.errors import Message, msg
from sqaudit.measures.sampling import CENSUS
from sqaudit.model.score import ItemResult, Score, Status
from sqaudit.model.standard import Standard
from sqaudit.reports.numbers import show_value
from sqaudit.statistics.bases import LOW_BASE_BELOW
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.results import result_id
from sqaudit.workflow.levels import PooledResult

Row = dict[str, Any]

_OUT = frozenset({Status.NOT_APPLICABLE, Status.NOT_SELECTED})


def result_row(key: RevisionKey, result: ItemResult, standard: Standard, *, conceded: bool = False) -> Row:
    """One result with the fields of the JSON contract; what is absent is ``None``, never 0. Groups have no points."""
    value = result.value
    is_scored = result.criterion is not None and not result.group
    return {
        "id": result_id(key, result),
        "programme": key.programme,
        "period": key.period,
        "revision": key.number,
        "site": result.site,
        "standard": standard.id,
        "version": standard.version,
        "dimension": result.dimension,
        "criterion": result.criterion,
        "item": result.item,
        "status": result.status.value,
        "value": value.value,
        "unit": value.unit,
        "n": result.n,
        "missing": result.missing,
        "invalid": result.invalid,
        "low": value.low,
        "high": value.high,
        "interval": value.interval,
        "formula": value.formula,
        "target": result.target.text if result.target else None,
        "score": _number(result.score),
        "weight": None if result.group else _number(result.weight),
        "coverage": None if result.status in _OUT or not is_scored else float(result.score is not None),
        "conceded": conceded,
        "small_base": 0 < result.n < LOW_BASE_BELOW,
        "census": value.interval == CENSUS,
        "checklist": result.checklist,
        "subject": result.subject or None,
        "group": result.group or None,
        "facet": None,
        "auditor": result.auditor or None,
        "severity": result.severity.value if result.criterion else None,
        "stale": result.stale,
        "reason": result.reason,
    }


def pooled_row(key: RevisionKey, pooled: PooledResult, standard: Standard) -> Row:
    """One pooled result: of a place above the site, or of several periods. It has no id and no points."""
    row = result_row(key, pooled.result, standard)
    return row | {
        "id": None,
        "revision": key.number or None,
        "site": pooled.place if pooled.level == "site" else None,
        "score": None,
        "weight": None,
        "coverage": None,
        "level": pooled.level,
        "place": pooled.place,
        "sites": pooled.sites,
        "sites_missing": pooled.sites_missing,
    }


def score_row(key: RevisionKey, score: Score) -> Row:
    """One score with the fields of the JSON contract."""
    return {
        "programme": key.programme,
        "period": key.period,
        "revision": key.number,
        "site": score.site,
        "level": score.level_name,
        "id": score.id,
        "subject": score.subject or None,
        "score": _number(score.score),
        "raw_score": _number(score.raw_score),
        "coverage": _number(score.coverage),
        "rating": score.rating,
        "items": score.items,
        "critical_failed": score.critical_failed,
        "reason": score.reason,
    }


def misses(failed: Iterable[ItemResult]) -> Message:
    """What a finding states: every failed item with its value and the target it misses."""
    parts = [
        msg(
            "{item} measured {value}, target {target} (n {n})",
            item=result.item,
            value=show_value(result.value.value, result.value.unit),
            target=result.target.text if result.target else "-",
            n=result.n,
        )
        for result in failed
    ]
    joined = parts[0] if parts else msg("missed")
    for part in parts[1:]:
        joined = msg("{first}; {second}", first=joined, second=part)
    return joined


def missed_at(sites: Iterable[str]) -> Message:
    """What a systemic finding states: where its criterion was not met."""
    named = sorted(sites)
    return msg("missed at {count} sites: {sites}", count=len(named), sites=", ".join(named))


def _number(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
