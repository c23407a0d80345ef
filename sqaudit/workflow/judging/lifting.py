"""How the audits of a cycle are lifted to regions and programme: what their condition or their rows say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqaudit.expressions.conditions import ConditionFailed
from sqaudit.model.checklist import SummaryKind
from sqaudit.model.score import ItemResult, Score
from sqaudit.scoring.lifting import Lift
from sqaudit.scoring.rating import condition_values
from sqaudit.workflow.judging.seen import Seen
from sqaudit.workflow.measurable import Measurable


class Audited(NamedTuple):
    """One site: its audit score, its results and what was seen there."""

    audit: Score
    results: Sequence[ItemResult]
    seen: Seen


def lift_of(measurable: Measurable, sites: Mapping[str, Audited]) -> Lift:
    """The lift that the programme's ``summary`` asks for."""
    kind = measurable.programme.summary.kind
    if kind is SummaryKind.VOLUME:
        return Lift(kind=kind, volumes={site: _volume(measurable, one.seen) for site, one in sites.items()})
    if kind is SummaryKind.SHARE:
        return _by_condition(measurable, sites)
    return Lift(kind=kind)


def _by_condition(measurable: Measurable, sites: Mapping[str, Audited]) -> Lift:
    """Of audits without a score the condition is not known: nothing was seen that it could be about."""
    condition = measurable.conditions[None]
    holds = {}
    for site, one in sites.items():
        if one.audit.score is None:
            continue
        try:
            answer = condition.evaluate(condition_values(one.audit, one.results))
        except ConditionFailed as failure:
            return Lift(kind=SummaryKind.SHARE, failure=str(failure))
        if answer is not None:
            holds[site] = answer
    return Lift(kind=SummaryKind.SHARE, holds=holds)


def _volume(measurable: Measurable, seen: Seen) -> int:
    """The rows of a site in the period, over all datasets; those of one dataset count once."""
    rows: dict[str, int] = {}
    for dataset, item in measurable.counting:
        whole = seen.whole.get(item)
        counted = whole.rows if whole is not None else sum(one.rows for one in seen.subjects.get(item, ()))
        rows[dataset] = max(rows.get(dataset, 0), counted)
    return sum(rows.values())
