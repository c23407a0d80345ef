"""What the store knows, as flat rows: the fields of the JSON that commands print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqaudit.documents.building import build_standard
from sqaudit.errors import InvalidInput, Message, msg
from sqaudit.model.finding import Finding
from sqaudit.model.programme import Cycle
from sqaudit.model.score import ItemResult, Score, Status
from sqaudit.model.standard import Standard
from sqaudit.reports.numbers import show_value
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.engine import Store
from sqaudit.store.results import result_id
from sqaudit.workflow.collect import change_messages
from sqaudit.workflow.context import Context
from sqaudit.workflow.score import frozen_documents

Row = dict[str, Any]

_OUT = frozenset({Status.NOT_APPLICABLE, Status.NOT_SELECTED})


Filter = str | None


def list_results(  # noqa: PLR0913 - one for each column people ask by
    context: Context,
    *,
    programme: Filter = None,
    period: Filter = None,
    site: Filter = None,
    status: Filter = None,
    criterion: Filter = None,
    item: Filter = None,
) -> list[Row]:
    """Item results of the newest revisions."""
    with context.store() as store:
        standards = _Standards(store)
        found = store.read_results(programme, period, site=site, status=status, criterion=criterion, item=item)
        return [result_row(key, result, standards.of(key)) for key, result in found]


def list_scores(
    context: Context, *, programme: Filter = None, period: Filter = None, site: Filter = None, level: Filter = None
) -> list[Row]:
    """Scores of the newest revisions."""
    with context.store() as store:
        return [score_row(key, score) for key, score in store.read_scores(programme, period, site=site, level=level)]


def list_findings(  # noqa: PLR0913 - one for each column people ask by
    context: Context,
    *,
    programme: Filter = None,
    period: Filter = None,
    site: Filter = None,
    criterion: Filter = None,
    severity: Filter = None,
) -> list[Row]:
    """Findings of the newest revisions."""
    with context.store() as store:
        standards = _Standards(store)
        failed = _failed_items(store, programme, period, site)
        return [
            finding_row(key, finding, standards.of(key), failed.get((key, finding.site, finding.criterion), ()))
            for key, finding in store.read_findings(
                programme, period, site=site, criterion=criterion, severity=severity
            )
        ]


def list_cycles(context: Context, programme: str | None = None, period: str | None = None) -> list[Row]:
    """The cycles in the store, by programme and period."""
    with context.store() as store:
        return [_cycle_row(cycle) for cycle in store.list_cycles(programme=programme, period=period)]


def show_cycle(context: Context, programme: str, period: str) -> list[Row]:
    """The revisions of one cycle, with what changed in each."""
    with context.store() as store:
        cycle = store.read_cycle(programme, period)
    if cycle is None:
        raise no_cycle(programme, period)
    return [
        {
            "programme": cycle.programme,
            "period": cycle.period,
            "state": cycle.state.value,
            "revision": revision.number,
            "recorded_at": revision.recorded_at.isoformat(timespec="seconds"),
            "fingerprint": revision.fingerprint[:12],
            "changes": tuple(change_messages(revision.changes)),
        }
        for revision in cycle.revisions
    ]


def show_finding(context: Context, identity: str) -> Row:
    """One finding with the items that failed it and the remedies its standard offers."""
    with context.store() as store:
        found = store.find_finding(identity)
        if found is None:
            raise InvalidInput(
                "SQA707", msg("no finding is called '{id}'", id=identity), msg("`sqaudit findings` lists them")
            )
        key, finding = found
        standard = _Standards(store).of(key)
        results = [
            result
            for _, result in store.read_results(programme=key.programme, period=key.period, site=finding.site)
            if result.item in finding.items
        ]
    row = finding_row(key, finding, standard, results)
    row["results"] = [result_row(key, result, standard) for result in results]
    row["remedies"] = list(standard.criteria[finding.criterion].remedies)
    return row


def no_cycle(programme: str, period: str) -> InvalidInput:
    """The refusal of a cycle that is not in the store."""
    return InvalidInput(
        "SQA706",
        msg("programme '{programme}' has no collected cycle {period}", programme=programme, period=period),
        msg("`sqaudit cycle list` shows those there are"),
    )


def no_result(identity: str) -> InvalidInput:
    """The refusal of a result that is not in the store."""
    return InvalidInput(
        "SQA707", msg("no result is called '{id}'", id=identity), msg("`sqaudit results --format json` lists them")
    )


def result_row(key: RevisionKey, result: ItemResult, standard: Standard) -> Row:
    """One result with the fields of the JSON contract; what is absent is ``None``, never 0."""
    value = result.value
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
        "weight": _number(result.weight),
        "coverage": None if result.status in _OUT or result.criterion is None else float(result.score is not None),
        "conceded": False,
        "checklist": result.checklist,
        "subject": None,
        "group": None,
        "facet": None,
        "auditor": None,
        "severity": result.severity.value if result.criterion else None,
        "stale": result.stale,
        "reason": result.reason,
    }


def score_row(key: RevisionKey, score: Score) -> Row:
    """One score with the fields of the JSON contract."""
    return {
        "programme": key.programme,
        "period": key.period,
        "revision": key.number,
        "site": score.site,
        "level": score.level.value,
        "id": score.id,
        "score": _number(score.score),
        "raw_score": _number(score.raw_score),
        "coverage": _number(score.coverage),
        "rating": score.rating,
        "items": score.items,
        "critical_failed": score.critical_failed,
        "reason": score.reason,
    }


def finding_row(key: RevisionKey, finding: Finding, standard: Standard, failed: Sequence[ItemResult]) -> Row:
    """One finding with the fields of the JSON contract."""
    criterion = standard.criteria[finding.criterion]
    return {
        "id": finding.id,
        "programme": key.programme,
        "period": key.period,
        "revision": key.number,
        "site": finding.site,
        "criterion": finding.criterion,
        "items": list(finding.items),
        "severity": finding.severity.value,
        "repeat_of": None,
        "repeats": 0,
        "statement": msg("{criterion}: {misses}", criterion=criterion.title, misses=misses(failed)),
        "status": "open",
        "action": None,
    }


@dataclass(slots=True)
class _Standards:
    """The standards that revisions were judged by, each read once."""

    store: Store
    known: dict[RevisionKey, Standard] = field(default_factory=dict)

    def of(self, key: RevisionKey) -> Standard:
        if key not in self.known:
            cycle = self.store.read_cycle(key.programme, key.period)
            if cycle is None:
                raise no_cycle(key.programme, key.period)
            self.known[key] = build_standard(frozen_documents(self.store, cycle, key.number).standard)
        return self.known[key]


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


def _failed_items(
    store: Store, programme: Filter, period: Filter, site: Filter
) -> Mapping[tuple[RevisionKey, str, str], list[ItemResult]]:
    failed: dict[tuple[RevisionKey, str, str], list[ItemResult]] = {}
    for key, result in store.read_results(programme, period, site=site, status=Status.FAIL.value):
        if result.criterion is not None:
            failed.setdefault((key, result.site, result.criterion), []).append(result)
    return failed


def _cycle_row(cycle: Cycle) -> Row:
    latest = cycle.revisions[-1] if cycle.revisions else None
    return {
        "programme": cycle.programme,
        "period": cycle.period,
        "state": cycle.state.value,
        "revision": latest.number if latest else None,
        "recorded_at": latest.recorded_at.isoformat(timespec="seconds") if latest else None,
    }


def _number(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
