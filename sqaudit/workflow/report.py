"""One cycle as one view: everything a reporter may read, computed once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import Incomplete, InvalidInput, SqauditError, msg
from sqaudit.model.doubt import Doubt
from sqaudit.model.evidence import SourceRecord
from sqaudit.model.finding import Known, status_of
from sqaudit.model.language import Language
from sqaudit.model.ports import FolderReporter
from sqaudit.model.programme import Cycle, Site
from sqaudit.model.report import (
    CorrectionRow,
    DimensionRow,
    DoubtRow,
    Figures,
    FindingRow,
    RegionRow,
    ReportView,
    ResultRow,
    SiteRow,
    SourceRow,
)
from sqaudit.model.score import ItemResult, Level, Score, Status
from sqaudit.model.texts import plain
from sqaudit.reports.masking import mask_view
from sqaudit.reports.policies import policies_in_words
from sqaudit.scoring.exact import weighted_mean
from sqaudit.store.engine import Store
from sqaudit.store.findings import SeenFinding
from sqaudit.workflow.calibration.flagging import flagged_rows
from sqaudit.workflow.collect import source_warnings
from sqaudit.workflow.context import Context
from sqaudit.workflow.corrections import Corrections, corrections_of
from sqaudit.workflow.doubts import find_doubts
from sqaudit.workflow.follow_up.conceded import Conceded
from sqaudit.workflow.judged_by import JudgedBy
from sqaudit.workflow.judging import ScoredCycle
from sqaudit.workflow.left_out import left_out_warnings
from sqaudit.workflow.measurable import Measurable
from sqaudit.workflow.rows import missed_at, misses
from sqaudit.workflow.score import collected_cycle, frozen_measurable, judge_revision


def build_report(context: Context, programme: str, period: str | None = None) -> ReportView:
    """The view of the newest revision of a cycle (default: the newest cycle).

    Raises:
        InvalidInput: The cycle has not been collected.
    """
    with context.store() as store:
        cycle = collected_cycle(context, store, programme, period)
        number = cycle.revisions[-1].number
        measurable = frozen_measurable(context, store, cycle, number)
        observations = store.read_observations(cycle.programme, cycle.period, number)
        scored = judge_revision(store, measurable, cycle, number, observations)
        sites = {site.id: site for site in store.read_sites(cycle.programme, cycle.period, number)}
        records = store.read_sources(cycle.programme, cycle.period, number)
        corrections = corrections_of(store, cycle)
        findings = _read_findings(store, cycle)
        recording = store.find_recording(cycle.programme, cycle.period, number)
        noted = [
            one
            for one in store.list_known(cycle.programme)
            if one.finding.raised_by is not None and one.finding.period == cycle.period
        ]
    results = chain(scored.results, scored.parts)
    doubts = find_doubts(measurable.programme, cycle, sites.values(), observations, results)
    view = replace(
        _View(context, cycle, measurable, scored, sites, findings, noted).build(records),
        corrections=() if corrections is None else tuple(_correction_rows(corrections)),
        doubts=tuple(_doubt_row(one, sites) for one in doubts.flags),
        sheets=doubts.sheets,
        sheets_without_times=doubts.untimed,
        log=recording,
    )
    return mask_view(view)


def render_report(context: Context, reporter: str, view: ReportView, language: Language) -> str | bytes:
    """The view as one reporter shows it.

    Raises:
        InvalidInput: No reporter is called that.
        Incomplete: The reporter failed.
    """
    chosen = context.host.reporter(reporter)
    with _told_as(reporter):
        return chosen.render(view, language)


def render_folder(context: Context, reporter: str, view: ReportView, language: Language) -> Mapping[str, str | bytes]:
    """The view as the files that one reporter makes of it, by name.

    Raises:
        InvalidInput: No reporter is called that, or SQA423, it makes a single file.
        Incomplete: The reporter failed.
    """
    chosen = context.host.reporter(reporter)
    if not isinstance(chosen, FolderReporter):
        raise InvalidInput(
            "SQA423",
            msg("'{format}' is one file, not a folder", format=reporter),
            msg("name a file, such as report.{extension}", extension=chosen.extension),
        )
    with _told_as(reporter):
        return chosen.render_files(view, language)


def reporter_of_file(context: Context, path: Path) -> str | None:
    """The name of the reporter whose files end like this one.

    Raises:
        InvalidInput: SQA424, if there are several.
    """
    extension = path.suffix.removeprefix(".").casefold()
    names = sorted(name for name, one in context.host.reporters().items() if one.extension.casefold() == extension)
    if len(names) > 1:
        raise InvalidInput(
            "SQA424",
            msg("several formats end in '.{extension}': {names}", extension=extension, names=", ".join(names)),
            msg("say which with `--format`"),
        )
    return names[0] if names else None


@contextmanager
def _told_as(reporter: str) -> Iterator[None]:
    try:
        yield
    except SqauditError:
        raise
    except Exception as error:
        raise Incomplete(
            "SQA408",
            msg("the reporter '{name}' failed: {reason}", name=reporter, reason=repr(error)),
            msg("report this to the author of its plugin; `sqaudit plugins list` names it"),
        ) from error


class _Told(Struct, frozen=True):
    """A finding that a cycle shows, and whether it is let off."""

    seen: SeenFinding
    conceded: bool


def _read_findings(store: Store, cycle: Cycle) -> list[_Told]:
    """The findings that the newest revision shows, the heaviest first."""
    number = cycle.revisions[-1].number
    conceded = Conceded(JudgedBy(store))
    found = [
        _Told(one, conceded.find(one.key, one.sighting.site, one.sighting.criterion) is not None)
        for one in store.read_findings(cycle.programme, cycle.period, revision=number)
    ]
    return sorted(
        found,
        key=lambda one: (one.seen.finding.severity.rank, one.seen.sighting.criterion, one.seen.sighting.site or ""),
    )


class _View:
    """The pieces of one view, looked up once."""

    def __init__(  # noqa: PLR0913, PLR0917  all that a cycle is made of
        self,
        context: Context,
        cycle: Cycle,
        measurable: Measurable,
        scored: ScoredCycle,
        sites: Mapping[str, Site],
        findings: Sequence[_Told],
        noted: Sequence[Known],
    ) -> None:
        self.project = context.project
        self.cycle = cycle
        self.programme = measurable.programme
        self.standard = measurable.programme.standard
        self.items = {question.item.id: question.item for question in measurable.questions}
        self.zone = ZoneInfo(measurable.programme.timezone)
        self.scored = scored
        self.sites = sites
        self.findings = findings
        self.noted = noted
        self.scores: defaultdict[Level, list[Score]] = defaultdict(list)
        for score in scored.scores:
            self.scores[score.level].append(score)
        self.failed: defaultdict[str, list[ItemResult]] = defaultdict(list)
        for result in scored.results:
            if result.criterion is not None and result.status is Status.FAIL:
                self.failed[result.criterion].append(result)

    def build(self, records: Sequence[SourceRecord]) -> ReportView:
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
            regions=tuple(
                RegionRow(
                    id=score.id,
                    sites=sum(site.region == score.id for site in self.sites.values()),
                    figures=self._figures(score),
                )
                for score in self.scores[Level.REGION]
            ),
            sites=self._sites(),
            findings=(*(self._finding(one) for one in self.findings), *(self._noted(one) for one in self.noted)),
            results=tuple(self._result(result) for result in self.scored.results),
            sources=tuple(_source_row(record) for record in records),
            notes=tuple(policies_in_words(self.standard.scoring, self.items.values())),
            warnings=(*source_warnings(records), *left_out_warnings(self.cycle.revisions[-1].inputs)),
            flagged=tuple(flagged_rows(self.cycle.revisions[-1].inputs)),
            pilot=self.cycle.is_pilot,
        )

    def _figures(self, score: Score) -> Figures:
        titles = {rating.rating: rating.title for rating in self.standard.ratings}
        return Figures(
            score=score.score,
            raw_score=score.raw_score,
            rating=score.rating,
            rating_title=titles.get(score.rating) if score.rating else None,
            coverage=score.coverage,
            items=score.items,
            critical_failed=score.critical_failed,
            reason=score.reason,
        )

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

    def _mean(self, scores: Sequence[Score]) -> Figures:
        weights = {site.id: self.scored.lift.weight(site) for site in self.sites.values()}
        weighed = [(weights[score.site or ""], score) for score in scores]
        return Figures(
            score=weighted_mean((w, s.score) for w, s in weighed if s.score is not None),
            coverage=weighted_mean((w, s.coverage or Decimal(0)) for w, s in weighed),
            items=sum(score.items for score in scores),
            critical_failed=sum(score.critical_failed for score in scores),
        )

    def _sites(self) -> tuple[SiteRow, ...]:
        dimensions: defaultdict[str | None, list[Score]] = defaultdict(list)
        for score in self.scores[Level.DIMENSION]:
            dimensions[score.site].append(score)
        findings = Counter(one.seen.sighting.site for one in self.findings)
        rows = [
            SiteRow(
                id=score.id,
                title=self.sites[score.id].title,
                region=self.sites[score.id].region,
                manager=self.sites[score.id].manager,
                figures=self._figures(score),
                dimensions=self._dimensions(dimensions[score.id]),
                findings=findings[score.id],
            )
            for score in self.scores[Level.AUDIT]
        ]
        return tuple(sorted(rows, key=lambda row: (row.figures.score is None, row.figures.score or 0, row.id)))

    def _finding(self, told: _Told) -> FindingRow:
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
            status=status_of(told.seen.state).value,
            statement=misses(failed) if sighting.site is not None else missed_at({one.site for one in failed}),
            remedies=criterion.remedies,
            repeats=finding.repeats,
            conceded=told.conceded,
            action=finding.action,
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
            status=status_of(known.state).value,
            statement=msg("{who} noted: {statement}", who=finding.raised_by, statement=finding.statement),
            remedies=() if criterion is None else criterion.remedies,
            action=finding.action,
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


def _doubt_row(one: Doubt, sites: Mapping[str, Site]) -> DoubtRow:
    return DoubtRow(
        kind=one.kind,
        site=one.site or None,
        site_title=sites[one.site].title if one.site else None,
        checklist=one.checklist or None,
        subject=one.subject or None,
        person=one.person,
        statement=one.statement,
    )


def _correction_rows(corrections: Corrections) -> Iterator[CorrectionRow]:
    for one in corrections.changes:
        yield CorrectionRow(
            since=corrections.since, document=one.document, path=one.path, before=one.before, after=one.after
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
    )
