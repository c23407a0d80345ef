"""What was observed at each site, sorted for judging."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct, field

from sqaudit.model.evidence import Observation
from sqaudit.model.score import Level


class Seen(Struct, frozen=True):
    """The observations of one site by item: of the whole site, of its subjects, of its groups.

    Those of ``auditors`` are answers to one question, each in a series of its own.
    """

    whole: dict[str, Observation] = field(default_factory=dict)
    subjects: defaultdict[str, list[Observation]] = field(default_factory=lambda: defaultdict(list))
    groups: defaultdict[str, list[Observation]] = field(default_factory=lambda: defaultdict(list))
    auditors: defaultdict[str, list[Observation]] = field(default_factory=lambda: defaultdict(list))

    def answers(self) -> dict[str, list[Observation]]:
        """What was observed of the whole site by item, with all answers to one question together."""
        found = {item: [one] for item, one in self.whole.items()}
        for item, own in self.auditors.items():
            found[item] = [*found.get(item, ()), *own]
        return found


def sort_observations(observations: Iterable[Observation]) -> dict[str, Seen]:
    """What was seen at each site; levels above the site are left out."""
    sorted_: dict[str, Seen] = {}
    for one in observations:
        if one.level is not Level.AUDIT:
            continue
        seen = sorted_.get(one.site)
        if seen is None:
            seen = sorted_[one.site] = Seen()
        if one.subject:
            seen.subjects[one.item].append(one)
        elif one.group:
            seen.groups[one.item].append(one)
        elif one.auditor:
            seen.auditors[one.item].append(one)
        else:
            seen.whole[one.item] = one
    return sorted_
