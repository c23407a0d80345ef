"""The report for management: to print, to sign, to file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqaudit.builtin.reporters.sections import Section, headline, opening, sections
from sqaudit.errors import Message, msg
from sqaudit.model.language import Language
from sqaudit.model.report import Figures, ReportView
from sqaudit.model.report_parts import Audience
from sqaudit.model.standard import Severity
from sqaudit.model.texts import Text
from sqaudit.reports.numbers import show_number, show_score, show_share
from sqaudit.reports.reasons import show_reason
from sqaudit.reports.tables import display_width, one_line
from sqaudit.reports.typesetting import breakable, typeset

_REGIONS = {"en": "GB", "zh": "CN"}
_IN_A_CELL, _IN_A_LINE = 20, 72  # signs without a blank, after which a line may break
_SHORT, _LONG = 16, 34  # columns of texts up to the one are as wide as these, none counts as wider than the other
_MOST_BARS = 40


class PdfReporter:
    """A4 pages by typst: what matters at a glance, then every table of the report; dated by the end of the cycle.

    The same view makes the same bytes on machines with the same fonts.
    """

    name = "pdf"
    media_type = "application/pdf"
    extension = "pdf"

    def render(self, view: ReportView, language: Language) -> bytes:
        """The report as an accessible PDF (PDF/UA-1)."""
        return typeset("report.typ", _data(view, language), datetime.fromisoformat(view.ends))


def _data(view: ReportView, language: Language) -> Mapping[str, object]:
    """What the template shows, in words."""
    has_scores = view.audience is not Audience.FRONTLINE
    charts = (
        (msg("Scores by dimension"), [(row.title, row.figures) for row in view.dimensions]),
        *(
            (msg("Scores by {view}", view=one.title), [(row.title, row.figures) for row in one.groups])
            for one in view.views
        ),
        (_by_site(view), [(row.title, row.figures) for row in view.sites[:_MOST_BARS]]),
    )
    return {
        "lang": language.code,
        "region": _REGIONS.get(language.code),
        "title": one_line(headline(view, language)),
        "author": one_line(_text(view.project_title, language)),
        "about": [one_line(line) for line in opening(view, language)],
        "score": _score(view.figures, language) if has_scores else None,
        "facts": list(_facts(view, language)),
        "charts": [_chart(title, bars, language) for title, bars in charts if bars and has_scores],
        "sections": [_section(section) for section in sections(view, language)],
    }


def _by_site(view: ReportView) -> Message:
    if len(view.sites) > _MOST_BARS:
        return msg("The {count} lowest scores by site", count=_MOST_BARS)
    return msg("Scores by site, the lowest first")


def _score(figures: Figures, language: Language) -> Mapping[str, str]:
    title = figures.rating_title
    words = [figures.rating, None if title is None else _text(title, language)]
    beside = show_reason(figures.reason, language) if figures.score is None else " · ".join(filter(None, words))
    return {"label": language.word("score"), "shown": show_score(figures.score), "beside": one_line(beside or "")}


def _facts(view: ReportView, language: Language) -> Iterator[Mapping[str, object]]:
    word, found = language.word, Counter(row.severity for row in view.findings)
    critical = view.figures.critical_failed
    yield _fact(word("coverage"), show_share(view.figures.coverage))
    yield _fact(word("critical_failed"), show_number(critical), alarming=bool(critical))
    if view.audience is Audience.EXECUTIVE:  # what was left out of the view is not counted as none
        return
    yield _fact(language.text(msg("items without a verdict")), str(len(view.without_verdict)))
    for severity in (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR):
        label = language.text(msg("findings, {severity}", severity=word(severity.value)))
        yield _fact(label, str(found[severity]), alarming=severity is Severity.CRITICAL and found[severity] > 0)


def _fact(label: str, shown: str, *, alarming: bool = False) -> Mapping[str, object]:
    return {"label": label, "shown": shown, "alarming": alarming}


def _chart(title: Message, bars: Sequence[tuple[Text, Figures]], language: Language) -> Mapping[str, object]:
    return {"title": language.text(title), "bars": [_bar(label, figures, language) for label, figures in bars]}


def _bar(label: Text, figures: Figures, language: Language) -> Mapping[str, object]:
    beside = figures.rating if figures.score is not None else show_reason(figures.reason, language)
    return {
        "label": _broken(_text(label, language), _IN_A_CELL),
        "part": None if figures.score is None else float(min(max(figures.score / 100, Decimal(0)), Decimal(1))),
        "shown": show_score(figures.score),
        "beside": one_line(beside or ""),
    }


def _section(section: Section) -> Mapping[str, object]:
    """A section with the widths of its columns: shares of the page, or 0 for as wide as the texts are."""
    columns = list(zip(section.headings, *section.rows, strict=True)) if section.rows else []
    widest = [max(display_width(one_line(cell)) for cell in column) for column in columns]
    return {
        "title": one_line(section.title),
        "headings": [_broken(heading, _IN_A_CELL) for heading in section.headings],
        "rows": [[_broken(cell, _IN_A_CELL) for cell in row] for row in section.rows],
        "right": list(section.right),
        "widths": [
            0 if right or width <= _SHORT else min(width, _LONG)
            for width, right in zip(widest, section.right, strict=False)
        ],
        "sentences": [_broken(sentence, _IN_A_LINE) for sentence in section.sentences],
        "empty": one_line(section.empty),
    }


def _broken(text: str, most: int) -> str:
    return breakable(one_line(text), most)


def _text(text: Text, language: Language) -> str:
    return language.said(text)
