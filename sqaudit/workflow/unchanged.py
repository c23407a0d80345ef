"""Datasets whose observations still hold: nothing that they depend on has changed since they were made.

So a source that has not changed is not read again because a target, a title or another dataset's measure has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import asdict

from sqaudit.documents.resolving import content_hash
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.evidence import Observation, SourceRecord
from sqaudit.model.programme import Revision
from sqaudit.workflow.plan import CyclePlan

if TYPE_CHECKING:
    from sqaudit.store.engine import Store


class Kept(Struct, frozen=True, kw_only=True):
    """What is taken over from an earlier revision, by dataset."""

    records: Mapping[str, SourceRecord] = field(default_factory=dict)
    observations: Mapping[str, tuple[Observation, ...]] = field(default_factory=dict)


def measured_inputs(plan: CyclePlan) -> dict[str, str]:
    """A digest of all that the observations of each dataset depend on.

    There are none while a dataset has still to name the sites, and none of datasets that answer questions or have
    their subjects: they are read again, since only what was answered is kept of them.
    """
    if plan.sites is None:
        return {}
    programme = plan.programme
    shared = {
        "period": [plan.period.label, plan.period.start.isoformat(), plan.period.end.isoformat()],
        "sites": plan.inputs["sites"],
        "selected": list(plan.selected),
        "plugins": plan.inputs["plugins"],
        "holidays": plan.inputs.get("holidays"),
        "programme": programme.id,
        "zone": programme.timezone,
        "levels": list(programme.levels),
        "calendar": programme.calendar,
        "calendars": repr(sorted(programme.calendars.items())),
    }
    return {
        dataset: content_hash(
            {
                **shared,
                "fingerprint": plan.sources[dataset].fingerprint,
                "source": repr(programme.sources[dataset]),
                "columns": repr(programme.standard.datasets[dataset]),
                "requests": [_told(request) for request in requests],
            }
        )
        for dataset, requests in plan.measurable.requests.items()
        if plan.sources[dataset].problem is None and dataset not in plan.measurable.recorded
    }


def _told(request: MeasureRequest) -> list[object]:
    where = None if request.where is None else request.where.sql
    sample = None if request.sample is None else {name: str(value) for name, value in asdict(request.sample).items()}
    return [
        *(request.checklist, request.item, request.measure.identity, where, request.time),
        *(list(request.by), list(request.subject), sample, request.interval),
    ]


def keep_unchanged(plan: CyclePlan, latest: Revision | None, store: Store, digests: Mapping[str, str]) -> Kept:
    """What the latest revision of a cycle observed of datasets that have not changed since."""
    before = latest.inputs.get("measured") if latest is not None else None
    if latest is None or not isinstance(before, Mapping):
        return Kept()
    unchanged = {dataset for dataset, digest in digests.items() if before.get(dataset) == digest}
    if not unchanged:
        return Kept()
    place = (plan.programme.id, plan.period.label, latest.number)
    records = {record.dataset: record for record in store.read_sources(*place)}
    dataset_of = {
        (request.checklist, request.item): dataset
        for dataset in unchanged & records.keys()
        for request in plan.measurable.requests[dataset]
    }
    kept: dict[str, list[Observation]] = {dataset: [] for dataset in unchanged & records.keys()}
    for seen in store.read_observations(*place):
        dataset = dataset_of.get((seen.checklist, seen.item))
        if dataset is not None:
            kept[dataset].append(seen)
    return Kept(
        records={dataset: records[dataset] for dataset in kept},
        observations={dataset: tuple(seen) for dataset, seen in kept.items()},
    )
