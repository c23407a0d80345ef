"""A report as tables for spreadsheets: every layer one table, its numbers exact, its words the reader's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqaudit.builtin.reporters.sections import doubts_in_words, record_in_words
from sqaudit.errors import Message, msg
from sqaudit.model.language import Language
from sqaudit.model.report import Figures, ReportView
from sqaudit.model.report_parts import Audience
from sqaudit.model.texts import Text
from sqaudit.reports.labels import show_label
from sqaudit.reports.reasons import show_reason
from sqaudit.reports.sheets import Cell, Figure, Kind, Sheet

_FIGURES = ("score", "rating", "coverage", "critical_failed", "reason")
_VALUES = {"share": Kind.SHARE, "score": Kind.SCORE}


def layers(view: ReportView, language: Language) -> Iterator[Sheet]:
    """The tables of a report in reading order, those without rows as well: which there are depends on no report."""
    told = _Layers(view, language)
    yield told.table("summary", msg("Summary"), ("about", "value"), told.summary())
    yield told.table("dimensions", msg("Dimensions"), ("dimension", "title", "weight", *_FIGURES), told.dimensions())
    yield told.table("views", msg("Views"), ("view", "group", "title", *_FIGURES), told.views())
    yield told.table("regions", msg("Regions"), ("region", "sites", *_FIGURES), told.regions())
    yield told.table("sites", msg("Sites"), ("site", "title", "region", "manager", *_FIGURES, "findings"), told.sites())
    by_site = ("site", "title", "dimension", "weight", *_FIGURES)
    yield told.table("site-dimensions", msg("Dimensions by site"), by_site, told.site_dimensions())
    by_group = ("site", "title", "view", "group", "weight", *_FIGURES)
    yield told.table("site-views", msg("Views by site"), by_group, told.site_views())
    yield told.table("results", msg("Results"), _RESULTS, told.results())
    empty = msg("No criterion was missed.")
    yield told.table("findings", msg("Findings"), _FINDINGS, told.findings(), empty=empty)
    yield told.table("actions", msg("Actions"), _ACTIONS, told.actions())
    yield told.table(
        "trend", msg("Trend"), ("site", "period", "score", "low", "centre", "high", "signal"), told.trend()
    )
    doubts = ("kind", "site", "checklist", "subject", "person", "statement")
    yield told.table("doubts", msg("Doubtful answers"), doubts, told.doubts())
    yield told.table("flagged", msg("Auditors under the limit"), _FLAGGED, told.flagged())
    yield told.table("sources", msg("Sources"), _SOURCES, told.sources())
    yield told.table("corrections", msg("Corrections"), ("document", "path", "before", "after"), told.corrections())
    yield told.table("notes", msg("Method and notes"), ("about", "note"), told.notes())


_RESULTS = (
    *("site", "title", "checklist", "item", "question", "criterion", "dimension", "severity", "status", "value"),
    *("unit", "low", "high", "target", "n", "missing", "invalid", "score", "weight", "fresh", "reason"),
)
_FINDINGS = (
    *("id", "severity", "status", "site", "title", "criterion", "requirement", "items", "statement", "remedies"),
    *("repeats", "conceded", "action"),
)
_ACTIONS = (
    *("id", "finding", "site", "title", "criterion", "requirement", "severity", "state", "owner", "due_for", "due"),
    "overdue",
)
_FLAGGED = ("auditor", "checklist", "calibration_round", "effectiveness", "miss_rate", "false_alarm_rate")
_SOURCES = (
    *("dataset", "files", "read", "accepted", "rejected", "blank", "duplicates", "unknown_sites", "fresh"),
    *("earliest", "newest", "rejects"),
)


class _Layers:
    """The rows of each table of one view, in one language."""

    def __init__(self, view: ReportView, language: Language) -> None:
        self._view = view
        self._language = language
        self._zone = ZoneInfo(view.timezone)
        self._has_scores = view.audience is not Audience.FRONTLINE

    def table(
        self,
        identity: str,
        title: Message,
        headings: Sequence[str],
        rows: Iterator[Sequence[Cell]],
        *,
        empty: Message | None = None,
    ) -> Sheet:
        language = self._language
        return Sheet(
            id=identity,
            title=language.text(title),
            headings=[language.word(heading) for heading in headings],
            rows=list(rows),
            empty="" if empty is None else language.text(empty),
        )

    def summary(self) -> Iterator[Sequence[Cell]]:
        view, word, text = self._view, self._language.word, self._language.text
        figures = view.figures
        yield text(msg("project")), self._text(view.project_title)
        yield text(msg("programme")), self._text(view.programme_title)
        yield word("standard"), self._text(view.standard_title)
        yield text(msg("version of the standard")), f"{view.standard} {view.standard_version}"
        yield word("period"), view.period
        yield text(msg("from (included)")), self._moment(view.starts)
        yield text(msg("to (not included)")), self._moment(view.ends)
        yield text(msg("time zone")), view.timezone
        yield word("revision"), _count(view.revision)
        yield word("state"), word(view.state.value)
        yield word("pilot"), self._yes(told=view.pilot)
        yield word("follow_up"), self._yes(told=view.follow_up)
        if view.audience is Audience.FRONTLINE:  # what was left out of the view is not told as none
            return
        yield word("score"), _score(figures.score)
        yield text(msg("score before critical failures")), _score(figures.raw_score)
        yield word("rating"), self._rating(figures)
        yield word("coverage"), _share(figures.coverage)
        yield word("critical_failed"), _count(figures.critical_failed)
        yield word("reason"), show_reason(figures.reason, self._language)
        yield text(msg("score of the cycle before")), _score(figures.previous)
        yield word("sites"), _count(len(view.sites))
        yield text(msg("overdue actions")), _count(len(view.overdue))
        if view.audience is Audience.EXECUTIVE:
            return
        yield text(msg("open actions")), _count(len(view.actions))
        yield word("findings"), _count(len(view.findings))
        yield text(msg("items without a verdict")), _count(len(view.without_verdict))

    def dimensions(self) -> Iterator[Sequence[Cell]]:
        for row in self._view.dimensions if self._has_scores else ():
            yield row.id, self._text(row.title), _number(row.weight), *self._figures(row.figures)

    def views(self) -> Iterator[Sequence[Cell]]:
        for view in self._view.views:
            for row in view.groups:
                yield self._text(view.title), row.id, self._text(row.title), *self._figures(row.figures)

    def regions(self) -> Iterator[Sequence[Cell]]:
        for row in self._view.regions:
            yield row.id, _count(row.sites), *self._figures(row.figures)

    def sites(self) -> Iterator[Sequence[Cell]]:
        for row in self._view.sites if self._has_scores else ():
            known = (row.id, self._text(row.title), row.region, row.manager)
            yield *known, *self._figures(row.figures), _count(row.findings)

    def site_dimensions(self) -> Iterator[Sequence[Cell]]:
        for site in self._view.sites:
            for row in site.dimensions:
                known = (site.id, self._text(site.title), self._text(row.title), _number(row.weight))
                yield *known, *self._figures(row.figures)

    def site_views(self) -> Iterator[Sequence[Cell]]:
        for site in self._view.sites:
            for view in site.views:
                for row in view.groups:
                    known = (site.id, self._text(site.title), self._text(view.title), self._text(row.title))
                    yield *known, _number(row.weight), *self._figures(row.figures)

    def results(self) -> Iterator[Sequence[Cell]]:
        word = self._language.word
        for row in self._view.results:
            kind = _VALUES.get(row.unit, Kind.NUMBER)
            yield (
                *(row.site, self._text(row.site_title), row.checklist, row.item, self._text(row.item_title)),
                *(row.criterion, row.dimension, word(row.severity.value), word(row.status.value)),
                *(_figure(row.value, kind), row.unit, _figure(row.low, kind), _figure(row.high, kind), row.target),
                *(_count(row.n), _count(row.missing), _count(row.invalid), _score(row.score), _number(row.weight)),
                *(self._yes(told=not row.stale), show_reason(row.reason, self._language)),
            )

    def findings(self) -> Iterator[Sequence[Cell]]:
        word = self._language.word
        for row in self._view.findings:
            yield (
                *(row.id, word(row.severity.value), word(row.status), row.site, self._text(row.site_title)),
                *(row.criterion, self._text(row.criterion_title), " ".join(row.items)),
                *(self._language.text(row.statement), "; ".join(map(self._text, row.remedies)) or None),
                *(_count(row.repeats), self._yes(told=row.conceded), row.action),
            )

    def actions(self) -> Iterator[Sequence[Cell]]:
        word = self._language.word
        for row in self._view.actions:
            due = None if row.due is None else datetime.fromisoformat(row.due).replace(tzinfo=None)
            yield (
                *(row.id, row.finding, row.site, self._text(row.site_title), row.criterion),
                *(self._text(row.criterion_title), word(row.severity.value), word(row.state.value), row.owner),
                *(None if row.due_for is None else word(row.due_for.value), due, self._yes(told=row.overdue)),
            )

    def trend(self) -> Iterator[Sequence[Cell]]:
        """The programme's series, then those of its sites."""
        for site, rows in ((None, self._view.trend), *((one.id, one.trend) for one in self._view.sites)):
            for row in rows:
                limits = map(_score, (row.low, row.centre, row.high))
                signal = "; ".join(map(self._language.text, row.signals)) or None
                yield site, row.period, _score(row.score), *limits, signal

    def doubts(self) -> Iterator[Sequence[Cell]]:
        for row in self._view.doubts:
            site = None if row.site_title is None else self._text(row.site_title)
            subject = None if row.subject is None else show_label(row.subject)
            statement = self._language.text(row.statement)
            yield self._language.word(row.kind.value), site, row.checklist, subject, row.person, statement

    def flagged(self) -> Iterator[Sequence[Cell]]:
        for row in self._view.flagged:
            shares = map(_share, (row.effectiveness, row.miss_rate, row.false_alarm_rate))
            yield row.auditor, row.checklist, row.round, *shares

    def sources(self) -> Iterator[Sequence[Cell]]:
        for row in self._view.sources:
            read = (row.files, row.read, row.accepted, row.rejected, row.blank, row.duplicates, row.unknown_sites)
            times = (self._moment(row.earliest), self._moment(row.newest))
            yield row.dataset, *map(_count, read), self._yes(told=not row.stale), *times, row.rejects

    def corrections(self) -> Iterator[Sequence[Cell]]:
        for row in self._view.corrections:
            yield row.document, row.path, row.before, row.after

    def notes(self) -> Iterator[Sequence[Cell]]:
        view, text = self._view, self._language.text
        about = (
            (msg("before you trust the figures"), view.warnings),
            (msg("how the figures were made"), view.notes),
            (msg("answers"), doubts_in_words(view)),
            (msg("record"), record_in_words(view)),
        )
        for title, sentences in about:
            for sentence in sentences:
                yield text(title), text(sentence)

    def _figures(self, figures: Figures) -> Sequence[Cell]:
        reason = show_reason(figures.reason, self._language)
        critical = _count(figures.critical_failed)
        return _score(figures.score), figures.rating, _share(figures.coverage), critical, reason

    def _rating(self, figures: Figures) -> str | None:
        if figures.rating is None or figures.rating_title is None:
            return figures.rating
        return f"{figures.rating} ({self._text(figures.rating_title)})"

    def _text(self, text: Text) -> str:
        return self._language.said(text)

    def _yes(self, *, told: bool) -> str:
        return self._language.word("true" if told else "false")

    def _moment(self, moment: str | None) -> datetime | str | None:
        """A moment as the programme's clock shows it; one without a zone is as it was written."""
        if moment is None:
            return None
        known = datetime.fromisoformat(moment)
        return moment if known.tzinfo is None else known.astimezone(self._zone).replace(tzinfo=None)


def _figure(number: Decimal | float | None, kind: Kind) -> Figure | None:
    return None if number is None else Figure(number, kind)


def _score(number: Decimal | None) -> Figure | None:
    return _figure(number, Kind.SCORE)


def _share(number: Decimal | float | None) -> Figure | None:
    return _figure(number, Kind.SHARE)


def _number(number: Decimal | None) -> Figure | None:
    return None if number is None else Figure(number, Kind.NUMBER)


def _count(number: int | None) -> Figure | None:
    return None if number is None else Figure(number, Kind.COUNT)
