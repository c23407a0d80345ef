"""Answers of people: every version is kept, none is ever changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple, replace
from sqlalchemy import Connection, Row, select

from sqaudit.model.answer import AnswerKey, Evidence, GivenAnswer
from sqaudit.model.event import Deed, EventKind
from sqaudit.store.encoding import read_moment, read_optional_moment, write_moment, write_optional_moment
from sqaudit.store.events import append_event
from sqaudit.store.rows import insert_rows
from sqaudit.store.tables import answer_evidence, answer_files, answers

_KEY = ("programme", "period", "site", "checklist", "item", "subject", "auditor", "version")
_ANSWER = (*_KEY, "value", "not_applicable", "note", "given_by", "given_at", "began_at", "finished_at", "dispute")
_EVIDENCE = (*_KEY, "sha256", "position", "name", "size", "received_at", "captured_on", "effective_on")


class AnswerFile(Struct, frozen=True, kw_only=True):
    """A file that answers came in, by the sha256 of its content, with who handed it in and when."""

    sha256: str
    name: str
    given_by: str
    given_at: datetime


class EvidenceUse(Struct, frozen=True, kw_only=True):
    """That a file stands beside an answer."""

    key: AnswerKey
    evidence: Evidence


def add_answers(
    connection: Connection, given: Sequence[GivenAnswer], files: Iterable[AnswerFile] = ()
) -> list[GivenAnswer]:
    """Keep what is new among the answers, as the next version of each; returns what was kept.

    An answer that says what the latest version under its key says is no new version, whoever gives it; other times
    are one.
    """
    places = {(answer.key.programme, answer.key.period) for answer in given}
    latest = {answer.key: answer for place in sorted(places) for answer in read_latest(connection, *place)}
    new = []
    for answer in given:
        before = latest.get(answer.key)
        if before is None or before.told != answer.told or _has_other_times(before, answer):
            latest[answer.key] = replace(answer, version=1 if before is None else before.version + 1)
            new.append(latest[answer.key])
    insert_versions(connection, new)
    known = {tuple(row) for row in connection.execute(select(answer_files.c.sha256, answer_files.c.given_by))}
    added = [file for file in files if (file.sha256, file.given_by) not in known]
    insert_rows(
        connection,
        answer_files,
        ("sha256", "name", "given_by", "given_at"),
        [(file.sha256, file.name, file.given_by, write_moment(file.given_at)) for file in added],
    )
    if new or added:
        append_event(connection, _taken_in(given, new, added))
    return new


def _taken_in(given: Sequence[GivenAnswer], new: Sequence[GivenAnswer], files: Sequence[AnswerFile]) -> Deed:
    """What the log says of an import; it names the cycle if all answers are of one."""
    places = sorted({(answer.key.programme, answer.key.period) for answer in given})
    programme, period = places[0] if len(places) == 1 else (None, None)
    by: AnswerFile | GivenAnswer = files[0] if files else given[0]
    after = {
        "files": [[file.name, file.sha256] for file in files],
        "cycles": [list(place) for place in places],
        "new": sum(answer.version == 1 for answer in new),
        "corrected": sum(answer.version > 1 for answer in new),
        "unchanged": len(given) - len(new),
    }
    return Deed(
        kind=EventKind.ANSWERS_TAKEN_IN,
        when=by.given_at,
        programme=programme,
        period=period,
        who=by.given_by,
        after=after,
    )


def insert_versions(connection: Connection, new: Sequence[GivenAnswer]) -> None:
    """Add versions of answers as they are."""
    insert_rows(connection, answers, _ANSWER, map(_row, new))
    insert_rows(connection, answer_evidence, _EVIDENCE, (row for answer in new for row in _evidence_rows(answer)))


def _has_other_times(before: GivenAnswer, answer: GivenAnswer) -> bool:
    """Whether an answer tells times, and others than before; none say nothing."""
    told = ((before.began_at, answer.began_at), (before.finished_at, answer.finished_at))
    return any(now is not None and now != then for then, now in told)


def _key_values(answer: GivenAnswer) -> tuple[object, ...]:
    return (*astuple(answer.key), answer.version)


def _row(answer: GivenAnswer) -> tuple[object, ...]:
    told = (answer.value, answer.not_applicable, answer.note)
    times = (write_optional_moment(answer.began_at), write_optional_moment(answer.finished_at))
    return (*_key_values(answer), *told, answer.given_by, write_moment(answer.given_at), *times, answer.dispute)


def _evidence_rows(answer: GivenAnswer) -> Iterable[tuple[object, ...]]:
    for position, one in enumerate(answer.evidence):
        yield (
            *_key_values(answer),
            *(one.sha256, position, one.name, one.size, write_moment(one.received_at)),
            *(_write_day(one.captured_on), _write_day(one.effective_on)),
        )


def read_answers(connection: Connection, programme: str, period: str) -> list[GivenAnswer]:
    """Every version of every answer to a cycle's questions, by site, checklist, item, subject, auditor and version."""
    table, beside = answers.c, answer_evidence.c
    files: defaultdict[tuple[object, ...], list[Evidence]] = defaultdict(list)
    chosen = select(answer_evidence).where(beside.programme == programme, beside.period == period)
    for row in connection.execute(chosen.order_by(beside.position)):
        files[tuple(row[: len(_KEY)])].append(_evidence(row))
    found = connection.execute(select(answers).where(table.programme == programme, table.period == period))
    given = [_answer(row, files[tuple(row[: len(_KEY)])]) for row in found]
    return sorted(given, key=lambda one: (*astuple(one.key), one.version))


def read_latest(connection: Connection, programme: str, period: str) -> list[GivenAnswer]:
    """The latest version of every answer to a cycle's questions."""
    return list({answer.key: answer for answer in read_answers(connection, programme, period)}.values())


def find_uses(connection: Connection, sha256: Iterable[str]) -> list[EvidenceUse]:
    """Where files stand beside answers, in the order in which they came."""
    table = answer_evidence.c
    rows = connection.execute(
        select(answer_evidence).where(table.sha256.in_(sorted(set(sha256)))).order_by(table.received_at, table.site)
    )
    return [EvidenceUse(key=read_key(row), evidence=_evidence(row)) for row in rows]


def find_answer_files(connection: Connection, sha256: str) -> list[AnswerFile]:
    """The files of answers with this content that have been taken in before, the earliest first."""
    table = answer_files.c
    rows = connection.execute(
        select(answer_files).where(table.sha256 == sha256).order_by(table.given_at, table.given_by)
    )
    return [
        AnswerFile(sha256=row.sha256, name=row.name, given_by=row.given_by, given_at=read_moment(row.given_at))
        for row in rows
    ]


def list_answerers(connection: Connection, checklist: str) -> list[str]:
    """Who has answered questions of a checklist, by name."""
    return sorted(connection.scalars(select(answers.c.given_by).where(answers.c.checklist == checklist).distinct()))


def read_key(row: Row[Any]) -> AnswerKey:
    """What the answer of a row is about."""
    return AnswerKey(
        programme=row.programme,
        period=row.period,
        site=row.site,
        checklist=row.checklist,
        item=row.item,
        subject=row.subject,
        auditor=row.auditor,
    )


def _answer(row: Row[Any], evidence: Sequence[Evidence]) -> GivenAnswer:
    return GivenAnswer(
        key=read_key(row),
        version=row.version,
        value=row.value,
        not_applicable=row.not_applicable,
        note=row.note,
        evidence=tuple(evidence),
        given_by=row.given_by,
        given_at=read_moment(row.given_at),
        began_at=read_optional_moment(row.began_at),
        finished_at=read_optional_moment(row.finished_at),
        dispute=row.dispute,
    )


def _evidence(row: Row[Any]) -> Evidence:
    return Evidence(
        sha256=row.sha256,
        name=row.name,
        size=row.size,
        received_at=read_moment(row.received_at),
        captured_on=_read_day(row.captured_on),
        effective_on=_read_day(row.effective_on),
    )


def _write_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
