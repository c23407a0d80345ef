"""Collected cycles as the store keeps them, each with its own documents, all under the ids of the newest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sqaudit.documents.renaming import Renames, renames_between, under_new_ids
from sqaudit.documents.resolving import ResolvedProgramme
from sqaudit.model.erasure import LEAD
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Cycle, Site
from sqaudit.workflow.context import Context
from sqaudit.workflow.levels import CollectedCycle
from sqaudit.workflow.measurable import Measurable, make_measurable
from sqaudit.workflow.score import frozen_documents

if TYPE_CHECKING:
    from sqaudit.store.engine import Store


def read_cycles(context: Context, store: Store, cycles: Sequence[Cycle]) -> list[CollectedCycle]:
    """The newest revisions of cycles, in their order; an item that was renamed between them has one id in all."""
    return list(each_cycle(context, store, cycles))


def each_cycle(context: Context, store: Store, cycles: Sequence[Cycle]) -> Iterator[CollectedCycle]:
    """The same one by one, so that the observations of many cycles are never held together."""
    documents = SharedDocuments(context, store, cycles)
    for cycle in cycles:
        place = (cycle.programme, cycle.period, cycle.revisions[-1].number)
        sites = store.read_sites(*place)
        renames = documents.renames(cycle)
        yield CollectedCycle(
            measurable=documents.measurable(cycle, sites),
            sites=sites,
            observations=observed_under(renames, store.read_observations(*place)),
            renames=renames,
        )


class SharedDocuments:
    """What the newest revisions of cycles were made with: the same documents are read and checked only once."""

    def __init__(self, context: Context, store: Store, cycles: Sequence[Cycle]) -> None:
        self._context = context
        self._frozen: dict[str, ResolvedProgramme] = {}
        for cycle in cycles:
            key = _documents_of(cycle)
            if key not in self._frozen:
                self._frozen[key] = frozen_documents(store, cycle, cycle.revisions[-1].number)
        self._renames = {key: _renames_of(one, list(self._frozen.values())) for key, one in self._frozen.items()}
        self._measurables: dict[tuple[str, tuple[str, ...]], Measurable] = {}

    def renames(self, cycle: Cycle) -> Renames:
        """The ids that items and criteria of a cycle have in newer ones."""
        return self._renames[_documents_of(cycle)]

    def measurable(self, cycle: Cycle, sites: Sequence[Site]) -> Measurable:
        """The programme of a cycle under the newest ids; conditions may read the attributes of these sites."""
        document = _documents_of(cycle)
        key = (document, tuple(sorted({name for site in sites for name in site.attributes})))
        if key not in self._measurables:
            resolved = under_new_ids(self._frozen[document], self._renames[document])
            self._measurables[key] = make_measurable(resolved, self._context.host, sites)
        return self._measurables[key]


def _documents_of(cycle: Cycle) -> str:
    """What tells the documents of a cycle's newest revision from others."""
    inputs = cycle.revisions[-1].inputs
    return json.dumps([inputs["documents"], inputs.get(LEAD)], sort_keys=True)


def read_measurables(context: Context, store: Store, cycles: Sequence[Cycle]) -> list[Measurable]:
    """The programmes of the newest revisions of cycles, in their order, under the same ids as in ``read_cycles``."""
    documents = SharedDocuments(context, store, cycles)
    return [
        documents.measurable(one, store.read_sites(one.programme, one.period, one.revisions[-1].number))
        for one in cycles
    ]


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
