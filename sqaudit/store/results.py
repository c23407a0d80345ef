"""Item results and scores of a revision."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete

from sqaudit.model.ids import short_id
from sqaudit.model.score import ItemResult, Level, Score, Status, Value
from sqaudit.model.standard import Severity
from sqaudit.store.choosing import Choice, choose_rows
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.encoding import read_decimal, read_float, read_target, write_decimal, write_float, write_target
from sqaudit.store.rows import insert_rows
from sqaudit.store.tables import results, scores

_RESULT = (
    *("revision_id", "site", "checklist", "item", "id", "criterion", "dimension", "status", "severity"),
    *("value", "unit", "formula", "low", "high", "interval", "value_reason", "n", "missing", "invalid"),
    *("target", "score", "weight", "stale", "reason"),
)
_SCORE = (
    *("revision_id", "level", "site", "id", "score", "raw_score", "coverage", "weight"),
    *("items", "critical_failed", "rating", "reason"),
)


def result_id(key: RevisionKey, result: ItemResult) -> str:
    """The id of an item's result; the same in every revision of a cycle."""
    return short_id("r", key.programme, key.period, result.site, result.checklist, result.item)


def replace_results(
    connection: Connection, revision_id: int, key: RevisionKey, concluded: Iterable[ItemResult]
) -> None:
    """Save the item results of a revision instead of those it has."""
    connection.execute(delete(results).where(results.c.revision_id == revision_id))
    insert_rows(connection, results, _RESULT, ((revision_id, *_result_values(key, one)) for one in concluded))


def _result_values(key: RevisionKey, one: ItemResult) -> tuple[object, ...]:
    value = one.value
    return (
        *(one.site, one.checklist, one.item, result_id(key, one), one.criterion, one.dimension),
        *(one.status.value, one.severity.value),
        *(write_float(value.value), value.unit, value.formula, write_float(value.low), write_float(value.high)),
        *(value.interval, value.reason, one.n, one.missing, one.invalid, write_target(one.target)),
        *(write_decimal(one.score), str(one.weight), one.stale, one.reason),
    )


def read_results(connection: Connection, choice: Choice) -> list[tuple[RevisionKey, ItemResult]]:
    """Item results by programme, period, revision, site, checklist and item."""
    chosen = choose_rows(connection, results, _RESULT[1:], choice)
    chosen.sort(key=lambda row: (row[0], row[2][:3]))
    return [(key, _result(values)) for _, key, values in chosen]


def _result(values: tuple[Any, ...]) -> ItemResult:
    # Taken apart in one go: by name, a hundred thousand rows take twice as long.
    (
        site,
        checklist,
        item,
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
                *(revision_id, one.level.value, one.site or "", one.id),
                *(write_decimal(one.score), write_decimal(one.raw_score), write_decimal(one.coverage)),
                *(str(one.weight), one.items, one.critical_failed, one.rating, one.reason),
            )
            for one in rolled_up
        ),
    )


def read_scores(connection: Connection, choice: Choice) -> list[tuple[RevisionKey, Score]]:
    """Scores by programme, period, revision, level (the smallest first), site and id."""
    chosen = choose_rows(connection, scores, _SCORE[1:], choice)
    levels = [level.value for level in Level]
    chosen.sort(key=lambda row: (row[0], levels.index(row[2][0]), row[2][1:3]))
    return [(key, _score(values)) for _, key, values in chosen]


def _score(values: tuple[Any, ...]) -> Score:
    level, site, id_, score, raw_score, coverage, weight, items, critical_failed, rating, reason = values
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
    )
