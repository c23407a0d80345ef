"""Calibration rounds and the ratings given in them; no table of theirs is read where sites are scored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select, update

from sqaudit.errors import InvalidInput, msg
from sqaudit.model.calibration import CalibrationRound, Conclusion, Rating, RoundUnit
from sqaudit.model.event import Deed, EventKind
from sqaudit.store.answers import AnswerFile
from sqaudit.store.documents import StoredDocument, keep_documents
from sqaudit.store.encoding import read_moment, read_optional_moment, write_moment
from sqaudit.store.events import append_event
from sqaudit.store.rows import insert_rows
from sqaudit.store.tables import (
    calibration_documents,
    calibration_files,
    calibration_ratings,
    calibration_rounds,
    documents,
)

_RATING = (
    *("round", "rated_by", "unit", "item", "version"),
    *("is_reference", "value", "not_applicable", "note", "rated_at"),
)


def add_round(connection: Connection, opened: CalibrationRound, used: Mapping[str, StoredDocument]) -> None:
    """Keep a round, and the documents it was opened with, by their roles."""
    keep_documents(connection, list(used.values()))
    connection.execute(
        calibration_rounds.insert().values(
            id=opened.id,
            programme=opened.programme,
            period=opened.period,
            standard=opened.standard,
            checklist=opened.checklist,
            units=_write(opened.units),
            opened_at=write_moment(opened.opened_at),
            opened_by=opened.opened_by,
        )
    )
    rows = [(opened.id, role, document.hash) for role, document in sorted(used.items())]
    insert_rows(connection, calibration_documents, ("round", "role", "hash"), rows)
    append_event(
        connection,
        Deed(
            kind=EventKind.ROUND_OPENED,
            when=opened.opened_at,
            programme=opened.programme,
            period=opened.period,
            thing=opened.id,
            who=opened.opened_by,
            after={"checklist": opened.checklist, "units": [unit.id for unit in opened.units]},
        ),
    )


def read_rounds(connection: Connection, **equal: str | None) -> list[CalibrationRound]:
    """The rounds of which these columns are so (``None``: whatever they are), the first opened first."""
    query = select(calibration_rounds).order_by(calibration_rounds.c.opened_at, calibration_rounds.c.id)
    for name, value in equal.items():
        if value is not None:
            query = query.where(calibration_rounds.c[name] == value)
    return [_round(row) for row in connection.execute(query)]


def read_documents(connection: Connection, round_id: str) -> dict[str, StoredDocument]:
    """The documents that a round was opened with, by their roles."""
    rows = connection.execute(
        select(calibration_documents.c.role, documents).join(documents).where(calibration_documents.c.round == round_id)
    )
    return {
        row.role: StoredDocument(hash=row.hash, kind=row.kind, id=row.id, version=row.version, content=row.content)
        for row in rows
    }


def list_raters(connection: Connection) -> list[tuple[str, str, bool]]:
    """Who has rated in which round, as round, rater, and whether as the reference."""
    table = calibration_ratings.c
    found = connection.execute(select(table.round, table.rated_by, table.is_reference).distinct())
    return sorted(tuple(row) for row in found)


def close_round(connection: Connection, closed: CalibrationRound) -> None:
    """Keep that a round is closed, and what it came to; raises ``InvalidInput`` if it was closed before."""
    if closed.closed_at is None:
        raise ValueError("a closed round was closed at some moment")
    _require_open(connection, closed.id)
    connection.execute(
        update(calibration_rounds)
        .where(calibration_rounds.c.id == closed.id)
        .values(
            closed_at=write_moment(closed.closed_at),
            closed_by=closed.closed_by,
            conclusions=_write(closed.conclusions),
        )
    )
    append_event(
        connection,
        Deed(
            kind=EventKind.ROUND_CLOSED,
            when=closed.closed_at,
            programme=closed.programme,
            period=closed.period,
            thing=closed.id,
            who=closed.closed_by,
            after={"verdicts": {one.auditor: one.verdict and one.verdict.value for one in closed.conclusions}},
        ),
    )


def add_ratings(
    connection: Connection, round_id: str, ratings: Sequence[Rating], files: Iterable[AnswerFile]
) -> list[Rating]:
    """Keep what is new among one rater's ratings, as the next version of each; returns what was kept.

    Raises:
        InvalidInput: The round is closed.
    """
    _require_open(connection, round_id)
    latest = {_place(rating): rating for rating in read_ratings(connection, round_id)}
    new = []
    for rating in ratings:
        before = latest.get(_place(rating))
        if before is None or _told(before) != _told(rating):
            version = 1 if before is None else before.version + 1
            latest[_place(rating)] = msgspec.structs.replace(rating, version=version)
            new.append(latest[_place(rating)])
    insert_rows(connection, calibration_ratings, _RATING, (_row(round_id, rating) for rating in new))
    insert_rows(
        connection,
        calibration_files,
        ("round", "rated_by", "sha256", "name", "taken_at"),
        [(round_id, file.given_by, file.sha256, file.name, write_moment(file.given_at)) for file in files],
    )
    return new


def read_ratings(connection: Connection, round_id: str) -> list[Rating]:
    """The latest version of every rating of a round, by rater, unit and item."""
    table = calibration_ratings.c
    order = (table.rated_by, table.unit, table.item, table.version)
    rows = connection.execute(select(calibration_ratings).where(table.round == round_id).order_by(*order))
    return list({_place(rating): rating for rating in map(_rating, rows)}.values())


def find_file(connection: Connection, round_id: str, rater: str, sha256: str) -> AnswerFile | None:
    """The file of ratings with this content, if this rater has handed it in before."""
    table = calibration_files.c
    row = connection.execute(
        select(calibration_files).where(table.round == round_id, table.rated_by == rater, table.sha256 == sha256)
    ).one_or_none()
    if row is None:
        return None
    return AnswerFile(sha256=row.sha256, name=row.name, given_by=row.rated_by, given_at=read_moment(row.taken_at))


def _require_open(connection: Connection, round_id: str) -> None:
    table = calibration_rounds.c
    if connection.scalar(select(table.closed_at).where(table.id == round_id)) is not None:
        raise closed_already(round_id)


def closed_already(identity: str) -> InvalidInput:
    """What to raise where something is asked of a round that is closed."""
    return InvalidInput(
        "SQA853",
        msg("the calibration round '{id}' is closed", id=identity),
        msg("a closed round stays as it is; open another one with `sqaudit calibration open`"),
    )


def _place(rating: Rating) -> tuple[str, str, str]:
    return rating.rated_by, rating.unit, rating.item


def _told(rating: Rating) -> tuple[object, ...]:
    return rating.value, rating.not_applicable, rating.note


def _row(round_id: str, rating: Rating) -> tuple[object, ...]:
    place = (round_id, *_place(rating), rating.version)
    return (*place, rating.is_reference, *_told(rating), write_moment(rating.rated_at))


def _rating(row: Row[Any]) -> Rating:
    return Rating(
        unit=row.unit,
        item=row.item,
        value=row.value,
        not_applicable=row.not_applicable,
        note=row.note,
        rated_by=row.rated_by,
        rated_at=read_moment(row.rated_at),
        is_reference=row.is_reference,
        version=row.version,
    )


def _round(row: Row[Any]) -> CalibrationRound:
    return CalibrationRound(
        id=row.id,
        programme=row.programme,
        period=row.period,
        standard=row.standard,
        checklist=row.checklist,
        units=msgspec.json.decode(row.units, type=tuple[RoundUnit, ...]),
        opened_at=read_moment(row.opened_at),
        opened_by=row.opened_by,
        closed_at=read_optional_moment(row.closed_at),
        closed_by=row.closed_by,
        conclusions=msgspec.json.decode(row.conclusions or "[]", type=tuple[Conclusion, ...]),
    )


def _write(values: Sequence[RoundUnit] | Sequence[Conclusion]) -> str:
    return msgspec.json.encode(values).decode()
