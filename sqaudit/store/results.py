"""Item results and scores of a revision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, update

from sqaudit.model.ids import short_id
from sqaudit.model.score import ItemResult, Level, Score, Status, Value
from sqaudit.model.standard import Severity
from sqaudit.model.target import Target
from sqaudit.store.choosing import Choice, choose_rows
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.encoding import read_decimal, read_float, read_target, write_decimal, write_float, write_target
from sqaudit.store.rows import insert_rows
from sqaudit.store.tables import cycles, results, revisions, scores

_RESULT = (
    *("revision_id", "site", "checklist", "item", "subject", "group", "auditor", "id"),
    *("criterion", "dimension", "status", "severity"),
    *("value", "unit", "formula", "low", "high", "interval", "value_reason", "n", "missing", "invalid"),
    *("target", "score", "weight", "stale", "reason"),
)
_SCORE = (
    *("revision_id", "level", "site", "id", "subject", "score", "raw_score", "coverage", "weight"),
    *("items", "critical_failed", "rating", "reason"),
)


# Looked up: the words of an enum take long to read a hundred thousand times.
_STATUSES = {status: status.value for status in Status}
_SEVERITIES = {severity: severity.value for severity in Severity}


def result_id(key: RevisionKey, result: ItemResult) -> str:
    """The id of an item's result; the same in every revision of a cycle."""
    part = [result.subject, result.group] if result.is_part else []
    part += [result.auditor] if result.auditor else []
    return short_id("r", key.programme, key.period, result.site, result.checklist, result.item, *part)


def name_results_anew(connection: Connection, auditors: Collection[str]) -> None:
    """Give the results of auditors who are called otherwise now the ids that they would be saved with."""
    own = results.c
    query = select(cycles.c.programme, cycles.c.period, results).join(revisions, revisions.c.id == own.revision_id)
    key = [column for column in own if column.primary_key]
    for row in connection.execute(query.join(cycles).where(own.auditor.in_(auditors))).all():
        parts = (row.site, row.checklist, row.item, row.subject, row.group, row.auditor)
        this = and_(*(column == getattr(row, column.name) for column in key))
        named = short_id("r", row.programme, row.period, *parts)
        connection.execute(update(results).where(this).values(id=named))


def replace_results(
    connection: Connection, revision_id: int, key: RevisionKey, concluded: Iterable[ItemResult]
) -> None:
    """Save the item results of a revision instead of those it has."""
    connection.execute(delete(results).where(results.c.revision_id == revision_id))
    insert_rows(connection, results, _RESULT, _result_rows(revision_id, key, concluded))


def _result_rows(revision_id: int, key: RevisionKey, concluded: Iterable[ItemResult]) -> Iterator[tuple[object, ...]]:
    targets: dict[int, tuple[Target | None, str | None]] = {}
    for one in concluded:
        value, target = one.value, one.target
        found = targets.get(id(target))
        if found is None:  # results share the targets of their items
            found = targets[id(target)] = (target, write_target(target))
        yield (
            revision_id,
            one.site,
            one.checklist,
            one.item,
            one.subject,
            one.group,
            one.auditor,
            result_id(key, one),
            one.criterion,
            one.dimension,
            _STATUSES[one.status],
            _SEVERITIES[one.severity],
            write_float(value.value),
            value.unit,
            value.formula,
            write_float(value.low),
            write_float(value.high),
            value.interval,
            value.reason,
            one.n,
            one.missing,
            one.invalid,
            found[1],
            write_decimal(one.score),
            str(one.weight),
            int(one.stale),
            one.reason,
        )


def read_results(connection: Connection, choice: Choice) -> list[tuple[RevisionKey, ItemResult]]:
    """Item results by programme, period, revision, site, checklist, item, subject, group and auditor."""
    chosen = choose_rows(connection, results, _RESULT[1:], choice)
    chosen.sort(key=lambda row: (row[0], row[2][:6]))
    return [(key, _result(values)) for _, key, values in chosen]


def read_statuses(connection: Connection, choice: Choice) -> list[tuple[RevisionKey, str, Status]]:
    """The sites and statuses of item results at whole sites, by programme, start of the period and site."""
    whole = replace(choice, equal={**choice.equal, "subject": "", "group": ""})
    chosen = choose_rows(connection, results, ("site", "status"), whole)
    chosen.sort(key=lambda row: (row[0], row[2]))
    return [(key, site, Status(status)) for _, key, (site, status) in chosen]


def count_results(connection: Connection, revision_id: int) -> dict[tuple[str, Status, str | None], int]:
    """How many whole sites have each status, for each reason, by item."""
    told = (results.c["item"], results.c.status, results.c.reason)
    query = select(*told, func.count()).where(_whole_sites(revision_id)).group_by(*told)
    return {(item, Status(status), reason): count for item, status, reason, count in connection.execute(query)}


def count_audits(connection: Connection, revision_id: int) -> int:
    """How many sites have a result."""
    query = select(func.count(results.c.site.distinct())).where(_whole_sites(revision_id))
    return int(connection.execute(query).scalar_one())


def _whole_sites(revision_id: int) -> ColumnElement[bool]:
    own = results.c
    return and_(own.revision_id == revision_id, own.subject == "", own.group == "", own.auditor == "")


def _result(values: tuple[Any, ...]) -> ItemResult:
    # Taken apart in one go: by name, a hundred thousand rows take twice as long.
    (
        site,
        checklist,
        item,
        subject,
        group,
        auditor,
        _,
        criterion,
        dimension,
        status,
        severity,
        *measured,
        target,
        score,
        weight,
        stale,
        reason,
    ) = values
    value, unit, formula, low, high, interval, value_reason, n, missing, invalid = measured
    return ItemResult(
        site=site,
        checklist=checklist,
        item=item,
        criterion=criterion,
        dimension=dimension,
        status=Status(status),
        severity=Severity(severity),
        value=Value(
            value=read_float(value),
            unit=unit,
            formula=formula,
            low=read_float(low),
            high=read_float(high),
            interval=interval,
            reason=value_reason,
        ),
        n=n,
        missing=missing,
        invalid=invalid,
        target=read_target(target),
        score=read_decimal(score),
        weight=Decimal(weight),
        stale=stale,
        reason=reason,
        subject=subject,
        group=group,
        auditor=auditor,
    )


def replace_scores(connection: Connection, revision_id: int, rolled_up: Iterable[Score]) -> None:
    """Save the scores of a revision instead of those it has."""
    connection.execute(delete(scores).where(scores.c.revision_id == revision_id))
    insert_rows(
        connection,
        scores,
        _SCORE,
        (
            (
                *(revision_id, one.level_name, one.site or "", one.id, one.subject),
                *(write_decimal(one.score), write_decimal(one.raw_score), write_decimal(one.coverage)),
                *(str(one.weight), one.items, one.critical_failed, one.rating, one.reason),
            )
            for one in rolled_up
        ),
    )


def read_scores(connection: Connection, choice: Choice) -> list[tuple[RevisionKey, Score]]:
    """Scores by programme, period, revision, level (the smallest first), site, id and subject."""
    chosen = choose_rows(connection, scores, _SCORE[1:], choice)
    levels = [level.value for level in Level]
    chosen.sort(key=lambda row: (row[0], levels.index(row[2][0].partition(":")[0]), row[2][:4]))
    return [(key, _score(values)) for _, key, values in chosen]


def _score(values: tuple[Any, ...]) -> Score:
    name, site, id_, subject, score, raw_score, coverage, weight, items, critical_failed, rating, reason = values
    level, _, view = name.partition(":")
    return Score(
        level=Level(level),
        id=id_,
        site=site or None,
        score=read_decimal(score),
        raw_score=read_decimal(raw_score),
        coverage=read_decimal(coverage),
        weight=Decimal(weight),
        items=items,
        critical_failed=critical_failed,
        rating=rating,
        reason=reason,
        subject=subject,
        view=view,
    )
