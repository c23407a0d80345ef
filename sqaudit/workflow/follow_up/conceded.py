"""Which failures are let off, by the concessions in the store."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from sqaudit.model.concession import Concession
from sqaudit.store.cycles import RevisionKey
from sqaudit.workflow.follow_up.places import Places
from sqaudit.workflow.judged_by import JudgedBy


class Conceded(Struct):
    """Answers whether a failure in a cycle is conceded: on the cycle's last day, in the site's zone."""

    judged_by: JudgedBy
    _concessions: dict[str, Sequence[Concession]] = field(default_factory=dict)
    _places: dict[RevisionKey, Places] = field(default_factory=dict)

    def find(self, key: RevisionKey, site: str | None, criterion: str | None) -> Concession | None:
        """The concession that lets a failure off; ``None`` if none does."""
        if criterion is None:
            return None
        held = [one for one in self._held(key.programme) if one.criterion == criterion and one.site in {None, site}]
        if not held:
            return None
        places = self._places_of(key)
        day, zone = places.last_day(self.judged_by.cycle(key), site), places.zone_of(site)
        return next((one for one in held if one.is_in_force(day, zone)), None)

    def _held(self, programme: str) -> Sequence[Concession]:
        if programme not in self._concessions:
            self._concessions[programme] = self.judged_by.store.list_concessions(programme)
        return self._concessions[programme]

    def _places_of(self, key: RevisionKey) -> Places:
        if key not in self._places:
            sites = self.judged_by.store.read_sites(key.programme, key.period, key.number)
            self._places[key] = Places(programme=self.judged_by.programme(key), sites={site.id: site for site in sites})
        return self._places[key]
