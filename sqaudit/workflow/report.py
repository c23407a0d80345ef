"""One cycle as one view: everything a reporter may read, computed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import Incomplete, InvalidInput, SqauditError, msg
from sqaudit.model.doubt import Doubt
from sqaudit.model.language import Language
from sqaudit.model.ports import FolderReporter
from sqaudit.model.programme import Cycle, Site
from sqaudit.model.report import (
    CorrectionRow,
    DoubtRow,
    ReportView,
)
from sqaudit.model.report_parts import Audience, DocumentRow
from sqaudit.reports.decisions import decide
from sqaudit.reports.masking import mask_view
from sqaudit.reports.narrowing import narrowed
from sqaudit.reports.ordering import in_reading_order
from sqaudit.reports.policies import rules_in_words
from sqaudit.reports.strengths import strengths_of
from sqaudit.store.actions import ActionChoice
from sqaudit.store.engine import Store
from sqaudit.workflow.context import Context
from sqaudit.workflow.corrections import Corrections, corrections_of
from sqaudit.workflow.doubts import find_doubts
from sqaudit.workflow.follow_up.conceded import Conceded
from sqaudit.workflow.follow_up.places import Places
from sqaudit.workflow.judged_by import JudgedBy
from sqaudit.workflow.levels import SITE
from sqaudit.workflow.reporting.past import read_past
from sqaudit.workflow.reporting.quality import item_rows
from sqaudit.workflow.reporting.treated import action_rows, concession_rows
from sqaudit.workflow.reporting.usual import read_usual
from sqaudit.workflow.reporting.view import Told, ViewBuilder
from sqaudit.workflow.score import collected_cycle, frozen_measurable, judge_revision
from sqaudit.workflow.trend import PROGRAMME
from sqaudit.workflow.trending.reading import read_scores_of


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
        documents = store.read_documents(cycle.programme, cycle.period, number)
        scores = {level: read_scores_of(store, cycle.programme, level) for level in (PROGRAMME, SITE)}
        past = read_past(context, store, cycle, scores)
        usual = read_usual(context, store, cycle, measurable, scores)
        treated = store.list_actions(ActionChoice(equal={"programme": cycle.programme}, is_final=False))
        concessions = store.list_concessions(cycle.programme)
        noted = [
            one
            for one in store.list_known(cycle.programme)
            if one.finding.raised_by is not None and one.finding.period == cycle.period
        ]
    results = chain(scored.results, scored.parts)
    doubts = find_doubts(measurable.programme, cycle, sites.values(), observations, results)
    places = Places(programme=measurable.programme, sites=sites)
    now = context.settings.now
    view = replace(
        ViewBuilder(context, cycle, measurable, scored, sites, findings, noted, past, usual).build(records),
        corrections=() if corrections is None else tuple(_correction_rows(corrections)),
        doubts=tuple(_doubt_row(one, sites) for one in doubts.flags),
        sheets=doubts.sheets,
        sheets_without_times=doubts.untimed,
        log=recording,
        as_of=now.astimezone(ZoneInfo(measurable.programme.timezone)).date().isoformat(),
        actions=action_rows(treated, places, now),
        concessions=concession_rows(concessions, places, cycle),
        documents=tuple(DocumentRow(kind=one.kind, id=one.id, version=one.version, hash=one.hash) for one in documents),
    )
    view = replace(view, items=item_rows(view.results), rules=tuple(rules_in_words(view)))
    masked = mask_view(replace(view, decisions=decide(view)))
    return replace(masked, strengths=strengths_of(masked))


def narrow_report(view: ReportView, audience: Audience, site: str | None) -> ReportView:
    """The view for an audience, at one site if it is named.

    Raises:
        InvalidInput: The cycle has no such site.
    """
    known = [row.id for row in view.sites]
    if site is not None and site not in known:
        raise InvalidInput(
            "SQA704",
            msg(
                "{period} of '{programme}' has no site '{site}'",
                period=view.period,
                programme=view.programme,
                site=site,
            ),
            did_you_mean(site, known),
        )
    return narrowed(view, audience, site)


def render_report(context: Context, reporter: str, view: ReportView, language: Language) -> str | bytes:
    """The view as one reporter shows it.

    Raises:
        InvalidInput: No reporter is called that.
        Incomplete: The reporter failed.
    """
    chosen, ordered = context.host.reporter(reporter), in_reading_order(view, language)
    with _told_as(reporter):
        return chosen.render(ordered, language)


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
    ordered = in_reading_order(view, language)
    with _told_as(reporter):
        return chosen.render_files(ordered, language)


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


def _read_findings(store: Store, cycle: Cycle) -> list[Told]:
    """The findings that the newest revision shows, the heaviest first."""
    number = cycle.revisions[-1].number
    conceded = Conceded(JudgedBy(store))
    found = [
        Told(one, conceded.find(one.key, one.sighting.site, one.sighting.criterion) is not None)
        for one in store.read_findings(cycle.programme, cycle.period, revision=number)
    ]
    return sorted(
        found,
        key=lambda one: (one.seen.finding.severity.rank, one.seen.sighting.criterion, one.seen.sighting.site or ""),
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
