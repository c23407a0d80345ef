"""The cycles before and after a fix, and what was measured in them at the sites that it is about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.documents.renaming import renames_between, under_new_ids
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.programme import Cycle
from sqaudit.model.score import ItemResult, Level
from sqaudit.store.engine import Store
from sqaudit.workflow.collected import observed_under
from sqaudit.workflow.context import Context
from sqaudit.workflow.levels import SITE, CollectedCycle, pool_cycles
from sqaudit.workflow.measurable import Measurable, make_measurable
from sqaudit.workflow.score import frozen_documents, judge_revision

PROGRAMME = "programme"


class Window(Struct, frozen=True, kw_only=True):
    """Some cycles in a row, never none, with the results of their items by place; of several cycles, pooled."""

    cycles: Sequence[Cycle]
    measurable: Measurable
    results: Mapping[tuple[str, str], ItemResult]

    @property
    def days(self) -> int:
        """How many days there are in it."""
        zone = ZoneInfo(self.measurable.programme.timezone)
        return sum((one.end.astimezone(zone).date() - one.start.astimezone(zone).date()).days for one in self.cycles)


class Windows:
    """The windows that the actions of one question look into, each read once."""

    def __init__(self, context: Context, store: Store, newest: Cycle) -> None:
        self._context, self._store = context, store
        self._today = frozen_documents(store, newest, newest.revisions[-1].number)
        self._names: dict[str, str] = {}
        self._collected: dict[str, CollectedCycle] = {}
        self._windows: dict[tuple[tuple[str, ...], str, frozenset[str], bool], Window] = {}

    def name_of(self, item: str) -> str:
        """What an item is called in the newest cycle, by its id in one of the cycles that were read."""
        return self._names.get(item, item)

    def without(self, cycles: Sequence[Cycle], level: str, sites: Collection[str]) -> Window:
        """What was measured at all sites but these: at each of them, or of all together."""
        return self._window(cycles, level, frozenset(sites), among=False)

    def among(self, cycles: Sequence[Cycle], sites: Collection[str]) -> Window:
        """What was measured at these sites together."""
        return self._window(cycles, PROGRAMME, frozenset(sites), among=True)

    def _window(self, cycles: Sequence[Cycle], level: str, sites: frozenset[str], *, among: bool) -> Window:
        key = (tuple(one.period for one in cycles), level, sites, among)
        if key not in self._windows:
            kept = [_of_sites(self._read(one), lambda site: (site in sites) is among) for one in cycles]
            self._windows[key] = Window(
                cycles=cycles, measurable=kept[-1].measurable, results=self._results(cycles, kept, level)
            )
        return self._windows[key]

    def _results(
        self, cycles: Sequence[Cycle], kept: Sequence[CollectedCycle], level: str
    ) -> dict[tuple[str, str], ItemResult]:
        if level == SITE and len(cycles) == 1:
            number = cycles[0].revisions[-1].number
            scored = judge_revision(self._store, kept[0].measurable, cycles[0], number, kept[0].observations)
            return {(one.site, one.item): one for one in scored.results}
        return {(one.place, one.result.item): one.result for one in pool_cycles(kept, level)}

    def _read(self, cycle: Cycle) -> CollectedCycle:
        """A cycle under the ids of the newest one."""
        if cycle.period not in self._collected:
            place = (cycle.programme, cycle.period, cycle.revisions[-1].number)
            frozen, sites = frozen_documents(self._store, cycle, place[-1]), self._store.read_sites(*place)
            renames = renames_between(frozen, self._today)
            self._names |= renames.items
            self._collected[cycle.period] = CollectedCycle(
                measurable=make_measurable(under_new_ids(frozen, renames), self._context.host, sites),
                sites=sites,
                observations=observed_under(renames, self._store.read_observations(*place)),
                renames=renames,
            )
        return self._collected[cycle.period]


def _of_sites(collected: CollectedCycle, holds: Callable[[str], bool]) -> CollectedCycle:
    """A cycle as if there were these sites alone; what was measured above them is of all, and goes if one does."""
    sites = [site for site in collected.sites if holds(site.id)]
    if len(sites) == len(collected.sites):
        return collected
    observations = [one for one in collected.observations if one.level is Level.AUDIT]
    return replace(collected, sites=sites, observations=observations)


def scored_cycles(store: Store, programme: str) -> list[Cycle]:
    """The cycles of a programme that count in trends, of which the newest revision is scored, the earliest first."""
    return [one for one in _scored(store, programme) if one.is_regular]


def follow_up_audits(store: Store, programme: str) -> list[Cycle]:
    """The follow-up audits of a programme of which the newest revision is scored, the earliest first."""
    return [one for one in _scored(store, programme) if one.is_follow_up]


def cycles_since(cycles: Sequence[Cycle], day: date, zone: ZoneInfo) -> list[Cycle]:
    """Those that begin on a day or later: what was carried out on that day lies before all of them."""
    return [one for one in cycles if one.start.astimezone(zone).date() >= day]


def _scored(store: Store, programme: str) -> list[Cycle]:
    return [
        one
        for one in store.list_cycles(programme)
        if one.revisions and store.is_scored(one.programme, one.period, one.revisions[-1].number)
    ]


def find_baseline(cycles: Sequence[Cycle], label: str, programme: str) -> int:
    """The place of a baseline's last cycle among those of a programme.

    Raises:
        InvalidInput: It is none of them.
    """
    for place, one in enumerate(cycles):
        if one.period == label:
            return place
    raise InvalidInput(
        "SQA879",
        msg("programme '{programme}' has no scored cycle {period}", programme=programme, period=label),
        msg("name one for the baseline; `sqaudit cycle list --programme {programme}` shows them", programme=programme),
    )
