"""Observations to scores: reads the store alone, so that it can be repeated any day with the same bytes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, field

from sqaudit.model.evidence import Observation
from sqaudit.model.finding import Sighting
from sqaudit.model.programme import Site
from sqaudit.model.sample import SampleRecord
from sqaudit.model.score import ItemResult, Score
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.lifting import Lift, score_programme, score_regions
from sqaudit.scoring.rating import rate_audit, rate_by_score
from sqaudit.scoring.sightings import find_sightings
from sqaudit.scoring.views import score_views
from sqaudit.workflow.judging.lifting import Audited, lift_of
from sqaudit.workflow.judging.seen import Seen, sort_observations
from sqaudit.workflow.judging.sites import judge_site
from sqaudit.workflow.judging.subjects import Panel, panels_of
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.overlays import at_site


class ScoredCycle(Struct, frozen=True, kw_only=True):
    """Everything that judging a cycle makes: one result per item and site, scores at every level, failed criteria.

    ``parts`` are the results of subjects, groups and auditors, which stand beside those of their site. ``lift`` says
    how the sites' scores were lifted.
    """

    results: tuple[ItemResult, ...]
    scores: tuple[Score, ...]
    sightings: tuple[Sighting, ...]
    parts: tuple[ItemResult, ...] = ()
    lift: Lift = field(default_factory=Lift)


def score_cycle(  # noqa: PLR0913 - everything that a cycle rests on
    measurable: Measurable,
    sites: Sequence[Site],
    observations: Sequence[Observation],
    *,
    selected: Collection[str] = (),
    repeated: Mapping[str, Collection[str]] = MappingProxyType({}),
    samples: Mapping[str, SampleRecord] = MappingProxyType({}),
) -> ScoredCycle:
    """Judge what was observed. Pure: the same values in any order give the same outcome.

    Args:
        measurable: The programme with its questions.
        sites: All sites of the cycle.
        observations: What was collected, one per item and site looked at, beside those of subjects and groups.
        selected: Ids of the sites that were looked at; empty: all.
        repeated: By site, the items that a follow-up audit looked at; empty: all.
        samples: What was drawn to be looked at, by checklist.
    """
    programme = measurable.programme
    observed = sort_observations(observations)
    panels: dict[int, tuple[Panel, ...]] = {}
    audited: dict[str, Audited] = {}
    results: list[ItemResult] = []
    parts: list[ItemResult] = []
    scores: list[Score] = []
    ordered = sorted(sites, key=lambda site: site.id)
    everything = frozenset(question.item.id for question in measurable.questions)
    for site in ordered:
        seen = observed.get(site.id) or Seen()
        looked_at = frozenset(repeated.get(site.id, ())) if repeated else everything
        here = looked_at if not selected or site.id in selected else frozenset[str]()
        asked = at_site(measurable, site)
        if id(asked) not in panels:
            panels[id(asked)] = panels_of(asked, samples)
        judged = judge_site(asked, panels[id(asked)], site, seen, here)
        standard = asked.programme.standard
        rolled_up = score_audit(standard, site.id, judged.results, measurable.bonuses)
        audit = rate_audit(measurable.scale, rolled_up.audit, judged.results)
        audited[site.id] = Audited(audit, judged.results, seen)
        results += judged.results
        parts += judged.parts
        views = score_views(standard, site.id, rolled_up.criteria, judged.results, measurable.bonuses)
        scores += [*judged.scores, *rolled_up.criteria, *rolled_up.dimensions, *views, audit]
    lift = lift_of(measurable, audited)
    audits = {site: one.audit for site, one in audited.items()}
    scores += [rate_by_score(measurable.scale, score) for score in score_regions(ordered, audits, lift)]
    scores.append(rate_by_score(measurable.scale, score_programme(programme.id, ordered, audits, lift)))
    return ScoredCycle(
        results=tuple(results),
        scores=tuple(scores),
        sightings=find_sightings(results),
        parts=tuple(parts),
        lift=lift,
    )
