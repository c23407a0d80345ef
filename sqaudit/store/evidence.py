"""What a revision was made from: sites, sources and observations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from msgspec.structs import astuple
from sqlalchemy import Connection, Row, Select, Table, select

from sqaudit.model.answer import GivenAnswer
from sqaudit.model.evidence import CellCounts, Observation, SourceFile, SourceRecord
from sqaudit.model.programme import Site
from sqaudit.model.score import Level
from sqaudit.model.texts import Text
from sqaudit.store.encoding import (
    read_json,
    read_optional_moment,
    read_statistics,
    write_json,
    write_optional_moment,
    write_statistics,
)
from sqaudit.store.rows import insert_rows
from sqaudit.store.tables import level_observations, observations, revision_sites, source_records

_SITE = ("revision_id", "site", "title", "region", "manager", "timezone", "weight", "attributes")
_SOURCE = (
    *("revision_id", "dataset", "fingerprint", "files", "read", "accepted", "rejected", "blank", "duplicates"),
    *("columns", "earliest", "newest", "stale", "rejects", "unknown_sites"),
)
_COUNTED = ("rows", "n", "missing", "invalid", "statistics", "stale", "failed", "reason")
_OBSERVATION = (
    *("revision_id", "site", "checklist", "item", "subject", "group", "auditor", *_COUNTED),
    *("answer_version", "chosen_version"),
)
_ABOVE = ("revision_id", "level", "place", "checklist", "item", *_COUNTED)


def add_sites(connection: Connection, revision_id: int, sites: Iterable[Site]) -> None:
    """Keep the sites as they were listed for a revision."""
    insert_rows(
        connection,
        revision_sites,
        _SITE,
        (
            (
                *(revision_id, site.id, write_json(dict(site.title.by_language)), site.region, site.manager),
                *(site.timezone, str(site.weight), write_json(dict(site.attributes))),
            )
            for site in sites
        ),
    )


def read_sites(connection: Connection, revision_id: int) -> list[Site]:
    """The sites of a revision, by id."""
    rows = connection.execute(select(revision_sites).where(revision_sites.c.revision_id == revision_id))
    return sorted((_site(row) for row in rows), key=lambda site: site.id)


def _site(row: Row[Any]) -> Site:
    return Site(
        id=row.site,
        title=Text(read_json(row.title)),
        region=row.region,
        manager=row.manager,
        timezone=row.timezone,
        weight=Decimal(row.weight),
        attributes=read_json(row.attributes),
    )


def add_sources(connection: Connection, revision_id: int, sources: Iterable[SourceRecord]) -> None:
    """Keep what collecting learnt about each dataset."""
    insert_rows(connection, source_records, _SOURCE, ((revision_id, *_source_values(source)) for source in sources))


def _source_values(source: SourceRecord) -> tuple[object, ...]:
    columns = {name: [c.valid, c.invalid, c.missing] for name, c in source.columns.items()}
    return (
        source.dataset,
        source.fingerprint,
        write_json([[file.name, file.size, file.sha256] for file in source.files]),
        *(source.read, source.accepted, source.rejected, source.blank, source.duplicates),
        write_json(columns),
        write_optional_moment(source.earliest),
        write_optional_moment(source.newest),
        source.stale,
        source.rejects,
        write_json(dict(source.unknown_sites)),
    )


def read_sources(connection: Connection, revision_id: int) -> list[SourceRecord]:
    """The source records of a revision, by dataset."""
    rows = connection.execute(select(source_records).where(source_records.c.revision_id == revision_id))
    return sorted((_source(row) for row in rows), key=lambda source: source.dataset)


def _source(row: Row[Any]) -> SourceRecord:
    return SourceRecord(
        dataset=row.dataset,
        fingerprint=row.fingerprint,
        files=tuple(SourceFile(name=name, size=size, sha256=sha256) for name, size, sha256 in read_json(row.files)),
        read=row.read,
        accepted=row.accepted,
        rejected=row.rejected,
        blank=row.blank,
        duplicates=row.duplicates,
        columns={
            name: CellCounts(valid=valid, invalid=invalid, missing=missing)
            for name, (valid, invalid, missing) in read_json(row.columns).items()
        },
        earliest=read_optional_moment(row.earliest),
        newest=read_optional_moment(row.newest),
        stale=row.stale,
        rejects=row.rejects,
        unknown_sites=read_json(row.unknown_sites),
    )


def add_observations(connection: Connection, revision_id: int, seen: Iterable[Observation]) -> None:
    """Keep the observations of a revision; they are never changed."""
    below: list[tuple[object, ...]] = []
    above: list[tuple[object, ...]] = []
    for one in seen:
        counted = (
            *(one.rows, one.n, one.missing, one.invalid, write_statistics(one.statistics)),
            *(int(one.stale), int(one.failed), one.reason),
        )
        if one.level is Level.AUDIT:
            version = None if one.answer is None else one.answer.version
            place = (one.site, one.checklist, one.item, one.subject, one.group, one.auditor)
            below.append((revision_id, *place, *counted, version, one.chosen_version))
        else:
            above.append((revision_id, one.level.value, one.site, one.checklist, one.item, *counted))
    insert_rows(connection, observations, _OBSERVATION, below)
    insert_rows(connection, level_observations, _ABOVE, above)


def read_observations(connection: Connection, revision_id: int, given: Iterable[GivenAnswer] = ()) -> list[Observation]:
    """The observations of a revision by site, checklist, item, subject, group, auditor; those above sites after them.

    ``given`` are the answers of its cycle, in every version.
    """
    answers = {(*astuple(one.key)[2:], one.version): one for one in given}
    below = connection.execute(_choose(observations, _OBSERVATION, revision_id))
    seen = [
        _observation(
            *(Level.AUDIT, site, checklist, item, subject, group, counted),
            answers.get((site, checklist, item, subject, auditor, version)),
            auditor,
            chosen,
        )
        for site, checklist, item, subject, group, auditor, *counted, version, chosen in below
    ]
    above = connection.execute(_choose(level_observations, _ABOVE, revision_id))
    seen += [
        _observation(Level(level), place, checklist, item, "", "", counted)
        for level, place, checklist, item, *counted in above
    ]
    return sorted(seen, key=_order)


def _choose(table: Table, columns: Sequence[str], revision_id: int) -> Select[Any]:
    return select(*(table.c[name] for name in columns[1:])).where(table.c.revision_id == revision_id)


def _observation(  # noqa: PLR0913, PLR0917  one part of a key each
    level: Level,
    site: str,
    checklist: str,
    item: str,
    subject: str,
    group: str,
    counted: Sequence[Any],
    answer: GivenAnswer | None = None,
    auditor: str = "",
    chosen_version: int | None = None,
) -> Observation:
    rows, n, missing, invalid, statistics, stale, failed, reason = counted
    return Observation(
        level=level,
        site=site,
        checklist=checklist,
        item=item,
        subject=subject,
        group=group,
        rows=rows,
        n=n,
        missing=missing,
        invalid=invalid,
        statistics=read_statistics(statistics),
        stale=stale,
        failed=failed,
        reason=reason,
        answer=answer,
        auditor=auditor,
        chosen_version=chosen_version,
    )


def _order(one: Observation) -> tuple[object, ...]:
    place = (one.site, one.checklist, one.item, one.subject, one.group, one.auditor)
    return (one.level is not Level.AUDIT, one.level, *place)
