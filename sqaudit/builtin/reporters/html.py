"""The report as a page: to read, to print, to send."""

from __future__ import annotations

from sqaudit.model.language import Language
from sqaudit.model.report import ReportView
from sqaudit.reports.rendering import render_page


class HtmlReporter:
    """One HTML file in layers, from the decisions to the fingerprints; nothing in it runs or is fetched."""

    name = "html"
    media_type = "text/html"
    extension = "html"

    def render(self, view: ReportView, language: Language) -> str:
        """The report as text."""
        return render_page(view, language)
