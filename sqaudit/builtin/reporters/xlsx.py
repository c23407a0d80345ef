"""The report for spreadsheets."""

from __future__ import annotations

from datetime import datetime

from sqaudit.builtin.reporters.layers import layers
from sqaudit.builtin.reporters.sections import headline
from sqaudit.model.language import Language
from sqaudit.model.report import ReportView


class XlsxReporter:
    """One sheet a layer, each a table to sort and filter; dated by the end of the cycle, so the same view is the same.

    Numbers are exact and only shown rounded, moments are those of the programme's clock, texts are never formulas.
    """

    name = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    extension = "xlsx"

    def render(self, view: ReportView, language: Language) -> bytes:
        """The report as a workbook."""
        from sqaudit.reports.workbook import write_workbook

        made = datetime.fromisoformat(view.ends)
        return write_workbook(
            list(layers(view, language)), title=headline(view, language), made=made, language=language
        )
