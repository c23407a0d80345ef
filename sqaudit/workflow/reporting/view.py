"""The view of one revision, put together from everything that was read of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.model.evidence import SourceRecord
from sqaudit.model.finding import Known, status_of
from sqaudit.model.programme import Cycle, Site
from sqaudit.model.report import (
    DimensionRow,
    Figures,
    FindingRow,
    RegionRow,
    ReportView,
    ResultRow,
    SiteRow,
    SourceRow,
    ViewRow,
)
from sqaudit.model.report_parts import TrendRow
from sqaudit.model.score import ItemResult, Level, Score, Status
from sqaudit.model.standard import View
from sqaudit.model.texts import plain
from sqaudit.reports.policies import policies_in_words
from sqaudit.scoring.exact import weighted_mean
from sqaudit.scoring.views import groups_of
from sqaudit.store.findings import SeenFinding
from sqaudit.workflow.calibration.flagging import flagged_rows
from sqaudit.workflow.collect import source_warnings
from sqaudit.workflow.context import Context
from sqaudit.workflow.judging import ScoredCycle
from sqaudit.workflow.left_out import left_out_warnings
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.reporting.costs import at_target, programme_costs, ranks, site_costs
from sqaudit.workflow.reporting.past import Past, key_of, trend_row
from sqaudit.workflow.reporting.usual import Usual, ranked_sites, with_rank
from sqaudit.workflow.rows import missed_at, misses


class Told(Struct, frozen=True):
    """A finding that a cycle shows, and whether it is let off."""

    seen: SeenFinding
    conceded: bool


class ViewBuilder:
    """The pieces of one view, looked up once."""

    def __init__(  # noqa: PLR0913, PLR0917  all that a cycle is made of
        self,
        context: Context,
        cycle: Cycle,
        measurable: Measurable,
        scored: ScoredCycle,
        sites: Mapping[str, Site],
        findings: Sequence[Told],
        noted: Sequence[Known],
        past: Past,
        usual: Usual,
    ) -> None:
        self.project = context.project
        self.cycle = cycle
        self.measurable = measurable
        self.programme = measurable.programme
        self.standard = measurable.programme.standard
        self.items = {question.item.id: question.item for question in measurable.questions}
        self.zone = ZoneInfo(measurable.programme.timezone)
        self.scored = scored
        self.sites = sites
        self.findings = findings
        self.noted = noted
        self.past = past
        self.usual = usual
        self.weights = {site.id: scored.lift.weight(site) for site in sites.values()}
        self.costs = site_costs(self.standard, scored.scores, scored.results, measurable.bonuses)
        self.scores: defaultdict[Level, list[Score]] = defaultdict(list)
        for score in scored.scores:
            self.scores[score.level].append(score)
        self.failed: defaultdict[str, list[ItemResult]] = defaultdict(list)
        for result in scored.results:
            if result.criterion is not None and result.status is Status.FAIL:
                self.failed[result.criterion].append(result)

    def build(self, records: Sequence[SourceRecord]) -> ReportView:
        """The view without what does not depend on its scores: actions, doubts, documents, decisions."""
        sites = self._sites()
        inputs = self.cycle.revisions[-1].inputs
        plugins = inputs.get("plugins")
        return ReportView(
            project=self.project.id,
            project_title=self.project.title,
            programme=self.programme.id,
            programme_title=self.programme.title,
            standard=self.standard.id,
            standard_title=self.standard.title,
            standard_version=self.standard.version,
            period=self.cycle.period,
            starts=self.cycle.start.astimezone(self.zone).isoformat(),
            ends=self.cycle.end.astimezone(self.zone).isoformat(),
            timezone=self.programme.timezone,
            revision=self.cycle.revisions[-1].number,
            state=self.cycle.state,
            figures=self._figures(self.scores[Level.PROGRAMME][0]),
            dimensions=self._dimensions(self.scores[Level.DIMENSION], across_sites=True),
            views=self._views(self.scores[Level.VIEW], across_sites=True),
            regions=tuple(
                RegionRow(
                    id=score.id,
                    sites=sum(site.region == score.id for site in self.sites.values()),
                    figures=self._figures(score),
                )
                for score in self.scores[Level.REGION]
            ),
            sites=sites,
            findings=(*(self._finding(one) for one in self.findings), *(self._noted(one) for one in self.noted)),
            results=tuple(self._result(result) for result in self.scored.results),
            sources=tuple(_source_row(record) for record in records),
            notes=tuple(policies_in_words(self.standard.scoring, self.items.values())),
            warnings=(*source_warnings(records), *left_out_warnings(self.cycle.revisions[-1].inputs)),
            flagged=tuple(flagged_rows(self.cycle.revisions[-1].inputs)),
            pilot=self.cycle.is_pilot,
            follow_up=self.cycle.is_follow_up,
            previous_period=self.past.period,
            usual_unknown=self.usual.unknown,
            references=self.usual.references,
            trend=self._trend(None, self.scores[Level.PROGRAMME][0]),
            criteria=programme_costs(self.standard, self.costs, self.weights),
            at_target=at_target(self.standard, sites),
            ranked=sum(row.rank is not None for row in sites),
            plugins=tuple(sorted(plugins.items())) if isinstance(plugins, Mapping) else (),
        )

    def _trend(self, site: str | None, score: Score) -> tuple[TrendRow, ...]:
        if not self.cycle.is_regular:
            return ()
        rows = self.past.trend_of(site, trend_row(self.cycle.period, score))
        return self.usual.with_limits(site, rows)

    def _figures(self, score: Score) -> Figures:
        titles = {rating.rating: rating.title for rating in self.standard.ratings}
        figures = Figures(
            score=score.score,
            raw_score=score.raw_score,
            rating=score.rating,
            rating_title=titles.get(score.rating) if score.rating else None,
            coverage=score.coverage,
            items=score.items,
            critical_failed=score.critical_failed,
            reason=score.reason,
        )
        compared = self.past.compared(key_of(score), figures)
        if score.level is Level.PROGRAMME or score.level is Level.AUDIT:
            return self.usual.judged(score.site, self.cycle.period, compared)
        return compared

    def _dimensions(self, scores: Sequence[Score], *, across_sites: bool = False) -> tuple[DimensionRow, ...]:
        by_id: defaultdict[str, list[Score]] = defaultdict(list)
        for score in scores:
            by_id[score.id].append(score)
        return tuple(
            DimensionRow(
                id=dimension.id,
                title=dimension.title,
                weight=dimension.weight,
                figures=self._mean(by_id[dimension.id]) if across_sites else self._figures(by_id[dimension.id][0]),
            )
            for dimension in self.standard.dimensions.values()
            if by_id[dimension.id]
        )

    def _views(self, scores: Sequence[Score], *, across_sites: bool = False) -> tuple[ViewRow, ...]:
        return tuple(
            ViewRow(
                id=view.tag,
                title=view.title,
                groups=tuple(self._groups(view, [one for one in scores if one.view == view.tag], above=across_sites)),
            )
            for view in self.standard.scoring.views
        )

    def _groups(self, view: View, scores: Sequence[Score], *, above: bool) -> Iterator[DimensionRow]:
        for group in groups_of(self.standard, view):
            own = [score for score in scores if score.id == group]
            yield DimensionRow(
                id=group,
                title=view.values.get(group, plain(group)),
                weight=None if above else own[0].weight,
                figures=self._mean(own) if above else self._figures(own[0]),
            )

    def _mean(self, scores: Sequence[Score]) -> Figures:
        """The score of a part, such as a dimension, over all sites."""
        weighed = [(self.weights[score.site or ""], score) for score in scores]
        figures = Figures(
            score=weighted_mean((w, s.score) for w, s in weighed if s.score is not None),
            coverage=weighted_mean((w, s.coverage or Decimal(0)) for w, s in weighed),
            items=sum(score.items for score in scores),
            critical_failed=sum(score.critical_failed for score in scores),
        )
        return self.past.compared(key_of(scores[0], above=True), figures)

    def _sites(self) -> tuple[SiteRow, ...]:
        dimensions: defaultdict[str | None, list[Score]] = defaultdict(list)
        for score in self.scores[Level.DIMENSION]:
            dimensions[score.site].append(score)
        views: defaultdict[str | None, list[Score]] = defaultdict(list)
        for score in self.scores[Level.VIEW]:
            views[score.site].append(score)
        findings = Counter(one.seen.sighting.site for one in self.findings)
        places = ranks({score.id: score.score for score in self.scores[Level.AUDIT]})
        ranked = ranked_sites(self.cycle, self.measurable, self.scored, self.sites)
        rows = [
            SiteRow(
                id=score.id,
                title=self.sites[score.id].title,
                region=self.sites[score.id].region,
                manager=self.sites[score.id].manager,
                figures=self._figures(score),
                dimensions=self._dimensions(dimensions[score.id]),
                views=self._views(views[score.id]),
                findings=findings[score.id],
                criteria=self.costs.get(score.id, ()),
                trend=self._trend(score.id, score),
                rank=places.get(score.id),
            )
            for score in self.scores[Level.AUDIT]
        ]
        rows = [with_rank(row, ranked.get(row.id)) for row in rows]
        return tuple(sorted(rows, key=lambda row: (row.figures.score is None, row.figures.score or 0, row.id)))

    def _finding(self, told: Told) -> FindingRow:
        finding, sighting = told.seen.finding, told.seen.sighting
        criterion = self.standard.criteria[sighting.criterion]
        failed = [one for one in self.failed[criterion.id] if sighting.site in {None, one.site}]
        return FindingRow(
            id=finding.id,
            site=sighting.site,
            site_title=self.programme.title if sighting.site is None else self.sites[sighting.site].title,
            criterion=criterion.id,
            criterion_title=criterion.title,
            severity=finding.severity,
            items=sighting.items,
            status=status_of(finding, told.seen.state).value,
            statement=misses(failed) if sighting.site is not None else missed_at({one.site for one in failed}),
            remedies=criterion.remedies,
            repeats=finding.repeats,
            conceded=told.conceded,
            action=finding.action,
            dimension=criterion.dimension,
        )

    def _noted(self, known: Known) -> FindingRow:
        """What an auditor wrote down."""
        finding = known.finding
        criterion, site = self.standard.criteria.get(finding.criterion), self.sites.get(finding.site or "")
        return FindingRow(
            id=finding.id,
            site=finding.site,
            site_title=site.title if site is not None else self.programme.title,
            criterion=finding.criterion,
            criterion_title=plain("") if criterion is None else criterion.title,
            severity=finding.severity,
            items=(),
            status=status_of(finding, known.state).value,
            statement=msg("{who} noted: {statement}", who=finding.raised_by, statement=finding.statement),
            remedies=() if criterion is None else criterion.remedies,
            action=finding.action,
            dimension=None if criterion is None else criterion.dimension,
        )

    def _result(self, result: ItemResult) -> ResultRow:
        return ResultRow(
            site=result.site,
            site_title=self.sites[result.site].title,
            checklist=result.checklist,
            item=result.item,
            item_title=self.items[result.item].title,
            criterion=result.criterion,
            dimension=result.dimension,
            severity=result.severity,
            status=result.status,
            value=result.value.value,
            unit=result.value.unit,
            n=result.n,
            missing=result.missing,
            invalid=result.invalid,
            low=result.value.low,
            high=result.value.high,
            interval=result.value.interval,
            formula=result.value.formula,
            target=result.target.text if result.target else None,
            score=result.score,
            weight=result.weight,
            stale=result.stale,
            reason=result.reason,
        )


def _source_row(record: SourceRecord) -> SourceRow:
    return SourceRow(
        dataset=record.dataset,
        files=len(record.files),
        read=record.read,
        accepted=record.accepted,
        rejected=record.rejected,
        blank=record.blank,
        duplicates=record.duplicates,
        unknown_sites=sum(record.unknown_sites.values()),
        stale=record.stale,
        earliest=record.earliest.isoformat() if record.earliest else None,
        newest=record.newest.isoformat() if record.newest else None,
        rejects=record.rejects,
        fingerprint=record.fingerprint,
    )
