"""People whom nothing needs to name any more, since what they did is long ago.

A cycle is expired as a whole, a year of answers with their corrections: if one version of an answer lost its name and
the next kept it, two auditors would have answered. So the newest step in a cycle counts, and the newest in a round.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, select, tuple_

from sqaudit.model.dispute import DisputeState
from sqaudit.model.erasure import Erasure
from sqaudit.store.encoding import write_moment
from sqaudit.store.erasure import Erasing, RowChoice, free_numbers, is_pseudonym, names_in_use, replace_names
from sqaudit.store.naming import Names
from sqaudit.store.persons import OWN_MOMENTS, OWNERS, Owner
from sqaudit.store.tables import (
    answer_choices,
    answers,
    calibration_ratings,
    calibration_rounds,
    cycles,
    disputes,
    revisions,
    samples,
)


def expire_persons(connection: Connection, before: datetime, erasing: Erasing, called: Mapping[str, str]) -> Erasure:
    """Take out the people in all cycles and rounds whose newest step is of before a moment, and in events of before.

    A cycle with an open dispute stays. The same name gets the same pseudonym everywhere in one expiry. ``called`` are
    other names of people, such as logins, with the names that stand in columns.
    """
    moment = write_moment(before)
    rows = _expired_rows(connection, moment)
    known = [name for name in names_in_use(connection, rows) if not is_pseudonym(name)]
    secrets.SystemRandom().shuffle(known)  # numbers in the order of names would tell something of them
    given = {name: f"erased-{number}" for name, number in zip(known, free_numbers(connection), strict=False)}
    names = Names({**{other: given[name] for other, name in called.items() if name in given}, **given})

    def is_old(row: Row[Any]) -> bool:
        return str(row.recorded_at) < moment

    return replace_names(connection, names, erasing, rows, is_old)


def _expired_rows(connection: Connection, moment: str) -> RowChoice:
    """The rows of expired cycles and rounds, and those of an expired moment of their own."""
    in_cycles = sorted(_expired_cycles(connection, moment))
    in_rounds = sorted(_expired_rounds(connection, moment))
    place = (cycles.c.programme, cycles.c.period)
    in_revisions = select(revisions.c.id).join(cycles).where(tuple_(*place).in_(in_cycles))

    def rows(table: Table) -> ColumnElement[bool]:
        own = table.c
        match OWNERS[table.name]:
            case Owner.CYCLE:
                return tuple_(own.programme, own.period).in_(in_cycles)
            case Owner.REVISION:
                return (own.id if table is revisions else own.revision_id).in_(in_revisions)
            case Owner.ROUND:
                return (own.id if table is calibration_rounds else own.round).in_(in_rounds)
            case Owner.ITSELF:
                return own[OWN_MOMENTS[table.name]] < moment

    return rows


def _expired_cycles(connection: Connection, moment: str) -> set[tuple[str, str]]:
    """Programme and period of cycles in which nothing was done since, and nothing waits for a decision."""
    old: set[tuple[str, str]] = set()
    living: set[tuple[str, str]] = set()
    for query in _steps():
        for programme, period, step in connection.execute(query):
            (old if step < moment else living).add((programme, period))
    waiting = select(disputes.c.programme, disputes.c.period).where(disputes.c.state == DisputeState.OPEN.value)
    return old - living - {tuple(row) for row in connection.execute(waiting)}


def _steps() -> Iterator[Select[Any]]:
    """All moments at which something was done in a cycle, each with programme and period; its end is one too."""
    of_revisions = select(cycles.c.programme, cycles.c.period, revisions.c.recorded_at).join(revisions)
    yield of_revisions
    for table, moments in (
        (cycles, ("period_end", "closed_at")),
        (answers, ("given_at",)),
        (answer_choices, ("chosen_at",)),
        (disputes, ("opened_at", "decided_at")),
        (samples, ("drawn_at",)),
    ):
        for name in moments:
            own = table.c
            yield select(own.programme, own.period, own[name]).where(own[name].is_not(None)).distinct()


def _expired_rounds(connection: Connection, moment: str) -> set[str]:
    own, rated = calibration_rounds.c, calibration_ratings.c
    old = set(connection.scalars(select(own.id).where(own.opened_at < moment)))
    closed_since = set(connection.scalars(select(own.id).where(own.closed_at >= moment)))
    return old - closed_since - set(connection.scalars(select(rated.round).where(rated.rated_at >= moment)))
