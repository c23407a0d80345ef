"""How strictly the lots of a checklist are looked at, by what became of those before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqaudit.model.sample import Inspection
from sqaudit.model.score import Status
from sqaudit.sampling.switching import Switching, after_lot
from sqaudit.workflow.judging.acceptance import FORMULA

if TYPE_CHECKING:
    from sqaudit.store.engine import Store

_ACCEPTED = (Status.PASS, Status.NOT_APPLICABLE)


def inspections_before(store: Store, programme: str, checklist: str, start: datetime) -> dict[str, Inspection]:
    """By site, how the lot of a period that begins then is to be looked at, where there were lots before.

    Once inspection is discontinued it goes on as if tightened, from the beginning: an audit does not look away, and
    what it then accepts shows that things were put right. Lots that count in no trend do not count here.
    """
    starts = {cycle.period: cycle.start for cycle in store.list_cycles(programme) if cycle.is_regular}
    lots: defaultdict[str, defaultdict[str, set[Status]]] = defaultdict(lambda: defaultdict(set))
    for key, site, status in store.read_statuses(programme, checklist, FORMULA):
        if key.period in starts and starts[key.period] < start:
            lots[site][key.period].add(status)
    return {site: _inspection(by_period) for site, by_period in lots.items()}


def _inspection(by_period: Mapping[str, Collection[Status]]) -> Inspection:
    """Where a series of lots leads, the earliest first."""
    state = Switching()
    for statuses in by_period.values():
        accepted = _is_accepted(statuses)
        if accepted is not None:
            resumed = state.inspection is Inspection.DISCONTINUED
            state = after_lot(Switching(inspection=Inspection.TIGHTENED) if resumed else state, accepted)
    return state.inspection


def _is_accepted(statuses: Collection[Status]) -> bool | None:
    """Whether a lot was accepted, by its items: one that fails rejects it; ``None`` while it is not decided."""
    if Status.FAIL in statuses:
        return False
    return True if Status.PASS in statuses and all(status in _ACCEPTED for status in statuses) else None
