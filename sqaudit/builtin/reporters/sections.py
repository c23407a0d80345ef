"""A report as titled tables and sentences, in words; the terminal and Markdown only lay it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.errors import Message, msg
from sqaudit.model.language import Language
from sqaudit.model.report import Figures, ReportView, ResultRow, ViewRow
from sqaudit.model.report_parts import ActionRow, Audience, StrengthRow
from sqaudit.model.texts import Text
from sqaudit.reports.decisions import decisions_in_words
from sqaudit.reports.labels import show_due, show_label
from sqaudit.reports.masking import masked_in_words
from sqaudit.reports.numbers import ABSENT, show_number, show_score, show_share, show_value
from sqaudit.reports.policies import pace_in_words
from sqaudit.reports.reasons import show_reason


class Section(Struct, frozen=True, kw_only=True):
    """One part of a report; ``right`` says which columns hold numbers, ``empty`` what to say when there are no rows."""

    title: str
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    right: Sequence[bool] = ()
    sentences: Sequence[str] = ()
    empty: str = ""


def headline(view: ReportView, language: Language) -> str:
    """What the report is about."""
    title = f"{_text(view.programme_title, language)} · {view.period}"
    trial = language.text(msg("trial evaluation, counts in no trend"))
    follow_up = language.text(msg("follow-up audit of what was open"))
    if view.follow_up:
        return f"{title} · {follow_up}"
    return f"{title} · {trial}" if view.pilot else title


def opening(view: ReportView, language: Language) -> list[str]:
    """What the figures belong to, and the overall outcome."""
    standard = msg(
        "standard: {title} ({id} {version})",
        title=view.standard_title,
        id=view.standard,
        version=view.standard_version,
    )
    lines = [
        msg("project: {title}", title=view.project_title),
        standard,
        msg(
            "period: from {start} to before {end} ({zone})",
            start=view.starts[:10],
            end=view.ends[:10],
            zone=view.timezone,
        ),
        msg("revision: {revision} ({state})", revision=view.revision, state=language.word(view.state.value)),
    ]
    if view.audience is not Audience.FRONTLINE:
        lines.append(_outcome(view.figures, language))
    return [language.text(line) for line in lines]


def sections(view: ReportView, language: Language) -> Iterable[Section]:
    """The parts of the report, in reading order; parts without content are left out, save the findings."""
    yield from _foremost(view, language)
    if view.audience is not Audience.FRONTLINE:
        yield _dimensions(view, language)
        yield from (_view(one, language) for one in view.views)
        if view.regions:
            yield _regions(view, language)
        yield _sites(view, language)
    yield from _treated(view, language)
    if view.without_verdict:
        yield _verdicts(msg("Items without a verdict"), view.without_verdict, language)
    if view.sheets:
        yield _doubts(view, language)
    if view.sources:
        yield _sources(view, language)
    if view.corrections:
        yield _corrections(view, language)
    decided = [decisions_in_words()] if view.decisions else []
    notes = [*view.notes, *decided, *record_in_words(view)]
    if notes:
        title = msg("How the figures were made")
        yield Section(title=language.text(title), sentences=[language.text(each) for each in notes])


def _foremost(view: ReportView, language: Language) -> Iterator[Section]:
    """What comes before the figures."""
    if view.warnings:
        title = msg("Before you trust the figures")
        yield Section(title=language.text(title), sentences=[language.text(each) for each in view.warnings])
    if view.flagged:
        yield _flagged(view, language)
    if view.decisions:
        yield _decisions(view, language)
    if view.strengths:
        title, told = msg("What works"), [_strength(one, language) for one in view.strengths]
        yield Section(title=language.text(title), sentences=told)
    if view.critical_failures:
        yield _verdicts(msg("Critical failures"), view.critical_failures, language)


def _treated(view: ReportView, language: Language) -> Iterator[Section]:
    """What was found, and what is done about it: all of it for those who do it, else what is overdue."""
    if view.audience is not Audience.EXECUTIVE:
        yield _findings(view, language)
    actions = view.actions if view.audience in {Audience.SITE, Audience.FRONTLINE} else view.overdue
    if actions:
        yield _actions(view, actions, language)


def record_in_words(view: ReportView) -> Iterator[Message]:
    """What was masked in it, and where the log has it."""
    if view.masked:
        yield masked_in_words(view.masked)
    if view.log is not None:
        yield msg("recorded as event {number} of the log, {hash}", number=view.log.number, hash=view.log.hash)


def doubts_in_words(view: ReportView) -> Iterator[Message]:
    """How many sheets of answers were looked at for doubts."""
    if view.sheets:
        yield pace_in_words(view.sheets, view.sheets_without_times)


def _outcome(figures: Figures, language: Language) -> Message:
    if figures.score is None:
        return msg("score: none, {reason}", reason=language.word(figures.reason or "no_data"))
    outcome = msg(
        "score: {score}, rating: {rating}, coverage: {coverage}",
        score=show_score(figures.score),
        rating=_rating(figures, language),
        coverage=show_share(figures.coverage),
    )
    if figures.raw_score is None or figures.raw_score == figures.score:
        return outcome
    return msg("{outcome} (before critical failures: {score})", outcome=outcome, score=show_score(figures.raw_score))


def _rating(figures: Figures, language: Language) -> str:
    if figures.rating is None:
        return ABSENT
    title = _text(figures.rating_title, language) if figures.rating_title else figures.rating
    return figures.rating if title == figures.rating else f"{figures.rating} ({title})"


def _dimensions(view: ReportView, language: Language) -> Section:
    rows = [
        [_text(row.title, language), show_number(row.weight), *_figures(row.figures, language)]
        for row in view.dimensions
    ]
    return _table(msg("Dimensions"), ["dimension", "weight", *_FIGURES], rows, language, numbers=1)


def _view(view: ViewRow, language: Language) -> Section:
    rows = [[_text(row.title, language), *_figures(row.figures, language)] for row in view.groups]
    return _table(msg("By {view}", view=view.title), ["group", *_FIGURES], rows, language, numbers=1)


def _regions(view: ReportView, language: Language) -> Section:
    rows = [[row.id, str(row.sites), *_figures(row.figures, language)] for row in view.regions]
    return _table(msg("Regions"), ["region", "sites", *_FIGURES], rows, language, numbers=1)


def _sites(view: ReportView, language: Language) -> Section:
    rows = [
        [row.id, _text(row.title, language), row.region or ABSENT, *_figures(row.figures, language), str(row.findings)]
        for row in view.sites
    ]
    return _table(msg("Sites"), ["site", "title", "region", *_FIGURES, "findings"], rows, language, numbers=3)


def _findings(view: ReportView, language: Language) -> Section:
    rows = [
        [
            row.id,
            language.word(row.severity.value),
            _text(row.site_title, language),
            f"{row.criterion} {_text(row.criterion_title, language)}",
            language.text(row.statement),
            "; ".join(_text(remedy, language) for remedy in row.remedies) or ABSENT,
        ]
        for row in view.findings
    ]
    headings = ["id", "severity", "site", "criterion", "statement", "remedies"]
    empty = language.text(msg("No criterion was missed."))
    return _table(msg("Findings"), headings, rows, language, numbers=len(headings), empty=empty)


def _strength(one: StrengthRow, language: Language) -> str:
    what = language.text(one.what)
    return f"{what}: {', '.join(map(language.said, one.places))}" if one.places else what


def _decisions(view: ReportView, language: Language) -> Section:
    rows = [
        [
            language.text(row.what),
            language.text(row.why),
            ", ".join(_text(site, language) for site in row.sites) or ABSENT,
            show_due(row.due),
        ]
        for row in view.decisions
    ]
    headings = ["decision", "reason", "site", "due"]
    return _table(msg("Decisions to take"), headings, rows, language, numbers=len(headings))


def _actions(view: ReportView, actions: Sequence[ActionRow], language: Language) -> Section:
    rows = [
        [
            row.id,
            language.word(row.severity.value),
            _text(row.site_title, language),
            _text(row.criterion_title, language),
            row.owner or ABSENT,
            ABSENT if row.due_for is None else language.word(row.due_for.value),
            show_due(row.due),
            language.word("true" if row.overdue else "false"),
        ]
        for row in actions
    ]
    headings = ["id", "severity", "site", "criterion", "owner", "due_for", "due", "overdue"]
    title = msg("Open actions as of {day}", day=view.as_of)
    return _table(title, headings, rows, language, numbers=len(headings))


def _verdicts(title: Message, results: Sequence[ResultRow], language: Language) -> Section:
    rows = [
        [
            _text(row.site_title, language),
            f"{row.item} {_text(row.item_title, language)}",
            language.word(row.status.value),
            show_value(row.value, row.unit),
            row.target or ABSENT,
            str(row.n),
            show_reason(row.reason, language) or ABSENT,
        ]
        for row in results
    ]
    headings = ["site", "item", "status", "value", "target", "n", "reason"]
    right = [heading in {"value", "n"} for heading in headings]
    return Section(
        title=language.text(title), headings=[language.word(each) for each in headings], rows=rows, right=right
    )


def _flagged(view: ReportView, language: Language) -> Section:
    rows = [
        [
            row.auditor,
            row.checklist,
            row.round,
            *(show_share(figure) for figure in (row.effectiveness, row.miss_rate, row.false_alarm_rate)),
        ]
        for row in view.flagged
    ]
    headings = ["auditor", "checklist", "calibration_round", "effectiveness", "miss_rate", "false_alarm_rate"]
    return _table(msg("Auditors under the calibration limit"), headings, rows, language, numbers=3)


def _sources(view: ReportView, language: Language) -> Section:
    rows = [
        [
            row.dataset,
            *(str(count) for count in (row.files, row.read, row.accepted, row.rejected, row.blank, row.duplicates)),
            str(row.unknown_sites),
            language.word("false" if row.stale else "true"),
        ]
        for row in view.sources
    ]
    headings = ["dataset", "files", "read", "accepted", "rejected", "blank", "duplicates", "unknown_sites", "fresh"]
    return _table(msg("Sources"), headings, rows, language, numbers=1)


def _doubts(view: ReportView, language: Language) -> Section:
    rows = [
        [
            language.word(row.kind.value),
            ABSENT if row.site_title is None else _text(row.site_title, language),
            row.checklist or ABSENT,
            ABSENT if row.subject is None else show_label(row.subject),
            row.person,
            language.text(row.statement),
        ]
        for row in view.doubts
    ]
    headings = ["kind", "site", "checklist", "subject", "person", "statement"]
    empty = language.text(msg("No answers are doubtful."))
    section = _table(msg("Doubtful answers"), headings, rows, language, numbers=len(headings), empty=empty)
    return replace(section, sentences=[language.text(one) for one in doubts_in_words(view)])


def _corrections(view: ReportView, language: Language) -> Section:
    title = msg("Corrections since the trial evaluation {period}", period=view.corrections[0].since)
    rows = [
        [row.document, row.path, *(ABSENT if side is None else side for side in (row.before, row.after))]
        for row in view.corrections
    ]
    headings = ["document", "path", "before", "after"]
    return _table(title, headings, rows, language, numbers=len(headings))


_FIGURES = ("score", "rating", "coverage", "critical_failed", "reason")


def _figures(figures: Figures, language: Language) -> list[str]:
    return [
        show_score(figures.score),
        figures.rating or ABSENT,
        show_share(figures.coverage),
        str(figures.critical_failed),
        show_reason(figures.reason, language) or ABSENT,
    ]


def _table(  # noqa: PLR0913
    title: Message,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    language: Language,
    *,
    numbers: int,
    empty: str = "",
) -> Section:
    """A section whose columns from ``numbers`` on hold numbers, save the wordy ones; columns without a word go."""
    wordy = {"rating", "reason", "fresh"}
    told = [place for place in range(len(headings)) if any(row[place] != ABSENT for row in rows)]
    return Section(
        title=language.text(title),
        headings=[language.word(headings[place]) for place in told],
        rows=[[row[place] for place in told] for row in rows],
        right=[place >= numbers and headings[place] not in wordy for place in told],
        empty=empty,
    )


def _text(text: Text, language: Language) -> str:
    return language.said(text)
