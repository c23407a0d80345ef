"""The report's item results for spreadsheets and programs."""

from __future__ import annotations

from sqaudit.builtin.reporters.plain import result_fields
from sqaudit.model.language import Language
from sqaudit.model.report import ReportView, ResultRow
from sqaudit.reports.tables import csv_table

_ABOUT = ("programme", "period", "revision", "standard", "version")
_FIELDS = (*_ABOUT, *ResultRow.__struct_fields__, "policy")


class CsvReporter:
    """One line per item and site; English field names and codes, titles in the reader's language.

    Every line ends with the scoring policy in words, since its score cannot be read without.
    """

    name = "csv"
    media_type = "text/csv"
    extension = "csv"

    def render(self, view: ReportView, language: Language) -> str:
        """The report as text."""
        values = (view.programme, view.period, view.revision, view.standard, view.standard_version)
        about: dict[str, object] = dict(zip(_ABOUT, values, strict=True))
        policy = {"policy": "; ".join(language.text(note) for note in view.notes)}
        return csv_table(_FIELDS, [about | result_fields(row, language) | policy for row in view.results])
