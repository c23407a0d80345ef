"""Samples that were drawn: added once, never changed."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from sqaudit.model.event import Deed, EventKind
from sqaudit.model.sample import Draw, Exclusion, SamplePlan, SampleRecord, Stratum, Unit
from sqaudit.store.encoding import read_json, read_moment, write_json, write_moment
from sqaudit.store.events import append_event
from sqaudit.store.tables import samples


def add_sample(connection: Connection, record: SampleRecord) -> None:
    """Keep a sample."""
    drawn = record.draw
    connection.execute(
        samples.insert().values(
            id=record.id,
            programme=record.programme,
            checklist=record.checklist,
            period=record.period,
            frame=record.frame,
            plan=write_json(msgspec.to_builtins(drawn.plan)),
            seed=drawn.seed,
            frame_hash=drawn.frame_hash,
            frame_size=drawn.frame_size,
            exclusions=write_json([[one.site, one.id, one.reason] for one in drawn.exclusions]),
            strata=write_json(msgspec.to_builtins(drawn.strata)),
            units=write_json([[one.site, one.id, one.stratum] for one in drawn.units]),
            drawn_at=write_moment(record.drawn_at),
            drawn_by=record.drawn_by,
        )
    )
    append_event(
        connection,
        Deed(
            kind=EventKind.SAMPLE_DRAWN,
            when=record.drawn_at,
            programme=record.programme,
            period=record.period,
            thing=record.id,
            who=record.drawn_by,
            after={
                "checklist": record.checklist,
                "seed": drawn.seed,
                "frame_hash": drawn.frame_hash,
                "frame_size": drawn.frame_size,
                "excluded": len(drawn.exclusions),
                "units": len(drawn.units),
            },
        ),
    )


def read_samples(connection: Connection, **equal: str | None) -> list[SampleRecord]:
    """The samples of which these columns are so (``None``: whatever they are), the first drawn first."""
    query = select(samples).order_by(samples.c.drawn_at, samples.c.id)
    for name, value in equal.items():
        if value is not None:
            query = query.where(samples.c[name] == value)
    return [_record(row) for row in connection.execute(query)]


def _record(row: Row[Any]) -> SampleRecord:
    drawn = Draw(
        plan=msgspec.convert(read_json(row.plan), SamplePlan),
        seed=row.seed,
        frame_hash=row.frame_hash,
        frame_size=row.frame_size,
        exclusions=tuple(Exclusion(site=site, id=id_, reason=why) for site, id_, why in read_json(row.exclusions)),
        strata=msgspec.convert(read_json(row.strata), tuple[Stratum, ...]),
        units=tuple(Unit(site=site, id=id_, stratum=tuple(of)) for site, id_, of in read_json(row.units)),
    )
    return SampleRecord(
        id=row.id,
        programme=row.programme,
        checklist=row.checklist,
        period=row.period,
        frame=row.frame,
        draw=drawn,
        drawn_at=read_moment(row.drawn_at),
        drawn_by=row.drawn_by,
    )
