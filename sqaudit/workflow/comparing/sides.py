"""One of the two cycles: its values and scores in every place of a level, from the store alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from msgspec import Struct

from sqaudit.model.programme import Cycle, Site
from sqaudit.model.score import NOTHING_SCORED, ItemResult, Level, Score
from sqaudit.scoring.exact import weighted_mean
from sqaudit.store.engine import Store
from sqaudit.workflow.comparing.changes import Kind
from sqaudit.workflow.judging import ScoredCycle
from sqaudit.workflow.levels import LEVELS, SITE, CollectedCycle, pool_cycles
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.score import judge_revision

_OF_PLACE = dict(zip(LEVELS, (Level.AUDIT, Level.REGION, Level.PROGRAMME), strict=True))


class PlaceScore(Struct, frozen=True, kw_only=True):
    """A score of a place, or of one of its dimensions; ``None`` with a ``reason``."""

    score: Decimal | None
    coverage: Decimal | None
    reason: str | None


ScoreKey = tuple[str, Kind, str]


class Side(Struct, frozen=True, kw_only=True):
    """The newest revision of a cycle: results by place and item, scores by place, kind and id."""

    cycle: Cycle
    measurable: Measurable
    sites: Sequence[Site]
    results: Mapping[tuple[str, str], ItemResult]
    scores: Mapping[ScoreKey, PlaceScore]

    @property
    def revision(self) -> int:
        """The number of its newest revision."""
        return self.cycle.revisions[-1].number

    @property
    def days(self) -> int:
        """How many days its period has, in the project's zone."""
        zone = ZoneInfo(self.measurable.programme.timezone)
        return (self.cycle.end.astimezone(zone).date() - self.cycle.start.astimezone(zone).date()).days


def read_side(store: Store, cycle: Cycle, collected: CollectedCycle, level: str) -> Side:
    """Everything of a cycle that can be compared at a level."""
    measurable, sites = collected.measurable, collected.sites
    scored = judge_revision(store, measurable, cycle, cycle.revisions[-1].number, collected.observations)
    if level == SITE:
        results = {(result.site, result.item): result for result in scored.results}
    else:
        results = {(one.place, one.result.item): one.result for one in pool_cycles([collected], level)}
    return Side(
        cycle=cycle,
        measurable=measurable,
        sites=sites,
        results=results,
        scores=_scores(scored, measurable, sites, level),
    )


def _scores(
    scored: ScoredCycle, measurable: Measurable, sites: Sequence[Site], level: str
) -> dict[ScoreKey, PlaceScore]:
    """The scores of the places, each followed by its dimensions in the standard's order."""
    weights = {site.id: scored.lift.weight(site) for site in sites}
    members: defaultdict[str, list[str]] = defaultdict(list)
    for site in sites:
        place = site.id if level == SITE else site.region if level == "region" else measurable.programme.id
        if place is not None:
            members[place].append(site.id)
    of_dimension = {(one.site, one.id): one for one in scored.scores if _is_of(one, Level.DIMENSION)}
    found: dict[ScoreKey, PlaceScore] = {}
    for whole in scored.scores:
        if not _is_of(whole, _OF_PLACE[level]):
            continue
        found[whole.id, Kind.SCORE, whole.id] = PlaceScore(
            score=whole.score, coverage=whole.coverage, reason=whole.reason
        )
        for dimension in measurable.programme.standard.dimensions:
            parts = [
                (weights[site], of_dimension[site, dimension])
                for site in members[whole.id]
                if (site, dimension) in of_dimension
            ]
            if parts:
                found[whole.id, Kind.DIMENSION, dimension] = _lifted(parts)
    return found


def _is_of(score: Score, level: Level) -> bool:
    return score.level is level and not score.subject


def _lifted(parts: Sequence[tuple[Decimal, Score]]) -> PlaceScore:
    """A dimension over sites, as reports show it: the mean by what each site counts."""
    score = weighted_mean((weight, one.score) for weight, one in parts if one.score is not None)
    reasons = {one.reason for _, one in parts} if len(parts) == 1 else {NOTHING_SCORED}
    return PlaceScore(
        score=score,
        coverage=weighted_mean((weight, one.coverage or Decimal(0)) for weight, one in parts),
        reason=None if score is not None else reasons.pop(),
    )
