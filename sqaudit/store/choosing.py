"""Which revisions a list is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from sqlalchemy import Connection, Select, Table, func, select

from sqaudit.store.cycles import RevisionKey
from sqaudit.store.tables import cycles, revisions


class Choice(Struct, frozen=True, kw_only=True):
    """Which rows to read. ``None`` asks for all; without ``revision``, each cycle's latest scored one.

    ``equal`` holds columns of the table that must have a value, where it is not ``None``.
    """

    programme: str | None = None
    period: str | None = None
    revision: int | None = None
    equal: Mapping[str, str | None] = field(default_factory=dict)


def choose_rows(
    connection: Connection, table: Table, columns: Sequence[str], choice: Choice
) -> list[tuple[tuple[str, str, str, int], RevisionKey, tuple[Any, ...]]]:
    """The named columns of rows of scored revisions.

    Each row comes after a sort key (programme, start of the period, period, revision) and its revision.
    """
    chosen = _revisions(choice).subquery()
    place = (chosen.c.programme, chosen.c.period_start, chosen.c.period, chosen.c.number)
    query = select(*place, *(table.c[name] for name in columns)).join(
        chosen, chosen.c.revision_id == table.c.revision_id
    )
    for name, wanted in choice.equal.items():
        if wanted is not None:
            query = query.where(table.c[name] == wanted)
    keys: dict[tuple[str, str, str, int], RevisionKey] = {}
    rows = []
    for programme, start, period, number, *values in connection.execute(query):
        order = (programme, start, period, number)
        if order not in keys:
            keys[order] = RevisionKey(programme=programme, period=period, number=number)
        rows.append((order, keys[order], tuple(values)))
    return rows


def _revisions(choice: Choice) -> Select[Any]:
    query = (
        select(
            cycles.c.programme,
            cycles.c.period,
            cycles.c.period_start,
            revisions.c.number,
            revisions.c.id.label("revision_id"),
        )
        .join(revisions)
        .where(revisions.c.scored)
    )
    if choice.programme is not None:
        query = query.where(cycles.c.programme == choice.programme)
    if choice.period is not None:
        query = query.where(cycles.c.period == choice.period)
    if choice.revision is not None:
        return query.where(revisions.c.number == choice.revision)
    latest = select(revisions.c.cycle_id, func.max(revisions.c.number).label("number")).where(revisions.c.scored)
    newest = latest.group_by(revisions.c.cycle_id).subquery()
    return query.join(newest, (newest.c.cycle_id == revisions.c.cycle_id) & (newest.c.number == revisions.c.number))
