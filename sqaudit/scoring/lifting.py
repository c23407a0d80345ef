"""Audit scores to regions and the programme, in the way that the programme's ``summary`` says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from sqaudit.model.checklist import SummaryKind
from sqaudit.model.programme import Site
from sqaudit.model.score import NOTHING_SCORED, Level, Score
from sqaudit.scoring.aggregation import roll_up
from sqaudit.scoring.exact import FULL, NOTHING, weighted_mean


class Lift(Struct, frozen=True, kw_only=True):
    """How many scores become one.

    ``volumes`` are the rows seen at each site, for VOLUME. ``holds`` says of each audit whether the condition of SHARE
    does; audits of which that is not known are not there. ``failure`` is why the condition cannot be worked out.
    """

    kind: SummaryKind = SummaryKind.MEAN
    volumes: Mapping[str, int] = field(default_factory=dict)
    holds: Mapping[str, bool] = field(default_factory=dict)
    failure: str | None = None

    def weight(self, site: Site) -> Decimal:
        """What a site counts in the mean."""
        return Decimal(self.volumes.get(site.id, 0)) if self.kind is SummaryKind.VOLUME else site.weight


MEAN = Lift()


def score_regions(sites: Sequence[Site], audits: Mapping[str, Score], lift: Lift = MEAN) -> tuple[Score, ...]:
    """The score of each region from the audits of its sites; sites without region are in none."""
    members = defaultdict(list)
    for site in sites:
        if site.region is not None:
            members[site.region].append(site)
    return tuple(_lifted(Level.REGION, region, members[region], audits, lift) for region in sorted(members))


def score_programme(programme: str, sites: Sequence[Site], audits: Mapping[str, Score], lift: Lift = MEAN) -> Score:
    """The score of all audits."""
    return _lifted(Level.PROGRAMME, programme, sites, audits, lift)


def _lifted(level: Level, identity: str, sites: Sequence[Site], audits: Mapping[str, Score], lift: Lift) -> Score:
    whole = roll_up(level, identity, None, [replace(audits[site.id], weight=lift.weight(site)) for site in sites])
    if lift.kind is SummaryKind.WORST:
        score = min((own for site in sites if (own := audits[site.id].score) is not None), default=None)
    elif lift.kind is SummaryKind.SHARE:
        known = [lift.holds[site.id] for site in sites if site.id in lift.holds]
        score = weighted_mean((Decimal(1), FULL if holds else NOTHING) for holds in known)
        if lift.failure is not None:
            return replace(whole, score=None, raw_score=None, reason=lift.failure)
    else:
        return whole
    return replace(whole, score=score, raw_score=score, reason=NOTHING_SCORED if score is None else None)
