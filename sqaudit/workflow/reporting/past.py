"""The cycles before one: with which of them its scores are compared, and how they went until then."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain

from msgspec import Struct, field
from msgspec.structs import replace

from sqaudit.documents.building import build_programme
from sqaudit.model.checklist import SummaryKind
from sqaudit.model.programme import Cycle, Site
from sqaudit.model.report import Figures
from sqaudit.model.report_parts import TrendRow
from sqaudit.model.score import Level, Score
from sqaudit.scoring.exact import weighted_mean
from sqaudit.scoring.lifting import Lift
from sqaudit.store.engine import Store
from sqaudit.workflow.collected import read_measurables
from sqaudit.workflow.comparing.changes import ONLY_AFTER, SCORING_CHANGED
from sqaudit.workflow.comparing.sameness import is_scored_alike
from sqaudit.workflow.context import Context
from sqaudit.workflow.score import frozen_documents, frozen_measurable, judge_revision
from sqaudit.workflow.trending.reading import ScoresOf

MOST_POINTS = 24

# A level, a site (none above it) and an id, as a score has them; a part without a site is that of the programme.
Key = tuple[Level, str | None, str]
PARTS = frozenset({Level.DIMENSION, Level.VIEW})


class Past(Struct, frozen=True, kw_only=True):
    """What was before a cycle: ``period`` is that of the cycle before, ``scores`` are its scores.

    ``reason`` says why scores cannot be compared with those. ``trend`` has the cycles before by site, and those of the
    programme under ``None``.
    """

    period: str | None = None
    scores: Mapping[Key, Decimal | None] = field(default_factory=dict)
    reason: str | None = None
    trend: Mapping[str | None, tuple[TrendRow, ...]] = field(default_factory=dict)

    def compared(self, key: Key, figures: Figures) -> Figures:
        """Figures with those of the cycle before, and the change if the two were made alike."""
        if self.period is None:
            return figures
        previous, reason = self.scores.get(key), self.reason
        if key not in self.scores:
            reason = ONLY_AFTER
        known = figures.score is not None and previous is not None and reason is None
        change = figures.score - previous if known and figures.score is not None and previous is not None else None
        return replace(figures, previous=previous, change=change, change_reason=None if known else reason)

    def trend_of(self, site: str | None, now: TrendRow) -> tuple[TrendRow, ...]:
        """The cycles before and this one, the earliest first."""
        return (*self.trend.get(site, ()), now)


def read_past(context: Context, store: Store, cycle: Cycle, scores: Mapping[str, ScoresOf]) -> Past:
    """What was before a cycle; what counts in no trend has nothing before it.

    ``scores`` are those of the programme and of its sites in every cycle, by level.
    """
    if not cycle.is_regular:
        return Past()
    before = [one for one in store.list_cycles(cycle.programme) if _is_before(one, cycle)][-(MOST_POINTS - 1) :]
    if not before:
        return Past()
    previous = before[-1]
    found = [score for _, score in store.read_scores(cycle.programme, previous.period)]
    return Past(
        period=previous.period,
        scores=_scores(found, _weights(context, store, previous)),
        reason=None if _is_alike(context, store, previous, cycle) else SCORING_CHANGED,
        trend=_trend(scores.values(), before),
    )


def _is_before(one: Cycle, cycle: Cycle) -> bool:
    """Whether a cycle covers an earlier period of the same kind, such as another month."""
    same_kind = re.sub(r"\d", "0", one.period) == re.sub(r"\d", "0", cycle.period)
    return bool(one.revisions) and one.is_regular and same_kind and one.end <= cycle.start


def _scores(found: Sequence[Score], weights: Mapping[str, Decimal]) -> dict[Key, Decimal | None]:
    whole: dict[Key, Decimal | None] = {}
    parts: defaultdict[Key, list[Score]] = defaultdict(list)
    for score in found:
        if score.subject or score.level in {Level.SUBJECT, Level.CRITERION}:
            continue
        whole[key_of(score)] = score.score
        if score.level in PARTS:
            parts[key_of(score, above=True)].append(score)
    for key, own in parts.items():
        members = ((weights[one.site or ""], one.score) for one in own if one.score is not None)
        whole[key] = weighted_mean(members)
    return whole


def key_of(score: Score, *, above: bool = False) -> Key:
    """Where a score stands; ``above`` where that of the same part stands for all sites."""
    name = f"{score.view}:{score.id}" if score.view else score.id
    return score.level, None if above else score.site, name


def _weights(context: Context, store: Store, cycle: Cycle) -> dict[str, Decimal]:
    """What each site counts in the means of a cycle."""
    number = cycle.revisions[-1].number
    lift = Lift(kind=build_programme(frozen_documents(store, cycle, number)).summary.kind)
    if lift.kind is SummaryKind.VOLUME:
        lift = judge_revision(store, frozen_measurable(context, store, cycle, number), cycle, number).lift
    sites: Iterable[Site] = store.read_sites(cycle.programme, cycle.period, number)
    return {site.id: lift.weight(site) for site in sites}


def _is_alike(context: Context, store: Store, previous: Cycle, cycle: Cycle) -> bool:
    """Whether the scores of both were made in the same way, of the same items."""
    if previous.revisions[-1].inputs["documents"] == cycle.revisions[-1].inputs["documents"]:
        return True
    before, after = read_measurables(context, store, [previous, cycle])
    return is_scored_alike(before, after)


def _trend(scores: Iterable[ScoresOf], before: Sequence[Cycle]) -> dict[str | None, tuple[TrendRow, ...]]:
    places = {cycle.period: place for place, cycle in enumerate(before)}
    found: defaultdict[str | None, dict[int, TrendRow]] = defaultdict(dict)
    for key, score in chain.from_iterable(scores):
        if key.period in places:
            found[score.site][places[key.period]] = trend_row(key.period, score)
    return {site: tuple(rows[place] for place in sorted(rows)) for site, rows in found.items()}


def trend_row(period: str, score: Score) -> TrendRow:
    """One point of a trend."""
    return TrendRow(period=period, score=score.score, rating=score.rating, reason=score.reason)
