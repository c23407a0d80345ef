"""The rows of a report where nothing but the reader's language orders them: regions, and what is else alike."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from msgspec.structs import replace

from sqaudit.model.language import Language
from sqaudit.model.report import ReportView
from sqaudit.model.texts import Text


def in_reading_order(view: ReportView, language: Language) -> ReportView:
    """The view with regions by name; sites of one score, and findings and results of one weight, by their titles."""

    @cache
    def place(text: str) -> Any:  # noqa: ANN401 - compared, never looked into
        return language.sort_key(text)

    def named(texts: Iterable[tuple[str, Text]]) -> dict[str, int]:
        """The places that ids take by their titles."""
        titles = {name: (place(language.said(text)), name) for name, text in texts}
        return {name: number for number, name in enumerate(sorted(titles, key=lambda name: titles[name]))}

    sites = named((row.id, row.title) for row in view.sites)
    criteria = named((row.criterion, row.criterion_title) for row in view.findings)
    return replace(
        view,
        regions=tuple(sorted(view.regions, key=lambda row: place(row.id))),
        sites=tuple(
            sorted(view.sites, key=lambda row: (row.figures.score is None, row.figures.score or 0, sites[row.id]))
        ),
        findings=tuple(
            sorted(
                view.findings,
                key=lambda row: (row.severity.rank, criteria[row.criterion], sites.get(row.site or "", -1)),
            )
        ),
        results=tuple(sorted(view.results, key=lambda row: sites.get(row.site, -1))),
    )
