"""What a revision was made from: sites, sources and observations."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from sqaudit.model.evidence import CellCounts, Observation, SourceFile, SourceRecord
from sqaudit.model.programme import Site
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
from sqaudit.store.tables import observations, revision_sites, source_records

_SITE = ("revision_id", "site", "title", "region", "manager", "timezone", "weight", "attributes")
_SOURCE = (
    *("revision_id", "dataset", "fingerprint", "files", "read", "accepted", "rejected", "blank", "duplicates"),
    *("columns", "earliest", "newest", "stale", "rejects", "unknown_sites"),
)
_OBSERVATION = (
    *("revision_id", "site", "checklist", "item", "rows", "n", "missing", "invalid"),
    *("statistics", "stale", "failed", "reason"),
)


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
    insert_rows(
        connection,
        observations,
        _OBSERVATION,
        (
            (
                *(revision_id, one.site, one.checklist, one.item, one.rows, one.n, one.missing, one.invalid),
                *(write_statistics(one.statistics), one.stale, one.failed, one.reason),
            )
            for one in seen
        ),
    )


def read_observations(connection: Connection, revision_id: int) -> list[Observation]:
    """The observations of a revision, by site, checklist and item."""
    rows = connection.execute(
        select(
            *(observations.c[name] for name in ("site", "checklist", "item", "rows", "n", "missing", "invalid")),
            *(observations.c[name] for name in ("statistics", "stale", "failed", "reason")),
        ).where(observations.c.revision_id == revision_id)
    )
    seen = [
        Observation(
            site=site,
            checklist=checklist,
            item=item,
            rows=count,
            n=n,
            missing=missing,
            invalid=invalid,
            statistics=read_statistics(statistics),
            stale=stale,
            failed=failed,
            reason=reason,
        )
        for site, checklist, item, count, n, missing, invalid, statistics, stale, failed, reason in rows
    ]
    return sorted(seen, key=lambda one: (one.site, one.checklist, one.item))
