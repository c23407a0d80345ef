"""The report's tables for spreadsheets and programs."""

from __future__ import annotations

from collections.abc import Mapping

from sqaudit.builtin.reporters.layers import layers
from sqaudit.builtin.reporters.plain import result_fields
from sqaudit.model.language import Language
from sqaudit.model.report import ReportView, ResultRow
from sqaudit.reports.sheets import Sheet, plain_cell
from sqaudit.reports.tables import csv_table

_ABOUT = ("programme", "period", "revision", "standard", "version")
_FIELDS = (*_ABOUT, *ResultRow.__struct_fields__, "policy")


class CsvReporter:
    """One line per item and site; English field names and codes, titles in the reader's language.

    Every line ends with the scoring policy in words, since its score cannot be read without. In a folder, every layer
    is a file of its own for spreadsheets: words and headings in the reader's language, behind a byte order mark,
    without which a Chinese Excel reads something else.
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

    def render_files(self, view: ReportView, language: Language) -> Mapping[str, str | bytes]:
        """One file a layer, the empty ones as well, so that none of an earlier report is left beside them."""
        return {f"{sheet.id}.csv": _table(sheet).encode("utf-8-sig") for sheet in layers(view, language)}


def _table(sheet: Sheet) -> str:
    rows = [dict(zip(sheet.headings, map(plain_cell, row), strict=True)) for row in sheet.rows]
    return csv_table(sheet.headings, rows)
