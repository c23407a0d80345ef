"""Collected cycles as the store keeps them, each with its own documents, all under the ids of the newest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sqaudit.documents.renaming import Renames, renames_between, under_new_ids
from sqaudit.documents.resolving import ResolvedProgramme
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Cycle
from sqaudit.workflow.context import Context
from sqaudit.workflow.levels import CollectedCycle
from sqaudit.workflow.measurable import make_measurable
from sqaudit.workflow.score import frozen_documents

if TYPE_CHECKING:
    from sqaudit.store.engine import Store


def read_cycles(context: Context, store: Store, cycles: Sequence[Cycle]) -> list[CollectedCycle]:
    """The newest revisions of cycles, in their order; an item that was renamed between them has one id in all."""
    frozen = [frozen_documents(store, cycle, cycle.revisions[-1].number) for cycle in cycles]
    read = []
    for cycle, documents in zip(cycles, frozen, strict=True):
        renames = _renames_of(documents, frozen)
        place = (cycle.programme, cycle.period, cycle.revisions[-1].number)
        sites = store.read_sites(*place)
        read.append(
            CollectedCycle(
                measurable=make_measurable(under_new_ids(documents, renames), context.host, sites),
                sites=sites,
                observations=observed_under(renames, store.read_observations(*place)),
                renames=renames,
            )
        )
    return read


def observed_under(renames: Renames, observations: Sequence[Observation]) -> Sequence[Observation]:
    """What was observed, under the ids that the items have now."""
    if not renames.items:
        return observations
    return [replace(one, item=renames.items.get(one.item, one.item)) for one in observations]


def _renames_of(documents: ResolvedProgramme, all_: Iterable[ResolvedProgramme]) -> Renames:
    """What others call otherwise than these documents, the newer ones before the older."""
    found = [renames_between(documents, other) for other in all_ if other is not documents]
    return Renames(
        items={old: new for one in found for old, new in one.items.items()},
        criteria={old: new for one in found for old, new in one.criteria.items()},
    )
