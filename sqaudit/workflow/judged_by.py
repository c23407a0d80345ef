"""The standards that revisions were judged by, each read once."""

from __future__ import annotations

from msgspec import Struct, field

from sqaudit.documents.building import build_programme
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.programme import Cycle, Programme, Site
from sqaudit.model.standard import Criterion, Standard
from sqaudit.store.cycles import RevisionKey
from sqaudit.store.engine import Store
from sqaudit.workflow.overlays import standard_at
from sqaudit.workflow.score import frozen_documents


class JudgedBy(Struct):
    """The cycles, programmes and standards behind rows of the store."""

    store: Store
    _cycles: dict[tuple[str, str], Cycle] = field(default_factory=dict)
    _programmes: dict[RevisionKey, Programme] = field(default_factory=dict)
    _sites: dict[RevisionKey, tuple[Site, ...]] = field(default_factory=dict)

    def cycle(self, key: RevisionKey) -> Cycle:
        """The cycle of a revision; raises ``InvalidInput`` if it is gone."""
        name = (key.programme, key.period)
        if name not in self._cycles:
            found = self.store.read_cycle(*name)
            if found is None:
                raise no_cycle(*name)
            self._cycles[name] = found
        return self._cycles[name]

    def programme(self, key: RevisionKey) -> Programme:
        """The programme as it was in a revision."""
        if key not in self._programmes:
            self._programmes[key] = build_programme(frozen_documents(self.store, self.cycle(key), key.number))
        return self._programmes[key]

    def standard(self, key: RevisionKey) -> Standard:
        """The standard that a revision was judged by."""
        return self.programme(key).standard

    def criterion(self, key: RevisionKey, site: str | None, criterion: str) -> Criterion | None:
        """A criterion as a revision had it at a site; ``None`` if it had none of this id."""
        programme = self.programme(key)
        known = programme.criteria.get(criterion)
        if not programme.overlays or site is None:
            return known
        if key not in self._sites:
            self._sites[key] = tuple(self.store.read_sites(key.programme, key.period, key.number))
        sites = self._sites[key]
        place = next((one for one in sites if one.id == site), None)
        return known if place is None else standard_at(programme, place, sites).criteria.get(criterion, known)


def no_cycle(programme: str, period: str) -> InvalidInput:
    """The refusal of a cycle that is not in the store."""
    return InvalidInput(
        "SQA706",
        msg("programme '{programme}' has no collected cycle {period}", programme=programme, period=period),
        msg("`sqaudit cycle list` shows those there are"),
    )
