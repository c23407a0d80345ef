"""What the store knows, as flat rows: the fields of the JSON that commands print."""

from __future__ import annotations

from collections.abc import Iterable

from sqaudit.errors import InvalidInput, msg
from sqaudit.model.programme import Cycle, is_regular
from sqaudit.model.score import ItemResult, Status
from sqaudit.store.cycles import RevisionKey
from sqaudit.workflow.collect import change_messages
from sqaudit.workflow.context import Context
from sqaudit.workflow.follow_up.conceded import Conceded
from sqaudit.workflow.judged_by import JudgedBy, no_cycle
from sqaudit.workflow.levels import SITE
from sqaudit.workflow.pooling import list_pooled
from sqaudit.workflow.rows import Row, result_row, score_row

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
        if period is not None and not store.list_cycles(programme, period):
            pooled = list_pooled(context, store, SITE, programme, period)
            return _chosen(pooled, place=site, status=status, criterion=criterion, item=item)
        found = store.read_results(programme, period, site=site, status=status, criterion=criterion, item=item)
        judged_by = JudgedBy(store)
        conceded = Conceded(judged_by)
        return [
            result_row(key, result, judged_by.standard(key), conceded=_is_conceded(conceded, key, result))
            for key, result in found
            if is_listed(key, period)
        ]


def _is_conceded(conceded: Conceded, key: RevisionKey, result: ItemResult) -> bool:
    return result.status is Status.FAIL and conceded.find(key, result.site, result.criterion) is not None


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
        return [score_row(key, score) for key, score in found if is_listed(key, period)]


def is_listed(key: RevisionKey, period: Filter) -> bool:
    """What counts in no trend, a trial or a follow-up audit, is listed only where its own period is asked for."""
    return period is not None or is_regular(key.period)


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


def no_result(identity: str) -> InvalidInput:
    """The refusal of a result that is not in the store."""
    return InvalidInput(
        "SQA707", msg("no result is called '{id}'", id=identity), msg("`sqaudit results --format json` lists them")
    )


def _cycle_row(cycle: Cycle) -> Row:
    latest = cycle.revisions[-1] if cycle.revisions else None
    return {
        "programme": cycle.programme,
        "period": cycle.period,
        "pilot": cycle.is_pilot,
        "follow_up": cycle.is_follow_up,
        "state": cycle.state.value,
        "revision": latest.number if latest else None,
        "recorded_at": latest.recorded_at.isoformat(timespec="seconds") if latest else None,
    }
