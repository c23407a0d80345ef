"""What of a cycle's scores is chance: limits of usual variation, and the ranks that sites may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from sqaudit.documents.periods import first_day
from sqaudit.errors import InvalidDocuments, Message, msg
from sqaudit.model.programme import Cycle, Site
from sqaudit.model.report import Figures, SiteRow
from sqaudit.model.report_parts import ReferenceRow, TrendRow
from sqaudit.model.target import Direction
from sqaudit.model.trend import Trend
from sqaudit.store.engine import Store
from sqaudit.workflow.context import Context
from sqaudit.workflow.judging import ScoredCycle
from sqaudit.workflow.levels import SITE
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.ranking.placing import RankedSite, place_sites
from sqaudit.workflow.ranking.reading import JudgedCycle, score_values
from sqaudit.workflow.trend import PROGRAMME
from sqaudit.workflow.trending.reading import ScoresOf, read_score_values
from sqaudit.workflow.trending.series import TrendPoint, TrendSeries, make_series
from sqaudit.workflow.trending.words import signal_words


class Usual(Struct, frozen=True, kw_only=True):
    """What was expected of the scores of each period, by site; of the programme under ``None``.

    ``unknown`` says why nothing was expected of the programme's newest one, ``references`` what others reach.
    """

    unknown: Message | None = None
    references: tuple[ReferenceRow, ...] = ()
    points: Mapping[str | None, Mapping[str, TrendPoint]] = field(default_factory=dict)

    def with_limits(self, site: str | None, rows: Sequence[TrendRow]) -> tuple[TrendRow, ...]:
        """The rows of a trend with what was expected of them."""
        own = self.points.get(site, {})
        found: list[TrendRow] = []
        last: int | None = None
        for row in rows:
            point = own.get(row.period)
            if point is None:
                found.append(row)
                continue
            found.append(
                replace(
                    row,
                    centre=_exact(point.centre),
                    low=_exact(point.low),
                    high=_exact(point.high),
                    signals=tuple(signal_words(one) for one in point.signals),
                    begins_phase=last is not None and last != point.stretch,
                )
            )
            last = point.stretch
        return tuple(found)

    def judged(self, site: str | None, period: str, figures: Figures) -> Figures:
        """Figures that say whether they lie within the usual variation, where that is known."""
        point = self.points.get(site, {}).get(period)
        if point is None or point.centre is None or point.value is None:
            return figures
        return replace(figures, usual=not point.signals)


def read_usual(
    context: Context, store: Store, cycle: Cycle, measurable: Measurable, scores: Mapping[str, ScoresOf]
) -> Usual:
    """What was to be expected of the scores up to a cycle, by level; nothing of one that counts in no trend.

    A programme's document that has errors, or is gone, is read as if it said nothing under ``trend``.
    """
    unit = measurable.programme.period
    cycles = [
        one
        for one in store.list_cycles(cycle.programme)
        if one.revisions and one.is_regular and one.end <= cycle.end and first_day(one.period, unit) is not None
    ]
    if cycle.period not in {one.period for one in cycles}:
        return Usual()
    try:
        trend = context.library.trend_of(cycle.programme)
    except InvalidDocuments:
        trend = Trend()
    points: dict[str | None, dict[str, TrendPoint]] = {}
    unknown = None
    for level in (PROGRAMME, SITE):
        read = read_score_values(context, store, cycles, scores[level])
        for place, seen in read.places.items():
            series = make_series(place, None, seen, trend, Direction.HIGHER)
            if level == PROGRAMME:
                unknown = _why_unknown(series)
            points[None if level == PROGRAMME else place] = {one.period: one for one in series.points}
    references = tuple(
        ReferenceRow(title=one.title, score=Decimal(repr(one.value)), source=one.source)
        for one in trend.references_of(None)
    )
    return Usual(points=points, unknown=unknown, references=references)


def _why_unknown(series: TrendSeries) -> Message | None:
    last = series.stretches[-1] if series.stretches else None
    if last is None or last.reason is None:
        return None
    if last.missing:
        return msg(
            "what is usual is not known yet: {needed} cycles tell, and there are {known}",
            needed=last.baseline,
            known=last.known,
        )
    return msg("what is usual is not known: nothing varied so far")


def ranked_sites(
    cycle: Cycle, measurable: Measurable, scored: ScoredCycle, sites: Mapping[str, Site]
) -> dict[str, RankedSite]:
    """The sites by id, with the ranks that chance leaves them."""
    judged = JudgedCycle(
        cycle=cycle,
        measurable=measurable,
        scored=scored,
        weights={site.id: float(scored.lift.weight(site)) for site in sites.values()},
        called={},
    )
    return {one.site: one for one in place_sites(score_values(judged), Direction.HIGHER).sites}


def with_rank(row: SiteRow, ranked: RankedSite | None) -> SiteRow:
    """A site's row with the ranks that it may have, and the interval of its score."""
    if ranked is None or ranked.best is None:
        return row
    return replace(
        row,
        rank_low=ranked.best,
        rank_high=ranked.worst,
        low=_exact(ranked.low),
        high=_exact(ranked.high),
        stands_out=ranked.is_good,
    )


def _exact(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(repr(number))
