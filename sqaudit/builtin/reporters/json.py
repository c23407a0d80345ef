"""The whole report for programs."""

from __future__ import annotations

from sqaudit.builtin.reporters.plain import plain
from sqaudit.model.language import Language
from sqaudit.model.report import ReportView
from sqaudit.reports.tables import json_text


class JsonReporter:
    """One object with the whole view: English names and codes, nothing rounded, texts in the reader's language."""

    name = "json"
    media_type = "application/json"
    extension = "json"

    def render(self, view: ReportView, language: Language) -> str:
        """The report as text."""
        return json_text(plain(view, language))
