"""What the store knows, as flat rows: the fields of the JSON that commands print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from sqaudit.documents.building import build_standard
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.programme import Cycle, is_pilot
from sqaudit.model.score import ItemResult, Status
from sqaudit.model.standard import Standard
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.engine import Store
from sqaudit.workflow.collect import change_messages
from sqaudit.workflow.context import Context
from sqaudit.workflow.levels import SITE
from sqaudit.workflow.pooling import list_pooled
from sqaudit.workflow.rows import Row, finding_row, result_row, score_row
from sqaudit.workflow.score import frozen_documents

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
    """Item results of the newest revisions, with those of subjects and groups.

    A longer period than the programme's own is made of its cycles: what can be added up is pooled.

    Raises:
        InvalidInput: Not every cycle of a longer period has been collected.
    """
    with context.store() as store:
        standards = _Standards(store)
        if period is not None and not store.list_cycles(programme, period):
            pooled = list_pooled(context, store, SITE, programme, period)
            return _chosen(pooled, place=site, status=status, criterion=criterion, item=item)
        found = store.read_results(programme, period, site=site, status=status, criterion=criterion, item=item)
        return [result_row(key, result, standards.of(key)) for key, result in found if _is_listed(key, period)]


def list_levels(  # noqa: PLR0913 - one for each column people ask by
    context: Context,
    level: str,
    *,
    programme: Filter = None,
    period: Filter = None,
    status: Filter = None,
    criterion: Filter = None,
    item: Filter = None,
) -> list[Row]:
    """What regions or programmes measured as a whole, pooled from what was stored of their sites.

    Raises:
        InvalidInput: Not every cycle of a longer period has been collected.
    """
    with context.store() as store:
        pooled = list_pooled(context, store, level, programme, period)
    return _chosen(pooled, status=status, criterion=criterion, item=item)


def _chosen(rows: Iterable[Row], **wanted: Filter) -> list[Row]:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items() if value is not None)]


def list_scores(
    context: Context, *, programme: Filter = None, period: Filter = None, site: Filter = None, level: Filter = None
) -> list[Row]:
    """Scores of the newest revisions."""
    with context.store() as store:
        found = store.read_scores(programme, period, site=site, level=level)
        return [score_row(key, score) for key, score in found if _is_listed(key, period)]


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
            if _is_listed(key, period)
        ]


def _is_listed(key: RevisionKey, period: Filter) -> bool:
    """What a trial evaluation came to is listed only where its own period is asked for: it counts in no trend."""
    return period is not None or not is_pilot(key.period)


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
            if result.item in finding.items and not result.is_part
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


class _Standards(Struct):
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


def _failed_items(
    store: Store, programme: Filter, period: Filter, site: Filter
) -> Mapping[tuple[RevisionKey, str, str], list[ItemResult]]:
    failed: dict[tuple[RevisionKey, str, str], list[ItemResult]] = {}
    for key, result in store.read_results(programme, period, site=site, status=Status.FAIL.value):
        if result.criterion is not None and not result.is_part:
            failed.setdefault((key, result.site, result.criterion), []).append(result)
    return failed


def _cycle_row(cycle: Cycle) -> Row:
    latest = cycle.revisions[-1] if cycle.revisions else None
    return {
        "programme": cycle.programme,
        "period": cycle.period,
        "pilot": cycle.is_pilot,
        "state": cycle.state.value,
        "revision": latest.number if latest else None,
        "recorded_at": latest.recorded_at.isoformat(timespec="seconds") if latest else None,
    }
