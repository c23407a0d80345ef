"""The samples that a cycle rests on: the newest of each checklist whose drawn subjects people are asked about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqaudit.model.programme import Programme
from sqaudit.model.sample import SampleRecord, Unit
from sqaudit.store.engine import Store


def newest_samples(store: Store, programme: Programme, period: str) -> dict[str, SampleRecord]:
    """The newest sample of each checklist that needs one, by checklist; those not drawn yet are not there."""
    wanted = {checklist.id for checklist in programme.checklists if checklist.asks_of_subjects}
    if not wanted:
        return {}
    return {one.checklist: one for one in store.list_samples(programme.id, period, None) if one.checklist in wanted}


def kept_samples(store: Store, inputs: Mapping[str, object]) -> dict[str, SampleRecord]:
    """The samples that a revision was made with."""
    noted = inputs.get("samples") or {}
    assert isinstance(noted, Mapping)  # noqa: S101 - written by us
    found = (store.find_sample(identity) for identity in noted.values())
    return {one.checklist: one for one in found if one is not None}


def units_by_site(sample: SampleRecord | None) -> Mapping[str, list[Unit]]:
    """What was drawn at each site, in the order of the draw."""
    by_site: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in () if sample is None else sample.draw.units:
        by_site[unit.site].append(unit)
    return by_site
